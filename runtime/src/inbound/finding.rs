//! What can be wrong with a row or a value, and how it is counted without growing with the file.

use std::collections::BTreeMap;
use std::fmt;

use flow_front::shown::is_obeyed;

use super::{Item, Origin};

/// The most characters of a line or value that a finding quotes.
pub(crate) const MAX_EXCERPT_CHARS: usize = 80;
/// How many findings of one reason a [`Tally`] keeps as examples.
pub(crate) const MAX_EXAMPLES: usize = 5;
/// How many fields, events and properties a [`Tally`] tells apart; what comes after them is counted as [`OTHERS`].
pub(crate) const MAX_SUBJECTS: usize = 500;
/// The subject of whatever came after [`MAX_SUBJECTS`] others.
pub(crate) const OTHERS: &str = "(others)";

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident $words:literal,)*) => {
        /// Why a row was rejected or a value set aside: the kind that is counted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Reason { $(#[doc = concat!($words, ".")] $(#[$doc])* $name,)* }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Reason::$name => $words,)* })
            }
        }
    };
}

reasons! {
    // Rows and lines.
    TooLong "too long",
    NotUtf8 "not UTF-8",
    OpenQuote "a quote that is not closed",
    TooFewColumns "too few columns",
    TooManyColumns "too many columns",
    NotJson "not JSON",
    NotAnObject "not a JSON object",
    UnknownType "unknown type of message",
    /// A kind of message that has no use here so far.
    NotUsedYet "not used yet",
    BadMessageId "no usable message id",
    Nobody "about nobody",
    NoId "no id of anybody",
    NoEventName "no event name",
    NoTimestamp "no timestamp",
    BadTimestamp "a timestamp that is none",
    // Values.
    WrongType "of the wrong type",
    NotANumber "not a number",
    TooManyDecimals "more than four decimals",
    NumberTooLarge "too large a number",
    NotYesOrNo "neither yes nor no",
    NotADate "not a date",
    NotAMoment "not a moment in time",
    NotAnAddress "not an e-mail address",
    NotAUrl "not a web address",
    UnknownZone "unknown time zone",
    UnknownCountry "unknown country",
    UnknownStage "not one of the stages",
    UnknownChoice "not one of the choices",
    UnknownList "no list of the project",
    TextTooLong "too long a text",
    SaidTwice "said twice",
    UnknownField "no field of the program",
    /// Of a field that follows from others.
    WorkedOut "worked out from other fields",
    /// Of what somebody did with a mail.
    UnknownEmail "no email of the project",
    /// Of what somebody subscribes to or refuses.
    UnknownTopic "no topic of the project",
    /// Of what a team says of somebody who was handed to it.
    UnknownTeam "no team of the project",
    /// Of whom somebody lets in by hand.
    NotByHand "no workflow that people enter by hand",
    /// Of two rows about one person (E11).
    SaidByAnotherRow "said otherwise by another row about the same person",
    /// It came with another person's user id, and is left out (E11).
    AddressOfAnother "the address of somebody else",
    // Notes: the row counts as it is.
    /// Of a column of consent: it counts as a refusal (E7).
    DoubtfulConsent "read as a refusal",
    /// They were taken out.
    UnseenCharacters "characters that nobody sees",
    /// A name that sounds like a refusal and is none that Flow knows.
    UnknownConsent "sounds like a refusal and has no effect",
    /// An opt-out without a time that can be read: it counts at once.
    UndatedRefusal "without a readable time",
    UnknownEvent "no event of the program",
    /// Dated back to its arrival.
    DatedAhead "dated after its arrival",
}

/// A reason, with what to do about it in this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) reason: Reason,
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// A file or a stream brings a value of a field that follows from others.
    pub(super) fn worked_out(field: &str) -> Self {
        let help = format!(
            "`derived {field}` says what it is; a column or trait that is to count goes into a field of another name"
        );
        Self::new(Reason::WorkedOut, help)
    }

    pub(super) fn reject(self, at: &Origin, line: &[u8]) -> Rejected {
        Rejected { at: at.clone(), kind: self.reason, reason: self.detail, excerpt: excerpt_of_bytes(line) }
    }

    pub(crate) fn set_aside(self, at: &Origin, field: &str, value: &str) -> SetAside {
        let (field, value) = (excerpt(field), excerpt(value));
        SetAside { at: at.clone(), field, kind: self.reason, reason: self.detail, value }
    }
}

