//! The tags around the tokens: where each token stands, and whether MJML's tags are known and match.
//!
//! mrml takes any unknown tag for HTML, does not compare a closing tag with the one it closes, and says "end of stream" without
//! a place. Authors make exactly these mistakes, so they are looked for here, and mrml sees only text whose tags match. HTML is
//! read for the places alone: mail programs forgive what they forgive.

use std::collections::BTreeMap;
use std::ops::Range;

use super::TemplateKind;
use super::fault::{Construct, FaultKind, Markup as Mistake, TemplateFault, nearest};
use super::pieces::{self, Piece, PieceKind};
use flow_ir::limits::MAX_ELEMENT_DEPTH as MAX_DEPTH;

/// Tags that hold tags. Text directly inside has no place in the mail's tables.
const CONTAINERS: [&str; 15] = [
    "mj-accordion",
    "mj-accordion-element",
    "mj-attributes",
    "mj-body",
    "mj-carousel",
    "mj-column",
    "mj-group",
    "mj-head",
    "mj-hero",
    "mj-navbar",
    "mj-section",
    "mj-social",
    "mj-wrapper",
    "mjml",
    "mj-include",
];
const LEAVES: [&str; 19] = [
    "mj-accordion-text",
    "mj-accordion-title",
    "mj-all",
    "mj-breakpoint",
    "mj-button",
    "mj-carousel-image",
    "mj-class",
    "mj-divider",
    "mj-font",
    "mj-image",
    "mj-navbar-link",
    "mj-preview",
    "mj-raw",
    "mj-social-element",
    "mj-spacer",
    "mj-style",
    "mj-table",
    "mj-text",
    "mj-title",
];
/// Their text is not markup.
const RAW_TEXT: [&str; 3] = ["mj-style", "style", "script"];
/// HTML tags without an end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Where a token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Text,
    /// Directly inside an MJML tag that holds only tags.
    Container,
    Quoted,
    /// In a tag, outside quotes.
    Bare,
    Comment,
    /// In `<!--[if mso]> .. <![endif]-->`, which one family of mail programs shows.
    Conditional,
}

pub(super) struct Markup {
    pub(super) faults: Vec<TemplateFault>,
    /// Where a mail's last line would go: the tag that closes the body, or the end.
    pub(super) body_end: Range<usize>,
    places: BTreeMap<usize, Place>,
}

impl Markup {
    /// The place of the token that covers this offset.
    pub(super) fn place_of(&self, offset: usize) -> &Place {
        self.places.range(..=offset).next_back().map_or(&Place::Text, |(_, place)| place)
    }
}

pub(super) fn read(text: &str, pieces: &[Piece], kind: TemplateKind) -> Markup {
    let covered = pieces::cover(text, pieces);
    let mut reader = Reader {
        text: &covered,
        pieces,
        mjml: kind == TemplateKind::Mjml,
        open: Vec::new(),
        markup: Markup { faults: Vec::new(), body_end: text.len()..text.len(), places: BTreeMap::new() },
    };
    reader.read();
    reader.markup
}

struct Reader<'t> {
    text: &'t str,
    pieces: &'t [Piece],
    mjml: bool,
    open: Vec<(&'t str, Range<usize>)>,
    markup: Markup,
}

