//! Names in the first line of a declaration: `workflow Big Nurture {`, `email "Welcome mail" {`.

use super::Wording;
use super::pattern::Words;
use crate::naming::name_of;
use std::ops::Range;

const TAGS: &str = "tags are names of one word, with commas between them:";
const TOPICS: &str = "topics are names of one word, with commas between them:";

/// `tags "a", "b"`, `tags: Hot Lead, vip`, `tags a b and c`: names with commas between them.
fn tags(rest: Option<&str>, at: Range<usize>, help: &'static str) -> Option<Wording> {
    let rest = rest?.trim_start_matches([' ', ':', '=']).replace(" and ", ", ");
    // `tags "webinar attendee"`: what stands in quotes is one name.
    let rest = if rest.contains('"') && !rest.contains(',') { rest.replace("\" \"", "\",\"") + "," } else { rest };
    let rest = rest.replace(['(', ')', '[', ']', '"', '\''], " ");
    // Where there are commas, what stands between two of them is one name.
    let has_commas = rest.contains([',', '/', '|', '&', ';']);
    let names: Vec<String> = rest
        .split(|sign: char| matches!(sign, ',' | '/' | '|' | '&' | ';') || (sign == ' ' && !has_commas))
        .map(name_of)
        .filter(|name| !name.is_empty())
        .collect();
    let edits = vec![(at, format!(" {}", names.join(", ")))];
    (!names.is_empty()).then_some(Wording { edits, help })
}

/// `tags Hot Lead`, `tag: Hot Lead`: one tag, or one for each word.
pub(super) fn tag_readings(line: &str) -> Option<Vec<Wording>> {
    let (kind, rest) = line.split_at_checked(line.find([' ', ':'])?)?;
    let rest = rest.trim_start_matches([' ', ':', '=']).trim_end();
    let is_plain = |sign: char| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_');
    let is_kind = matches!(kind.to_lowercase().as_str(), "tags" | "labels" | "tag" | "label");
    // A step has one tag, and its name in small letters.
    let is_declared = kind.ends_with('s') || line.contains(':');
    if !is_kind
        || !is_declared
        || !rest.contains(' ')
        || rest.contains('_')
        || !rest.chars().all(is_plain)
        || rest.contains(" and ")
    {
        return None;
    }
    let each: Vec<String> = rest.split_whitespace().map(name_of).filter(|name| !name.is_empty()).collect();
    let said = |names: String, help| Wording { edits: vec![(0..line.trim_end().len(), format!("tags {names}"))], help };
    (each.len() > 1).then(|| vec![said(name_of(rest), "one tag:"), said(each.join(", "), "one for each word:")])
}

/// `add tags "hot-lead", vip`, `tag vip and beta`, `remove the tag "VIP"`: a step for each tag.
pub(super) fn tag_step(line: &str) -> Option<Wording> {
    const GIVES: &[&str] = &["add", "apply", "assign", "set", "give", "put", "attach", "tag"];
    const TAKES: &[&str] = &["remove", "delete", "drop", "clear", "detach", "untag"];
    let (verb, rest) = line.split_once(' ')?;
    let verb = verb.to_lowercase();
    let (step, is_bare) = match (GIVES.contains(&verb.as_str()), TAKES.contains(&verb.as_str())) {
        (true, _) => ("tag", verb == "tag"),
        (_, true) => ("untag", verb == "untag"),
        _ => return None,
    };
    let rest = rest.trim_start();
    let rest = ["the ", "a ", "them as ", "contact as ", "lead as ", "person as ", "as ", "them ", "with "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest);
    let list =
        ["tags ", "tag ", "labels ", "label ", "tags: ", "tag: "].iter().find_map(|word| rest.strip_prefix(word));
    let list = match list {
        Some(list) => list,
        None if is_bare => rest,
        None => return None,
    };
    let end = list.find(" to contact").or_else(|| list.find(" to the contact")).or_else(|| list.find(" to them"));
    let list = list.get(..end.unwrap_or(list.len()))?;
    if list.contains(['{', '(', '=', '>', '<']) {
        return None;
    }
    let list = list.replace(" and ", ",").replace([';', '&', '+'], ",");
    let names: Vec<String> = list.split(',').map(|name| name_of(name.trim().trim_matches(['"', '\'']))).collect();
    let steps: Vec<String> = names.iter().map(|name| format!("{step} {name}")).collect();
    let edits = vec![(0..line.trim_end().len(), steps.join("; "))];
    names
        .iter()
        .all(|name| !name.is_empty())
        .then_some(Wording { edits, help: "each tag is a step of its own, by its name:" })
}

