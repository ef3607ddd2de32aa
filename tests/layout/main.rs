//! Layouts against gcc: places, bytes, values and error lines.
#![cfg(test)]

mod differential;
mod gcc;
mod generate;
