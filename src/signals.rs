//! Signals to stop: the first is a wish, the second an order.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use flow_runtime::system;
use signal_hook::consts::{SIGINT, SIGQUIT, SIGTERM, TERM_SIGNALS};
use signal_hook::flag;

use crate::output::Failure;

/// What a shell says of a process that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// The terminal is closed, or the connection to it is gone.
#[cfg(unix)]
const HANG_UP: &[i32] = &[signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const HANG_UP: &[i32] = &[];

/// A limit on the size of files is an error of the write that meets it, as a full disk is, and no silent end.
pub(crate) fn outlive_file_limits() {
    #[cfg(unix)]
    // Where it cannot be had, the system does as it did.
    let _ = flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Whether somebody wants the process to stop.
pub(crate) struct Signals {
    stop: Arc<AtomicBool>,
    /// The number of the one that came last; 0 before any.
    last: Arc<AtomicUsize>,
}

impl Signals {
    /// From now on the first signal to stop is only noted, and the second ends the process at once: everything committed is kept.
    pub(crate) fn listen() -> Result<Signals, Failure> {
        Signals::listening(|_| {}).map_err(|error| {
            Failure::new(
                format!("cannot listen for signals: {}", system::said(&error)),
                system::help(&error).unwrap_or_default(),
            )
        })
    }

    /// `meanwhile` is called for each signal once the system no longer ends the process by it, and before it is known as the first or the
    /// second.
    fn listening(meanwhile: impl Fn(i32)) -> io::Result<Signals> {
        let (heard, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let last = Arc::new(AtomicUsize::new(0));
        for signal in TERM_SIGNALS.iter().chain(HANG_UP) {
            // Before all else: one that comes between the lines below would be lost, and whoever sent it waits for ever.
            flag::register(*signal, Arc::clone(&heard))?;
            flag::register_usize(*signal, Arc::clone(&last), usize::try_from(*signal).unwrap_or_default())?;
            meanwhile(*signal);
            // In this order: the first signal finds no wish yet.
            flag::register_conditional_shutdown(*signal, INTERRUPTED, Arc::clone(&stop))?;
            flag::register(*signal, Arc::clone(&stop))?;
        }
        if heard.load(Ordering::Relaxed) {
            stop.store(true, Ordering::Relaxed);
        }
        Ok(Signals { stop, last })
    }

    pub(crate) fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What the signal is called that wants it to stop; none before any.
    pub(crate) fn first(&self) -> Option<&'static str> {
        let last = i32::try_from(self.last.load(Ordering::Relaxed)).unwrap_or_default();
        self.stop().then_some(match last {
            SIGINT => "SIGINT",
            SIGTERM => "SIGTERM",
            SIGQUIT => "SIGQUIT",
            _ => "SIGHUP",
        })
    }

    /// The same question for whoever outlives this value.
    pub(crate) fn asked(&self) -> impl Fn() -> bool + Send + 'static {
        let stop = Arc::clone(&self.stop);
        move || stop.load(Ordering::Relaxed)
    }
}

/// A file whose reading a signal ends, however long it is.
pub(crate) struct Heard<'s, R> {
    file: R,
    signals: &'s Signals,
}

impl<'s, R> Heard<'s, R> {
    pub(crate) fn new(file: R, signals: &'s Signals) -> Self {
        Self { file, signals }
    }
}

impl<R: Read> Read for Heard<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.signals.stop() { Err(io::Error::other(Stop)) } else { self.file.read(into) }
    }
}

impl<R: Seek> Seek for Heard<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Whether it was a signal that ended the reading of a [`Heard`] file.
pub(crate) fn is_stop(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|cause| cause.is::<Stop>())
}

#[derive(Debug)]
struct Stop;

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a signal ended it")
    }
}

impl std::error::Error for Stop {}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use signal_hook::consts::SIGTERM;
    use signal_hook::low_level::raise;

    /// One test, and one signal: the process that they are for is that of all tests.
    #[test]
    fn a_signal_that_comes_while_it_begins_to_listen_is_a_wish() {
        assert!(!Signals::listening(|_| {}).unwrap().stop());
        let early = |signal| {
            if signal == SIGTERM {
                raise(signal).unwrap()
            }
        };
        assert!(Signals::listening(early).unwrap().stop());
    }
}
