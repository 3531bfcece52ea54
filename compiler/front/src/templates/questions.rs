//! `{% .. %}` in the words of other tools: `elseif`, `unless`, `end`, and questions such as `not first_name` or `industry = "saas"`.

use super::TemplateScope;
use super::foreign;
use super::slips;
use std::ops::Range;

/// Words that stand for one of ours in front of what is asked, longer ones first.
const ELSE_IF: [&str; 3] = ["elseif", "elsif", "else if"];
/// What stands for a value that is not there.
const NOTHING: [&str; 8] = ["\"\"", "''", "none", "null", "nil", "blank", "empty", "undefined"];
/// Between a field and what it is compared with, with whether it is to differ. Longer ones first.
const COMPARISONS: [(&str, bool); 13] = [
    ("!==", true),
    ("===", false),
    ("==", false),
    ("!=", true),
    ("<>", true),
    ("=", false),
    (" is not ", true),
    (" isn't ", true),
    (" is ", false),
    (" eq ", false),
    (" ne ", true),
    (" equals ", false),
    (" not equal ", true),
];

/// A question as Flow asks it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// It is so where this is so.
    Same(String),
    /// It is so where this is not: what stands behind `{% else %}`.
    Turned(String),
}

/// What a `{% .. %}` is in Flow's words: the word, and what is asked behind it. None where it is that already.
pub(super) fn respelled(inner: &str) -> Option<(&'static str, &str)> {
    for theirs in ELSE_IF {
        let rest =
            inner.strip_prefix(theirs).filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if let Some(rest) = rest {
            return Some(("elif", rest.trim()));
        }
    }
    match inner {
        "end" | "end if" | "fi" | "/if" | "end-if" => return Some(("endif", "")),
        _ => {}
    }
    let (word, rest) = inner.split_at(inner.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inner.len()));
    if word == "endunless" {
        return Some(("endif", ""));
    }
    // A slip of the hand; `if` and `elif` are too short to tell one.
    let is_near = |ours: &&str| word != *ours && strsim::damerau_levenshtein(word, ours) == 1;
    let meant = ["else", "endif"].into_iter().find(is_near).filter(|_| rest.trim().is_empty() && word != "elif")?;
    Some((meant, ""))
}

/// A question in another tool's words, or one that Flow cannot ask so. None where it is clear as it stands, or not clear at all.
pub(super) fn asked(question: &str, scope: &TemplateScope) -> Option<Asked> {
    let question = question.trim();
    let question = question.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(question).trim();
    if let Some(field) = question.strip_prefix("not ").or_else(|| question.strip_prefix('!')) {
        return known(field, scope).map(Asked::Turned);
    }
    let first = COMPARISONS.iter().filter_map(|(sign, differs)| Some((question.find(sign)?, *sign, *differs)));
    let (at, sign, differs) = first.min_by_key(|(at, ..)| *at)?;
    let field = known(question.get(..at)?, scope)?;
    let shape = scope.fields.get(&field)?;
    let value = question.get(at + sign.len()..)?.trim();
    let turned = |differs: bool| if differs { Asked::Same(field.clone()) } else { Asked::Turned(field.clone()) };
    let lower = value.to_ascii_lowercase();
    if NOTHING.contains(&lower.as_str()) {
        return Some(turned(differs));
    }
    match lower.as_str() {
        "defined" | "not none" | "not null" | "known" | "set" | "present" => return Some(turned(!differs)),
        "true" | "yes" | "\"yes\"" | "\"true\"" if !shape.printable => return Some(turned(!differs)),
        "false" | "no" | "\"no\"" | "\"false\"" if !shape.printable => return Some(turned(differs)),
        _ => {}
    }
    let text = value.trim_matches(['"', '\'']);
    let quoted = text.len() < value.len();
    let is_ours = matches!(sign, "==" | "!=") && quoted && question.starts_with(field.as_str());
    // Whoever lacks the field differs too, or does not: only its writer can know.
    if is_ours
        || !shape.printable
        || !foreign::is_text(text)
        || (differs && shape.optional)
        || scope.fields.contains_key(text)
    {
        return None;
    }
    if !quoted && !text.chars().all(|c| c.is_alphabetic() || " -_".contains(c)) {
        return None;
    }
    if text.contains(" and ") || text.contains(" or ") {
        return None;
    }
    let sign = if differs { "!=" } else { "==" };
    Some(Asked::Same(format!("{field} {sign} \"{text}\"")))
}

/// How far behind its beginning such a question may end: further on it is not looked for, so that many of them take no longer than their text.
const MAX_ASIDE_BYTES: usize = 4_000;

/// The text up to where a question that begins there may end.
fn around<'t>(text: &'t str, token: &Range<usize>) -> Option<&'t str> {
    text.get(..text.floor_char_boundary((token.end + MAX_ASIDE_BYTES).min(text.len())))
}

