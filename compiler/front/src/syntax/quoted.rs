//! Where a text in quotes ends, for whoever has to know that without the parser.
//!
//! A text may hold fields, and a field a text of its own: `"Your guide, {first_name or "there"}"`. The grammar reads it in two ways, and
//! both are here once: as the `string` of a line that is right, and more loosely where a line cannot be read (`straight`). A test
//! compares them with the grammar.
//!
//! Each looks at a text a fixed number of times, whatever it holds; [`Texts`] does so for all texts of a line together.

/// The length of a text in quotes, as the rule `string` reads it; none where its line ends first.
pub(crate) fn written(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    is_quote(bytes, 0).then(|| end_of(bytes, 1, |_| false))?
}

/// Where the text ends that goes on at a place, outside its fields; none where `ends_nowhere` says so of a place it comes to.
fn end_of(bytes: &[u8], mut at: usize, mut ends_nowhere: impl FnMut(usize) -> bool) -> Option<usize> {
    loop {
        if ends_nowhere(at) {
            return None;
        }
        at = match bytes.get(at)? {
            b'"' => return Some(at + 1),
            byte if ends_line(*byte) => return None,
            b'\\' => behind_escape(bytes, at)?,
            b'{' => hole(bytes, at).unwrap_or_else(|| bad_hole(bytes, at)),
            _ => at + 1,
        };
    }
}

/// The same, as the rule `straight` reads it.
pub(crate) fn in_bad_line(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = is_quote(bytes, 0).then_some(1)?;
    loop {
        at = match bytes.get(at)? {
            b'"' => return Some(at + 1),
            byte if ends_line(*byte) => return None,
            b'{' => loose_hole(bytes, at).unwrap_or(at + 1),
            _ => at + 1,
        };
    }
}

/// Where the texts of one text end, asked for one after another.
///
/// A quote whose text never ends is read over to the end of its line, and the next quote would be again: `\"\"\"\"` is no text from
/// any of its quotes on. So the places that such a reading came to are remembered: whoever comes to one of them ends nowhere either.
#[derive(Debug)]
pub(crate) struct Texts<'t> {
    text: &'t str,
    /// The place that the first bit of `nowhere` stands for.
    from: usize,
    /// A bit for each place up to the end of the line.
    nowhere: Vec<u64>,
}

impl<'t> Texts<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text, from: 0, nowhere: Vec::new() }
    }

    /// The length of the text that begins with the quote at a place, in either way; or what is left of the line where it never ends.
    pub(crate) fn or_line(&mut self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        self.written(rest, at).or_else(|| in_bad_line(rest)).unwrap_or_else(|| line_left(rest))
    }

    /// As [`written`].
    fn written(&mut self, rest: &str, at: usize) -> Option<usize> {
        let bytes = rest.as_bytes();
        let known = |place: usize| {
            let bit = (at + place).checked_sub(self.from)?;
            self.nowhere.get(bit / 64).filter(|bits| (**bits >> (bit % 64)) & 1 == 1)
        };
        let found = is_quote(bytes, 0).then(|| end_of(bytes, 1, |place| known(place).is_some()))?;
        if found.is_none() {
            self.remember(bytes, at);
        }
        found
    }

    fn remember(&mut self, bytes: &[u8], at: usize) {
        if at >= self.from + 64 * self.nowhere.len() {
            let left = bytes.iter().position(|byte| ends_line(*byte)).unwrap_or(bytes.len());
            self.from = at;
            self.nowhere = vec![0; left / 64 + 1];
        }
        let (from, nowhere) = (self.from, &mut self.nowhere);
        end_of(bytes, 1, |place| {
            let bit = at + place - from;
            let Some(bits) = nowhere.get_mut(bit / 64) else { return false };
            let was = (*bits >> (bit % 64)) & 1 == 1;
            *bits |= 1 << (bit % 64);
            was
        });
    }
}

/// The length of what is left of a line.
pub(crate) fn line_left(text: &str) -> usize {
    text.bytes().position(ends_line).unwrap_or(text.len())
}

/// As in the grammar, a `\r` of its own ends a line too.
fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_quote(bytes: &[u8], at: usize) -> bool {
    bytes.get(at) == Some(&b'"')
}

/// Behind a backslash and what it stands before.
fn behind_escape(bytes: &[u8], at: usize) -> Option<usize> {
    // Of a letter of several bytes, the others are as good as any sign.
    bytes.get(at + 1).filter(|byte| !ends_line(**byte)).map(|_| at + 2)
}

/// Behind `{name}`, `{name or "fallback"}`, or the same in two braces.
fn hole(bytes: &[u8], at: usize) -> Option<usize> {
    let braces = if bytes.get(at + 1) == Some(&b'{') { 2 } else { 1 };
    let name = behind_space(bytes, at + braces);
    bytes.get(name).filter(|byte| byte.is_ascii_alphabetic() || **byte == b'_')?;
    let end = behind_space(bytes, behind_name(bytes, name));
    let end = fallback(bytes, end).map_or(end, |end| behind_space(bytes, end));
    bytes.get(end..end + braces).filter(|close| close.iter().all(|byte| *byte == b'}')).map(|_| end + braces)
}

