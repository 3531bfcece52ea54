//! What `flow serve` says while it works: now and then how things stand, on a terminal in one line that changes; what somebody must know,
//! wherever it runs.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant as WallClock};

use flow_runtime::clock::{Clock, SystemClock};
use flow_runtime::engine;
use flow_runtime::open::Kind;
use flow_runtime::report::Pulse;
use flow_runtime::settings::Settings;
use flow_runtime::time::{Instant, Zone, civil};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::ink;
use crate::output::{Failure, Format, counted, thousands};
use crate::run;
use crate::run::report::Rate;
use crate::run::shut_out::{Earlier, ShutOut};
use crate::run::strangers::Strangers;
use crate::run::words::SEND_AS_UNSUBSCRIBED;

/// How often the store is asked how things stand.
const LOOK: Duration = Duration::from_secs(1);
/// How long something that changed a little is kept to itself.
const CALM: Duration = Duration::from_secs(60);
/// And something that changed a lot.
const NEWS: Duration = Duration::from_secs(5);
/// A number changed a lot if it is so many more or fewer, and by a tenth.
const MANY: u64 = 100;

/// Said on stderr, so that the report stays alone on stdout.
pub(crate) struct Line {
    bar: ProgressBar,
    format: Format,
    /// Where nobody sees the line that changes: a line each time, because somebody asked for it.
    in_lines: bool,
    zone: Zone,
    looked: WallClock,
    said: Option<(WallClock, Pulse)>,
    last: Rate,
    trouble: Option<String>,
}

