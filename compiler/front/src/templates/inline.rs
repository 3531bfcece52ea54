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

/// The rules of a mail, by how they win.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// By the class, id or name that an element must have.
    by_key: BTreeMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Rule {
    /// From the outermost element to the one that is styled.
    steps: Vec<Step>,
    style: String,
    /// Ids, classes, names.
    weight: (usize, usize, usize),
}

/// One element of a selector.
#[derive(Debug, Default)]
struct Step {
    /// Right inside the one before, and not just somewhere.
    direct: bool,
    name: Option<String>,
    ids: Vec<String>,
    classes: Vec<String>,
    attributes: Vec<(String, Option<String>)>,
}

/// An element as selectors see it.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or_default().split_whitespace()
    }
}

impl Rules {
    /// Adds those of a style sheet; fails at what cannot stand in an element, by its place in the sheet.
    pub(super) fn add(&mut self, sheet: &str) -> Result<(), Range<usize>> {
        let sheet = without_comments(sheet);
        let mut at = 0;
        while let Some(open) = sheet.get(at..).and_then(|rest| rest.find('{')).map(|len| at + len) {
            let selectors = at..open;
            let place = trimmed(&sheet, &selectors);
            let close = sheet.get(open..).and_then(|rest| rest.find('}')).ok_or_else(|| place.clone())? + open;
            let style = sheet.get(open + 1..close).unwrap_or_default();
            if style.contains('{') {
                return Err(place);
            }
            let style = style.split_whitespace().collect::<Vec<_>>().join(" ");
            let style = style.trim_end_matches([';', ' ']).to_owned();
            for selector in sheet.get(selectors).unwrap_or_default().split(',') {
                let steps = read_selector(selector.trim()).ok_or_else(|| place.clone())?;
                if !style.is_empty() {
                    self.push(steps, style.clone());
                }
            }
            at = close + 1;
        }
        match trimmed(&sheet, &(at..sheet.len())) {
            rest if rest.is_empty() => Ok(()),
            rest => Err(rest),
        }
    }

    fn push(&mut self, steps: Vec<Step>, style: String) {
        let sum = |count: fn(&Step) -> usize| steps.iter().map(count).sum();
        let weight = (
            sum(|step| step.ids.len()),
            sum(|step| step.classes.len() + step.attributes.len()),
            sum(|step| usize::from(step.name.is_some())),
        );
        let last = steps.last();
        let id = last.and_then(|step| step.ids.first()).map(|id| format!("#{id}"));
        let class = last.and_then(|step| step.classes.first()).map(|class| format!(".{class}"));
        let name = last.and_then(|step| step.name.clone());
        let key = id.or(class).or(name).unwrap_or_default();
        self.by_key.entry(key).or_default().push(self.rules.len());
        self.rules.push(Rule { steps, style, weight });
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
        let id = element.attribute("id").map(|id| format!("#{id}"));
        let keys =
            element.classes().map(|class| format!(".{class}")).chain(id).chain([element.name.clone(), String::new()]);
        let numbers = keys.filter_map(|key| self.by_key.get(&key)).flatten();
        let mut found: Vec<(&Rule, usize)> = numbers
            .filter_map(|number| Some((self.rules.get(*number)?, *number)))
            .filter(|(rule, _)| rule.steps.last().is_some_and(|last| last.is(element)))
            .filter(|(rule, _)| matches(&rule.steps, element, parents))
            .collect();
        found.sort_by_key(|(rule, number)| (rule.weight, *number));
        found.dedup_by_key(|(_, number)| *number);
        found.iter().map(|(rule, _)| rule.style.as_str()).collect::<Vec<_>>().join("; ")
    }
}

/// The sheet with blanks in place of its comments, so that places stay.
fn without_comments(sheet: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(sheet.len()), sheet);
    while let Some((before, after)) = rest.split_once("/*") {
        let length = after.find("*/").map_or(after.len(), |len| len + 2);
        out.push_str(before);
        out.push_str(&" ".repeat(length + 2));
        rest = after.get(length..).unwrap_or_default();
    }
    out + rest
}

fn trimmed(text: &str, place: &Range<usize>) -> Range<usize> {
    let written = text.get(place.clone()).unwrap_or_default();
    let start = place.start + (written.len() - written.trim_start().len());
    start..start + written.trim().len()
}

/// None for what names no element by itself, such as `a:hover` or `@media`.
fn read_selector(selector: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut direct = false;
    for part in selector.replace('>', " > ").split_whitespace() {
        if part == ">" {
            // One at the beginning, or two, name nothing.
            if direct || steps.is_empty() {
                return None;
            }
            direct = true;
        } else {
            steps.push(read_step(part, direct)?);
            direct = false;
        }
    }
    (!direct && !steps.is_empty()).then_some(steps)
}

/// `td.wide#top[align=center]`
fn read_step(part: &str, direct: bool) -> Option<Step> {
    let mut step = Step { direct, ..Step::default() };
    let (name, mut rest) = part.split_at(word_end(part));
    if !name.is_empty() {
        step.name = Some(name.to_ascii_lowercase());
    } else if let Some(after) = rest.strip_prefix('*') {
        rest = after;
    }
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (attribute, after) = inside.split_once(']')?;
            let (name, value) = match attribute.split_once('=') {
                Some((name, value)) => (name, Some(value.trim_matches(['"', '\'']).to_owned())),
                None => (attribute, None),
            };
            if name.is_empty() || word_end(name) != name.len() {
                return None;
            }
            step.attributes.push((name.to_ascii_lowercase(), value));
            rest = after;
            continue;
        }
        let names = match rest.chars().next()? {
            '.' => &mut step.classes,
            '#' => &mut step.ids,
            _ => return None,
        };
        let (name, after) = rest.get(1..)?.split_at(word_end(rest.get(1..)?));
        if name.is_empty() {
            return None;
        }
        names.push(name.to_owned());
        rest = after;
    }
    Some(step)
}

fn word_end(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(text.len())
}

/// Whether the last step is this element and the others are around it. From the outermost element inward, which beginnings of the
/// selector end at it or outside it: time grows with depth and length, never with their combinations.
fn matches(steps: &[Step], element: &Element, parents: &[Element]) -> bool {
    let mut here = vec![false; steps.len()];
    let mut outside = here.clone();
    let mut is_last = false;
    for around in parents.iter().chain([element]) {
        let reached: Vec<bool> = steps
            .iter()
            .enumerate()
            .map(|(at, step)| {
                let before =
                    at.checked_sub(1).map(|before| if step.direct { here.get(before) } else { outside.get(before) });
                before.is_none_or(|before| before.is_some_and(|before| *before)) && step.is(around)
            })
            .collect();
        outside.iter_mut().zip(&reached).for_each(|(any, reached)| *any |= reached);
        is_last = reached.last().is_some_and(|last| *last);
        here = reached;
    }
    is_last
}

impl Step {
    fn is(&self, element: &Element) -> bool {
        self.name.as_ref().is_none_or(|name| *name == element.name)
            && self.ids.iter().all(|id| element.attribute("id") == Some(id))
            && self.classes.iter().all(|class| element.classes().any(|found| found == class))
            && self.attributes.iter().all(|(name, value)| {
                let found = element.attribute(name);
                value.as_ref().map_or(found.is_some(), |value| found == Some(value))
            })
    }
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
            ("a { x:1", "a"),
            ("a { } b", "b"),
            ("@import url(x);", "@import url(x);"),
            (". { x:1 }", "."),
        ] {
            let found = Rules::default().add(sheet).unwrap_err();
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
