//! Why the kernel denied the use of an object, and who can change that: the same words for every kind.

use std::fmt::Display;
use std::path::Path;

use nix::errno::Errno;
use os_display::Quotable;

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
    let typed = reference.to_string();
    let typed = typed.maybe_quote();
    let own = own_uid();
    if owner.uid == own || owner.creator.is_some_and(|(creator, _)| creator == own) {
        return fault.hint(format!("it is yours: ipctool change {typed} --mode 0600"));
    }
    let who = if owner.uid == 0 { user } else { format!("{user} or root") };
    let mode = mode | 0o66;
    fault.hint(format!("{who} can let you in: ipctool change {typed} --mode {mode:04o}"))
}

/// The same for a file that its mode, or that of a directory on the way, does not let us open.
pub fn file(what: impl Display, path: &Path, uid: u32, mode: u32) -> Fault {
    let (user, mode) = (user(uid), mode & 0o7777);
    let cause = format!("its mode is {mode:04o} and its owner {user}");
    let fault = Fault::os_because(what, cause, Errno::EACCES);
    match uid == own_uid() {
        true => fault.hint(format!("it is yours: chmod u+rw {}", path.maybe_quote())),
        false if uid == 0 => fault.hint("root can let you in"),
        false => fault.hint(format!("{user} or root can let you in")),
    }
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

    #[test]
    fn a_file_has_chmod() {
        let fault = file("write to mmap:./a b", Path::new("./a b"), own_uid(), 0o100_400);
        assert!(fault.to_string().starts_with("cannot write to mmap:./a b: its mode is 0400 and its owner "));
        assert_eq!(fault.hint_line(), Some("it is yours: chmod u+rw './a b'"));
        let theirs = file("read x", Path::new("x"), 4_000_000_000, 0o600);
        assert_eq!(theirs.hint_line(), Some("uid 4000000000 or root can let you in"));
    }
}
