//! What is found: of which kind, about what, in words.

use super::context::Counts;
use crate::store::{ContactId, Total};
use std::collections::BTreeMap;

/// How many findings of one kind are told in words; the rest are counted.
pub const SHOWN_OF_A_KIND: usize = 20;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal $mends:ident $reach:ident $help:literal),* $(,)?) => {
        /// What can be wrong with a store. The words of [`Kind::code`] are for machines, and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $name),* }

        impl Kind {
            /// All of them, in the order in which they are told.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];

            /// Its name for machines.
            pub fn code(self) -> &'static str {
                match self { $(Kind::$name => $code),* }
            }

            /// Whether it can be mended without guessing, and without letting out anything twice.
            pub fn is_mendable(self) -> bool {
                match self { $(Kind::$name => kinds!(@ $mends)),* }
            }

            /// Whether it says that rows of one table do not go with those of another.
            fn compares_tables(self) -> bool {
                match self { $(Kind::$name => kinds!(@ $reach)),* }
            }

            /// What a person should do about it.
            pub fn help(self) -> &'static str {
                match self { $(Kind::$name => $help),* }
            }
        }
    };
    // Who does something about it.
    (@ mends) => { true };
    (@ person) => { false };
    // How far one has to look to see it.
    (@ across) => { true };
    (@ within) => { false };
}

