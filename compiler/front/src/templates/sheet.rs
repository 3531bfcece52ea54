//! The style sheets of a mail, as far as they say what a reader sees: `<style>.out { display: none }</style>`.
//!
//! ```text
//! .out { display: none }                                      holds
//! @media (max-width: 480px) { .out { display: none } }        holds for some readers: not looked at
//! @media screen and (min-width: 0) { .out { display: none } } holds for all
//! @supports (display: grid) { .out { display: none } }        in doubt it holds
//! ```
//!
//! Read as CSS has it: what is never closed ends with the sheet, and what cannot be read is passed over alone.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::selector::{Element, Reading, Selector};

/// What can hide something.
const LOOKS: [&str; 32] = [
    "-webkit-text-fill-color",
    "background",
    "background-color",
    "background-image",
    "bottom",
    "clip",
    "clip-path",
    "color",
    "content-visibility",
    "display",
    "filter",
    "font",
    "font-size",
    "height",
    "inset",
    "left",
    "margin",
    "margin-left",
    "margin-top",
    "max-height",
    "max-width",
    "mso-hide",
    "opacity",
    "overflow",
    "pointer-events",
    "position",
    "right",
    "text-indent",
    "top",
    "transform",
    "visibility",
    "width",
];
/// Blocks may stand so deep inside each other.
const MAX_DEPTH: usize = 16;
/// How many elements are looked at for all rules of a mail; then a rule is taken to hold.
const MAX_LOOKS: usize = 20_000_000;
/// A wider window is rare, and a narrower one too.
const WIDEST_PX: f64 = 1200.0;
const NARROWEST_PX: f64 = 240.0;
/// How much of a rule is shown.
const MAX_SHOWN_CHARS: usize = 60;

/// One `property: value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// In small letters, as the value.
    pub(super) property: String,
    pub(super) value: String,
    pub(super) important: bool,
    /// The rule that says so; none where the element says it itself.
    pub(super) rule: Option<String>,
}

/// The declarations of `style=".."`, or of a rule.
pub(super) fn declarations(style: &str) -> Vec<Declaration> {
    let style = without_escapes(&without_comments(style));
    items(&style)
        .into_iter()
        .filter_map(|item| if let Item::Line(line) = item { declaration(line) } else { None })
        .collect()
}

fn declaration(line: &str) -> Option<Declaration> {
    let (property, value) = line.split_once(':')?;
    let value = value.trim().to_ascii_lowercase();
    let plain = value.strip_suffix("important").and_then(|value| value.trim_end().strip_suffix('!')).map(str::trim);
    Some(Declaration {
        property: property.trim().to_ascii_lowercase(),
        important: plain.is_some(),
        value: plain.map(str::to_owned).unwrap_or(value),
        rule: None,
    })
}

/// What wins over what: what is important, what the element says itself, what names it more narrowly, what stands further behind.
type Strength = (bool, bool, (usize, usize, usize), usize);

#[derive(Debug)]
struct Rule {
    selector: Selector,
    declarations: Vec<Declaration>,
}

/// All rules that hold for every reader.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    rules: Vec<Rule>,
    by_key: BTreeMap<String, Vec<usize>>,
    /// Some readers see what others do not: `@media (max-width: 480px) { .wide { display: none } }`.
    pub(super) differs: bool,
    looked: Cell<usize>,
}

impl Sheets {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(super) fn add(&mut self, sheet: &str) {
        let sheet = without_escapes(&without_comments(sheet)).replace("<!--", "    ").replace("-->", "   ");
        self.block(&sheet, 0);
    }

    fn block(&mut self, text: &str, depth: usize) {
        if depth == MAX_DEPTH {
            return;
        }
        for item in items(text) {
            let Item::Block { head, body } = item else { continue };
            let head = head.trim();
            let Some(at) = head.strip_prefix('@') else {
                self.rule(head, body, depth);
                continue;
            };
            let (word, asked) = at.split_at(at.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(at.len()));
            match word.to_ascii_lowercase().as_str() {
                "media" if is_for_all(asked) => self.block(body, depth + 1),
                "media" => {
                    self.differs |= body.contains("display") || body.contains("visibility") || body.contains("height")
                }
                "supports" | "layer" | "container" | "scope" | "document" | "-moz-document" => {
                    self.block(body, depth + 1)
                }
                _ => {}
            }
        }
    }

    fn rule(&mut self, head: &str, body: &str, depth: usize) {
        let mut found = declarations(body);
        found.retain(|declaration| LOOKS.contains(&declaration.property.as_str()));
        for selector in parted(head, ',').into_iter().filter(|_| !found.is_empty()) {
            let Some(read) = Selector::read(selector, Reading::InDoubt) else { continue };
            let mut declarations = found.clone();
            for declaration in &mut declarations {
                let words: String = selector.split_whitespace().collect::<Vec<_>>().join(" ");
                let shown = cut(&words, MAX_SHOWN_CHARS);
                declaration.rule = Some(format!("{shown} {{ {}: {} }}", declaration.property, declaration.value));
            }
            self.by_key.entry(read.key()).or_default().push(self.rules.len());
            self.rules.push(Rule { selector: read, declarations });
        }
        // A rule inside a rule.
        if body.contains('{') {
            self.block(body, depth + 1);
        }
    }

