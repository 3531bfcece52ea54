//! Fields as other tools declare them: `Favourite Colour (single-line text)`, `add field plan_title as string, optional`, `opted_in bool
//! default false`, `text: plan_title`. One reader for whatever has a name and a type, and the types of other tools as a table.

use super::Wording;
use super::pattern::Words;
use crate::naming::{name_of, snake_case};
use crate::syntax::constructs::TYPES;

/// Types of other tools, databases and languages, in their words, and what they are here.
const THEIRS: &[(&str, &str)] = &[
    ("address", "text"),
    ("amount", "money"),
    ("bool", "yes/no"),
    ("boolean", "yes/no"),
    ("cell", "text"),
    ("cell number", "text"),
    ("char", "text"),
    ("check box", "yes/no"),
    ("checkbox", "yes/no"),
    ("currency", "money"),
    ("date field", "date"),
    ("date picker", "date"),
    ("date time", "moment"),
    ("date/time", "moment"),
    ("datepicker", "date"),
    ("datetime", "moment"),
    ("datum", "date"),
    ("day", "date"),
    ("decimal", "number"),
    ("double", "number"),
    ("dropdown", "text"),
    ("dropdown select", "text"),
    ("email address", "email"),
    ("flag", "yes/no"),
    ("float", "number"),
    ("free text", "text"),
    ("geld", "money"),
    ("int", "number"),
    ("integer", "number"),
    ("link", "url"),
    ("long text", "text"),
    ("mobile", "text"),
    ("mobile number", "text"),
    ("multi line text", "text"),
    ("multiline text", "text"),
    ("num", "number"),
    ("numeric", "number"),
    ("nvarchar", "text"),
    ("paragraph", "text"),
    ("percent", "number"),
    ("percentage", "number"),
    ("phone", "text"),
    ("phone number", "text"),
    ("picklist", "text"),
    ("postcode", "text"),
    ("price", "money"),
    ("radio", "text"),
    ("radio select", "text"),
    ("select", "text"),
    ("short text", "text"),
    ("single select", "text"),
    ("single checkbox", "yes/no"),
    ("single line text", "text"),
    ("single line", "text"),
    ("str", "text"),
    ("string", "text"),
    ("switch", "yes/no"),
    ("tel", "text"),
    ("telephone", "text"),
    ("telephone number", "text"),
    ("text area", "text"),
    ("text field", "text"),
    ("textarea", "text"),
    ("time", "moment"),
    ("time stamp", "moment"),
    ("timestamp", "moment"),
    ("time zone", "timezone"),
    ("toggle", "yes/no"),
    ("true or false", "yes/no"),
    ("true/false", "yes/no"),
    ("false/true", "yes/no"),
    ("uri", "url"),
    ("varchar", "text"),
    ("web address", "url"),
    ("website", "url"),
    ("whole number", "number"),
    ("y/n", "yes/no"),
    ("yes no", "yes/no"),
    ("yes or no", "yes/no"),
    ("yesno", "yes/no"),
    ("zahl", "number"),
    ("zip", "text"),
    ("$", "money"),
    ("€", "money"),
    ("£", "money"),
    ("#", "number"),
];

/// The type that another tool's word for one is here; ours as it is.
pub(crate) fn type_of(word: &str) -> Option<&'static str> {
    let lower = word.trim().to_lowercase();
    let own = TYPES.iter().find(|own| **own == lower).copied();
    own.or_else(|| THEIRS.iter().find(|(theirs, _)| *theirs == lower).map(|(_, ours)| *ours))
}

/// The type that a property of this name is likely to have.
pub(crate) fn type_for(name: &str) -> &'static str {
    let name = name.trim().to_lowercase();
    match name.as_str() {
        "date" | "day" | "birthday" => "date",
        "time" | "moment" | "timestamp" => "moment",
        "url" | "link" | "page_url" => "url",
        "number" | "amount" | "count" | "quantity" | "minutes" | "value" | "total" => "number",
        "price" | "money" | "revenue" => "money",
        name if ["phone", "mobile"].iter().any(|word| name.contains(word)) => "text",
        name if ["count", "number", "amount", "quantity"].iter().any(|word| name.ends_with(word)) => "number",
        name if ["price", "revenue", "value"].iter().any(|word| name.ends_with(word)) => "money",
        name if name.ends_with("_at") => "moment",
        name if name.ends_with("date") || name.ends_with("day") => "date",
        _ => "text",
    }
}

