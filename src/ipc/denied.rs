//! Why the kernel denied the use of an object, and who can change that: the same words for every kind.

use std::fmt::Display;

use nix::errno::Errno;

use crate::fault::Fault;
use crate::ipc::identity::Owner;
use crate::ipc::namespace::own_uid;
use crate::proc::names::Names;

/// The fault of `what`, which the mode of `reference` does not let us do: mode and owner, and how to change it.
pub fn fault(what: impl Display, reference: impl Display, owner: &Owner) -> Fault {
    let mode = owner.mode;
    let user = user(owner.uid);
    let fault =
        Fault::os_because(what, format!("its mode is {mode:04o} and its owner {user}"), Errno::EACCES);
    let own = own_uid();
    if owner.uid == own || owner.creator.is_some_and(|(creator, _)| creator == own) {
        return fault.hint(format!("it is yours: ipctool change {reference} --mode 0600"));
    }
    let who = if owner.uid == 0 { user } else { format!("{user} or root") };
    let mode = mode | 0o66;
    fault.hint(format!("{who} can let you in: ipctool change {reference} --mode {mode:04o}"))
}

fn user(uid: u32) -> String {
    match Names::new().user(uid) {
        Some(name) => name.escape_ascii().to_string(),
        None => format!("uid {uid}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(owner: Owner) -> (String, String) {
        let fault = fault("release sem:3", "sem:3", &owner);
        (fault.to_string(), fault.hint_line().unwrap_or_default().to_string())
    }

    #[test]
    fn mode_owner_and_the_way_in_are_named() {
        let other = Owner { uid: 4_000_000_000, mode: 0o640, ..Owner::default() };
        let (line, hint) = both(other);
        assert_eq!(line, "cannot release sem:3: its mode is 0640 and its owner uid 4000000000 (EACCES)");
        assert_eq!(hint, "uid 4000000000 or root can let you in: ipctool change sem:3 --mode 0666");
        let (_, hint) = both(Owner { uid: nix::unistd::geteuid().as_raw(), ..other });
        assert_eq!(hint, "it is yours: ipctool change sem:3 --mode 0600");
        let (_, hint) = both(Owner { creator: Some((nix::unistd::geteuid().as_raw(), 0)), ..other });
        assert_eq!(hint, "it is yours: ipctool change sem:3 --mode 0600");
    }
}
