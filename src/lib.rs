//! ipctool: see, use, debug and remove every Linux IPC object from a shell.
//!
//! The library is there for the binary, the benches and the fuzz targets; its interface is not a stable one.

pub mod child;
pub mod cli;
pub mod commands;
pub mod fault;
pub mod framing;
pub mod ipc;
pub mod layout;
pub mod personality;
pub mod proc;
pub mod refs;
pub mod render;
pub mod status;
pub mod sys;
pub mod wait;
