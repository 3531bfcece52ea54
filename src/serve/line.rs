//! What `flow serve` says while it works: now and then how things stand, on a terminal in one line that changes, and what it sees happen for the
//! log ([`log`](super::log)), which the engine writes to as well.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant as WallClock};

use flow_runtime::clock::{Clock, SystemClock};
use flow_runtime::engine::{self, Imported};
use flow_runtime::happening::{self, Happening, Level, Told};
use flow_runtime::open::Kind;
use flow_runtime::report::Pulse;
use flow_runtime::settings::Settings;
use flow_runtime::time::{Instant, Zone, civil};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::log::{Log, LogFormat};
use crate::ink;
use crate::output::{Failure, Format, thousands};
use crate::run;
use crate::run::contacts::ContactsTaken;
use crate::run::notebook::Notebook;
use crate::run::report::Rate;
use crate::run::shut_out::{Earlier, ShutOut};
use crate::run::strangers::Strangers;
use crate::run::words::SEND_AS_UNSUBSCRIBED;
use crate::signals::Signals;

/// How often the store is asked how things stand.
const LOOK: Duration = Duration::from_secs(1);
/// How long something that changed a little is kept to itself.
const CALM: Duration = Duration::from_secs(60);
/// And something that changed a lot.
const NEWS: Duration = Duration::from_secs(5);
/// A number changed a lot if it is so many more or fewer, and by a tenth.
const MANY: u64 = 100;

/// How far behind a clock must be to be told: time services move it by less each day.
const CLOCK_STEP_MS: i64 = 1_000;

/// Said on stderr, so that the report stays alone on stdout.
pub(crate) struct Line {
    bar: ProgressBar,
    log: Log,
    format: Format,
    /// Where nobody sees the line that changes: a line each time, because somebody asked for it.
    in_lines: bool,
    zone: Zone,
    looked: WallClock,
    said: Option<(WallClock, Pulse)>,
    last: Rate,
    /// Whether the clock on the wall is known to be behind.
    is_behind: bool,
    /// How many remarks on rows and lines have been told, and when.
    remarks: Option<(WallClock, u64)>,
}