/// `members: ["ann@x.example", "bo@x.example"]`, `users: ann@x.example and bo@x.example`: a line for each.
fn members(line: &str) -> Option<Wording> {
    const HEADS: &[&str] =
        &["member", "members", "user", "users", "rep", "reps", "people", "agents", "agent", "owners"];
    let (word, rest) = line.split_at_checked(line.find(|sign: char| !sign.is_alphanumeric())?)?;
    let mut words = rest.split(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '@' | '.' | '_' | '-' | '+')));
    let is_other = words.any(|word| !(word.is_empty() || word.contains('@') || word == "and" || word == "email"));
    let members: Vec<String> = addresses(rest).map(|address| format!("member \"{address}\"")).collect();
    let help = if members.len() > 1 { "each member has a line:" } else { "Flow says it so:" };
    let edits = vec![(0..line.trim_end().len(), members.join("; "))];
    let is_head = HEADS.contains(&word.to_lowercase().as_str());
    (is_head && !is_other && !members.is_empty()).then_some(Wording { edits, help })
}

/// Every address of a text.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |sign: char| sign.is_alphanumeric() || matches!(sign, '@' | '.' | '_' | '-' | '+');
    text.split(move |sign: char| !is_part(sign)).filter(|part| part.contains('@'))
}

/// `team sales = "Ann" <ann@x.example>, bo@x.example`: each address as a member.
fn team(line: &str) -> Option<Wording> {
    let behind = line.split_once(' ')?.1.trim_start();
    let (name, rest) = match behind.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => behind.split_at_checked(behind.find([':', '=', '<', '"'])?)?,
    };
    let members: Vec<String> = addresses(rest).map(|address| format!("member \"{address}\"")).collect();
    let name = name_of(name);
    let in_turn = ["round robin", "round-robin", "roundrobin"].iter().any(|said| rest.to_lowercase().contains(said));
    let assign = if in_turn { "; assign round robin" } else { "" };
    let text = format!("team {name} {{ {}{assign} }}", members.join("; "));
    let edits = vec![(0..line.trim_end().len(), text)];
    (!members.is_empty() && !name.is_empty())
        .then_some(Wording { edits, help: "members stand in braces, each by their address:" })
}

/// `segment "UK companies" where country is "UK"`: a name of one word, `=`, and what is asked.
fn segment(line: &str) -> Option<Wording> {
    let rest = line.split_once(' ')?.1.trim_start();
    let (name, behind) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        // `segment hot { score > 60 }`
        None if rest.contains('{') => rest.split_at_checked(rest.find('{')?)?,
        None => {
            let parted =
                rest.split_at_checked(rest.find([':', '=']).or_else(|| JOINTS.iter().find_map(|at| rest.find(at)))?)?;
            // `segment keen stage is mql`: what is asked begins behind its name.
            match parted.0.trim().split_once(' ') {
                Some((name, _)) if parted.1.starts_with(" is ") => (name, rest.get(name.len()..)?),
                _ => parted,
            }
        }
    };
    let mut asked = behind.trim_start();
    if let Some(inner) = asked.strip_prefix('{') {
        asked = inner.trim_end().strip_suffix('}')?.trim();
    }
    while let Some(rest) = [":", "=", "is ", "where ", "when ", "if ", "with ", "are ", "contains "]
        .iter()
        .find_map(|joint| asked.strip_prefix(joint))
    {
        asked = rest.trim_start();
    }
    // `segment hot "Hot leads" = ..`: it has no title.
    let name = name.split_once('"').map_or(name, |(name, _)| name).trim();
    let ours = name_of(name);
    let edits = vec![(0..line.trim_end().len(), format!("segment {ours} = {}", asked.trim_end()))];
    (!ours.is_empty() && !asked.is_empty())
        .then_some(Wording { edits, help: "a segment has a name of one word, and says after `=` who is in it:" })
}

/// What parts the name of a segment from what it asks.
const JOINTS: &[&str] = &[" where ", " when ", " if ", " is ", " with "];

