//! The operator's log: what happens while a project is served, a line each on stderr, for people or for machines.
//!
//! Happenings are data ([`flow_runtime::happening`]); here is only how a line looks, from which level on it is written, and how often
//! ([`bounds`](super::bounds)). It is written by hand and not by the `tracing` crate: that one's events are texts and fields at the place where
//! they happen, told when they happen. Ours are told once they are durable, at the engine's instants, and their list is checked against the docs.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use clap::ValueEnum;
use flow_front::shown::shown;
use flow_runtime::clock::{Clock, SystemClock};
use flow_runtime::happening::{Happening, Level, Told, Value};
use flow_runtime::time::{Instant, Zone, civil};
use indicatif::ProgressBar;
use serde_json::json;

use super::bounds::Bounds;
use crate::ink::{self, Ink};
use crate::run;

/// How wide the words of happenings are, most of them.
const WORD_COLUMNS: usize = 21;
/// Behind these columns goes on what has several lines, so that no text of others begins a line.
const INDENT: &str = "    ";

/// Who reads the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Aligned lines, by the project's clocks
    Human,
    /// A JSON object a line, in UTC
    Json,
}

/// From which level on something is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// Each message that leaves, too
    Debug,
    #[default]
    Info,
    Warn,
    Error,
}

impl LogLevel {
    pub(crate) fn level(self) -> Level {
        match self {
            LogLevel::Debug => Level::Debug,
            LogLevel::Info => Level::Info,
            LogLevel::Warn => Level::Warn,
            LogLevel::Error => Level::Error,
        }
    }
}

/// The log of one process; its clones write the same one.
#[derive(Clone)]
pub(crate) struct Log {
    format: LogFormat,
    from: Level,
    zone: Zone,
    /// Taken away while a line is written.
    bar: ProgressBar,
    bounds: Arc<Mutex<Bounds>>,
}

impl Log {
    pub(crate) fn new(format: LogFormat, from: Level, zone: Zone, bar: ProgressBar) -> Log {
        Log { format, from, zone, bar, bounds: Arc::default() }
    }

    pub(crate) fn format(&self) -> LogFormat {
        self.format
    }

    pub(crate) fn from(&self) -> Level {
        self.from
    }

    /// What happens in the command itself, by the clock on the wall.
    pub(crate) fn now(&self, what: Happening) {
        self.tell(&Told { at: SystemClock.now(), what });
    }

    /// Whoever wants to know everything is told all of it.
    pub(crate) fn tell(&self, told: &Told) {
        let mut bounds = self.bounds.lock().unwrap_or_else(PoisonError::into_inner);
        if told.what.kind().level >= self.from && (self.from == Level::Debug || bounds.admits(told, run::now())) {
            self.write(told);
        }
    }

    /// How often what was not told one by one has happened, where it is time to say so; at the end it is.
    pub(crate) fn count(&self, is_end: bool) {
        let counts =
            self.bounds.lock().unwrap_or_else(PoisonError::into_inner).counts((SystemClock.now(), run::now()), is_end);
        counts.iter().for_each(|told| self.write(told));
    }

    fn write(&self, told: &Told) {
        let line = match self.format {
            LogFormat::Human => human(told, self.zone),
            LogFormat::Json => machine(told, self.zone),
        };
        // Where nobody can be told, the work goes on.
        self.bar.suspend(|| drop(writeln!(ink::stderr(), "{line}")));
    }
}

/// `2026-03-02 10:00:05 warn  message.put_off        c17.guide_nurture.1.s0.v0  `send guide`, attempt 2, next 10:15: 451 4.7.1 greylisted`.
fn human(told: &Told, zone: Zone) -> String {
    let Told { at, what } = told;
    let kind = what.kind();
    let time = civil::second(*at, zone).unwrap_or_else(|| at.to_string());
    let about = what.about().map(|about| format!("{about}  ")).unwrap_or_default();
    let words = what.words(*at, zone).replace('\n', &format!("\n{INDENT}"));
    let (ink, level, word) = (ink_of(kind.level), kind.level.word(), kind.word);
    format!("{time} {ink}{level:<5}{ink:#} {word:<WORD_COLUMNS$}  {about}{words}")
}

