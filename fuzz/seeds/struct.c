/* Debug information for the target layout_dwarf: each kind of member that C has. */
#include <stdint.h>

enum color { RED, GREEN = 7, DARK = -1 };

typedef struct {
    int x;
    float y[3];
} a_t;

struct s {
    char c;
    enum color hue;
    a_t points[2];
    unsigned b : 3;
    int m : 7;
    union {
        int a;
        char raw[4];
    } u;
    void *p;
    long double wide;
    _Bool ok;
    uint64_t big;
    char names[2][8];
    struct s *next;
    struct {
        short q;
    };
} __attribute__((aligned(16)));

struct s s;
a_t a;
