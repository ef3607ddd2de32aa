//! Making the System V object of a key, or the POSIX object of a name, or finding the one that is there.

use nix::errno::Errno;

use crate::fault::Fault;

/// An object removed between our two looks is made anew, so often at most.
const RACES: u32 = 100;

/// Where an object comes from.
pub enum Keyed<M, F> {
    /// It is new, and ours to dress.
    Made(M),
    /// It was there, whatever it is like.
    Found(F),
}

/// Calls `make` (`*get` with IPC_CREAT and IPC_EXCL; EEXIST where there is one) and, if there is one, `find` (without flags;
/// ENOENT where there is none), until one of them gives it.
///
/// # Errors
/// It exists and is to be `exclusive`; what `refused` makes of the kernel's refusal.
pub fn make_or_find<M, F>(
    what: &str,
    exclusive: bool,
    make: impl Fn() -> Result<M, Errno>,
    find: impl Fn() -> Result<F, Errno>,
    refused: impl Fn(Errno) -> Fault,
) -> Result<Keyed<M, F>, Fault> {
    for _ in 0..RACES {
        match make() {
            Ok(id) => return Ok(Keyed::Made(id)),
            Err(Errno::EEXIST) if exclusive => {
                return Err(Fault::os_because(what, "it exists already", Errno::EEXIST));
            }
            Err(Errno::EEXIST) => {}
            Err(errno) => return Err(refused(errno)),
        }
        match find() {
            Ok(id) => return Ok(Keyed::Found(id)),
            Err(Errno::ENOENT) => {}
            Err(errno) => return Err(refused(errno)),
        }
    }
    Err(Fault::new(what, "somebody removes it as fast as it is created"))
}
