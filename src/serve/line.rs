//! What `flow serve` says while it works: one line that changes, on a terminal; what somebody must know, wherever it runs.

use std::io::{IsTerminal, Write};

use flow_runtime::clock::{Clock, SystemClock};
use flow_runtime::engine;
use flow_runtime::settings::Settings;
use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::ink;
use crate::output::{counted, thousands};
use crate::run::report::Rate;

/// Said on stderr, so that the report stays alone on stdout.
pub(crate) struct Line {
    bar: ProgressBar,
    is_human: bool,
    last: Rate,
    trouble: Option<String>,
}

impl Line {
    pub(crate) fn new(is_human: bool) -> Line {
        let bar = ProgressBar::new_spinner();
        let terminal = is_human && std::io::stderr().is_terminal();
        bar.set_draw_target(if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        Line { bar, is_human, last: Rate::default(), trouble: None }
    }

    /// Where it works and how it ends, before the work begins.
    pub(crate) fn serving(&self, settings: &Settings, mail: &str) {
        let events = settings.data.events.as_ref().map(|path| format!(", events from {}", path.display()));
        let events = events.unwrap_or_default();
        self.say(&format!("serving from {}, mail to {mail}{events}; Ctrl-C stops it", settings.store.display()));
    }

    pub(crate) fn at(&mut self, at: &engine::Progress) {
        self.last = Rate { seconds: 0.0, events: at.events, steps: at.steps, mails: at.mails };
        let (events, steps, mails) = (thousands(at.events), thousands(at.steps), thousands(at.mails));
        self.bar.set_message(format!("{events} events, {steps} wakes, {mails} mails"));
        self.bar.tick();
    }

    /// Why mail waits, once for each reason.
    pub(crate) fn trouble(&mut self, trouble: Option<&str>) {
        if trouble.is_some() && trouble != self.trouble.as_deref() {
            self.trouble = trouble.map(str::to_owned);
            self.say(&format!("a message did not leave: {}", self.trouble.as_deref().unwrap_or_default()));
        }
    }

    pub(crate) fn stopping(&self, in_flight: usize) {
        let hand = match in_flight {
            0 => String::new(),
            some => {
                format!(
                    "; {} in hand, whose answer comes first: a second signal does not wait",
                    counted(some, "message")
                )
            }
        };
        self.say(&format!("stopping{hand}"));
    }

    /// Takes the line away; returns what was done.
    pub(crate) fn finish(self) -> Rate {
        self.bar.finish_and_clear();
        self.last
    }

    fn say(&self, words: &str) {
        if self.is_human {
            let now = SystemClock.now();
            // Where nobody can be told, the work goes on.
            self.bar.suspend(|| drop(writeln!(ink::stderr(), "{now}  {words}")));
        }
    }
}
