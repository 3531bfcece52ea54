//! A piece of text on one line, in one spelling of its space: how steps are shown, and by which the store knows one that has no label.
//!
//! However the same words are spaced and broken, the answer is the same. **It must stay what it is**: another spelling would give
//! steps other names, and people on their way would stand at steps that are gone.

use super::quoted::{Texts, line_left};

/// Signs that are one word together.
const OPERATORS: [&str; 4] = ["+=", "-=", ">=", "<="];

/// Words behind which a parenthesis holds a list or a condition and not the properties of an event.
const BEFORE_PARENTHESIS: [&str; 8] = ["in", "if", "not", "and", "or", "when", "until", "covers"];

/// Words behind which a value begins, so that a minus there belongs to a number.
const BEFORE_VALUE: [&str; 6] = ["is", "least", "most", "exactly", "by", "to"];

/// A text on one line: words one space apart, texts as they are, no comments.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::new();
    let mut before = "";
    // The minus of a number below zero, which stands where a value begins.
    let mut is_sign_of_number = false;
    for word in whole_words(text) {
        if !before.is_empty() && !is_sign_of_number && !clings(before, word) {
            out.push(' ');
        }
        out.push_str(word);
        is_sign_of_number = word == "-" && !ends_value(before);
        before = word;
    }
    out
}

/// The words of a text, two signs of one operator together, comments left out.
fn whole_words(text: &str) -> impl Iterator<Item = &str> {
    let mut tokens = tokens(text).filter(|token| !token.starts_with("//")).peekable();
    std::iter::from_fn(move || {
        let token = tokens.next()?;
        let operator = tokens.peek().and_then(|next| {
            OPERATORS.into_iter().find(|whole| whole.strip_prefix(token).is_some_and(|rest| rest == *next))
        });
        if operator.is_some() {
            tokens.next();
        }
        Some(operator.unwrap_or(token))
    })
}

/// Whether no space stands between two words.
fn clings(one: &str, other: &str) -> bool {
    match (one, other) {
        (_, "," | ")" | ":" | "?") | ("(" | ":", _) => true,
        (word, "(") => begins_name(word) && !BEFORE_PARENTHESIS.contains(&word),
        _ => false,
    }
}

fn begins_name(word: &str) -> bool {
    word.starts_with(|sign: char| sign.is_alphabetic() || sign == '_')
}

/// Whether a sum may go on behind this word.
fn ends_value(word: &str) -> bool {
    let ends = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | ')' | '"');
    word.ends_with(ends) && !BEFORE_PARENTHESIS.contains(&word) && !BEFORE_VALUE.contains(&word)
}

/// The words and signs of a text, with its texts and comments as one each.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    tokens_at(text).map(|(_, token)| token)
}

/// The same, each with where it begins.
pub(crate) fn tokens_at(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = text;
    let mut texts = Texts::of(text);
    std::iter::from_fn(move || {
        let next = rest.trim_start();
        let at = text.len() - next.len();
        let (token, behind) = next.split_at_checked(length(next, &mut || texts.or_line(at)))?;
        rest = behind;
        (!token.is_empty()).then_some((at, token))
    })
}

/// The bytes of the token that a text begins with; `quoted` says those of a text in quotes.
fn length(text: &str, quoted: &mut dyn FnMut() -> usize) -> usize {
    match text.chars().next() {
        None => 0,
        Some('"') => quoted(),
        Some(_) if is_date(text) => DATE_LENGTH,
        Some(_) if text.starts_with("//") => line_left(text),
        Some(sign) if is_sign(sign) => sign.len_utf8(),
        Some(_) => {
            let ends = |(_, sign): &(usize, char)| sign.is_whitespace() || *sign == '"' || is_sign(*sign);
            let end = text.char_indices().find(ends).map_or(text.len(), |(at, _)| at);
            // A comment may begin right behind a word.
            text.get(..end).and_then(|word| word.find("//")).unwrap_or(end)
        }
    }
}

const DATE_LENGTH: usize = "2026-10-01".len();

fn is_date(text: &str) -> bool {
    // As in the grammar, it ends at a word's border: `2026-10-011` is a sum.
    let goes_on = |rest: &str| rest.starts_with(|sign: char| sign.is_ascii_alphanumeric() || sign == '_');
    text.split_at_checked(DATE_LENGTH).is_some_and(|(date, rest)| {
        !goes_on(rest)
            && date
                .bytes()
                .enumerate()
                .all(|(at, sign)| if matches!(at, 4 | 7) { sign == b'-' } else { sign.is_ascii_digit() })
    })
}

fn is_sign(sign: char) -> bool {
    matches!(sign, '{' | '}' | '(' | ')' | ',' | ';' | ':' | '=' | '<' | '>' | '+' | '-' | '?')
}