/// What people write before the name of a field.
const LEADS: &[&str] = &[
    "-",
    "*",
    "•",
    "add",
    "create",
    "define",
    "declare",
    "new",
    "a",
    "the",
    "custom",
    "field",
    "property",
    "attribute",
    "column",
    "prop",
    "called",
    "named",
];
/// And before one of these words: `contact property plan`, where `lead source` is a name.
const WHOSE: &[&str] = &["contact", "lead", "person", "company"];
/// Those of them that say that a field follows.
const FIELD_WORDS: &[&str] = &["field", "property", "attribute", "column", "prop"];
/// What people write between the name of a field and its type.
const JOINTS: &[&str] = &[":", "-", "–", "=", "->", "is", "a", "an", "as", "of", "type", "with", "has", "="];
const OPTIONAL: &[&str] = &["optional", "nullable", "?", "not required", "may be empty"];
const REQUIRED: &[&str] = &["required", "mandatory", "not null", "!", "*"];
const ASKED: &str = "in other tools a field may be empty; without the `?`, whoever lacks it is kept out:";
/// A name of more words is a sentence.
const MAX_NAME_WORDS: usize = 4;
/// How many words a type has at most.
const MAX_TYPE_WORDS: usize = 3;

/// A line that declares a field in another tool's words.
pub(super) fn wording(line: &str) -> Option<Wording> {
    let written = line.trim_end();
    // `mobile_no`: a field without a type.
    let is_name = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
    if written.contains('_') && written.chars().all(is_name) {
        let text = format!("{written} {}?", type_for(written));
        return Some(Wording { edits: vec![(0..written.len(), text)], help: "a field has a type, for example:" });
    }
    let (text, help) = field(written)?;
    let text = if written.ends_with(';') { text + ";" } else { text };
    (text != written).then(|| Wording { edits: vec![(0..written.len(), text)], help })
}

/// `Page count: integer`, `minutes (number)`, `product`: a property with its type; one that is not said is guessed, and may be missing.
pub(crate) fn property(part: &str) -> String {
    let part = part.trim().trim_end_matches(')');
    // `duration in mins`, `duration number in mins`
    let unit = |(_, unit): &(&str, &str)| {
        super::values::unit(unit.trim()).is_some() || matches!(unit.trim(), "percent" | "%" | "eur" | "usd" | "km")
    };
    if let Some((name, _)) = part.rsplit_once(" in ").filter(unit) {
        return typed(name).unwrap_or_else(|| format!("{} number?", snake_case(name)));
    }
    match field(part) {
        Some((typed, _)) => typed,
        None => match part.split_once([':', '(']) {
            Some((name, ty)) => format!("{} {}", snake_case(name), ty.trim()),
            None => format!("{} {}?", snake_case(part), type_for(part)),
        },
    }
}

/// The same where its type is said, or the values it may have.
pub(crate) fn typed(part: &str) -> Option<String> {
    let plain = part.replacen(':', " ", 1);
    let choices = || super::lists::wording(&Words::of(&plain)).and_then(|said| said.applied(&plain));
    field(part).map(|(typed, _)| typed).or_else(|| choices().filter(|said| said.contains(" one of ")))
}

