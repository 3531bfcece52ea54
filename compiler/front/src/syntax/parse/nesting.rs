//! How deeply a text is nested, before it is read.
//!
//! The parser goes one level down for each brace and parenthesis, and a text with a hundred thousand of them would end its stack. So
//! they are counted first, without recursion.

pub(super) use flow_ir::limits::MAX_NESTING as MAX_DEPTH;

/// Where a text goes deeper than [`MAX_DEPTH`].
pub(super) fn too_deep(text: &str) -> Option<usize> {
    // A text in quotes that cannot be read ends elsewhere for the line that holds it: both ways are counted.
    first_too_deep(text, false).or_else(|| first_too_deep(text, true))
}

fn first_too_deep(text: &str, greedy_holes: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut nots, mut at) = (0_usize, 0_usize, 0);
    while let Some(rest @ [byte, ..]) = bytes.get(at..) {
        let length = match byte {
            b'"' => quoted(rest, greedy_holes),
            b'/' if rest.starts_with(b"//") => line_left(rest),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => word(rest),
            _ => 1,
        };
        match byte {
            b'{' | b'(' => depth += 1,
            b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if rest.get(..length).is_some_and(|word| word == b"not") {
            nots += 1;
        } else if !byte.is_ascii_whitespace() && *byte != b'(' {
            nots = 0;
        }
        if depth + nots > MAX_DEPTH {
            return Some(at);
        }
        at += length;
    }
    None
}

fn line_left(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| ends_line(*byte)).unwrap_or(bytes.len())
}

/// As in the grammar, a `\r` of its own ends a line too: what stands behind it is no comment any more.
fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).unwrap_or(bytes.len())
}

/// The length of a text in quotes; of the quote alone where the text never ends.
fn quoted(bytes: &[u8], greedy_holes: bool) -> usize {
    let mut at = 1;
    while let Some(rest @ [byte, ..]) = bytes.get(at..) {
        at += match byte {
            b'"' => return at + 1,
            byte if ends_line(*byte) => break,
            b'\\' if !greedy_holes => 2,
            b'{' => hole(rest, greedy_holes).unwrap_or(1),
            _ => 1,
        };
    }
    if greedy_holes { 1 } else { line_left(bytes).max(1) }
}

/// The length of `{name or "fallback"}`.
fn hole(bytes: &[u8], greedy: bool) -> Option<usize> {
    let end = bytes.iter().position(|byte| matches!(byte, b'}' | b'"' | b'\n' | b'\r'))?;
    let sign = *bytes.get(end)?;
    if sign != b'"' {
        return (sign == b'}').then_some(end + 1);
    }
    let before = std::str::from_utf8(bytes.get(1..end)?).ok()?;
    if !greedy && before.split_whitespace().next_back() != Some("or") {
        return None;
    }
    let mut at = end + 1;
    let mut byte = *bytes.get(at)?;
    while byte != b'"' {
        at += if byte == b'\\' && !greedy { 2 } else { 1 };
        byte = *bytes.get(at)?;
        if ends_line(byte) {
            return None;
        }
    }
    let after = bytes.get(at + 1..)?;
    let close = after.iter().position(|byte| matches!(byte, b'}' | b'"' | b'\n' | b'\r'))?;
    let (between, from_close) = after.split_at_checked(close)?;
    (from_close.starts_with(b"}") && (greedy || between.iter().all(|byte| byte.is_ascii_whitespace())))
        .then_some(at + close + 2)
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, too_deep};

    #[test]
    fn depth_is_that_of_code_and_not_of_texts() {
        let open = |sign: &str| format!("if a {}", sign.repeat(MAX_DEPTH + 1));
        assert!(too_deep(&open("(")).is_some());
        assert!(too_deep(&open("{\n")).is_some());
        assert!(too_deep(&open("not ")).is_some());
        assert!(too_deep(&open("not (")).is_some());
        assert_eq!(too_deep(&format!("subject \"{}\"", "(".repeat(500))), None);
        assert_eq!(too_deep(&format!("// {}", "(".repeat(500))), None);
        assert_eq!(too_deep(&"if a { send b }\n".repeat(500)), None);
        assert_eq!(too_deep(&"not a and ".repeat(500)), None);
    }

    #[test]
    fn a_text_with_fields_hides_nothing_behind_it() {
        let deep = "(".repeat(MAX_DEPTH + 1);
        for text in [r#""a {b or "c\"d"}""#, r#""a {b "c"}""#, r#""a \" b""#, r#""a {" "b""#, r#"“a” "x""#] {
            assert!(too_deep(&format!("{text} {deep}")).is_some(), "{text}");
        }
    }

    #[test]
    fn a_line_ends_where_the_grammar_says() {
        let deep = "{".repeat(MAX_DEPTH + 1);
        for end in ["\n", "\r\n", "\r"] {
            for line in ["// a comment", "send \"a", "subject \"a {b", "subject \"a {b or \"c"] {
                assert!(too_deep(&format!("{line}{end}{deep}")).is_some(), "{line:?} {end:?}");
            }
        }
    }
}