/// `workflow "guide", "The guide" {`, `Workflow Guide Nurture {`: a name of one word, and behind it the title.
fn workflow(line: &str) -> Option<Wording> {
    let (kind, rest) = line.split_once(' ')?;
    if !matches!(kind.to_lowercase().as_str(), "workflow" | "campaign" | "journey") {
        return None;
    }
    let rest = rest.trim_end().trim_end_matches('{').trim();
    // `workflow quiet_leads: 'Quiet leads'`
    let double = rest.strip_suffix('\'').and_then(|rest| {
        let (name, title) = rest.rsplit_once('\'')?;
        (name.is_empty() || name.ends_with([' ', ':', '=', '-'])).then(|| format!("{name}\"{title}\""))
    });
    let written = rest.len();
    let starts = line.find(rest)?;
    let rest = double.as_deref().unwrap_or(rest);
    const QUOTES: [char; 6] = ['"', '„', '“', '”', '«', '»'];
    let parts: Vec<&str> = rest.split(QUOTES).map(|part| part.trim_matches([' ', ',', ':', '=', '-', '('])).collect();
    let mut parts = parts.into_iter().filter(|part| !part.is_empty());
    let (mut first, mut second, None) = (parts.next()?, parts.next(), parts.next()) else { return None };
    // `workflow quiet_leads Quiet leads`
    if let (Some((name, title)), None) = (first.split_once(' '), second)
        && name == name_of(name)
        && title.trim_start_matches(['\'', '(', '[']).starts_with(char::is_uppercase)
    {
        (first, second) = (name, Some(title.trim_matches(['\'', '(', ')', '[', ']', ' '])));
    }
    // `workflow "The guide" guide`
    if let Some(name) = second.filter(|name| *name == name_of(name) && *first != name_of(first)) {
        (first, second) = (name, Some(first));
    }
    let ours = name_of(first);
    let is_title = first != ours && first.starts_with(char::is_uppercase);
    let title = second.or(Some(first).filter(|_| is_title));
    let title = title.map_or(String::new(), |title| format!(" \"{title}\""));
    let edits = vec![(0..starts + written, format!("workflow {ours}{title}"))];
    (!ours.is_empty()).then_some(Wording { edits, help: "a name of one word comes first, then the title in quotes:" })
}

/// `event attended fair (title: text, minutes: number)`: its properties in a block.
fn properties(line: &str) -> Option<Wording> {
    let rest = line.strip_prefix("event ").or_else(|| line.strip_prefix("Event "))?;
    // `event placed order { value: money }`, up to the end of its statement.
    if let Some((name, inner)) = rest.split_once('{') {
        let name = name.trim();
        let is_two = name.contains(' ') && !name.contains(['(', ':', '"']);
        let edits = vec![(0..line.len(), format!("event {} {{{inner}", name_of(name)))];
        return is_two.then_some(Wording { edits, help: "a name is one word, of `a` to `z`, digits and `_`:" });
    }
    let open = rest.find(" with ").or_else(|| rest.find(['(', ':']))?;
    let (name, inner) = rest.split_at_checked(open)?;
    let inner = inner.trim_start_matches([' ', '(', ':']).trim_start_matches("with ").trim().trim_end_matches(')');
    let inner = inner.replace(" and ", ", ");
    let all: Vec<String> = inner.split([',', ';']).map(super::types::property).collect();
    let text = format!("event {} {{ {} }}", name_of(name), all.join("; "));
    let edits = vec![(0..line.trim_end().len(), text)];
    (!name.trim().is_empty() && !inner.is_empty()).then_some(Wording { edits, help: "properties stand in braces:" })
}

const DECLARED: &[&str] = &["event", "email", "team", "workflow", "segment", "campaign", "journey"];

/// `smart list "Big" where ..`, `Smart Campaign guide {`: two words of another tool for what is one here.
fn other_kind(line: &str) -> Option<Wording> {
    const KINDS: &[(&str, &str)] = &[
        ("smart list ", "segment"),
        ("list ", "segment"),
        ("audience ", "segment"),
        ("smart_list ", "segment"),
        ("smartlist ", "segment"),
        ("active list ", "segment"),
        ("dynamic list ", "segment"),
        ("smart campaign ", "workflow"),
        ("trigger campaign ", "workflow"),
        ("engagement program ", "workflow"),
    ];
    let lower = line.to_lowercase();
    let (theirs, ours) = KINDS.iter().find(|(theirs, _)| lower.starts_with(theirs))?;
    let plain = format!("{ours} {}", line.get(theirs.len()..)?);
    let said = if *ours == "segment" { segment(&plain) } else { workflow(&plain) };
    let text = said.and_then(|said| said.applied(&plain)).unwrap_or(plain);
    Some(Wording { edits: vec![(0..line.len(), text)], help: "Flow says it so:" })
}

