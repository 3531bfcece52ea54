//! What to say about a line that cannot be read.
//!
//! The grammar set the line aside without a word. Here its first word tells what it was meant to be; it is read again as that, and
//! the furthest point that reading reached is where it went wrong.

use super::context::{self, Context};
use super::slips::{self, Slip};
use super::{Pair, Reader, Rule, child, cut, span, words};
use crate::diagnostics::{Code, Diagnostic, Edit, Expected, Mend, suggest, syntax};
use crate::source::Span;
use crate::syntax::constructs;
use crate::syntax::line::tokens_at;
use flow_grammar::FlowParser;
use flow_grammar::pest::{Parser as _, error::ErrorVariant, error::InputLocation};
use std::ops::Range;

/// Unreadable lines of one file that are reported. Nobody reads more of them, and each takes time.
const MAX_REPORTED_LINES: usize = 1_000;
/// Longer lines are shown without a mended one.
const MAX_MENDED_BYTES: usize = 500;

/// What stands behind a line that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    /// A block that it opens.
    Block,
    /// A block whose brace slipped to a line of its own: where that brace is.
    BlockBelow(Span),
}

/// The words that end a block in other languages.
const FOREIGN_ENDS: &[&str] = &["end", "endif", "fi", "done", "ende"];

/// Where steps stand in a `choose by` and no value before them.
const WAY_OF_A_VALUE: &str =
    "each way begins with the value whose people go it: `\"saas\" { .. }`, and the last with `otherwise`";

/// The furthest point a reading reached.
pub(super) struct Furthest {
    /// Bytes into the line.
    pub(super) at: usize,
    pub(super) expected: Vec<Expected>,
    /// Whether the whole line was read, so that only its place is wrong.
    whole: bool,
}