kinds! {
    /// Pages of the file.
    DamagedPages = "damaged-pages" person within
        "stop Flow, keep a copy of the file as it is, and restore the last good backup; `docs/operating.md` says how",
    /// A live store that holds less than was done in its place.
    InThePast = "in-the-past" person within
        "do not start Flow on it: what has left since would leave again; put the newer one back, with the files beside it",
    /// A store that has begun and does not say its own name (E9).
    NoName = "no-name" person within "Flow does not start on it, since what leaves would not be known as before: restore the last good backup",
    /// A live store whose clock is ahead of the one on the wall.
    ClockAhead = "clock-ahead" person within
        "see to the machine's clock. Where it was wrong before, restore the last backup of before that, or wait until then",
    /// An index that does not say what its table says, or is not there.
    WrongIndex = "wrong-index" mends within "`flow doctor --mend` builds it again from its table",
    /// A record of the journal that is not what Flow wrote there.
    DamagedJournal = "damaged-journal" person within
        "Flow does not start on it, since what people did last stands there alone: keep a copy of the file, and restore the last good backup",
    /// A row that holds what Flow never writes.
    Unreadable = "unreadable" person within "restore the last good backup: what stood in the row is not kept anywhere else",
    /// A live journey that no instant, message or answer will ever wake (E14).
    WaitsForNothing = "waits-for-nothing" person across
        "nobody can know what it waited for: restore the last good backup, or let the workflow go on without these people",
    /// A live journey with two reasons to be alive (E14).
    WaitsForTwo = "waits-for-two" person within "restore the last good backup",
    /// Somebody who is due and does not stand in the due queue (E14).
    Asleep = "asleep" mends within "`flow doctor --mend` puts them back into the due queue, and they go on at the next start",
    /// Two journeys of one person that live in one workflow (E4).
    TwoLive = "two-live" person within "restore the last good backup: both would send",
    /// A journey that stands where the program has no place.
    NoSuchPlace = "no-such-place" person within "restore the last good backup",
    /// A frame or the memory of a journey that is not as long as the layout of its version.
    WrongLength = "wrong-length" person within "restore the last good backup",
    /// A journey that has ended without a record of it, or lives with one.
    WrongEnd = "wrong-end" person across "restore the last good backup: reports count these people under another end, and who is taken for somebody who has not been in it may get it again",
    /// A record of the log that does not name the one before it of the same contact.
    BrokenChain = "broken-chain" mends across "`flow doctor --mend` chains the records again by their numbers",
    /// A number that was given and that no row has.
    MissingRow = "missing-row" person across
        "rows were taken out of the store: restore the last good backup, or live with a gap in what it can explain",
    /// A number that no batch has given.
    NumberNotGiven = "number-not-given" person across
        "do not start Flow on it, since the next row would be refused: restore the last good backup",
    /// A row about somebody who is not there.
    OfNobody = "of-nobody" person across "restore the last good backup",
    /// Somebody whom no user id leads to any more, or nothing at all (E11).
    WithoutKey = "without-key" person across
        "do not start Flow on it: they would be taken for somebody new, and get everything again; restore the last good backup",
    /// An address that does not lead to the one who has it (E11).
    AddressAstray = "address-astray" mends across
        "`flow doctor --mend` leads it to them again; without that they would be taken for somebody new, and get everything again",
    /// An address that leads to somebody else than the one who has it (E11).
    AddressOfAnother = "address-of-another" person across
        "what is said of this address would be taken for the other's: restore the last good backup",
    /// Somebody who would be written to, although their address has refused mail or bounced (E7).
    LostRefusal = "lost-refusal" person within
        "do not start Flow on it: people who said no would get mail; restore the last good backup",
    /// Somebody who was joined into somebody who was joined in turn, or into themselves.
    JoinedOn = "joined-on" mends within "`flow doctor --mend` leads them to the last one, unless they lead in a circle",
    /// People who were joined in a circle.
    JoinedInACircle = "joined-in-a-circle" person within "restore the last good backup: nobody can know who stayed",
    /// A ledger of scores that does not add up.
    WrongScore = "wrong-score" person across "restore the last good backup, or take the score of the contact for the right one",
    /// A ledger of stages that does not lead to the present one.
    WrongStage = "wrong-stage" person across "restore the last good backup, or take the stage of the contact for the right one",
    /// A key under which several messages would leave (E9).
    RepeatedKey = "repeated-key" person within "do not start Flow on it: a mail could leave twice; restore the last good backup",
    /// A message that is claimed, where whoever worked on the store has closed it.
    ClaimedByNobody = "claimed-by-nobody" person within
        "the next start asks the channel's policy whether it leaves again; look at the mail server's log first if that matters",
    /// A message that is still to leave and is not what its journey wrote.
    WrongMessage = "wrong-message" person within
        "do not start Flow on it: it would leave to somebody else, or not at all; restore the last good backup",
    /// A message that left without a record of it, or has one and did not leave.
    WrongSend = "wrong-send" person across "restore the last good backup: what is done with the mail may not be told, and a journey that does not know of it may send it again",
    /// Something that people did with a mail and that is told twice.
    ToldTwice = "told-twice" person within "reports count it twice; restore the last good backup if that matters",
    /// A handoff without its decision, or a decision without its handoff.
    WrongHandoff = "wrong-handoff" person across "ask the team whether they got this person; restore the last good backup",
    /// An event whose message is not known to have arrived (E3).
    UnknownMessage = "unknown-message" mends across
        "`flow doctor --mend` notes it as arrived, so that it does not count again",
    /// A message that is known to have arrived and has no event, or has several (E3).
    AstrayMessage = "astray-message" person across
        "what it said is lost, or counted twice: restore the last good backup if that matters",
    /// A total that does not say what the rows say.
    WrongTotal = "wrong-total" mends across "`flow doctor --mend` counts it again from the log",
    /// A total that is counted as it is asked, and comes to something else than the rows.
    WrongCount = "wrong-count" person across "a fault of Flow or a damaged row: please report it with this message",
    /// A place of a stream of input that its reader cannot read.
    WrongPlace = "wrong-place" person within "Flow does not start on it: restore the last good backup",
    /// The notes beside the store of which messages have begun to go over.
    WrongNotes = "wrong-notes" person within
        "Flow takes a note that it cannot read for none, and every message that is claimed for one that may have left: no action is needed",
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The whole store.
    Store,
    /// Somebody.
    Contact(ContactId),
    /// One of their journeys.
    Journey {
        /// Whose.
        contact: ContactId,
        /// The name of the workflow.
        workflow: String,
        /// The how-manieth.
        run: u32,
    },
    /// A message out, by its number.
    Message(u64),
    /// A record of the log, by its number.
    Record(u64),
    /// Whatever else has a name.
    Named(String),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Store => f.write_str("the store"),
            Subject::Contact(ContactId(id)) => write!(f, "contact {id}"),
            Subject::Journey { contact: ContactId(id), workflow, run } => {
                write!(f, "contact {id} in `{workflow}` (run {run})")
            }
            Subject::Message(row) => write!(f, "outbox row {row}"),
            Subject::Record(number) => write!(f, "record {number}"),
            Subject::Named(name) => write!(f, "`{name}`"),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Which rule does not hold.
    pub kind: Kind,
    /// Of what.
    pub subject: Subject,
    /// What is wrong, to follow the subject.
    pub words: String,
}

/// What an examination has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// By kind, and within one in the order in which they were met; of each kind at most [`SHOWN_OF_A_KIND`].
    pub findings: Vec<Finding>,
    /// How many there are of each kind.
    pub counts: BTreeMap<Kind, u64>,
    /// How many rows were looked at.
    pub rows: Counts,
    /// What would mend it, where that was asked for.
    pub(crate) mends: Vec<Mend>,
}

