//! Values: literals, sums, durations and texts with fields in them.

use super::Name;
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    /// As written, digits and a point.
    Number(String, Span),
    Text(Text),
    Truth(bool, Span),
    /// As written: `2026-10-01`.
    Date(String, Span),
    /// A name: a field, a stage.
    Word(Name),
    /// A value in parentheses: `(employees or 0)`.
    Nested(Box<Value>, Span),
}

impl Literal {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Number(_, span) | Self::Truth(_, span) | Self::Date(_, span) | Self::Nested(_, span) => *span,
            Self::Text(text) => text.span,
            Self::Word(name) => name.span,
        }
    }

    /// A text without fields in it.
    pub(crate) fn plain(&self) -> Option<String> {
        match self {
            Self::Text(text) => text.plain(),
            _ => None,
        }
    }
}

impl Literal {
    /// What it says, wherever it stands.
    pub(crate) fn said(&self) -> String {
        match self {
            Self::Number(text, _) | Self::Date(text, _) => text.clone(),
            Self::Text(text) => format!("{:?}", text.plain()),
            Self::Truth(truth, _) => truth.to_string(),
            Self::Word(name) => name.text.clone(),
            Self::Nested(value, _) => value.sum.terms.iter().map(|(_, term)| term.said()).collect(),
        }
    }
}

/// `a + b - c`: terms, each with whether it is subtracted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    pub terms: Vec<(bool, Literal)>,
    pub span: Span,
}

/// A sum, or what to take where it is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    pub sum: Sum,
    pub fallback: Option<Literal>,
    pub span: Span,
}

/// On which side of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

impl Side {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// `2 days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duration {
    /// As written.
    pub amount: String,
    pub unit: Unit,
    pub span: Span,
}

/// A unit of time, as grammar/flow.pest has it in its rule `unit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
}

impl Unit {
    pub(crate) const ALL: [Self; 5] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks, Self::Months];
    /// The words for several, in the order of their lengths.
    pub(crate) const SEVERAL: [&str; 5] = [
        Self::Minutes.words()[0],
        Self::Hours.words()[0],
        Self::Days.words()[0],
        Self::Weeks.words()[0],
        Self::Months.words()[0],
    ];

    /// Its words: of several, and of one.
    pub(crate) const fn words(self) -> [&'static str; 2] {
        match self {
            Self::Minutes => ["minutes", "minute"],
            Self::Hours => ["hours", "hour"],
            Self::Days => ["days", "day"],
            Self::Weeks => ["weeks", "week"],
            Self::Months => ["months", "month"],
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.words().contains(&word))
    }
}

/// A text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub pieces: Vec<TextPiece>,
    /// With the quotes.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextPiece {
    Plain(String),
    /// `{first_name or "there"}`
    Field {
        field: Name,
        fallback: Option<String>,
        span: Span,
    },
}

impl Text {
    /// The field that is all of it: `"{first_name}"`.
    pub(crate) fn field_alone(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [TextPiece::Field { field, fallback: None, .. }] => Some(&field.text),
            _ => None,
        }
    }

    /// The characters, where there is no field among them.
    pub(crate) fn plain(&self) -> Option<String> {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                TextPiece::Plain(text) => out.push_str(text),
                TextPiece::Field { .. } => return None,
            }
        }
        Some(out)
    }
}
