//! From text with mistakes in its tokens to text that Jinja's parser accepts, with one fault for each mistake.
//!
//! The parser stops at its first error. So what is wrong is reported and then covered by blanks of the same length, and the
//! rest is parsed again: every offset stays, an author sees all mistakes at once. A condition that cannot be read becomes
//! [`POISON`], which agrees with everything, because its `{% endif %}` must keep a partner.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::machinery;

use super::fault::{Construct, FaultKind, Slip, Syntax, TemplateFault, is_of_if};
use super::pieces::{Piece, PieceKind, Split};
use super::{MAX_TAGS, TemplateScope, slips};

/// Stands for a condition that could not be read. Not a name that a field can have.
const POISON: &str = "_";

pub(super) struct Mended {
    pub(super) text: String,
    pub(super) faults: Vec<TemplateFault>,
    /// Names that no fault should be reported for: [`POISON`], and words of refused tags, for `{% for item in list %}` explains
    /// every later `{{ item }}`.
    pub(super) excused: BTreeSet<String>,
    /// Fields that another tool's `if` asks for: inside it they are there.
    pub(super) asked: BTreeSet<String>,
}

pub(super) fn mend(text: &str, split: &Split, scope: &TemplateScope) -> Mended {
    let mut mended = Mended {
        text: text.to_owned(),
        faults: split.faults.clone(),
        excused: BTreeSet::new(),
        asked: BTreeSet::new(),
    };
    for piece in split.pieces.iter().filter(|piece| piece.broken) {
        mended.see_quotes(text, piece, scope);
        mended.cover(piece);
    }
    mended.refuse_tags(text, &split.pieces);
    mended.pair_ifs(text, &split.pieces);
    mended.read_slips(text, &split.pieces, scope);
    mended.read_expressions(text, &split.pieces, scope);
    mended
}

