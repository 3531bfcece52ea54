//! Signals to stop: the first is a wish, the second an order.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flow_runtime::system;
use signal_hook::consts::TERM_SIGNALS;
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
}

impl Signals {
    /// From now on the first signal to stop is only noted, and the second ends the process at once: everything committed is kept.
    pub(crate) fn listen() -> Result<Signals, Failure> {
        let stop = Arc::new(AtomicBool::new(false));
        let cannot = |error: io::Error| {
            Failure::new(
                format!("cannot listen for signals: {}", system::said(&error)),
                system::help(&error).unwrap_or_default(),
            )
        };
        for signal in TERM_SIGNALS.iter().chain(HANG_UP) {
            // In this order: the first signal finds no wish yet.
            flag::register_conditional_shutdown(*signal, INTERRUPTED, Arc::clone(&stop)).map_err(cannot)?;
            flag::register(*signal, Arc::clone(&stop)).map_err(cannot)?;
        }
        Ok(Signals { stop })
    }

    pub(crate) fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
