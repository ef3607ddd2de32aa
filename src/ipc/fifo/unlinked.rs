//! Noticing that a FIFO's path was removed or given to another file.

use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use super::Fifo;

/// A watch on a FIFO: readable when something was done to its name. Without inotify to be had, nothing is noticed.
#[derive(Debug)]
pub struct Unlinked(Option<Inotify>);

impl Unlinked {
    /// Watches `fifo` from now on. IN_ATTRIB tells a changed count of links, IN_MOVE_SELF a new name.
    pub fn watch(fifo: &Fifo) -> Unlinked {
        let notify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok();
        let events = AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_MOVE_SELF | AddWatchFlags::IN_DELETE_SELF;
        Unlinked(notify.filter(|notify| notify.add_watch(fifo.link().as_str(), events).is_ok()))
    }

    /// What to poll for.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.0.as_ref().map(AsFd::as_fd)
    }

    /// Takes the news, so that the next poll waits for the next.
    pub fn heard(&self) {
        if let Some(notify) = &self.0 {
            let _ = notify.read_events();
        }
    }
}
