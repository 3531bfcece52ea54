//! What to say about a line that cannot be read.
//!
//! The grammar set the line aside without a word. Here its first word tells what it was meant to be; it is read again as that, and
//! the furthest point that reading reached is where it went wrong.

use super::words::words;
use super::{Pair, Reader, Rule, child, span};
use crate::diagnostics::{suggest, syntax};
use crate::source::Span;
use flow_grammar::FlowParser;
use flow_grammar::pest::{Parser as _, error::ErrorVariant, error::InputLocation};

/// What may stand at a place: the first words, and the rules to read such a line as.
pub(super) struct Context {
    starts: &'static [(&'static str, &'static [Rule])],
    /// The rule of a line that starts with any name.
    other: Option<Rule>,
}

pub(super) const DECLARATIONS: &Context = &Context {
    starts: &[
        ("use", &[Rule::use_decl]),
        ("contact", &[Rule::contact_decl]),
        ("event", &[Rule::event_decl]),
        ("stages", &[Rule::stages_decl]),
        ("segment", &[Rule::segment_decl]),
        ("email", &[Rule::email_decl]),
        ("team", &[Rule::team_decl]),
        ("workflow", &[Rule::workflow_decl]),
    ],
    other: None,
};

pub(super) const FIELDS: &Context = &Context { starts: &[], other: Some(Rule::field) };

pub(super) const EMAIL: &Context = &Context {
    starts: &[
        ("subject", &[Rule::subject]),
        ("preview", &[Rule::preview]),
        ("from", &[Rule::from]),
        ("template", &[Rule::template]),
        ("kind", &[Rule::email_kind]),
        ("link", &[Rule::link]),
    ],
    other: None,
};

pub(super) const TEAM: &Context = &Context {
    starts: &[("member", &[Rule::member]), ("backup", &[Rule::backup]), ("assign", &[Rule::assign])],
    other: None,
};

pub(super) const HANDOFF: &Context =
    &Context { starts: &[("note", &[Rule::note]), ("task", &[Rule::task]), ("keep", &[Rule::keep])], other: None };

pub(super) const STEPS: &Context = &Context {
    starts: &[
        ("send", &[Rule::send]),
        ("wait", &[Rule::wait, Rule::wait_until]),
        ("if", &[Rule::branch]),
        ("score", &[Rule::score]),
        ("set", &[Rule::set]),
        ("advance", &[Rule::advance]),
        ("handoff", &[Rule::handoff]),
        ("exit", &[Rule::exit]),
        ("step", &[Rule::labelled]),
    ],
    other: None,
};

pub(super) const WORKFLOW: &Context = &Context {
    starts: &[
        ("send", &[Rule::send, Rule::window]),
        ("wait", &[Rule::wait, Rule::wait_until]),
        ("if", &[Rule::branch]),
        ("score", &[Rule::score]),
        ("set", &[Rule::set]),
        ("advance", &[Rule::advance]),
        ("handoff", &[Rule::handoff]),
        ("exit", &[Rule::exit, Rule::exit_when]),
        ("step", &[Rule::labelled]),
        ("goal", &[Rule::goal]),
        ("owner", &[Rule::owner]),
        ("reviewed", &[Rule::reviewed]),
        ("group", &[Rule::group]),
        ("enter", &[Rule::enter]),
        ("reenter", &[Rule::reenter]),
        ("skip", &[Rule::skip_when]),
    ],
    other: None,
};

/// The furthest point a reading reached.
struct Furthest {
    /// Bytes into the line.
    at: usize,
    expected: Vec<&'static str>,
}

impl<'s> Reader<'s> {
    /// Reports a line that cannot be read.
    pub(super) fn bad(&mut self, pair: &Pair<'s>, context: &Context) {
        if let Some(line) = child(pair, Rule::odd_quote) {
            let at = span(&line);
            let quote = at.start + line.as_str().trim_start().rfind('"').unwrap_or(0) as u32;
            self.diagnostics.push(syntax::unclosed_text(self.at(Span::new(quote, at.end))));
            return;
        }
        let Some(text) = child(pair, Rule::bad_text) else {
            let at = span(pair).start;
            let brace = self.at(Span::new(at, at + 1));
            self.diagnostics.push(syntax::unexpected_text("{", &[], brace));
            return;
        };
        let has_block = pair.clone().into_inner().any(|inner| matches!(inner.as_rule(), Rule::block | Rule::skipped));
        self.bad_line(span(&text), has_block, context);
    }

