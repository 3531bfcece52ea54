//! For people: drawn by miette, with the mended line below.

use super::Sources;
use super::window::{self, Window};
use crate::diagnostics::{Diagnostic, Edit, Label, Severity};
use crate::shown::shown;
use crate::source::{LineIndex, Source};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents,
};
use std::fmt;

/// Any number but none: it tells [`WholeLines`] that a drawing is wanted, not a place.
const CONTEXT_LINES: usize = 1;

/// The longest sentence that is drawn, in bytes. What is longer quotes a name that nobody wrote by hand.
const MOST_WORDS: usize = 4_000;
/// And the most lines of it: a link's name that nobody closed goes on to the end of its template.
const MOST_LINES_OF_WORDS: usize = 30;

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Human {
    /// Whether to write ANSI colours.
    pub colour: bool,
    /// Columns.
    pub width: usize,
}

impl Human {
    /// One diagnostic, ending in a line break.
    pub fn render(&self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        let mut theme = if self.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        theme.characters.error = format!("error[{}]:", diagnostic.code);
        theme.characters.warning = format!("warning[{}]:", diagnostic.code);
        "see also:".clone_into(&mut theme.characters.advice);
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(self.width)
            .with_context_lines(CONTEXT_LINES)
            .with_links(false)
            // Sentences are broken here, since a line of code must never be: whoever copies it would copy half of it.
            .with_wrap_lines(false);
        let mut out = String::new();
        let mut report = Report::new(diagnostic, sources);
        report.message = broken(&report.message, self.width, (head_of(diagnostic), FRAME));
        report.help = report.help.map(|help| broken(&help, self.width, (HELP, HELP)));
        match handler.render_report(&mut out, &report) {
            Ok(()) => tidied(&out),
            // Only a failing writer gets here, and a String never fails; the sentence is what matters.
            Err(fmt::Error) => format!("{}: {}\n", diagnostic.code, shown(&diagnostic.message)),
        }
    }
}

/// The columns that miette puts before a help text.
const HELP: usize = "  help: ".len();
/// And before the further lines of a message.
const FRAME: usize = 4;

/// The columns before a message.
fn head_of(diagnostic: &Diagnostic) -> usize {
    let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    format!("  {severity}[{}]: ", diagnostic.code).len()
}

/// A text with its sentences broken at a width, and its lines of code, which are set in, as they are. The columns are those before its
/// first line and before the others.
fn broken(text: &str, width: usize, (first, others): (usize, usize)) -> String {
    let (first, others) = (" ".repeat(first), " ".repeat(others));
    let mut lines = Vec::new();
    for (nth, line) in text.split('\n').enumerate() {
        if line.starts_with("  ") {
            lines.push(line.to_owned());
            continue;
        }
        let before = if nth == 0 { &first } else { &others };
        let options = textwrap::Options::new(width.saturating_sub(2))
            .initial_indent(before)
            .subsequent_indent(&others)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let held = held_together(line);
        lines.extend(textwrap::wrap(&held, options).into_iter().map(|line| line.trim_start().replace(HELD, " ")));
    }
    lines.join("\n")
}

/// Stands for a space at which no line is broken: a sign of nobody's alphabet.
const HELD: char = '\u{e000}';

/// A sentence whose pieces of code, between backticks, have no space left to break a line at.
fn held_together(line: &str) -> String {
    let mut in_code = false;
    line.chars()
        .map(|sign| {
            in_code ^= sign == '`';
            if in_code && sign == ' ' { HELD } else { sign }
        })
        .collect()
}

