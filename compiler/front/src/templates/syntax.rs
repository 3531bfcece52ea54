//! From text with mistakes in its tokens to text that Jinja's parser accepts, with one fault for each mistake.
//!
//! The parser stops at its first error. So what is wrong is reported and then covered by blanks of the same length, and the
//! rest is parsed again: every offset stays, an author sees all mistakes at once. A condition that cannot be read becomes
//! [`POISON`], which agrees with everything, because its `{% endif %}` must keep a partner.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::machinery;

use super::fault::{Construct, FaultKind, Slip, Syntax, TemplateFault, is_of_if};
use super::pieces::{Piece, PieceKind, Split};
use super::questions::{self, Asked};
use super::{MAX_TAGS, TemplateScope, slips};

/// Stands for a condition that could not be read. Not a name that a field can have.
const POISON: &str = "_";

pub(super) struct Mended {
    pub(super) text: String,
    pub(super) faults: Vec<TemplateFault>,
    /// Names that no fault should be reported for: [`POISON`], and words of refused tags, for `{% for item in list %}` explains
    /// every later `{{ item }}`.
    pub(super) excused: BTreeSet<String>,
    /// Fields that another tool's `if` asks for, and where: inside it they are there.
    pub(super) asked: Vec<(String, Range<usize>)>,
    /// Tags that are other tools' words, by where they begin: Flow's word for it, and what is asked.
    respelled: BTreeMap<usize, (&'static str, String)>,
    /// From where a branch of an `if` begins: its next one, or its end.
    next: BTreeMap<usize, (Range<usize>, &'static str)>,
    /// `{% unless x %}`, by where each begins.
    unless: BTreeSet<usize>,
    /// `{% end %}`, `{% endunless %}`: an end in other words, by the beginning of what it ends.
    theirs_ends: BTreeMap<usize, Range<usize>>,
}

/// How many questions around a token are thought of.
const MAX_ASKED_AROUND: usize = 16;
/// Branches that change places when a question is turned are short.
const MAX_TURNED_BYTES: usize = 2000;

pub(super) fn mend(text: &str, split: &Split, scope: &TemplateScope) -> Mended {
    let mut mended = Mended {
        text: text.to_owned(),
        faults: split.faults.clone(),
        excused: BTreeSet::new(),
        asked: Vec::new(),
        respelled: BTreeMap::new(),
        next: BTreeMap::new(),
        unless: BTreeSet::new(),
        theirs_ends: BTreeMap::new(),
    };
    for piece in split.pieces.iter().filter(|piece| piece.broken) {
        mended.see_quotes(text, piece, scope);
        mended.see_braces(text, piece, scope);
        mended.cover(piece);
    }
    mended.see_comments(text, &split.pieces);
    mended.respell(text, &split.pieces);
    mended.refuse_tags(text, &split.pieces);
    mended.pair_ifs(text, &split.pieces);
    mended.read_questions(text, &split.pieces, scope);
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
            let is_of_if = is_of_if(word) || self.respelled.contains_key(&piece.span.start);
            if is_of_if || self.is_covered(piece) {
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
                    let fault = TemplateFault::new(
                        FaultKind::NotAllowed(Construct::Tag { name: word.to_owned() }),
                        piece.span.clone(),
                    );
                    self.faults.push(match way_out(text, piece) {
                        Some(ours) => fault.edit(piece.span.clone(), ours),
                        None => fault,
                    });
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
        let mut open: Vec<OpenIf<'_>> = Vec::new();
        let mut tags = 0;
        for piece in pieces.iter().filter(|piece| piece.kind != PieceKind::Comment) {
            if piece.kind == PieceKind::Value {
                self.pair_value(text, piece, &mut open);
                continue;
            }
            tags += 1;
            if tags > MAX_TAGS {
                self.report(FaultKind::Syntax(Syntax::TooManyTags { limit: MAX_TAGS }), piece);
                self.text.clear();
                return;
            }
            let is_ours = !self.respelled.contains_key(&piece.span.start);
            let word = match self.respelled.get(&piece.span.start) {
                Some((word, _)) => (*word).to_owned(),
                None => piece.word(if piece.broken { text } else { &self.text }).to_owned(),
            };
            match (word.as_str(), open.last_mut()) {
                ("if", _) => open.push(OpenIf { piece, branch: piece.span.start, had_else: false, is_theirs: false }),
                ("else", Some(last)) if !last.had_else => {
                    last.had_else = true;
                    self.next_branch(last, piece, "else");
                    self.report_respelled(is_ours, text, piece);
                }
                ("elif", Some(last)) if !last.had_else => self.next_branch(last, piece, "elif"),
                ("endif", Some(last)) => {
                    self.next_branch(last, piece, "endif");
                    let is_of_unless = self.unless.contains(&last.piece.span.start);
                    if !is_ours {
                        self.theirs_ends.insert(last.piece.span.start, piece.inner_span(text));
                    }
                    if is_ours || !is_of_unless || piece.word(text) != "endunless" {
                        self.report_respelled(is_ours, text, piece);
                    }
                    if self.is_covered(piece) {
                        self.text.push_str("{% endif %}");
                    }
                    open.pop();
                }
                ("else" | "elif" | "endif", _) if piece.broken => {}
                (word @ ("else" | "elif" | "endif"), _) => {
                    let tag = if is_ours { word } else { piece.word(text) };
                    self.report(FaultKind::Syntax(Syntax::StrayTag { tag: tag.to_owned() }), piece);
                    self.overwrite(piece, &" ".repeat(piece.span.len()));
                }
                _ => {}
            }
        }
        for open in open.into_iter().filter(|open| !open.is_theirs) {
            // What is never closed may be so by a tag that is refused.
            if !open.piece.broken {
                self.report(FaultKind::Syntax(Syntax::MissingEndif), open.piece);
            }
            self.text.push_str("{% endif %}");
        }
    }

    /// `{{ endif }}` in place of `{% endif %}`. What `{{#if x}}` begins, `{{/if}}` ends.
    fn pair_value(&mut self, text: &str, piece: &Piece, open: &mut Vec<OpenIf<'_>>) {
        let inner = piece.inner(text);
        let theirs = || OpenIf { piece: &NOWHERE, branch: 0, had_else: false, is_theirs: true };
        match (inner, open.last()) {
            _ if inner.starts_with('#') => open.push(theirs()),
            _ if inner.starts_with('/') && open.last().is_some_and(|last| last.is_theirs) => drop(open.pop()),
            ("endif" | "end if" | "end" | "/if", Some(last)) if !last.is_theirs => {
                let kind = FaultKind::Syntax(Syntax::Slip(Slip::Word));
                self.faults.push(TemplateFault::new(kind, piece.span.clone()).edit(piece.span.clone(), "{% endif %}"));
                self.next.insert(last.branch, (piece.span.clone(), "endif"));
                self.cover(piece);
                self.text.push_str("{% endif %}");
                open.pop();
            }
            _ => {}
        }
    }

    fn next_branch(&mut self, open: &mut OpenIf<'_>, piece: &Piece, word: &'static str) {
        self.next.insert(open.branch, (piece.span.clone(), word));
        open.branch = piece.span.start;
    }

    /// A word that is another tool's and asks nothing, as Flow writes it.
    fn report_respelled(&mut self, is_ours: bool, text: &str, piece: &Piece) {
        let Some((word, _)) = self.respelled.get(&piece.span.start).filter(|_| !is_ours) else { return };
        let kind = FaultKind::Syntax(Syntax::Slip(Slip::Word));
        let fault = TemplateFault::new(kind, piece.span.clone()).edit(piece.inner_span(text), *word);
        self.faults.push(fault);
    }

    /// What stands between `{% comment %}` and its end is for colleagues.
    fn see_comments(&mut self, text: &str, pieces: &[Piece]) {
        let is_whole = |piece: &Piece| piece.kind == PieceKind::Tag && !piece.broken;
        for (begin, end) in pieces.iter().zip(pieces.iter().skip(1)) {
            let inside = text.get(begin.span.end..end.span.start).unwrap_or_default();
            let is_comment = is_whole(begin) && begin.inner(text) == "comment" && end.inner(text) == "endcomment";
            if !is_comment || !is_whole(end) || inside.contains("#}") {
                continue;
            }
            let kind = FaultKind::Syntax(Syntax::Slip(Slip::Word));
            let fault = TemplateFault::new(kind, begin.span.clone());
            self.faults.push(fault.edit(begin.span.clone(), "{#").edit(end.span.clone(), "#}"));
            self.cover(begin);
            self.cover(end);
        }
    }

    /// Other tools' words for the parts of an `if`, in ours: so that each `if` has its end.
    fn respell(&mut self, text: &str, pieces: &[Piece]) {
        for piece in pieces.iter().filter(|piece| piece.kind == PieceKind::Tag && !piece.broken) {
            if self.is_covered(piece) {
                continue;
            }
            let inner = piece.inner(text);
            let found = match questions::respelled(inner) {
                Some((word, asked)) => (word, asked.to_owned()),
                None => match inner.strip_prefix("unless ") {
                    Some(asked) => {
                        self.unless.insert(piece.span.start);
                        ("if", asked.to_owned())
                    }
                    None => continue,
                },
            };
            let asks = matches!(found.0, "if" | "elif");
            let tag = if asks { format!("{{%{} {POISON}", found.0) } else { format!("{{%{}", found.0) };
            match piece.span.len().checked_sub(tag.len() + 2) {
                Some(room) => self.overwrite(piece, &format!("{tag}{}%}}", " ".repeat(room))),
                // `{%end%}` has no room for its word: what it ends is ended with the whole.
                None => self.overwrite(piece, &" ".repeat(piece.span.len())),
            }
            if asks {
                self.excused.insert(POISON.to_owned());
            }
            self.respelled.insert(piece.span.start, found);
        }
    }

    fn is_covered(&self, piece: &Piece) -> bool {
        self.text.get(piece.span.clone()).is_none_or(|written| written.trim().is_empty())
    }

    /// What other tools ask, and Jinja asks otherwise, as Flow does: with its branches turned where it asks for the contrary.
    fn read_questions(&mut self, text: &str, pieces: &[Piece], scope: &TemplateScope) {
        for piece in pieces.iter().filter(|piece| piece.kind == PieceKind::Tag && !piece.broken) {
            let start = piece.span.start;
            let (word, asked) = match self.respelled.get(&start) {
                Some((word @ ("if" | "elif"), asked)) => (*word, asked.clone()),
                Some(_) => continue,
                None => match piece.word(text) {
                    word @ ("if" | "elif") => {
                        let asked = piece.inner(text).get(word.len()..).unwrap_or_default();
                        (if word == "if" { "if" } else { "elif" }, asked.to_owned())
                    }
                    _ => continue,
                },
            };
            let is_respelled = self.respelled.contains_key(&start);
            let is_unless = self.unless.contains(&start);
            let tidy =
                slips::tidied(piece.between(text)).map(|_| slips::tidied(&asked).unwrap_or_else(|| asked.clone()));
            let straight = slips::typographic(tidy.as_deref().unwrap_or(&asked));
            let plain = straight.as_deref().or(tidy.as_deref()).unwrap_or(&asked).trim().to_owned();
            let found = if word == "elif" && plain.is_empty() {
                None
            } else if is_unless {
                let field =
                    questions::asked(&plain, scope).or_else(|| Some(Asked::Same(slips::question(&plain, scope)?)));
                field.map(|asked| match asked {
                    Asked::Same(same) => Asked::Turned(same),
                    Asked::Turned(same) => Asked::Same(same),
                })
            } else {
                questions::asked(&plain, scope)
            };
            let is_otherwise = tidy.is_some() || straight.is_some() || is_respelled || plain.is_empty();
            if found.is_none() && !is_otherwise {
                continue;
            }
            let kind = match &found {
                _ if tidy.is_some() => FaultKind::Syntax(Syntax::Slip(Slip::Editor)),
                _ if straight.is_some() => FaultKind::Syntax(Syntax::Slip(Slip::Typographic)),
                _ if is_respelled => FaultKind::Syntax(Syntax::Slip(Slip::Word)),
                _ if plain.is_empty() => FaultKind::Syntax(Syntax::ValueMissing),
                _ if plain.starts_with("not ") => FaultKind::NotAllowed(Construct::Not),
                _ if plain.ends_with("\"\"") || plain.ends_with("''") => FaultKind::Syntax(Syntax::Slip(Slip::Empty)),
                _ => FaultKind::Syntax(Syntax::Slip(Slip::ForeignIf)),
            };
            let edits = self.question_edits(text, piece, word, &plain, found.as_ref());
            let field = match &found {
                Some(Asked::Same(asked) | Asked::Turned(asked)) => asked.split(' ').next().map(str::to_owned),
                None => plain.split(' ').next().map(str::to_owned),
            };
            let inside = start..self.end_of_if(start).unwrap_or(text.len());
            self.asked.extend(field.map(|field| (field, inside)));
            let mut fault = TemplateFault::new(kind, piece.span.clone());
            fault.edits = edits;
            // The end in other words is mended with it.
            if let Some(end) = self.theirs_ends.get(&start).filter(|_| !fault.edits.is_empty()) {
                self.faults.retain(|other| !other.edits.iter().any(|(place, _)| place == end));
            }
            self.faults.push(fault);
            self.cover(piece);
        }
    }

    /// Where the `if` ends that has a branch here.
    fn end_of_if(&self, branch: usize) -> Option<usize> {
        let mut at = branch;
        loop {
            match self.next.get(&at)? {
                (end, "endif") => return Some(end.start),
                // Branches come one behind the other, so this ends.
                (other, _) => at = other.start,
            }
        }
    }

    fn question_edits(
        &self,
        text: &str,
        piece: &Piece,
        word: &'static str,
        plain: &str,
        found: Option<&Asked>,
    ) -> Vec<(Range<usize>, String)> {
        let start = piece.span.start;
        let inner = piece.inner_span(text);
        let next = self.next.get(&start);
        let ended = self.theirs_ends.get(&start).map(|end| (end.clone(), "endif".to_owned()));
        let mut edits = match found {
            // `{% elif %}` without a question is the last branch.
            None if plain.is_empty() => match next {
                Some((_, "endif")) if word == "elif" => vec![(inner, "else".to_owned())],
                _ => return Vec::new(),
            },
            None => vec![(inner, format!("{word} {plain}"))],
            Some(Asked::Same(asked)) => vec![(inner, format!("{word} {asked}"))],
            Some(Asked::Turned(field)) => match next {
                Some((_, "endif")) => vec![(inner, format!("{word} {field} %}}{{% else"))],
                Some((other, "else")) => {
                    let end = self.next.get(&other.start).filter(|(_, word)| *word == "endif");
                    let Some((end, _)) = end else { return Vec::new() };
                    let (yes, no) = (piece.span.end..other.start, other.end..end.start);
                    let of = |place: &Range<usize>| text.get(place.clone()).unwrap_or_default().to_owned();
                    if yes.len() + no.len() > MAX_TURNED_BYTES {
                        return Vec::new();
                    }
                    let turned = [(yes.clone(), of(&no)), (no.clone(), of(&yes))];
                    [(inner, format!("{word} {field}"))].into_iter().chain(turned).collect()
                }
                _ => return Vec::new(),
            },
        };
        edits.extend(ended);
        edits
    }

    /// A token that was closed with other braces.
    fn see_braces(&mut self, text: &str, piece: &Piece, scope: &TemplateScope) {
        let first = self.faults.partition_point(|fault| fault.span.start < piece.span.start);
        let unclosed = self.faults.get_mut(first).filter(|fault| {
            matches!(fault.kind, FaultKind::Syntax(Syntax::Unclosed { .. })) && fault.span == piece.span
        });
        let Some(fault) = unclosed else { return };
        let written = piece.between(text).trim_end_matches(['}', '%', ' ']).trim();
        let mended = match piece.kind {
            _ if written.is_empty() => None,
            PieceKind::Value => slips::value(written, scope),
            _ => Some(written.to_owned()),
        };
        fault.edits.extend(
            mended
                .map(|inner| (piece.span.clone(), format!("{} {inner} {}", piece.kind.opener(), piece.kind.closer()))),
        );
    }

    /// What is clear though it is no token of Flow: links without quotes, and the questions of other tools with their ends.
    fn read_slips(&mut self, text: &str, pieces: &[Piece], scope: &TemplateScope) {
        // Which fault a `{{/if}}` belongs to.
        let mut open: Vec<usize> = Vec::new();
        // What each of them calls its field, and what that is called here.
        let mut asked: BTreeMap<usize, (String, String)> = BTreeMap::new();
        for piece in pieces.iter().filter(|piece| piece.kind == PieceKind::Value && !piece.broken) {
            let inner = piece.inner(text);
            if self.is_covered(piece) {
                continue;
            }
            let theirs = open.iter().rev().take(MAX_ASKED_AROUND).find_map(|fault| Some((*fault, asked.get(fault)?)));
            if let Some((fault, (_, ours))) = theirs.filter(|(_, (theirs, ours))| theirs == inner && theirs != ours) {
                // `{{#if company}}{{company}}{{/if}}`: known there, under its own name.
                if let Some(fault) = self.faults.get_mut(fault) {
                    fault.edits.push((piece.span.clone(), format!("{{{{ {ours} }}}}")));
                }
                self.cover(piece);
            } else if let Some(mended) = slips::untidy(piece.between(text), scope) {
                let fault = TemplateFault::new(mended.kind.clone(), piece.span.clone());
                self.faults.push(fault.edit(piece.span.clone(), mended.token()));
                self.cover(piece);
            } else if let Some(said) = inner.strip_prefix('!') {
                let said = said.trim_start_matches('-').trim_end_matches('-').trim();
                let fault = TemplateFault::new(FaultKind::Syntax(Syntax::Slip(Slip::Word)), piece.span.clone());
                self.faults.push(fault.edit(piece.span.clone(), format!("{{# {said} #}}")));
                self.cover(piece);
            } else if let Some(mended) = slips::link(inner, scope) {
                self.faults.push(
                    TemplateFault::new(mended.kind, piece.span.clone()).edit(piece.inner_span(text), mended.inner),
                );
                self.cover(piece);
            } else if let Some(begun) = inner.strip_prefix('#') {
                open.push(self.faults.len());
                let fault = self.question(begun, piece, scope);
                let theirs = begun.strip_prefix("if ").map(str::trim);
                if let Some((theirs, ours)) = theirs.and_then(|theirs| Some((theirs, slips::question(theirs, scope)?)))
                {
                    asked.insert(self.faults.len(), (theirs.to_owned(), ours));
                }
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
        // Where it ends is not read, so all behind it may be inside.
        self.asked.extend(asked.split(' ').next().map(|field| (field.to_owned(), piece.span.start..usize::MAX)));
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
                    let mut fault = TemplateFault::new(mended.kind.clone(), place.clone());
                    if !mended.inner.is_empty() {
                        fault = fault.edit(place, mended.token());
                    }
                    self.faults.push(fault);
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

/// An `if` that waits for its end.
struct OpenIf<'p> {
    piece: &'p Piece,
    /// Where its last branch begins.
    branch: usize,
    had_else: bool,
    /// `{{#if x}}`, which `{{/if}}` ends.
    is_theirs: bool,
}

const NOWHERE: Piece = Piece { kind: PieceKind::Value, span: 0..0, broken: true };

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

/// `{% unsubscribe "Leave the list" %}` of another mail tool, as a link: the address alone where an attribute holds it.
fn way_out(text: &str, piece: &Piece) -> Option<String> {
    let word = piece.word(text).to_lowercase();
    if !word.contains("unsubscribe") && !matches!(word.as_str(), "unsub" | "optout" | "opt_out") {
        return None;
    }
    const ADDRESS: &str = "{{ unsubscribe_url }}";
    if text.get(..piece.span.start)?.trim_end().ends_with(['"', '\'', '=']) {
        return Some(ADDRESS.to_owned());
    }
    let said = piece.inner(text).split(['"', '\'']).nth(1).filter(|said| !said.trim().is_empty());
    Some(format!("<a href=\"{ADDRESS}\">{}</a>", said.unwrap_or("Unsubscribe")))
}
