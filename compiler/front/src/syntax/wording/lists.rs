//! Several values side by side, whatever stands between them: `"NL"; "BE"`, `5 or 7`, `saas / fintech`, `link "a" or "b"`. How Flow says
//! them depends on what stands before the first.

use super::Wording;
use super::pattern::Words;
use std::ops::Range;

/// What people write between two values; two of them may stand together, as in `"a", or "b"`.
const BETWEEN: &[&str] = &[",", ";", "or", "and", "/", "|", "nor", "&", "+"];
/// What says that several are meant, and is no part of what they are compared with.
const SEVERAL: &[&str] =
    &["any", "one", "either", "of", "(", "[", ":", "these", "the", "following", "values", "neither", "none"];
/// What a list of choices is called where a field is declared.
const CHOICES: &[&str] = &[
    "list", "enum", "choice", "choices", "picklist", "dropdown", "select", "options", "option", "text", "string",
    "radio",
];
const IS: &[&str] = &["is", "=", "==", "in", "are", "equals", "was", "within"];
const NOT: &[&str] = &["not", "!", "!=", "isn't", "isnt", "<>", "nor"];
const CONTAINS: &[&str] = &["contains", "contain", "includes", "include", "has", "containing", "including"];
/// What is asked of mails.
const MAIL_VERBS: &[&str] = &["clicked", "opened", "replied", "bounced"];
/// More values make no line.
const MAX_VALUES: usize = 40;

const LIST: &str = "several values stand in a list:";
const EACH: &str = "each is asked for itself:";

type Token<'l> = (&'l str, Range<usize>);

/// A line with its values said as Flow says several; none where there are not at least two side by side.
pub(super) fn wording(words: &Words<'_>) -> Option<Wording> {
    let all: Vec<Token<'_>> = words.each().collect();
    (0..all.len()).find_map(|at| {
        let run = run(&all, at, is_value).or_else(|| run(&all, at, is_word))?;
        said(&all, &run)
    })
}

/// Values side by side: the first token, the one behind the last, and what they are.
struct Run<'l> {
    first: usize,
    end: usize,
    values: Vec<&'l str>,
    /// All of them, and not one.
    all: bool,
}

fn is_value(word: &str) -> bool {
    (word.len() > 1 && word.starts_with('"')) || word.bytes().all(|sign| sign.is_ascii_digit())
}

/// A value without its quotes.
fn is_word(word: &str) -> bool {
    const NONE: &[&str] =
        &["is", "in", "not", "and", "or", "if", "when", "the", "of", "any", "link", "contains", "no", "yes"];
    let is_plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '.');
    is_value(word) || (word.starts_with(char::is_alphabetic) && word.chars().all(is_plain) && !NONE.contains(&word))
}

fn run<'l>(all: &[Token<'l>], first: usize, is_value: fn(&str) -> bool) -> Option<Run<'l>> {
    let word = |at: usize| all.get(at).map(|(word, _)| *word);
    let mut values = vec![word(first).filter(|word| is_value(word))?];
    let mut end = first + 1;
    let (mut with_and, mut with_or) = (false, false);
    while values.len() < MAX_VALUES {
        let parted = (end..end + 2).take_while(|at| word(*at).is_some_and(|word| BETWEEN.contains(&word))).count();
        // `link "a" or link "b"`
        let again = usize::from(word(end + parted) == Some("link"));
        let Some(value) = word(end + parted + again).filter(|value| parted > 0 && is_value(value)) else { break };
        // `industry is "saas" or employees > 5`
        let goes_on = word(end + parted + again + 1).is_some_and(goes_on);
        if goes_on && !value.starts_with('"') {
            break;
        }
        let between = || (end..end + parted).filter_map(word);
        with_and |= between().any(|word| matches!(word, "and" | "&" | "+"));
        with_or |= between().any(|word| matches!(word, "or" | "/" | "|"));
        values.push(value);
        end += parted + again + 1;
    }
    (values.len() > 1).then_some(Run { first, end, values, all: with_and && !with_or })
}

/// What makes a word the beginning of a condition of its own.
fn goes_on(word: &str) -> bool {
    IS.contains(&word)
        || CONTAINS.contains(&word)
        || matches!(
            word,
            ">" | "<" | ">=" | "<=" | "(" | "not" | "at" | "between" | "starts" | "ends" | "link" | "ever"
        )
}

