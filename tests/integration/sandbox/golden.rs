//! Texts that are kept whole: `golden/NAME` beside the tests. `SNAPSHOTS=overwrite cargo test` writes them anew.

use std::path::{Path, PathBuf};

use snapbox::data::DataFormat;

/// Expects that a text is, to the byte, what `tests/integration/golden/NAME` holds.
#[track_caller]
pub fn assert_golden(name: &str, actual: impl Into<String>) {
    assert_kept(&source("tests/integration/golden").join(name), actual);
}

/// Expects that a text is, to the byte, what a file of the source tree holds.
#[track_caller]
pub fn assert_kept(path: &Path, actual: impl Into<String>) {
    let kept = snapbox::Data::read_from(path, Some(DataFormat::Text));
    snapbox::Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV).eq(actual.into(), kept.raw());
}

/// A file of the source tree: `source("man")`, `source("tests/integration/fixtures/x")`.
pub fn source(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
