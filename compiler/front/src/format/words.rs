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

#[derive(Debug, Clone, Copy)]
struct Token<'s> {
    text: &'s str,
    /// Space stands before it.
    spaced: bool,
}

/// A text on one line: words one space apart, texts as they are, no comments.
pub(super) fn spaced(text: &str) -> String {
    let mut out = String::new();
    let mut before = "";
    for Token { text, spaced } in tokens(text) {
        if text.starts_with("//") {
            continue;
        }
        let apart = spaced || before == "," || before.ends_with('"') || text.starts_with('"');
        if apart && !before.is_empty() && text != "," {
            out.push(' ');
        }
        out.push_str(text);
        before = text;
    }
    out
}

/// Whether two texts have the same words and comments, in whatever order and with whatever between them.
pub(super) fn same(one: &str, other: &str) -> bool {
    fn sorted(text: &str) -> Vec<&str> {
        let mut words: Vec<&str> =
            tokens(text).map(|token| token.text.trim_end()).filter(|word| *word != ";").collect();
        words.sort_unstable();
        words
    }
    sorted(one) == sorted(other)
}

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let next = rest.trim_start();
        let spaced = next.len() < rest.len();
        let (text, behind) = next.split_at_checked(length(next))?;
        rest = behind;
        (!text.is_empty()).then_some(Token { text, spaced })
    })
}

/// The bytes of the token that a text begins with.
fn length(text: &str) -> usize {
    match text.chars().next() {
        None => 0,
        Some('"') => quoted_length(text),
        Some(_) if text.starts_with("//") => text.find('\n').unwrap_or(text.len()),
        Some(sign) if is_sign(sign) => sign.len_utf8(),
        Some(_) => {
            let ends = |(_, sign): &(usize, char)| sign.is_whitespace() || *sign == '"' || is_sign(*sign);
            let end = text.char_indices().find(ends).map_or(text.len(), |(at, _)| at);
            text.find("//").map_or(end, |comment| comment.min(end))
        }
    }
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
