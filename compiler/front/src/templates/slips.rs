//! Slips in `{{ .. }}` whose meaning is clear: how other tools write a fallback, a link, a question, and what text processors make of
//! quotes. Each gives the line as Flow writes it, never one that means something else.

use std::ops::Range;

use minijinja::machinery;

use super::TemplateScope;
use super::fault::{Construct, FaultKind, Slip, Syntax, TemplateFault, nearest, plain};
use super::filters::FILTERS;
use super::foreign::{self, Fallback};
use crate::syntax::ast::trigger_property;

/// Quotes as text processors set them, single ones too: a field's text may stand in either.
const QUOTES: [char; 10] = ['“', '”', '„', '‟', '«', '»', '″', '‘', '’', '‚'];
/// What is wrong, and what stands between the braces when it is mended: nothing where there is no telling.
pub(super) struct Mended {
    pub(super) kind: FaultKind,
    pub(super) inner: String,
    /// What takes the place of the whole token, where one token cannot say it.
    whole: Option<String>,
}

impl Mended {
    fn new(kind: FaultKind, inner: String) -> Self {
        Self { kind, inner, whole: None }
    }

    /// The token as it is mended, with its braces.
    pub(super) fn token(&self) -> String {
        self.whole.clone().unwrap_or_else(|| format!("{{{{ {} }}}}", self.inner))
    }
}

/// Of a token that cannot be read. `inner` is what stands between its braces.
pub(super) fn unreadable(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let straight = typographic(inner);
    let written = straight.as_deref().unwrap_or(inner);
    let other = in_dollars(written, scope)
        .or_else(|| braces(written, scope))
        .or_else(|| fallback_behind_filters(written, scope))
        .or_else(|| fallback(written, scope))
        .or_else(|| spaced_name(written, scope));
    if let (None, Some(kind)) = (&other, filter(written).or_else(|| unknown_name(written))) {
        return Some(Mended::new(kind, String::new()));
    }
    let kind = match (&straight, &other) {
        (Some(_), _) => FaultKind::Syntax(Syntax::Slip(Slip::Typographic)),
        (None, Some(other)) => other.kind.clone(),
        (None, None) => return None,
    };
    let (inner, whole) = other.map(|other| (other.inner, other.whole)).or(straight.map(|straight| (straight, None)))?;
    let reads = machinery::parse(&format!("{{{{ {inner} }}}}"), "", Default::default()).is_ok();
    reads.then_some(Mended { kind, inner, whole })
}

/// `{{${first_name}}}`, `{{custom_attribute.${industry}}}`, as Braze has it: the braces inside and what stands before them are its own.
fn in_dollars(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let (before, rest) = inner.split_once("${")?;
    let is_prefix = before.trim().is_empty()
        || before.trim().trim_end_matches('.').chars().all(|c| c.is_alphanumeric() || c == '_');
    let name = rest.split('}').next()?.trim();
    let behind = rest.get(name.len()..)?.trim_start_matches('}').trim();
    if !is_prefix || !behind.is_empty() || !foreign::is_like_a_name(name) {
        return None;
    }
    let inner = match field(name, scope) {
        Some(field) => printed(&field, None, scope),
        None if name.contains("unsubscribe") => "unsubscribe_url".to_owned(),
        None => return None,
    };
    Some(Mended::new(FaultKind::Syntax(Syntax::Slip(Slip::Braces)), inner))
}

/// What is meant between braces that were set wrongly around it: a token that can be read, or that can be mended.
pub(super) fn value(inner: &str, scope: &TemplateScope) -> Option<String> {
    if foreign::is_like_a_name(inner)
        && let Some(field) = field(inner, scope)
    {
        return Some(printed(&field, None, scope));
    }
    if machinery::parse(&format!("{{{{ {inner} }}}}"), "", Default::default()).is_ok() {
        return Some(inner.to_owned());
    }
    link(inner, scope).or_else(|| unreadable(inner, scope)).map(|mended| mended.inner).filter(|inner| !inner.is_empty())
}

