//! Tokens of other tools: `*|FNAME|*`, `[[first_name]]`, `%FIRSTNAME%`, `${first_name}`, and a field in one brace, as it stands in the
//! texts of a `.flow` file. Nothing fills them in, so they would be mailed as they are.

use crate::diagnostics::suggest;
use crate::naming::snake_case;
use std::ops::Range;

/// How tokens of other tools begin and end. Longer beginnings come first.
const MARKS: &[(&str, &str)] = &[("*|", "|*"), ("[[", "]]"), ("${", "}"), ("%", "%"), ("{", "}")];
/// What stands between them is short.
const MAX_NAME_BYTES: usize = 80;
/// Shorter words between percent signs are bytes of a web address: `%C3%BC`.
const MIN_PERCENT: usize = 3;

/// What other tools call a field that most projects have.
const USUAL: &[(&str, &str)] = &[("fname", "first_name"), ("lname", "last_name"), ("company", "company_name")];

/// A token that nothing fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) span: Range<usize>,
    /// The field that is meant, if the project has it.
    pub(crate) field: Option<String>,
}

/// Every one in a text, outside the places that are read already. `fields` are those of the project.
pub(crate) fn find(text: &str, read: &[Range<usize>], fields: &[&str]) -> Vec<Foreign> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut read = read.iter().peekable();
    while at < text.len() {
        if let Some(place) = read.next_if(|place| place.start <= at) {
            at = at.max(place.end);
            continue;
        }
        match token_at(text, at, fields) {
            Some(token) => {
                at = token.span.end;
                found.push(token);
            }
            None => at += text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
        }
    }
    found
}

fn token_at(text: &str, at: usize, fields: &[&str]) -> Option<Foreign> {
    let rest = text.get(at..)?;
    let (open, close) = MARKS.iter().find(|(open, _)| rest.starts_with(open))?;
    let inner = rest.get(open.len()..)?;
    let inner = inner.get(..inner.find(close).filter(|length| *length <= MAX_NAME_BYTES)?)?;
    let field = field_of(inner, fields);
    let is_token = match *open {
        "*|" => !inner.is_empty() && !inner.contains(char::is_whitespace),
        "%" => inner.len() >= MIN_PERCENT && inner.chars().all(|c| c.is_ascii_alphabetic() || c == '_'),
        // A style sheet and a script have braces too; only what names a field, or says what to take instead, is one of ours.
        "{" => is_name(inner.split(" or ").next()?) && (inner.contains(" or \"") || fields.contains(&inner)),
        _ => is_name(inner),
    };
    is_token.then(|| Foreign { span: at..at + open.len() + inner.len() + close.len(), field })
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:".contains(c))
}

/// The field behind what another tool calls `FNAME`, `contact.firstname` or `FIRSTNAME`.
pub(super) fn field_of(inner: &str, fields: &[&str]) -> Option<String> {
    let name = inner.split(" or ").next()?.rsplit(['.', ':']).next()?;
    let name = snake_case(name);
    let usual = USUAL.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours);
    let plain = |field: &str| field.replace('_', "");
    let known = |wanted: &str| fields.iter().copied().find(|field| plain(field) == plain(wanted));
    let found =
        usual.and_then(known).or_else(|| known(&name)).or_else(|| suggest::nearest(&name, fields.iter().copied()));
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, Option<String>)> {
        let fields = ["first_name", "email", "company_name"];
        find(text, &[], &fields).into_iter().map(|token| (text.get(token.span).unwrap(), token.field)).collect()
    }

    #[test]
    fn tokens_of_other_tools_are_found_with_the_field_that_is_meant() {
        let first = Some("first_name".to_owned());
        for token in [
            "*|FNAME|*",
            "[[first_name]]",
            "%FIRSTNAME%",
            "${firstName}",
            "[[contact.firstname]]",
            "{first_name}",
            "{first_name or \"there\"}",
        ] {
            assert_eq!(found(&format!("Hello {token}, you")), [(token, first.clone())], "{token}");
        }
        assert_eq!(found("*|IF:NEWS|*x*|END:IF|*"), [("*|IF:NEWS|*", None), ("*|END:IF|*", None)]);
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for text in [
            "a{color:red}",
            "width:100%;height:50%",
            "10% off, 20% more",
            "https://x.example/?q=%C3%BC%20a",
            "x[0][1]",
            "{ }",
            "{blue}",
            "2 * 3 | 4",
            "50 % of %",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