impl<'t> Reader<'t> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some(len) = self.rest(at).find('<') {
            self.text_run(at..at + len);
            at = self.read_angle(at + len);
        }
        self.text_run(at..self.text.len());
        // Behind a tag without an end.
        for piece in self.pieces {
            self.markup.places.entry(piece.span.start).or_insert(Place::Text);
        }
        while let Some((tag, span)) = self.open.pop() {
            self.mistake(Mistake::UnclosedTag { tag: tag.to_owned() }, span);
        }
    }

    fn rest(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    /// Reads from a `<`; gives where reading goes on, always further than it began.
    fn read_angle(&mut self, at: usize) -> usize {
        let rest = self.rest(at);
        if rest.starts_with("<!--") {
            return self.read_comment(at);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return rest.find('>').map_or(self.text.len(), |len| at + len + 1);
        }
        let (closing, name_at) = if rest.starts_with("</") { (true, at + 2) } else { (false, at + 1) };
        let name = tag_name(self.rest(name_at));
        if name.is_empty() {
            self.mistake(Mistake::BareLessThan, at..at + 1);
            return at + 1;
        }
        let Some(end) = self.read_attributes(name_at + name.len()) else {
            self.mistake(Mistake::UnfinishedTag { tag: name.to_owned() }, at..name_at + name.len());
            // It swallowed the rest, closing tags included.
            self.open.clear();
            return self.text.len();
        };
        let span = at..end;
        if closing {
            self.close(name, span);
            return end;
        }
        let empty = self.text.get(span.clone()).is_some_and(|tag| tag.ends_with("/>"));
        self.opened(name, span, empty);
        if RAW_TEXT.contains(&name) && !empty { self.skip_raw_text(name, end) } else { end }
    }

    fn read_comment(&mut self, at: usize) -> usize {
        let inner = at + "<!--".len();
        let place = if self.rest(inner).trim_start().starts_with("[if") { Place::Conditional } else { Place::Comment };
        let end = self.rest(inner).find("-->").map(|len| inner + len + "-->".len());
        if end.is_none() {
            self.mistake(Mistake::UnclosedComment, at..inner);
            self.open.clear();
        }
        let end = end.unwrap_or(self.text.len());
        self.place_all(at..end, &place);
        end
    }

    /// Gives the offset behind `>`.
    fn read_attributes(&mut self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let stop = at + self.rest(at).find(['"', '\'', '>'])?;
            self.place_all(at..stop, &Place::Bare);
            let mark = self.rest(stop).chars().next()?;
            if mark == '>' {
                return Some(stop + 1);
            }
            let close = stop + 1 + self.rest(stop + 1).find(mark)?;
            self.place_all(stop..close, &Place::Quoted);
            at = close + 1;
        }
    }

    fn skip_raw_text(&mut self, name: &str, from: usize) -> usize {
        let end = self.rest(from).find(&format!("</{name}")).map_or(self.text.len(), |len| from + len);
        self.place_all(from..end, &Place::Text);
        end
    }

    fn opened(&mut self, name: &'t str, span: Range<usize>, empty: bool) {
        if !self.mjml {
            return;
        }
        let is_mjml = name == "mjml" || name.starts_with("mj-");
        if is_mjml && !known(name) {
            let nearest = nearest(name, CONTAINERS.into_iter().chain(LEAVES));
            self.mistake(Mistake::UnknownTag { tag: name.to_owned(), nearest }, span.clone());
        } else if name == "mj-include" {
            self.mistake(Mistake::Include, span.clone());
        } else if let (false, Some(parent)) = (is_mjml, self.container()) {
            self.mistake(Mistake::LooseTag { tag: name.to_owned(), parent: parent.to_owned() }, span.clone());
        } else if self.open.is_empty() && name != "mjml" {
            self.mistake(Mistake::NotMjml, span.clone());
        }
        if !empty && !VOID.contains(&name) {
            if self.open.len() == MAX_DEPTH {
                self.mistake(Mistake::TooDeep { limit: MAX_DEPTH }, span.clone());
            }
            self.open.push((name, span));
        }
    }

    fn close(&mut self, name: &'t str, span: Range<usize>) {
        if matches!(name, "mj-body" | "body") {
            self.markup.body_end = span.clone();
        }
        if !self.mjml {
            return;
        }
        let Some(depth) = self.open.iter().rposition(|(open, _)| *open == name) else {
            return self.mistake(Mistake::StrayClose { tag: name.to_owned() }, span);
        };
        for (tag, opened) in self.open.split_off(depth).into_iter().skip(1) {
            self.mistake(Mistake::UnclosedTag { tag: tag.to_owned() }, opened);
        }
    }

    fn text_run(&mut self, run: Range<usize>) {
        let Some(parent) = self.container() else {
            return self.place_all(run, &Place::Text);
        };
        let loose: Vec<_> =
            inside(self.pieces, &run).filter(|piece| piece.kind == PieceKind::Value).map(|p| p.span.clone()).collect();
        for span in loose {
            self.mistake(Mistake::LooseText { parent: parent.to_owned() }, span);
        }
        self.place_all(run, &Place::Container);
    }

    /// The innermost open tag where it may not hold text. An unknown tag may hold anything, or one mistake would become two.
    fn container(&self) -> Option<&'t str> {
        self.open.last().map(|(name, _)| *name).filter(|name| self.mjml && CONTAINERS.contains(name))
    }

    fn place_all(&mut self, run: Range<usize>, place: &Place) {
        for piece in inside(self.pieces, &run) {
            self.markup.places.insert(piece.span.start, place.clone());
            if *place == Place::Bare && piece.kind == PieceKind::Value && !piece.broken {
                self.markup.faults.push(TemplateFault {
                    kind: FaultKind::NotAllowed(Construct::UnquotedAttribute),
                    span: piece.span.clone(),
                });
            }
        }
    }

    fn mistake(&mut self, mistake: Mistake, span: Range<usize>) {
        if self.mjml {
            self.markup.faults.push(TemplateFault { kind: FaultKind::Markup(mistake), span });
        }
    }
}

fn inside<'p>(pieces: &'p [Piece], run: &Range<usize>) -> impl Iterator<Item = &'p Piece> {
    let first = pieces.partition_point(|piece| piece.span.start < run.start);
    let end = run.end;
    pieces.iter().skip(first).take_while(move |piece| piece.span.start < end)
}

fn known(name: &str) -> bool {
    CONTAINERS.contains(&name) || LEAVES.contains(&name)
}

fn tag_name(rest: &str) -> &str {
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<' | '"' | '\'' | '='));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}
