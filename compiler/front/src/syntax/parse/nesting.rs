//! How deeply a text is nested, before it is read.
//!
//! The parser goes one level down for each brace and parenthesis, and a text with a hundred thousand of them would end its stack. So
//! they are counted first, without recursion.

use crate::syntax::quoted;
pub(super) use flow_ir::limits::MAX_NESTING as MAX_DEPTH;

/// Where a text goes deeper than [`MAX_DEPTH`].
pub(super) fn too_deep(text: &str) -> Option<usize> {
    // A text in quotes that cannot be read ends elsewhere for the line that holds it: both ways are counted.
    first_too_deep(text, false).or_else(|| first_too_deep(text, true))
}

fn first_too_deep(text: &str, loosely: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut nots, mut at) = (0_usize, 0_usize, 0);
    while let Some(rest @ [byte, ..]) = bytes.get(at..) {
        let length = match byte {
            b'"' => quoted_length(text.get(at..).unwrap_or_default(), loosely),
            b'/' if rest.starts_with(b"//") => quoted::line_left(text.get(at..).unwrap_or_default()),
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

fn word(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).unwrap_or(bytes.len())
}

/// The length of a text in quotes. One that never ends hides the rest of its line, or nothing.
fn quoted_length(text: &str, loosely: bool) -> usize {
    if loosely {
        quoted::in_bad_line(text).unwrap_or(1)
    } else {
        quoted::written(text).unwrap_or_else(|| quoted::line_left(text))
    }
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
