//! What the lines of each place start with, and how a line that starts so is read.
//!
//! The grammar says the same in its own way; this is for lines that it could not read. It comes from the lists of
//! [`constructs`].

use super::Rule;
use crate::syntax::ast::Kind;
use crate::syntax::constructs::{self, Construct, List};

/// A place where lines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Declarations,
    /// The fields of a contact, the properties of an event: lines that start with any name.
    Fields,
    Email,
    Team,
    Policy,
    /// The days of a calendar.
    Calendar,
    Handoff,
    /// The ways of a `choose by`.
    Ways,
    /// The shares of a split.
    Shares,
    /// A block of steps.
    Steps,
    /// The steps of a workflow, and the lines that hold for all of it.
    Workflow,
}

/// A way in which a line may start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    /// `send on`
    pub(super) words: &'static str,
    /// What such a line is read as.
    pub(super) rule: Rule,
}

macro_rules! starts {
    ({$($module:ident: $variant:ident $(($($node:tt)*))? [$($rule:ident $words:literal),*] $about:tt;)*} $later:tt) => {
        &[$($(Start { words: $words, rule: Rule::$rule }),*),*]
    };
}

const DECLARATIONS: &[Start] = constructs::declarations!(starts);
const EMAIL: &[Start] = constructs::email_clauses!(starts);
const TEAM: &[Start] = constructs::team_clauses!(starts);
const POLICY: &[Start] = constructs::policy_clauses!(starts);
const HANDOFF: &[Start] = constructs::handoff_clauses!(starts);
/// Whoever meets no value.
const WAYS: &[Start] = &[Start { words: "otherwise", rule: Rule::last_way }];
const STEPS: &[Start] = constructs::steps!(starts);
/// Any step may stand behind its name: `step "nudge": send nudge`.
const LABEL: &[Start] = &[Start { words: "step", rule: Rule::labelled }];
const HEADERS: &[Start] = constructs::headers!(starts);

impl Start {
    /// Its first word.
    fn word(self) -> &'static str {
        self.words.split(' ').next().unwrap_or_default()
    }

    /// Whether a line starts with all its words.
    fn begins(self, line: &str) -> bool {
        let mut rest = line;
        self.words.split(' ').all(|word| {
            let after = rest.trim_start().strip_prefix(word);
            rest = after.unwrap_or_default();
            after.is_some() && !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    }
}

impl Context {
    fn starts(self) -> impl Iterator<Item = Start> {
        let lists: &[&[Start]] = match self {
            Self::Declarations => &[DECLARATIONS],
            Self::Fields | Self::Calendar | Self::Shares => &[],
            Self::Email => &[EMAIL],
            Self::Team => &[TEAM],
            Self::Policy => &[POLICY],
            Self::Handoff => &[HANDOFF],
            Self::Ways => &[WAYS],
            Self::Steps => &[STEPS, LABEL],
            Self::Workflow => &[STEPS, LABEL, HEADERS],
        };
        lists.iter().copied().flatten().copied()
    }

    /// What its lines may start with, each word once.
    pub(super) fn words(self) -> Vec<&'static str> {
        let mut words = Vec::new();
        for start in self.starts() {
            if !words.contains(&start.word()) {
                words.push(start.word());
            }
        }
        words
    }

    pub(super) fn starts_with(self, word: &str) -> bool {
        self.starts().any(|start| start.word() == word)
    }

    /// What a line that starts with a word is read as; nothing where no line may.
    pub(super) fn rules(self, word: &str) -> Vec<Rule> {
        self.starts().filter(|start| start.word() == word).map(|start| start.rule).collect()
    }

    /// What a line that starts with any name is read as.
    pub(super) fn other(self) -> Option<Rule> {
        match self {
            Self::Fields => Some(Rule::field),
            Self::Calendar => Some(Rule::holidays),
            Self::Ways => Some(Rule::way),
            Self::Shares => Some(Rule::share),
            _ => None,
        }
    }

    pub(super) fn has_steps(self) -> bool {
        matches!(self, Self::Steps | Self::Workflow)
    }

    /// What people type instead of its words, in Flow's words.
    pub(super) fn synonym(self, typed: &str) -> Option<&'static str> {
        let lists: &[&List] = match self {
            Self::Declarations => &[&constructs::DECLARATIONS],
            Self::Fields | Self::Calendar | Self::Ways | Self::Shares => &[],
            Self::Email => &[&constructs::EMAIL_CLAUSES],
            Self::Team => &[&constructs::TEAM_CLAUSES],
            Self::Policy => &[&constructs::POLICY_CLAUSES],
            Self::Handoff => &[&constructs::HANDOFF_CLAUSES],
            Self::Steps | Self::Workflow => &[&constructs::STEPS, &constructs::HEADERS],
        };
        let typings = lists.iter().flat_map(|list| list.constructs).flat_map(|construct| construct.typed);
        typings.clone().find(|(others, _)| others.contains(&typed)).map(|(_, ours)| *ours)
    }

    /// Whether blocks of another place stand inside of this one, and its lines have words of their own there.
    pub(super) fn is_around(self, inner: Self) -> bool {
        self == Self::Workflow && matches!(inner, Self::Steps | Self::Handoff | Self::Ways | Self::Shares)
    }

    /// The declaration in which these lines stand.
    pub(super) fn home(self) -> Option<Kind> {
        match self {
            Self::Workflow => Some(Kind::Workflow),
            Self::Email => Some(Kind::Email),
            Self::Team => Some(Kind::Team),
            Self::Policy => Some(Kind::Policy),
            Self::Calendar => Some(Kind::Calendar),
            Self::Declarations | Self::Fields | Self::Handoff | Self::Ways | Self::Shares | Self::Steps => None,
        }
    }

    /// The block in which these lines stand, for people.
    pub(super) fn called(self) -> Option<&'static str> {
        match self {
            Self::Handoff => constructs::STEPS.of_word("handoff").and_then(Construct::called),
            Self::Shares => constructs::STEPS.of_word("split").and_then(Construct::called),
            Self::Ways => constructs::STEPS.of_word("choose by").and_then(Construct::called),
            other => other.home().and_then(Kind::construct).and_then(Construct::called),
        }
    }

    /// Where a line that starts with a word would stand, if not among the declarations.
    pub(super) fn of_line(word: &str) -> Option<Self> {
        let places = [Self::Workflow, Self::Email, Self::Team, Self::Policy, Self::Handoff];
        places.into_iter().find(|place| place.starts_with(word) || (word == "else" && place.has_steps()))
    }
}

/// The line of a workflow's head that this is.
pub(super) fn header(line: &str) -> Option<&'static str> {
    HEADERS.iter().find(|start| start.begins(line)).map(|start| start.words)
}

/// A construct that has forms which are not run yet, by the start of a line.
pub(super) fn with_later_forms(line: &str) -> impl Iterator<Item = &'static Construct> {
    let constructs = constructs::LISTS.iter().flat_map(|list| list.constructs);
    constructs.filter(move |construct| !construct.later.is_empty() && line.starts_with(construct.word()))
}
