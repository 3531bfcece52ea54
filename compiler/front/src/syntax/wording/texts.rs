//! Texts: fields in them as other tools write them, quotes inside of quotes, lists of values without quotes.

use super::Wording;
use crate::syntax::trigger_meant;
use crate::templates::{filters, foreign};
use std::ops::Range;

pub(super) fn wordings(line: &str) -> Vec<Wording> {
    if let Some(several) = several_clauses(line) {
        return vec![several];
    }
    let found =
        [text_line(line), sender(line), template_file(line), holes(line), inner_quotes(line), one_of(line), like(line)];
    found.into_iter().flatten().collect()
}

/// What begins a line that says something to people.
const TEXT_LINES: &[&str] =
    &["subject", "preview", "preheader", "note", "notes", "task", "title", "message", "comment"];

pub(super) fn is_text_line(line: &str) -> bool {
    let first = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // `from Anne Jansen <anne@acme.example>`: names of people are no slips of words.
    let is_from = || first.eq_ignore_ascii_case("from") && line.contains('@');
    TEXT_LINES.iter().any(|word| word.eq_ignore_ascii_case(first)) || is_from()
}

/// `subject line: "Welcome"`: a word between the clause and its text, which is no part of it.
pub(super) fn word_between(line: &str) -> Option<Wording> {
    let behind = line.split_once(' ')?.1.trim_start();
    let is_word = ["line", "text", "header"].iter().any(|word| behind.starts_with(word));
    let said = text_line(line).filter(|_| is_word)?;
    // Fields in it as other tools write them keep it from being read.
    let text = said.applied(line)?;
    let text = holes(&text).and_then(|said| said.applied(&text)).unwrap_or(text);
    Some(Wording { edits: vec![(0..line.len(), text)], help: said.help })
}

/// `subject line "Welcome"`, `note: Hot lead`, `subject Hi {first_name or "there"}`: the text in its quotes.
fn text_line(line: &str) -> Option<Wording> {
    let (word, rest) = line.split_at_checked(line.find(|c: char| !c.is_alphanumeric())?)?;
    if !is_text_line(word) || word.eq_ignore_ascii_case("from") {
        return None;
    }
    let signs = [' ', ':', '='];
    let rest = rest.trim_start_matches(signs);
    let without = ["line", "text", "header", "is", "to"].iter().find_map(|more| {
        let behind = rest.strip_prefix(more).filter(|behind| behind.starts_with(signs))?;
        // `preview text: Your guide`, `preview text "Your guide"`, and not `preview text and pictures`
        let is_parted = behind.trim_start().starts_with([':', '=', '-']);
        let behind = behind.trim_start_matches([' ', ':', '=', '-']);
        Some(behind).filter(|behind| is_parted || behind.starts_with(['"', '\'', '“', '„', '«']))
    });
    let rest = without.unwrap_or(rest).trim_end();
    // What follows the text of a task.
    let (said, due) = match (word.to_lowercase().as_str(), rest.rfind(" due ")) {
        ("task", Some(at)) => rest.split_at_checked(at)?,
        _ => (rest, ""),
    };
    // `task call the lead within 24 hours`
    let within = (word.eq_ignore_ascii_case("task") && due.is_empty() && !said.starts_with('"'))
        .then(|| said.rfind(" within ").or_else(|| said.rfind(" in ")))
        .flatten()
        .filter(|at| said.get(*at..).is_some_and(is_time));
    let (said, time) = within.and_then(|at| said.split_at_checked(at)).unwrap_or((said, ""));
    let time = time.split_whitespace().skip(1).collect::<Vec<&str>>().join(" ");
    let due = if time.is_empty() { due.to_owned() } else { format!(" due in {time}") };
    let begins = ["when ", "if ", "otherwise ", "whenever ", "wehn ", "where ", "due "]
        .iter()
        .any(|joint| rest.starts_with(joint));
    if rest.is_empty() || begins || rest.starts_with(['“', '”', '„', '«']) {
        return None;
    }
    let quote = said.chars().next().filter(|sign| matches!(sign, '"' | '\''));
    let text = match quote {
        // Texts and words in turn are no text without quotes.
        None if has_own_text(said) => return None,
        // `preview A four-minute read"`
        None if said.matches('"').count() == 1 && said.ends_with('"') => in_quotes(said.trim_end_matches('"')),
        None => in_quotes(said),
        Some(quote) => {
            let bare = said.strip_prefix(quote)?.strip_suffix(quote)?;
            if [" when ", " if ", " otherwise ", " else "].iter().any(|joint| bare.contains(&format!("\"{joint}"))) {
                return None;
            }
            if quote == '"' { format!("\"{bare}\"") } else { in_quotes(bare) }
        }
    };
    let word = match word.to_lowercase().as_str() {
        "preheader" => "preview".to_owned(),
        "notes" => "note".to_owned(),
        other => other.to_owned(),
    };
    let edits = vec![(0..line.trim_end().len(), format!("{word} {text}{due}"))];
    let help = if quote == Some('"') { "Flow says it so:" } else { "the text stands in double quotes:" };
    Some(Wording { edits, help })
}

