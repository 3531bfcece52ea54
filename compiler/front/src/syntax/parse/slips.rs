//! Slips that people make often, and the line as it was meant.
//!
//! A line was read up to some point. From there on, small changes are tried out in the order in which they are likely: a sign of
//! another language in words, a misspelt keyword, a quote too many or too few, a word left out or added. The first change after which
//! the line can be read is what the reader is shown, so that a mended line is never another broken one.

use super::recover::Furthest;
use super::{context, cut};
use crate::diagnostics::{Expected, suggest};
use crate::syntax::constructs;
use std::ops::Range;

/// Replace these bytes of the line.
pub(super) type Change = (Range<usize>, String);

/// How many of the changes after which a line can be read are kept.
const MAX_GUESSES: usize = 4;

/// What was meant.
#[derive(Debug)]
pub(super) struct Slip {
    pub(super) edits: Vec<Change>,
    pub(super) help: String,
    /// What cannot be read, where it is a sign of another language.
    pub(super) found: String,
    pub(super) sign: bool,
    /// What else may have been meant, with the words before it.
    pub(super) others: Vec<(Vec<Change>, String)>,
}

/// Quotes as text processors set them.
pub(crate) const QUOTES: &[char] = &['“', '”', '„', '‟', '«', '»', '″'];
/// Spaces that look like the common one or like nothing.
const SPACES: &[char] =
    &['\u{a0}', '\u{2007}', '\u{202f}', '\u{2003}', '\u{2002}', '\u{2009}', '\u{200b}', '\u{feff}', '\u{3000}'];

/// Typographic signs in a line.
pub(super) struct Typographic {
    pub(super) what: &'static str,
    pub(super) instead: &'static str,
    /// The first of them.
    pub(super) at: Range<usize>,
    pub(super) edits: Vec<Change>,
}

/// Typographic quotes or spaces outside texts in plain quotes.
pub(super) fn typographic(line: &str) -> Option<Typographic> {
    let mut edits: Vec<Change> = Vec::new();
    let (mut in_text, mut quotes) = (false, 0);
    for (at, c) in line.char_indices() {
        in_text ^= c == '"';
        let mended = match c {
            _ if in_text => continue,
            c if QUOTES.contains(&c) => "\"",
            '\u{200b}' | '\u{feff}' => "",
            c if SPACES.contains(&c) => " ",
            _ => continue,
        };
        quotes += usize::from(mended == "\"");
        edits.push((at..at + c.len_utf8(), mended.to_owned()));
    }
    let at = edits.first()?.0.clone();
    let (what, instead) = match quotes {
        0 => ("an invisible or special space", "a common space"),
        // One that opens nothing and closes nothing.
        _ if quotes % 2 == 1 => {
            edits.iter_mut().filter(|(_, mended)| mended == "\"").for_each(|(_, mended)| mended.clear());
            ("a typographic quote", "the line without it")
        }
        _ => ("a typographic quote", "plain quotes (`\"`)"),
    };
    Some(Typographic { what, instead, at, edits })
}

/// Where a text begins that is never closed: its last quote belongs to a field in it, `"Hello {first_name or "there"}`.
pub(super) fn unclosed_text(line: &str) -> Option<usize> {
    let mut open: Option<usize> = None;
    let mut has_field = false;
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let sign = rest.chars().next()?;
        match sign {
            '"' => {
                open = if open.is_some() { None } else { Some(at) };
                has_field = false;
            }
            '\\' if open.is_some() => at += 1,
            '{' if open.is_some() => {
                // The quotes of a fallback are within the braces.
                if let Some((inside, _)) = rest.split_once('}')
                    && inside.matches('"').count() == 2
                {
                    has_field = true;
                    at += inside.len();
                }
            }
            _ => {}
        }
        at += line.get(at..)?.chars().next().map_or(1, char::len_utf8);
    }
    open.filter(|_| has_field)
}

/// A phrase of the language that this version does not run, where a line cannot be read because of it.
pub(super) fn not_yet(line: &str) -> Option<&str> {
    let plain = without_texts(line);
    let has = |phrase: &str| {
        plain.match_indices(phrase).find(|(at, _)| {
            let (before, after) = (cut::before(&plain, *at), cut::after(&plain, at + phrase.len()));
            before.ends_with([' ', '('])
                && (phrase.ends_with(['0', '1', '.']) || after.is_empty() || after.starts_with(' '))
        })
    };
    let found =
        constructs::LATER_ANYWHERE.iter().copied().find(|phrase| has(phrase).is_some() || plain.starts_with(phrase));
    let mut after = context::with_later_forms(&plain).flat_map(|construct| construct.later.iter().copied());
    let found = found.or_else(|| after.find(|phrase| has(phrase).is_some()));
    if let Some(found) = found {
        let at = plain.find(found)?;
        return line.get(at..at + found.len());
    }
    // `workflow nurture "N" priority low {`: a line of its own in the first one.
    let rest = line.strip_prefix("workflow ")?;
    rest.split(' ').find(|word| constructs::HEADERS.later.contains(word))
}

