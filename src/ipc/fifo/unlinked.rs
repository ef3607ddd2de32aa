//! Noticing that a FIFO's path was removed or given to another file.

use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};

use super::Fifo;

/// A watch on a FIFO: readable when something was done to its name. Without inotify to be had, nothing is noticed.
#[derive(Debug)]
pub struct Unlinked {
    notify: Option<Inotify>,
    watch: Option<WatchDescriptor>,
}

impl Unlinked {
    /// Watches `fifo` from now on. IN_ATTRIB tells a changed count of links, IN_MOVE_SELF a new name.
    pub fn watch(fifo: &Fifo) -> Unlinked {
        let notify = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok();
        let events = AddWatchFlags::IN_ATTRIB | AddWatchFlags::IN_MOVE_SELF | AddWatchFlags::IN_DELETE_SELF;
        let watch = notify.as_ref().and_then(|notify| notify.add_watch(fifo.link().as_str(), events).ok());
        Unlinked { notify, watch }
    }

    /// What to poll for.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.notify.as_ref().filter(|_| self.watch.is_some()).map(AsFd::as_fd)
    }

    /// Takes the news, so that the next poll waits for the next.
    pub fn heard(&self) {
        if let Some(notify) = &self.notify {
            let _ = notify.read_events();
        }
    }

    /// Watches no more. To close a watch that is still there takes the kernel up to 40 ms (fsnotify waits for everybody who may
    /// be at it); one that was given up before is cleared away meanwhile.
    pub fn give_up(&mut self) {
        if let (Some(notify), Some(watch)) = (&self.notify, self.watch.take()) {
            let _ = notify.rm_watch(watch);
        }
    }
}
