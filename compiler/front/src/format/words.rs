//! Words and the space between them.
//!
//! Only what lies on one line is spaced here; what may be broken has a tree, and is put together from that.

/// Where the values of one-word clauses begin, in a workflow's header and in an email: behind the longest word, `reviewed` and
/// `template`. It hangs on no neighbour, so that a clause that is added moves no other.
const COLUMN: usize = 9;

/// A clause of one word and its value.
pub(super) fn in_column(word: &str, value: &str) -> String {
    format!("{word:<COLUMN$}{value}")
}

/// Signs that are one word together.
const OPERATORS: [&str; 4] = ["+=", "-=", ">=", "<="];

/// Words behind which a parenthesis holds a list or a condition and not the properties of an event.
const BEFORE_PARENTHESIS: [&str; 8] = ["in", "if", "not", "and", "or", "when", "until", "covers"];

/// A text on one line: words one space apart, texts as they are, no comments. However the same words are spaced, the answer is the
/// same: it also names a step to the store.
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
    word.ends_with(ends) && !BEFORE_PARENTHESIS.contains(&word)
}

/// Whether two texts have the same words and comments, in whatever order and with whatever between them.
pub(super) fn same(one: &str, other: &str) -> bool {
    fn sorted(text: &str) -> Vec<&str> {
        let mut words: Vec<&str> = tokens(text).map(str::trim_end).filter(|word| *word != ";").collect();
        words.sort_unstable();
        words
    }
    sorted(one) == sorted(other)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let next = rest.trim_start();
        let (token, behind) = next.split_at_checked(length(next))?;
        rest = behind;
        (!token.is_empty()).then_some(token)
    })
}

/// The bytes of the token that a text begins with.
fn length(text: &str) -> usize {
    match text.chars().next() {
        None => 0,
        Some('"') => quoted_length(text),
        Some(_) if is_date(text) => DATE_LENGTH,
        Some(_) if text.starts_with("//") => text.find('\n').unwrap_or(text.len()),
        Some(sign) if is_sign(sign) => sign.len_utf8(),
        Some(_) => {
            let ends = |(_, sign): &(usize, char)| sign.is_whitespace() || *sign == '"' || is_sign(*sign);
            let end = text.char_indices().find(ends).map_or(text.len(), |(at, _)| at);
            text.find("//").map_or(end, |comment| comment.min(end))
        }
    }
}

const DATE_LENGTH: usize = "2026-10-01".len();

fn is_date(text: &str) -> bool {
    text.get(..DATE_LENGTH).is_some_and(|date| {
        date.bytes()
            .enumerate()
            .all(|(at, sign)| if matches!(at, 4 | 7) { sign == b'-' } else { sign.is_ascii_digit() })
    })
}

fn is_sign(sign: char) -> bool {
    matches!(sign, '{' | '}' | '(' | ')' | ',' | ';' | ':' | '=' | '<' | '>' | '+' | '-' | '?')
}

/// A text in quotes may hold fields, and a field a text in quotes: `"Hello {first_name or "there"}"`.
fn quoted_length(text: &str) -> usize {
    let (mut in_field, mut in_fallback, mut escaped) = (false, false, false);
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if in_field => in_fallback = !in_fallback,
            '"' => return at + 1,
            '{' if !in_field => in_field = true,
            '}' if in_field && !in_fallback => in_field = false,
            _ => {}
        }
    }
    text.len()
}