/// `subject: "Your guide", preheader: "Twelve pages"`: each clause by itself.
fn several_clauses(line: &str) -> Option<Wording> {
    const CLAUSES: &[(&str, &str)] = &[
        ("subject", "subject"),
        ("preview", "preview"),
        ("preheader", "preview"),
        ("template", "template"),
        ("note", "note"),
        ("task", "task"),
    ];
    let mut parts: Vec<String> = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, behind) = rest.split_at_checked(rest.find(|sign: char| !sign.is_alphanumeric())?)?;
        let (_, ours) = CLAUSES.iter().find(|(theirs, _)| theirs.eq_ignore_ascii_case(word))?;
        let behind = behind.trim_start_matches([' ', ':', '=']);
        let inner = behind.strip_prefix('"')?;
        let end = 1 + inner.find('"')?;
        let text = behind.get(..=end)?;
        parts.push(format!("{ours} {text}"));
        rest = behind.get(end + 1..)?.trim_start_matches([' ', ',', ';']);
        if let Some(more) = rest.strip_prefix("and ") {
            rest = more.trim_start();
        }
    }
    let edits = vec![(0..line.trim_end().len(), parts.join("; "))];
    (parts.len() > 1).then_some(Wording { edits, help: "each has a line of its own, or stands behind a `;`:" })
}

/// `body guide.mjml`, `html: emails/guide.html`: a file under another word and without its quotes.
fn template_file(line: &str) -> Option<Wording> {
    const WORDS: &[&str] =
        &["body", "html", "content", "file", "design", "layout", "mjml", "template", "html_template"];
    let (word, rest) = line.split_at_checked(line.find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))?)?;
    let file = rest.trim_matches(|sign: char| sign.is_whitespace() || matches!(sign, ':' | '=' | '"' | '\''));
    let is_file = (file.ends_with(".html") || file.ends_with(".mjml")) && !file.contains([' ', '"']);
    let edits = vec![(0..line.trim_end().len(), format!("template \"{file}\""))];
    let is_word = WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    (is_word && is_file).then_some(Wording { edits, help: "the file with the mail's text is its template:" })
}

