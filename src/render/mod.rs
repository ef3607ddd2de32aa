//! Facts out: [`Record`]s of typed [`Cell`]s in, bytes out. Knows no kernel type and no command line; each format decides
//! how a cell looks.
//!
//! A command has a static table of [`Column`]s for its rows, and lists them so:
//!
//! ```no_run
//! use ipctool::render::{Cell, Column, Look, Selection};
//! struct Queue { id: i64, bytes: u64 }
//! static COLUMNS: [Column<Queue>; 2] = [
//!     Column { name: "ref", help: "its reference", show: |q| Cell::Text(format!("msgq:{}", q.id).into_bytes()) },
//!     Column { name: "cbytes", help: "bytes in it", show: |q| Cell::Bytes(q.bytes) },
//! ];
//! fn list(columns: &[String], sort: Option<&str>, rows: Vec<Queue>) -> Result<(), Box<dyn std::error::Error>> {
//!     let look = Look::stdout();                                   // then set look.format, look.exact_bytes …
//!     let selection = Selection::new(&COLUMNS, &["ref", "cbytes"], columns, look.format)?.sorted(sort)?;
//!     selection.write(&mut std::io::stdout(), rows, &look)?;
//!     Ok(())
//! }
//! ```
//!
//! - A cell of many rows that needs no text made: [`Cell::Phrase`] (`msgq:42`, `3 messages`), [`Cell::Shared`] (a user's
//!   name).
//! - Rows as they come: [`Sheet::new`] with [`Selection::names`], [`Sheet::row`] with [`Selection::cells`], [`Sheet::finish`].
//!   A table is held as text until `finish`; every other format leaves at once, in blocks of 64 KiB.
//!   Several threads make rows as a [`Part`] each, which [`Sheet::join`] takes in their order.
//! - Records: [`show`] (blocks of `name  value` lines, or JSON …), [`list`] (one table), [`fields`] (`--field`).
//! - Bytes of an object, by chunks: [`Hexdump`], [`Strings`]; on a terminal [`safe::push_payload`].
//! - Errors of the writer come back as they are: the caller decides what a reader that went away means.

pub mod bytes;
mod cell;
mod column;
mod compare;
mod hexdump;
mod json;
mod look;
pub(crate) mod number;
mod objects;
#[cfg(test)]
mod oracle;
mod page;
pub mod safe;
mod screen;
mod select;
mod sheet;
mod stack;
mod stream;
mod strings;
mod table;
mod text;
mod time;
mod tsv;
mod vertical;

pub use cell::{Cell, Phrase, Record};
pub use column::Column;
pub use hexdump::Hexdump;
pub use look::{Format, Look};
pub use select::{Selection, unknown};
pub use sheet::{Part, Rows, Sheet, list};
pub use strings::Strings;
pub use vertical::{fields, show};

/// What `write` appends, for tests.
#[cfg(test)]
fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}