impl Mended {
    fn report(&mut self, kind: FaultKind, piece: &Piece) {
        self.faults.push(TemplateFault::new(kind, piece.span.clone()));
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
                Some(None) => {
                    let kind = FaultKind::Syntax(Syntax::StrayTag { tag: word.to_owned() });
                    self.faults.push(TemplateFault::new(kind, piece.span.clone()).edit(piece.span.clone(), ""));
                }
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

    /// A text in a token with quotes of a text processor seems to be never closed.
    fn see_quotes(&mut self, text: &str, piece: &Piece, scope: &TemplateScope) {
        let inner = piece.inner_span(text);
        let written = text.get(inner.clone()).unwrap_or_default();
        // So far faults are those of pieces, in their order.
        let first = self.faults.partition_point(|fault| fault.span.start < piece.span.start);
        let unclosed = self.faults.get_mut(first).filter(|fault| {
            matches!(fault.kind, FaultKind::Syntax(Syntax::UnclosedText { .. })) && fault.span.end <= piece.span.end
        });
        let mended = match piece.kind {
            PieceKind::Value => slips::unreadable(written, scope).map(|mended| mended.inner),
            _ => slips::typographic(written),
        };
        if let (Some(fault), Some(mended), true) = (unclosed, mended, slips::typographic(written).is_some()) {
            *fault = TemplateFault::new(FaultKind::Syntax(Syntax::Slip(Slip::Typographic)), piece.span.clone())
                .edit(inner, mended);
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

    /// What is clear though it is no token of Flow: links without quotes, and the questions of other tools with their ends.
    fn read_slips(&mut self, text: &str, pieces: &[Piece], scope: &TemplateScope) {
        // Which fault a `{{/if}}` belongs to.
        let mut open: Vec<usize> = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.kind == PieceKind::Value && !piece.broken) {
            let inner = piece.inner(text);
            if let Some(mended) = slips::link(inner, scope) {
                self.faults.push(
                    TemplateFault::new(mended.kind, piece.span.clone()).edit(piece.inner_span(text), mended.inner),
                );
                self.cover(piece);
            } else if let Some(begun) = inner.strip_prefix('#') {
                open.push(self.faults.len());
                let fault = self.question(begun, piece, scope);
                self.faults.push(fault);
                self.cover(piece);
            } else if let Some(mended) = ended(inner, scope) {
                let fault = match inner.starts_with('/') {
                    true => open.pop(),
                    false => open.last().copied(),
                };
                match fault.and_then(|fault| self.faults.get_mut(fault)) {
                    // What could not be mended at its beginning is not mended at its end.
                    Some(fault) if fault.edits.is_empty() => {}
                    Some(fault) => fault.edits.push((piece.span.clone(), mended)),
                    None => {
                        let kind = FaultKind::Syntax(Syntax::Slip(Slip::ForeignIf));
                        self.faults.push(TemplateFault::new(kind, piece.span.clone()).edit(piece.span.clone(), mended));
                    }
                }
                self.cover(piece);
            }
        }
    }

    /// `{{#if first_name}}`, from behind its `#`.
    fn question(&mut self, begun: &str, piece: &Piece, scope: &TemplateScope) -> TemplateFault {
        let kind = FaultKind::Syntax(Syntax::Slip(Slip::ForeignIf));
        let (word, asked) = begun.split_once(char::is_whitespace).unwrap_or((begun, ""));
        let (asked, rest) = match word {
            "if" => (slips::question(asked, scope), ""),
            "unless" => (slips::question(asked, scope), "{% else %}"),
            _ => (None, ""),
        };
        self.excused.extend(words(begun));
        let Some(asked) = asked else {
            return TemplateFault::new(FaultKind::Syntax(Syntax::Unreadable), piece.span.clone());
        };
        self.asked.extend(asked.split(' ').next().map(str::to_owned));
        TemplateFault::new(kind, piece.span.clone()).edit(piece.span.clone(), format!("{{% if {asked} %}}{rest}"))
    }

    /// Each token by itself, so that time stays in step with their number; then the whole, for what only shows there.
    fn read_expressions(&mut self, text: &str, pieces: &[Piece], scope: &TemplateScope) {
        for piece in pieces.iter().filter(|piece| piece.kind != PieceKind::Comment) {
            let written = self.text.get(piece.span.clone()).unwrap_or_default();
            let alone = match (piece.kind, piece.word(&self.text)) {
                _ if written.trim().is_empty() => continue,
                (PieceKind::Tag, "if") => format!("{written}{{% endif %}}"),
                (PieceKind::Tag, "elif") => format!("{{% if x %}}{written}{{% endif %}}"),
                (PieceKind::Tag, "else") => format!("{{% if x %}}{written}{{% endif %}}"),
                (PieceKind::Tag, "endif") => format!("{{% if x %}}{written}"),
                _ => written.to_owned(),
            };
            let Err(error) = machinery::parse(&alone, "", Default::default()) else { continue };
            let mended =
                (piece.kind == PieceKind::Value).then(|| slips::unreadable(piece.inner(text), scope)).flatten();
            match mended {
                Some(mended) => {
                    let braces = matches!(mended.kind, FaultKind::Syntax(Syntax::Slip(Slip::Braces)));
                    let third =
                        usize::from(braces && text.get(piece.span.end..).is_some_and(|rest| rest.starts_with('}')));
                    let place = piece.span.start..piece.span.end + third;
                    let fault = TemplateFault::new(mended.kind, place.clone());
                    self.faults.push(fault.edit(place, format!("{{{{ {} }}}}", mended.inner)));
                }
                None => {
                    let straight = slips::typographic(piece.inner(text));
                    let fault = match straight {
                        Some(straight) => {
                            TemplateFault::new(FaultKind::Syntax(Syntax::Slip(Slip::Typographic)), piece.span.clone())
                                .edit(piece.inner_span(text), straight)
                        }
                        None => {
                            let syntax = Syntax::from_parser(error.detail().unwrap_or_default());
                            TemplateFault::new(FaultKind::Syntax(syntax), piece.span.clone())
                        }
                    };
                    self.faults.push(fault);
                }
            }
            self.cover(piece);
        }
        if machinery::parse(&self.text, "", Default::default()).is_err() {
            self.give_up();
        }
    }

    /// The rest cannot be judged, but nothing unread may pass as checked.
    fn give_up(&mut self) {
        if self.faults.is_empty() {
            self.faults.push(TemplateFault::new(FaultKind::Syntax(Syntax::Unreadable), 0..0));
        }
        self.text.clear();
    }
}

/// What Flow writes for `{{else}}` and `{{/if}}`.
fn ended(inner: &str, scope: &TemplateScope) -> Option<String> {
    let rest = inner.strip_prefix("else").or_else(|| inner.strip_prefix('^'));
    match rest.map(str::trim) {
        Some("") => return Some("{% else %}".to_owned()),
        Some(rest) => {
            let asked = slips::question(rest.strip_prefix("if ")?, scope)?;
            return Some(format!("{{% elif {asked} %}}"));
        }
        None => {}
    }
    let word = inner.strip_prefix('/')?;
    word.chars().all(|c| c.is_ascii_alphabetic()).then(|| "{% endif %}".to_owned())
}

fn words(inner: &str) -> impl Iterator<Item = String> + '_ {
    inner.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).map(str::to_owned)
}
