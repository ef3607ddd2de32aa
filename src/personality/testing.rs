//! What the tests of this room share.

/// The text that `push` puts into a buffer.
pub fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    push(&mut out);
    String::from_utf8(out).unwrap()
}
