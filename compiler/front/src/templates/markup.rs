//! The tags around the tokens: where each token stands, and whether MJML's tags are known and match.
//!
//! mrml takes any unknown tag for HTML, does not compare a closing tag with the one it closes, and says "end of stream" without
//! a place. Authors make exactly these mistakes, so they are looked for here, and mrml sees only text whose tags match. HTML is
//! read for the places alone: mail programs forgive what they forgive.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::TemplateKind;
use super::attributes::{self, Address, Attribute, Holds};
use super::fault::{Construct, FaultKind, Markup as Mistake, TemplateFault, Unseen, nearest};
use super::foreign::Foreign;
use super::look::{self, Look};
use super::pieces::{self, Piece, PieceKind};
use super::readers::{self, Readers};
use super::selector::Element;
use super::sheet::{self, Sheets};
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
pub(super) const RAW_TEXT: [&str; 3] = ["mj-style", "style", "script"];
/// Elements of HTML that hold text alone, whatever looks like a tag in it, until their own end (HTML, "raw text elements").
const HOLDS_TEXT: [&str; 7] = ["iframe", "noembed", "noframes", "plaintext", "textarea", "title", "xmp"];
/// Elements inside of which the end of another is passed over.
const ENDED_ALONE: [&str; 3] = ["object", "select", "template"];
/// What ends a paragraph that was not closed.
const BLOCKS: [&str; 15] = [
    "blockquote",
    "center",
    "div",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "ol",
    "p",
    "section",
    "table",
    "ul",
];
/// HTML tags without an end.
pub(super) const VOID: [&str; 14] =
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
    /// In `<!--[if mso]> .. <![endif]-->`.
    Conditional,
}

/// All that is known of a token's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) place: Place,
    /// Why no reader sees what stands here, or can follow it.
    pub(super) unseen: Option<Unseen>,
    /// Who reads it at all.
    pub(super) readers: Readers,
    pub(super) role: Role,
}

impl Spot {
    const TEXT: Self = Self { place: Place::Text, unseen: None, readers: Readers::ALL, role: Role::Words };
}

/// What is done with a value that stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It is read, or read out.
    Words,
    /// It is where the address in an attribute begins, and so says where it leads. With `href`, a reader may follow it.
    Target { attribute: String, value: Range<usize> },
    /// It would stand between the beginning of an address and the end of its host.
    Host { attribute: String, value: Range<usize> },
    /// It is behind the host of an address, where signs such as `&` have a meaning.
    Part,
    /// A machine reads it: a style sheet, a script, `style=".."`, `onclick=".."`.
    Code { what: String },
}

pub(super) struct Markup {
    pub(super) faults: Vec<TemplateFault>,
    /// Where a mail's last line would go: the tag that closes the body, or the end.
    pub(super) body_end: Range<usize>,
    /// The values of attributes that hold an address, in their order.
    pub(super) addresses: Vec<Range<usize>>,
    /// `<mj-style inline="inline">`, with its tags, and what stands between them.
    pub(super) inline_styles: Vec<(Range<usize>, Range<usize>)>,
    /// Comments, style sheets and scripts: what stands there is read by no person.
    pub(super) code: Vec<Range<usize>>,
    /// Its style sheets show different things to different readers.
    pub(super) differs: bool,
    spots: BTreeMap<usize, Spot>,
}

impl Markup {
    /// Whether some tag or comment without its end took the rest for itself. Of HTML it is said only where it hides something.
    pub(super) fn swallows(&self) -> bool {
        let swallows = |fault: &TemplateFault| {
            matches!(fault.kind, FaultKind::Markup(Mistake::UnfinishedTag { .. } | Mistake::UnclosedComment))
        };
        self.faults.iter().any(swallows)
    }

    /// The place of the token that covers this offset.
    pub(super) fn spot_of(&self, offset: usize) -> &Spot {
        self.spots.range(..=offset).next_back().map_or(&Spot::TEXT, |(_, spot)| spot)
    }
}