/// A line whose texts say nothing, in as many bytes.
fn without_texts(line: &str) -> String {
    let pieces = line.split('"').enumerate();
    let hidden = pieces.map(|(at, piece)| if at % 2 == 0 { piece.to_owned() } else { "_".repeat(piece.len()) });
    hidden.collect::<Vec<_>>().join("\"")
}

/// Signs of other languages, longest first, and what Flow says.
const SIGNS: &[(&str, &str)] = &[
    ("===", "is"),
    ("!==", "is not"),
    ("==", "is"),
    ("!=", "is not"),
    ("<>", "is not"),
    ("=>", ">="),
    ("=<", "<="),
    ("&&", "and"),
    ("||", "or"),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "is not"),
    ("&", "and"),
    ("|", "or"),
    ("!", "not"),
    ("=", "is"),
];

/// Signs of Flow that contain one of those.
const OWN_SIGNS: &[&str] = &[">=", "<=", "+=", "-="];

/// Words of other languages and habits, and what Flow says. An empty one is left out.
const WORDS: &[(&str, &str)] = &[
    ("to", "="),
    ("once", "never"),
    ("no", "never"),
    ("then", "{"),
    ("then", ""),
    ("do", "{"),
    ("upto", "up to"),
    ("for", "up to"),
    ("within", "up to"),
    ("else", "otherwise"),
    ("equals", "is"),
    ("equal", "is"),
    ("includes", "contains"),
    ("like", "contains"),
    ("has", "contains"),
    ("if", "when"),
    ("on", "when"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("ten", "10"),
    ("a", "1"),
    ("an", "1"),
    ("en", "and"),
    ("et", "and"),
    ("of", "or"),
    ("ou", "or"),
    ("und", "and"),
    ("oder", "or"),
    ("nicht", "not"),
    ("ist", "is"),
    ("bis", "until"),
    ("tag", "day"),
    ("tage", "days"),
    ("stunde", "hour"),
    ("stunden", "hours"),
    ("woche", "week"),
    ("wochen", "weeks"),
    ("monat", "month"),
    ("monate", "months"),
    ("minuten", "minutes"),
    ("werktags", "weekdays"),
    ("täglich", "every day"),
    ("hrs", "hours"),
    ("min", "minutes"),
    ("mins", "minutes"),
    ("h", "hours"),
    ("d", "days"),
];

/// What may have been left out at the end of a line, by its first word.
const ENDINGS: &[(&str, &str)] = &[("days", "days"), ("in", "in contact timezone"), ("times", "times")];

/// Words that would make sense of anything, and rarely the sense that was meant: `visited(page is )` asks for no `known`.
const NEVER_MISSING: &[&str] = &[
    "and",
    "or",
    "link",
    "known",
    "unknown",
    "not",
    "no",
    "yes",
    "clicked",
    "opened",
    "replied",
    "sent",
    "bounced",
    "timed",
    "today",
    "now",
    "weekday",
    "hour in contact timezone",
];

/// What people put before a name, and Flow does not.
const NEEDLESS: &[&str] = &[
    "email", "mail", "the", "contact", "template", "message", "team", "stage", "workflow", "campaign", "journey",
    "group", "as", "them", "with",
];

/// What begins a condition, a time or another step. Left out, the line would reach other people, or the same at another time.
const JOINTS: &[&str] = &[
    "if", "when", "unless", "while", "in", "after", "before", "for", "until", "within", "and", "or", "but", "except",
    "to", "from", "tomorrow", "today", "tonight", "later", "next", "daily", "weekly", "monthly", "every", "again",
    "once", "twice", "only", "not", "never", "unless", "without",
];

/// What says of the rest of a line when, whom or how much: without it the line would mean something else.
const TELLING: &[&str] =
    &["during", "business", "working", "office", "outside", "between", "capacity", "covers", "away", "hours", "past"];

/// What can be left out without a loss.
const NOISE: &[&str] =
    &[",", ":", "=", ".", "for", "the", "a", "an", "to", "of", "then", "by", "on", "at", "in", "with", "is"];

/// What was meant by a line that was read up to `at`, if a small change makes it readable.
pub(super) fn slip(
    line: &str,
    at: usize,
    furthest: &Furthest,
    fits_signs: bool,
    reads: &dyn Fn(&str) -> bool,
) -> Option<Slip> {
    let found = first_word(cut::after(line, at));
    if fits_signs && let Some(slip) = signs(line, at) {
        return Some(slip);
    }
    let keywords = keywords(&furthest.expected);
    let nearest = suggest::nearest(found, keywords.iter().copied());
    let here = at..at + found.len();
    let mut tries: Vec<(Vec<Change>, String)> = Vec::new();
    if let Some(nearest) = nearest {
        tries.push((vec![(here.clone(), nearest.to_owned())], format!("did you mean `{nearest}`?")));
    }
    let lower = found.to_lowercase();
    for (_, word) in WORDS.iter().filter(|(written, _)| *written == lower) {
        let help = if word.is_empty() { format!("leave out `{found}`:") } else { format!("Flow says `{word}`:") };
        // With the space before it, where nothing takes its place.
        let from = if word.is_empty() { cut::before(line, at).trim_end().len() } else { at };
        tries.push((vec![(from..here.end, (*word).to_owned())], help));
    }
    tries.extend(quotes(line, at, found, &furthest.expected));
    tries.extend(changes(line, at));
    tries.extend(ladder(line, at));
    tries.extend(parentheses(line, at, found));
    if !found.is_empty() && found.chars().all(|c| c.is_ascii_digit()) && found.len() <= 2 {
        tries.push((vec![(here.clone(), format!("{found}:00"))], "write the minutes too:".to_owned()));
        tries.push((vec![(at..at, "at least ".to_owned())], "say `at least`, `at most` or `exactly`:".to_owned()));
    }
    // `if not taken within 2 days` looks ahead as often as back: the last days, in which nobody was yet, are so at once.
    let turns = cut::before(line, at).split(' ').any(|word| word.eq_ignore_ascii_case("not"));
    // `and` and `or` would make sense of anything, and rarely the sense that was meant.
    let is_missing = |keyword: &&&str| !(NEVER_MISSING.contains(*keyword) || (turns && **keyword == "the last"));
    for keyword in keywords.iter().filter(|_| !found.is_empty()).filter(is_missing) {
        let help = format!("`{keyword}` is missing:");
        match *keyword {
            ":" => tries.push((vec![(cut::before(line, at).trim_end().len()..at, ": ".to_owned())], help)),
            keyword => tries.push((vec![(at..at, format!("{keyword} "))], help)),
        }
    }
    if found.is_empty() {
        let wanted = |(first, _): &&(&str, &str)| keywords.contains(first);
        for (_, ending) in ENDINGS.iter().filter(wanted) {
            let help = format!("add `{ending}`, for example:");
            tries.push((vec![(line.len()..line.len(), format!(" {ending}"))], help));
        }
    } else {
        let before = cut::before(line, at).trim_end().len();
        // `send email guide`
        if let Some(word) = NEEDLESS.iter().find(|word| cut::before(line, before).ends_with(&format!(" {word}"))) {
            tries.push((vec![(before - word.len()..at, String::new())], format!("leave out `{word}`:")));
        }
        // The comma of `2,5` is a part of the number.
        let is_digit = |sign: char| sign.is_ascii_digit();
        let in_number = cut::before(line, at).ends_with(is_digit) && cut::after(line, here.end).starts_with(is_digit);
        if NOISE.contains(&lower.as_str()) && !in_number {
            tries.push((vec![(before..here.end, String::new())], format!("leave out `{found}`:")));
        }
        tries.extend(joined(line, at, found));
        if Expected::is_end(&furthest.expected)
            && found.starts_with(char::is_alphanumeric)
            && !JOINTS.contains(&lower.as_str())
            && !cut::after(line, at).split(' ').any(|word| TELLING.contains(&word.to_lowercase().as_str()))
            && !cut::after(line, at).split(' ').any(|word| constructs::STEPS.of_word(word).is_some())
        {
            let rest = cut::after(line, at).trim_end();
            tries.push((vec![(before..line.len(), String::new())], format!("leave out `{rest}`:")));
        }
    }
    let mut works: Vec<(Vec<Change>, String)> =
        tries.into_iter().filter(|(edits, _)| reads(&edited(line, edits))).take(MAX_GUESSES).collect();
    works.extend(nearest.map(|near| (vec![(here, near.to_owned())], format!("did you mean `{near}`?"))));
    let mut works = works.into_iter();
    let (edits, help) = works.next()?;
    Some(Slip { edits, help, found: found.to_owned(), sign: false, others: works.collect() })
}

/// A step with something behind it that stands before it in Flow, or that is another step: `send guide if clicked`, `start care in
/// 2 days`, `tag vip and beta`.
fn joined(line: &str, at: usize, found: &str) -> Option<(Vec<Change>, String)> {
    let (step, rest) = (cut::before(line, at).trim(), cut::after(line, at + found.len()).trim());
    let start = line.len() - line.trim_start().len();
    let mended = |text: String, help: &str| Some((vec![(start..line.len(), text)], help.to_owned()));
    match found {
        "if" | "when" => mended(format!("if {rest} {{ {step} }}"), "the condition comes first:"),
        "in" | "after" => mended(format!("wait {rest}; {step}"), "waiting is a step of its own:"),
        "and" => {
            let begins_a_step = constructs::STEPS.of_word(first_word(rest)).is_some();
            let verb = if begins_a_step { String::new() } else { format!("{} ", first_word(step)) };
            mended(format!("{step}; {verb}{rest}"), "each step stands for itself:")
        }
        _ => None,
    }
}

/// `==`, `&&` and the like from a place on.
fn signs(line: &str, at: usize) -> Option<Slip> {
    let sign_at = |rest: &str| SIGNS.iter().find(|(sign, _)| rest.starts_with(sign));
    let (first, word) = sign_at(cut::after(line, at))?;
    let mut edits: Vec<Change> = Vec::new();
    let mut at = at;
    while let Some(next) = cut::after(line, at).chars().next() {
        let rest = cut::after(line, at);
        if next == '"' {
            at += cut::after(rest, 1).find('"').map_or(rest.len(), |end| end + 2);
        } else if let Some(own) = OWN_SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            at += own.len();
        } else if let Some((sign, word)) = sign_at(rest) {
            let end = at + sign.len();
            let space = |there: bool| if there { "" } else { " " };
            let before = space(cut::before(line, at).ends_with([' ', '(']));
            edits.push((at..end, format!("{before}{word}{}", space(cut::after(line, end).starts_with(' ')))));
            at = end;
        } else {
            at += next.len_utf8();
        }
    }
    Some(Slip {
        edits,
        help: format!("Flow says `{word}`:"),
        found: (*first).to_owned(),
        sign: true,
        others: Vec::new(),
    })
}

