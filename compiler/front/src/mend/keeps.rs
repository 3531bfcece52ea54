//! What a mended line may not lose of the one that was written: a comparison, a change, a number, a name. A line that compiles without one of
//! them means something else, and nobody would notice.

use super::plain::NOT;
use super::spelling;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::{COUNTS_NOTHING, LEAVES_HOLIDAYS, NEEDS_NO_NAME, is_text_line};
use std::collections::BTreeSet;

/// In words that say a number otherwise, or that ask for none.
const OTHER_NUMBERS: &[&str] = &[
    "year", "years", "second", "seconds", "sec", "secs", "s", "half", "am", "pm", "quarter", "o'clock", "uhr", "hours",
    "hour", "hrs", "weeks", "week", "percent", "times",
];
/// What stands for a comparison in words.
const COMPARES: &[&str] = &["between", "least", "most", "inactive", "last", "known", "unknown"];
/// Names that are words of a sentence more often than names.
const WORDS: &[&str] = &["customer", "lead", "contact", "email", "stage", "score", "company", "title", "user"];

/// Whether the lines `after` hold all that the lines `before` asked for. `help` is what is said of the change; of what is only declared, which may be
/// called like anything, there are no `names`.
pub(super) fn keeps(before: &str, after: &str, help: &str, names: Option<&BTreeSet<&str>>) -> bool {
    if after.trim_start().starts_with("//") {
        return true;
    }
    if after.trim().is_empty() {
        return before.trim().chars().all(|sign| !sign.is_alphanumeric());
    }
    let (old, new) = (joined(before), joined(after));
    // One word of the other, and the opposite.
    let unsubscribes = |tokens: &[String]| tokens.iter().any(|token| token.starts_with("unsub"));
    if unsubscribes(&new) && !unsubscribes(&old) && old.iter().any(|token| token.starts_with("subscri")) {
        return false;
    }
    let counts = !COUNTS_NOTHING.contains(&help);
    (glued(before) || !glued(after))
        && keeps_addresses(before, after)
        && keeps_what_is_said(before, after)
        && names.is_none_or(|names| keeps_slips(&old, &new, names))
        && (names.is_none() || help == LEAVES_HOLIDAYS || keeps_negation(&old, &new))
        && keeps_changes(&old, &new)
        && (!counts || keeps_comparisons(&old, &new))
        && (NEEDS_NO_NAME.contains(&help) || names.is_none_or(|names| keeps_names(&old, &new, names)))
        && (!counts || keeps_numbers(before, &old, after))
}

/// The words and signs outside of texts, `> =` as one.
fn joined(lines: &str) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (at, token) in tokens_at(lines) {
        if token.starts_with("//") {
            continue;
        }
        let goes_on = matches!(token, "<" | ">" | "=" | "!");
        match found.last_mut() {
            Some((_, last)) if goes_on && matches!(last.as_str(), "<" | ">" | "+" | "-" | "!" | "=") => {
                last.push_str(token);
            }
            _ => found.push((at, token.to_owned())),
        }
    }
    found.into_iter().map(|(_, token)| token).collect()
}

fn has(tokens: &[String], wanted: &[&str]) -> bool {
    tokens.iter().any(|token| wanted.contains(&token.as_str()))
}

/// `not`, in whatever word: without it the line means the opposite.
fn keeps_negation(old: &[String], new: &[String]) -> bool {
    const NEGATES: &[&str] = &[
        "not",
        "no",
        "never",
        "neither",
        "nor",
        "none",
        "outside",
        "unless",
        "except",
        "excluding",
        "without",
        "!",
        "!=",
        "wont",
        "cannot",
        "cant",
    ];
    const INSTEAD: &[&str] = &["unknown", "skip", "exit", "untag", "inactive", "known", "otherwise", "no", ">=", "<="];
    // `yes or no` is a type.
    let negates = |(nth, token): &(usize, &String)| {
        let before = nth.checked_sub(1).and_then(|nth| old.get(nth)).map_or("", String::as_str);
        let lower = token.to_lowercase();
        let is_not = NEGATES.contains(&lower.as_str()) || NOT.contains(&lower.replace('\'', "").as_str());
        is_not && !matches!(before, "or" | "/" | "=")
    };
    // `neither a nor b` is one `not in`.
    let count = |tokens: &[String]| {
        let both = usize::from(has(tokens, &["neither"]) && has(tokens, &["nor"]));
        tokens.iter().enumerate().filter(negates).count() - both
    };
    let is_other = |token: &&String| INSTEAD.contains(&token.as_str()) && !old.contains(token);
    count(new) >= count(old) || new.iter().any(|token| is_other(&token))
}

