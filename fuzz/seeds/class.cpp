// Debug information for the target layout_dwarf: what C++ adds, with names as the target asks for them.
namespace ns {
struct B {
    int b;
};
struct C : B {
    int c;
    static int k;
    char n[4];
};
}

struct s {
    ns::C m;
    bool ok;
    double d[2];
};

ns::C c;
s v;
