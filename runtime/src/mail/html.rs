//! Just enough HTML: a scanner that tells tags, texts and comments apart.
//!
//! It reads what our own template step wrote (MJML output, or HTML from a tool), so it needs no tree and no error recovery of a
//! browser. Outlook's conditional comments are comments here. The contents of `style` and `script` are never text.

use memchr::{memchr, memchr3};
use std::borrow::Cow;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open(Tag<'a>),
    Close(&'a str),
    Comment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
}

/// A position in a text. Copying it marks a place to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Scanner { html, at: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes past the end of the element that `tag` has just opened. `None`, without moving, if it is never closed; else whether
    /// there was text in it.
    pub(super) fn skip_element(&mut self, tag: Tag<'a>) -> Option<bool> {
        if tag.is_void() {
            return Some(false);
        }
        let mut ahead = *self;
        let mut depth = 1;
        let mut has_text = false;
        while depth > 0 {
            match ahead.next()? {
                Token::Open(inner) if inner.is(tag.name) => depth += 1,
                Token::Close(name) if name.eq_ignore_ascii_case(tag.name) => depth -= 1,
                Token::Text(text) => has_text |= !text.trim().is_empty(),
                Token::Open(_) | Token::Close(_) | Token::Comment => {}
            }
        }
        *self = ahead;
        Some(has_text)
    }

    /// The rest, if a `<` starts a tag or a comment here; nothing if its end is missing, as a browser does.
    fn markup(&mut self, rest: &'a str) -> Option<Token<'a>> {
        if let Some(comment) = rest.strip_prefix("<!--") {
            self.at += "<!--".len() + comment.find("-->")? + "-->".len();
            return Some(Token::Comment);
        }
        let end = tag_end(rest)?;
        self.at += end + 1;
        let inside = rest.get(1..end)?;
        if let Some(name) = inside.strip_prefix('/') {
            return Some(Token::Close(name.trim()));
        }
        if inside.starts_with(['!', '?']) {
            return Some(Token::Comment);
        }
        let tag = Tag::read(inside);
        if tag.is("style") || tag.is("script") {
            self.skip_raw_text(tag);
        }
        Some(Token::Open(tag))
    }

    fn skip_raw_text(&mut self, tag: Tag<'_>) {
        let rest = self.html.as_bytes().get(self.at..).unwrap_or_default();
        let name = tag.name.as_bytes();
        let is_close =
            |window: &[u8]| window.strip_prefix(b"</").is_some_and(|closed| closed.eq_ignore_ascii_case(name));
        self.at += rest.windows(tag.name.len() + 2).position(is_close).unwrap_or(rest.len());
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
        if starts_markup(rest) {
            return self.markup(rest);
        }
        let mut signs = rest.match_indices('<').filter(|(at, _)| *at > 0);
        let end = signs.find(|(at, _)| rest.get(*at..).is_some_and(starts_markup));
        let text = end.and_then(|(at, _)| rest.get(..at)).unwrap_or(rest);
        self.at += text.len();
        Some(Token::Text(text))
    }
}

/// `a < b` is text.
fn starts_markup(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('<') && chars.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// Where the `>` is that ends the tag: not one between quotes.
fn tag_end(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 0;
    loop {
        let found = at + memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        let sign = *bytes.get(found)?;
        if sign == b'>' {
            return Some(found);
        }
        at = found + 1;
        at += memchr(sign, bytes.get(at..)?)? + 1;
    }
}

impl<'a> Tag<'a> {
    fn read(inside: &'a str) -> Self {
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let (name, attributes) = inside.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((inside, ""));
        Tag { name, attributes }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(super) fn name(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// The decoded value; an attribute without one has the empty value.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes.trim_start();
        while !rest.is_empty() {
            let (found, value, after) = next_attribute(rest);
            if found.eq_ignore_ascii_case(name) {
                return Some(html_escape::decode_html_entities(value));
            }
            rest = after.trim_start();
        }
        None
    }

    /// Whether a mail client shows nothing of this element. `font-size:0` is no sign: MJML writes it on most of its cells.
    pub(super) fn is_hidden(&self) -> bool {
        self.may_be_hidden() && self.says_hidden()
    }

    /// Whether a word is there without which nothing is hidden: most tags of a mail have none, and each of every mail is asked.
    fn may_be_hidden(&self) -> bool {
        let bytes = self.attributes.as_bytes();
        let is_there = |at: usize, word: &str| {
            let part = bytes.get(at..at + word.len());
            part.is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        };
        bytes.iter().enumerate().any(|(at, byte)| match byte {
            // A sign written as an entity may be any other.
            b'&' => true,
            b'n' | b'N' => is_there(at, "none"),
            b'h' | b'H' => is_there(at, "hidden"),
            _ => false,
        })
    }

    fn says_hidden(&self) -> bool {
        let style: String =
            self.attribute("style").unwrap_or_default().split_whitespace().collect::<String>().to_ascii_lowercase();
        self.attribute("hidden").is_some()
            || style.contains("display:none")
            || style.contains("visibility:hidden")
            || (style.contains("max-height:0") && style.contains("overflow:hidden"))
    }

    fn is_void(&self) -> bool {
        const VOID: [&str; 9] = ["area", "base", "br", "col", "hr", "img", "input", "link", "meta"];
        VOID.iter().any(|name| self.is(name))
    }
}

/// Name, value and what follows of a text that starts with an attribute.
fn next_attribute(rest: &str) -> (&str, &str, &str) {
    let name_len = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
    let (name, after) = rest.split_at(name_len);
    let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
        return (name, "", after);
    };
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, after) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return (name, value, after);
        }
    }
    let (value, after) = value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len()));
    (name, value, after)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(html: &str) -> Vec<String> {
        let show = |token| match token {
            Token::Text(text) => text.to_owned(),
            Token::Open(tag) => format!("+{}", tag.name()),
            Token::Close(name) => format!("-{name}"),
            Token::Comment => "#".to_owned(),
        };
        Scanner::new(html).map(show).collect()
    }

    #[test]
    fn tags_texts_and_comments_are_told_apart() {
        assert_eq!(tokens("<p>a < b<br/>c</p >"), ["+p", "a < b", "+br", "c", "-p"]);
        assert_eq!(tokens("<!DOCTYPE html><!--[if mso]><p>x</p><![endif]-->y"), ["#", "#", "y"]);
        assert_eq!(tokens("<!--[if !mso]><!-->y<!--<![endif]-->"), ["#", "y", "#"]);
        assert_eq!(tokens("<STYLE>a > b { content: '<p>' }</style>y"), ["+style", "-style", "y"]);
        assert_eq!(tokens("<a title='x > y' href=\"z\">t"), ["+a", "t"]);
        assert_eq!(tokens("cut <a href="), ["cut "]);
    }

    #[test]
    fn attributes_are_found_and_decoded() {
        let Some(Token::Open(tag)) = Scanner::new("<a data-href=no  HREF = 'x?a=1&amp;b=2' id=q hidden>").next() else {
            panic!()
        };
        assert_eq!(tag.attribute("href").as_deref(), Some("x?a=1&b=2"));
        assert_eq!((tag.attribute("id").as_deref(), tag.attribute("hidden").as_deref()), (Some("q"), Some("")));
        assert_eq!(tag.attribute("style"), None);
    }

    #[test]
    fn an_element_is_skipped_with_its_likes_inside() {
        let mut scanner = Scanner::new("<div><div>a</div></div>b");
        let Some(Token::Open(tag)) = scanner.next() else { panic!() };
        assert_eq!(scanner.skip_element(tag), Some(true));
        assert_eq!(scanner.next(), Some(Token::Text("b")));
    }

    #[test]
    fn an_element_that_is_never_closed_is_not_skipped() {
        let mut scanner = Scanner::new("<div>a");
        let Some(Token::Open(tag)) = scanner.next() else { panic!() };
        assert_eq!(scanner.skip_element(tag), None);
        assert_eq!(scanner.next(), Some(Token::Text("a")));
    }

    proptest! {
        #[test]
        fn any_text_is_scanned_to_an_end(html in "[<>/!a-c\"'= é-]{0,60}") {
            let mut scanner = Scanner::new(&html);
            let mut last = 0;
            while scanner.next().is_some() {
                prop_assert!(scanner.position() > last && html.is_char_boundary(scanner.position()));
                last = scanner.position();
            }
        }
    }
}