/// Behind `or "fallback"`.
fn fallback(bytes: &[u8], begins: usize) -> Option<usize> {
    let word = behind_name(bytes, begins);
    let mut at = behind_space(bytes, word);
    if bytes.get(begins..word) != Some(b"or") || !is_quote(bytes, at) {
        return None;
    }
    at += 1;
    loop {
        at = match bytes.get(at)? {
            b'"' => return Some(at + 1),
            byte if ends_line(*byte) => return None,
            b'\\' => behind_escape(bytes, at)?,
            _ => at + 1,
        };
    }
}

fn behind_space(bytes: &[u8], from: usize) -> usize {
    behind(bytes, from, |byte| matches!(byte, b' ' | b'\t'))
}

fn behind_name(bytes: &[u8], from: usize) -> usize {
    behind(bytes, from, |byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn behind(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).unwrap_or_default().iter().position(|byte| !is_part(*byte)).map_or(bytes.len(), |at| from + at)
}

/// Behind a `{` that begins no field, with what stands up to its `}`.
fn bad_hole(bytes: &[u8], at: usize) -> usize {
    let end = behind(bytes, at, |byte| !matches!(byte, b'}' | b'"') && !ends_line(byte));
    if bytes.get(end) == Some(&b'}') { end + 1 } else { end }
}

/// Behind braces with anything in them, and one text in quotes. No brace in them, so that no text is looked at for each of its braces.
fn loose_hole(bytes: &[u8], at: usize) -> Option<usize> {
    let plain = |from| behind(bytes, from, |byte| !matches!(byte, b'{' | b'}' | b'"') && !ends_line(byte));
    let mut end = plain(at + 1);
    if is_quote(bytes, end) {
        let close = plain(end + 1);
        end = if is_quote(bytes, close) { plain(close + 1) } else { end };
    }
    (bytes.get(end) == Some(&b'}')).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::{Texts, in_bad_line, line_left, written};
    use flow_grammar::pest::Parser as _;
    use flow_grammar::{FlowParser, Rule};

    const PARTS: &[&str] = &[
        "\"", "\"", "\"", "{", "{", "}", "}", "{{", "}}", "\\", "a", "or", " or ", " ", "\t", "_b2", "é", "//", "\n",
        "\r", ";", "{a or \"", "\"}",
    ];

    /// splitmix64
    fn next(state: &mut u64) -> usize {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 33) as usize
    }

    fn texts() -> impl Iterator<Item = String> {
        (0..40_000).map(|seed| {
            let mut state = seed;
            let parts = 1 + next(&mut state) % 14;
            let made = (0..parts).map(|_| PARTS.get(next(&mut state) % PARTS.len()).copied().unwrap());
            format!("\"{}", made.collect::<String>())
        })
    }

    #[test]
    fn a_text_ends_where_the_grammar_says() {
        let mut ended = 0;
        for text in texts() {
            let read = FlowParser::parse(Rule::string, &text).ok().map(|pairs| pairs.as_str().len());
            assert_eq!(written(&text), read, "{text:?}");
            ended += usize::from(read.is_some());
        }
        assert!(ended > 10_000, "only {ended} are whole");
    }

    /// What the grammar takes of a line that cannot be read, told with this scanner: up to a brace, a comment or the line's end.
    fn bad_text(text: &str) -> usize {
        let mut at = 0;
        while let Some(sign) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(length) = in_bad_line(rest) {
                at += length;
                continue;
            }
            if matches!(sign, '{' | '}' | ';' | '\n' | '\r') || rest.starts_with("//") {
                break;
            }
            at += sign.len_utf8();
        }
        at
    }

    #[test]
    fn so_it_does_in_a_line_that_cannot_be_read() {
        for text in texts() {
            let read = FlowParser::parse(Rule::bad_text, &text).map_or(0, |pairs| pairs.as_str().len());
            assert_eq!(bad_text(&text), read, "{text:?}");
        }
    }

    #[test]
    fn one_after_another_they_end_where_each_does_alone() {
        let mut nowhere = 0;
        for text in texts() {
            let mut all = Texts::of(&text);
            let mut at = 0;
            while let Some(quote) = text.get(at..).and_then(|rest| rest.find('"')) {
                let rest = text.get(at + quote..).unwrap();
                let alone = written(rest).or_else(|| in_bad_line(rest)).unwrap_or_else(|| line_left(rest));
                assert_eq!(all.or_line(at + quote), alone, "{text:?} at {}", at + quote);
                nowhere += usize::from(written(rest).is_none());
                at += quote + alone;
            }
        }
        assert!(nowhere > 10_000, "only {nowhere} never end");
    }
}
