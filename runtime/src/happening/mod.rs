//! What happens while a project is served that whoever operates it may have to know: one list, as data.
//!
//! In: what the engine and the command see. Out: typed happenings with a word, a level, fields and words for people. Nothing here knows where
//! they are written, nor what time it is; nothing is decided by any of them.
//!
//! ```text
//! engine: item -> batch -> durable -> its happenings are told to whoever watches (Engine::watch)
//! command: start, signals, files, end ------------------------------------------^
//! ```
//!
//! **No person stands in them in clear.** They name people by number and by the keys of journeys and messages, which everything else knows too;
//! what others have said (a mail server, a file) is cut, and addresses are taken out of it ([`said`]).
//!
//! To add one: a line in the list below, its words in [`words`](Happening::words), and its row in docs/logs.md, which a test asks for.

mod said;
mod value;
mod words;

pub use said::{SAID_MAX_CHARS, said};
pub use value::{Field, Value};

use crate::time::Instant;

/// How much somebody has to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The ordinary course of things, for whoever follows one message.
    Debug,
    /// Worth a line, and nothing to do.
    Info,
    /// Somebody may have to look.
    Warn,
    /// Somebody has to mend something.
    Error,
}

impl Level {
    /// As it stands in a log.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// A kind of happening: its word, which never comes to mean something else, and what people have to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// `message.put_off`.
    pub word: &'static str,
    /// How much somebody has to know of it.
    pub level: Level,
    /// What it means.
    pub means: &'static str,
    /// What to do.
    pub to_do: &'static str,
}

/// A journey by the name that is searched for everywhere, `c17.guide_nurture.1`: contact, workflow, run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyName {
    /// The number of the contact.
    pub contact: u64,
    /// The name of the workflow.
    pub workflow: String,
    /// The how-manieth of this contact in this workflow.
    pub run: u32,
}

impl std::fmt::Display for JourneyName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let JourneyName { contact, workflow, run } = self;
        write!(f, "c{contact}.{workflow}.{run}")
    }
}

/// A message, as all that is told of it names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The journey that wrote it.
    pub journey: JourneyName,
    /// `c17.guide_nurture.1.s0.v0`, as in `mail_view` and in the Message-ID.
    pub key: String,
    /// The number of the contact by now: another than the journey's where they proved to be somebody else since.
    pub contact: u64,
    /// Its step as it is written, or its label.
    pub step: String,
    /// The name of the email; none for a notice to a team.
    pub email: Option<String>,
}

/// A happening at its instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The engine's instant, or the clock's.
    pub at: Instant,
    /// What happened.
    pub what: Happening,
}

macro_rules! happenings {
    ($($name:ident { $($field:ident: $ty:ty),* $(,)? } $word:literal $level:ident $means:literal $to_do:literal)*) => {
        /// What happens; each has its word for machines.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each says what it means, and its fields are what is told with it")]
        pub enum Happening { $(#[doc = $means] $name { $($field: $ty),* }),* }

        /// All kinds of happenings, in the order of the list.
        pub const KINDS: &[Kind] =
            &[$(Kind { word: $word, level: Level::$level, means: $means, to_do: $to_do }),*];

        impl Happening {
            /// Of which kind it is.
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Happening::$name { .. } => {
                        Kind { word: $word, level: Level::$level, means: $means, to_do: $to_do }
                    })*
                }
            }

            /// What belongs to it, by stable names.
            pub fn fields(&self) -> Vec<(&'static str, Value)> {
                let mut all = Vec::new();
                match self {
                    $(Happening::$name { $($field),* } => { $($field.tell(stringify!($field), &mut all);)* })*
                }
                all
            }
        }
    };
}