/// A shorter word is near to too many others.
const MIN_SLIP: usize = 7;

/// `stage = opportunity or unsubscibed`: a word with one slip is what it looks most like, and not another that would fit there, as `subscriber`.
fn keeps_slips(old: &[String], new: &[String], names: &BTreeSet<&str>) -> bool {
    let is_known = |word: &str| {
        let lower = word.to_lowercase();
        [word, &lower].into_iter().any(|word| names.contains(word) || spelling::keywords().contains(word))
    };
    let is_slip =
        |token: &&String| token.len() >= MIN_SLIP && token.chars().all(char::is_alphabetic) && !is_known(token);
    old.iter().filter(is_slip).all(|slip| {
        let is_plural = |known: &str| slip.strip_suffix('s') == Some(known) || known.strip_suffix('s') == Some(slip);
        let is_near = |known: &&str| {
            known.len() >= MIN_SLIP && !is_plural(known) && strsim::damerau_levenshtein(known, slip) == 1
        };
        let mut near = names.iter().chain(spelling::keywords()).copied().filter(is_near).peekable();
        near.peek().is_none() || new.contains(slip) || near.any(|known| new.iter().any(|token| token.contains(known)))
    })
}

/// Whether a text begins right behind a word: `from": Jane"`.
fn glued(lines: &str) -> bool {
    let (mut before, mut in_text, mut in_field) = (' ', false, false);
    lines.chars().any(|sign| {
        // The fallback of a field has quotes of its own.
        in_field = in_text && (in_field || sign == '{') && sign != '}';
        let is_quote = sign == '"' && !in_field && before != '\\';
        let is_glued = is_quote && !in_text && before.is_alphanumeric();
        in_text ^= is_quote;
        before = sign;
        is_glued
    })
}

/// What a line says to people is said in the mended one too, but for what stands in braces and tokens of other tools.
fn keeps_what_is_said(before: &str, after: &str) -> bool {
    const CLAUSE: &[&str] = &[
        "subject",
        "preview",
        "preheader",
        "note",
        "notes",
        "task",
        "title",
        "message",
        "comment",
        "line",
        "text",
        "header",
        "when",
        "whenever",
        "where",
        "else",
        "default",
        "otherwise",
        "due",
        "hours",
        "minutes",
        "days",
        "and",
        "the",
        "week",
        "tomorrow",
        "within",
    ];
    let written = before.trim_start();
    if before.trim().contains('\n') || !is_text_line(written) {
        return true;
    }
    let mut depth = 0_usize;
    let bare: String = written
        .chars()
        .map(|sign| {
            let opens = matches!(sign, '{' | '[' | '<' | '|' | '%' | '$');
            depth = if opens {
                depth + 1
            } else if matches!(sign, '}' | ']' | '>') {
                depth.saturating_sub(1)
            } else {
                depth
            };
            if depth == 0 { sign } else { ' ' }
        })
        .collect();
    // What stands before a sender's name and address.
    const SENDER: &[&str] = &["from", "name", "email", "mail", "address", "sender"];
    let is_from = written.to_lowercase().starts_with("from");
    // `wheen` too.
    let is_clause = |word: &str| {
        (is_from && SENDER.contains(&word))
            || CLAUSE.iter().any(|clause| strsim::damerau_levenshtein(clause, word) <= 1)
    };
    let said = after.to_lowercase();
    bare.to_lowercase()
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| word.chars().count() > 2 && !is_clause(word))
        .all(|word| said.contains(word))
}

