//! The entry: parse, run, one error line, a status.

fn main() {}