/// A text without its quotes, in other quotes, or quotes around what is a name.
fn quotes(line: &str, at: usize, found: &str, expected: &[Expected]) -> Vec<(Vec<Change>, String)> {
    let mut tries = Vec::new();
    if let Some(name) = found.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        let name = as_name(name);
        if !name.is_empty() {
            let here = at..at + found.len();
            tries.push((vec![(here, name.clone())], "names stand without quotes:".to_owned()));
            tries.push((vec![(at..at, format!("{name} "))], "it needs a name of its own, without quotes:".to_owned()));
        }
    }
    if let Some(text) = cut::after(line, at).strip_prefix('\'')
        && let Some((text, _)) = text.split_once('\'')
    {
        let here = at..at + text.len() + 2;
        tries.push((vec![(here, format!("\"{text}\""))], "texts stand in double quotes:".to_owned()));
    }
    // What has a text of its own, or asks for something first, is no text without quotes.
    let has_text =
        without_fields(cut::after(line, at)).contains('"') || cut::after(line, at).trim_start().starts_with("due ");
    if expected.contains(&Expected::Text) && !found.is_empty() && !has_text {
        let rest = cut::after(line, at).trim_end();
        let ends = [" when ", " covers ", " due ", " to ", ":"].iter().filter_map(|word| rest.find(word));
        for end in std::iter::once(rest.len()).chain(ends) {
            let text = format!("\"{}\"", cut::before(rest, end).replace('"', ""));
            tries.push((vec![(at..at + end, text)], "texts stand in quotes:".to_owned()));
        }
    }
    tries
}