impl Line {
    /// `asked`: by `--progress`.
    pub(crate) fn new(format: Format, asked: bool, zone: Zone) -> Line {
        let bar = ProgressBar::new_spinner();
        let terminal = format == Format::Human && std::io::stderr().is_terminal();
        bar.set_draw_target(if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        let in_lines = asked && !terminal;
        Line { bar, format, in_lines, zone, looked: run::now(), said: None, last: Rate::default(), trouble: None }
    }

    /// Where it works and how it ends, before the work begins.
    pub(crate) fn serving(&self, settings: &Settings, mail: &str) {
        let events = settings.data.events.as_ref().map(|path| format!(", events from {}", path.display()));
        let events = events.unwrap_or_default();
        let (store, zone) = (settings.store.display(), self.zone.name());
        self.say(&format!("serving from {store}, mail to {mail}{events}; times are of {zone}; Ctrl-C stops it"));
    }

    pub(crate) fn at(&mut self, at: &engine::Progress) {
        self.last = Rate { seconds: 0.0, events: at.events, steps: at.steps, mails: at.mails };
    }

    /// How things stand, where somebody sees it, and not more often than somebody wants to know.
    pub(crate) fn pulse<E>(&mut self, read: impl FnOnce() -> Result<Pulse, E>) -> Result<(), E> {
        let now = run::now();
        let is_seen = self.in_lines || !self.bar.is_hidden();
        if !is_seen || (self.said.is_some() && now - self.looked < LOOK) {
            return Ok(());
        }
        self.looked = now;
        let pulse = read()?;
        if self.said.is_none_or(|(at, said)| is_news(now - at, said, pulse)) {
            self.said = Some((now, pulse));
            self.tell(pulse);
        }
        Ok(())
    }

    fn tell(&self, pulse: Pulse) {
        let now = SystemClock.now();
        let Pulse { in_workflows, sent, waiting } = pulse;
        if self.format == Format::Json {
            let line = json!({ "at": now.to_string(), "in_workflows": in_workflows, "sent": sent, "waiting": waiting });
            // Where nobody can be told, the work goes on.
            return drop(writeln!(ink::stderr(), "{line}"));
        }
        let mails = if sent == 1 { "mail" } else { "mails" };
        let [people, sent, waiting] = [in_workflows, sent, waiting].map(thousands);
        let words = format!("{people} in workflows, {sent} {mails} sent, {waiting} waiting");
        if self.in_lines {
            self.say(&words);
        } else {
            self.bar.set_message(format!("{}  {words}", self.clock(now)));
            self.bar.tick();
        }
    }

    /// Why mail waits, once for each reason.
    pub(crate) fn trouble(&mut self, trouble: Option<&str>) {
        if trouble.is_some() && trouble != self.trouble.as_deref() {
            self.trouble = trouble.map(str::to_owned);
            let trouble = self.trouble.as_deref().unwrap_or_default();
            self.note("mail_trouble", &format!("a message did not leave: {trouble}"), json!({}));
        }
    }

    /// What sounds like a refusal and has no effect: whoever meant one goes on getting mail until somebody looks.
    pub(crate) fn not_understood(&self, names: &[String]) {
        for name in names {
            let words = format!(
                "`{name}` sounds like a refusal and is none that Flow knows: nobody is shut out by it; \
                 {SEND_AS_UNSUBSCRIBED}"
            );
            self.note("not_understood", &words, json!({ "name": name }));
        }
    }

    /// Why what is not taken is listed nowhere.
    pub(crate) fn without_list(&self, trouble: Option<Failure>) {
        if let Some(Failure { message, help }) = trouble {
            let words = format!(
                "warning: {message}; what is not taken is counted and not listed, until that is mended: {help}"
            );
            self.note("without_list", &words, json!({}));
        }
    }

    /// Whom the contacts shut out, by column, and what is to be done where it is most of them.
    pub(crate) fn shut_out(&self, shut_out: &ShutOut) {
        for (number, by) in shut_out.told() {
            self.say(&format!("shut out of marketing: {} {by}", thousands(number)));
        }
        if let Some(warning) = shut_out.warning(Kind::Live) {
            let words = format!("warning: {}\n{}", warning.message, warning.help);
            self.note("shut_out", &words, json!({ "contacts": shut_out.json(Kind::Live) }));
        }
    }

    /// Whom an earlier reading of a column keeps out.
    pub(crate) fn shut_out_still(&self, earlier: Option<&Earlier>) {
        if let Some(warning) = earlier.map(|earlier| earlier.warning(Kind::Live)) {
            let words = format!("warning: {}; {}", warning.message, warning.help);
            self.note("shut_out_still", &words, json!({}));
        }
    }

    /// That the events are about nobody in the contacts: the campaign writes to nobody until somebody looks.
    pub(crate) fn strangers(&self, strangers: Option<&Strangers>) {
        if let Some(strangers) = strangers {
            let number = thousands(strangers.events);
            let words = format!(
                "warning: {number} of {number} events with a user id are about unknown people: {}",
                strangers.words()
            );
            self.note("unknown_people", &words, json!({ "events": strangers.events }));
        }
    }

    /// That nobody can tell whether the contacts are those of an older Flow.
    pub(crate) fn in_doubt(&self, doubt: Option<&Failure>) {
        if let Some(doubt) = doubt {
            let words = format!("warning: {}; {}", doubt.message, doubt.help);
            self.note("contacts_in_doubt", &words, json!({}));
        }
    }

    /// What somebody must know, in either format; each kind has a name for machines, and what belongs to it.
    fn note(&self, kind: &str, words: &str, mut more: Value) {
        if self.format == Format::Human {
            return self.say(words);
        }
        if let Some(line) = more.as_object_mut() {
            line.extend(
                [("at", SystemClock.now().to_string()), ("note", kind.to_owned()), ("says", words.to_owned())]
                    .map(|(key, value)| (key.to_owned(), json!(value))),
            );
        }
        // Where nobody can be told, the work goes on.
        drop(writeln!(ink::stderr(), "{more}"));
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
        if self.format == Format::Human {
            let now = self.clock(SystemClock.now());
            // Where nobody can be told, the work goes on.
            self.bar.suspend(|| drop(writeln!(ink::stderr(), "{now}  {words}")));
        }
    }

    /// By the project's clocks.
    fn clock(&self, at: Instant) -> String {
        civil::minute(at, self.zone).unwrap_or_else(|| at.to_string())
    }
}

/// Whether people want to hear of it, so long after they last did.
fn is_news(since: Duration, said: Pulse, now: Pulse) -> bool {
    let numbers = |pulse: Pulse| [pulse.in_workflows, pulse.sent, pulse.waiting];
    let changed_a_lot = |(one, other): (u64, u64)| one.abs_diff(other) >= MANY.max(one / 10);
    let a_lot = numbers(said).into_iter().zip(numbers(now)).any(changed_a_lot);
    said != now && (since >= CALM || (a_lot && since >= NEWS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_things_wait_for_a_minute_and_great_ones_for_moments() {
        let pulse = |sent| Pulse { in_workflows: 10, sent, waiting: 0 };
        let seconds = Duration::from_secs;
        assert!(!is_news(seconds(600), pulse(5), pulse(5)), "nothing changed");
        assert!(!is_news(seconds(59), pulse(5), pulse(6)) && is_news(seconds(60), pulse(5), pulse(6)));
        assert!(!is_news(seconds(4), pulse(0), pulse(100)) && is_news(seconds(5), pulse(0), pulse(100)));
        assert!(
            !is_news(seconds(30), pulse(10_000), pulse(10_900)) && is_news(seconds(30), pulse(10_000), pulse(11_000))
        );
    }
}
