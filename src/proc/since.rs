//! When a blocked thread last ran. No file tells since when a thread waits; this is what comes nearest.
//!
//! `se.exec_start` in `/proc/PID/task/TID/sched` is the scheduler's clock of a CPU when the thread last ran on it. Each CPU has
//! its own, and all run behind the real time by what interrupts and the hypervisor took. So the clock is read where it stands
//! now *on that CPU*, by a thread of ours that moves there, and only the difference counts: what is told is exact to about a
//! second, and late by the time that interrupts, the hypervisor and suspends took since.

use std::collections::HashMap;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

use super::{field, file, process};

/// A CPU's number and its clock in milliseconds.
type Reading = (usize, f64);

/// When each of these threads (PID, TID) last ran, epoch seconds; `None` where the kernel does not tell, for a CPU that we
/// may not run on, and where no thread can be had to look.
pub fn last_ran(threads: &[(i32, i32)]) -> Vec<Option<i64>> {
    let readings: Vec<Option<Reading>> = threads.iter().map(|(pid, tid)| reading(*pid, *tid)).collect();
    if readings.iter().all(Option::is_none) {
        return vec![None; threads.len()];
    }
    let reckon = || {
        let mut boots = HashMap::new();
        let mut boot = |cpu| *boots.entry(cpu).or_insert_with(|| zero_of(cpu));
        readings.iter().map(|reading| reading.and_then(|(cpu, clock)| Some(boot(cpu)? + clock))).collect()
    };
    // A thread of its own, because it moves from CPU to CPU.
    let reckoned = thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, reckon).ok();
        thread.and_then(|thread| thread.join().ok())
    });
    let reckoned: Vec<Option<f64>> = reckoned.unwrap_or_else(|| vec![None; threads.len()]);
    reckoned.into_iter().map(|milliseconds| milliseconds.map(|time| (time / 1000.0) as i64)).collect()
}

fn reading(pid: i32, tid: i32) -> Option<Reading> {
    let directory = format!("/proc/{pid}/task/{tid}");
    let clock = parse_exec_start(&file::whole(format!("{directory}/sched").as_str()).ok()?)?;
    let stat = process::parse_stat(&file::whole(format!("{directory}/stat").as_str()).ok()?).ok()?;
    Some((usize::try_from(stat.cpu?).ok()?, clock))
}

/// The epoch time in milliseconds at which a CPU's clock would have been 0, had nothing stopped it since.
fn zero_of(cpu: usize) -> Option<f64> {
    let mut only = CpuSet::new();
    only.set(cpu).ok()?;
    sched_setaffinity(Pid::from_raw(0), &only).ok()?;
    // Just moved here: our own reading is of this moment.
    let clock = parse_exec_start(&file::whole("/proc/thread-self/sched").ok()?)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(now.as_secs_f64() * 1000.0 - clock)
}

/// The field `se.exec_start` of a sched file, in milliseconds; 0, of a thread that has not run since it was woken, is `None`.
pub fn parse_exec_start(text: &[u8]) -> Option<f64> {
    let line = field::lines(text).find(|line| line.starts_with(b"se.exec_start"))?;
    let (_, value) = field::split_once(line, b':')?;
    let value: f64 = std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()?;
    Some(value).filter(|value| value.is_finite() && *value > 0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{Held, until};
    use super::*;

    #[test]
    fn captured_texts() {
        let text = b"cat (20636, #threads: 1)\n---\nse.exec_start                                :       2384164.664261\n";
        assert_eq!(parse_exec_start(text), Some(2_384_164.664_261));
        assert_eq!(parse_exec_start(b"se.exec_start : 0.000000\n"), None);
        assert_eq!(parse_exec_start(b"se.exec_start : inf\n"), None);
        assert_eq!(parse_exec_start(b"se.exec_start\n"), None);
    }

    #[test]
    fn a_child_last_ran_when_it_went_to_sleep() {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
        let before = now();
        let child = Held::sleeper();
        until(|| process::stat(child.pid()).unwrap().unwrap().state == 'S');
        let after = now();
        if !std::path::Path::new("/proc/self/sched").exists() {
            eprintln!("skipped: this kernel has no /proc/PID/sched");
            return;
        }
        let told = last_ran(&[(child.pid(), child.pid()), (i32::MAX, i32::MAX)]);
        let since = told[0].expect("a CPU that we may run on, as the child did");
        assert!(since >= before - 1 && since <= after + 1, "{before} {since} {after}");
        assert_eq!(told[1], None);
    }

    proptest! {
        #[test]
        fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..100)) {
            parse_exec_start(&text);
            parse_exec_start(&[b"se.exec_start :", &text[..]].concat());
        }
    }
}
