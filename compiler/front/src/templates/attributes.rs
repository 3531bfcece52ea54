//! The attributes of a tag, and what a token in one is for.
//!
//! ```text
//! alt="{{ first_name or "you" }}"               words
//! href="{{ link("guide") }}"                    where it leads
//! href="https://x.example/?n={{ first_name }}"  a part of an address: `&` in a name must not end it
//! style="color:{{ colour }}"                    read by a machine
//! ```

use std::ops::Range;

use super::markup::{Role, inside};
use super::pieces::{Piece, PieceKind};

/// Attributes that hold one address.
const ADDRESSES: [&str; 13] = [
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "longdesc",
    "manifest",
    "ping",
    "poster",
    "src",
    "usemap",
    "xlink:href",
];
/// Attributes of HTML that are no words and no address.
const CODE: [&str; 5] = ["imagesrcset", "sizes", "srcdoc", "srcset", "style"];
/// Attributes of MJML that are handed on as they are. The others become styles, or are spread over the mail.
const MJML_WORDS: [&str; 4] = ["alt", "aria-label", "name", "title"];
/// The host of an address ends before.
const MAX_HOST_BYTES: usize = 300;

/// One attribute; a value's place is without its quotes.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'t> {
    pub(super) name: &'t str,
    pub(super) value: Range<usize>,
    pub(super) quoted: bool,
}

/// What an attribute's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Words,
    Address,
    Code,
}

/// Of an attribute in a tag of this name, both as written.
pub(super) fn holds(tag: &str, attribute: &str) -> Holds {
    let (tag, name) = (tag.to_ascii_lowercase(), attribute.to_ascii_lowercase());
    let is = |names: &[&str]| names.contains(&name.as_str());
    if tag.starts_with("mj-") {
        return match () {
            () if is(&["href", "src"]) => Holds::Address,
            () if is(&MJML_WORDS) => Holds::Words,
            () => Holds::Code,
        };
    }
    let is_handler = name.starts_with("on") && name.chars().all(|c| c.is_ascii_alphabetic());
    if is(&CODE) || is_handler || (tag == "meta" && name == "content") {
        Holds::Code
    } else if is(&ADDRESSES) {
        Holds::Address
    } else {
        Holds::Words
    }
}

/// The attributes of a tag, read from behind its name, and the offset behind its `>`; none where it has no end. `text` has letters in
/// place of its tokens, which are no part of a name.
pub(super) fn read<'t>(text: &'t str, pieces: &[Piece], from: usize) -> Option<(Vec<Attribute<'t>>, usize)> {
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let blanks = |at: usize| rest(at).len() - rest(at).trim_start().len();
    let mut found = Vec::new();
    let mut at = from;
    loop {
        at += blanks(at);
        let mark = rest(at).chars().next()?;
        if mark == '>' {
            return Some((found, at + 1));
        }
        if mark == '/' {
            at += 1;
            continue;
        }
        // A quote where a name should be opens a value without one, so that a `>` in it ends nothing.
        let name_len = match mark {
            '"' | '\'' => 0,
            first => rest(at + first.len_utf8())
                .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/' | '"' | '\''))
                .map_or(rest(at).len(), |len| len + first.len_utf8()),
        };
        let name_end = at + name_len;
        let name_start = inside(pieces, &(at..name_end)).last().map_or(at, |piece| piece.span.end).min(name_end);
        let name = text.get(name_start..name_end).unwrap_or_default();
        let equals = name_end + blanks(name_end);
        let value_at = match rest(equals).strip_prefix('=') {
            Some(_) => equals + 1 + blanks(equals + 1),
            None if name_len == 0 => at,
            None => {
                found.push(Attribute { name, value: name_end..name_end, quoted: false });
                at = name_end;
                continue;
            }
        };
        let (value, quoted, next) = value(text, value_at)?;
        found.push(Attribute { name, value, quoted });
        at = next;
    }
}

fn value(text: &str, at: usize) -> Option<(Range<usize>, bool, usize)> {
    let rest = text.get(at..)?;
    let quote = rest.chars().next()?;
    if matches!(quote, '"' | '\'') {
        let end = at + 1 + rest.get(1..)?.find(quote)?;
        return Some((at + 1..end, true, end + 1));
    }
    let end = at + rest.find(|c: char| c.is_whitespace() || c == '>')?;
    Some((at..end, false, end))
}

