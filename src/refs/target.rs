//! How processes, their mappings and the receivers of signals are named.

use std::ffi::OsString;
use std::path::PathBuf;

/// A process in a reference: a number, or `self`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// `self`: the calling process (ipctool itself).
    Own,
    /// A PID, 1 or more.
    Pid(i32),
}

/// A mapped file, or a mapping in a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingName {
    /// A path.
    File(PathBuf),
    /// `PID:0xADDRESS` or `PID:START-END`.
    At {
        /// Whose mapping.
        process: Process,
        /// First address.
        start: u64,
        /// First address behind it, when a range was named.
        end: Option<u64>,
    },
}

/// Who receives a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetName {
    /// `PID`.
    Process(Process),
    /// `PID/TID`: one thread.
    Thread {
        /// The process.
        process: Process,
        /// The thread.
        tid: i32,
    },
    /// `pgrp:N`, or `pgrp:self` (None).
    Group(Option<i32>),
    /// `name:COMMAND`.
    Command(OsString),
    /// `all`: every process that may be signalled (kill -1).
    All,
}
