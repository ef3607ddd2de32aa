//! Leaving a FIFO after a signal: what was sent is still taken.

use super::{Sparing, Stream, Way};
use crate::fault::Fault;
use crate::ipc::pipe::Source;

/// Bytes that are still taken after a signal from senders that are at work: enough for those who have nearly done, no time to
/// speak of for who interrupted us.
const LEAVING: usize = 4 << 20;

impl Stream {
    /// Takes what senders have been told that it went, after a signal: until there is nothing more, as those who are at work have
    /// no other way to learn that we leave; at most what there is now and [`LEAVING`] more, then they are told by EPIPE. Where a
    /// command runs for each record, or a number was asked for, the rest stays.
    pub(super) fn drain(&mut self, source: &Source) -> Result<(), Fault> {
        let mut left = source.unread().saturating_add(LEAVING);
        while left > 0
            && let Some(count) = self.take_now(source, left)?
        {
            left -= count.min(left);
            self.deliver().map_err(|end| end.fault(source.name()))?;
            if count == 0 {
                // A slow reader of ours gives senders time to go on.
                self.flush()?;
                if source.unread() == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes at most `most` of what is there now; none: it is to stay.
    fn take_now(&mut self, source: &Source, most: usize) -> Result<Option<usize>, Fault> {
        let count = match &mut self.way {
            Way::Bulk(outlet) => {
                outlet.ready()?;
                let room = outlet.room()?;
                let size = room.len().min(most);
                let count = source.take_now(&mut room[..size]);
                outlet.put(count);
                count
            }
            Way::Records { splitter, delivery, sparing: Sparing::No } => {
                delivery.ready()?;
                let room = splitter.room();
                let size = room.len().min(most);
                let count = source.take_now(&mut room[..size]);
                splitter.filled(count);
                count
            }
            Way::Records { .. } => return Ok(None),
        };
        Ok(Some(count))
    }
}
