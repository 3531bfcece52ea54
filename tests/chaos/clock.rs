//! The clocks on the wall, for one process: libfaketime, which the process is started with, shows it those of a file.

use std::fs;
use std::path::{Path, PathBuf};

/// Where Debian, Fedora and Homebrew have it.
const LIBRARIES: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
];

/// How far the clocks are off, in seconds.
pub(crate) struct Clock {
    library: &'static Path,
    file: PathBuf,
    ahead: i64,
}

impl Clock {
    /// None where this machine has no such library.
    pub(crate) fn new(file: PathBuf) -> Option<Clock> {
        let library = LIBRARIES.iter().map(Path::new).find(|path| path.exists())?;
        let clock = Clock { library, file, ahead: 0 };
        clock.show();
        Some(clock)
    }

    /// What a process is started with to see it. Timeouts go on by the seconds that really pass.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        [
            ("LD_PRELOAD", text(self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Sets them, forwards or backwards, also of what is running.
    pub(crate) fn step(&mut self, seconds: i64) {
        self.ahead += seconds;
        self.show();
    }

    fn show(&self) {
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{:+}\n", self.ahead)).unwrap();
        fs::rename(&new, &self.file).unwrap();
    }

    pub(crate) fn ahead(&self) -> i64 {
        self.ahead
    }

    fn shown(&self) -> jiff::Timestamp {
        jiff::Timestamp::now() + jiff::SignedDuration::from_secs(self.ahead)
    }

    /// What they show, in UTC.
    pub(crate) fn now(&self) -> String {
        self.shown().to_string()
    }

    /// The same since the epoch.
    pub(crate) fn milliseconds(&self) -> i64 {
        self.shown().as_millisecond()
    }
}

/// What the library of a process that was killed leaves behind.
pub(crate) fn clear_up_after(process: u32) {
    for what in ["sem", "shm"] {
        let _ = fs::remove_file(format!("/dev/shm/faketime_{what}_{process}"));
        let _ = fs::remove_file(format!("/dev/shm/sem.faketime_{what}_{process}"));
    }
}