/// How another tool writes questions: what stands around each tag, what asks, and what parts and ends a question.
struct Dialect {
    open: &'static str,
    close: &'static str,
    asks: &'static [&'static str],
    otherwise: &'static [&'static str],
    ends: &'static [&'static str],
}

const DIALECTS: [Dialect; 2] = [
    Dialect { open: "*|", close: "|*", asks: &["IF:"], otherwise: &["ELSE:"], ends: &["END:IF"] },
    Dialect {
        open: "%",
        close: "%",
        asks: &["IF ", "if "],
        otherwise: &foreign::PERCENT_ELSE,
        ends: &foreign::PERCENT_END,
    },
];

/// `*|IF:FNAME|* .. *|ELSE:|* .. *|END:IF|*`, `%IF $INDUSTRY == saas% .. %/IF%`: the same of tools with tags of their own.
fn tagged(
    text: &str,
    token: &Range<usize>,
    scope: &TemplateScope,
    dialect: &Dialect,
) -> Option<Vec<(Range<usize>, String)>> {
    let question = text.get(token.clone())?.strip_prefix(dialect.open)?.strip_suffix(dialect.close)?;
    let (turned, question) = match question.strip_prefix("IFNOT:") {
        Some(question) => (true, question),
        None => (false, dialect.asks.iter().find_map(|word| question.strip_prefix(word))?),
    };
    let plain = question.replace('$', "");
    let asked = match asked(&plain, scope) {
        Some(Asked::Same(asked)) => asked,
        Some(Asked::Turned(_)) => return None,
        None => known(&plain, scope)?,
    };
    let behind = text.get(token.end..)?;
    let tag = |within: &str, words: &[&str]| {
        let found = words.iter().filter_map(|word| {
            let tag = format!("{}{word}{}", dialect.open, dialect.close);
            within.find(&tag).map(|at| at..at + tag.len())
        });
        found.min_by_key(|place| place.start)
    };
    let end = tag(behind, dialect.ends)?;
    let within = behind.get(..end.start)?;
    let asks_again = |word: &str| within.contains(&format!("{}{word}", dialect.open));
    if ["IF", "if ", "ELSEIF", "ELSE IF"].into_iter().any(asks_again) {
        return None;
    }
    let otherwise = tag(within, dialect.otherwise);
    let place = |at: Range<usize>| token.end + at.start..token.end + at.end;
    let mut edits = vec![(token.clone(), format!("{{% if {asked} %}}"))];
    match (turned, otherwise) {
        (false, Some(at)) => edits.push((place(at), "{% else %}".to_owned())),
        (true, None) => edits = vec![(token.clone(), format!("{{% if {asked} %}}{{% else %}}"))],
        (true, Some(_)) => return None,
        (false, None) => {}
    }
    edits.push((place(end), "{% endif %}".to_owned()));
    Some(edits)
}

/// `#if($lead.Industry == "saas") .. #else .. #end`: the whole of it as Flow asks it; none where that asks for more than Flow can.
pub(super) fn directive(
    text: &str,
    token: &Range<usize>,
    scope: &TemplateScope,
) -> Option<Vec<(Range<usize>, String)>> {
    let text = around(text, token)?;
    let written = text.get(token.clone())?;
    if let Some(dialect) = DIALECTS.iter().find(|dialect| written.starts_with(dialect.open)) {
        return tagged(text, token, scope, dialect);
    }
    let question = text.get(token.clone())?.strip_prefix("#if")?.trim().strip_prefix('(')?.strip_suffix(')')?;
    let plain: String = question.chars().filter(|sign| !matches!(sign, '$' | '{' | '}')).collect();
    let plain = plain.trim();
    let asked = match asked(plain, scope) {
        Some(Asked::Same(asked)) => asked,
        Some(Asked::Turned(_)) => return None,
        None => known(plain, scope)?,
    };
    let mut edits = vec![(token.clone(), format!("{{% if {asked} %}}"))];
    let mut at = token.end;
    let mut depth = 0_usize;
    // What ends it, with what stands between.
    while let Some(next) = text.get(at..)?.find('#').map(|found| at + found) {
        let rest = text.get(next..)?;
        let whole = |word: &str| rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        let end = match () {
            () if rest.starts_with("#if") || rest.starts_with("#foreach") => {
                depth += 1;
                next + 1
            }
            () if rest.starts_with("#elseif") => return None,
            () if whole("#else") && depth == 0 => {
                edits.push((next..next + "#else".len(), "{% else %}".to_owned()));
                next + 1
            }
            () if whole("#end") && depth == 0 => {
                edits.push((next..next + "#end".len(), "{% endif %}".to_owned()));
                return Some(edits);
            }
            () if whole("#end") => {
                depth -= 1;
                next + 1
            }
            () => next + 1,
        };
        at = end;
    }
    None
}

fn known(name: &str, scope: &TemplateScope) -> Option<String> {
    let name = name.trim();
    foreign::is_name(name).then(|| slips::field(name, scope))?
}
