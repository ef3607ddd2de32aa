//! Every `unsafe` of the program. One function is one system call (or one libc call that nix lacks), named after it.
#![allow(
    unsafe_code,
    reason = "the one room that talks to libc by pointer; every block has its own SAFETY text"
)]

pub mod arena;
pub mod atomic;
pub mod bus;
pub mod close_range;
#[cfg(all(target_arch = "x86_64", any(test, target_env = "musl")))]
mod copy;
pub mod cputimer;
pub mod disposition;
pub mod fnmatch;
pub mod fork;
pub mod futex;
pub mod getrandom;
pub mod itimer;
pub mod mount;
pub mod mqueue;
pub mod pages;
pub mod pidfd;
pub mod pipe;
pub mod process;
pub mod procmap;
pub mod resource;
pub mod sched;
pub mod send;
pub mod shared;
pub mod sigmask;
pub mod signal;
pub mod start;
pub mod stdio;
pub mod sysv;
pub mod terminal;
pub mod time;
pub mod timer;
#[cfg(target_env = "gnu")]
mod unwind;