/// An address that is read from its beginning, past its tokens.
pub(super) struct Address<'t> {
    text: &'t str,
    attribute: &'t str,
    value: Range<usize>,
    at: usize,
    /// What stands before the next token on every path; no more of it than a host can be long.
    before: String,
    /// What stood there where an `if` began.
    outside: Vec<String>,
}

impl<'t> Address<'t> {
    pub(super) fn new(text: &'t str, attribute: &'t str, value: Range<usize>) -> Self {
        Self { text, attribute, at: value.start, value, before: String::new(), outside: Vec::new() }
    }

    /// What the next token in it is for.
    pub(super) fn role(&mut self, piece: &Piece) -> Role {
        let literal = self.text.get(self.at..piece.span.start).unwrap_or_default();
        self.push(literal);
        self.at = piece.span.end;
        if piece.kind == PieceKind::Value {
            return self.value_role(piece);
        }
        match piece.word(self.text) {
            "if" => self.outside.push(self.before.clone()),
            // What stands in one branch alone stands not before what follows.
            "elif" | "else" => self.before = self.outside.last().cloned().unwrap_or_default(),
            "endif" => self.before = self.outside.pop().unwrap_or_default(),
            _ => {}
        }
        Role::Words
    }

    fn value_role(&mut self, piece: &Piece) -> Role {
        let (attribute, value) = (self.attribute.to_owned(), self.value.clone());
        let role = match self.before.trim_start() {
            "" => Role::Target { attribute, value },
            before if is_behind_host(before) => Role::Part,
            _ => Role::Host { attribute, value },
        };
        self.push(if role != Role::Part && is_address(piece.inner(self.text)) { "https://x" } else { "x" });
        role
    }

    fn push(&mut self, text: &str) {
        if self.before.len() < MAX_HOST_BYTES && !is_behind_host(&self.before) {
            self.before.extend(text.chars().take(MAX_HOST_BYTES));
        }
    }
}

/// Whether a token gives a whole address.
pub(super) fn is_address(inner: &str) -> bool {
    matches!(inner, "unsubscribe_url" | "confirm_url")
        || inner.strip_prefix("link").is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Whether what follows can no longer change where an address leads.
pub(super) fn is_behind_host(before: &str) -> bool {
    const ENDS: [char; 3] = ['/', '?', '#'];
    let before = before.trim_start();
    let scheme = before.split_once(':').filter(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    });
    match scheme {
        Some((scheme, rest)) if ["http", "https"].iter().any(|web| web.eq_ignore_ascii_case(scheme)) => {
            rest.strip_prefix("//").is_some_and(|rest| rest.find(ENDS).is_some_and(|host| host > 0))
        }
        Some((scheme, rest)) => {
            ["mailto", "sms"].iter().any(|kind| kind.eq_ignore_ascii_case(scheme)) && rest.contains('?')
        }
        None => match before.strip_prefix("//") {
            Some(rest) => rest.find(ENDS).is_some_and(|host| host > 0),
            None => before.contains(ENDS) && before != "/",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_host_changes_no_target() {
        for before in [
            "https://x.example/",
            "HTTP://x.example?",
            "https://x.example#a",
            "//x.example/a",
            "/a/",
            "?n=",
            "page.html?n=",
            "mailto:a@x.example?subject=",
        ] {
            assert!(is_behind_host(before), "{before}");
        }
        for before in [
            "",
            " ",
            "https://",
            "https:///",
            "https://x.",
            "//",
            "//x",
            "/",
            "javascript:a?",
            "data:text/html,/",
            "mailto:a",
            "x",
        ] {
            assert!(!is_behind_host(before), "{before}");
        }
    }

    #[test]
    fn attributes_are_read_as_mail_programs_do() {
        let text = "<a one two=2 three = '>' \"odd>\" href=\"x\"/>t";
        let (attributes, end) = read(text, &[], 2).unwrap_or_default();
        let read: Vec<_> =
            attributes.iter().map(|found| (found.name, text.get(found.value.clone()).unwrap_or_default())).collect();
        assert_eq!(read, [("one", ""), ("two", "2"), ("three", ">"), ("", "odd>"), ("href", "x")]);
        assert_eq!(text.get(end..), Some("t"));
        assert!(read_none("<a b=\"c>") && read_none("<a b") && read_none("<a b="));
    }

    fn read_none(text: &str) -> bool {
        read(text, &[], 2).is_none()
    }
}
