//! Texts of other people on a terminal: what a terminal would obey instead of showing it is shown as an escape.
//!
//! A project's files, names and data may come from anywhere. `ESC [2J` in a title would empty the screen, a sign that turns the
//! direction of reading would hide what a line says. This is the one rule for which signs those are; whoever writes for people asks here.

use std::borrow::Cow;

/// Whether a terminal would act upon a sign or read what follows in another direction. Line breaks and tabs are what they seem.
pub fn is_obeyed(sign: char) -> bool {
    let is_layout = matches!(sign, '\n' | '\t');
    let turns = matches!(sign, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    (sign.is_control() && !is_layout) || turns
}

/// A text with an escape such as `\u{1b}` for each sign that a terminal would obey.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for sign in text.chars() {
        if is_obeyed(sign) { out.extend(sign.escape_unicode()) } else { out.push(sign) }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::{is_obeyed, shown};

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        let text = "a\u{1b}[2J\u{9b}31m\u{0}\r\u{7f}\u{202e}b\u{2066}\u{200f}\u{61c}\u{2028}";
        let seen = r"a\u{1b}[2J\u{9b}31m\u{0}\u{d}\u{7f}\u{202e}b\u{2066}\u{200f}\u{61c}\u{2028}";
        assert_eq!(shown(text), seen);
        assert!(!shown(text).contains(is_obeyed));
    }

    #[test]
    fn other_texts_are_as_they_are() {
        let text = "Grüße,\n\t漢字 👩‍👩‍👧 עברית\u{a0}";
        assert_eq!(shown(text), text);
    }
}
