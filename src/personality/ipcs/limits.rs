//! `-l`: the limits of each kind.

use std::io::Write;

use nix::errno::Errno;

use super::Unit;
use crate::fault::Fault;
use crate::ipc::memory::page_size;
use crate::personality::text::human;
use crate::personality::voice::Refusal;
use crate::render::number::push_unsigned;
use crate::sys::sysv::msg::msg_info;
use crate::sys::sysv::sem::sem_info;
use crate::sys::sysv::shm::{ShmLimits, shm_limits};

type Out = Vec<u8>;

/// Of message queues.
pub fn queues(out: &mut Out, unit: Unit) -> Result<(), Refusal> {
    let (_, info) = msg_info().map_err(|errno| unknown("message queues", errno))?;
    out.extend_from_slice(b"------ Messages Limits --------\n");
    entry(out, "max queues system wide", &info.msgmni.to_string());
    size(out, "max size of message", info.msgmax.cast_unsigned().into(), unit);
    size(out, "default max size of queue", info.msgmnb.cast_unsigned().into(), unit);
    Ok(())
}

/// Of shared memory segments.
pub fn segments(out: &mut Out, unit: Unit) -> Result<(), Refusal> {
    let ShmLimits { shmmni, shmmax, shmall, .. } =
        shm_limits().map_err(|errno| unknown("shared memory", errno))?;
    let page = page_size();
    out.extend_from_slice(b"------ Shared Memory Limits --------\n");
    entry(out, "max number of segments", &shmmni.to_string());
    if unit == Unit::Usual {
        entry(out, "max seg size (kbytes)", &(shmmax / 1024).to_string());
        entry(out, "max total shared memory (kbytes)", &capped(shmall, page / 1024).to_string());
    } else {
        size(out, "max seg size", shmmax, unit);
        size(out, "max total shared memory", capped(shmall, page), unit);
    }
    size(out, "min seg size", 1, unit);
    Ok(())
}

/// Of semaphore sets.
pub fn sets(out: &mut Out) -> Result<(), Refusal> {
    let (_, info) = sem_info().map_err(|errno| unknown("semaphores", errno))?;
    out.extend_from_slice(b"------ Semaphore Limits --------\n");
    entry(out, "max number of arrays", &info.semmni.to_string());
    entry(out, "max semaphores per array", &info.semmsl.to_string());
    entry(out, "max semaphores system wide", &info.semmns.to_string());
    entry(out, "max ops per semop call", &info.semopm.to_string());
    entry(out, "semaphore max value", &info.semvmx.to_string());
    Ok(())
}

/// `pages` of `size`, and no more than the largest multiple of `size` that 64 bits hold.
fn capped(pages: u64, size: u64) -> u64 {
    pages.min(u64::MAX / size.max(1)) * size
}

fn unknown(what: &str, errno: Errno) -> Refusal {
    Fault::os(format_args!("read the limits of {what}"), errno).into()
}

fn size(out: &mut Out, name: &str, size: u64, unit: Unit) {
    out.extend_from_slice(name.as_bytes());
    if unit == Unit::Human {
        out.extend_from_slice(b" = ");
        human(out, size);
    } else {
        out.extend_from_slice(b" (bytes) = ");
        push_unsigned(out, size);
    }
    out.push(b'\n');
}

fn entry(out: &mut Out, name: &str, value: &str) {
    // Writing into a Vec cannot fail.
    let _ = writeln!(out, "{name} = {value}");
}
