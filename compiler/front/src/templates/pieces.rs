//! Where the tokens are: `{{ .. }}`, `{% .. %}` and `{# .. #}` as byte ranges, before anything reads HTML or Jinja.
//!
//! A quote inside a token must not end an HTML attribute (`href="{{ link("x") }}"`), so markup is only ever read with the
//! tokens covered up. Texts inside a token may not hold its end mark; that keeps a forgotten quote from swallowing the rest.

use std::ops::Range;

use super::fault::{FaultKind, Syntax, TemplateFault};

/// How far behind the beginning of a token its end is looked for.
const MAX_NEAR_BYTES: usize = 120;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// `{{ .. }}`
    Value,
    /// `{% .. %}`
    Tag,
    /// `{# .. #}`
    Comment,
}

impl PieceKind {
    const ALL: [Self; 3] = [Self::Value, Self::Tag, Self::Comment];

    pub(super) fn opener(self) -> &'static str {
        match self {
            Self::Value => "{{",
            Self::Tag => "{%",
            Self::Comment => "{#",
        }
    }

    pub(super) fn closer(self) -> &'static str {
        match self {
            Self::Value => "}}",
            Self::Tag => "%}",
            Self::Comment => "#}",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    pub(super) span: Range<usize>,
    /// A fault was reported for it, so nothing else should be.
    pub(super) broken: bool,
}

impl Piece {
    /// What stands between the marks, without `-` or `+` (which trim blanks) and blanks.
    pub(super) fn inner<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.inner_span(text)).unwrap_or_default()
    }

    /// All that stands between the marks, blanks too.
    pub(super) fn between<'t>(&self, text: &'t str) -> &'t str {
        let marked = text.get(self.span.clone()).unwrap_or_default();
        let inner = marked.strip_prefix(self.kind.opener()).unwrap_or(marked);
        inner.strip_suffix(self.kind.closer()).unwrap_or(inner)
    }

    /// Where [`inner`](Self::inner) stands.
    pub(super) fn inner_span(&self, text: &str) -> Range<usize> {
        let marked = text.get(self.span.clone()).unwrap_or_default();
        let inner = marked.strip_prefix(self.kind.opener()).unwrap_or(marked);
        let opened = marked.len() - inner.len();
        let inner = inner.strip_suffix(self.kind.closer()).unwrap_or(inner);
        let trimmed = inner.trim_start_matches(['-', '+']).trim_start();
        let start = self.span.start + opened + (inner.len() - trimmed.len());
        start..start + trimmed.trim_end_matches(['-', '+']).trim_end().len()
    }

    /// The first word of a `{% .. %}`.
    pub(super) fn word<'t>(&self, text: &'t str) -> &'t str {
        let inner = self.inner(text);
        let end = inner.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inner.len());
        inner.get(..end).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
pub(super) struct Split {
    pub(super) pieces: Vec<Piece>,
    pub(super) faults: Vec<TemplateFault>,
    /// No `#}` follows.
    no_comment_ends: bool,
}

pub(super) fn split(text: &str) -> Split {
    let mut split = Split::default();
    let mut at = 0;
    while let Some((start, kind)) = next_opener(text, at) {
        let piece = split.read_piece(text, start, kind);
        at = piece.span.end;
        split.pieces.push(piece);
    }
    split
}

fn next_opener(text: &str, from: usize) -> Option<(usize, PieceKind)> {
    let rest = text.get(from..)?;
    rest.match_indices('{').find_map(|(at, _)| {
        let here = rest.get(at..)?;
        PieceKind::ALL.into_iter().find(|kind| here.starts_with(kind.opener())).map(|kind| (from + at, kind))
    })
}

impl Split {
    fn read_piece(&mut self, text: &str, start: usize, kind: PieceKind) -> Piece {
        let inner_start = start + kind.opener().len();
        let rest = text.get(inner_start..).unwrap_or_default();
        // What opens before it closes was never closed; so nothing is looked through twice.
        let limit = match kind {
            PieceKind::Comment if self.no_comment_ends => 0,
            PieceKind::Comment => rest.len(),
            _ => next_opener(rest, 0).map_or(rest.len(), |(at, _)| at),
        };
        let Some(len) = rest.get(..limit).and_then(|within| within.find(kind.closer())) else {
            self.no_comment_ends |= kind == PieceKind::Comment;
            let len = rest.get(..limit).and_then(|within| wrongly_closed(kind, within)).unwrap_or_default();
            let span = start..inner_start + len;
            let unclosed = Syntax::Unclosed { opener: kind.opener(), closer: kind.closer() };
            self.faults.push(TemplateFault::new(FaultKind::Syntax(unclosed), span.clone()));
            return Piece { kind, span, broken: true };
        };
        let inner = rest.get(..len).unwrap_or_default();
        let open_quote = if kind == PieceKind::Comment { None } else { unclosed_quote(inner) };
        if let Some((at, quote)) = open_quote {
            let span = inner_start + at..inner_start + inner.trim_end().len();
            self.faults.push(TemplateFault::new(FaultKind::Syntax(Syntax::UnclosedText { quote }), span));
        }
        Piece { kind, span: start..inner_start + len + kind.closer().len(), broken: open_quote.is_some() }
    }
}

/// Where a token ends that was closed with other braces: `{{ first_name }`, `{% if x }}`. Far away they belong to something else.
fn wrongly_closed(kind: PieceKind, within: &str) -> Option<usize> {
    let closers = match kind {
        PieceKind::Value => ["} }", "%}", "}"],
        PieceKind::Tag => ["% }", "}}", "}"],
        PieceKind::Comment => return None,
    };
    let near = within.get(..within.find(['<', '\n', '{']).unwrap_or(within.len()))?;
    let found = closers.into_iter().filter_map(|closer| Some((near.find(closer)?, closer.len())));
    let (at, len) = found.min_by_key(|(at, len)| (*at, usize::MAX - len)).filter(|(at, _)| *at <= MAX_NEAR_BYTES)?;
    Some(at + len)
}

fn unclosed_quote(inner: &str) -> Option<(usize, char)> {
    let mut open = None;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match open {
            _ if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some((_, quote)) if c == quote => open = None,
            None if matches!(c, '"' | '\'') => open = Some((at, c)),
            _ => {}
        }
    }
    open
}

/// The text with every piece covered by as many letters, so that it reads as plain markup with the same offsets.
pub(super) fn cover(text: &str, pieces: &[Piece]) -> String {
    let mut covered = text.to_owned();
    for piece in pieces {
        covered.replace_range(piece.span.clone(), &"x".repeat(piece.span.len()));
    }
    covered
}

/// The text with blanks in place of every piece.
pub(super) fn blank(text: &str, pieces: &[Piece]) -> String {
    let mut blanked = text.to_owned();
    for piece in pieces {
        blanked.replace_range(piece.span.clone(), &" ".repeat(piece.span.len()));
    }
    blanked
}
