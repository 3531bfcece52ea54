//! The least text that still breaks a promise, or nearly.

/// How often a smaller text is tried.
const TRIES: usize = 500;

/// Takes out what need not be there: many lines, a line, many characters, one.
pub(crate) fn shrunk(text: &str, mut still: impl FnMut(&str) -> bool) -> String {
    let mut tries = TRIES;
    let mut text = text.to_owned();
    for lines in [true, false] {
        let mut size = parts(&text, lines).len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            while tries > 0 {
                let parts = parts(&text, lines);
                if at >= parts.len() {
                    break;
                }
                let smaller: String = parts[..at].iter().chain(parts.iter().skip(at + size)).copied().collect();
                tries -= 1;
                if still(&smaller) {
                    text = smaller;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }
    text
}

fn parts(text: &str, lines: bool) -> Vec<&str> {
    if lines {
        return text.split_inclusive('\n').collect();
    }
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect()
}
