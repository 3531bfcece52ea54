//! Pest pairs to the tree. `Rule` and `Pair` stay inside this folder.

mod blocks;
mod braces;
mod clause;
mod context;
mod cut;
mod field;
mod nesting;
mod predicate;
mod recover;
mod slips;
mod step;
mod value;
mod vocabulary;
mod words;

macro_rules! modules {
    ({$($module:ident: $variant:ident $node:tt $rules:tt $about:tt;)*} $later:tt) => { modules!{$($module)*} };
    ($($module:ident)*) => { $(mod $module;)* };
}
constructs::declarations!(modules);
constructs::header_modules!(modules);
constructs::steps!(modules);

use super::ast::{Clause, Comment, Declaration, File, Kind, Name};
use super::constructs;
use super::settled::Settled;
use crate::diagnostics::{Diagnostic, syntax};
use crate::source::{FileId, LineIndex, Location, Span, with_known_line_ends};
use blocks::what_of;
use context::Context;
use flow_grammar::pest::{self, Parser as _, error::InputLocation};
use flow_grammar::{FlowParser, Rule};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

pub(crate) use recover::reads_somewhere;
pub(crate) use slips::{QUOTES, trigger_meant};
pub use vocabulary::vocabulary;

type Pair<'s> = pest::iterators::Pair<'s, Rule>;

pub use flow_ir::limits::MAX_SOURCE_BYTES;

/// How many rule calls the parser may make for one file: far above what any text of the size limit needs.
const CALL_LIMIT: NonZeroUsize = NonZeroUsize::new(400_000_000).unwrap();

/// What to do with a file that is too large.
const MORE_FILES: &str =
    "put some of its declarations into other `.flow` files: all files of a project are read together";

/// For which of the lines that cannot be read it is tried out what was meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess {
    /// Those in a part of the text.
    pub(crate) within: Span,
    /// So many of them.
    pub(crate) lines: usize,
}

impl Guess {
    /// The most lines of one file. Who has more of them mends the first ones first.
    pub(crate) const MAX_LINES: usize = 50;

    /// In a part of a text.
    pub(crate) fn within(within: Span) -> Self {
        Self { within, lines: Self::MAX_LINES }
    }

    /// In the first lines of a text.
    pub(crate) fn of_first(lines: usize) -> Self {
        Self { within: Span::new(0, u32::MAX), lines }
    }
}

/// A file that was read.
pub(crate) struct Parsed {
    pub(crate) tree: File,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The lines of which somebody may ask what was meant, whether that was tried out or not.
    pub(crate) unclear: usize,
}

impl Parsed {
    fn too_large(what: &str, at: Location, label: &str, help: &str) -> Self {
        Self { tree: File::unreadable(), diagnostics: vec![syntax::too_large(what, at, label, help)], unclear: 0 }
    }
}

/// Reads a file. The tree holds whatever could be read.
pub fn parse(file: FileId, text: &str) -> (File, Vec<Diagnostic>) {
    let parsed = parse_guessing(file, &with_known_line_ends(text), Guess::of_first(Guess::MAX_LINES));
    (parsed.tree, parsed.diagnostics)
}

/// The same of a text whose line ends are known; what was meant is guessed for some lines alone.
pub(crate) fn parse_guessing(file: FileId, text: &str, guess: Guess) -> Parsed {
    let whole = Span::new(0, 0).in_file(file);
    if text.len() > MAX_SOURCE_BYTES {
        let what = format!("file is larger than {} KiB", MAX_SOURCE_BYTES / 1024);
        return Parsed::too_large(&what, whole, "nothing of it was read", MORE_FILES);
    }
    if let Some(at) = nesting::too_deep(text) {
        let at = Span::new(at as u32, at as u32 + 1).in_file(file);
        let what = format!("text is nested more than {} deep", nesting::MAX_DEPTH);
        let help = "give inner conditions a name with `segment`, and inner steps a workflow of their own";
        return Parsed::too_large(&what, at, "reading stopped here", help);
    }
    pest::set_call_limit(Some(CALL_LIMIT));
    match FlowParser::parse(Rule::file, text) {
        Ok(pairs) => {
            let mut reader = Reader {
                text,
                lines: LineIndex::new(text),
                file,
                diagnostics: Vec::new(),
                lost: None,
                nested: None,
                unclear: 0,
                guess,
                unclosed: false,
                unreadable: false,
                misplaced: false,
                in_unread: 0,
                ended: None,
                settled: Vec::new(),
            };
            let tree = reader.file(pairs);
            reader.diagnostics.sort_by_key(|diagnostic| diagnostic.at());
            Parsed { tree, diagnostics: reader.diagnostics, unclear: reader.unclear }
        }
        // The grammar reads any text; only its guard against size ends up here.
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at as u32,
            };
            let at = Span::new(at, at).in_file(file);
            Parsed::too_large("text is too large to be read", at, "reading stopped here", MORE_FILES)
        }
    }
}

