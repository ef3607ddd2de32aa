//! Layouts against gcc: places, bytes, values and error lines.

mod differential;
mod gcc;
mod generate;
