//! Facts: what the frame remembers of events, so that no history is scanned.
//!
//! `visited(page is "/pricing") at least 3 times in 7 days` needs only the last three instants at which that pattern matched. So a
//! fact is a pattern and a small ring of instants in the frame, newest first, [`NEVER`](crate::NEVER) where there was none: the
//! count holds if the third newest is later than seven days ago, and stops holding by itself seven days after it.

use super::area::{Area, Place};
use super::layout::Layout;
use super::workflow::EngagementKind;
use crate::id::{EventId, FieldId, PatternId, SegmentId, SlotId};
use crate::{FieldType, NEVER};
use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};

/// A pattern whose last instants the frame keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Whose frame keeps it: the contact's or the company's.
    pub area: Area,
    /// The events whose instants are kept.
    pub pattern: PatternId,
    /// The slot of the newest instant; the others follow it.
    pub first: SlotId,
    /// How many instants are kept, at least one.
    pub depth: u32,
}

impl Fact {
    /// Where the `nth` newest instant lies, from zero.
    pub fn place(&self, nth: u32) -> Place {
        Place::new(self.area, self.slot(nth))
    }

    /// The slot of the `nth` newest instant, from zero.
    pub fn slot(&self, nth: u32) -> SlotId {
        SlotId(self.first.0 + nth)
    }

    /// Puts an instant in, where it belongs; the oldest falls out. Each counts, also several of one instant.
    pub fn add(&self, layout: &Layout, frame: &mut [u8], instant: i64) {
        let mut carried = instant;
        for nth in 0..self.depth {
            let kept = layout.read(frame, self.slot(nth));
            if carried > kept {
                layout.write(frame, self.slot(nth), carried);
                carried = kept;
            }
        }
    }

    /// Takes the newest instant out of a frame; the place of the oldest is free then.
    pub fn forget_newest(&self, layout: &Layout, frame: &mut [u8]) {
        for nth in 0..self.depth {
            let older = if nth + 1 < self.depth { layout.read(frame, self.slot(nth + 1)) } else { NEVER };
            layout.write(frame, self.slot(nth), older);
        }
    }
}

/// Which events count. What it asks is what makes it another one: the same may be written in many ways.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pattern {
    /// As written: `visited(page is "/pricing")`.
    pub text: String,
    /// What must occur.
    pub event: PatternEvent,
    /// All must hold; a missing property makes a test false.
    pub tests: Vec<PropertyTest>,
}

impl Pattern {
    /// The property whose value must be that of the journey that asks.
    pub fn of_journey(&self) -> Option<u32> {
        self.tests.iter().find(|test| test.test == Trait::OfJourney).map(|test| test.property)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.event, &self.tests) == (&other.event, &other.tests)
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.event, &self.tests).hash(state);
    }
}

/// The kinds of things that happen and can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PatternEvent {
    /// The instants at which the contact entered a segment.
    Entered(SegmentId),
    /// The instants at which the contact left a segment.
    Left(SegmentId),
    /// Events of one declared type.
    Declared(EventId),
    /// A field took another value: [`BEFORE`] and [`AFTER`] are its properties, by the names of choices and stages.
    Changed(FieldId),
    /// Anything the person does: every event of theirs, and clicks and replies, but not deliveries, opens or bounces. A new
    /// contact starts with the instant at which Flow first knew them, so that silence has a beginning.
    AnyActivity,
    /// What became of mails, of whichever workflow or tool they are: `opened any email`. What a machine did is none of it.
    Engaged(EngagementKind),
    /// A mail left for the contact, whichever it was.
    Mailed,
    /// A marketing mail left for the contact, whichever workflow sent it: what the caps of a policy count. No event says so; the engine does, where
    /// one leaves.
    Marketed,
    /// One about a topic left, by the field of the topic: what the caps count that name it.
    MarketedAbout(FieldId),
}

impl PatternEvent {
    /// As conditions and printed programs say it; none of what is named by a declaration.
    pub fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::AnyActivity => "any activity",
            Self::Engaged(EngagementKind::Opened) => "opened any email",
            Self::Engaged(EngagementKind::Clicked) => "clicked any email",
            Self::Engaged(EngagementKind::Replied) => "replied any email",
            Self::Engaged(EngagementKind::Bounced) => "bounced any email",
            Self::Mailed => "sent any email",
            Self::Marketed => "sent any marketing email",
            Self::Entered(_) | Self::Left(_) | Self::Declared(_) | Self::Changed(_) | Self::MarketedAbout(_) => {
                return None;
            }
        })
    }
}

/// What a field was, as the property of its change.
pub const BEFORE: u32 = 0;
/// What it is from then on.
pub const AFTER: u32 = 1;

/// A field of which a change is an event: what it was when that was last looked at, so that the same value again is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedField {
    /// Whose changes count.
    pub field: FieldId,
    /// A slot of the frame like its own; of a text a print of it, an Int.
    pub seen: SlotId,
}

/// A test on a property of the event, by its place in the event type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PropertyTest {
    /// Its place in [`EventType::properties`](crate::EventType), from zero.
    pub property: u32,
    /// What is asked of its value.
    pub test: Trait,
    /// Whether the test must fail instead.
    pub negated: bool,
}