/// Whether what is so called could not be named wherever it may be, because the name would be a word of the line. The grammar itself is
/// asked, so that no list can differ.
pub(crate) fn is_reserved(what: &str, name: &str) -> bool {
    if !WORDS.contains(name) {
        return false;
    }
    // `yes` is a word too, and a value first; behind an `and`, `continue` belongs to the goal.
    let behind_another = format!("x and {name}");
    !is_whole(Rule::word, name)
        || is_whole(Rule::truth, name)
        || !is_whole(Rule::predicate, &behind_another)
        || match what {
            "segment" => !is_whole(Rule::crossed, &format!("entered {name}")),
            // What the link out of all marketing mail calls itself.
            "topic" => name == "marketing",
            "email" => !is_whole(Rule::send, &format!("send {name}")),
            _ => false,
        }
}

/// Whether no line can change a field of this name, because the line would be another.
pub(crate) fn begins_another_line(name: &str) -> bool {
    if !WORDS.contains(name) {
        return false;
    }
    let change = format!("{name} += 1");
    let step = FlowParser::parse(Rule::step, &change).ok().and_then(|mut steps| steps.next());
    step.is_none_or(|step| step.as_rule() != Rule::score)
        || FlowParser::parse(Rule::header, &change).is_ok_and(|mut header| header.next().is_some())
}

/// Every word that stands in the grammar, in quotes or behind `kw_`. Only such a name can be a word of the language, so only then is the
/// grammar asked, which takes a hundred times as long.
static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let words = flow_grammar::GRAMMAR.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.flat_map(|word| [word, word.strip_prefix("kw_").unwrap_or(word)]).collect()
});

fn is_whole(rule: Rule, text: &str) -> bool {
    FlowParser::parse(rule, text).is_ok_and(|pairs| pairs.as_str().len() == text.len())
}

/// Builds the tree and gathers what is wrong on the way.
struct Reader<'s> {
    text: &'s str,
    lines: LineIndex,
    file: FileId,
    diagnostics: Vec<Diagnostic>,
    /// A brace is missing or too many, and reported: how far the line stands in at which that was. Up to the next declaration that
    /// stands no further in, what is out of place is so for that reason.
    lost: Option<usize>,
    /// Where a declaration begins that is meant as a line of the one before it, and declares nothing.
    nested: Option<u32>,
    /// The lines so far of which it may be asked what was meant.
    unclear: usize,
    /// For which of them it is tried out.
    guess: Guess,
    /// The declaration being read lacks a brace.
    unclosed: bool,
    /// A step of the workflow being read cannot be read.
    unreadable: bool,
    /// Lines of the declaration being read belong in another one, which was reported.
    misplaced: bool,
    /// How many blocks of lines that cannot be read are open.
    in_unread: usize,
    /// The last declaration with a block.
    ended: Option<Ended>,
    /// What is not written in the settled way.
    settled: Vec<Settled>,
}

/// A declaration that ended.
struct Ended {
    kind: Kind,
    /// `` `workflow first` ``
    what: String,
    indent: usize,
    /// Its closing brace.
    brace: Span,
}

/// Where a pair lies, without the space and the comments that pest counts in when something optional did not follow.
fn span(pair: &Pair<'_>) -> Span {
    let (text, start) = (pair.as_str(), pair.as_span().start());
    let leading = text.len() - text.trim_start().len();
    let mut end = text.trim_end().len();
    if pair.as_rule() != Rule::COMMENT && text.contains("//") {
        let comments = pair.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Rule::COMMENT);
        let comments: Vec<_> = comments.map(|comment| comment.as_span()).collect();
        for comment in comments.iter().rev().take_while(|comment| comment.end() >= start) {
            // A comment may end in spaces.
            if comment.end() - start >= end {
                end = cut::before(text, comment.start() - start).trim_end().len();
            }
        }
    }
    Span::new((start + leading) as u32, (start + end.max(leading)) as u32)
}

/// The first child of a rule.
fn child<'s>(pair: &Pair<'s>, rule: Rule) -> Option<Pair<'s>> {
    pair.clone().into_inner().find(|inner| inner.as_rule() == rule)
}

fn has(pair: &Pair<'_>, rule: Rule) -> bool {
    child(pair, rule).is_some()
}

