//! MJML to HTML, once, with the tokens carried around the compiler instead of through it.
//!
//! ```text
//! href="{{ link("x") }}"  ->  href="flowtoken0n3z"  -> mrml ->  href="flowtoken0n3z"  ->  href="{{ link("x") }}"
//! ```
//!
//! A placeholder is letters and digits only: it can stand in text, in any attribute, even in place of one, and no quote of a
//! token meets a quote of the markup. Between tags, where MJML allows no text, it travels as a comment. What comes out is
//! compared with what went in, because mrml drops attributes that it does not know and repeats others.

use std::collections::BTreeSet;
use std::ops::Range;

use mrml::prelude::parser::{Error, ParserOptions, Span};
use mrml::prelude::render::RenderOptions;

use super::fault::{FaultKind, Markup as Mistake, TemplateFault};
use super::inline::{Fault, Rules};
use super::markup::{Markup, Place};
use super::pieces::{self, Piece, PieceKind};

pub(super) fn compile(text: &str, pieces: &[Piece], markup: &Markup) -> Result<String, TemplateFault> {
    let rules = inline_rules(text, markup)?;
    let prepared = Prepared::new(text, pieces, markup);
    let parsed = mrml::parse_with_options(&prepared.text, &ParserOptions::default())
        .map_err(|error| mistake(cause(&error), prepared.place_of(&error)))?;
    let html = parsed.element.render(&RenderOptions::default()).map_err(|_| mistake(Mistake::Rejected, 0..0))?;
    let html = if rules.is_empty() { html } else { rules.put_into(&html) };
    let found = prepared.restore(&html);
    compare(pieces, &found.order)?;
    // A style sheet of the compiler's own making could hold a `{#`; then the HTML would not mean what was checked.
    if pieces::split(&found.html).pieces.len() != found.order.len() {
        return Err(mistake(Mistake::Rejected, 0..0));
    }
    Ok(found.html)
}

/// The compiler would leave them in the head.
fn inline_rules(text: &str, markup: &Markup) -> Result<Rules, TemplateFault> {
    let mut rules = Rules::default();
    for (_, sheet) in &markup.inline_styles {
        rules.add(text.get(sheet.clone()).unwrap_or_default()).map_err(|(fault, place)| {
            let place = sheet.start + place.start..sheet.start + place.end;
            let rule = text.get(place.clone()).unwrap_or_default().to_owned();
            match fault {
                Fault::NamesNone => mistake(Mistake::NotInline { rule }, place),
                Fault::Unclosed => mistake(Mistake::UnclosedRule, place),
            }
        })?;
    }
    Ok(rules)
}

fn mistake(mistake: Mistake, span: Range<usize>) -> TemplateFault {
    TemplateFault::new(FaultKind::Markup(mistake), span)
}

fn cause(error: &Error) -> Mistake {
    match error {
        Error::NoRootNode => Mistake::NotMjml,
        Error::IncludeLoaderError { .. } => Mistake::Include,
        _ => Mistake::Rejected,
    }
}

struct Prepared<'t> {
    original: &'t str,
    text: String,
    pieces: &'t [Piece],
    markup: &'t Markup,
    prefix: String,
    /// Where a run of original text begins: in the prepared text, and as written.
    runs: Vec<(usize, usize)>,
}

struct Restored {
    html: String,
    /// The pieces by number, as the HTML has them.
    order: Vec<usize>,
}

impl<'t> Prepared<'t> {
    fn new(original: &'t str, pieces: &'t [Piece], markup: &'t Markup) -> Self {
        let prefix = unused_prefix(original);
        let mut prepared = Self { original, text: String::new(), pieces, markup, prefix, runs: vec![(0, 0)] };
        let mut styles = markup.inline_styles.iter().map(|(element, _)| element).peekable();
        let mut at = 0;
        for (number, piece) in pieces.iter().enumerate() {
            while let Some(style) = styles.next_if(|style| style.end <= piece.span.start) {
                at = prepared.leave_out(at, style, "");
            }
            // A token in a style sheet that is left out is lost with it, and told as such.
            if styles.peek().is_none_or(|style| piece.span.start < style.start) {
                let placeholder = prepared.placeholder(number, piece);
                at = prepared.leave_out(at, &piece.span, &placeholder);
            }
        }
        for style in styles {
            at = prepared.leave_out(at, style, "");
        }
        prepared.text.push_str(original.get(at..).unwrap_or_default());
        prepared
    }

    /// Takes the text up to a place, and something else instead of what stands there; gives where it goes on.
    fn leave_out(&mut self, at: usize, place: &Range<usize>, instead: &str) -> usize {
        self.text.push_str(self.original.get(at..place.start).unwrap_or_default());
        self.runs.push((self.text.len(), place.start));
        self.text.push_str(instead);
        self.runs.push((self.text.len(), place.end));
        place.end
    }