/// A field as Flow declares it, and what to say of the change.
fn field(line: &str) -> Option<(String, &'static str)> {
    if line.len() > super::MAX_LINE_BYTES || line.contains(['{', '}', '@']) {
        return None;
    }
    // `string, optional`: what stands behind a comma belongs to the type, or is another field.
    let adds = |part: &str| {
        let part = part.trim().trim_end_matches(['.', ')', ';']);
        part.is_empty() || OPTIONAL.contains(&part) || REQUIRED.contains(&part) || part.starts_with("default")
    };
    let is_length =
        |before: &str| before.rsplit('(').next().is_some_and(|inner| inner.bytes().all(|sign| sign.is_ascii_digit()));
    let first =
        line.find(',').filter(|at| !line.get(..*at).is_some_and(|before| before.contains('(') && is_length(before)));
    if first.and_then(|at| line.get(at + 1..)).is_some_and(|more| !more.split(',').all(adds)) {
        return None;
    }
    let (spaced, had_length) = spaced(line);
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    let default = default(&mut words);
    let mut optional = None;
    while let Some((length, is_optional)) = ends_with(&words, OPTIONAL)
        .map(|length| (length, true))
        .or_else(|| ends_with(&words, REQUIRED).map(|length| (length, false)))
    {
        words.truncate(words.len() - length);
        optional = optional.or(Some(is_optional));
    }
    if let Some(first) = words.first().filter(|_| words.len() > 2)
        && matches!(first.to_lowercase().as_str(), "optional" | "required" | "mandatory")
    {
        optional = Some(first.eq_ignore_ascii_case("optional"));
        words.remove(0);
    }
    let mut is_field = false;
    // `contact text` alone is a field of that name.
    while let Some(first) = words.first().filter(|_| words.len() > 2) {
        let lower = first.to_lowercase();
        let says_field = FIELD_WORDS.contains(&lower.as_str());
        // `a: text` declares a field of that name, `field: plan text` none called `field`.
        let is_name = words.get(1).is_some_and(|next| JOINTS.contains(next) && !(says_field && *next == ":"));
        let is_whose = WHOSE.contains(&lower.as_str()) && words.get(1).is_some_and(|next| FIELD_WORDS.contains(next));
        if !(LEADS.contains(&lower.as_str()) || is_whose) || is_name {
            break;
        }
        is_field |= says_field;
        words.remove(0);
        if words.first() == Some(&":") {
            words.remove(0);
        }
    }
    let (name, ty, had_joint) = parted(&words).or_else(|| turned(&words)).or_else(|| valued(&words, default?))?;
    let quoted = name.iter().any(|word| word.starts_with('"'));
    let is_name = |word: &&str| {
        let bare = word.trim_matches('"');
        !bare.is_empty() && bare.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '\''))
    };
    let one = name.len() == 1 && !quoted;
    let is_sentence = !one && !is_field && name.first().is_some_and(|word| super::pattern::begins_line(word));
    if name.is_empty() || name.len() > MAX_NAME_WORDS || !name.iter().all(is_name) || is_sentence {
        return None;
    }
    let joined = name.join(" ").replace('"', "");
    let ours = name_of(&joined.replace('\'', ""));
    // A field of a CRM may be empty unless it says otherwise.
    let phrase = last_type(&words).map(|(length, _)| words.get(words.len() - length..).unwrap_or_default().join(" "));
    let is_of_crm = |phrase: String| {
        let plain = phrase.replace('"', "").to_lowercase();
        let lower = plain.trim_start_matches(|sign: char| !sign.is_alphanumeric()).to_owned();
        !TYPES.contains(&lower.as_str()) && type_of(&lower) != Some("yes/no")
    };
    let of_crm = optional.is_none() && default.is_none() && phrase.is_some_and(is_of_crm);
    let mark = if optional == Some(true) || of_crm { "?" } else { "" };
    let value = default.map_or(String::new(), |value| format!(" = {}", value_of(ty, value)));
    let help = match optional {
        _ if had_length => super::said::NO_LENGTH,
        Some(true) => "what may be missing has a `?`:",
        Some(false) => "what has no `?` is required:",
        None if of_crm => ASKED,
        None if default.is_some() => "a field has a type, and behind it what it is for those without a value:",
        None if ours != joined => "a name is one word:",
        None if had_joint => "no sign stands between a name and its type:",
        None => super::said::SAY,
    };
    let mark = if value.is_empty() { mark } else { "" };
    Some((format!("{ours} {ty}{mark}{value}"), help))
}