impl Reader<'_> {
    fn at(&self, span: Span) -> Location {
        span.in_file(self.file)
    }

    fn file(&mut self, pairs: pest::iterators::Pairs<'_, Rule>) -> File {
        let comments = pairs.clone().flatten().filter(|pair| pair.as_rule() == Rule::COMMENT);
        let comments = comments.map(|pair| self.comment(span(&pair))).collect();
        let (mut declarations, mut starts) = (Vec::new(), Vec::new());
        for pair in pairs.flat_map(Pair::into_inner) {
            starts.extend(begins_declaration(&pair).then(|| span(&pair).start));
            self.declaration(&pair, &mut declarations);
        }
        self.settled.sort_unstable();
        let settled = std::mem::take(&mut self.settled);
        File { declarations, starts, comments, blank_lines: blank_lines(self.text), settled }
    }

    /// Notes the signs around a place that the settled way puts there, or leaves out.
    fn settle(&mut self, [before, behind]: [(Span, &'static str); 2]) {
        self.settled.extend([before, behind].map(|(span, instead)| Settled { span, instead }));
    }

    fn comment(&self, span: Span) -> Comment {
        let line = Span::new(self.lines.line_start(span.start), span.start).text(self.text);
        Comment { span, own_line: line.trim_start_matches('\u{feff}').trim().is_empty() }
    }

    fn declaration(&mut self, pair: &Pair<'_>, declarations: &mut Vec<Clause<Declaration>>) {
        match pair.as_rule() {
            // COMMENT and EOI.
            Rule::COMMENT | Rule::EOI => {}
            Rule::stray_brace => self.stray_brace(span(pair), declarations),
            Rule::bad_decl => self.bad_declaration(pair, declarations),
            Rule::later_decl => {
                self.later(pair);
                // What it would have declared.
                let kind = Kind::of_later(first_word_of(pair)).unwrap_or(Kind::Contact);
                declarations.push(Clause { kind: Declaration::Unreadable(kind), span: span(pair) });
            }
            _ => {
                let at = span(pair);
                let indent = self.indent_at(at.start);
                if let Some(kind) = Kind::of_keyword(first_word_of(pair))
                    && self.nested.take() == Some(at.start)
                {
                    declarations.push(Clause { kind: Declaration::Unreadable(kind), span: at });
                    return;
                }
                if self.lost.is_some_and(|lost| indent <= lost) {
                    self.lost = None;
                }
                self.misplaced = false;
                self.unclosed = has(pair, Rule::missing_close) || self.fields_unclosed(pair);
                if self.unclosed {
                    self.unclosed_blocks(pair, indent);
                }
                let Some(declaration) = declaration(self, pair) else { return };
                let brace = at.last_sign(self.text);
                if brace.text(self.text) == "}" {
                    self.ended = Some(Ended { kind: declaration.kind(), what: what_of(pair), indent, brace });
                }
                declarations.push(Clause { kind: declaration, span: at });
            }
        }
    }

    /// The indentation of the line that holds a place.
    fn indent_at(&self, at: u32) -> usize {
        braces::indent_of(cut::after(self.text, self.lines.line_start(at) as usize))
    }

    /// A brace is missing or too many, and that is reported.
    fn lose(&mut self, at: u32) {
        let indent = self.indent_at(at);
        self.lost = Some(self.lost.map_or(indent, |lost| lost.min(indent)));
    }

    /// The name in a pair's child of this rule; empty where the grammar promised one and there is none.
    fn name_of(&self, pair: &Pair<'_>, rule: Rule) -> Name {
        child(pair, rule).map_or_else(|| Name { text: String::new(), span: span(pair) }, |inner| name(&inner))
    }

    /// Reports a construct that the language has and this version does not run.
    fn later(&mut self, pair: &Pair<'_>) {
        let word = pair.clone().into_inner().next().map_or_else(|| span(pair), |inner| span(&inner));
        self.diagnostics.push(syntax::not_supported_yet(word.text(self.text), self.at(word)));
    }

    fn fields_unclosed(&self, pair: &Pair<'_>) -> bool {
        child(pair, Rule::fields).is_some_and(|fields| has(&fields, Rule::missing_close))
    }
}

fn declaration(reader: &mut Reader<'_>, pair: &Pair<'_>) -> Option<Declaration> {
    macro_rules! dispatch {
        ({$($module:ident: $variant:ident $node:tt [$rule:ident $words:literal] $about:tt;)*} $later:tt) => {
            match pair.as_rule() {
                $(Rule::$rule => Some(Declaration::$variant($module::parse(reader, pair))),)*
                _ => None,
            }
        };
    }
    constructs::declarations!(dispatch)
}

/// Whether a pair is a declaration, or begins like one.
fn begins_declaration(pair: &Pair<'_>) -> bool {
    match pair.as_rule() {
        Rule::COMMENT | Rule::EOI | Rule::stray_brace => false,
        Rule::bad_decl => {
            let word = recover::first_name(pair.as_str().trim_start());
            Kind::of_keyword(word).is_some() || Context::Declarations.synonym(word).is_some()
        }
        _ => true,
    }
}

/// Where the lines begin that hold nothing.
fn blank_lines(text: &str) -> Vec<u32> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            found.push(at);
        }
        at += line.len() as u32;
    }
    found
}

/// The first word of a pair.
fn first_word_of<'s>(pair: &Pair<'s>) -> &'s str {
    pair.as_str().split_whitespace().next().unwrap_or_default()
}

/// A pair's text as a name. `word` wraps a name.
fn name(pair: &Pair<'_>) -> Name {
    Name { text: pair.as_str().trim().to_owned(), span: span(pair) }
}

/// The first line of a declaration, up to its brace.
fn head(pair: &Pair<'_>) -> Span {
    let whole = span(pair);
    let text = pair.as_str().trim_start();
    let first = text.split(['{', '\n']).next().unwrap_or_default();
    Span::new(whole.start, whole.start + first.trim_end().len() as u32)
}
