//! FIFOs: finding one by path without being led astray, making and removing one, holding one open.
//!
//! A look must not open one by its path: that releases who waits to open the other end, and what they write is lost.

mod found;
mod make;
mod place;
mod unlinked;

pub use found::Fifo;
pub use make::{create, find_or_make, remove};
pub use place::Trust;
pub use unlinked::Unlinked;
