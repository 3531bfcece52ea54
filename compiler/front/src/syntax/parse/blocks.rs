//! Blocks that do not fit: a brace missing, a brace too many, a declaration inside another.
//!
//! One such mistake moves everything behind it into the wrong place. It is reported once, where the indentation says that it was
//! made, and what follows from it is kept quiet.

use super::context::Context;
use super::{Ended, Pair, Reader, Rule, braces, child, has, head, recover, span};
use crate::diagnostics::{suggest, syntax};
use crate::source::Span;
use crate::syntax::ast::{Block as _, Clause, Declaration, Kind};
use crate::syntax::constructs::Trait;

impl Reader<'_> {
    /// Reports the blocks of a declaration that are never closed.
    pub(super) fn unclosed_blocks(&mut self, pair: &Pair<'_>, indent: usize) {
        let Some(missing) = pair.clone().into_inner().flatten().find(|inner| inner.as_rule() == Rule::missing_close)
        else {
            return;
        };
        let next = pair.as_span().end();
        if self.nested_declaration(pair, next, indent) {
            return;
        }
        self.lost = Some(indent);
        let whole = Span::new(span(pair).start, missing.as_span().start() as u32);
        let lacking =
            pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Rule::missing_close).count();
        match braces::unclosed(self.text, whole).filter(|found| found.len() == lacking) {
            Some(found) => {
                for block in found {
                    let what = what_of_line(block.head.text(self.text));
                    self.unclosed_block(&what, block.head, block.ends, block.before);
                }
            }
            None => {
                let end = whole.start + whole.text(self.text).trim_end().len() as u32;
                self.unclosed_block(&what_of(pair), head(pair), Span::new(whole.start, end), false);
            }
        }
    }

    /// Reports a block without its end, with the brace where it is missing: before `ends`, or behind the last line of it that says
    /// something.
    fn unclosed_block(&mut self, what: &str, head: Span, ends: Span, before: bool) {
        let indent = " ".repeat(self.indent_at(head.start));
        let until = if before { self.lines.line_start(ends.start) } else { ends.end };
        let last = self.last_said(Span::new(head.start, until));
        let place = if before { ends } else { last.last_sign(self.text) };
        let (head, at) = (self.at(head), self.at(Span::new(last.end, last.end)));
        let diagnostic = syntax::unclosed_block(what, head, self.at(place), before).edit(at, format!("\n{indent}}}"));
        self.diagnostics.push(diagnostic);
    }

    /// A part of the text without the comments and the empty lines at its end.
    fn last_said(&self, part: Span) -> Span {
        let mut rest = part.text(self.text).trim_end();
        while let Some((before, line)) = rest.rsplit_once('\n') {
            if !line.trim_start().starts_with("//") {
                break;
            }
            rest = before.trim_end();
        }
        Span::new(part.start, part.start + rest.len() as u32)
    }

    /// A declaration that stands further in than the one that it interrupts was put inside it.
    fn nested_declaration(&mut self, pair: &Pair<'_>, next: usize, indent: usize) -> bool {
        let rest = self.text.get(next..).unwrap_or_default();
        let line = rest.trim_start().lines().next().unwrap_or_default();
        let at = (next + rest.len() - rest.trim_start().len()) as u32;
        if line.is_empty() || self.indent_at(at) <= indent {
            return false;
        }
        self.lost = Some(indent);
        let opened = head(pair);
        let nested = what_of_line(line.split('{').next().unwrap_or_default());
        let word = recover::first_name(line);
        let place = self.at(Span::new(at, at + word.len() as u32));
        let mut found = syntax::nested_declaration(&nested, &what_of(pair), place, self.at(opened));
        if pair.as_rule() == Rule::email_decl && matches!(word, "topics" | "list") {
            let topic = line.split_whitespace().nth(1).unwrap_or("news").trim_end_matches(',');
            found = found.help(format!("what an email is about is its `topic`: `topic {topic}`"));
            self.nested = Some(at);
        }
        self.diagnostics.push(found);
        true
    }

    /// Reports a line of a block that cannot be read, unless it is a step that an unclosed block swallowed.
    pub(super) fn bad_clause(&mut self, pair: &Pair<'_>, context: Context) {
        let word = child(pair, Rule::bad_text).map(|text| recover::first_name(text.as_str().trim_start()));
        if self.unclosed && word.is_some_and(|word| Context::Steps.starts_with(word)) {
            return;
        }
        self.bad(pair, context);
    }

    pub(super) fn stray_brace(&mut self, at: Span, declarations: &mut [Clause<Declaration>]) {
        if self.lost.is_none() {
            // `}}`: the second one ended the declaration, and the one that should have closes nothing.
            let early = self.ended.as_ref().filter(|ended| self.indent_at(ended.brace.start) > ended.indent);
            self.diagnostics.push(match early {
                Some(Ended { what, brace, .. }) => syntax::closed_too_early(what, self.at(*brace)),
                None => syntax::stray_brace(self.at(at)),
            });
            // One brace too many is one mistake, however many there are.
            self.lose(at.start);
        }
        mark_broken(declarations);
    }

    /// A line among the declarations that cannot be read.
    pub(super) fn bad_declaration(&mut self, pair: &Pair<'_>, declarations: &mut Vec<Clause<Declaration>>) {
        let line = child(pair, Rule::bad_text).map(|text| span(&text));
        let word = line.map_or("", |line| recover::first_name(line.text(self.text)));
        let opens = pair.clone().into_inner().any(|inner| inner.as_rule() == Rule::skipped);
        let kind = Kind::of_keyword(word).or_else(|| {
            // Among lines that are out of place anyway, only one with a block can be a declaration.
            if self.lost.is_some() && !opens {
                return None;
            }
            suggest::nearest(word, Context::Declarations.words()).and_then(Kind::of_keyword)
        });
        let unreadable = |kind: &Kind| Clause { kind: Declaration::Unreadable(*kind), span: span(pair) };
        if let Some(kind) = kind {
            if line.is_some_and(|line| self.indent_at(line.start) == 0) {
                self.lost = None;
            }
            declarations.push(unreadable(&kind));
        } else if self.lost.is_some() {
            // Out of place for a reason that is known.
            return;
        } else if let Some(line) = line.filter(|_| !word.is_empty())
            && self.stands_outside(line, word)
        {
            mark_broken(declarations);
            return;
        } else {
            declarations.extend(Kind::ALL.iter().filter(|_| !has(pair, Rule::foreign_comment)).map(unreadable));
        }
        self.bad(pair, Context::Declarations);
        if let (Some(line), false) = (line, opens) {
            // Whatever block it should have opened stands behind it without a home.
            self.lose(line.start);
        }
    }

    /// Reports a step or a clause where declarations are.
    fn stands_outside(&mut self, line: Span, word: &str) -> bool {
        let Some(place) = Context::of_line(word) else { return false };
        let home = place.called().unwrap_or_default();
        let at = self.at(Span::new(line.start, line.start + word.len() as u32));
        let of_home = |ended: &&Ended| Some(ended.kind) == place.home();
        let found = match self.ended.as_ref().filter(of_home) {
            Some(Ended { what, indent, brace, .. }) if self.indent_at(brace.start) > *indent => {
                syntax::closed_too_early(what, self.at(*brace))
            }
            Some(Ended { what, brace, .. }) => syntax::outside(word, home, at, Some((what, self.at(*brace)))),
            None => syntax::outside(word, home, at, None),
        };
        self.diagnostics.push(found);
        self.lose(line.start);
        self.lost = self.lost.max(self.ended.as_ref().map(|ended| ended.indent));
        true
    }
}

/// The declaration before a stray line lost that line, so nothing is missing in it.
fn mark_broken(declarations: &mut [Clause<Declaration>]) {
    if let Some(last) = declarations.last_mut() {
        last.kind.lose_a_line();
    }
}

/// A declaration in words: `` `workflow first` ``.
pub(super) fn what_of(pair: &Pair<'_>) -> String {
    what_of_line(pair.as_str().trim_start().split(['{', '\n']).next().unwrap_or_default())
}

/// The first line of a block in words.
fn what_of_line(line: &str) -> String {
    let mut words = line.split_whitespace();
    match (words.next().unwrap_or_default(), words.next()) {
        (first, Some(name)) if is_named(first) => format!("`{first} {name}`"),
        ("else", Some("if")) => "`else if`".to_owned(),
        ("step", _) => "this step".to_owned(),
        ("", _) => "this block".to_owned(),
        (first, _) => format!("`{first}`"),
    }
}

/// Whether a declaration's name stands behind its word.
fn is_named(word: &str) -> bool {
    Kind::of_keyword(word).and_then(Kind::construct).is_some_and(|construct| construct.is(Trait::Named))
}