/// Without miette's own heads (ours say more) and without space at line ends.
fn tidied(drawn: &str) -> String {
    let lines = drawn.lines().map(str::trim_end).filter(|line| !matches!(*line, "Advice:" | "Error:" | "Warning:"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// A diagnostic as miette wants it: one report per file, further files as related reports.
struct Report<'s> {
    severity: Option<Severity>,
    message: String,
    help: Option<String>,
    source: Option<Box<dyn SourceCode + 's>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Report<'s>>,
}

impl<'s> Report<'s> {
    fn new(diagnostic: &Diagnostic, sources: &'s Sources) -> Self {
        let mut files: Vec<Vec<&Label>> = Vec::new();
        for label in &diagnostic.labels {
            match files.iter_mut().find(|labels| labels.first().is_some_and(|first| first.at.file == label.at.file)) {
                Some(labels) => labels.push(label),
                None => files.push(vec![label]),
            }
        }
        let mut reports = files.iter().flat_map(|labels| Self::of_file(labels, sources));
        let first = reports.next();
        let (source, labels) = first.map_or((None, Vec::new()), |report| (report.source, report.labels));
        Self {
            severity: Some(diagnostic.severity),
            message: words(&diagnostic.message),
            help: help_text(diagnostic, sources),
            source,
            labels,
            related: reports.collect(),
        }
    }

    /// One drawing; one for each label where a line cannot be drawn as it stands.
    fn of_file(labels: &[&Label], sources: &'s Sources) -> Vec<Self> {
        let Some((source, lines)) = labels.first().and_then(|label| sources.with_lines(label.at)) else {
            return vec![Self::part(String::new(), None, Vec::new())];
        };
        let whole = |labels: &[&Label]| {
            let drawn = |label: &&Label| LabeledSpan::new_with_span(Some(words(&label.text)), label.at.span.range());
            let lines: Box<dyn SourceCode + 's> = Box::new(WholeLines { source, lines });
            Self::part(shown(&source.path).into_owned(), Some(lines), labels.iter().map(drawn).collect())
        };
        let spans: Vec<_> = labels.iter().map(|label| label.at.span).collect();
        // Labels on neighbouring lines are drawn as one, with what stands between them.
        if spans.iter().all(|span| window::can_be_drawn(&source.text, *span))
            && !window::cannot_stand_between(&source.text, &spans)
        {
            return vec![whole(labels)];
        }
        let drawn = labels.iter().map(|label| match Window::around(source, lines, label.at.span) {
            Some(window) => {
                let labels = vec![window.label(&words(&label.text))];
                Self::part(shown(&source.path).into_owned(), Some(Box::new(window)), labels)
            }
            None => whole(&[label]),
        });
        drawn.collect()
    }

    fn part(message: String, source: Option<Box<dyn SourceCode + 's>>, labels: Vec<LabeledSpan>) -> Self {
        Self { severity: None, message, help: None, source, labels, related: Vec::new() }
    }
}

fn help_text(diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
    let mended_to_read = |edits: &[Edit]| sources.mended_to_read(edits).map(|lines| lines.replace('\n', "\n  "));
    let mended = mended_to_read(&diagnostic.edits);
    let help = match (&diagnostic.help, mended) {
        (Some(help), Some(line)) => Some(format!("{help}\n  {line}")),
        (Some(help), None) => Some(help.clone()),
        (None, Some(line)) => Some(format!("write\n  {line}")),
        (None, None) => None,
    };
    let readings = diagnostic.readings.iter().filter_map(|reading| {
        match (reading.help.as_str(), mended_to_read(&reading.edits)) {
            ("", None) => None,
            ("", Some(line)) => Some(format!("  {line}")),
            // Where a line is only taken out, the words say which.
            (help, None) => Some(help.to_owned()),
            (help, Some(line)) => Some(format!("{help}\n  {line}")),
        }
    });
    let help: Vec<String> = help.into_iter().chain(readings).collect();
    let help = (!help.is_empty()).then(|| help.join("\n"));
    let told = match (&diagnostic.why, help) {
        (Some(why), Some(help)) => Some(format!("{why}\n{help}")),
        (Some(why), None) => Some(why.clone()),
        (None, help) => help,
    }?;
    Some(words(&told))
}

/// Of a diagnostic, as a terminal may have them: within bounds, and nothing in them that it would obey.
fn words(told: &str) -> String {
    let lines = told.match_indices('\n').nth(MOST_LINES_OF_WORDS).map_or(told.len(), |(at, _)| at);
    let most = told.floor_char_boundary(MOST_WORDS).min(lines);
    let cut = told.get(..most).filter(|cut| cut.len() < told.len());
    cut.map_or_else(|| shown(told).into_owned(), |cut| shown(cut).into_owned() + "…")
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Some(Severity::Error) => miette::Severity::Error,
            Some(Severity::Warning) => miette::Severity::Warning,
            None => miette::Severity::Advice,
        })
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_deref().map(|source| source as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(self.related.iter().map(|report| report as &dyn miette::Diagnostic)))
    }
}

/// A text of which a place shows its whole lines, and no others: what is wrong is seen in its sentence.
struct WholeLines<'s> {
    source: &'s Source,
    lines: &'s LineIndex,
}

impl SourceCode for WholeLines<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let Source { path, text } = self.source;
        let (mut from, mut to) = (span.offset(), span.offset() + span.len());
        let line_start = text.get(..from).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
        if before >= CONTEXT_LINES {
            from = line_start;
            to += text.get(to..).and_then(|text| text.find('\n')).unwrap_or(text.len().saturating_sub(to));
        }
        // miette counts lines from the first of what it gets: the line's own text, so that a long file is not read for each place.
        let offset = u32::try_from(line_start).map_err(|_| MietteError::OutOfBounds)?;
        let line = self.lines.line_column(text, offset).line as usize - 1;
        let rest = text.get(line_start..).ok_or(MietteError::OutOfBounds)?;
        let read = rest.read_span(&SourceSpan::from(from - line_start..to - line_start), 0, 0)?;
        let place = SourceSpan::from((read.span().offset() + line_start, read.span().len()));
        Ok(Box::new(MietteSpanContents::new_named(
            shown(path).into_owned(),
            read.data(),
            place,
            line + read.line(),
            read.column(),
            line + read.line_count(),
        )))
    }
}