/// `tokens` look like tags and are none.
pub(super) fn read(text: &str, pieces: &[Piece], tokens: &[Foreign], kind: TemplateKind) -> Markup {
    let mut covered = pieces::cover(text, pieces);
    for token in tokens {
        covered.replace_range(token.span.clone(), &"x".repeat(token.span.len()));
    }
    let mut reader = Reader {
        text: &covered,
        original: text,
        pieces,
        mjml: kind == TemplateKind::Mjml,
        open: Vec::new(),
        counts: BTreeMap::new(),
        markup: Markup {
            faults: Vec::new(),
            body_end: text.len()..text.len(),
            addresses: Vec::new(),
            inline_styles: Vec::new(),
            code: Vec::new(),
            differs: false,
            spots: BTreeMap::new(),
        },
        sheets: Sheets::default(),
        maps: maps(text),
        readers: Readers::ALL,
    };
    reader.read_sheets();
    reader.read();
    reader.markup.differs = reader.sheets.differs;
    reader.markup
}

/// The names in `usemap="#links"`.
fn maps(text: &str) -> BTreeSet<String> {
    let said = text.split("usemap").skip(1);
    let names = said.filter_map(|behind| {
        let name =
            behind.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']).strip_prefix('#')?;
        name.split(['"', '\'', ' ', '>']).next()
    });
    names.map(str::to_owned).collect()
}

/// An element that is not closed yet.
#[derive(Clone)]
struct Open<'t> {
    name: &'t str,
    /// In small letters.
    plain: String,
    /// What its closing tag must say: HTML does not tell capitals apart, MJML does.
    key: String,
    span: Range<usize>,
    look: Look,
    /// With the rules of the style sheets, where there are some.
    styled: Option<Look>,
    element: Element,
    /// The tokens that say where a click on it leads.
    targets: Vec<usize>,
    /// Whether there is something in it to see, and so to click.
    shows: bool,
}

struct Reader<'t> {
    text: &'t str,
    original: &'t str,
    pieces: &'t [Piece],
    mjml: bool,
    open: Vec<Open<'t>>,
    /// How many elements of a name are open, so that a closing tag of none costs nothing.
    counts: BTreeMap<String, usize>,
    markup: Markup,
    sheets: Sheets,
    /// The names of the maps that pictures have.
    maps: BTreeSet<String>,
    /// Who reads what is shown between two comments.
    readers: Readers,
}

impl Open<'_> {
    fn unseen_text(&self) -> Option<Unseen> {
        self.look.unseen_text().or_else(|| self.styled.as_ref().and_then(Look::unseen_text))
    }
}

