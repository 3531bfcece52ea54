//! Whether the file that is written to still stands under its name: who deletes or replaces it during a run would lose all that comes after.

use super::fault::Trouble;
use crate::store::StoreFault;
use std::fs;
use std::path::Path;

/// What tells a file from another of the same name; nothing where the system has no such numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity(Option<(u64, u64)>);

impl Identity {
    /// None where there is no file.
    pub(super) fn of(path: &Path) -> Option<Identity> {
        fs::metadata(path).ok().map(|found| Identity(numbers(&found)))
    }

    /// Asked before each commit, and at the end.
    pub(super) fn check(self, path: &Path) -> Result<(), Trouble> {
        if Identity::of(path) == Some(self) {
            return Ok(());
        }
        Err(Trouble::Said(
            StoreFault::Lost,
            format!("`{}` was deleted, moved or replaced while Flow worked on it", path.display()),
            "put it back, or begin anew with the same command; leave it in its place while Flow runs".to_owned(),
        ))
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn numbers(found: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn numbers(_: &fs::Metadata) -> Option<(u64, u64)> {
    None
}
