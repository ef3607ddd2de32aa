//! Table tests of each rule, and properties over all references.

mod keys;
mod kinds;
mod names;
mod properties;
mod refusals;
mod spellings;
mod word_lists;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::{Kind, Ref, RefError};

fn parse(text: impl AsRef<[u8]>, noun: Option<Kind>) -> Result<Ref, RefError> {
    super::parse(OsStr::from_bytes(text.as_ref()), noun)
}