/// What can be written without guessing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mend {
    /// Somebody is called at this instant, or before.
    CallAt(ContactId, i64),
    /// A record names this one before it.
    Previous(u64, u64),
    /// A contact names this record as their newest.
    Newest(ContactId, u64),
    /// Somebody who was joined leads to this one.
    Joined(ContactId, ContactId),
    /// A key leads to this contact.
    Key(String, ContactId),
    /// Totals as the rows come to.
    Totals {
        /// All that can be counted.
        counted: BTreeMap<Total, i64>,
        /// Whether the weeks of all goals are known.
        by_week: bool,
    },
}

impl Mend {
    /// The finding that it mends.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Mend::CallAt(..) => Kind::Asleep,
            Mend::Previous(..) | Mend::Newest(..) => Kind::BrokenChain,
            Mend::Joined(..) => Kind::JoinedOn,
            Mend::Key(..) => Kind::AddressAstray,
            Mend::Totals { .. } => Kind::WrongTotal,
        }
    }
}

impl Examined {
    /// Whether everything holds.
    pub fn is_healthy(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether what was found of a kind can be mended in this store.
    pub fn is_mendable(&self, kind: Kind) -> bool {
        kind.is_mendable() && self.why_not(kind).is_none()
    }

    /// What a person should do about a kind in this store.
    pub fn help(&self, kind: Kind) -> String {
        match self.why_not(kind).filter(|_| kind.is_mendable()) {
            Some(why) => format!("{why}, so `flow doctor --mend` leaves this as it is: restore the last good backup"),
            None => kind.help().to_owned(),
        }
    }

    /// What keeps `--mend` from what it would mend in another store.
    fn why_not(&self, kind: Kind) -> Option<&'static str> {
        let has = |kinds: [Kind; 2]| kinds.iter().any(|kind| self.has(*kind));
        if has([Kind::DamagedPages, Kind::Unreadable]) || self.has(Kind::DamagedJournal) {
            return Some("pages are damaged or rows cannot be read");
        }
        // What is left of a log says less than what was counted of all of it.
        let is_counted = matches!(kind, Kind::BrokenChain | Kind::WrongTotal);
        (is_counted && has([Kind::MissingRow, Kind::OfNobody])).then_some("rows are missing")
    }

    /// Takes in what somebody else has found.
    pub(crate) fn add(&mut self, more: Findings) {
        if more.is_partial {
            self.findings.retain(|finding| !finding.kind.compares_tables());
            self.counts.retain(|kind, _| !kind.compares_tables());
        }
        let Examined { mut findings, counts, .. } = more.examined(self.rows);
        self.findings.append(&mut findings);
        self.findings.sort_by_key(|finding| finding.kind);
        for (kind, count) in counts {
            *self.counts.entry(kind).or_default() += count;
        }
    }

    /// Whether a rule does not hold.
    pub fn has(&self, kind: Kind) -> bool {
        self.counts.contains_key(&kind)
    }
}

/// Findings as they come in.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    by_kind: BTreeMap<Kind, (u64, Vec<Finding>)>,
    /// None where nobody wants to know.
    mends: Option<Vec<Mend>>,
    /// Whether some rows could not be read.
    is_partial: bool,
}

impl Findings {
    /// `mends`: whether what would mend something is noted, too.
    pub(super) fn new(mends: bool) -> Findings {
        Findings { mends: mends.then(Vec::new), ..Findings::default() }
    }

    pub(crate) fn add(&mut self, kind: Kind, subject: Subject, words: impl Into<String>) {
        let (count, shown) = self.by_kind.entry(kind).or_default();
        *count += 1;
        if shown.len() < SHOWN_OF_A_KIND {
            shown.push(Finding { kind, subject, words: words.into() });
        }
    }

    /// Some rows could not be read: what is missing beside the others is theirs, and no finding of its own.
    pub(crate) fn is_partial(&mut self) {
        self.is_partial = true;
    }

    /// Notes what would mend something.
    pub(super) fn mend(&mut self, mend: Mend) {
        if let Some(mends) = &mut self.mends {
            mends.push(mend);
        }
    }

    pub(super) fn examined(mut self, rows: Counts) -> Examined {
        if self.is_partial {
            self.by_kind.retain(|kind, _| !kind.compares_tables());
        }
        let counts = self.by_kind.iter().map(|(kind, (count, _))| (*kind, *count)).collect();
        let findings = self.by_kind.into_values().flat_map(|(_, shown)| shown).collect();
        Examined { findings, counts, rows, mends: self.mends.unwrap_or_default() }
    }
}
