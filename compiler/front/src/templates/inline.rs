//! `<mj-style inline="inline">`: its rules go into the elements that they name, for mail programs that drop style sheets.
//!
//! ```text
//! .red { color: #ff0000; }   and   <span class="red">   ->   <span style="color: #ff0000" class="red">
//! ```
//!
//! Rules are written into `style` in the order in which they win, before what stands there already; so the last one wins, as it did.
//! What holds for no element by itself, `@media` and `a:hover`, is a fault and not left out. The crate `css-inline` does more, and was
//! tried: some ninety crates and a minute of processor time to build, and it writes the whole document anew, in which a token between
//! table rows would move.

use flow_ir::limits::MAX_MAIL_BYTES;
use std::collections::BTreeMap;
use std::ops::Range;

use super::attributes::{self, Attribute};
use super::markup::{RAW_TEXT, VOID, tag_name};
use super::selector::{Element, Reading, Selector};
use super::sheet::without_comments;

/// Why a rule cannot go into an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It names no element by itself.
    NamesNone,
    /// Its `{` has no `}`.
    Unclosed,
}

/// The rules of a mail, by how they win.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// By the class, id or name that an element must have.
    by_key: BTreeMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    style: String,
}

impl Rules {
    /// Adds those of a style sheet; fails at what cannot stand in an element, by its place in the sheet.
    pub(super) fn add(&mut self, sheet: &str) -> Result<(), (Fault, Range<usize>)> {
        let sheet = without_comments(sheet);
        let mut at = 0;
        while let Some(open) = sheet.get(at..).and_then(|rest| rest.find('{')).map(|len| at + len) {
            let selectors = at..open;
            let place = trimmed(&sheet, &selectors);
            let close = sheet.get(open..).and_then(|rest| rest.find('}')).ok_or(open).map(|len| open + len);
            let close = close.map_err(|open| (Fault::Unclosed, open..open + 1))?;
            let style = sheet.get(open + 1..close).unwrap_or_default();
            // `.a { color: red  .b { .. }` lacks its `}`; `@media .. { .a { .. } }` has a block inside.
            if style.contains('{') {
                let is_block = sheet.get(place.clone()).is_some_and(|head| head.starts_with('@'));
                return Err(if is_block { (Fault::NamesNone, place) } else { (Fault::Unclosed, open..open + 1) });
            }
            let style = style.split_whitespace().collect::<Vec<_>>().join(" ");
            let style = style.trim_end_matches([';', ' ']).to_owned();
            for selector in sheet.get(selectors).unwrap_or_default().split(',') {
                let selector = Selector::read(selector, Reading::Strict).ok_or((Fault::NamesNone, place.clone()))?;
                if !style.is_empty() {
                    self.by_key.entry(selector.key()).or_default().push(self.rules.len());
                    self.rules.push(Rule { selector, style: style.clone() });
                }
            }
            at = close + 1;
        }
        match trimmed(&sheet, &(at..sheet.len())) {
            rest if rest.is_empty() => Ok(()),
            rest => Err((Fault::NamesNone, rest)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The HTML with each rule in the elements of its body that it names.
    pub(super) fn put_into(&self, html: &str) -> String {
        let (mut styled, mut written) = (String::with_capacity(html.len()), 0);
        let mut open: Vec<Element> = Vec::new();
        let mut at = 0;
        // A mail that is too long by then is refused, and no rule need go into the rest of it.
        while let Some(start) = (styled.len() <= MAX_MAIL_BYTES)
            .then(|| html.get(at..))
            .flatten()
            .and_then(|rest| rest.find('<'))
            .map(|len| at + len)
        {
            let rest = html.get(start..).unwrap_or_default();
            let skipped = if rest.starts_with("<!--") {
                Some(rest.find("-->").map_or(rest.len(), |len| len + "-->".len()))
            } else if let Some(closed) = rest.strip_prefix("</") {
                let name = tag_name(closed).to_ascii_lowercase();
                if let Some(depth) = open.iter().rposition(|element| element.name == name) {
                    open.truncate(depth);
                }
                Some(rest.find('>').map_or(rest.len(), |len| len + 1))
            } else {
                None
            };
            if let Some(skipped) = skipped {
                at = start + skipped;
                continue;
            }
            let name = tag_name(html.get(start + 1..).unwrap_or_default());
            let name_end = start + 1 + name.len();
            let read = (!name.is_empty()).then(|| attributes::read(html, &[], name_end)).flatten();
            let Some((attributes, end)) = read else {
                at = start + 1;
                continue;
            };
            let element = element(html, name, &attributes);
            if element.name == "body" || open.iter().any(|parent| parent.name == "body") {
                let style = self.style_of(&element, &open);
                if !style.is_empty() {
                    let (place, text) = insertion(html, name_end, &attributes, &style);
                    styled.push_str(html.get(written..place).unwrap_or_default());
                    styled.push_str(&text);
                    written = place;
                }
            }
            at = end;
            if RAW_TEXT.contains(&element.name.as_str()) {
                at = html.get(end..).and_then(|rest| rest.find("</")).map_or(html.len(), |len| end + len);
            } else if !VOID.contains(&element.name.as_str()) && !html.get(..end).is_some_and(|tag| tag.ends_with("/>"))
            {
                open.push(element);
            }
        }
        styled.push_str(html.get(written..).unwrap_or_default());
        styled
    }

    /// What the rules say of an element, the strongest last.
    fn style_of(&self, element: &Element, parents: &[Element]) -> String {
        let numbers: Vec<usize> = element.keys().filter_map(|key| self.by_key.get(&key)).flatten().copied().collect();
        let mut found: Vec<(&Rule, usize)> = numbers
            .into_iter()
            .filter_map(|number| Some((self.rules.get(number)?, number)))
            .filter(|(rule, _)| rule.selector.ends_at(element) && rule.selector.names(element, parents.iter()))
            .collect();
        found.sort_by_key(|(rule, number)| (rule.selector.weight(), *number));
        found.dedup_by_key(|(_, number)| *number);
        found.iter().map(|(rule, _)| rule.style.as_str()).collect::<Vec<_>>().join("; ")
    }
}

fn trimmed(text: &str, place: &Range<usize>) -> Range<usize> {
    let written = text.get(place.clone()).unwrap_or_default();
    let start = place.start + (written.len() - written.trim_start().len());
    start..start + written.trim().len()
}

fn element(html: &str, name: &str, attributes: &[Attribute<'_>]) -> Element {
    let value = |attribute: &Attribute<'_>| html.get(attribute.value.clone()).unwrap_or_default().to_owned();
    let attributes = attributes.iter().map(|attribute| (attribute.name.to_ascii_lowercase(), value(attribute)));
    Element { name: name.to_ascii_lowercase(), attributes: attributes.collect() }
}

/// Where a style goes, and what is written there.
fn insertion(html: &str, name_end: usize, attributes: &[Attribute<'_>], style: &str) -> (usize, String) {
    let style = style.replace('&', "&amp;").replace('"', "&quot;");
    match attributes.iter().find(|attribute| attribute.quoted && attribute.name.eq_ignore_ascii_case("style")) {
        Some(own) if html.get(own.value.clone()).is_some_and(|own| !own.trim().is_empty()) => {
            (own.value.start, format!("{style}; "))
        }
        Some(own) => (own.value.start, style),
        None => (name_end, format!(" style=\"{style}\"")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn styled(sheet: &str, body: &str) -> String {
        let mut rules = Rules::default();
        rules.add(sheet).unwrap();
        let html =
            rules.put_into(&format!("<html><head><title class=\"a\">t</title></head><body>{body}</body></html>"));
        let (_, body) = html.split_once("<body>").unwrap();
        body.strip_suffix("</body></html>").unwrap().to_owned()
    }

    #[test]
    fn rules_go_into_the_elements_they_name() {
        let body = "<p class='a b' id=x>1</p><p>2</p>";
        assert_eq!(styled(".a { color: red; }", body), "<p style=\"color: red\" class='a b' id=x>1</p><p>2</p>");
        assert_eq!(styled("#x, p.c { margin : 0 }", body), "<p style=\"margin : 0\" class='a b' id=x>1</p><p>2</p>");
        assert_eq!(styled("/* .a { } */ [id=x] { top:0 }", body), "<p style=\"top:0\" class='a b' id=x>1</p><p>2</p>");
    }

    #[test]
    fn the_stronger_rule_stands_behind_the_weaker_and_the_own_style_last() {
        let sheet = "#x { a:3 } .b { a:2 } .a { a:2b } p { a:1 }";
        let own = "<p id=\"x\" class=\"a b\" style=\"a:4\">1</p>";
        assert_eq!(styled(sheet, own), "<p id=\"x\" class=\"a b\" style=\"a:1; a:2; a:2b; a:3; a:4\">1</p>");
        assert_eq!(styled("p { a:1 }", "<p style=\"\">1</p>"), "<p style=\"a:1\">1</p>");
    }

    #[test]
    fn selectors_look_at_what_stands_around() {
        let body = "<div class=\"o\"><p><b>1</b></p></div><p><b>2</b></p>";
        let marked = "<div class=\"o\"><p><b style=\"a:1\">1</b></p></div><p><b>2</b></p>";
        assert_eq!(styled(".o b { a:1 }", body), marked);
        assert_eq!(styled(".o > p > b { a:1 }", body), marked);
        assert_eq!(styled("div.o>p b { a:1 }", body), marked);
        assert_eq!(styled(".o > b { a:1 }", body), body);
    }

    #[test]
    fn comments_style_sheets_and_the_head_are_left_alone() {
        let body = "<!--[if mso]><p class=\"a\">1</p><![endif]--><style>.a > p { }</style><br class=\"a\"><p class=\"a\">2</p>";
        let marked =
            body.replace("<br ", "<br style=\"x:1\" ").replace("<p class=\"a\">2", "<p style=\"x:1\" class=\"a\">2");
        assert_eq!(styled(".a { x:1 }", body), marked);
    }

    #[test]
    fn what_holds_for_no_element_by_itself_is_refused_at_its_place() {
        for (sheet, place) in [
            ("a { x:1 } a:hover { x:1 }", "a:hover"),
            ("@media print { a { x:1 } }", "@media print"),
            ("a + b { x:1 }", "a + b"),
            ("a ~ b { x:1 }", "a ~ b"),
            ("> a { x:1 }", "> a"),
            ("a { x:1", "{"),
            ("a { x:1 b { y:1 }", "{"),
            ("a { } b", "b"),
            ("@import url(x);", "@import url(x);"),
            (". { x:1 }", "."),
        ] {
            let (fault, found) = Rules::default().add(sheet).unwrap_err();
            assert_eq!(fault == Fault::Unclosed, place == "{", "{sheet}");
            assert_eq!(sheet.get(found), Some(place), "{sheet}");
        }
    }

    #[test]
    fn signs_of_markup_are_written_as_such() {
        assert_eq!(
            styled("p { background: url(\"x?a&b\") }", "<p>1</p>"),
            "<p style=\"background: url(&quot;x?a&amp;b&quot;)\">1</p>"
        );
    }
}