/// A row or line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line; of a row in several, its first.
    pub at: Origin,
    /// What is counted.
    pub kind: Reason,
    /// What is wrong in this case, or what to write instead.
    pub reason: String,
    /// The start of the row, at most `MAX_EXCERPT_CHARS`, control characters escaped.
    pub excerpt: String,
}

/// A value that was not taken, or a remark on a row that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The line that the value stands in.
    pub at: Origin,
    /// The field, event or property.
    pub field: String,
    /// What is counted.
    pub kind: Reason,
    /// What is wrong in this case, or what to write instead.
    pub reason: String,
    /// The start of the value, at most `MAX_EXCERPT_CHARS`, control characters escaped.
    pub value: String,
}

/// Either of them, for a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding<'a> {
    /// Nothing of a row was taken.
    Rejected(&'a Rejected),
    /// The row was taken, but for this.
    SetAside(&'a SetAside),
}

impl<'a> Finding<'a> {
    /// Where it was found.
    pub fn at(self) -> &'a Origin {
        match self {
            Finding::Rejected(rejected) => &rejected.at,
            Finding::SetAside(value) => &value.at,
        }
    }

    /// What is counted.
    pub fn kind(self) -> Reason {
        match self {
            Finding::Rejected(rejected) => rejected.kind,
            Finding::SetAside(value) => value.kind,
        }
    }

    /// The field, event or property; empty for a whole row.
    fn subject(self) -> &'a str {
        match self {
            Finding::Rejected(_) => "",
            Finding::SetAside(value) => &value.field,
        }
    }
}

/// `contacts.csv:17: industry: not one of the choices: `agritech` (write one of: saas, fintech)`.
impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (excerpt, detail) = match self {
            Finding::Rejected(rejected) => (&rejected.excerpt, &rejected.reason),
            Finding::SetAside(value) => (&value.value, &value.reason),
        };
        write!(f, "{}: ", self.at())?;
        if !self.subject().is_empty() {
            write!(f, "{}: ", self.subject())?;
        }
        write!(f, "{}", self.kind())?;
        if !excerpt.is_empty() {
            write!(f, ": `{excerpt}`")?;
        }
        if detail.is_empty() { Ok(()) } else { write!(f, " ({detail})") }
    }
}

/// How often what was wrong, with some examples. Its size has a bound, whatever the file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    taken: u64,
    rejected: u64,
    counts: BTreeMap<(Reason, String), u64>,
    examples: BTreeMap<Reason, Vec<String>>,
}

impl Tally {
    /// Counts a row, and what was wrong with it.
    pub fn add<T>(&mut self, item: &Item<T>) {
        match item {
            Item::Taken { .. } => self.taken += 1,
            Item::Rejected(_) => self.rejected += 1,
        }
        for finding in item.findings() {
            self.count(finding);
        }
    }

    /// Counts what was found wrong with a row that counts already.
    pub fn add_note(&mut self, note: Finding<'_>) {
        self.count(note);
    }

    fn count(&mut self, finding: Finding<'_>) {
        let key = (finding.kind(), finding.subject().to_owned());
        let has_room = self.counts.len() < MAX_SUBJECTS || self.counts.contains_key(&key);
        let key = if has_room { key } else { (finding.kind(), OTHERS.to_owned()) };
        *self.counts.entry(key).or_default() += 1;
        let examples = self.examples.entry(finding.kind()).or_default();
        if examples.len() < MAX_EXAMPLES {
            examples.push(finding.to_string());
        }
    }

    /// Rows taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Rows rejected.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// By reason and by field, event or property; the second is empty for whole rows.
    pub fn counts(&self) -> impl Iterator<Item = (Reason, &str, u64)> {
        self.counts.iter().map(|((reason, subject), count)| (*reason, subject.as_str(), *count))
    }

