//! A person in shared memory: the C struct of several tests, and the programs in C that write and print one.

pub const PERSON: &str = "int age; char name[20]; int id";

const HEAD: &str = r#"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
struct person { int age; char name[20]; int id; } *person;
"#;

/// Writes one person at the address that the C expression `memory` gives.
pub fn writer(memory: &str) -> String {
    let body = r#"person->age = 28; strcpy(person->name, "Anna"); person->id = 4711;"#;
    format!("{HEAD}int main(void) {{ person = {memory}; {body} return 0; }}\n")
}

/// Prints the person at the address that the C expression `memory` gives.
pub fn reader(memory: &str) -> String {
    let body = r#"printf("%d %s %d\n", person->age, person->name, person->id);"#;
    format!("{HEAD}int main(void) {{ person = {memory}; {body} return 0; }}\n")
}