fn keeps_addresses(before: &str, after: &str) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || matches!(sign, '@' | '.' | '_' | '-' | '+');
    let mut addresses = before.split(|sign: char| !is_part(sign)).filter(|part| part.contains('@'));
    let kept: BTreeSet<&str> = after.split(|sign: char| !is_part(sign)).map(|part| part.trim_matches('.')).collect();
    addresses.all(|address| kept.contains(address.trim_matches('.')))
}

fn keeps_changes(old: &[String], new: &[String]) -> bool {
    // `score - +=10`
    let turns = has(old, &["-"]) && has(new, &["+="]) && !has(new, &["-", "-="]);
    // `score *= 2`, `score += 10%`
    let is_change = has(new, &["+=", "-="]);
    let scales = has(old, &["*", "*="])
        || old.iter().any(|token| token.ends_with('%'))
        || old.windows(2).any(|pair| matches!(pair, [sign, next] if sign == "*" && next.starts_with('=')));
    !(turns || (is_change && scales)) && ["+=", "-="].iter().all(|sign| !has(old, &[sign]) || has(new, &[sign]))
}

fn keeps_comparisons(old: &[String], new: &[String]) -> bool {
    let is_said = has(new, COMPARES);
    // `a@x.example <Ann>`, `<first_name>` and arrows compare nothing.
    let compares = has(old, &["<", ">", "<=", ">=", "<<", ">>"]) && !old.iter().any(|token| token.contains('@'));
    if has(old, &["<=", ">="]) && !(has(new, &["<=", ">="]) || is_said) {
        return false;
    }
    !compares || is_said || has(new, &["<", ">", "<=", ">=", ";", "not"])
}

fn keeps_names(old: &[String], new: &[String], names: &BTreeSet<&str>) -> bool {
    // `unenrol from nurture`, said in `nurture` itself.
    let leaves = old.len() <= 6 && new == ["exit"] && !has(old, &["when", "if", "after"]);
    if leaves && has(old, &["unenrol", "unenroll", "disenroll", "remove", "exit", "drop", "stop"]) {
        return true;
    }
    let is_name = |token: &&String| names.contains(token.as_str()) && !WORDS.contains(&token.as_str());
    old.iter().filter(is_name).all(|name| new.iter().any(|token| token.contains(name.as_str())))
}

fn keeps_numbers(before: &str, old: &[String], after: &str) -> bool {
    let says_otherwise = old.iter().any(|token| OTHER_NUMBERS.contains(&token.to_lowercase().as_str()))
        || before.contains(['/', ':', '%', '€', '$', '£'])
        || has_unit(before)
        || is_numbered(before)
        || after.contains("months")
        // `9 to 5` is `from 09:00 to 17:00`.
        || after.contains(":00 to ");
    let digits = |text: &str| -> BTreeSet<String> {
        let parts = text.split(|sign: char| !sign.is_ascii_digit()).filter(|part| !part.is_empty());
        parts.map(|part| part.trim_start_matches('0').to_owned()).collect()
    };
    // `1,000`, and not `99,90`
    let whole = |text: &str| {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let is_thousands = |at: usize| {
            let (before, behind) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            before.ends_with(|sign: char| sign.is_ascii_digit()) && digits(behind) == 3
        };
        text.char_indices()
            .filter(|(at, sign)| *sign != ',' || !is_thousands(*at))
            .map(|(_, sign)| sign)
            .collect::<String>()
    };
    // What stands in a text is no number.
    let bare: String = before.split('"').step_by(2).collect();
    let kept = digits(&whole(after));
    says_otherwise || digits(&whole(&bare)).is_subset(&kept)
}

/// `10k`, `2d`: a number in other words.
fn has_unit(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    signs.windows(2).any(|pair| matches!(pair, [digit, letter] if digit.is_ascii_digit() && letter.is_alphabetic()))
}

/// `1. send welcome`
fn is_numbered(text: &str) -> bool {
    let rest = text.trim_start().trim_start_matches(|sign: char| sign.is_ascii_digit());
    rest.len() < text.trim_start().len() && rest.starts_with(['.', ')'])
}
