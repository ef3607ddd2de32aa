//! A message's body as a C struct.

use std::borrow::Cow;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::commands::structure;
use crate::fault::Fault;

/// The message is a struct with these values.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Struct")]
pub struct Args {
    #[command(flatten)]
    structure: structure::Args,
    /// Send one struct, zero but for this field's value
    #[arg(long, value_name = "FIELD=VALUE", requires = "declarations")]
    set: Vec<OsString>,
}

impl Args {
    /// What is sent: `data`, or the one struct that the flags describe.
    ///
    /// # Errors
    /// A usage fault: no such field or value, or a struct and data both.
    pub fn data<'a>(&self, data: &'a [OsString], hex: bool) -> Result<Cow<'a, [OsString]>, Fault> {
        let Some(structure) = self.structure.structure()? else { return Ok(Cow::Borrowed(data)) };
        if !data.is_empty() || hex {
            return Err(Fault::usage("--struct says what the message is: there is data or --hex too"));
        }
        let size = usize::try_from(structure.layout.size()).unwrap_or(usize::MAX);
        let mut body = vec![0; size];
        for text in &self.set {
            structure.layout.set(text.as_bytes(), structure.endian)?.apply(&mut body);
        }
        Ok(Cow::Owned(vec![OsString::from_vec(body)]))
    }
}
