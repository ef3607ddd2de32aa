//! DWARF 4 and 5 to a type: the debug information that `gcc -g` puts into a binary.

mod members;
mod names;
mod search;
mod sections;
mod types;
mod units;

use self::units::Units;
use super::nearest;
use super::types::Type;
use crate::fault::Fault;

/// Why debug information cannot be used, to stand in an error line.
type Outcome<T> = Result<T, String>;

/// The struct, union, class or typedef `name` of the ELF file whose bytes these are; the first one in the file's order.
///
/// `name` may start with `struct`, `union` or `class`, and may be qualified as in C++: `ns::Queue`.
pub fn read(binary: &[u8], name: &str) -> Result<Type, Fault> {
    let what = "read the debug information";
    let units = Units::new(sections::load(binary)?).map_err(|cause| Fault::new(what, cause))?;
    let found = search::find(&units, name).map_err(|cause| Fault::new(what, cause))?;
    found.ok_or_else(|| missing(&units, name))
}

/// The fault of a name that no unit has.
fn missing(units: &Units, name: &str) -> Fault {
    let what = format!("find the struct {name:?}");
    if units.split() {
        let hint = "compile without -gsplit-dwarf";
        return Fault::new(what, "the debug information is in other files (.dwo)").hint(hint);
    }
    if search::declared(units, name) {
        return Fault::new(what, "the binary only declares it, without its members");
    }
    let known = search::names(units);
    let fault = Fault::new(what, "the binary's debug information has none of this name");
    nearest::hint(fault, name, known.iter().map(String::as_str))
}

/// What gimli says, as words in an error line.
fn broken(error: gimli::Error) -> String {
    format!("it is damaged: {error}")
}