fn ink_of(level: Level) -> Ink {
    match level {
        Level::Debug => Ink::Dim,
        Level::Info => Ink::Plain,
        Level::Warn => Ink::Bold,
        Level::Error => Ink::Red,
    }
}

/// `at`, `level` and `code` first, then what belongs to it, and last the words for people.
fn machine(told: &Told, zone: Zone) -> String {
    let Told { at, what } = told;
    let kind = what.kind();
    let head = [("at", stamp(*at)), ("level", kind.level.word().to_owned()), ("code", kind.word.to_owned())];
    let head = head.into_iter().map(|(name, text)| (name, json!(text)));
    let fields =
        what.fields().into_iter().filter(|(name, _)| *name != "says").map(|(name, value)| (name, value_of(value)));
    let says = ("says", json!(shown(&what.words(*at, zone))));
    let pairs: Vec<String> =
        head.chain(fields).chain([says]).map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", pairs.join(","))
}

fn value_of(value: Value) -> serde_json::Value {
    match value {
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(shown(&text)),
        Value::At(at) => json!(stamp(at)),
        Value::Parts(parts) => parts,
    }
}

/// In UTC, always with its milliseconds, so that lines sort as texts.
fn stamp(at: Instant) -> String {
    at.to_utc().map_or_else(|| at.to_string(), |at| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use flow_runtime::happening::{JourneyName, KINDS, Message};
    use flow_runtime::time::Zones;

    use super::*;

    const AT: Instant = Instant(1_772_445_605_000);
    const LATER: Instant = Instant(AT.0 + 15 * 60_000);

    fn message() -> Message {
        let journey = JourneyName { contact: 17, workflow: "guide_nurture".to_owned(), run: 1 };
        let key = "c17.guide_nurture.1.s0.v0".to_owned();
        Message { journey, key, contact: 17, step: "send guide".to_owned(), email: Some("guide".to_owned()) }
    }

    /// One of each kind, in the order of the list.
    fn one_of_each() -> Vec<Happening> {
        use Happening as H;
        let (text, said) = (|| "text".to_owned(), || "451 4.7.1 greylisted".to_owned());
        let channel = || "smtp".to_owned();
        vec![
            H::Started {
                flow: text(),
                version: 3,
                store: text(),
                store_kind: "live",
                mail: text(),
                events: None,
                zone: text(),
            },
            H::NotClosed { store: text() },
            H::Recovered { in_doubt: 3, sent_again: 0, given_up: 3, not_begun: 1 },
            H::InDoubt { message: message(), attempt: 1, decision: "given up", said: said() },
            H::PutOff { message: message(), attempt: 2, next_at: LATER, said: said() },
            H::Undelivered { message: message(), attempts: 10, reason: "every attempt failed", said: said() },
            H::HeldTooLong { message: message(), held_since: AT, attempts: 0 },
            H::Sent { message: message(), attempt: 1, said: said() },
            H::ChannelDown {
                channel: channel(),
                message: message(),
                since: AT,
                pauses: 1,
                next_at: LATER,
                said: said(),
            },
            H::ChannelBack { channel: channel(), message: message(), down_ms: Some(90_061_000) },
            H::ChannelStopped { channel: channel(), message: message(), said: said() },
            H::RoundsExhausted { contact: 17, journeys: text() },
            H::BrokenOff { journey: message().journey, problem: text() },
            H::ProjectChanged { says: text() },
            H::ContactsTaken { file: text(), new: 1, updated: 2, known: 3 },
            H::ShutOut { people: 1, by: text() },
            H::MostlyShutOut { contacts: json!({ "rows": 1 }), says: "two\nlines".to_owned() },
            H::ShutOutStill { says: text() },
            H::ContactsInDoubt { says: text() },
            H::UnknownPeople { events: 10, says: text() },
            H::NotUnderstood { name: text(), says: text() },
            H::Unreadable { file: text(), reason: text() },
            H::Readable { file: text(), after_ms: 3_000 },
            H::EventsTaken { events: 1 },
            H::LinesNotTaken { lines: 1, list: Some(text()) },
            H::ListUnwritable { says: text() },
            H::ClockSetBack { by_ms: 61_000 },
            H::Signal { signal: "SIGTERM", in_hand: 2 },
            H::Failed { says: text(), help: text() },
            H::Ended { events: 1, mails: 2 },
            H::Repeated { repeats: "message.put_off", count: 4_980, since: AT },
        ]
    }

    fn told(what: Happening) -> Told {
        Told { at: AT, what }
    }

    /// Without the styles that only a terminal sees.
    fn plain(told: &Told) -> String {
        human(told, Zones::utc()).chars().filter(|sign| !('\u{fdd0}'..='\u{fdef}').contains(sign)).collect()
    }

    #[test]
    fn every_kind_has_both_forms() {
        let all = one_of_each();
        let words: Vec<&str> = all.iter().map(|what| what.kind().word).collect();
        assert_eq!(words, KINDS.iter().map(|kind| kind.word).collect::<Vec<_>>());
        for what in all {
            let (kind, about) = (what.kind(), what.about());
            let told = told(what);
            let line = plain(&told);
            let head = format!("2026-03-02 10:00:05 {:<5} {:<21}  ", kind.level.word(), kind.word);
            assert!(
                line.starts_with(&head) && about.is_none_or(|about| line.contains(&format!("  {about}  "))),
                "{line}"
            );
            let machine = machine(&told, Zones::utc());
            let json: serde_json::Value = serde_json::from_str(&machine).unwrap();
            assert_eq!((&json["code"], &json["level"]), (&json!(kind.word), &json!(kind.level.word())), "{machine}");
            assert_eq!(json["at"], "2026-03-02T10:00:05.000Z");
            assert!(json["says"].is_string() && !machine.contains('\n'), "{machine}");
            // Each key once.
            let names = told.what.fields().into_iter().map(|(name, _)| name).collect::<std::collections::BTreeSet<_>>();
            assert_eq!(names.len(), told.what.fields().len(), "{machine}");
        }
    }

    #[test]
    fn a_line_reads_as_the_docs_show_it() {
        let put_off = one_of_each().remove(4);
        assert_eq!(
            plain(&told(put_off.clone())),
            "2026-03-02 10:00:05 warn  message.put_off        c17.guide_nurture.1.s0.v0  `send guide`, attempt 2, next 10:15: 451 4.7.1 greylisted"
        );
        assert_eq!(
            machine(&told(put_off), Zones::utc()),
            r#"{"at":"2026-03-02T10:00:05.000Z","level":"warn","code":"message.put_off","journey":"c17.guide_nurture.1","message":"c17.guide_nurture.1.s0.v0","contact":17,"workflow":"guide_nurture","step":"send guide","email":"guide","attempt":2,"next_at":"2026-03-02T10:15:05.000Z","said":"451 4.7.1 greylisted","says":"`send guide`, attempt 2, next 10:15: 451 4.7.1 greylisted"}"#
        );
        let back = plain(&told(one_of_each().remove(9)));
        assert!(back.ends_with("smtp answers again, after 1 day 1 h"), "{back}");
    }

    /// What others have written cannot look like a line of the log.
    #[test]
    fn nothing_of_others_begins_a_line() {
        let forged = Happening::ListUnwritable { says: "a\n2026-03-02 10:00:05 error forged\u{1b}[2J".to_owned() };
        assert!(plain(&told(forged.clone())).contains("\n    2026-03-02"));
        assert!(!machine(&told(forged), Zones::utc()).contains(['\n', '\u{1b}']));
    }
}
