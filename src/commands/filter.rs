//! Which of the listed objects are meant: one code for `ls` and `rm`.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::fault::Fault;
use crate::ipc::identity::Identity;
use crate::ipc::namespace::own_uid;
use crate::ipc::object::{Flavours, Object};
use crate::ipc::state::Observer;
use crate::proc::names::Names;
use crate::refs::{Key, parse_key};
use crate::sys::fnmatch::fnmatch;
use crate::wait::parse_duration;

/// Conditions an object must meet, all of them.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Filters")]
pub struct Args {
    /// Owned by this user (name or uid)
    #[arg(short = 'u', long, value_name = "USER", allow_negative_numbers = true)]
    pub user: Option<OsString>,
    /// Owned by you
    #[arg(long, conflicts_with = "user")]
    pub mine: bool,
    /// POSIX name matches this pattern (`*`, `?`, `[…]`)
    #[arg(long, value_name = "GLOB")]
    pub name: Option<OsString>,
    /// Has this System V key (`0x4d2` or decimal)
    #[arg(long, value_name = "KEY")]
    pub key: Option<OsString>,
    /// Unused, and every process it records is gone
    #[arg(long)]
    pub orphan: bool,
    /// Not attached, not waited on, no unread message
    #[arg(long, conflicts_with = "in_use")]
    pub unused: bool,
    /// Attached, waited on, or with an unread message
    #[arg(long)]
    pub in_use: bool,
    /// Without a message or an attachment
    #[arg(long)]
    pub empty: bool,
    /// Removed already, and there until its last user goes
    #[arg(long)]
    pub deleted: bool,
    /// Not used or changed for this long (`90`, `5m`, `2h`)
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub older: Option<Duration>,
    /// Only System V objects
    #[arg(long, conflicts_with = "posix")]
    pub sysv: bool,
    /// Only POSIX objects
    #[arg(long)]
    pub posix: bool,
    /// At least this large (`64K`, `1M`)
    #[arg(long, value_name = "SIZE", value_parser = crate::commands::size::parse)]
    pub min_size: Option<u64>,
}

/// The conditions, checked and looked up.
pub struct Filter {
    flags: Args,
    uid: Option<u32>,
    name: Option<CString>,
    key: Option<Key>,
    newest: Option<i64>,
    observer: Observer,
}

impl Args {
    /// Checks the conditions; nothing has been looked at before they all make sense.
    ///
    /// # Errors
    /// A usage fault for an unknown user, a key or a pattern that cannot be.
    pub fn filter(&self) -> Result<Filter, Fault> {
        let uid = self.uid()?;
        // A name's slash may be left out, so that it is none of the pattern's either.
        let bare =
            |glob: &OsString| CString::new(glob.as_bytes().strip_prefix(b"/").unwrap_or(glob.as_bytes()));
        let name = self.name.as_ref().map(bare).transpose();
        let age = self.older.map(whole_seconds);
        Ok(Filter {
            flags: self.clone(),
            uid,
            name: name.map_err(|_| Fault::usage("a pattern cannot hold a NUL byte"))?,
            key: self.key.as_ref().map(|key| parse_key(key)).transpose()?,
            newest: age.map(|age| now().saturating_sub(age)),
            observer: Observer::default(),
        })
    }

    /// The user of whom the conditions speak, for kinds of which they cannot speak otherwise (`what` is the kind).
    ///
    /// # Errors
    /// A usage fault for any other condition, and for an unknown user.
    pub fn owner_alone(&self, what: &str) -> Result<Option<u32>, Fault> {
        self.owner_and(what, &[])
    }