happenings! {
    Started { flow: String, version: u32, store: String, store_kind: &'static str, mail: String, events: Option<String>, zone: String }
        "serve.started" Info
        "Flow serves this store; `version` is that of the project in it"
        "nothing"
    NotClosed { store: String }
        "store.not_closed" Warn
        "the process before this one was ended before it could close the store: a kill, a crash, a power failure"
        "find out what ended it; nothing that was committed is lost, and `messages.recovered` says what became of its mail"
    Recovered { in_doubt: u64, sent_again: u64, given_up: u64, not_begun: u64 }
        "messages.recovered" Warn
        "so many messages were in the hands of a process that was killed; each one in doubt has a `message.in_doubt` above"
        "look the messages in doubt up in the mail server's log"
    InDoubt { message: Message, attempt: u32, decision: &'static str, said: String }
        "message.in_doubt" Warn
        "nobody knows whether the mail left; `decision` is what `uncertain` of `[mail]` makes of it"
        "search the mail server's log for the message's key: it is the beginning of the Message-ID"
    PutOff { message: Message, attempt: u32, next_at: Instant, said: String }
        "message.put_off" Warn
        "an attempt failed for now; another one follows by itself at `next_at`"
        "nothing, as long as it leaves in the end: greylisting is usual. Where it does not, the server's words say why"
    Undelivered { message: Message, attempts: u32, reason: &'static str, said: String }
        "message.undelivered" Warn
        "a message will not leave any more; its journey goes on without it, and `if not sent` holds"
        "by the reason: mend the address in the source of the contacts, the sender's settings, or the template"
    HeldTooLong { message: Message, held_since: Instant, attempts: u32 }
        "message.held_too_long" Warn
        "a mail could not leave for as long as it may be held (seven days, or what the policy says), and is withheld"
        "look at the send window of its workflow and at the quiet hours and blackouts of the policy, and for `channel.down` in the days before"
    Sent { message: Message, attempt: u32, said: String }
        "message.sent" Debug
        "the mail server has taken a message; `said` is its receipt"
        "nothing"
    ChannelDown { channel: String, message: Message, since: Instant, pauses: u32, next_at: Instant, said: String }
        "channel.down" Warn
        "nobody takes mail there: nothing leaves until `next_at`, then one message tries. Told again after twice as many pauses"
        "see to the mail server and the way to it; nothing is lost meanwhile, and what is held for longer than it may is withheld"
    ChannelBack { channel: String, message: Message, down_ms: Option<u64> }
        "channel.back" Info
        "somebody answers there again, after so long; without `down_ms`, since before this process"
        "nothing: what waited leaves now"
    ChannelStopped { channel: String, message: Message, said: String }
        "channel.stopped" Error
        "no mail can leave until somebody mends what `said` names; Flow ends with exit code 3 and gives up nothing"
        "mend it, then start the same command again"
    RoundsExhausted { contact: u64, journeys: String }
        "journey.rounds_exhausted" Error
        "the workflows of this contact set each other going without end at one instant; Flow stopped following them there"
        "look at which of these workflows' steps make another's entry, goal or exit true, and take out the circle"
    BrokenOff { journey: JourneyName, problem: String }
        "journey.broken_off" Error
        "a fault in Flow itself at a step of this journey; Flow ends with exit code 3, and nothing of the step is kept"
        "report it with this line; until then take the step out of the workflow"
    ProjectChanged { says: String }
        "project.changed" Info
        "the project is another than the one that the store ran last"
        "see that it is what was meant"
    ContactsTaken { file: String, new: u64, updated: u64, known: u64 }
        "contacts.taken" Info
        "the file of contacts is in: so many new people, rows about known ones, and rows that were known already"
        "nothing"
    ShutOut { people: u64, by: String }
        "contacts.shut_out" Info
        "so many people are shut out of marketing mail by this column"
        "see that the column means that"
    MostlyShutOut { contacts: serde_json::Value, says: String }
        "contacts.mostly_shut_out" Warn
        "the contacts shut out most of their people"
        "what `says` names"
    ShutOutStill { says: String }
        "contacts.shut_out_still" Warn
        "people whom the contacts do not shut out any more are shut out still: no later file lifts a refusal"
        "what `says` names"
    ContactsInDoubt { says: String }
        "contacts.in_doubt" Warn
        "nobody can tell whether an older Flow has taken these contacts"
        "what `says` names"
    UnknownPeople { events: u64, says: String }
        "events.unknown_people" Warn
        "not one of so many events is about anybody in the contacts: the campaign writes to nobody"
        "what `says` names"
    NotUnderstood { name: String, says: String }
        "events.not_understood" Warn
        "an event sounds like a refusal and is none that Flow knows: whoever meant one goes on getting mail"
        "send it as `Unsubscribed` (docs/data.md)"
    Unreadable { file: String, reason: String }
        "events.unreadable" Warn
        "the file of events cannot be read: nothing arrives, no refusal either; after a minute Flow ends with exit code 3, so that nobody gets mail whose refusal waits there"
        "put the file back, or let this user read it: Flow goes on where it was"
    Readable { file: String, after_ms: u64 }
        "events.readable" Info
        "the file of events can be read again, after so long: what stands in it arrives now"
        "nothing"
    EventsTaken { events: u64 }
        "events.taken" Debug
        "so many events have been taken since this process began"
        "nothing"
    LinesNotTaken { lines: u64, list: Option<String> }
        "lines.not_taken" Warn
        "so many remarks on rows and lines since this process began: they, or a value of theirs, were not taken"
        "read `list`, which has each with its file, its line and the reason"
    ListUnwritable { says: String }
        "list.unwritable" Warn
        "the list of what is not taken cannot be written: it is counted alone until that is mended"
        "what `says` names"
    ClockSetBack { by_ms: u64 }
        "clock.set_back" Warn
        "the machine's clock is so far behind what Flow has already done: nothing new is due until it has caught up"
        "see to the machine's time service; where the clock was wrong before, wait"
    Signal { signal: &'static str, in_hand: u64 }
        "signal.received" Info
        "somebody wants Flow to stop; so many messages are in hand, whose answers come first. A second signal does not wait"
        "nothing"
    Failed { says: String, help: String }
        "serve.failed" Error
        "what ended Flow with exit code 3 (for people it is the error below the log)"
        "what `help` names; then start the same command again"
    Ended { events: u64, mails: u64 }
        "serve.ended" Info
        "a clean end: the store is closed"
        "nothing"
    Repeated { repeats: &'static str, count: u64, since: Instant }
        "log.repeated" Warn
        "so many more of this kind than stand above, since then: of one kind, twenty are told in ten minutes"
        "the store has each of them (`mail_view`); `--log-level debug` tells all"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_kind_has_a_word_of_its_own_that_says_of_what_it_is() {
        let words: BTreeSet<&str> = KINDS.iter().map(|kind| kind.word).collect();
        assert_eq!(words.len(), KINDS.len());
        for Kind { word, means, to_do, .. } in KINDS {
            let (of, what) = word.split_once('.').unwrap_or_default();
            let is_word =
                |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_lowercase() || sign == b'_');
            assert!(is_word(of) && is_word(what), "{word}");
            assert!(!means.is_empty() && !to_do.is_empty() && !means.contains('|') && !to_do.contains('|'), "{word}");
        }
    }
}
