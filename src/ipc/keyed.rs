//! Making the System V object of a key, or finding the one that is there.

use nix::errno::Errno;

use crate::fault::Fault;

/// An object removed between our two looks is made anew, so often at most.
const RACES: u32 = 100;

/// Where an object comes from.
pub enum Keyed<I> {
    /// It is new, and ours to dress.
    Made(I),
    /// It was there, whatever it is like.
    Found(I),
}

/// Calls `make` (`*get` with IPC_CREAT and IPC_EXCL) and, if the key has an object, `find` (without flags), until one of
/// them gives it.
///
/// # Errors
/// It exists and is to be `exclusive`; what `refused` makes of the kernel's refusal.
pub fn make_or_find<I>(
    what: &str,
    exclusive: bool,
    make: impl Fn() -> Result<I, Errno>,
    find: impl Fn() -> Result<I, Errno>,
    refused: impl Fn(Errno) -> Fault,
) -> Result<Keyed<I>, Fault> {
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