/// `score++`, `score + 10`, and comments of other languages.
fn changes(line: &str, at: usize) -> Vec<(Vec<Change>, String)> {
    const SIGNS: &[(&str, &str)] =
        &[("++", "+= 1"), ("--", "-= 1"), ("+", "+="), ("-", "-="), ("/*", "//"), (":", "{")];
    let known = SIGNS.iter().filter(|(sign, _)| cut::after(line, at).starts_with(sign));
    known
        .map(|(sign, mended)| {
            let space = if cut::before(line, at).ends_with([' ', '/']) { "" } else { " " };
            (vec![(at..at + sign.len(), format!("{space}{mended}"))], format!("Flow says `{mended}`:"))
        })
        .collect()
}

/// A parenthesis too many or too few, and lists without them.
fn parentheses(line: &str, at: usize, found: &str) -> Vec<(Vec<Change>, String)> {
    let end = line.trim_end().len();
    let mut tries = Vec::new();
    match found {
        "" => tries.push((vec![(end..end, ")".to_owned())], "a parenthesis is still open:".to_owned())),
        ")" => tries.push((vec![(at..at + 1, String::new())], "this parenthesis closes nothing:".to_owned())),
        _ if cut::after(line, at).contains(',') => {
            let list = vec![(at..at, "(".to_owned()), (end..end, ")".to_owned())];
            tries.push((list, "a list stands in parentheses:".to_owned()));
        }
        _ => {}
    }
    let before = cut::before(line, at).trim_end().len();
    tries.push((vec![(before..at, ", ".to_owned())], "a comma stands between them:".to_owned()));
    tries
}