impl Reader<'_> {
    /// Reports a line that cannot be read.
    pub(super) fn bad(&mut self, pair: &Pair<'_>, context: Context) {
        if self.diagnostics.len() >= MAX_REPORTED_LINES || self.is_of_unread(pair) || self.is_misplaced(pair, context) {
            return;
        }
        if let Some(line) = child(pair, Rule::foreign_comment) {
            let at = span(&line);
            let length = if line.as_str().starts_with('#') { 1 } else { 2 };
            let sign = Span::new(at.start, at.start + length);
            let mut found = syntax::comment_sign(sign.text(self.text), self.at(sign));
            if let Some(before) = line.as_str().trim_end().strip_suffix("*/") {
                let from = before.trim_end().len() as u32;
                found = found.edit(self.at(Span::new(at.start + from, at.start + before.len() as u32 + 2)), "");
            }
            self.diagnostics.push(found);
            return;
        }
        if let Some(line) = child(pair, Rule::odd_quote) {
            self.odd_quote(span(&line));
            return;
        }
        let Some(text) = child(pair, Rule::bad_text) else {
            let at = span(pair).start;
            if self.is_another_block(at) {
                return;
            }
            let brace = self.at(Span::new(at, at + 1));
            self.diagnostics.push(syntax::unexpected_text("{", &[], brace));
            return;
        };
        let found = self.bad_line(span(&text), self.behind(pair, span(&text)), context);
        self.diagnostics.extend(found);
    }

    /// `split 50/50 { .. } { .. }`: a block more of a line that is told already.
    fn is_another_block(&self, at: u32) -> bool {
        let follows = cut::before(self.text, at as usize).trim_end_matches([' ', '\t']).ends_with('}');
        let told = self.diagnostics.last().filter(|last| last.code == Code::UnexpectedText).and_then(Diagnostic::at);
        follows && told.is_some_and(|told| self.indent_at(told.span.start) == self.indent_at(at))
    }

    /// A line of a handoff in the block of a line that cannot be read: that was to be the handoff.
    fn is_of_unread(&self, pair: &Pair<'_>) -> bool {
        let text = child(pair, Rule::bad_text).filter(|_| self.in_unread > 0).map(|text| span(&text).text(self.text));
        text.is_some_and(|text| reads(text, &[Rule::handoff_clause]))
    }

    /// Lines of another kind of block, as when two lines changed places or a part of a file was moved: told at the first of them.
    fn is_misplaced(&mut self, pair: &Pair<'_>, context: Context) -> bool {
        if self.misplaced || context == Context::Declarations {
            return self.misplaced;
        }
        let Some(line) = child(pair, Rule::bad_text).map(|text| span(&text)) else { return false };
        let text = line.text(self.text);
        let word = first_name(text);
        // `if not taken within 2 days` without a block begins as a step does.
        let is_untaken = context != Context::Handoff && self.behind(pair, line) == Behind::Nothing;
        let is_untaken = is_untaken && reads(text, &[Rule::untaken]);
        let elsewhere =
            || Context::of_line(word).filter(|place| !context.starts_with(word) && !place.is_around(context));
        let Some(place) = (if is_untaken { Some(Context::Handoff) } else { elsewhere() }) else { return false };
        let opens = format!("{text} {{");
        if !reads(text, &place.rules(word)) && !reads(&opens, &place.rules(word)) {
            return false;
        }
        // The block of a line that cannot be read is whatever that line was to be.
        if self.in_unread > 0 {
            return true;
        }
        let home = place.called().unwrap_or_default();
        let mut diagnostic = syntax::outside(word, home, self.part(line, 0..word.len()), None);
        // `handoff to sales` above it has lost its brace.
        let above = cut::before(self.text, line.start as usize).trim_end();
        let last = above.lines().last().unwrap_or_default().trim_start();
        if home == "a handoff" && last.starts_with("handoff") && !last.contains(['{', '/']) {
            let end = above.len() as u32;
            diagnostic = diagnostic.help("its block opens on the line above:").edit(self.at(Span::new(end, end)), " {");
        }
        self.diagnostics.push(diagnostic);
        self.misplaced = true;
        true
    }

    /// An `else` behind a line that cannot be read: only a brace of its own can be missing.
    pub(super) fn bad_else(&mut self, pair: &Pair<'_>) {
        let end = child(pair, Rule::bad_text).or_else(|| child(pair, Rule::kw_else));
        let line = end.map_or_else(|| span(pair), |end| span(pair).to(span(&end)));
        let behind = self.behind(pair, line);
        if behind != Behind::Block {
            let found = self.missing_open(line, behind);
            self.diagnostics.push(found);
        }
    }

    fn behind(&self, pair: &Pair<'_>, line: Span) -> Behind {
        let block = pair.clone().into_inner().find(|inner| matches!(inner.as_rule(), Rule::block | Rule::skipped));
        block.map_or(Behind::Nothing, |block| {
            let brace = Span::new(block.as_span().start() as u32, block.as_span().start() as u32 + 1);
            let between = Span::new(line.end, brace.start).text(self.text);
            if between.contains('\n') { Behind::BlockBelow(brace) } else { Behind::Block }
        })
    }

    fn odd_quote(&mut self, line: Span) {
        let text = line.text(self.text);
        // A comment of another language behind a line: whatever it holds is none of Flow.
        if let Some(sign) = text.find(" #").filter(|sign| !cut::before(text, *sign).contains('"')) {
            self.diagnostics.push(syntax::comment_sign("#", self.part(line, sign + 1..sign + 2)));
            return;
        }
        if let Some(open) = slips::unclosed_text(text) {
            let (quote, end) = (self.part(line, open..text.len()), self.at(Span::new(line.end, line.end)));
            self.diagnostics.push(syntax::unclosed_text(quote).edit(end, "\""));
            return;
        }
        let quote = text.rfind('"').unwrap_or(0);
        let at = self.at(Span::new(line.start + quote as u32, line.end));
        let mut found = syntax::unclosed_text(at);
        // Opened with a plain quote and closed with a typographic one, or the other way round.
        if let Some((other, sign)) = text.char_indices().rfind(|(_, c)| slips::QUOTES.contains(c)) {
            let does = if other > quote { "close" } else { "open" };
            let other = self.part(line, other..other + sign.len_utf8());
            found = found.help(format!("{does} the text with `\"` instead of `{sign}`:")).edit(other, "\"");
        }
        self.diagnostics.push(found);
        if cut::after(text, quote).contains('{') && !cut::after(text, quote).contains('}') {
            // Whether it opens a block, nobody can say.
            self.lose(line.start);
        }
    }

    fn bad_line(&mut self, at: Span, behind: Behind, context: Context) -> Option<Diagnostic> {
        let line = at.text(self.text);
        if let Some(slip) = slips::typographic(line) {
            return Some(self.with_edits(
                syntax::typographic(slip.what, slip.instead, self.part(at, slip.at)),
                at,
                slip.edits,
            ));
        }
        let word = first_name(line);
        if let Some(what) = slips::not_yet(line) {
            let start = line.find(what).unwrap_or(0);
            let what = what.trim_end_matches('.');
            return Some(syntax::not_supported_yet(what, self.part(at, start..start + what.len())));
        }
        if let Some(found) = self.elsewhere(at, word, context) {
            return Some(found);
        }
        let mut rules = context.rules(word);
        // `engagement += ten`: any name may be changed.
        if rules.is_empty() && (line.contains("+=") || line.contains("-=")) {
            rules.push(Rule::score);
        }
        if rules.is_empty() {
            rules.extend(context.other());
        }
        Some(match rules.as_slice() {
            [] if word == "else" => self.stray_else(at, behind, context),
            [] => self.unknown_start(at, word, context),
            rules => self.misread(at, behind, rules, context),
        })
    }

    /// A line that is none of this place, but of another.
    fn elsewhere(&mut self, at: Span, word: &str, context: Context) -> Option<Diagnostic> {
        let place = self.part(at, 0..word.len());
        if context.has_steps() && FOREIGN_ENDS.contains(&word) && word.len() == at.text(self.text).len() {
            return Some(syntax::foreign_end(word, place));
        }
        let clause = context::header(at.text(self.text)).filter(|_| context == Context::Steps)?;
        Some(syntax::belongs_in_header(clause, place))
    }

    fn stray_else(&mut self, at: Span, behind: Behind, context: Context) -> Diagnostic {
        let line = at.text(self.text);
        let rest = cut::after(line, "else".len()).trim_start();
        // `else if` with a condition of its own to read.
        let (part, rules) = match first_name(rest) {
            "if" => (Span::new(at.end - rest.len() as u32, at.end), &[Rule::branch]),
            _ => (at, &[Rule::otherwise]),
        };
        let whole = reread(part.text(self.text), behind == Behind::Block, rules).whole;
        if whole || self.lost.is_some() {
            return syntax::else_without_if(self.part(at, 0.."else".len()));
        }
        self.misread(part, behind, rules, context)
    }

    fn unknown_start(&mut self, at: Span, word: &str, context: Context) -> Diagnostic {
        let starts = context.words();
        let line = at.text(self.text);
        if word.is_empty() {
            let found = line.split_whitespace().next().unwrap_or_default();
            return syntax::unexpected_text(found, &[], self.part(at, 0..found.len()));
        }
        let place = self.part(at, 0..word.len());
        if constructs::LISTS.iter().any(|list| list.later.contains(&word)) {
            return syntax::not_supported_yet(word, place);
        }
        // `wait2 days`: a keyword and a number run together.
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if letters.len() < word.len() && starts.contains(&letters) {
            let apart = format!("{letters} {}", cut::after(word, letters.len()));
            return syntax::unknown_statement(word, Some(&apart), &starts, place);
        }
        // `stage = mql`, `region = "EMEA"`.
        if context.has_steps() && cut::after(line, word.len()).trim_start().starts_with('=') {
            return self.assignment(at, word);
        }
        let lower = word.to_lowercase();
        let nearest = context.synonym(&lower).or_else(|| suggest::nearest(word, starts.iter().copied()));
        syntax::unknown_statement(word, nearest, &starts, place)
    }

    /// `region = "EMEA"` without its `set`.
    fn assignment(&mut self, at: Span, word: &str) -> Diagnostic {
        let line = at.text(self.text);
        let sign = line.find('=').unwrap_or(word.len());
        let rest = cut::after(line, sign);
        let length = rest.len() - rest.trim_start_matches('=').len();
        let diagnostic = syntax::unexpected_text(cut::before(rest, length), &[], self.part(at, sign..sign + length));
        let edits = match word {
            "stage" => vec![(0..word.len(), "advance stage".to_owned()), (sign..sign + length, "to".to_owned())],
            _ => vec![(0..0, "set ".to_owned()), (sign..sign + length, "=".to_owned())],
        };
        self.with_edits(diagnostic.help("write what is done with it:").guessed(), at, edits)
    }

    fn misread(&mut self, line: Span, behind: Behind, rules: &[Rule], context: Context) -> Diagnostic {
        let text = line.text(self.text);
        let furthest = reread(text, behind == Behind::Block, rules);
        if behind != Behind::Block && !furthest.whole && reads(&format!("{text} {{"), rules) {
            return self.missing_open(line, behind);
        }
        let rest = text.get(furthest.at..).unwrap_or_default();
        let at = furthest.at + rest.len() - rest.trim_start().len();
        let found = slips::first_word(rest.trim_start());
        let opens = self.brace_behind(line).filter(|_| found.is_empty() && behind == Behind::Block);
        // At the end of a line the place is its last character, so that there is something to underline.
        let place = match opens {
            Some(brace) => self.at(brace),
            None if found.is_empty() => line.last_sign(self.text).in_file(self.file),
            None => self.part(line, at..at + found.len()),
        };
        if let (true, Some(word)) = (rules.contains(&Rule::score), text.split_whitespace().next())
            && found.starts_with('=')
        {
            return self.assignment(line, word);
        }
        let within = self.guess.within;
        let is_asked = within.start <= line.end && line.start <= within.end;
        let is_unclear = is_asked && text.len() <= MAX_MENDED_BYTES;
        let try_out = is_unclear && self.unclear < self.guess.lines;
        self.unclear += usize::from(is_unclear);
        let is_step = matches!(context, Context::Steps | Context::Workflow);
        // With a block behind the line, a brace is the last thing it needs.
        let fits = |mended: &str| match behind {
            Behind::Block => try_out && !mended.ends_with('{') && reads(&format!("{mended} {{"), rules),
            // The mended line may be another step than the one that was begun.
            _ => try_out && (reads(mended, rules) || is_step && reads(mended, &[Rule::plain_step])),
        };
        if found == "#" {
            return syntax::comment_sign("#", place);
        }
        // `send guide if clicked` is one step with a condition, and not two.
        if context.starts_with(found) && found != "if" && Expected::is_end(&furthest.expected) {
            let before = cut::before(text, at).trim_end().len();
            return self.with_edits(syntax::two_on_one_line(found, place), line, vec![(before..at, "; ".to_owned())]);
        }
        if let Some((name, mended)) = slips::unusual_name(text, at)
            && fits(&slips::edited(text, &[(name.clone(), mended.clone())]))
        {
            let found = text.get(name.clone()).unwrap_or_default();
            let place = self.part(line, name.clone());
            let diagnostic = match slips::trigger_meant(found) {
                Some(_) => syntax::theirs_of_trigger(found, place).guessed(),
                None => syntax::unusual_name(found, place).guessed(),
            };
            return self.with_edits(diagnostic, line, vec![(name, mended)]);
        }
        let slip = || slips::slip(text, at, &furthest, !rules.contains(&Rule::field), &fits);
        match is_asked.then(slip).flatten() {
            Some(Slip { sign: true, edits, help, found, .. }) => {
                let place = self.part(line, at..at + found.len());
                self.with_edits(syntax::foreign_sign(&found, place).help(help).guessed(), line, edits)
            }
            Some(Slip { edits, help, others, .. }) => {
                if behind == Behind::Nothing && edits.iter().any(|(_, text)| text.ends_with('{')) {
                    self.lose(line.start);
                }
                let found = if opens.is_some() { "{" } else { found };
                let found = syntax::unexpected_text(found, &furthest.expected, place).help(help).guessed();
                let mut found = self.with_edits(found, line, edits);
                found.tries.extend(others.into_iter().map(|(edits, help)| self.mend(line, edits, help)));
                found
            }
            None => {
                let found = if opens.is_some() { "{" } else { found };
                let diagnostic = syntax::unexpected_text(found, &furthest.expected, place);
                // A step, which alone would be right.
                let is_step = context == Context::Ways && Context::Steps.starts_with(first_name(text));
                if is_step { diagnostic.help(WAY_OF_A_VALUE) } else { diagnostic }
            }
        }
    }

    /// The brace behind a line.
    fn brace_behind(&self, line: Span) -> Option<Span> {
        let behind = cut::after(self.text, line.end as usize);
        let start = line.end + (behind.len() - behind.trim_start().len()) as u32;
        behind.trim_start().starts_with('{').then(|| Span::new(start, start + 1))
    }

    /// A line that only lacks its `{`.
    fn missing_open(&mut self, line: Span, behind: Behind) -> Diagnostic {
        let end = Span::new(line.end, line.end);
        let diagnostic = syntax::missing_open(self.at(line.last_sign(self.text)));
        let text = line.text(self.text).trim_end();
        match behind {
            Behind::BlockBelow(brace) => diagnostic.edit(self.at(end.to(brace)), " {"),
            // What stands below is for everybody, and would be for them alone.
            _ if text.starts_with("wait ") && (text.ends_with("if past") || text.ends_with("otherwise")) => {
                syntax::nothing_said(self.at(line.last_sign(self.text)))
            }
            _ => {
                self.lose(line.start);
                diagnostic.edit(self.at(end), " {")
            }
        }
    }

    /// A part of a line, as a place.
    fn part(&self, line: Span, range: Range<usize>) -> crate::source::Location {
        self.at(Span::new(line.start + range.start as u32, line.start + range.end as u32))
    }

    fn mend(&self, line: Span, edits: Vec<slips::Change>, help: String) -> Mend {
        let edits = edits.into_iter().map(|(range, text)| Edit { at: self.part(line, range), text });
        Mend { help, edits: edits.collect() }
    }

    fn with_edits(&self, mut diagnostic: Diagnostic, line: Span, edits: Vec<slips::Change>) -> Diagnostic {
        for (range, text) in edits {
            diagnostic = diagnostic.edit(self.part(line, range), text);
        }
        diagnostic
    }
}