    fn placeholder(&self, number: usize, piece: &Piece) -> String {
        let name = format!("{}{number}z", self.prefix);
        match piece.kind {
            PieceKind::Comment => String::new(),
            PieceKind::Tag if self.is_between_tags(piece) => format!("<!--{name}-->"),
            PieceKind::Tag | PieceKind::Value => name,
        }
    }

    fn is_between_tags(&self, piece: &Piece) -> bool {
        self.markup.spot_of(piece.span.start).place == Place::Container
    }

    /// Where an error stands in the text as written.
    fn place_of(&self, error: &Error) -> Range<usize> {
        let position = match error {
            Error::UnexpectedElement { position, .. }
            | Error::UnexpectedToken { position, .. }
            | Error::MissingAttribute { position, .. }
            | Error::InvalidAttribute { position, .. }
            | Error::InvalidFormat { position, .. }
            | Error::IncludeLoaderError { position, .. } => *position,
            Error::ParserError { source, .. } => {
                let at = self.offset_of(source.pos().row, source.pos().col);
                Span { start: at, end: at }
            }
            Error::EndOfStream { .. } => Span { start: self.text.len(), end: self.text.len() },
            Error::SizeLimit { .. } | Error::NoRootNode => Span { start: 0, end: 0 },
        };
        let start = self.written(position.start);
        start..self.written(position.end).max(start)
    }

    /// The parser counts rows and characters from one.
    fn offset_of(&self, row: u32, column: u32) -> usize {
        let lines: usize = self.text.split_inclusive('\n').take(row.saturating_sub(1) as usize).map(str::len).sum();
        let line = self.text.get(lines..).unwrap_or_default();
        lines + line.chars().take(column.saturating_sub(1) as usize).map(char::len_utf8).sum::<usize>()
    }

    fn written(&self, prepared: usize) -> usize {
        let next = self.runs.partition_point(|(start, _)| *start <= prepared);
        let (start, written) = next.checked_sub(1).and_then(|last| self.runs.get(last)).copied().unwrap_or_default();
        let limit = self.runs.get(next).map_or(self.original.len(), |(_, written)| *written);
        (written + (prepared - start)).min(limit)
    }

    fn restore(&self, html: &str) -> Restored {
        let mut restored = Restored { html: String::with_capacity(html.len()), order: Vec::new() };
        let mut parts = html.split(self.prefix.as_str());
        restored.html.push_str(parts.next().unwrap_or_default());
        for part in parts {
            self.restore_one(part, &mut restored);
        }
        restored
    }

    /// `part` begins with a number and a `z`: nothing else follows the prefix, which the author's text does not contain.
    fn restore_one(&self, part: &str, restored: &mut Restored) {
        let numbered = part.split_once('z').and_then(|(number, rest)| Some((number.parse::<usize>().ok()?, rest)));
        let Some((number, mut rest)) = numbered else { return };
        let Some(piece) = self.pieces.get(number) else { return };
        if piece.kind == PieceKind::Tag && self.is_between_tags(piece) {
            let kept = restored.html.strip_suffix("<!--").map_or(restored.html.len(), str::len);
            restored.html.truncate(kept);
            rest = rest.strip_prefix("-->").unwrap_or(rest);
        }
        restored.html.push_str(self.original.get(piece.span.clone()).unwrap_or_default());
        restored.html.push_str(rest);
        restored.order.push(number);
    }
}

/// No author's text may look like a placeholder; the first number that makes it so.
fn unused_prefix(text: &str) -> String {
    let mut salt = 0_usize;
    loop {
        let prefix = format!("flowtoken{salt}n");
        if !text.contains(&prefix) {
            return prefix;
        }
        salt += 1;
    }
}

/// Every value must still be there, and the tags of every `if` each once and in their order.
fn compare(pieces: &[Piece], order: &[usize]) -> Result<(), TemplateFault> {
    let found: BTreeSet<usize> = order.iter().copied().collect();
    let expected = pieces.iter().enumerate().filter(|(_, piece)| piece.kind != PieceKind::Comment);
    for (number, piece) in expected {
        if !found.contains(&number) {
            return Err(mistake(Mistake::Lost, piece.span.clone()));
        }
    }
    let is_tag = |number: &usize| pieces.get(*number).is_some_and(|piece| piece.kind == PieceKind::Tag);
    let tags_out = order.iter().copied().filter(is_tag);
    let tags_in = (0..pieces.len()).filter(is_tag);
    let moved =
        tags_out.map(Some).chain([None]).zip(tags_in.map(Some).chain([None])).find(|(out, wanted)| out != wanted);
    match moved.and_then(|(out, wanted)| pieces.get(out.or(wanted)?)) {
        Some(piece) => Err(mistake(Mistake::Moved, piece.span.clone())),
        None => Ok(()),
    }
}