/// `stages cold, warm, hot`
fn ladder(line: &str, at: usize) -> Option<(Vec<Change>, String)> {
    if !line.starts_with("stages ") {
        return None;
    }
    let signs = cut::after(line, at)
        .match_indices([',', '>', '|'])
        .map(|(sign, text)| (at + sign..at + sign + text.len(), " <".to_owned()));
    Some((signs.collect(), "the lifecycle is a ladder, lowest first:".to_owned()))
}

/// `welcome-mail`, `begrüßung`: where a name lies that has signs which names do not have, and what it should be.
pub(super) fn unusual_name(line: &str, at: usize) -> Option<(Range<usize>, String)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let start = cut::before(line, at).trim_end_matches(is_part).len();
    let end = line.len() - cut::after(line, at).trim_start_matches(is_part).len();
    let found = line.get(start..end)?;
    let first = found.chars().next()?;
    let whole = end > at && (start < at || !first.is_ascii()) && first.is_alphabetic();
    whole.then(|| (start..end, trigger_meant(found).unwrap_or_else(|| as_name(found))))
}

/// How other tools call what the event said that let somebody in, longest first.
const THEIR_TRIGGERS: [&str; 9] = [
    "trigger.properties.",
    "trigger_event.",
    "event.properties.",
    "event_properties.",
    "event_data.",
    "enrollment.",
    "enrolment.",
    "properties.",
    "event.",
];

/// `event.amount` is `trigger.amount`.
pub(crate) fn trigger_meant(name: &str) -> Option<String> {
    let property = THEIR_TRIGGERS.iter().find_map(|theirs| name.strip_prefix(theirs))?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_read = property.starts_with(|c: char| c.is_ascii_alphabetic()) && property.chars().all(is_name);
    is_read.then(|| format!("trigger.{property}"))
}

/// A line without what stands in braces.
fn without_fields(line: &str) -> String {
    let mut depth = 0_usize;
    let outside = |sign: &char| {
        depth = if *sign == '{' { depth + 1 } else { depth };
        let is_outside = depth == 0;
        depth = if *sign == '}' { depth.saturating_sub(1) } else { depth };
        is_outside
    };
    line.chars().filter(outside).collect()
}

/// A text as a name.
fn as_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim().to_lowercase().chars() {
        match c {
            'ä' => name.push_str("ae"),
            'ö' => name.push_str("oe"),
            'ü' => name.push_str("ue"),
            'ß' => name.push_str("ss"),
            'é' | 'è' | 'ê' => name.push('e'),
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("n{name}") } else { name.to_owned() }
}

/// The words to write among what was expected; signs only where nothing else is meant by them.
fn keywords(expected: &[Expected]) -> Vec<&'static str> {
    let words = expected.iter().flat_map(Expected::words).copied();
    words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || " =:".contains(c))).collect()
}

pub(super) fn edited(line: &str, edits: &[Change]) -> String {
    let mut out = line.to_owned();
    for (range, text) in edits.iter().rev() {
        out.replace_range(range.clone(), text);
    }
    out.trim_end().to_owned()
}

/// A word, a text in quotes, or a single sign.
pub(super) fn first_word(text: &str) -> &str {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
    let Some(first) = text.chars().next() else { return "" };
    let end = if is_word(first) {
        text.find(|c| !is_word(c)).unwrap_or(text.len())
    } else if first == '"' {
        cut::after(text, 1).find('"').map_or(text.len(), |end| end + 2)
    } else {
        first.len_utf8()
    };
    cut::before(text, end)
}
