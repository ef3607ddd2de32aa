//! For the unit tests of this room: children that never outlive their test, and waits that end.

use std::ffi::OsStr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A child that is killed and reaped when the test is done with it, also when it fails.
pub struct Held(pub Child);

impl Held {
    pub fn spawn(command: &mut Command) -> Held {
        Held(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// A process that sleeps, seen by the kernel to do so.
    pub fn sleeper() -> Held {
        Held::sleeping("sleep".as_ref())
    }

    /// As [`Held::sleeper`], of a copy of sleep somewhere.
    pub fn sleeping(program: &OsStr) -> Held {
        let held = Held::spawn(Command::new(program).arg("1000"));
        // posix_spawn comes back before the arguments are in place.
        until(|| {
            super::process::arguments(held.pid()).unwrap().is_some_and(|arguments| arguments.len() == 2)
        });
        held
    }

    pub fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    pub fn end(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again until the kernel says yes; a test fails when it does not within a generous time.
#[track_caller]
pub fn until(mut says_yes: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !says_yes() {
        assert!(Instant::now() < deadline, "the kernel did not come to it in 20 s");
        std::thread::yield_now();
    }
}
