//! Progress while a run works: a bar over the days of the virtual clock, on a terminal only.

use std::io::IsTerminal;

use flow_runtime::engine;
use flow_runtime::time::{Instant, Zone, civil};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::days_between;
use super::report::Rate;
use crate::output::thousands;

/// Behind the bar stands how late it is by the project's clocks; the report names the zone.
const STYLE: &str = "  {bar:32} day {pos} of {len}  {msg}";

pub(crate) struct Progress {
    bar: ProgressBar,
    start: Instant,
    zone: Zone,
    last: Rate,
}

impl Progress {
    /// `visible` is false where the output is for machines.
    pub(crate) fn new(start: Instant, end: Instant, zone: Zone, visible: bool) -> Self {
        let bar = ProgressBar::new(days_between(start, end));
        let terminal = visible && std::io::stderr().is_terminal();
        bar.set_draw_target(if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template(STYLE) {
            bar.set_style(style.progress_chars("██░"));
        }
        Self { bar, start, zone, last: Rate::default() }
    }

    pub(crate) fn at(&mut self, at: &engine::Progress) {
        self.last = Rate { seconds: 0.0, events: at.events, steps: at.steps, mails: at.mails };
        self.bar.set_position(days_between(self.start, at.now));
        self.bar.set_message(format!(
            "{}, {} events, {} mails",
            civil::minute(at.now, self.zone).unwrap_or_default(),
            thousands(at.events),
            thousands(at.mails)
        ));
    }

    /// Takes the bar away; returns what was done.
    pub(crate) fn finish(self) -> Rate {
        self.bar.finish_and_clear();
        self.last
    }
}
