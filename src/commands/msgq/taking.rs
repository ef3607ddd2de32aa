//! Taking messages one after the other, and delivering them: `recv` and `drain`.

use nix::errno::Errno;

use crate::commands::delivery::Delivery;
use crate::fault::{Fault, counted};
use crate::framing::HEAD;
use crate::ipc::msgq::{Doing, Message, Queue, Selector, Taken, Wanted};
use crate::sys::sysv::msg::TYPE_SIZE;
use crate::wait::{Stop, Wait};

// The kernel's type goes where framing has spare bytes before a body.
const _: () = assert!(HEAD == TYPE_SIZE);

/// The room for a message at first: the kernel's default msgmax. It grows with what comes.
pub const USUAL_ROOM: usize = 8192;

/// A queue whose messages go to a delivery.
pub struct Taking<'a> {
    queue: &'a Queue,
    selector: Selector,
    truncate: Option<usize>,
    wait: Wait,
    /// Bytes of room for the next body; never more than `truncate`.
    room: usize,
}

/// Why taking ended.
#[derive(Debug)]
pub enum End {
    /// Nothing more was taken.
    Stopped(Stop),
    /// The way out failed.
    Failed(Fault),
}

impl From<Stop> for End {
    fn from(stop: Stop) -> End {
        End::Stopped(stop)
    }
}

impl From<Fault> for End {
    fn from(fault: Fault) -> End {
        End::Failed(fault)
    }
}

impl<'a> Taking<'a> {
    /// Takes from `queue` what `selector` wants, for as long as `wait` allows.
    pub fn new(queue: &'a Queue, selector: Selector, wait: Wait) -> Taking<'a> {
        Taking { queue, selector, truncate: None, wait, room: USUAL_ROOM }
    }

    /// The same, cutting messages at so many bytes.
    pub fn truncate(self, truncate: Option<usize>) -> Taking<'a> {
        let room = truncate.map_or(self.room, |most| most.min(self.room));
        Taking { truncate, room, ..self }
    }

    /// Takes one message, delivers it and gives its size. What was taken before is written before this sleeps.
    ///
    /// # Errors
    /// Nothing was taken, or what was taken could not be delivered.
    pub fn one(&mut self, delivery: &mut Delivery) -> Result<usize, End> {
        let most = delivery.most().filter(|_| self.truncate.is_none() && self.queue.keeps_what_is_too_long());
        if let Some(most) = most {
            self.room = self.room.min(most);
        }
        loop {
            delivery.ready()?;
            match self.take(delivery)? {
                Taken::TooLong if most == Some(self.room) => return Err(self.too_long().into()),
                Taken::TooLong => {
                    let more = self.room.saturating_mul(2);
                    self.room = self.truncate.or(most).map_or(more, |most| more.min(most));
                }
                Taken::Message(Message { label, size }) => {
                    delivery.commit(label.into(), size, &mut self.wait)?;
                    return Ok(size);
                }
            }
        }
    }

    fn take(&self, delivery: &mut Delivery) -> Result<Taken, End> {
        let wanted = Wanted { selector: self.selector, cut: self.truncate == Some(self.room) };
        let room = delivery.room(self.room)?;
        let tried = self.queue.try_receive(room, wanted, &self.wait);
        let taken = match tried {
            Err(Stop::WouldBlock) if self.wait.sleeps() => {
                delivery.flush()?;
                let room = delivery.room(self.room)?;
                self.queue.receive(room, wanted, &self.wait)
            }
            other => other,
        };
        if taken == Err(Stop::Failed(Errno::EPIPE)) {
            // The reader left while we slept.
            delivery.ready()?;
        }
        Ok(taken?)
    }

    /// What is longer than the struct stays in the queue.
    fn too_long(&self) -> Fault {
        let what = format!("receive from {}", self.queue.reference());
        let cause = format!(
            "the message has more than the struct's {}; it stays in the queue",
            counted(self.room, "byte")
        );
        Fault::os_because(what, cause, Errno::E2BIG)
            .hint("'ipctool msgq peek' shows it; without --struct it is received as it is")
    }

    /// The error line for a `stop`.
    pub fn fault(&self, stop: Stop) -> Fault {
        self.queue.fault(Doing::Receive(self.selector), stop)
    }
}
