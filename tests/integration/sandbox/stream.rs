//! One output of a running command, gathered by a thread of its own so that the command never stands on a full pipe.

use std::fs::File;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use super::facts::BOUND;

/// What came so far, and whether more can come.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    ended: bool,
}

/// The reading side of an output.
#[derive(Clone, Default)]
pub struct Stream(Arc<(Mutex<Gathered>, Condvar)>);

impl Stream {
    /// Reads `from` to its end, or leaves after `limit` bytes.
    pub fn follow(mut from: File, limit: usize) -> Stream {
        let stream = Stream::default();
        let writer = stream.clone();
        thread::spawn(move || {
            let mut block = vec![0; 64 * 1024];
            let mut left = limit;
            // A terminal whose last user left answers EIO: an end like any other.
            while left > 0 {
                let room = block.len().min(left);
                let Ok(count @ 1..) = from.read(&mut block[..room]) else { break };
                left -= count;
                writer.change(|gathered| gathered.bytes.extend_from_slice(&block[..count]));
            }
            drop(from);
            writer.change(|gathered| gathered.ended = true);
        });
        stream
    }

    /// An output that nobody reads.
    pub fn unread() -> Stream {
        let stream = Stream::default();
        stream.change(|gathered| gathered.ended = true);
        stream
    }

    fn change(&self, change: impl FnOnce(&mut Gathered)) {
        change(&mut self.0.0.lock().expect("no reader panics"));
        self.0.1.notify_all();
    }

    /// All that came until now.
    pub fn so_far(&self) -> Vec<u8> {
        self.0.0.lock().expect("no reader panics").bytes.clone()
    }

    /// Waits until `done` holds of the bytes or no more can come; says whether it does.
    pub fn wait(&self, done: impl Fn(&[u8]) -> bool) -> bool {
        let (lock, news) = &*self.0;
        let gathered = lock.lock().expect("no reader panics");
        let (gathered, _) = news
            .wait_timeout_while(gathered, BOUND, |gathered| !gathered.ended && !done(&gathered.bytes))
            .expect("no reader panics");
        done(&gathered.bytes)
    }

    /// Waits until no more can come; says whether that is so.
    pub fn wait_for_end(&self) -> bool {
        self.wait(|_| false);
        self.0.0.lock().expect("no reader panics").ended
    }
}