    /// As [`Args::owner_alone`], for a kind of which the conditions `also` can speak too.
    ///
    /// # Errors
    /// As [`Args::owner_alone`].
    pub fn owner_and(&self, what: &str, also: &[&str]) -> Result<Option<u32>, Fault> {
        let rest = [
            ("--name", self.name.is_some()),
            ("--key", self.key.is_some()),
            ("--orphan", self.orphan),
            ("--unused", self.unused),
            ("--in-use", self.in_use),
            ("--empty", self.empty),
            ("--deleted", self.deleted),
            ("--older", self.older.is_some()),
            ("--sysv", self.sysv),
            ("--posix", self.posix),
            ("--min-size", self.min_size.is_some()),
        ];
        match rest.iter().find(|(flag, given)| *given && !also.contains(flag)) {
            Some((flag, _)) => Err(Fault::usage(format!("{flag} does not go with {what}"))),
            None => self.uid(),
        }
    }

    fn uid(&self) -> Result<Option<u32>, Fault> {
        match &self.user {
            Some(user) => Ok(Some(uid_of(user)?)),
            None => Ok(self.mine.then(own_uid)),
        }
    }
}

impl Args {
    /// True if at least one condition was given.
    pub fn is_any(&self) -> bool {
        let Args { user, mine, name, key, orphan, unused, in_use, empty, deleted, older, min_size, .. } =
            self;
        [user, name, key].into_iter().any(Option::is_some)
            || [mine, orphan, unused, in_use, empty, deleted].into_iter().any(|flag| *flag)
            || older.is_some()
            || min_size.is_some()
    }
}

impl Filter {
    /// Which flavours are to be looked at.
    pub fn flavours(&self) -> Flavours {
        Flavours { sysv: !self.flags.posix, posix: !self.flags.sysv }
    }

    /// True if there is no condition but the flavour.
    pub fn is_all(&self) -> bool {
        !self.flags.is_any()
    }

    /// Whether the flavour is a wanted one.
    fn has_flavour(&self, object: &Object) -> bool {
        match object.identity() {
            Identity::Sysv { .. } => self.flavours().sysv,
            Identity::Posix(_) | Identity::InMemory { .. } => self.flavours().posix,
        }
    }

    /// True if the object is in use, whatever the conditions are.
    pub fn is_in_use(&self, object: &Object) -> bool {
        self.observer.in_use(object)
    }

    /// True if `object` meets all conditions. The cheap ones are looked at first.
    pub fn keeps(&self, object: &Object) -> bool {
        let flags = &self.flags;
        self.has_flavour(object)
            && self.uid.is_none_or(|uid| object.owner().uid == uid)
            && self.key.is_none_or(|key| object.identity().key() == Some(key))
            && self.name.as_deref().is_none_or(|glob| {
                object.identity().name().is_some_and(|name| fnmatch(glob, name.as_bytes()))
            })
            && self.newest.is_none_or(|newest| object.newest_time().is_some_and(|time| time <= newest))
            && flags.min_size.is_none_or(|size| object.size() >= size)
            && (!flags.empty || object.is_empty())
            && (!flags.deleted || object.is_deleted())
            && (!flags.unused || !self.observer.in_use(object))
            && (!flags.in_use || self.observer.in_use(object))
            && (!flags.orphan || self.observer.orphan(object))
    }
}

fn uid_of(user: &std::ffi::OsStr) -> Result<u32, Fault> {
    let number = user.to_str().and_then(|text| text.parse().ok());
    Names::new().uid(user.as_bytes()).or(number).ok_or_else(|| {
        Fault::usage(format!("no user {}", os_display::Quotable::quote(user)))
            .hint("give a user's name or uid")
    })
}

/// The kernel's times are whole seconds: a part of one is one, that nothing younger is taken.
fn whole_seconds(older: Duration) -> i64 {
    let seconds = older.as_secs().saturating_add(u64::from(older.subsec_nanos() > 0));
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_is_one() {
        let seconds = |text: &str| whole_seconds(parse_duration(text).unwrap());
        assert_eq!(["0", "0.5", "90", "90.001", "2h"].map(seconds), [0, 1, 90, 91, 7200]);
        assert_eq!(whole_seconds(Duration::MAX), i64::MAX);
    }
}
