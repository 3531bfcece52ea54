//! A text, broken as people and machines break texts.

use crate::Random;

/// Longer ones are cut: what grows with length is the subject of [`large`], and of `tests/ratchet.rs`.
const MOST_BYTES: usize = 40_000;
/// How often one text is broken.
const MOST_CHANGES: usize = 4;

/// Signs that mean something to the language or to templates, or look as if they did.
const SIGNS: [&str; 34] = [
    "{", "}", "(", ")", "\"", "“", "”", "«", "'", ";", ":", ",", ".", "<", ">", "<=", "=", "==", "+=", "-", "?", "!",
    "\\", "/", "//", "/*", "#", "{{", "}}", "{%", "%}", "&", "@", "*",
];
/// What no reader sees, or sees in another order; and what a terminal obeys.
const UNSEEN: [&str; 22] = [
    "\0",
    "\u{1}",
    "\u{7}",
    "\u{8}",
    "\u{b}",
    "\u{c}",
    "\u{1b}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{9b}31m",
    "\u{a0}",
    "\u{ad}",
    "\u{200b}",
    "\u{200d}",
    "\u{200f}",
    "\u{2028}",
    "\u{202e}",
    "\u{2066}",
    "\u{2069}",
    "\u{feff}",
    "\u{e0041}",
];
/// Letters of two, three and four bytes, of no width, of two columns.
const LETTERS: [&str; 8] = ["ß", "é", "e\u{301}", "漢", "🙂", "👩‍👩‍👧", "ﷺ", "İ"];
/// Words of the language and beside it.
const WORDS: [&str; 40] = [
    "if",
    "else",
    "send",
    "wait",
    "until",
    "up to",
    "when",
    "enter when",
    "exit",
    "exit when",
    "goal",
    "in the last 7 days",
    "and",
    "or",
    "not",
    "is",
    "is not",
    "in",
    "contains",
    "at least 2 times",
    "ever",
    "since entry",
    "known",
    "unknown",
    "workflow",
    "segment s =",
    "email",
    "team",
    "stages",
    "use std.b2b",
    "score += 1",
    "2 days",
    "99999999999999999999",
    "0",
    "-1",
    "2026-02-30",
    "yes",
    "customer",
    "clicked",
    "timed out",
];
/// What can be put around or into itself.
const NESTS: [(&str, &str); 6] = [
    ("(", ")"),
    ("{", "}"),
    ("if customer {\n", "\n}\n"),
    ("not ", ""),
    ("{% if first_name %}", "{% endif %}"),
    ("<div>", "</div>"),
];

/// One of the texts, changed in a few places with parts of the others.
pub fn mutant(texts: &[&str], random: &mut Random) -> String {
    let mut text = (*random.pick(texts)).to_owned();
    for _ in 0..=random.below(MOST_CHANGES) {
        text = changed(text, texts, random);
        if text.len() > MOST_BYTES {
            text.truncate(text.floor_char_boundary(MOST_BYTES));
        }
    }
    text
}

/// Where a piece is repeated: among declarations, in a text of a mail, among steps, in a list, in a comment.
const AROUND: [(&str, &str); 6] = [
    ("use std.b2b\n", "\nsegment s = customer\n"),
    ("email m {\n  subject \"", "\"\n  template \"x.html\"\n}\n"),
    ("workflow w {\n  enter by hand\n  reenter never\n", "\n}\n"),
    ("use std.b2b\nsegment s = industry in (", ")\n"),
    ("tags ", "\n"),
    ("// ", "\n"),
];
/// The most parts of a piece.
const MOST_PARTS: usize = 5;

/// One piece again and again, up to so many bytes: what looks back or ahead from each of them takes time in the square.
pub fn large(random: &mut Random, bytes: usize) -> String {
    let parts = 1 + random.below(MOST_PARTS);
    let piece: String = (0..parts).map(|_| part(random)).collect();
    let (before, after) = random.pick(&AROUND);
    format!("{before}{}{after}", piece.repeat(bytes / piece.len()))
}

fn part(random: &mut Random) -> &'static str {
    match random.below(6) {
        0 => random.pick::<&str>(&LETTERS),
        1 => random.pick::<&str>(&["\n", "\r", "\r\n", " ", "; ", ", "]),
        2 | 3 => random.pick::<&str>(&WORDS),
        _ => random.pick::<&str>(&SIGNS),
    }
}

