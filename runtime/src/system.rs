//! What the operating system says, where its own words help nobody.
//!
//! Of too many open files every system speaks in its own way, and a library above it often does not speak of it at all. This is the one
//! place for the words; whoever tells of a file that does not open asks here.

use std::io;

/// What the system said, and where it let no more files be opened, what to do.
pub fn said(error: &io::Error) -> String {
    match why_no_more_files(error) {
        Some(words) => words.to_owned(),
        None => error.to_string(),
    }
}

/// Why no more files may be opened, and what to do; none where something else is wrong.
pub fn why_no_more_files(error: &io::Error) -> Option<&'static str> {
    let (of_process, of_system) = NO_MORE_FILES;
    let number = error.raw_os_error()?;
    if number == of_process {
        Some(PROCESS)
    } else if Some(number) == of_system {
        Some(SYSTEM)
    } else {
        None
    }
}

const PROCESS: &str = "this process may not open more files at once: allow it more, such as 1024, with `ulimit -n 1024` before the same \
                       command, or `LimitNOFILE=1024` where systemd starts it";
const SYSTEM: &str =
    "the whole machine has too many files open: end what else opens many, and give the same command again";

/// How a system numbers it: for one process, and for all together (`EMFILE`, `ENFILE`, the same on every Unix).
#[cfg(unix)]
const NO_MORE_FILES: (i32, Option<i32>) = (24, Some(23));
#[cfg(not(unix))]
const NO_MORE_FILES: (i32, Option<i32>) = (4, None);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn too_many_open_files_are_told_with_what_to_do() {
        assert!(said(&io::Error::from_raw_os_error(24)).contains("ulimit -n 1024"));
        assert!(said(&io::Error::from_raw_os_error(23)).contains("whole machine"));
        let other = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!((said(&other), why_no_more_files(&other)), (other.to_string(), None));
    }
}