/// `link(case-study)`, `link.case-study`, `link "case-study"`: a link without its brackets or quotes.
pub(super) fn link(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let rest = ["links", "link"].iter().find_map(|word| inner.strip_prefix(word))?;
    let is_called = rest.trim_start().starts_with('(');
    let named = rest.trim_start_matches(|c: char| c.is_whitespace() || "(.:[".contains(c));
    let named = named.trim_end_matches(|c: char| c.is_whitespace() || ")]".contains(c));
    let quote = |c: char| matches!(c, '"' | '\'') || QUOTES.contains(&c);
    let name = named.trim_matches(quote);
    let is_whole = inner.starts_with("link") && !inner.starts_with("links") && is_called && inner.ends_with(')');
    let is_quoted = named.len() == name.len() + 2 && named.starts_with(['"', '\'']);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    if named.len() == rest.len() || !is_name || (is_whole && is_quoted) {
        return None;
    }
    // Only a link of the same letters is the same link.
    let same = scope.links.keys().find(|alias| plain(alias) == plain(name));
    let alias = same.map_or(name, String::as_str);
    let typographic = named.contains(QUOTES);
    let slip = if typographic { Slip::Typographic } else { Slip::Link };
    Some(Mended::new(FaultKind::Syntax(Syntax::Slip(slip)), format!("link(\"{alias}\")")))
}

/// The question behind `#if first_name`, as Flow asks it, without its braces.
pub(super) fn question(asked: &str, scope: &TemplateScope) -> Option<String> {
    let asked = asked.trim();
    if foreign::is_name(asked) {
        return Some(field(asked, scope).unwrap_or_else(|| asked.to_owned()));
    }
    let (name, text) = match asked.strip_prefix("(eq ").and_then(|asked| asked.strip_suffix(')')) {
        Some(compared) => compared.trim().split_once(' ')?,
        None => ["==", "=", " is ", " eq "].iter().find_map(|sign| asked.split_once(sign))?,
    };
    let (name, text) = (name.trim(), text.trim().trim_matches(['"', '\'']));
    (foreign::is_name(name) && foreign::is_text(text))
        .then(|| format!("{} == \"{text}\"", field(name, scope).unwrap_or_else(|| name.to_owned())))
}

/// A token for a field: with a fallback where somebody may lack it.
pub(super) fn printed(field: &str, fallback: Option<&str>, scope: &TemplateScope) -> String {
    let optional = scope.fields.get(field).is_some_and(|field| field.optional);
    match fallback.map(str::to_owned).or_else(|| optional.then(|| crate::naming::instead_of(field))) {
        Some(fallback) => format!("{field} or \"{fallback}\""),
        None => field.to_owned(),
    }
}

/// The field that is meant by a name as another tool has it.
pub(super) fn field(name: &str, scope: &TemplateScope) -> Option<String> {
    if scope.fields.contains_key(name) {
        return Some(name.to_owned());
    }
    foreign::field_of(name, scope.fields.names())
}

/// Plain quotes in place of those that stand outside texts in plain ones.
pub(super) fn typographic(inner: &str) -> Option<String> {
    let (mut open, mut mended, mut any) = (None, String::with_capacity(inner.len()), false);
    for c in inner.chars() {
        match open {
            None if QUOTES.contains(&c) => {
                any = true;
                mended.push('"');
                open = Some('“');
                continue;
            }
            // What a typographic quote opens, the next of them closes, or a plain one.
            Some('“') if QUOTES.contains(&c) || c == '"' => {
                mended.push('"');
                open = None;
                continue;
            }
            None if matches!(c, '"' | '\'') => open = Some(c),
            // Opened with a plain quote and closed with another.
            Some('"') if matches!(c, '”' | '“') => {
                any = true;
                mended.push('"');
                open = None;
                continue;
            }
            Some(quote) if quote == c => open = None,
            _ => {}
        }
        mended.push(if c == '\u{a0}' && open.is_none() { ' ' } else { c });
    }
    (any && open.is_none()).then_some(mended)
}

/// `{{{ first_name }}}`, where one brace is part of what is left.
fn braces(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let name = inner.strip_prefix('{')?.trim_matches(['{', '}']).trim();
    let kind = FaultKind::Syntax(Syntax::Slip(Slip::Braces));
    if foreign::is_name(name) {
        let field = field(name, scope).unwrap_or_else(|| name.to_owned());
        return Some(Mended::new(kind, printed(&field, None, scope)));
    }
    Some(Mended::new(kind, name.to_owned()))
}