/// The words of a line one space apart, parentheses and the length of a text left out, and whether there was one.
fn spaced(line: &str) -> (String, bool) {
    let (mut out, mut had_length) = (String::with_capacity(line.len() + 8), false);
    let mut rest = line.trim().trim_end_matches([',', ';', '.']);
    while let Some(sign) = rest.chars().next() {
        let length = sign.len_utf8();
        match sign {
            '(' | '[' => {
                let inner = rest.find([')', ']']).and_then(|end| rest.get(length..end));
                // `varchar(255)`, `decimal(10, 2)`
                if let Some(inner) =
                    inner.filter(|inner| inner.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | ' ')))
                {
                    rest = rest.get(length + inner.len() + 1..).unwrap_or_default();
                    had_length = true;
                    continue;
                }
                out.push(' ');
            }
            ')' | ']' | ',' => out.push(' '),
            ':' | '=' | '?' | '!' | '*' | '–' => {
                out.push(' ');
                out.push(sign);
                out.push(' ');
            }
            '"' | '\'' => {
                let end = rest.get(length..).and_then(|behind| behind.find(sign)).unwrap_or(0);
                let text = rest.get(length..length + end).unwrap_or_default();
                // The words of one text stay together.
                out.push('"');
                out.push_str(&text.split_whitespace().collect::<Vec<&str>>().join("_"));
                out.push('"');
                rest = rest.get(length + end + length..).unwrap_or_default();
                continue;
            }
            _ => out.push(sign),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    (out, had_length)
}

/// How many of the last words say one of some phrases; a name and a type stand before them.
fn ends_with(words: &[&str], phrases: &[&str]) -> Option<usize> {
    (1..=MAX_TYPE_WORDS.min(words.len().saturating_sub(2))).rev().find(|length| {
        let last = words.get(words.len() - length..).unwrap_or_default().join(" ").to_lowercase();
        phrases.contains(&last.as_str())
    })
}

/// Takes off what a field is for those who have no value.
fn default<'l>(words: &mut Vec<&'l str>) -> Option<&'l str> {
    let at =
        words.iter().position(|word| matches!(word.to_lowercase().as_str(), "default" | "defaults" | "defaulting"));
    if let Some(at) = at {
        let mut behind =
            words.get(at + 1..)?.iter().filter(|word| !matches!(**word, "to" | "=" | ":" | "is" | "value"));
        let (value, None) = (behind.next().copied()?, behind.next()) else { return None };
        words.truncate(at);
        return Some(value);
    }
    // `seats = 0 number`
    if let [.., "=", value, ty] = words.as_slice()
        && is_value(value)
        && type_of(ty).is_some()
    {
        let (value, ty) = (*value, *ty);
        words.truncate(words.len() - 3);
        words.push(ty);
        return Some(value);
    }
    let at = words.iter().rposition(|word| matches!(*word, "=" | ":")).filter(|at| at + 2 == words.len() && *at > 0)?;
    let value = words.last().copied().filter(|value| is_value(value))?;
    words.truncate(at);
    Some(value)
}

fn is_value(word: &str) -> bool {
    let is_number = word.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.');
    let is_truth = matches!(word.to_lowercase().as_str(), "yes" | "no" | "true" | "false");
    is_number || is_truth || (word.starts_with('"') && type_of(word.trim_matches('"')).is_none())
}

/// A value as a field of a type has it.
fn value_of(ty: &str, value: &str) -> String {
    match (ty, value.to_lowercase().as_str()) {
        ("yes/no", "true" | "yes" | "1") => "yes".to_owned(),
        ("yes/no", "false" | "no" | "0") => "no".to_owned(),
        ("number" | "money", _) => value.trim_matches('"').to_owned(),
        ("text", _) if !value.starts_with('"') => format!("\"{value}\""),
        _ => value.to_owned(),
    }
}