/// `contact: plan: text, seats: number`: its fields in a block.
fn fields(line: &str) -> Option<Wording> {
    let rest = line.strip_prefix("contact").or_else(|| line.strip_prefix("Contact"))?;
    let rest = ["fields", "properties", "attributes", "field", "property", "attribute", "column", "with", "has"]
        .iter()
        .find_map(|word| rest.trim_start().strip_prefix(word))
        .unwrap_or(rest);
    let inner = rest.trim_start_matches([' ', ':', '(', '=']).trim_end().trim_end_matches(')').replace(" and ", ", ");
    // `contact: plan: text` is one; what stands in parentheses may be a list of values.
    let is_one = || !line.contains('(') && super::types::typed(&inner).is_some();
    let is_list = (inner.contains([',', ';']) && !inner.contains('"')) || is_one();
    let all: Vec<String> =
        inner.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).map(super::types::property).collect();
    let edits = vec![(0..line.trim_end().len(), format!("contact {{ {} }}", all.join("; ")))];
    (is_list && !inner.contains(['{', '}'])).then_some(Wording { edits, help: "fields stand in braces:" })
}

/// `event bought total number`: the property that it has stands in its block.
fn lone_property(line: &str) -> Option<Wording> {
    let words: Vec<&str> = line.strip_prefix("event ")?.split_whitespace().collect();
    let [name, property, ty] = words.as_slice() else { return None };
    let is_type = crate::syntax::constructs::TYPES.contains(&ty.trim_end_matches('?'));
    let edits = vec![(0..line.trim_end().len(), format!("event {name} {{ {property} {ty} }}"))];
    is_type.then_some(Wording { edits, help: "properties stand in braces:" })
}

/// A head with one name, and what was written as its title where a workflow may have one.
pub(super) fn wordings(line: &str, words: &Words<'_>) -> Vec<Wording> {
    if let Some(said) = other_kind(line) {
        return vec![said];
    }
    if let Some(said) =
        properties(line).or_else(|| fields(line)).or_else(|| members(line)).or_else(|| lone_property(line))
    {
        return vec![said];
    }
    let all: Vec<(&str, Range<usize>)> = words.each().collect();
    let Some(((kind, place), rest)) = all.split_first() else { return Vec::new() };
    let Some((_, last)) = rest.last() else { return Vec::new() };
    let kind = kind.to_lowercase();
    let own = match kind.as_str() {
        "tag" | "label" if !line.contains([',', ':', ';']) => None,
        "tags" | "labels" | "tag" | "label" => {
            let said = tags(words.between_places(place.end, last.end), place.end..last.end, TAGS);
            let whole = |mut said: Wording| {
                said.edits.insert(0, (place.clone(), "tags".to_owned()));
                said
            };
            return said.map(|said| if kind.ends_with('s') { said } else { whole(said) }).into_iter().collect();
        }
        "topics" => {
            let said = tags(words.between_places(place.end, last.end), place.end..last.end, TOPICS);
            return said.into_iter().collect();
        }
        "team" => team(line),
        "segment" => segment(line),
        _ => workflow(line),
    };
    if !DECLARED.contains(&kind.as_str()) {
        return Vec::new();
    }
    let named: Vec<&(&str, Range<usize>)> = rest
        .iter()
        .take_while(|(word, _)| {
            !matches!(*word, "=" | ":" | "is" | "(" | "with") && !word.starts_with(['"', '„', '“', '”', '«', '\''])
        })
        .collect();
    let (name, end) = match (named.last(), rest.first()) {
        (Some((_, end)), _) => (named.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "), end.end),
        (None, Some((title, end))) if title.starts_with('"') && rest.len() == 1 => {
            (title.trim_matches('"').to_owned(), end.end)
        }
        _ => return own.into_iter().collect(),
    };
    let ours = name_of(&name);
    if ours.is_empty() || (ours == name && named.len() == 1) {
        return own.into_iter().collect();
    }
    let help = "a name is one word, of `a` to `z`, digits and `_`:";
    let at = place.end..end;
    let mut found: Vec<Wording> = own.into_iter().collect();
    if named.is_empty() && matches!(kind.as_str(), "workflow" | "campaign" | "journey") && last.end == end {
        let edits = vec![(at.clone(), format!(" {ours} \"{name}\""))];
        found.push(Wording { edits, help: "it needs a name of its own, without quotes:" });
    }
    found.push(Wording { edits: vec![(at, format!(" {ours}"))], help });
    found
}
