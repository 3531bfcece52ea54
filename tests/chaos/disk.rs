//! The disk of the store: small and full, read-only, or gone.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A small file system in memory over a folder, where somebody may mount one; else the folder as it is.
pub(crate) struct Disk {
    folder: PathBuf,
    is_mounted: bool,
}

const SIZE: &str = "size=24m";
/// What fills it, beside the store.
const FILLER: &str = "filler";
const BLOCK: usize = 16 << 10;

impl Disk {
    /// `own`: whether to try.
    pub(crate) fn over(folder: PathBuf, own: bool) -> Disk {
        let is_mounted = own && done("mount", &["-t", "tmpfs", "-o", SIZE, "tmpfs"], &folder);
        Disk { folder, is_mounted }
    }

    pub(crate) fn is_mounted(&self) -> bool {
        self.is_mounted
    }

    /// Leaves so many bytes of it.
    pub(crate) fn fill(&self, but: usize) {
        let mut filler = File::options().create(true).append(true).open(self.folder.join(FILLER)).unwrap();
        while filler.write_all(&[0; BLOCK]).is_ok() {}
        let length = filler.metadata().unwrap().len();
        filler.set_len(length.saturating_sub(u64::try_from(but).unwrap())).unwrap();
    }

    pub(crate) fn free(&self) {
        let _ = fs::remove_file(self.folder.join(FILLER));
    }

    /// Between two lives: what writes to it keeps it writable.
    pub(crate) fn read_only(&self, is_so: bool) -> bool {
        done("mount", &["-o", if is_so { "remount,ro" } else { "remount,rw" }], &self.folder)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            done("umount", &["-l"], &self.folder);
        }
    }
}

fn done(command: &str, words: &[&str], folder: &Path) -> bool {
    let status = Command::new(command).args(words).arg(folder).stderr(Stdio::null()).stdout(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