/// A field and what to write instead of it, in another tool's words.
fn fallback(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let theirs = foreign::read(inner);
    let Fallback { text, quoted, as_ours } = theirs.fallback?;
    let known = field(theirs.name, scope);
    if !(foreign::is_name(theirs.name) || known.is_some()) || !foreign::is_text(text) {
        return None;
    }
    let slip = if as_ours && !quoted { Slip::Unquoted } else { Slip::Fallback };
    let field = known.unwrap_or_else(|| theirs.name.to_owned());
    let inner = match scope.fields.get(text) {
        Some(_) if !quoted => format!("{field} or {text}"),
        _ => printed(&field, Some(text), scope),
    };
    Some(Mended::new(FaultKind::Syntax(Syntax::Slip(slip)), inner))
}

/// `first_name|title|default:"there"`: filters of ours, and a fallback in another tool's words behind them.
fn fallback_behind_filters(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let is_ours = |part: &&str| FILTERS.contains(part) && *part != "default";
    let parts: Vec<&str> = inner.split('|').map(str::trim).collect();
    let (name, rest) = parts.split_first()?;
    let ours: Vec<&str> = rest.iter().copied().filter(is_ours).collect();
    let others: Vec<&str> = rest.iter().copied().filter(|part| !is_ours(part)).collect();
    let [other] = others.as_slice() else { return None };
    if ours.is_empty() {
        return None;
    }
    let mended = fallback(&format!("{name}|{other}"), scope)?;
    let (field, text) = mended.inner.split_once(" or ").filter(|(_, text)| text.starts_with('"'))?;
    let inner = format!("{field} | default({text}) | {}", ours.join(" | "));
    // What is done to the value was not to be done to the text that stands for it.
    let bare = text.trim_matches('"');
    let changes = |name: &&str| super::filters::applied(name, bare).is_none_or(|changed| changed != bare);
    let filters = ours.join(" | ");
    let whole = ours
        .iter()
        .any(changes)
        .then(|| format!("{{% if {field} %}}{{{{ {field} | {filters} }}}}{{% else %}}{bare}{{% endif %}}"));
    Some(Mended { kind: mended.kind, inner, whole })
}

/// `event.product`, `ordered.product`, `product`: what the event said that let somebody in. A field of the contact comes first.
pub(super) fn trigger_said(name: &str, scope: &TemplateScope) -> Option<String> {
    let property = name.rsplit('.').next()?;
    let is_of_trigger = crate::syntax::trigger_meant(name).is_some() || !scope.fields.contains_key(property);
    let said = format!("trigger.{property}");
    scope.fields.contains_key(&said).then_some(said).filter(|_| is_of_trigger)
}

/// `trigger.prodcut`: what a trigger says by a name that is near.
pub(super) fn near_of_trigger(name: &str, scope: &TemplateScope) -> Option<String> {
    let said = scope.fields.keys().filter_map(|field| trigger_property(field));
    nearest(trigger_property(name)?, said).map(|property| format!("trigger.{property}"))
}

/// `First Name`, as the column is called.
fn spaced_name(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let field = Some(inner).filter(|inner| foreign::is_like_a_name(inner)).and_then(|inner| field(inner, scope))?;
    let kind = FaultKind::UnknownToken { name: inner.to_owned(), nearest: Some(field.clone()) };
    Some(Mended::new(kind, printed(&field, None, scope)))
}

/// `my.Event Date`, `lead.Event Date:default=1 May`: what would be a field's name of several words, if there were such a field.
fn unknown_name(inner: &str) -> Option<FaultKind> {
    let theirs = foreign::read(inner);
    let name = theirs.name.rsplit('.').next()?.trim();
    let is_name = theirs.name.contains('.') && name.contains(' ') && foreign::is_like_a_name(theirs.name);
    is_name.then(|| FaultKind::UnknownToken { name: crate::naming::snake_case(name), nearest: None })
}

/// `date` in `joined | date: "%d"`: a change of a value as other tools ask for it.
fn filter(inner: &str) -> Option<FaultKind> {
    let (_, filter) = inner.split_once('|')?;
    let name =
        filter.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())?;
    let is_theirs = !name.starts_with("default") && !FILTERS.contains(&name) && foreign::is_name(name);
    is_theirs.then(|| FaultKind::NotAllowed(Construct::Filter { name: name.to_owned(), nearest: None }))
}