/// `from name "Anne" <anne@acme.example>`, `From: Anne van Acme, anne@acme.example`: a name and an address, in one text.
fn sender(line: &str) -> Option<Wording> {
    const NO_NAME: &[&str] = &["name", "email", "mail", "address", "as", "from", "sender", "is"];
    let (word, rest) = line.split_at_checked(line.find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))?)?;
    if !matches!(word.to_lowercase().as_str(), "from" | "sender" | "from_name" | "sender_name" | "from_email") {
        return None;
    }
    let is_between = |sign: char| {
        sign.is_whitespace()
            || matches!(sign, '"' | '\'' | '<' | '>' | '(' | ')' | ';' | ':' | '=' | '“' | '”' | '„' | '«' | '»')
    };
    let (mut name, mut address): (Vec<&str>, Option<&str>) = (Vec::new(), None);
    for part in rest.split(is_between).filter(|part| !part.is_empty()) {
        match (part.contains('@'), address) {
            (true, None) => address = Some(part),
            (true, Some(_)) => return None,
            // `Anne - Acme` is a name; `from - Anne` begins with a sign.
            _ if name.is_empty() && !part.contains(char::is_alphanumeric) => {}
            _ if NO_NAME.contains(&part.to_lowercase().as_str()) => {}
            _ => name.push(part),
        }
    }
    let address = address?.trim_matches(',');
    let name = name.join(" ");
    let name = name.trim_matches([',', ' ']);
    let text = if name.is_empty() { address.to_owned() } else { format!("{name} <{address}>") };
    let edits = vec![(0..line.trim_end().len(), format!("from \"{text}\""))];
    Some(Wording { edits, help: "name and address stand in one text:" })
}

/// ` within 24 hours`, ` in 2 days`
fn is_time(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    matches!(words.as_slice(), [_, number, unit] if number.bytes().all(|sign| sign.is_ascii_digit()) && super::values::unit(unit).is_some())
}

/// Whether there is a text in quotes that is no fallback of a field.
fn has_own_text(said: &str) -> bool {
    let mut in_field = false;
    said.chars().any(|sign| {
        in_field = (in_field || sign == '{') && sign != '}';
        sign == '"' && !in_field
    }) && said.starts_with(|c: char| c.is_lowercase())
        && said.trim_end().ends_with('"')
}

/// A text in quotes; those in it, but for the fallback of a field, are escaped.
fn in_quotes(text: &str) -> String {
    let mut out = String::from("\"");
    let mut in_field = false;
    for sign in text.chars() {
        in_field = (in_field || sign == '{') && sign != '}';
        if sign == '"' && !in_field {
            out.push('\\');
        }
        out.push(sign);
    }
    out + "\""
}

/// `{contact.first_name or there}`, `{first_name|there}`, `{{ first_name | default: "there" }}`: every field of a line at once.
fn holes(line: &str) -> Option<Wording> {
    let mut edits = Vec::new();
    let mut at = line.find('"')?;
    while let Some(start) = line.get(at..)?.find('{').map(|found| at + found) {
        let Some(end) = end_of_hole(line, start) else { break };
        let ours = line.get(start..end).and_then(in_our_words);
        edits.extend(ours.filter(|ours| line.get(start..end) != Some(ours)).map(|ours| (start..end, ours)));
        at = end;
    }
    (!edits.is_empty()).then_some(Wording { edits, help: "a field in a text is written so:" })
}

/// Behind the braces that close a field; quotes in it do not count, and `${..}` in it is closed first.
fn end_of_hole(line: &str, start: usize) -> Option<usize> {
    let rest = line.get(start..)?;
    let open = rest.len() - rest.trim_start_matches('{').len();
    let behind = rest.get(open..)?;
    let inner = behind.trim_start().strip_prefix("${").and_then(|inner| inner.find('}'));
    let from = match inner {
        Some(close) => open + behind.len() - behind.trim_start().len() + "${".len() + close + 1,
        None => 0,
    };
    let close = from + rest.get(from..)?.find('}')?;
    let more = rest.get(close..)?;
    let run = more.len() - more.trim_start_matches('}').len();
    (open <= 3).then_some(start + close + run.min(open))
}

/// A field with its fallback, as Flow writes it.
fn in_our_words(hole: &str) -> Option<String> {
    let (field, fallback) = field_in(hole)?;
    let field = trigger_named(&field).or_else(|| Some(crate::naming::snake_case(field.rsplit('.').next()?.trim())))?;
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if !is_name(&field) {
        return None;
    }
    let Some(fallback) = fallback else { return Some(format!("{{{field}}}")) };
    (!fallback.contains(['"', '{', '}'])).then(|| format!("{{{field} or \"{fallback}\"}}"))
}

