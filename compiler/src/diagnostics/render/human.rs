//! For people: drawn by miette, with the mended line below.

use super::Sources;
use crate::diagnostics::{Diagnostic, Label, Severity};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use std::fmt;

/// How to draw.
#[derive(Debug, Clone, Copy)]
pub struct Human {
    pub colour: bool,
    /// Columns.
    pub width: usize,
}

impl Human {
    /// One diagnostic, ending in a line break.
    pub fn render(&self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        let theme = if self.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(self.width)
            .with_context_lines(0)
            .with_links(false)
            .with_wrap_lines(true);
        let mut out = String::new();
        match handler.render_report(&mut out, &Report::new(diagnostic, sources)) {
            Ok(()) => out.lines().map(str::trim_end).fold(String::new(), |text, line| text + line + "\n"),
            // Only a failing writer gets here, and a String never fails; the sentence is what matters.
            Err(fmt::Error) => format!("{}: {}\n", diagnostic.code, diagnostic.message),
        }
    }
}

/// A diagnostic as miette wants it: one report per file, further files as related reports.
struct Report {
    head: Option<(String, Severity)>,
    message: String,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Report>,
}

impl Report {
    fn new(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let mut files: Vec<Vec<&Label>> = Vec::new();
        for label in &diagnostic.labels {
            match files.iter_mut().find(|labels| labels[0].at.file == label.at.file) {
                Some(labels) => labels.push(label),
                None => files.push(vec![label]),
            }
        }
        let mut reports = files.iter().map(|labels| Self::of_file(labels, sources));
        let first = reports.next();
        let (source, labels) = first.map_or((None, Vec::new()), |report| (report.source, report.labels));
        Self {
            head: Some((diagnostic.code.to_string(), diagnostic.severity)),
            message: diagnostic.message.clone(),
            help: help_text(diagnostic, sources),
            source,
            labels,
            related: reports.collect(),
        }
    }

    fn of_file(labels: &[&Label], sources: &Sources) -> Self {
        let source = labels.first().and_then(|label| sources.get(label.at));
        Self {
            head: None,
            message: labels.first().map(|label| label.text.clone()).unwrap_or_default(),
            help: None,
            source: source.map(|source| NamedSource::new(&source.path, source.text.clone())),
            labels: labels
                .iter()
                .map(|label| LabeledSpan::new_with_span(Some(label.text.clone()), label.at.span.range()))
                .collect(),
            related: Vec::new(),
        }
    }
}

fn help_text(diagnostic: &Diagnostic, sources: &Sources) -> Option<String> {
    let mended = sources.mended(diagnostic);
    let help = match (&diagnostic.help, mended) {
        (Some(help), Some(line)) => Some(format!("{help}\n  {line}")),
        (Some(help), None) => Some(help.clone()),
        (None, Some(line)) => Some(format!("write\n  {line}")),
        (None, None) => None,
    };
    match (&diagnostic.why, help) {
        (Some(why), Some(help)) => Some(format!("{why}\n{help}")),
        (Some(why), None) => Some(why.clone()),
        (None, help) => help,
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for Report {}

impl miette::Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.head.as_ref().map(|(code, _)| Box::new(code) as Box<dyn fmt::Display>)
    }
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.head {
            Some((_, Severity::Error)) => miette::Severity::Error,
            Some((_, Severity::Warning)) => miette::Severity::Warning,
            None => miette::Severity::Advice,
        })
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        Some(Box::new(self.related.iter().map(|report| report as &dyn miette::Diagnostic)))
    }
}
