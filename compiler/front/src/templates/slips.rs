//! Slips in `{{ .. }}` whose meaning is clear: how other tools write a fallback, a link, a question, and what text processors make of
//! quotes. Each gives the line as Flow writes it, never one that means something else.

use minijinja::machinery;

use super::TemplateScope;
use super::fault::{FaultKind, Slip, Syntax, plain};
use super::foreign;
use crate::naming::snake_case;

/// Quotes as text processors set them, single ones too: a field's text may stand in either.
const QUOTES: [char; 10] = ['“', '”', '„', '‟', '«', '»', '″', '‘', '’', '‚'];
/// What stands between a field and its fallback, longer ones first.
const BETWEEN: [&str; 6] = ["||", "??", "|", " or ", ":", ","];
/// What other tools call it.
const FALLBACK_WORDS: [&str; 4] = ["default_if_none", "default", "fallback", "or"];

/// What is wrong, and what stands between the braces when it is mended.
pub(super) struct Mended {
    pub(super) kind: FaultKind,
    pub(super) inner: String,
}

/// Of a token that cannot be read. `inner` is what stands between its braces.
pub(super) fn unreadable(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let straight = typographic(inner);
    let written = straight.as_deref().unwrap_or(inner);
    let other = braces(written, scope).or_else(|| fallback(written, scope)).or_else(|| spaced_name(written, scope));
    let kind = match (&straight, &other) {
        (Some(_), _) => FaultKind::Syntax(Syntax::Slip(Slip::Typographic)),
        (None, Some(other)) => other.kind.clone(),
        (None, None) => return None,
    };
    let inner = other.map(|other| other.inner).or(straight)?;
    machinery::parse(&format!("{{{{ {inner} }}}}"), "", Default::default()).is_ok().then_some(Mended { kind, inner })
}

/// `link(case-study)`, `link.case-study`, `link "case-study"`: a link without its brackets or quotes.
pub(super) fn link(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let rest = ["links", "link"].iter().find_map(|word| inner.strip_prefix(word))?;
    let is_called = rest.trim_start().starts_with('(');
    let named = rest.trim_start_matches(|c: char| c.is_whitespace() || "(.:[".contains(c));
    let named = named.trim_end_matches(|c: char| c.is_whitespace() || ")]".contains(c));
    let quote = |c: char| matches!(c, '"' | '\'') || QUOTES.contains(&c);
    let name = named.trim_matches(quote);
    let is_whole = inner.starts_with("link") && !inner.starts_with("links") && is_called;
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
    Some(Mended { kind: FaultKind::Syntax(Syntax::Slip(slip)), inner: format!("link(\"{alias}\")") })
}

/// The question behind `#if first_name`, as Flow asks it, without its braces.
pub(super) fn question(asked: &str, scope: &TemplateScope) -> Option<String> {
    let asked = asked.trim();
    if foreign::is_name(asked) {
        return Some(field(asked, scope).unwrap_or_else(|| asked.to_owned()));
    }
    let compared = asked.strip_prefix("(eq ")?.strip_suffix(')')?.trim();
    let (name, text) = compared.split_once(' ')?;
    let text = text.trim().trim_matches(['"', '\'']);
    (foreign::is_name(name) && is_text(text))
        .then(|| format!("{} == \"{text}\"", field(name, scope).unwrap_or_else(|| name.to_owned())))
}

/// A token for a field: with a fallback where somebody may lack it.
pub(super) fn printed(field: &str, fallback: Option<&str>, scope: &TemplateScope) -> String {
    let optional = scope.fields.get(field).is_some_and(|field| field.optional);
    match fallback.or(optional.then_some("there")) {
        Some(fallback) => format!("{field} or \"{fallback}\""),
        None => field.to_owned(),
    }
}

/// The field that is meant by a name as another tool has it.
pub(super) fn field(name: &str, scope: &TemplateScope) -> Option<String> {
    if scope.fields.contains_key(name) {
        return Some(name.to_owned());
    }
    let fields: Vec<&str> = scope.fields.keys().map(String::as_str).collect();
    foreign::field_of(name, &fields)
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
        return Some(Mended { kind, inner: printed(&field, None, scope) });
    }
    Some(Mended { kind, inner: name.to_owned() })
}

/// A field and what to write instead of it, in another tool's words.
fn fallback(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let (at, sign) = BETWEEN.iter().filter_map(|sign| Some((inner.find(sign)?, *sign))).min_by_key(|(at, _)| *at)?;
    let name = inner.get(..at)?.trim();
    let mut text = inner.get(at + sign.len()..)?.trim();
    let mut in_words = false;
    for word in FALLBACK_WORDS {
        let rest = text.strip_prefix(word).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if let Some(rest) = rest {
            text = rest.trim_start().trim_start_matches([':', '=', '(']).trim_start();
            text = text.strip_suffix(')').unwrap_or(text).trim_end();
            in_words = true;
            break;
        }
    }
    let bare = text.trim_matches(['"', '\'']);
    if !foreign::is_name(name) || !is_text(bare) {
        return None;
    }
    let slip = if sign == " or " && bare == text && !in_words { Slip::Unquoted } else { Slip::Fallback };
    let field = field(name, scope).unwrap_or_else(|| name.to_owned());
    let inner = match scope.fields.get(bare) {
        Some(_) if bare == text => format!("{field} or {bare}"),
        _ => printed(&field, Some(bare), scope),
    };
    Some(Mended { kind: FaultKind::Syntax(Syntax::Slip(slip)), inner })
}

/// `First Name`, as the column is called.
fn spaced_name(inner: &str, scope: &TemplateScope) -> Option<Mended> {
    let is_name = inner.chars().all(|c| c.is_alphanumeric() || " _-".contains(c));
    let wanted = Some(snake_case(inner)).filter(|_| is_name)?;
    let field = scope.fields.keys().find(|field| **field == wanted)?;
    let kind = FaultKind::UnknownToken { name: inner.to_owned(), nearest: Some(field.clone()) };
    Some(Mended { kind, inner: printed(field, None, scope) })
}

/// Words that can stand between quotes as they are.
fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(['"', '\\', '{', '}', '|', '\n'])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::FieldShape;
    use super::*;

    fn scope() -> TemplateScope {
        let shape = |optional| FieldShape { printable: true, optional };
        TemplateScope {
            fields: [("first_name", true), ("email", false), ("last_name", true)]
                .map(|(name, optional)| (name.to_owned(), shape(optional)))
                .into(),
            links: BTreeMap::from([("case-study".to_owned(), String::new()), ("guide".to_owned(), String::new())]),
            marketing: true,
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
        assert_eq!(mended("first_name || last_name").as_deref(), Some("first_name or last_name"));
    }

    #[test]
    fn what_is_not_clear_is_not_mended() {
        for written in ["", "first_name or", "email !", "first_name | default: \"there\" | upper", "3 || 4", "a b c"] {
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