/// The name or keyword at the start of a line.
pub(super) fn first_name(line: &str) -> &str {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
}

/// Whether a line can be read from its first to its last sign. One that ends in `{` counts as having its block.
fn reads(line: &str, rules: &[Rule]) -> bool {
    let text = if line.ends_with('{') { format!("{line}}}") } else { line.to_owned() };
    let whole = |pairs: &str| pairs.trim_end().len() == text.trim_end().len();
    if rules.iter().any(|rule| FlowParser::parse(*rule, &text).is_ok_and(|pairs| whole(pairs.as_str()))) {
        return true;
    }
    // Several statements, as a mended line may hold.
    let several = !line.contains('"') && line.contains("; ");
    several && line.split("; ").all(|statement| reads(statement, rules))
}

/// Whether a line can be read in any place where lines stand; several statements with `;` between them count as one line.
pub(crate) fn reads_somewhere(line: &str) -> bool {
    const LINES: &[Rule] = &[
        Rule::plain_step,
        Rule::labelled,
        Rule::header,
        Rule::field,
        Rule::email_clause,
        Rule::team_clause,
        Rule::handoff_clause,
        Rule::subject_when,
        Rule::use_decl,
        Rule::contact_decl,
        Rule::event_decl,
        Rule::stages_decl,
        Rule::tags_decl,
        Rule::segment_decl,
        Rule::derived_decl,
        Rule::email_decl,
        Rule::team_decl,
        Rule::workflow_decl,
    ];
    let end = tokens_at(line).find(|(_, token)| token.starts_with("//")).map_or(line.len(), |(at, _)| at);
    let line = cut::before(line, end).trim().trim_start_matches('}').trim();
    let line = line.strip_prefix("else").map_or(line, str::trim).trim_start_matches('{').trim();
    if line.is_empty() || reads(line, LINES) {
        return true;
    }
    // In the first or the last line of a block that goes on, only its middle is a line.
    let mut start = 0;
    let ends = tokens_at(line).filter(|(_, token)| *token == ";").map(|(at, _)| at).chain([line.len()]);
    let parts: Vec<&str> = ends
        .map(|end| {
            let part = line.get(start..end).unwrap_or_default().trim();
            start = end + 1;
            part
        })
        .collect();
    parts.len() > 1 && parts.iter().all(|part| part.is_empty() || reads(part, LINES))
}

/// Reads a line again as each of the rules, and keeps the reading that got furthest.
fn reread(line: &str, has_block: bool, rules: &[Rule]) -> Furthest {
    let text = if has_block { format!("{line} {{}}") } else { line.to_owned() };
    let mut furthest = Furthest { at: 0, expected: Vec::new(), whole: false };
    for rule in rules {
        let reached = match FlowParser::parse(*rule, &text) {
            Ok(pairs) => {
                let length = pairs.as_str().trim_end().len();
                Furthest { at: length.min(line.len()), expected: Vec::new(), whole: length == text.trim_end().len() }
            }
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                let expected = match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => words::expected(*rule, &positives),
                    ErrorVariant::CustomError { .. } => Vec::new(),
                };
                Furthest { at: at.min(line.len()), expected, whole: false }
            }
        };
        if reached.at > furthest.at {
            furthest = reached;
        } else if reached.at == furthest.at {
            furthest.whole |= reached.whole;
            for word in reached.expected {
                if !furthest.expected.contains(&word) {
                    furthest.expected.push(word);
                }
            }
        }
    }
    furthest
}
