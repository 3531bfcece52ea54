//! Header lines that cannot be broken out of.
//!
//! Texts from a program or a contact reach a header through [`text`] or [`mailbox`] alone, and both begin with [`clean`], after which
//! there is no line break left to inject with. The encoder is ours and not lettre's, because lettre passes ASCII control characters
//! through, leaves a literal `=?…?=` for the reader's client to decode, and cannot break a long word.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Mailbox;

/// RFC 2047: a line that contains an encoded word has at most 76 characters; we fold everything there.
const LINE_MAX: usize = 76;
const ENCODED_START: &str = "=?utf-8?b?";
const ENCODED_END: &str = "?=";
/// An ASCII word up to this length stands as it is, on a line of its own.
const WORD_MAX: usize = 900;

/// One line of text: runs of ASCII space, control characters and Unicode line breaks become one space, the ends are trimmed. A space
/// that is part of the text (the no-break space of French) stays.
pub(crate) fn clean(text: &str) -> String {
    text.split(breaks_line).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn breaks_line(c: char) -> bool {
    c == ' ' || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `Name: value`, folded, for free text such as a subject.
pub(super) fn text(name: &str, value: &str) -> String {
    let value = clean(value);
    let mut line = format!("{name}: ");
    if needs_encoding(&value) {
        push_encoded(&mut line, &value)
    } else {
        push_folded(&mut line, &value)
    }
    line
}

/// `Name: Display Name <address>`, folded.
pub(super) fn mailbox(name: &str, mailbox: &Mailbox) -> String {
    match mailbox.name() {
        None => format!("{name}: {}", mailbox.address()),
        Some(display) => phrase_and_angle(name, display, mailbox.address().as_str()),
    }
}

/// The shape that mailboxes and List-Id share: a phrase for people, then what machines read.
pub(super) fn phrase_and_angle(name: &str, phrase: &str, angle: &str) -> String {
    let mut line = format!("{name}: ");
    push_phrase(&mut line, &clean(phrase));
    let separator = if last_line_len(&line) + angle.len() + " <>".len() > LINE_MAX { "\r\n " } else { " " };
    line + separator + "<" + angle + ">"
}

/// `=?` is encoded although it is ASCII, or the receiver would decode what the writer meant literally.
fn needs_encoding(value: &str) -> bool {
    !value.is_ascii() || value.contains("=?") || value.split(' ').any(|word| word.len() > WORD_MAX)
}

fn push_phrase(line: &mut String, phrase: &str) {
    if needs_encoding(phrase) {
        push_encoded(line, phrase);
    } else if phrase.bytes().all(|byte| byte == b' ' || flow_front::address::is_atext(byte)) {
        push_folded(line, phrase);
    } else {
        line.push('"');
        for c in phrase.chars() {
            if matches!(c, '"' | '\\') {
                line.push('\\');
            }
            line.push(c);
        }
        line.push('"');
    }
}

fn push_folded(line: &mut String, value: &str) {
    for (index, word) in value.split(' ').enumerate() {
        let fits = last_line_len(line) + 1 + word.len() <= LINE_MAX;
        line.push_str(match (index, fits) {
            (0, _) => "",
            (_, true) => " ",
            (_, false) => "\r\n ",
        });
        line.push_str(word);
    }
}

/// The whole value as encoded words: mixing them with plain words makes the spaces between depend on the reader's client.
fn push_encoded(line: &mut String, value: &str) {
    let mut rest = value;
    while !rest.is_empty() {
        let room = LINE_MAX.saturating_sub(last_line_len(line) + ENCODED_START.len() + ENCODED_END.len());
        let (chunk, after) = rest.split_at(chunk_len(rest, room / 4 * 3));
        // Writing to a String cannot fail.
        let _ = write!(line, "{ENCODED_START}{}{ENCODED_END}", STANDARD.encode(chunk));
        if !after.is_empty() {
            line.push_str("\r\n ");
        }
        rest = after;
    }
}

/// As many bytes as fit without cutting a character, and at least one character.
fn chunk_len(text: &str, room: usize) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let most = (0..=room.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0);
    most.max(first)
}

fn last_line_len(line: &str) -> usize {
    line.rsplit("\r\n").next().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Address;

    #[test]
    fn plain_text_is_folded_at_spaces() {
        let line = text("Subject", &"word ".repeat(40));
        assert!(line.split("\r\n").all(|part| part.len() <= LINE_MAX));
        assert_eq!(line.replace("\r\n", ""), format!("Subject: {}", "word ".repeat(40).trim()));
    }

    #[test]
    fn other_letters_are_encoded_in_short_lines_without_cutting_one() {
        let subject = "Ваше руководство готово 🎉 ".repeat(8);
        let line = text("Subject", &subject);
        assert!(line.is_ascii() && line.split("\r\n").all(|part| part.len() <= LINE_MAX));
        let decoded: String = line
            .strip_prefix("Subject: ")
            .unwrap()
            .split("\r\n ")
            .map(|word| word.strip_prefix(ENCODED_START).unwrap().strip_suffix(ENCODED_END).unwrap())
            .map(|word| String::from_utf8(STANDARD.decode(word).unwrap()).unwrap())
            .collect();
        assert_eq!(decoded, subject.trim());
    }

    #[test]
    fn what_looks_encoded_is_encoded() {
        assert_eq!(text("Subject", "=?utf-8?q?x?="), "Subject: =?utf-8?b?PT91dGYtOD9xP3g/PQ==?=");
    }

    #[test]
    fn line_breaks_of_every_kind_become_one_space() {
        assert_eq!(clean(" a\r\nBcc: b\u{2028}c\u{85}\0\td\u{a0}! "), "a Bcc: b c d\u{a0}!");
    }

    #[test]
    fn names_are_bare_quoted_or_encoded() {
        let address = Address::parse("anna@acme.example").unwrap();
        for (name, value) in [
            ("Anna Berg", "Anna Berg <anna@acme.example>"),
            ("Acme, Inc.", "\"Acme, Inc.\" <anna@acme.example>"),
            ("Anna \"A\" \\", "\"Anna \\\"A\\\" \\\\\" <anna@acme.example>"),
            ("Änna", "=?utf-8?b?w4RubmE=?= <anna@acme.example>"),
            ("x> <y@evil.example", "\"x> <y@evil.example\" <anna@acme.example>"),
        ] {
            let sender = Mailbox::new(Some(name), address.clone()).unwrap();
            assert_eq!(mailbox("From", &sender), format!("From: {value}"));
        }
    }

    #[test]
    fn a_long_name_puts_the_address_on_its_own_line() {
        let line = phrase_and_angle("From", &"Anna ".repeat(14), "anna@acme.example");
        assert!(line.ends_with("\r\n <anna@acme.example>"), "{line}");
    }
}