    /// The sum of one reason.
    pub fn of(&self, reason: Reason) -> u64 {
        self.counts().filter(|(of, ..)| *of == reason).map(|(.., count)| count).sum()
    }

    /// The first findings of a reason, as lines of a report.
    pub fn examples(&self, reason: Reason) -> &[String] {
        self.examples.get(&reason).map_or(&[], Vec::as_slice)
    }
}

/// The start of a text, safe to print: no control characters, none that turns the direction of what follows.
pub(crate) fn excerpt(text: &str) -> String {
    excerpt_to(text, MAX_EXCERPT_CHARS)
}

/// The same of at most so many characters.
pub(super) fn excerpt_to(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut room = most;
    let mut rest = text.trim().chars();
    while let Some(next) = rest.next() {
        let shown =
            if next.is_control() || is_obeyed(next) { next.escape_unicode().to_string() } else { next.to_string() };
        let width = shown.chars().count();
        // The last place is kept for the mark that something was cut off.
        let is_last = rest.as_str().is_empty();
        if width > room || (width == room && !is_last) {
            out.push('…');
            break;
        }
        out.push_str(&shown);
        room -= width;
    }
    out
}

pub(super) fn excerpt_of_bytes(bytes: &[u8]) -> String {
    const BYTES_PER_CHAR: usize = 4;
    // A cut in the middle of a character is far behind what is shown, unless blanks lead, and then it shows as a mark.
    let bytes = bytes.trim_ascii();
    let start = bytes.get(..(MAX_EXCERPT_CHARS + 1) * BYTES_PER_CHAR).unwrap_or(bytes);
    excerpt(&String::from_utf8_lossy(start))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn excerpts_are_short_and_safe_to_print() {
        assert_eq!(excerpt("  a\tb\u{202E}c\u{1b}[2J "), "a\\u{9}b\\u{202e}c\\u{1b}[2J");
        assert_eq!(excerpt(&"x".repeat(80)), "x".repeat(80));
        assert_eq!(excerpt(&"x".repeat(81)), format!("{}…", "x".repeat(79)));
        assert_eq!(excerpt(&"名".repeat(500)).chars().count(), 80);
        assert_eq!(excerpt_of_bytes(b"caf\xE9 au lait"), "caf\u{FFFD} au lait");
        assert_eq!(excerpt_of_bytes("é".repeat(40_000).as_bytes()), excerpt(&"é".repeat(90)));
    }

    fn unknown(name: &str) -> Item<()> {
        let at = Origin { file: "f".into(), line: 1 };
        let note = Fault::new(Reason::UnknownEvent, "").set_aside(&at, name, "");
        Item::Taken { row: (), notes: vec![note] }
    }

    #[test]
    fn a_tally_stays_small_and_loses_no_count() {
        let mut tally = Tally::default();
        for number in 0..3 * MAX_SUBJECTS {
            tally.add(&unknown(&format!("event {number}")));
        }
        assert_eq!(tally.of(Reason::UnknownEvent), 3 * MAX_SUBJECTS as u64);
        assert_eq!(tally.counts().count(), MAX_SUBJECTS + 1);
        let others = tally.counts().find(|(_, subject, _)| *subject == OTHERS).unwrap();
        assert_eq!(others.2, 2 * MAX_SUBJECTS as u64);
        assert_eq!(tally.examples(Reason::UnknownEvent).len(), MAX_EXAMPLES);
        assert_eq!(tally.examples(Reason::UnknownEvent)[0], "f:1: event 0: no event of the program");
        assert!(tally.examples(Reason::NotJson).is_empty());
    }

    proptest! {
        #[test]
        fn an_excerpt_of_any_bytes_keeps_its_bound(bytes: Vec<u8>) {
            let shown = excerpt_of_bytes(&bytes);
            prop_assert!(shown.chars().count() <= MAX_EXCERPT_CHARS);
            prop_assert!(!shown.chars().any(|sign| sign.is_control() || is_obeyed(sign)));
        }
    }
}