/// The name in braces as it is written, and what to say where there is no value. What another tool does to a value is none.
fn field_in(hole: &str) -> Option<(String, Option<String>)> {
    let inner = hole.trim_matches(['{', '}']).trim();
    // `{{${first_name} | default: 'there'}}`
    let plain = inner.strip_prefix("${").map(|inner| inner.replacen('}', "", 1));
    let inner = plain.as_deref().unwrap_or(inner);
    let theirs = foreign::read(inner);
    // `{trigger.day | date: "%d"}`
    let name = theirs.name.split('|').next()?.trim().to_owned();
    let is_changed = inner.contains('|');
    let is_said = |text: &&str| !is_changed || inner.contains("default") || filters::is_text(text);
    let fallback = theirs.fallback.map(|fallback| fallback.text).filter(is_said).map(str::to_owned);
    (theirs.name == name || name.contains('.')).then_some((name, fallback))
}

/// `trigger.amount`, or `event.amount` as other tools say it.
fn trigger_named(name: &str) -> Option<String> {
    let is_ours = name.strip_prefix("trigger.").is_some_and(|property| !property.contains('.'));
    trigger_meant(name).or_else(|| is_ours.then(|| name.to_owned()))
}

/// Every field in the texts of a line: its place, its name as written, and what to say where there is no value.
pub(super) fn holes_of(line: &str) -> Vec<(Range<usize>, String, Option<String>)> {
    let mut found = Vec::new();
    let Some(mut at) = line.find('"') else { return found };
    while let Some(start) = line.get(at..).and_then(|rest| rest.find('{')).map(|brace| at + brace) {
        let Some(end) = end_of_hole(line, start) else { break };
        let field = line.get(start..end).and_then(field_in);
        found.extend(field.map(|(name, fallback)| (start..end, name, fallback)));
        at = end;
    }
    found
}

/// `preview "One "click" and we know"`: all quotes but the first and the last.
fn inner_quotes(line: &str) -> Option<Wording> {
    let (first, last) = (line.find('"')?, line.rfind('"')?);
    let word = line.get(..first)?.trim();
    let is_text_line = is_text_line(word) && !word.contains(' ') && line.get(last + 1..)?.trim().is_empty();
    let inner = line.get(first + 1..last)?;
    // `subject "A" when customer otherwise "B"` has two texts.
    let is_choice = ["\" when ", "\" if ", "\" otherwise ", "\" else "].iter().any(|joint| inner.contains(joint));
    if !is_text_line || is_choice || inner.contains(['\\', '{']) {
        return None;
    }
    let edits: Vec<(Range<usize>, String)> =
        inner.match_indices('"').map(|(at, _)| (first + 1 + at..first + 2 + at, "\\\"".to_owned())).collect();
    (!edits.is_empty()).then_some(Wording { edits, help: "a quote inside of a text is `\\\"`:" })
}

/// `job_title like "%CMO%"`, as databases ask.
fn like(line: &str) -> Option<Wording> {
    let at = line.find(" like \"")? + 1;
    let text = line.get(at + "like \"".len()..)?.split('"').next()?;
    let end = at + "like \"\"".len() + text.len();
    let edits = vec![(at..end, format!("contains \"{}\"", text.trim_matches('%')))];
    Some(Wording { edits, help: "a part of a text is asked so:" })
}

/// `plan one of (free, pro)?`, `plan one of "free" or "pro"`.
fn one_of(line: &str) -> Option<Wording> {
    let at = line.find("one of ")? + "one of ".len();
    let rest = line.get(at..)?.trim_end();
    let (values, optional) = rest.strip_suffix('?').map_or((rest, ""), |values| (values, "?"));
    let values = values.trim().trim_start_matches(['(', '[']).trim_end_matches([')', ']']);
    let values = values.replace(" or ", ",").replace("\" \"", "\",\"").replace(['/', ';'], ",");
    let texts: Vec<String> =
        values.split(',').map(|value| value.trim().trim_matches(['"', '\''])).map(quoted).collect();
    let edits = vec![(at..line.trim_end().len(), format!("{}{optional}", texts.join(", ")))];
    (!texts.is_empty()).then_some(Wording { edits, help: "values stand in quotes, with commas between them:" })
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