    fn bad_line(&mut self, at: Span, has_block: bool, context: &Context) {
        let line = at.text(self.text);
        if line.starts_with('#') {
            self.diagnostics.push(syntax::comment_sign(self.at(Span::new(at.start, at.start + 1))));
            return;
        }
        let word_length = line.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(line.len());
        let word = &line[..word_length];
        let rules = context.starts.iter().find(|(start, _)| *start == word).map(|(_, rules)| *rules);
        // `engagement += ten`: any name may be changed.
        let rules = rules.or_else(|| (line.contains("+=") || line.contains("-=")).then_some(&[Rule::score][..]));
        let other = context.other.as_slice();
        match rules.or_else(|| context.other.is_some().then_some(other)) {
            Some(rules) => self.misread(at, &reread(line, has_block, rules)),
            None => self.unknown_start(at, word, context),
        }
    }

    fn unknown_start(&mut self, at: Span, word: &str, context: &Context) {
        let starts: Vec<&str> = context.starts.iter().map(|(start, _)| *start).collect();
        if word.is_empty() {
            let found = at.text(self.text).split_whitespace().next().unwrap_or_default();
            let place = Span::new(at.start, at.start + found.len() as u32);
            self.diagnostics.push(syntax::unexpected_text(found, &[], self.at(place)));
            return;
        }
        let place = self.at(Span::new(at.start, at.start + word.len() as u32));
        // `wait2 days`: a keyword and a number run together.
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if letters.len() < word.len() && starts.contains(&letters) {
            let apart = format!("{letters} {}", &word[letters.len()..]);
            self.diagnostics.push(syntax::unknown_statement(word, Some(&apart), &starts, place));
            return;
        }
        let nearest = suggest::nearest(word, starts.iter().copied());
        self.diagnostics.push(syntax::unknown_statement(word, nearest, &starts, place));
    }

    fn misread(&mut self, line: Span, furthest: &Furthest) {
        let text = line.text(self.text);
        let rest = text.get(furthest.at..).unwrap_or_default();
        let skipped = rest.len() - rest.trim_start().len();
        let found = first_word(rest.trim_start());
        let start = if found.is_empty() { line.end } else { line.start + (furthest.at + skipped) as u32 };
        // At the end of a line the place is its last character, so that there is something to underline.
        let place = if found.is_empty() {
            Span::new(line.end.saturating_sub(1), line.end)
        } else {
            Span::new(start, start + found.len() as u32)
        };
        self.diagnostics.push(syntax::unexpected_text(found, &furthest.expected, self.at(place)));
    }
}

/// Reads a line again as each of the rules, and keeps the reading that got furthest.
fn reread(line: &str, has_block: bool, rules: &[Rule]) -> Furthest {
    let text = if has_block { format!("{line} {{}}") } else { line.to_owned() };
    let mut furthest = Furthest { at: 0, expected: Vec::new() };
    for rule in rules {
        let reached = match FlowParser::parse(*rule, &text) {
            Ok(pairs) => Furthest { at: pairs.as_str().trim_end().len().min(line.len()), expected: Vec::new() },
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                let expected = match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => words(&positives),
                    ErrorVariant::CustomError { .. } => Vec::new(),
                };
                Furthest { at: at.min(line.len()), expected }
            }
        };
        if reached.at > furthest.at {
            furthest = reached;
        } else if reached.at == furthest.at {
            for word in reached.expected {
                if !furthest.expected.contains(&word) {
                    furthest.expected.push(word);
                }
            }
        }
    }
    furthest
}

/// A word, a text in quotes, or a single sign.
fn first_word(text: &str) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == ':';
    let Some(first) = text.chars().next() else { return "" };
    let end = if is_word(first) {
        text.find(|c| !is_word(c)).unwrap_or(text.len())
    } else if first == '"' {
        text[1..].find('"').map_or(text.len(), |end| end + 2)
    } else {
        first.len_utf8()
    };
    &text[..end]
}