/// A name, and the type behind it; whether something stood between them.
fn parted<'w, 'l>(words: &'w [&'l str]) -> Option<(&'w [&'l str], &'static str, bool)> {
    let mut ty = None;
    let mut rest = words;
    while let Some((length, found)) = last_type(rest) {
        // `checkbox (yes/no)` is one type; `start date date` a name and one.
        if ty.is_some_and(|ty| ty != found || TYPES.contains(&rest.last().copied().unwrap_or_default())) {
            break;
        }
        ty = Some(found);
        rest = rest.get(..rest.len() - length)?;
    }
    let ty = ty?;
    // `phone number` alone is a name.
    if rest.len() == 1 && type_of(&words.join(" ")).is_some() {
        return None;
    }
    let joints = rest.iter().rev().take_while(|word| JOINTS.contains(&word.to_lowercase().as_str())).count();
    let joints = joints.min(rest.len().checked_sub(1)?);
    Some((rest.get(..rest.len() - joints)?, ty, joints > 0))
}

/// The type that the last words are, and how many they are.
fn last_type(words: &[&str]) -> Option<(usize, &'static str)> {
    (1..=MAX_TYPE_WORDS.min(words.len().saturating_sub(1))).rev().find_map(|length| {
        let last = words.get(words.len() - length..)?.join(" ").replace('"', "").replace(['-', '_'], " ");
        Some((length, type_of(&last)?))
    })
}

/// `string plan_title`, `text: plan_title`: the type first.
fn turned<'w, 'l>(words: &'w [&'l str]) -> Option<(&'w [&'l str], &'static str, bool)> {
    let (first, rest) = words.split_first()?;
    let rest = rest.strip_prefix(&[":"]).unwrap_or(rest);
    const FIRST: &[&str] = &["string", "str", "int", "integer", "float", "bool", "boolean", "varchar", "datetime"];
    let lower = first.to_lowercase();
    // `phone number` is a name.
    let may_begin = FIRST.contains(&lower.as_str()) || TYPES.contains(&lower.as_str());
    let ([_], Some(ty), true) = (rest, type_of(first), may_begin) else { return None };
    Some((rest, ty, false))
}

/// `seats = 5`: the type is that of its value.
fn valued<'w, 'l>(words: &'w [&'l str], value: &str) -> Option<(&'w [&'l str], &'static str, bool)> {
    let ty = match value.to_lowercase().as_str() {
        "yes" | "no" | "true" | "false" => "yes/no",
        text if text.starts_with('"') => "text",
        _ => "number",
    };
    Some((words, ty, false))
}

#[cfg(test)]
mod tests {
    use super::{field, type_of};

    #[test]
    fn a_field_of_any_tool_is_one_of_ours() {
        for (theirs, ours) in [
            ("Favourite Colour: string", "favourite_colour text?"),
            ("property plan title: string", "plan_title text?"),
            ("custom field plan_title text", "plan_title text"),
            ("plan_title (single-line text)", "plan_title text?"),
            ("- plan_title: text,", "plan_title text"),
            ("add field \"Plan title\" as text, optional", "plan_title text?"),
            ("define plan_title as a string", "plan_title text?"),
            ("string plan_title", "plan_title text"),
            ("text: plan_title", "plan_title text"),
            ("\"plan_title\": \"text\"", "plan_title text"),
            ("plan_title varchar(255) not null", "plan_title text"),
            ("renewal: date picker", "renewal date?"),
            ("opted_in: checkbox (yes/no)", "opted_in yes/no"),
            ("opted_in bool default false", "opted_in yes/no = no"),
            ("seats: integer = 5", "seats number = 5"),
            ("seats = 5", "seats number = 5"),
            ("amount: $", "amount money?"),
            ("start date date", "start_date date"),
            ("optional nickname string", "nickname text?"),
            ("phone: phone number", "phone text?"),
            ("number of employees: number?", "number_of_employees number?"),
        ] {
            assert_eq!(field(theirs).map(|(text, _)| text).as_deref(), Some(ours), "{theirs}");
        }
    }

    #[test]
    fn what_declares_no_field_is_left_alone() {
        for line in ["send welcome", "if score > 30", "tag vip", "wait 2 days", "contact@acme.example text {"] {
            assert!(field(line).is_none(), "{line} {:?}", field(line));
        }
        assert_eq!(type_of("Integer"), Some("number"));
        assert_eq!(type_of("plan"), None);
    }
}
