//! Looking again and again: how often, and when to stop.

use std::time::Duration;

use nix::errno::Errno;

use crate::commands::waiting::parse_interval;
use crate::fault::Fault;
use crate::ipc::memory::Memory;
use crate::wait::{self, Stop, Turn, Wait};

/// How often memory is looked at.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Look every D
    #[arg(long, value_name = "D", value_parser = parse_interval, default_value = "200ms", help_heading = "Waiting")]
    pub interval: Duration,
}

impl Args {
    /// Looks now and then every interval until `look` has something, under `wait`.
    ///
    /// # Errors
    /// Status 3 if the object is removed, 124 and 5 as for every wait, and those of `look`.
    pub fn until<T>(
        &self,
        memory: &Memory,
        name: &str,
        what: &str,
        wait: &Wait,
        mut look: impl FnMut() -> Result<Option<T>, Fault>,
    ) -> Result<T, Fault> {
        let mut end = None;
        let stop = wait::timed(wait, |turn| {
            if let Turn::Sleep(left) = turn {
                pause(left.map_or(self.interval, |left| left.min(self.interval)))?;
            }
            match look() {
                Ok(None) if !memory.is_removed() => Err(Errno::EAGAIN),
                Ok(None) => Err(Errno::EIDRM),
                other => {
                    end = Some(other);
                    Ok(())
                }
            }
        });
        match (stop, end) {
            (Ok(()), Some(Ok(Some(found)))) => Ok(found),
            (Ok(()), Some(Err(fault))) => Err(fault),
            (Err(Stop::Failed(Errno::EIDRM)), _) => {
                Err(Fault::os_because(format_args!("{what} {name}"), "it was removed", Errno::EIDRM))
            }
            (Err(stop), _) => Err(stop.fault(format_args!("{what} {name}"))),
            (Ok(()), _) => Err(Fault::new(format_args!("{what} {name}"), "it ended without a result")),
        }
    }
}

/// Sleeps so long, or until a signal (EINTR).
fn pause(time: Duration) -> nix::Result<()> {
    let until = nix::sys::time::TimeSpec::from_duration(time);
    nix::poll::ppoll(&mut [], Some(until), None).map(drop)
}
