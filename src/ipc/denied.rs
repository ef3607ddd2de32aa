//! Why the kernel denied it, and what the owner can do: the hint under every EACCES of an object.

use std::fmt::Display;

use crate::ipc::identity::Owner;
use crate::ipc::namespace::own_uid;
use crate::proc::names::Names;

/// The hint for whoever was denied the use of `reference`: which mode and owner did it, and on one's own object how to
/// change it.
pub fn hint(reference: impl Display, owner: &Owner) -> String {
    let mode = owner.mode;
    if own_uid() == owner.uid {
        return format!("its mode is {mode:04o} and it is yours: ipctool change {reference} --mode 0600");
    }
    let name = Names::new().user(owner.uid);
    let name = name.map_or_else(|| format!("uid {}", owner.uid), |name| name.escape_ascii().to_string());
    format!("its mode is {mode:04o} and its owner {name}, who can change it")
}

#[cfg(test)]
mod tests {
    use super::hint;
    use crate::ipc::identity::Owner;

    #[test]
    fn mode_and_owner_are_named() {
        let own = Owner { uid: nix::unistd::geteuid().as_raw(), mode: 0o40, ..Owner::default() };
        assert_eq!(hint("sem:3", &own), "its mode is 0040 and it is yours: ipctool change sem:3 --mode 0600");
        let other = Owner { uid: 4_000_000_000, mode: 0o600, ..Owner::default() };
        assert_eq!(hint("sem:3", &other), "its mode is 0600 and its owner uid 4000000000, who can change it");
    }
}
