//! `-u`: how much there is of each kind.

use std::io::Write;

use nix::errno::Errno;

use super::Unit;
use crate::fault::Fault;
use crate::personality::text::human;
use crate::personality::voice::Refusal;
use crate::sys::sysv::msg::msg_info;
use crate::sys::sysv::sem::sem_info;
use crate::sys::sysv::shm::shm_info;

type Out = Vec<u8>;

/// Message queues.
pub fn queues(out: &mut Out, unit: Unit) -> Result<(), Refusal> {
    let (_, info) = msg_info().map_err(|errno| unknown("message queues", errno))?;
    out.extend_from_slice(b"------ Messages Status --------\n");
    put(out, format_args!("allocated queues = {}\nused headers = {}\n", info.queues, info.messages));
    match unit {
        Unit::Usual => put(out, format_args!("used space = {} bytes\n", info.bytes)),
        Unit::Bytes => put(out, format_args!("used space (bytes) = {}\n", info.bytes)),
        Unit::Human => {
            out.extend_from_slice(b"used space = ");
            human(out, u64::from(info.bytes.cast_unsigned()));
            out.push(b'\n');
        }
    }
    Ok(())
}

/// Shared memory segments.
pub fn segments(out: &mut Out) -> Result<(), Refusal> {
    let (_, info) = shm_info().map_err(|errno| unknown("shared memory", errno))?;
    out.extend_from_slice(b"------ Shared Memory Status --------\n");
    put(out, format_args!("segments allocated {}\npages allocated {}\n", info.segments, info.pages));
    put(out, format_args!("pages resident  {}\npages swapped   {}\n", info.resident, info.swapped));
    // Linux counts neither since 2.4.
    out.extend_from_slice(b"Swap performance: 0 attempts\t 0 successes\n");
    Ok(())
}

/// Semaphore sets.
pub fn sets(out: &mut Out) -> Result<(), Refusal> {
    let (_, info) = sem_info().map_err(|errno| unknown("semaphores", errno))?;
    out.extend_from_slice(b"------ Semaphore Status --------\n");
    put(out, format_args!("used arrays = {}\nallocated semaphores = {}\n", info.sets, info.semaphores));
    Ok(())
}

fn unknown(what: &str, errno: Errno) -> Refusal {
    Fault::os(format_args!("read the use of {what}"), errno).into()
}

fn put(out: &mut Out, text: std::fmt::Arguments<'_>) {
    // Writing into a Vec cannot fail.
    let _ = out.write_fmt(text);
}
