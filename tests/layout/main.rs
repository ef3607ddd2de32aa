//! Layouts against gcc: places, bytes, values and error lines.
#![cfg(test)]

mod bytes;
mod debug;
mod declarations;
mod differential;
mod floats;
mod gcc;
mod generate;
mod properties;
mod values;