impl<'t> Reader<'t> {
    /// The style sheets of the mail, before the elements that they speak of: one may stand behind them. Those of MJML are read where it is
    /// HTML.
    fn read_sheets(&mut self) {
        if self.mjml {
            return;
        }
        let mut blank = None;
        let mut at = 0;
        while let Some(start) = self.rest(at).find('<').map(|len| at + len) {
            let rest = self.rest(start);
            if rest.starts_with("<!--") {
                at = start + rest.get(4..).and_then(|rest| rest.find("-->")).map_or(rest.len(), |len| 4 + len + 3);
                continue;
            }
            let name = tag_name(self.rest(start + 1));
            at = start + 1;
            let Some(raw) = RAW_TEXT.into_iter().find(|raw| raw.eq_ignore_ascii_case(name)) else { continue };
            let Some((attributes, from)) = attributes::read(self.text, self.pieces, start + 1 + name.len()) else {
                break;
            };
            let end = self.raw_end(name, from);
            at = end;
            let media = attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case("media"));
            if raw == "style" {
                // A rule inside an `if` hides from some at least.
                let text = blank.get_or_insert_with(|| pieces::blank(self.original, self.pieces));
                let sheet = text.get(from..end).unwrap_or_default();
                match media.and_then(|media| self.text.get(media.value.clone())) {
                    Some(media) => self.sheets.add(&format!("@media {media} {{ {sheet} }}")),
                    None => self.sheets.add(sheet),
                }
            }
        }
    }

    fn read(&mut self) {
        let mut at = 0;
        while let Some(len) = self.rest(at).find('<') {
            self.text_run(at..at + len);
            at = self.read_angle(at + len);
        }
        self.text_run(at..self.text.len());
        // Behind a tag without an end.
        for piece in self.pieces {
            self.markup.spots.entry(piece.span.start).or_insert(Spot::TEXT);
        }
        while let Some(open) = self.leave() {
            self.mistake(Mistake::UnclosedTag { tag: open.name.to_owned() }, open.span);
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
        if let Some(asked) = rest.strip_prefix("<!").and_then(readers::asked) {
            self.readers = Readers::shown(asked);
        } else if rest.starts_with("<![endif]") {
            self.readers = Readers::ALL;
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
        let Some((attributes, end)) = attributes::read(self.text, self.pieces, name_at + name.len()) else {
            self.mistake(Mistake::UnfinishedTag { tag: name.to_owned() }, at..name_at + name.len());
            // It swallowed the rest, closing tags included.
            let unseen = Some(Unseen::Unfinished { tag: name.to_owned() });
            self.place_all(at..self.text.len(), &Spot { unseen, ..Spot::TEXT });
            self.open.clear();
            self.counts.clear();
            return self.text.len();
        };
        let span = at..end;
        self.place_all(span.clone(), &Spot { place: Place::Bare, ..Spot::TEXT });
        if closing {
            self.refuse_bare(&span);
            self.close(name, span);
            return end;
        }
        let empty = self.text.get(span.clone()).is_some_and(|tag| tag.ends_with("/>"));
        self.opened(name, span.clone(), empty, &attributes);
        self.refuse_bare(&span);
        let raw = RAW_TEXT.iter().chain(HOLDS_TEXT.iter().filter(|_| !self.mjml));
        let is_raw = raw.into_iter().any(|raw| raw.eq_ignore_ascii_case(name)) && !(empty && self.mjml);
        if is_raw { self.skip_raw_text(name, at, end, &attributes) } else { end }
    }

    fn read_comment(&mut self, at: usize) -> usize {
        let inner = at + "<!--".len();
        let asked = readers::asked(self.rest(inner));
        let end = self.rest(inner).find("-->").map(|len| inner + len + "-->".len());
        if end.is_none() {
            self.mistake(Mistake::UnclosedComment, at..inner);
            self.open.clear();
            self.counts.clear();
        }
        let end = end.unwrap_or(self.text.len());
        self.markup.code.push(at..end);
        let comment = self.text.get(inner..end).unwrap_or_default();
        let is_shown = ["<!-->", "<!-- -->", "<!---->", "]>-->", "]> -->"].iter().any(|end| comment.ends_with(end));
        let hidden = asked.map(Readers::hidden);
        match (asked, hidden) {
            // What follows is for all but those that it asks.
            (Some(asked), _) if is_shown => self.readers = Readers::shown(asked),
            (Some(_), Some(readers)) if !readers.is_nobody() => {
                let readers = readers.within(self.readers);
                self.place_all(at..end, &Spot { place: Place::Conditional, readers, ..Spot::TEXT });
                self.read_conditional(inner..end, readers);
            }
            _ => {
                if comment.trim_start().starts_with("<![endif]") {
                    self.readers = Readers::ALL;
                }
                let spot = Spot { place: Place::Comment, unseen: Some(Unseen::Comment), ..Spot::TEXT };
                self.place_all(at..end, &spot);
            }
        }
        end
    }

    /// Tags that some mail programs read: what a token does in them counts, and which of them match does not.
    fn read_conditional(&mut self, inner: Range<usize>, readers: Readers) {
        let mut at = inner.start;
        while let Some(len) = self.text.get(at..inner.end).and_then(|rest| rest.find('<')) {
            at += len + 1;
            let name = tag_name(self.rest(at));
            let within = self.text.get(..inner.end).unwrap_or_default();
            let read = (!name.is_empty()).then(|| attributes::read(within, self.pieces, at + name.len())).flatten();
            let Some((attributes, end)) = read else { continue };
            for attribute in &attributes {
                self.place_value(name, attribute, None, &Place::Conditional, readers);
            }
            at = end;
            if let Some(raw) = RAW_TEXT.iter().find(|raw| raw.eq_ignore_ascii_case(name)) {
                let end = self.raw_end(name, at).min(inner.end);
                let role = Role::Code { what: format!("<{raw}>") };
                self.place_all(at..end, &Spot { place: Place::Conditional, unseen: None, readers, role });
                at = end;
            }
        }
    }

    fn raw_end(&self, name: &str, from: usize) -> usize {
        let is_close = |at: usize| {
            self.text.get(at + 2..at + 2 + name.len()).is_some_and(|closed| closed.eq_ignore_ascii_case(name))
        };
        let mut closes = self.rest(from).match_indices("</").map(|(len, _)| from + len);
        closes.find(|at| is_close(*at)).unwrap_or(self.text.len())
    }

    fn skip_raw_text(&mut self, name: &str, start: usize, from: usize, attributes: &[Attribute<'t>]) -> usize {
        let end = self.raw_end(name, from);
        let plain = name.to_ascii_lowercase();
        self.markup.code.push(from..end);
        let role = Role::Code { what: format!("<{plain}>") };
        self.place_all(from..end, &Spot { unseen: Some(Unseen::Element { tag: plain }), role, ..Spot::TEXT });
        let is_inline = |attribute: &Attribute<'_>| {
            attribute.name == "inline" && self.text.get(attribute.value.clone()) == Some("inline")
        };
        if self.mjml && name == "mj-style" && attributes.iter().any(is_inline) {
            let close = self.rest(end).find('>').map_or(end, |len| end + len + 1);
            self.markup.inline_styles.push((start..close, from..end));
        }
        end
    }

    fn opened(&mut self, name: &'t str, span: Range<usize>, empty: bool, attributes: &[Attribute<'t>]) {
        let plain = name.to_ascii_lowercase();
        if self.mjml {
            self.judge_mjml(name, &span, empty);
        } else {
            self.close_implied(&plain);
        }
        let values =
            attributes.iter().map(|attribute| (attribute.name.to_ascii_lowercase(), self.plain_value(attribute)));
        let element = Element { name: plain.clone(), attributes: values.collect() };
        let (look, styled) = self.looks(&element);
        let unseen = look.unseen().or_else(|| styled.as_ref().and_then(Look::unseen));
        if self.mjml && plain.starts_with("mj-") {
            self.judge_attributes(attributes);
        }
        let mut targets = Vec::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for attribute in attributes {
            let name = attribute.name.to_ascii_lowercase();
            let second = Some(Unseen::Second { attribute: name.clone() }).filter(|_| names.contains(&name));
            let unseen = second.as_ref().or(unseen.as_ref());
            let leads = self.place_value(&plain, attribute, unseen, &Place::Quoted, self.readers);
            targets.extend(leads.into_iter().filter(|_| second.is_none()));
            names.insert(name);
        }
        let shows = unseen.is_none() && self.is_seen(&plain, attributes);
        let key = if self.mjml { name.to_owned() } else { plain.clone() };
        let open = Open { name, plain, key, span, look, styled, element, targets, shows };
        let is_over = if self.mjml { empty } else { empty && open.plain.contains(':') };
        if is_over || VOID.contains(&open.plain.as_str()) {
            self.left(&open);
        } else {
            *self.counts.entry(open.key.clone()).or_default() += 1;
            self.open.push(open);
        }
    }

    /// How an element looks by itself, and with the style sheets of the mail.
    fn looks(&self, element: &Element) -> (Look, Option<Look>) {
        let parent = self.open.last();
        let attributes = || element.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let own = sheet::declarations(element.attribute("style").unwrap_or_default());
        let by_importance = |important: bool| own.iter().filter(move |said| said.important == important).cloned();
        let alone: Vec<_> = by_importance(false).chain(by_importance(true)).collect();
        let look = match parent {
            Some(open) => open.look.inside(&element.name, attributes(), &alone),
            None => Look::default().inside(&element.name, attributes(), &alone),
        };
        let styled = (!self.sheets.is_empty()).then(|| {
            let around = self.open.iter().map(|open| &open.element);
            let said = self.sheets.of(element, around, self.open.len(), &own);
            let parent = parent.and_then(|open| open.styled.clone()).unwrap_or_default();
            parent.inside(&element.name, attributes(), &said)
        });
        (look, styled)
    }

    /// A value outside quotes could end its attribute.
    fn refuse_bare(&mut self, tag: &Range<usize>) {
        let values = inside(self.pieces, tag).filter(|piece| piece.kind == PieceKind::Value && !piece.broken);
        for piece in values {
            if self.markup.spots.get(&piece.span.start).is_some_and(|spot| spot.place == Place::Bare) {
                let kind = FaultKind::NotAllowed(Construct::UnquotedAttribute);
                self.markup.faults.push(TemplateFault::new(kind, piece.span.clone()));
            }
        }
    }

    fn judge_mjml(&mut self, name: &str, span: &Range<usize>, empty: bool) {
        let is_mjml = name == "mjml" || name.starts_with("mj-");
        if is_mjml && !known(name) {
            let nearest = nearest(name, CONTAINERS.into_iter().chain(LEAVES));
            self.mistake(Mistake::UnknownTag { tag: name.to_owned(), nearest: nearest.clone() }, span.clone());
            let place = span.start + 1..span.start + 1 + name.len();
            if let (Some(fault), Some(nearest)) = (self.markup.faults.last_mut(), nearest) {
                fault.edits.push((place, nearest));
            }
        } else if name == "mj-include" {
            self.mistake(Mistake::Include, span.clone());
        } else if let (false, Some(parent)) = (is_mjml, self.container()) {
            self.mistake(Mistake::LooseTag { tag: name.to_owned(), parent: parent.to_owned() }, span.clone());
        } else if self.open.is_empty() && name != "mjml" {
            self.mistake(Mistake::NotMjml, span.clone());
        }
        if !empty && !VOID.contains(&name) && self.open.len() == MAX_DEPTH {
            self.mistake(Mistake::TooDeep { limit: MAX_DEPTH }, span.clone());
        }
    }

    /// What HTML forgives and MJML does not, or drops without a word.
    fn judge_attributes(&mut self, attributes: &[Attribute<'t>]) {
        for (number, attribute) in attributes.iter().enumerate() {
            let is_first = |other: &&Attribute<'_>| other.name == attribute.name;
            let name = attribute.name.to_owned();
            if attributes.iter().take(number).any(|other| is_first(&other)) {
                self.mistake(Mistake::Twice { attribute: name }, attribute.value.clone());
            } else if !attribute.quoted
                && !attribute.value.is_empty()
                && inside(self.pieces, &attribute.value).next().is_none()
            {
                let value = self.text.get(attribute.value.clone()).unwrap_or_default();
                let kind = FaultKind::Markup(Mistake::Unquoted { attribute: name });
                let place = attribute.value.clone();
                let fault = TemplateFault::new(kind, place.clone()).edit(place, format!("\"{value}\""));
                self.markup.faults.push(fault);
            }
        }
    }

    /// Whether the element itself is something to see: a picture.
    fn is_seen(&self, plain: &str, attributes: &[Attribute<'t>]) -> bool {
        let value = |name: &str| {
            let found = attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
            self.text.get(found.value.clone())
        };
        let is_dot = |name: &str| value(name).is_some_and(|value| matches!(value.trim_end_matches("px"), "0" | "1"));
        match plain {
            "img" | "mj-image" | "mj-carousel-image" => {
                value("src").is_some_and(|src| !src.trim().is_empty()) && !is_dot("width") && !is_dot("height")
            }
            // A part of a picture that has this map.
            "area" => {
                let map = self.open.iter().rev().find(|open| open.plain == "map");
                map.and_then(|map| map.element.attribute("name")).is_some_and(|name| self.maps.contains(name))
            }
            "mj-social-element" => true,
            _ => plain.starts_with("v:"),
        }
    }

    /// An attribute's value as it is without the tags of its `if`s.
    fn plain_value(&self, attribute: &Attribute<'_>) -> String {
        let (mut value, mut at) = (String::new(), attribute.value.start);
        for piece in inside(self.pieces, &attribute.value) {
            value.push_str(self.text.get(at..piece.span.start).unwrap_or_default());
            if piece.kind == PieceKind::Value {
                value.push_str(self.text.get(piece.span.clone()).unwrap_or_default());
            }
            at = piece.span.end;
        }
        value.push_str(self.text.get(at..attribute.value.end).unwrap_or_default());
        // `display&#58;none`
        if value.contains('&') { html_escape::decode_html_entities(&value).into_owned() } else { value }
    }

    /// Notes what tokens in a value are for; gives those that say where a click leads.
    fn place_value(
        &mut self,
        plain: &str,
        attribute: &Attribute<'t>,
        unseen: Option<&Unseen>,
        place: &Place,
        readers: Readers,
    ) -> Vec<usize> {
        let holds = attributes::holds(plain, attribute.name);
        let value = attribute.value.clone();
        if holds == Holds::Address {
            self.markup.addresses.push(value.clone());
        }
        let name = attribute.name.to_ascii_lowercase();
        // Nobody can click a `<span href>`.
        let is_clicked = matches!(plain, "a" | "area") || plain.starts_with("mj-") || plain.starts_with("v:");
        let is_link = name == "href" && is_clicked && plain != "mj-font";
        if is_link && inside(self.pieces, &value).next().is_none() {
            self.refuse_script(&value);
        }
        if !attribute.quoted {
            return Vec::new();
        }
        let mut targets = Vec::new();
        let mut address = Address::new(self.original, &name, value.clone());
        for piece in inside(self.pieces, &value) {
            let role = match holds {
                Holds::Words => Role::Words,
                Holds::Code => Role::Code { what: format!("{name}=\"..\"") },
                Holds::Address => address.role(piece),
            };
            let leads = is_link && matches!(role, Role::Target { .. });
            if leads {
                targets.push(piece.span.start);
            }
            let attribute_unseen = match role {
                _ if leads => None,
                Role::Host { .. } | Role::Part if is_link => Some(Unseen::Behind { attribute: name.clone() }),
                _ => Some(Unseen::Attribute { name: name.clone() }),
            };
            let unseen = attribute_unseen.or_else(|| unseen.cloned());
            let spot = Spot { place: place.clone(), unseen, readers, role };
            self.markup.spots.insert(piece.span.start, spot);
        }
        targets
    }

    /// A button that only a script would open.
    fn refuse_script(&mut self, value: &Range<usize>) {
        let written = self.text.get(value.clone()).unwrap_or_default().trim().to_ascii_lowercase();
        let scheme = ["javascript", "vbscript"].into_iter().find(|scheme| {
            written
                .strip_prefix(scheme)
                .is_some_and(|rest| rest.trim_start().starts_with(':') || rest.starts_with("&#58;"))
        });
        if let Some(scheme) = scheme {
            let kind = FaultKind::NotAllowed(Construct::Script { scheme: scheme.to_owned() });
            self.markup.faults.push(TemplateFault::new(kind, value.clone()));
        }
    }

    /// Some elements end where the next begins.
    fn close_implied(&mut self, plain: &str) {
        let Some(open) = self.open.last() else { return };
        let ends = match open.plain.as_str() {
            "p" => BLOCKS.contains(&plain),
            "li" | "option" | "a" => plain == open.plain,
            "td" | "th" => matches!(plain, "td" | "th" | "tr"),
            "tr" => plain == "tr",
            "dt" | "dd" => matches!(plain, "dt" | "dd"),
            _ => false,
        };
        if ends {
            self.leave();
        }
    }

    fn close(&mut self, name: &'t str, span: Range<usize>) {
        let plain = name.to_ascii_lowercase();
        if matches!(plain.as_str(), "mj-body" | "body") {
            self.markup.body_end = span.clone();
        }
        let key = if self.mjml { name } else { plain.as_str() };
        if self.counts.get(key).is_none_or(|count| *count == 0) {
            let misspelt = self.open.last().filter(|open| {
                self.mjml && open.name.starts_with("mj-") && nearest(name, std::iter::once(open.name)).is_some()
            });
            // Told at its beginning, which is what is misspelt.
            if misspelt.is_some_and(|open| !known(open.name)) && known(name) {
                self.leave();
                return;
            }
            if let Some(open) = misspelt.map(|open| open.name.to_owned()) {
                let place = span.start + "</".len()..span.start + "</".len() + name.len();
                let kind = FaultKind::Markup(Mistake::Misclosed { tag: name.to_owned(), open: open.clone() });
                self.markup.faults.push(TemplateFault::new(kind, span).edit(place, open));
                self.leave();
                return;
            }
            return self.mistake(Mistake::StrayClose { tag: name.to_owned() }, span);
        }
        // What only its own end ends, `<template>` or `<select>`, is not ended by that of another.
        let is_kept = |open: &&Open<'_>| open.key != key && ENDED_ALONE.contains(&open.plain.as_str());
        let before = self.open.iter().rposition(|open| open.key == key).unwrap_or_default();
        if !self.mjml && self.open.iter().skip(before).rev().take(MAX_DEPTH).any(|open| is_kept(&open)) {
            return;
        }
        while let Some(open) = self.leave() {
            if open.key == key {
                self.rename_end(&open, &span);
                break;
            }
            self.mistake(Mistake::UnclosedTag { tag: open.name.to_owned() }, open.span);
        }
    }

    /// The end of a tag whose name is misspelt is mended with its beginning.
    fn rename_end(&mut self, open: &Open<'t>, end: &Range<usize>) {
        if !self.mjml || known(open.name) || !open.name.starts_with("mj-") {
            return;
        }
        let place = end.start + "</".len()..end.start + "</".len() + open.name.len();
        let of_open = |fault: &&mut TemplateFault| fault.span == open.span;
        if let Some((fault, nearest)) =
            self.markup.faults.iter_mut().rev().take(MAX_DEPTH).find(of_open).and_then(|fault| {
                let nearest = fault.edits.first().map(|(_, nearest)| nearest.clone())?;
                Some((fault, nearest))
            })
        {
            fault.edits.push((place, nearest));
        }
    }

    /// Ends the innermost element.
    fn leave(&mut self) -> Option<Open<'t>> {
        let open = self.open.pop()?;
        if let Some(count) = self.counts.get_mut(&open.key) {
            *count = count.saturating_sub(1);
        }
        self.left(&open);
        Some(open)
    }

    /// What is known of an element only at its end: whether there was something to see in it.
    fn left(&mut self, open: &Open<'t>) {
        if open.shows {
            if let Some(parent) = self.open.last_mut() {
                parent.shows = true;
            }
            return;
        }
        let empty = Unseen::Empty { tag: open.name.to_owned() };
        for start in &open.targets {
            if let Some(spot) = self.markup.spots.get_mut(start) {
                spot.unseen.get_or_insert_with(|| open.unseen_text().unwrap_or_else(|| empty.clone()));
            }
        }
    }

    fn text_run(&mut self, run: Range<usize>) {
        let unseen = self.open.last().and_then(Open::unseen_text);
        let readers = self.readers;
        if unseen.is_none()
            && self.run_shows(&run)
            && let Some(open) = self.open.last_mut()
        {
            open.shows = true;
        }
        let Some(parent) = self.container() else {
            return self.place_all(run, &Spot { unseen, readers, ..Spot::TEXT });
        };
        let loose: Vec<_> =
            inside(self.pieces, &run).filter(|piece| piece.kind == PieceKind::Value).map(|p| p.span.clone()).collect();
        // MJML would drop it without a word.
        let written = self.text.get(run.clone()).unwrap_or_default();
        if loose.is_empty() && inside(self.pieces, &run).next().is_none() && look::shows(written) {
            let start = run.start + (written.len() - written.trim_start().len());
            let place = start..start + written.trim().len();
            self.mistake(Mistake::LooseText { parent: parent.to_owned() }, place);
        }
        for span in loose {
            self.mistake(Mistake::LooseText { parent: parent.to_owned() }, span);
        }
        self.place_all(run, &Spot { place: Place::Container, unseen, readers, role: Role::Words });
    }

    /// Whether a reader sees something of a text: a word, or what a token stands for.
    fn run_shows(&self, run: &Range<usize>) -> bool {
        let mut at = run.start;
        for piece in inside(self.pieces, run) {
            let before = self.text.get(at..piece.span.start).unwrap_or_default();
            if piece.kind == PieceKind::Value || look::shows(before) {
                return true;
            }
            at = piece.span.end;
        }
        look::shows(self.text.get(at..run.end).unwrap_or_default())
    }

    /// The innermost open tag where it may not hold text. An unknown tag may hold anything, or one mistake would become two.
    fn container(&self) -> Option<&'t str> {
        self.open.last().map(|open| open.name).filter(|name| self.mjml && CONTAINERS.contains(name))
    }

    fn place_all(&mut self, run: Range<usize>, spot: &Spot) {
        for piece in inside(self.pieces, &run) {
            self.markup.spots.insert(piece.span.start, spot.clone());
        }
    }

    fn mistake(&mut self, mistake: Mistake, span: Range<usize>) {
        if self.mjml {
            self.markup.faults.push(TemplateFault::new(FaultKind::Markup(mistake), span));
        }
    }
}

pub(super) fn inside<'p>(pieces: &'p [Piece], run: &Range<usize>) -> impl Iterator<Item = &'p Piece> {
    let first = pieces.partition_point(|piece| piece.span.start < run.start);
    let end = run.end;
    pieces.iter().skip(first).take_while(move |piece| piece.span.start < end)
}

fn known(name: &str) -> bool {
    CONTAINERS.contains(&name) || LEAVES.contains(&name)
}

pub(super) fn tag_name(rest: &str) -> &str {
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<' | '"' | '\'' | '='));
    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
}