fn said(all: &[Token<'_>], run: &Run<'_>) -> Option<Wording> {
    let word = |at: usize| all.get(at).map_or("", |(word, _)| *word);
    let mut at = run.first;
    let (mut several, mut differs, mut relation) = (false, false, "");
    while at > 0 && (SEVERAL.contains(&word(at - 1)) || (at == 2 && CHOICES.contains(&word(1)))) {
        several = true;
        differs |= matches!(word(at - 1), "neither" | "none");
        at -= 1;
    }
    while let Some(before) = at.checked_sub(1).map(word) {
        match before {
            _ if NOT.contains(&before) => differs = true,
            // `ends with`, `contains words`: the word before it belongs to it.
            "with" if at > 1 && matches!(word(at - 2), "ends" | "starts" | "begins") => {
                relation = before;
                at -= 1;
            }
            "word" | "words" if at > 1 && CONTAINS.contains(&word(at - 2)) => {
                relation = before;
                at -= 1;
            }
            _ if IS.contains(&before) || CONTAINS.contains(&before) || before == "link" => relation = before,
            _ => break,
        }
        at -= 1;
    }
    // A stage is called by its name.
    let is_named = at.checked_sub(1).map(word) == Some("stage");
    let values =
        if is_named { run.values.iter().map(|value| (*value).to_owned()).collect() } else { quoted(&run.values) };
    let close = usize::from(matches!(word(run.end), ")" | "]") && several);
    let end = all.get(run.end + close - 1)?.1.end;
    let behind = |at: usize| all.get(at).map(|(_, place)| place.start);
    let change =
        |from: usize, text: String, help: &'static str| Some(Wording { edits: vec![(behind(from)?..end, text)], help });
    // `clicked guide, reminder`, `bounced guide or reminder`
    if relation.is_empty()
        && at.checked_sub(1).map(word).is_some_and(|verb| MAIL_VERBS.contains(&verb))
        && run.values.iter().all(|value| value.starts_with(char::is_alphabetic))
    {
        let verb = word(at - 1);
        let each = || run.values.iter().map(|mail| format!("{verb} {mail}")).collect::<Vec<_>>().join(" and ");
        return match run.all {
            true => change(at - 1, if differs || at > 2 { format!("({})", each()) } else { each() }, EACH),
            false => change(at - 1, format!("{verb} any of {}", run.values.join(", ")), "one of them is enough:"),
        };
    }
    match relation {
        "link" => {
            let (verb, mail) = (word(at.checked_sub(2)?), word(at - 1));
            let each: Vec<String> = values.iter().map(|link| format!("{verb} {mail} link {link}")).collect();
            let whole = each.join(if run.all { " and " } else { " or " });
            let whole = if all.len() > run.end + close || at > 3 { format!("({whole})") } else { whole };
            (verb == "clicked").then(|| change(at - 2, whole, EACH))?
        }
        // `contains words "CTO", "CEO"`, `ends with "a" or "b"`, `contains "a" and "b"`: each by itself.
        "with" | "word" | "words" | "contains" if !differs && (relation != "contains" || run.all) => {
            let (verb, from) = match relation {
                "with" => (format!("{} with", word(at)), at),
                "contains" => ("contains".to_owned(), at),
                _ => ("contains word".to_owned(), at),
            };
            let field = word(from.checked_sub(1)?);
            let each: Vec<String> = values.iter().map(|value| format!("{field} {verb} {value}")).collect();
            let whole = each.join(if run.all { " and " } else { " or " });
            let alone = from == 2 && run.end + close == all.len();
            change(from - 1, if alone { whole } else { format!("({whole})") }, EACH)
        }
        _ if CONTAINS.contains(&relation) && !differs => {
            change(at, format!("contains any of ({})", values.join(", ")), LIST)
        }
        "" if at == 1 && !differs => choices(all, run, &values),
        "" => None,
        // `does not contain "a" or "b"`, `not ends with "a", "b"`
        _ if differs && !IS.contains(&relation) => None,
        _ if differs => change(at, format!("not in ({})", values.join(", ")), LIST),
        _ => change(at, format!("in ({})", values.join(", ")), LIST),
    }
}

/// `province: "ON" or "QC"`, `plan dropdown (free, pro)?`: a field with its choices.
fn choices(all: &[Token<'_>], run: &Run<'_>, values: &[String]) -> Option<Wording> {
    let (name, place) = all.first()?;
    let is_name = name.chars().all(|sign| sign.is_alphanumeric() || sign == '_') && !super::pattern::begins_line(name);
    let is_text = run.values.iter().all(|value| !value.starts_with(|sign: char| sign.is_ascii_digit()));
    let rest: Vec<&str> = all.iter().skip(run.end).map(|(word, _)| *word).collect();
    let ends = rest.iter().all(|word| matches!(*word, ")" | "]" | "?"));
    // A list to choose from in a CRM may be left empty.
    let of_crm = |(word, _): &Token<'_>| {
        matches!(word.to_lowercase().as_str(), "picklist" | "dropdown" | "select" | "radio" | "checkbox")
    };
    let optional = if rest.contains(&"?") || all.iter().take(run.first).any(of_crm) { "?" } else { "" };
    let text = format!("{name} one of {}{optional}", values.join(", "));
    let end = all.last()?.1.end;
    (is_name && is_text && ends).then(|| Wording {
        edits: vec![(place.start..end, text)],
        help: "values stand in quotes, with commas between them:",
    })
}

/// `send welcome then wait 2 days then send case_study`: each step by itself.
pub(super) fn steps(words: &Words<'_>) -> Option<Wording> {
    const STEPS: &[&str] = &[
        "send", "wait", "score", "set", "tag", "untag", "advance", "move", "handoff", "notify", "start", "stop",
        "suppress", "exit", "add", "email",
    ];
    const THEN: &[&str] = &["then", "->", "=>", "→"];
    let all: Vec<Token<'_>> = words.each().collect();
    let (first, _) = all.first()?;
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut depth = 0_usize;
    for (nth, (word, place)) in all.iter().enumerate() {
        match *word {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            then if depth == 0 && nth > 0 && nth + 1 < all.len() && THEN.contains(&then) => {
                // `, then`, `and then`
                let before = nth.checked_sub(1).and_then(|before| all.get(before));
                let joint = before.filter(|(word, _)| matches!(*word, "," | "and" | ";"));
                let from = joint.map_or(place.start, |(_, joint)| joint.start);
                let gap = words.between_places(0, from).is_some_and(|before| before.ends_with(' '));
                edits.push((from - usize::from(gap)..place.end, ";".to_owned()));
            }
            _ => {}
        }
    }
    (STEPS.contains(first) && !edits.is_empty()).then_some(Wording { edits, help: "each line stands for itself:" })
}

/// Texts in quotes, numbers without.
fn quoted(values: &[&str]) -> Vec<String> {
    let is_plain = |value: &str| value.starts_with('"') || value.bytes().all(|sign| sign.is_ascii_digit());
    values.iter().map(|value| if is_plain(value) { (*value).to_owned() } else { format!("\"{value}\"") }).collect()
}

/// `exit when requested_demo, disqualified`: with `or` between them, and with `and`.
pub(super) fn conditions(words: &Words<'_>) -> Vec<Wording> {
    let all: Vec<Token<'_>> = words.each().collect();
    // `country in "NL", "BE"`
    if (0..all.len()).any(|at| run(&all, at, is_value).is_some_and(|run| said(&all, &run).is_some())) {
        return Vec::new();
    }
    let asks = |word: &str| matches!(word, "when" | "if" | "until" | "=");
    let Some(from) = all.iter().position(|(word, _)| asks(word)) else { return Vec::new() };
    let mut depth = 0_usize;
    let mut commas: Vec<Range<usize>> = Vec::new();
    for pair in all.get(from..).unwrap_or_default().windows(2) {
        let [(sign, place), (next, _)] = pair else { continue };
        match *sign {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 && begins_condition(next) => commas.push(place.clone()),
            _ => {}
        }
    }
    let with = |joint: &str, help| Wording {
        edits: commas.iter().map(|place| (place.clone(), joint.to_owned())).collect(),
        help,
    };
    if commas.is_empty() {
        Vec::new()
    } else {
        vec![with(" or", "one of them is enough:"), with(" and", "all of them:")]
    }
}

fn begins_condition(word: &str) -> bool {
    const OTHER: &[&str] =
        &["and", "or", "otherwise", "else", "then", "up", "within", "max", "but", "exit", "tag", "if", "when"];
    word.starts_with(char::is_alphabetic) && !OTHER.contains(&word) && !super::pattern::begins_line(word)
}
