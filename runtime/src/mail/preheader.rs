//! The preview line.
//!
//! Inboxes show the first words of a message beside its subject. So the preview is put first in the HTML, in an element that no
//! client displays.

use std::borrow::Cow;

use super::{
    header,
    html::{Scanner, Token},
};

/// The form that `mj-preview` has in MJML output.
const STYLE: &str =
    "display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;";

/// The HTML with the preview as its hidden first words, unless the template has such words of its own.
pub(crate) fn with_preheader<'a>(html: &'a str, preview: Option<&str>) -> Cow<'a, str> {
    let preview = preview.map(header::clean).unwrap_or_default();
    let body = body_start(html);
    let (before, after) = html.split_at_checked(body).unwrap_or(("", html));
    if preview.is_empty() || has_preheader(after) {
        return Cow::Borrowed(html);
    }
    Cow::Owned(format!("{before}<div style=\"{STYLE}\">{}</div>{after}", html_escape::encode_text(&preview)))
}

/// Where the body's contents begin; the start of a text that has no body tag.
fn body_start(html: &str) -> usize {
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        if matches!(token, Token::Open(tag) if tag.is("body")) {
            return scanner.position();
        }
    }
    0
}

/// Hidden text before any visible text.
fn has_preheader(body: &str) -> bool {
    let mut scanner = Scanner::new(body);
    while let Some(token) = scanner.next() {
        match token {
            Token::Text(text) if !text.trim().is_empty() => return false,
            Token::Open(tag) if tag.is_hidden() => match scanner.skip_element(tag) {
                Some(false) => {}
                Some(true) | None => return true,
            },
            Token::Text(_) | Token::Open(_) | Token::Close(_) | Token::Comment => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_becomes_the_first_words_of_the_body() {
        let html = "<html><head><title>x</title></head><BODY class=\"a>b\"><p>Hi</p></BODY></html>";
        let mended = with_preheader(html, Some("Free & \r\neasy <today>"));
        let (before, after) = mended.split_once(STYLE).unwrap();
        assert!(before.ends_with("<BODY class=\"a>b\"><div style=\""), "{before}");
        assert!(after.starts_with("\">Free &amp; easy &lt;today&gt;</div><p>Hi</p>"), "{after}");
    }

    #[test]
    fn a_fragment_gets_it_at_the_start() {
        assert!(with_preheader("<p>Hi</p>", Some("Soon")).starts_with("<div style=\"display:none"));
    }

    #[test]
    fn a_template_with_hidden_first_words_keeps_them() {
        for own in [
            "<body><div style=\"display: none; max-height:0\">Own</div><p>Hi</p>",
            "<body><table><tr><td><span style='max-height:0;overflow:hidden'>Own</span>Hi</td></tr></table>",
            "<body>\n<!-- preview --><div hidden>Own</div>Hi",
        ] {
            assert_eq!(with_preheader(own, Some("Ours")), own);
        }
    }

    #[test]
    fn hidden_elements_that_say_nothing_first_are_no_preview() {
        for html in [
            "<body><img style=\"display:none\" src=\"p.gif\"><p>Hi</p>",
            "<body><div style=\"display:none\"> </div><p>Hi</p>",
            "<body><p>Hi</p><div style=\"display:none\">later</div>",
        ] {
            assert!(with_preheader(html, Some("Ours")).contains("Ours"), "{html}");
        }
    }

    #[test]
    fn no_preview_changes_nothing() {
        assert_eq!(with_preheader("<body>Hi", None), "<body>Hi");
        assert_eq!(with_preheader("<body>Hi", Some(" \n ")), "<body>Hi");
    }
}
