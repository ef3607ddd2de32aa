//! The reference grammar (SPEC S1): text to [`Ref`] and back. Pure: no system call is made here.

use std::ffi::OsString;
use std::path::PathBuf;

/// A kind of object, as its word stands in `ls KIND` and in front of a reference (`msgq:42`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// System V and POSIX message queues.
    Msgq,
    /// System V semaphore sets, POSIX named and unnamed semaphores.
    Sem,
    /// System V segments and POSIX shared memory objects.
    Shm,
    /// FIFOs: a path.
    Fifo,
    /// An end of a live pipe: `PID:FD`.
    Pipe,
    /// A mapped file, or a mapping in a process.
    Mmap,
    /// A process that receives signals.
    Sig,
}

/// A System V key: 32 bits, no sign. 0 is IPC_PRIVATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u32);

/// A checked POSIX name without its leading slash: not empty, no slash, no NUL, not `.` or `..`, at most 255 bytes
/// (semaphores 251).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PosixName(Vec<u8>);

/// How a System V object was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SysvName {
    /// By its identifier.
    Id(i32),
    /// By its key.
    Key(Key),
    /// By what `ftok(path, proj)` gives.
    Ftok {
        /// The file that must exist.
        path: PathBuf,
        /// The project byte.
        proj: u8,
    },
    /// `private`: IPC_PRIVATE, only where an object is created.
    Private,
}

/// A message queue or shared memory, of either flavour: the spelling decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectName {
    /// System V.
    Sysv(SysvName),
    /// POSIX.
    Posix(PosixName),
}

/// Shared memory of any sort, as `in:REF+OFFSET` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemoryName {
    /// A System V segment.
    Sysv(SysvName),
    /// A POSIX shared memory object.
    Posix(PosixName),
    /// A file that can be mapped.
    File(PathBuf),
}

/// A semaphore set or semaphore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SemName {
    /// A System V set.
    Sysv(SysvName),
    /// A POSIX named semaphore.
    Posix(PosixName),
    /// A POSIX unnamed semaphore: `in:REF+OFFSET`, the offset in bytes.
    InMemory {
        /// Where it lies.
        memory: MemoryName,
        /// Bytes from the start of that memory.
        offset: u64,
    },
}

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

/// One named object: what was typed, not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ref {
    /// A message queue.
    Msgq(ObjectName),
    /// A semaphore set or semaphore.
    Sem(SemName),
    /// Shared memory.
    Shm(ObjectName),
    /// A FIFO's path.
    Fifo(PathBuf),
    /// An end of a pipe.
    Pipe {
        /// Whose descriptor.
        process: Process,
        /// The descriptor's number.
        fd: i32,
    },
    /// A mapped file or a mapping.
    Mmap(MappingName),
    /// A receiver of signals.
    Sig(TargetName),
}
