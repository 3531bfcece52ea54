//! What the operating system says, where its own words help nobody.
//!
//! Of too many open files every system speaks in its own way, and a library above it often does not speak of it at all. This is the one
//! place for the words; whoever tells of a file that does not open asks here.

use std::io;

/// What the system said.
pub fn said(error: &io::Error) -> String {
    why_no_more_files(error).map_or_else(|| error.to_string(), |(why, _)| why.to_owned())
}

/// What to do, where that does not depend on which file it is.
pub fn help(error: &io::Error) -> Option<&'static str> {
    why_no_more_files(error).map(|(_, help)| help)
}

/// Both in one, for where there is one line alone.
pub fn said_with_help(error: &io::Error) -> String {
    help(error).map_or_else(|| said(error), |help| format!("{}: {help}", said(error)))
}

/// Why no more files may be opened, and what to do; none where something else is wrong.
fn why_no_more_files(error: &io::Error) -> Option<(&'static str, &'static str)> {
    let number = error.raw_os_error()?;
    if number == OF_PROCESS {
        let help = "allow this process more of them, such as 1024: with `ulimit -n 1024` before the same command, or with \
                    `LimitNOFILE=1024` where systemd starts it";
        Some(("too many files are open at once", help))
    } else if Some(number) == OF_MACHINE {
        Some(("the whole machine has too many files open", "end what else opens many, and give the same command again"))
    } else {
        None
    }
}

/// How a system numbers it, for one process and for all together (`EMFILE` and `ENFILE`, the same on every Unix).
#[cfg(unix)]
const OF_PROCESS: i32 = 24;
#[cfg(unix)]
const OF_MACHINE: Option<i32> = Some(23);
#[cfg(not(unix))]
const OF_PROCESS: i32 = 4;
#[cfg(not(unix))]
const OF_MACHINE: Option<i32> = None;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn too_many_open_files_are_told_with_what_to_do() {
        let of_process = io::Error::from_raw_os_error(24);
        assert!(said_with_help(&of_process).starts_with("too many files are open at once: allow this process more"));
        assert!(said(&io::Error::from_raw_os_error(23)).contains("whole machine"));
        let other = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!((said_with_help(&other), help(&other)), (other.to_string(), None));
    }
}
