//! The sandbox itself holds what it promises. It is tried with util-linux, perl, Python and C, not with ipctool.

mod commands;
mod worlds;