/// Without what editors of web pages and text processors put into a token: `&quot;`, blanks that only look like one, tags. None where
/// there is nothing of the kind.
pub(super) fn tidied(between: &str) -> Option<String> {
    let mut tidy = String::with_capacity(between.len());
    let mut open: Option<char> = None;
    let mut rest = between;
    while let Some(c) = rest.chars().next() {
        let (sign, len) = match c {
            '&' => entity(rest).unwrap_or((Some('&'), 1)),
            '<' if open.is_none() => (None, tag(rest).unwrap_or(0)),
            _ if open.is_none() && ZERO_WIDTH.contains(&c) => (None, c.len_utf8()),
            _ if open.is_none() && c != ' ' && c.is_whitespace() && !c.is_ascii() => (Some(' '), c.len_utf8()),
            c => (Some(c), c.len_utf8()),
        };
        // A lone `<`.
        let (sign, len) = if len == 0 { (Some(c), 1) } else { (sign, len) };
        match (open, sign) {
            (None, Some('\u{a0}')) => tidy.push(' '),
            (None, Some(quote @ ('"' | '\''))) => {
                open = Some(quote);
                tidy.push(quote);
            }
            (Some(quote), Some(sign)) if sign == quote => {
                open = None;
                tidy.push(quote);
            }
            (_, sign) => tidy.extend(sign),
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    (tidy != between).then(|| tidy.trim().to_owned())
}

const ZERO_WIDTH: [char; 6] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{ad}', '\u{feff}'];
/// What HTML writes for signs that tokens have.
const ENTITIES: [(&str, char); 10] = [
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&apos;", '\''),
    ("&#39;", '\''),
    ("&nbsp;", '\u{a0}'),
    ("&#160;", '\u{a0}'),
    ("&amp;", '&'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&#124;", '|'),
];

fn entity(rest: &str) -> Option<(Option<char>, usize)> {
    let found = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
    found.map(|(name, sign)| (Some(*sign), name.len()))
}

/// The length of a tag that begins here.
fn tag(rest: &str) -> Option<usize> {
    let name = rest.strip_prefix("</").or_else(|| rest.strip_prefix('<'))?;
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| rest.find('>').map(|len| len + 1))?
}

/// `first_name }}`: a token without its beginning, wherever nobody has read yet.
pub(super) fn unopened(text: &str, read: &[Range<usize>], scope: &TemplateScope) -> Vec<TemplateFault> {
    let is_read = |at: usize| {
        let next = read.partition_point(|place| place.start <= at);
        read.get(..next).unwrap_or_default().iter().rev().take(MAX_INSIDE).any(|place| at < place.end)
    };
    let ends = text.match_indices("}}").map(|(at, _)| at).filter(|at| !is_read(*at));
    let fault = |end: usize| {
        let kind = FaultKind::Syntax(Syntax::Unopened { opener: "{{", closer: "}}" });
        match beginning(text.get(..end).unwrap_or_default(), scope) {
            Some((start, inner)) => {
                let place = start..end + 2;
                TemplateFault::new(kind, place.clone()).edit(place, format!("{{{{ {inner} }}}}"))
            }
            None => TemplateFault::new(kind, end..end + 2),
        }
    };
    ends.map(fault).collect()
}

/// How many places may lie inside each other.
const MAX_INSIDE: usize = 3;

/// Where the token began whose end follows, and what is meant by it.
fn beginning(before: &str, scope: &TemplateScope) -> Option<(usize, String)> {
    let written = before.trim_end();
    let (named, fallback) = match written.strip_suffix(['"', '\'']) {
        Some(quoted) => {
            let text = quoted.rsplit(['"', '\'']).next()?;
            let named = quoted.strip_suffix(text)?.strip_suffix(['"', '\''])?.trim_end().strip_suffix(" or")?;
            (named, Some(text))
        }
        None => (written, None),
    };
    let named = named.trim_end();
    let start = named
        .rfind(|c: char| !c.is_ascii_alphanumeric() && !"_.".contains(c))
        .map_or(0, |at| at + named.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let field = field(named.get(start..).filter(|name| !name.is_empty())?, scope)?;
    Some((start, printed(&field, fallback, scope)))
}

/// A value where an address begins. A link that is declared under its name is what is meant; else its writer has to say the address.
pub(super) fn no_address(
    field: &str,
    attribute: &str,
    value: Range<usize>,
    span: Range<usize>,
    scope: &TemplateScope,
) -> TemplateFault {
    let declared = scope.links.keys().find(|alias| plain(alias) == plain(field));
    let link = declared.cloned().unwrap_or_else(|| field.replace(['_', '.'], "-"));
    let kind = Construct::AsAddress {
        attribute: attribute.to_owned(),
        link: link.clone(),
        declared: declared.is_some() && attribute == "href",
    };
    let fault = TemplateFault::new(FaultKind::NotAllowed(kind), span);
    if declared.is_some() && attribute == "href" {
        fault.edit(value, format!("{{{{ link(\"{link}\") }}}}"))
    } else {
        fault
    }
}

/// Of a token with such signs in it, what is meant by the rest.
pub(super) fn untidy(between: &str, scope: &TemplateScope) -> Option<Mended> {
    let tidy = tidied(between)?;
    let kind = FaultKind::Syntax(Syntax::Slip(Slip::Editor));
    let inner = match (field(&tidy, scope), link(&tidy, scope), unreadable(&tidy, scope)) {
        (Some(field), ..) if foreign::is_like_a_name(&tidy) => printed(&field, None, scope),
        (_, Some(other), _) | (_, _, Some(other)) => other.inner,
        _ => tidy,
    };
    Some(Mended::new(kind, inner))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::FieldShape;
    use super::*;

    fn scope() -> TemplateScope {
        let shape = |optional| FieldShape { printable: true, optional };
        TemplateScope {
            fields: BTreeMap::from(
                [("first_name", true), ("email", false), ("last_name", true)]
                    .map(|(name, optional)| (name.to_owned(), shape(optional))),
            )
            .into(),
            links: BTreeMap::from([("case-study".to_owned(), String::new()), ("guide".to_owned(), String::new())]),
            marketing: true,
            ..TemplateScope::default()
        }
    }

    fn mended(inner: &str) -> Option<String> {
        unreadable(inner, &scope()).map(|mended| mended.inner)
    }

    #[test]
    fn fallbacks_of_other_tools_mean_what_they_say() {
        for written in [
            "first_name | default: \"there\"",
            "first_name|default:'there'",
            "first_name | default \"there\"",
            "first_name || \"there\"",
            "first_name ?? 'there'",
            "contact.firstname | default: \"there\"",
            "first_name, fallback=there",
            "first_name or “there”",
            "first_name or „there“",
            "first_name | default(“there”)",
            "first_name or \"there”",
            "{first_name",
            "First Name",
        ] {
            let mended = mended(written);
            let wanted = [Some("first_name or \"there\""), Some("first_name | default(\"there\")")];
            assert!(wanted.contains(&mended.as_deref()), "{written}: {mended:?}");
        }
        assert_eq!(mended("first_name or my friend").as_deref(), Some("first_name or \"my friend\""));
        assert_eq!(mended("nickname | default: \"you\"").as_deref(), Some("nickname or \"you\""));
        for written in ["first_name | default: \"there\" | upper", "first_name|upper|default:'there'"] {
            assert_eq!(mended(written).as_deref(), Some("first_name | default(\"there\") | upper"), "{written}");
        }
        assert_eq!(mended("first_name || last_name").as_deref(), Some("first_name or last_name"));
    }

    #[test]
    fn what_is_not_clear_is_not_mended() {
        for written in
            ["", "first_name or", "email !", "first_name | default: \"there\" | wordcount", "3 || 4", "a b c"]
        {
            assert_eq!(mended(written), None, "{written}");
        }
    }

    #[test]
    fn a_link_keeps_its_name() {
        let mended = |inner: &str| link(inner, &scope()).map(|mended| mended.inner);
        for written in [
            "link(case-study)",
            "link.case-study",
            "link case-study",
            "link \"case-study\"",
            "links.case_study",
            "link(“case-study”)",
        ] {
            assert_eq!(mended(written).as_deref(), Some("link(\"case-study\")"), "{written}");
        }
        assert_eq!(mended("link(guides)").as_deref(), Some("link(\"guides\")"));
        for written in
            ["link(\"case-study\")", "link('guide')", "link()", "link", "linked_in", "link(a, b)", "link(\"a b\")"]
        {
            assert_eq!(mended(written), None, "{written}");
        }
    }
}
