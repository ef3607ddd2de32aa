//! The flags of every verb that creates an object, and how it is told.

use crate::commands::stdout;
use crate::ipc::object::glance;
use crate::ipc::remove::remove;
use crate::refs::Ref;
use crate::status::Status;

/// How an object is created.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Creation")]
pub struct Args {
    /// Permissions of a new object, octal, exactly these bits [default: 0600]
    #[arg(short = 'm', long, value_name = "MODE", value_parser = parse_mode)]
    pub mode: Option<u32>,
    /// Fail if the object exists already
    #[arg(long)]
    pub exclusive: bool,
}

/// How a verb that needs an object creates it if it is missing.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Creation")]
pub struct OnDemand {
    /// Create the object if it does not exist
    #[arg(long)]
    create: bool,
    /// With --create: permissions of a new object, octal [default: 0600]
    #[arg(short = 'm', long, value_name = "MODE", value_parser = parse_mode, requires = "create")]
    mode: Option<u32>,
    /// With --create: fail if the object exists already
    #[arg(long, requires = "create")]
    exclusive: bool,
}

impl OnDemand {
    /// How to create it, if that was asked for.
    pub fn args(&self) -> Option<Args> {
        self.create.then_some(Args { mode: self.mode, exclusive: self.exclusive })
    }
}

/// Prints the reference of what was created. A `private` object is found by nothing else: if nobody can be told, it is removed
/// again.
///
/// # Errors
/// Status 1: standard output cannot be written to; of a private object also, its reader has gone.
pub fn tell(reference: &Ref, private: bool) -> anyhow::Result<Status> {
    let line = format!("{reference}\n");
    if !private {
        return stdout::write_all(line.as_bytes());
    }
    let Err(fault) = stdout::deliver(line.as_bytes()) else { return Ok(Status::OK) };
    let besides = match glance(reference).and_then(|object| remove(&object)) {
        Ok(()) => "what was created is removed again".to_owned(),
        Err(_) => format!("{reference} was created"),
    };
    Err(fault.besides(besides).into())
}

/// The permissions of a new object when none are given: the owner's alone.
pub const OWNER_ONLY: u32 = 0o600;

/// Permission bits: one to four octal digits, 0 to 0777.
///
/// # Errors
/// Words for clap.
pub fn parse_mode(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 8)
        .ok()
        .filter(|mode| *mode <= 0o777 && !text.starts_with('+'))
        .ok_or_else(|| "permissions are octal, from 0 to 0777".to_string())
}

#[cfg(test)]
mod tests {
    use super::parse_mode;

    #[test]
    fn modes() {
        let table = [
            ("0600", Some(0o600)),
            ("644", Some(0o644)),
            ("0", Some(0)),
            ("0777", Some(0o777)),
            ("1777", None),
            ("0800", None),
            ("rw", None),
            ("", None),
            ("+600", None),
            ("-600", None),
        ];
        for (text, mode) in table {
            assert_eq!(parse_mode(text).ok(), mode, "{text}");
        }
    }
}