impl Line {
    /// `asked`: by `--progress`.
    pub(crate) fn new(format: Format, (log_format, from): (LogFormat, Level), asked: bool, zone: Zone) -> Line {
        let bar = ProgressBar::new_spinner();
        let terminal = format == Format::Human && log_format == LogFormat::Human && std::io::stderr().is_terminal();
        bar.set_draw_target(if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        let in_lines = asked && !terminal;
        let log = Log::new(log_format, from, zone, bar.clone());
        let (looked, last) = (run::now(), Rate::default());
        Line { bar, log, format, in_lines, zone, looked, said: None, last, is_behind: false, remarks: None }
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Where it works, before the work begins.
    pub(crate) fn serving(&self, settings: &Settings, mail: String, version: u32, start: Instant) {
        let what = Happening::Started {
            flow: env!("CARGO_PKG_VERSION").to_owned(),
            version,
            store: settings.store.display().to_string(),
            store_kind: "live",
            mail,
            events: settings.data.events.as_ref().map(|path| path.display().to_string()),
            zone: self.zone.name().to_owned(),
        };
        self.log.tell(&Told { at: start, what });
    }

    /// That the clock on the wall is behind what was done already.
    pub(crate) fn clock_is(&mut self, wall: Instant, done: Instant) {
        let behind = done.ms_since(wall);
        if behind >= CLOCK_STEP_MS && !self.is_behind {
            self.is_behind = true;
            self.log.now(Happening::ClockSetBack { by_ms: u64::try_from(behind).unwrap_or_default() });
        }
        self.is_behind &= behind > 0;
    }

    /// What the contacts were.
    pub(crate) fn contacts(&self, contacts: &ContactsTaken) {
        let Imported { new, updated, known, .. } = contacts.imported;
        if let Some(file) = contacts.file() {
            self.log.now(Happening::ContactsTaken { file: file.to_owned(), new, updated, known });
        }
        self.shut_out(&contacts.shut_out);
        self.shut_out_still(contacts.earlier.as_ref());
        self.in_doubt(contacts.doubt().as_ref());
    }

    /// How many remarks there are on what came in, where there are new ones: at once, and then not more often than somebody wants to know.
    pub(crate) fn remarks(&mut self, notebook: &Notebook, is_end: bool) {
        let (lines, _) = notebook.remarks();
        let (is_news, now) = (lines > self.remarks.map_or(0, |(_, told)| told), run::now());
        if is_news && (is_end || self.remarks.is_none_or(|(at, _)| now - at >= CALM)) {
            self.remarks = Some((now, lines));
            // Whoever reads that they are listed looks there. A live store goes on without a list: why is told on its own.
            drop(notebook.flush());
            let (_, list) = notebook.remarks();
            self.log.now(Happening::LinesNotTaken { lines, list: list.map(|path| path.display().to_string()) });
        }
    }

    pub(crate) fn at(&mut self, at: &engine::Progress) {
        if at.events > self.last.events {
            self.log.now(Happening::EventsTaken { events: at.events });
        }
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

    /// What sounds like a refusal and has no effect: whoever meant one goes on getting mail until somebody looks.
    pub(crate) fn not_understood(&self, names: &[String]) {
        for name in names {
            let name = happening::said(name, []);
            let says = format!(
                "`{name}` sounds like a refusal and is none that Flow knows: nobody is shut out by it; \
                 {SEND_AS_UNSUBSCRIBED}"
            );
            self.log.now(Happening::NotUnderstood { name, says });
        }
    }

    /// Why what is not taken is listed nowhere.
    pub(crate) fn without_list(&self, trouble: Option<Failure>) {
        if let Some(Failure { message, help }) = trouble {
            let says = format!("{message}; what is not taken is counted and not listed, until that is mended: {help}");
            self.log.now(Happening::ListUnwritable { says });
        }
    }

    /// Whom the contacts shut out, by column, and what is to be done where it is most of them.
    fn shut_out(&self, shut_out: &ShutOut) {
        for (people, by) in shut_out.told() {
            self.log.now(Happening::ShutOut { people, by });
        }
        if let Some(warning) = shut_out.warning(Kind::Live) {
            let says = format!("{}\n{}", warning.message, warning.help);
            self.log.now(Happening::MostlyShutOut { contacts: shut_out.json(Kind::Live), says });
        }
    }

    /// Whom an earlier reading of a column keeps out.
    fn shut_out_still(&self, earlier: Option<&Earlier>) {
        if let Some(warning) = earlier.map(|earlier| earlier.warning(Kind::Live)) {
            self.log.now(Happening::ShutOutStill { says: format!("{}; {}", warning.message, warning.help) });
        }
    }

    /// That the events are about nobody in the contacts: the campaign writes to nobody until somebody looks.
    pub(crate) fn strangers(&self, strangers: Option<&Strangers>) {
        if let Some(strangers) = strangers {
            let (events, number) = (strangers.events, thousands(strangers.events));
            let words = strangers.words();
            let says = format!("{number} of {number} events with a user id are about unknown people: {words}");
            self.log.now(Happening::UnknownPeople { events, says });
        }
    }

    /// That nobody can tell whether the contacts are those of an older Flow.
    fn in_doubt(&self, doubt: Option<&Failure>) {
        if let Some(doubt) = doubt {
            self.log.now(Happening::ContactsInDoubt { says: format!("{}; {}", doubt.message, doubt.help) });
        }
    }

    /// That a signal ends it, and what it waits for.
    pub(crate) fn stopping(&self, signals: &Signals, in_hand: usize) {
        if let Some(signal) = signals.first() {
            self.log.now(Happening::Signal { signal, in_hand: in_hand as u64 });
        }
    }

    /// That the store is closed.
    pub(crate) fn ended(&self, done: &Rate) {
        self.log.now(Happening::Ended { events: done.events, mails: done.mails });
    }

    /// Takes the line that changes away; returns what was done.
    pub(crate) fn finish(&self) -> Rate {
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