fn changed(text: String, texts: &[&str], random: &mut Random) -> String {
    match random.below(24) {
        0 => lines(&text, random, |lines, at, _| {
            lines.remove(at);
        }),
        1 => lines(&text, random, |lines, at, _| lines.insert(at, lines[at])),
        2 | 3 => lines(&text, random, |lines, at, other| lines.swap(at, other)),
        4 => lines(&text, random, |lines, at, other| {
            let line = lines.remove(at);
            lines.insert(other.min(lines.len()), line);
        }),
        5 => lines(&text, random, |lines, at, other| {
            lines.drain(at.min(other)..=at.max(other));
        }),
        // A string cut open, a brace lost.
        6 => without(text, &["\"", "{", "}", "(", ")", "<", ">"], random),
        7 | 8 => swap_words(&text, random),
        9 | 10 => replace_word(&text, texts, random),
        11 => insert(text, random, |random| random.pick(&SIGNS).to_string()),
        12 => insert(text, random, |random| random.pick(&WORDS).to_string()),
        13 => insert(text, random, |random| random.pick(&UNSEEN).to_string()),
        14 => insert(text, random, |random| random.pick(&LETTERS).to_string()),
        15 => {
            let other = *random.pick(texts);
            splice(&text, other, random)
        }
        16 => {
            let other = *random.pick(texts);
            insert(text, random, |random| some_lines(other, random))
        }
        17 => nest(text, random),
        18 => {
            let at = place(&text, random);
            text[..at].to_owned()
        }
        19 => text.replace('\n', random.pick::<&str>(&["\r\n", "\r", "\n\r", " ", "\n\n", ";", "\u{85}", "\u{2028}"])),
        20 => {
            let (from, to) = stretch(&text, random);
            format!("{}{}", &text[..from], &text[to..])
        }
        21 => {
            let (from, to) = stretch(&text, random);
            let again = text[from..to].repeat(1 + random.below(30));
            format!("{}{again}{}", &text[..from], &text[to..])
        }
        22 => without(text, &["\n", " ", ",", "otherwise", "until", "when", "//", "the last", "up to"], random),
        _ => numbers(&text, random),
    }
}

fn lines(text: &str, random: &mut Random, change: impl FnOnce(&mut Vec<&str>, usize, usize)) -> String {
    let mut lines: Vec<&str> = text.split('\n').collect();
    let (at, other) = (random.below(lines.len()), random.below(lines.len()));
    change(&mut lines, at, other);
    lines.join("\n")
}

/// A border of two characters, or an end.
fn place(text: &str, random: &mut Random) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}

fn stretch(text: &str, random: &mut Random) -> (usize, usize) {
    let from = place(text, random);
    let most = if random.once_in(4) { 400 } else { 12 };
    let length = 1 + random.below(most);
    (from, text.ceil_char_boundary((from + length).min(text.len())))
}

fn insert(mut text: String, random: &mut Random, what: impl FnOnce(&mut Random) -> String) -> String {
    let at = place(&text, random);
    text.insert_str(at, &what(random));
    text
}

fn without(mut text: String, what: &[&str], random: &mut Random) -> String {
    let what = *random.pick(what);
    let found: Vec<usize> = text.match_indices(what).map(|(at, _)| at).collect();
    if !found.is_empty() {
        let at = *random.pick(&found);
        text.replace_range(at..at + what.len(), "");
    }
    text
}

/// Where the words stand.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric() || c == '_', start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn swap_words(text: &str, random: &mut Random) -> String {
    let words = words(text);
    if words.len() < 2 {
        return text.to_owned();
    }
    // Neighbours mostly, as people do.
    let one = random.below(words.len());
    let other = if random.once_in(3) { random.below(words.len()) } else { (one + 1) % words.len() };
    let (one, other) = (words[one.min(other)].clone(), words[one.max(other)].clone());
    if one == other {
        return text.to_owned();
    }
    let between = &text[one.end..other.start];
    format!("{}{}{between}{}{}", &text[..one.start], &text[other.clone()], &text[one.clone()], &text[other.end..])
}

fn replace_word(text: &str, texts: &[&str], random: &mut Random) -> String {
    let here = words(text);
    let other: &str = if random.once_in(2) { text } else { random.pick::<&str>(texts) };
    let there = words(other);
    if here.is_empty() || there.is_empty() {
        return text.to_owned();
    }
    let (at, from) = (random.pick(&here), random.pick(&there));
    format!("{}{}{}", &text[..at.start], &other[from.clone()], &text[at.end..])
}

fn splice(text: &str, other: &str, random: &mut Random) -> String {
    format!("{}{}", &text[..place(text, random)], &other[place(other, random)..])
}

fn some_lines(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = random.below(lines.len());
    let to = (from + 1 + random.below(6)).min(lines.len());
    lines.get(from..to).map(|lines| format!("\n{}\n", lines.join("\n"))).unwrap_or_default()
}

fn nest(text: String, random: &mut Random) -> String {
    let (open, shut) = *random.pick(&NESTS);
    let deep = *random.pick(&[2, 10, 40, 60, 2_000]);
    let shuts = if random.once_in(3) { random.below(deep) } else { deep };
    let (from, to) = stretch(&text, random);
    format!("{}{}{}{}{}", &text[..from], open.repeat(deep), &text[from..to], shut.repeat(shuts), &text[to..])
}

fn numbers(text: &str, random: &mut Random) -> String {
    let found: Vec<_> =
        words(text).into_iter().filter(|at| text[at.clone()].bytes().all(|b| b.is_ascii_digit())).collect();
    if found.is_empty() {
        return text.to_owned();
    }
    let at = random.pick(&found);
    let new = random.pick(&[
        "0",
        "1",
        "2",
        "63",
        "64",
        "65",
        "24",
        "31",
        "3660",
        "3661",
        "100000000000",
        "99999999999",
        "1.5",
        "0.00001",
        "-3",
    ]);
    format!("{}{new}{}", &text[..at.start], &text[at.end..])
}
