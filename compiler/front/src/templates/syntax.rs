//! From text with mistakes in its tokens to text that Jinja's parser accepts, with one fault for each mistake.
//!
//! The parser stops at its first error. So what is wrong is reported and then covered by blanks of the same length, and the
//! rest is parsed again: every offset stays, an author sees all mistakes at once. A condition that cannot be read becomes
//! [`POISON`], which agrees with everything, because its `{% endif %}` must keep a partner.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::machinery;

use super::MAX_TAGS;
use super::fault::{Construct, FaultKind, Syntax, TemplateFault, is_of_if};
use super::pieces::{Piece, PieceKind, Split};

/// Stands for a condition that could not be read. Not a name that a field can have.
const POISON: &str = "_";

pub(super) struct Mended {
    pub(super) text: String,
    pub(super) faults: Vec<TemplateFault>,
    /// Names that no fault should be reported for: [`POISON`], and words of refused tags, for `{% for item in list %}` explains
    /// every later `{{ item }}`.
    pub(super) excused: BTreeSet<String>,
}

pub(super) fn mend(text: &str, split: &Split) -> Mended {
    let mut mended = Mended { text: text.to_owned(), faults: split.faults.clone(), excused: BTreeSet::new() };
    for piece in split.pieces.iter().filter(|piece| piece.broken) {
        mended.cover(piece);
    }
    mended.refuse_tags(text, &split.pieces);
    mended.pair_ifs(text, &split.pieces);
    mended.read_expressions(&split.pieces);
    mended
}

impl Mended {
    fn report(&mut self, kind: FaultKind, piece: &Piece) {
        self.faults.push(TemplateFault { kind, span: piece.span.clone() });
    }

    fn cover(&mut self, piece: &Piece) {
        self.excused.insert(POISON.to_owned());
        let keeps_partner = piece.kind == PieceKind::Tag && matches!(piece.word(&self.text), "if" | "elif");
        let replacement = if keeps_partner { self.poisoned(piece) } else { " ".repeat(piece.span.len()) };
        self.overwrite(piece, &replacement);
    }

    fn overwrite(&mut self, piece: &Piece, replacement: &str) {
        if self.text.get(piece.span.clone()).is_some() {
            self.text.replace_range(piece.span.clone(), replacement);
        }
    }

    /// `{% if _ %}`, as long as the piece. `{%if%}` has no room for it and stays, so the next round gives up there.
    fn poisoned(&self, piece: &Piece) -> String {
        let open = format!("{{%{} {POISON}", piece.word(&self.text));
        match piece.span.len().checked_sub(open.len() + 2) {
            Some(room) => format!("{open}{}%}}", " ".repeat(room)),
            None => self.text.get(piece.span.clone()).unwrap_or_default().to_owned(),
        }
    }

    /// Everything but `if`, before the parser sees it: refused here, its ends need no report of their own. An end of nothing does: whoever
    /// fills in the mail would stumble over it.
    fn refuse_tags(&mut self, text: &str, pieces: &[Piece]) {
        let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
        for piece in pieces.iter().filter(|piece| piece.kind == PieceKind::Tag && !piece.broken) {
            let word = piece.word(text);
            if is_of_if(word) {
                continue;
            }
            match word.strip_prefix("end").map(|begun| refused.get_mut(begun).filter(|open| **open > 0)) {
                Some(Some(open)) => *open -= 1,
                Some(None) => self.report(FaultKind::Syntax(Syntax::StrayTag { tag: word.to_owned() }), piece),
                None => {
                    *refused.entry(word).or_default() += 1;
                    self.excused.extend(words(piece.inner(text)));
                    self.excused.extend((word == "for").then(|| "loop".to_owned()));
                    self.report(FaultKind::NotAllowed(Construct::Tag { name: word.to_owned() }), piece);
                }
            }
            self.cover(piece);
        }
    }

    fn pair_ifs(&mut self, text: &str, pieces: &[Piece]) {
        let mut open: Vec<(&Piece, bool)> = Vec::new();
        for (count, piece) in pieces.iter().filter(|piece| piece.kind == PieceKind::Tag).enumerate() {
            if count == MAX_TAGS {
                self.report(FaultKind::Syntax(Syntax::TooManyTags { limit: MAX_TAGS }), piece);
                self.text.clear();
                return;
            }
            match (piece.word(text), open.last_mut()) {
                ("if", _) => open.push((piece, false)),
                ("else", Some((_, had_else))) if !*had_else => *had_else = true,
                ("elif", Some((_, false))) => {}
                ("endif", Some(_)) => {
                    open.pop();
                }
                (word @ ("else" | "elif" | "endif"), _) => {
                    self.report(FaultKind::Syntax(Syntax::StrayTag { tag: word.to_owned() }), piece);
                    self.overwrite(piece, &" ".repeat(piece.span.len()));
                }
                _ => {}
            }
        }
        for (piece, _) in open {
            self.report(FaultKind::Syntax(Syntax::MissingEndif), piece);
            self.text.push_str("{% endif %}");
        }
    }

    /// Each token by itself, so that time stays in step with their number; then the whole, for what only shows there.
    fn read_expressions(&mut self, pieces: &[Piece]) {
        for piece in pieces.iter().filter(|piece| piece.kind != PieceKind::Comment) {
            let written = self.text.get(piece.span.clone()).unwrap_or_default();
            let alone = match (piece.kind, piece.word(&self.text)) {
                _ if written.trim().is_empty() => continue,
                (PieceKind::Tag, "if") => format!("{written}{{% endif %}}"),
                (PieceKind::Tag, "elif" | "else") => format!("{{% if x %}}{written}{{% endif %}}"),
                (PieceKind::Tag, "endif") => format!("{{% if x %}}{written}"),
                _ => written.to_owned(),
            };
            if let Err(error) = machinery::parse(&alone, "", Default::default()) {
                self.report(FaultKind::Syntax(Syntax::from_parser(error.detail().unwrap_or_default())), piece);
                self.cover(piece);
            }
        }
        if machinery::parse(&self.text, "", Default::default()).is_err() {
            self.give_up();
        }
    }

    /// The rest cannot be judged, but nothing unread may pass as checked.
    fn give_up(&mut self) {
        if self.faults.is_empty() {
            self.faults.push(TemplateFault { kind: FaultKind::Syntax(Syntax::Unreadable), span: 0..0 });
        }
        self.text.clear();
    }
}

fn words(inner: &str) -> impl Iterator<Item = String> + '_ {
    inner.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).map(str::to_owned)
}
