//! What could have been written at a place: a value to decide on, with its words only for drawing.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    EndOfLine,
    /// One of these words or signs, as they stand: `up to`.
    Words(&'static [&'static str]),
    /// A word, and something of the writer's own behind it: `or` and a fallback.
    Before(&'static [&'static str; 1], &'static str),
    /// Something that has to look so: `= …`.
    Form(&'static str),
    /// A text in quotes.
    Text,
    Condition,
    /// What a condition may begin with, by its words.
    ConditionStart(&'static [&'static str]),
    /// Something of a kind: a name, a duration.
    Thing(&'static str),
    /// What only says more of something that is whole without it, for where too much could follow.
    Refinement(&'static Expected),
}

impl Expected {
    /// The words to write.
    pub(crate) fn words(&self) -> &'static [&'static str] {
        match self {
            Self::Words(words) | Self::ConditionStart(words) => words,
            Self::Before(word, _) => *word,
            Self::Refinement(inner) => inner.words(),
            Self::EndOfLine | Self::Form(_) | Self::Text | Self::Condition | Self::Thing(_) => &[],
        }
    }

    /// Whether the line is whole, and what else could follow only says more of it.
    pub(crate) fn is_end(expected: &[Expected]) -> bool {
        expected.contains(&Self::EndOfLine)
            && expected.iter().all(|one| matches!(one, Self::EndOfLine | Self::Refinement(_)))
    }

    /// What people reach for first, where so much could follow that the list would say nothing.
    pub(crate) fn likely(expected: &[Expected]) -> Vec<Expected> {
        const FEW: usize = 4;
        if expected.len() <= FEW {
            return expected.to_vec();
        }
        if expected.iter().filter(|one| matches!(one, Self::ConditionStart(_))).count() > 1 {
            return vec![Self::Condition];
        }
        expected.iter().copied().filter(|one| !matches!(one, Self::Refinement(_))).collect()
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOfLine => f.write_str("the end of the line"),
            Self::Words(words) | Self::ConditionStart(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                f.write_str(&super::suggest::either(&quoted))
            }
            Self::Before([word], rest) => write!(f, "`{word}` and {rest}"),
            Self::Form(form) => write!(f, "`{form}`"),
            Self::Text => f.write_str("a text in quotes"),
            Self::Condition => f.write_str("a condition"),
            Self::Thing(thing) => f.write_str(thing),
            Self::Refinement(inner) => inner.fmt(f),
        }
    }
}
