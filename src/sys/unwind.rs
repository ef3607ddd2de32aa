//! The unwinder of panics, for glibc: part of the program.
//!
//! Rust's library asks for the shared libgcc_s; finding, mapping and relocating that takes a tenth of a small command's
//! time. The static half of the same library, which comes with the compiler that links us, stands before it on the
//! linker's command line, and then nothing is left to ask of the shared one.

#[link(name = "gcc_eh", kind = "static", modifiers = "-bundle")]
unsafe extern "C" {}