/// What is asked of a value outside the frame.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Trait {
    /// The text is one of these, compared without regard to case.
    TextIn(Vec<String>),
    /// One of these is found in the text, without regard to case.
    TextHolds(TextTestKind, Vec<String>),
    /// `low <= number <= high`, as kept in frames; dates in days, instants in milliseconds.
    NumberIn(i64, i64),
    /// The yes/no is this one.
    Truth(bool),
    /// The value is there at all.
    Known,
    /// The value is that of the journey that asks ([`Workflow::several`](crate::Workflow)): whatever else is to match an event finds it where there is
    /// any, and each journey counts what is its own.
    OfJourney,
}

impl Trait {
    /// Whether what a field of a type was, or is, can answer it: a stage by its name.
    pub fn fits_change(&self, ty: &FieldType) -> bool {
        self.fits(ty) || (matches!(self, Self::TextIn(_)) && *ty == FieldType::Stage)
    }

    /// Whether a value of a type can answer it.
    pub fn fits(&self, ty: &FieldType) -> bool {
        match self {
            Self::TextIn(_) => ty.is_text() || matches!(ty, FieldType::OneOf(_)),
            Self::TextHolds(..) => ty.is_text(),
            Self::NumberIn(..) => {
                matches!(ty, FieldType::Number | FieldType::Money | FieldType::Date | FieldType::Moment)
            }
            Self::Truth(_) => *ty == FieldType::YesNo,
            Self::Known | Self::OfJourney => true,
        }
    }
}

/// A question about a text field that numbers cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextTest {
    /// A text field with a column beside the frame.
    pub field: FieldId,
    /// How the needle is looked for.
    pub kind: TextTestKind,
    /// In lower case: texts are compared without regard to case.
    pub needle: String,
}

/// Ways to look for a needle in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextTestKind {
    /// Anywhere.
    Contains,
    /// Anywhere, with no letter and no digit of any script beside it.
    ContainsWord,
    /// At the beginning.
    StartsWith,
    /// At the end.
    EndsWith,
}

impl TextTestKind {
    /// Whether the needle is found; both are in lower case.
    pub fn finds(self, text: &str, needle: &str) -> bool {
        match self {
            TextTestKind::Contains => text.contains(needle),
            TextTestKind::ContainsWord => has_word(text, needle),
            TextTestKind::StartsWith => text.starts_with(needle),
            TextTestKind::EndsWith => text.ends_with(needle),
        }
    }

    /// As conditions say it.
    pub fn words(self) -> &'static str {
        match self {
            TextTestKind::Contains => "contains",
            TextTestKind::ContainsWord => "contains word",
            TextTestKind::StartsWith => "starts with",
            TextTestKind::EndsWith => "ends with",
        }
    }
}

/// Whether the needle stands in the text by itself. Where it stands inside a word it may begin again within that place: `a a` in
/// `ba a a`.
fn has_word(text: &str, needle: &str) -> bool {
    let joins = |beside: Option<char>| beside.is_some_and(char::is_alphanumeric);
    let mut before = None;
    let mut rest = text;
    while let Some((skipped, found)) = rest.find(needle).and_then(|at| rest.split_at_checked(at)) {
        before = skipped.chars().next_back().or(before);
        let behind = found.strip_prefix(needle).and_then(|behind| behind.chars().next());
        if !joins(before) && !joins(behind) {
            return true;
        }
        let mut further = found.chars();
        before = further.next();
        if before.is_none() {
            return false;
        }
        rest = further.as_str();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternEvent, TextTestKind};

    #[test]
    fn a_pattern_is_what_it_asks_and_not_how_it_is_written() {
        let pattern = |text: &str, event| Pattern { text: text.to_owned(), event, tests: Vec::new() };
        assert_eq!(pattern("a", PatternEvent::AnyActivity), pattern("b", PatternEvent::AnyActivity));
        let entered = PatternEvent::Entered(crate::SegmentId(0));
        assert_ne!(pattern("a", PatternEvent::AnyActivity), pattern("a", entered));
    }

    #[test]
    fn a_word_has_no_letter_or_digit_beside_it() {
        let finds = |text, needle| TextTestKind::ContainsWord.finds(text, needle);
        for text in
            ["cto", "cto of acme", "ceo/cto", "the cto.", "cto, cmo", "(cto)", "director cto", "cto_emea", "ceo–cto"]
        {
            assert!(finds(text, "cto"), "{text}");
        }
        for text in ["director", "ctos", "cto2", "3cto", "october", "octo", "", "écto", "ctoß"] {
            assert!(!finds(text, "cto"), "{text}");
        }
        assert!(finds("vp of sales ops", "vp of sales"));
        assert!(finds("ba a a", "a a"));
        assert!(finds("c++ developer", "c++") && !finds("c++11", "c++"));
        assert!(finds("leiter einkauf – münchen", "münchen") && !finds("altmünchener", "münchen"));
        assert!(!finds("日本", "本") && finds("日 本", "本"));
    }

    #[test]
    fn an_end_is_an_end() {
        assert!(TextTestKind::EndsWith.finds("ada@acme.example", "@acme.example"));
        assert!(!TextTestKind::EndsWith.finds("ada@acme.example.org", "@acme.example"));
    }
}