    /// What the rules and the element itself say of it, what wins last.
    pub(super) fn of<'e>(
        &self,
        element: &'e Element,
        parents: impl Iterator<Item = &'e Element> + Clone,
        depth: usize,
        own: &[Declaration],
    ) -> Vec<Declaration> {
        let numbers = element.keys().filter_map(|key| self.by_key.get(&key).cloned()).flatten();
        let mut found: Vec<(Strength, &Declaration)> = Vec::new();
        for number in numbers {
            let Some(rule) = self.rules.get(number).filter(|rule| rule.selector.ends_at(element)) else { continue };
            let cost = if rule.selector.len() > 1 { depth + 1 } else { 1 };
            self.looked.set(self.looked.get().saturating_add(cost));
            if self.looked.get() < MAX_LOOKS && !rule.selector.names(element, parents.clone()) {
                continue;
            }
            let weight = rule.selector.weight();
            found.extend(rule.declarations.iter().map(|said| ((said.important, false, weight, number), said)));
        }
        found.extend(own.iter().map(|said| ((said.important, true, (0, 0, 0), 0), said)));
        found.sort_by_key(|(strength, _)| *strength);
        found.into_iter().map(|(_, said)| said.clone()).collect()
    }
}

/// Whether a media query asks for nothing that some reader's screen is not.
fn is_for_all(query: &str) -> bool {
    parted(query, ',').into_iter().any(|part| {
        let part = part.trim().to_ascii_lowercase();
        let part = part.strip_prefix("only ").unwrap_or(&part).trim();
        if let Some(other) = part.strip_prefix("not ") {
            return matches!(other.trim(), "print" | "speech" | "tty" | "tv" | "handheld");
        }
        part.split(" and ").map(str::trim).all(|condition| match condition {
            "" | "all" | "screen" => true,
            _ => condition.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).is_some_and(is_always),
        })
    })
}

/// `min-width: 0`, `max-width: 9999px`
fn is_always(condition: &str) -> bool {
    let Some((feature, value)) = condition.split_once(':') else { return false };
    let value = value.trim();
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let Ok(number) = number.trim().parse::<f64>() else { return false };
    let pixels = if value.ends_with("em") { number * 16.0 } else { number };
    match feature.trim() {
        "min-width" | "min-device-width" => pixels <= NARROWEST_PX,
        "max-width" | "max-device-width" => pixels >= WIDEST_PX,
        _ => false,
    }
}

enum Item<'t> {
    /// Up to a `;`.
    Line(&'t str),
    Block {
        head: &'t str,
        body: &'t str,
    },
}

/// What stands in a sheet or a block, one after the other.
fn items(text: &str) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    let (mut start, mut open_at, mut depth, mut brackets) = (0, 0, 0_usize, 0_usize);
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), _) if open == c || c == '\n' => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => brackets += 1,
            (None, ')') => brackets = brackets.saturating_sub(1),
            (None, '{') => {
                brackets = 0;
                if depth == 0 {
                    open_at = at;
                }
                depth += 1;
            }
            (None, '}') if depth == 1 => {
                depth = 0;
                let (head, body) = (text.get(start..open_at), text.get(open_at + 1..at));
                found.push(Item::Block { head: head.unwrap_or_default(), body: body.unwrap_or_default() });
                start = at + 1;
            }
            // One that closes nothing is passed over.
            (None, '}') if depth == 0 => start = at + 1,
            (None, '}') => depth -= 1,
            (None, ';') if depth == 0 && brackets == 0 => {
                found.push(Item::Line(text.get(start..at).unwrap_or_default()));
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        let (head, body) = (text.get(start..open_at), text.get(open_at + 1..));
        found.push(Item::Block { head: head.unwrap_or_default(), body: body.unwrap_or_default() });
    } else {
        found.push(Item::Line(text.get(start..).unwrap_or_default()));
    }
    found
}

/// Parted at a sign that stands in no brackets and no quotes.
fn parted(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, _) if c == sign && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// The sheet with blanks in place of its comments, so that places stay.
pub(super) fn without_comments(sheet: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(sheet.len()), sheet);
    while let Some((before, after)) = rest.split_once("/*") {
        let length = after.find("*/").map_or(after.len(), |len| len + 2);
        out.push_str(before);
        out.push_str(&" ".repeat(length + 2));
        rest = after.get(length..).unwrap_or_default();
    }
    out + rest
}

/// How many digits an escaped sign has at most (CSS Syntax, "consume an escaped code point").
const MAX_ESCAPE_DIGITS: usize = 6;

/// `n\6fne` as `none`: letters that are written as numbers. Signs stay as they are, so that an escaped brace opens nothing.
fn without_escapes(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = after.bytes().take(MAX_ESCAPE_DIGITS).take_while(u8::is_ascii_hexdigit).count();
        let (number, behind) = after.split_at(digits);
        let sign = u32::from_str_radix(number, 16).ok().and_then(char::from_u32);
        let plain = after.chars().next().filter(|_| digits == 0);
        match sign.or(plain).filter(|sign| sign.is_alphanumeric() || matches!(sign, '-' | '_')) {
            Some(sign) => {
                out.push(sign);
                let spaces = usize::from(digits > 0 && behind.starts_with([' ', '\t', '\n']));
                rest = after.get(digits.max(sign.len_utf8() * usize::from(digits == 0)) + spaces..).unwrap_or_default();
            }
            None => {
                out.push('\\');
                // An escaped `\` begins no other escape.
                let passed = plain.filter(|sign| *sign == '\\').map_or(0, char::len_utf8);
                out.push_str(after.get(..passed).unwrap_or_default());
                rest = after.get(passed..).unwrap_or_default();
            }
        }
    }
    out + rest
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
