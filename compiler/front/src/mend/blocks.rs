//! Blocks in the forms of other languages: in words, in round brackets, on one line with commas, and what is no block and has braces.

use super::trial::{FILE, before_comment, lines_of, start_of};
use crate::diagnostics::{Diagnostic, Edit, Mend};
use crate::naming::name_of;
use crate::source::Span;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::{property, typed};

/// How many lines a block in words has.
const MAX_BLOCK_LINES: usize = 40;

/// `if P then`, `else`, `end if`: a block in words, from its `if` to its end, in braces.
pub(super) fn block_in_words(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let head = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let first = text.get(head.clone())?;
    let indent = first.len() - first.trim_start().len();
    if !first.trim_start().to_lowercase().starts_with("if ") || first.contains(['{', '}']) {
        return None;
    }
    let opened = |asked: &str| {
        let asked = asked.trim().trim_end_matches([':', ',']).trim_end();
        let asked = asked.strip_suffix("then").or_else(|| asked.strip_suffix("THEN")).unwrap_or(asked);
        asked.trim_end().trim_end_matches(',').to_owned()
    };
    let space = first.get(..indent)?;
    let mut mended: Vec<String> = Vec::new();
    let mut end = head.start;
    for (nth, line) in text.get(head.start..)?.split('\n').take(MAX_BLOCK_LINES).enumerate() {
        end += line.len() + usize::from(nth > 0);
        let said = line.trim();
        let lower = said.to_lowercase();
        let is_level = line.len() - line.trim_start().len() == indent;
        let otherwise = ["else if ", "elseif ", "elsif ", "elif "].iter().find(|word| lower.starts_with(*word));
        mended.push(match otherwise {
            _ if nth == 0 => format!("{space}if {} {{", opened(said.get(3..)?)),
            Some(word) if is_level => format!("{space}}} else if {} {{", opened(said.get(word.len()..)?)),
            _ if is_level && matches!(lower.trim_end_matches(':'), "else" | "otherwise") => {
                format!("{space}}} else {{")
            }
            _ if is_level && matches!(lower.as_str(), "end" | "end if" | "endif" | "fi" | "end;") => {
                mended.push(format!("{space}}}"));
                let at = Span::new(head.start as u32, end as u32).in_file(FILE);
                let edits = vec![Edit { at, text: mended.join("\n") }];
                return Some(Mend { help: "a block stands in braces:".to_owned(), edits });
            }
            _ => line.to_owned(),
        });
    }
    None
}

/// `if score >= 60 (` with a `)` on a line of its own, or a brace: a block stands in braces.
pub(super) fn round_block(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let head = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = before_comment(text.get(head.clone())?).trim_end();
    let (open, close) = match written.chars().last()? {
        '(' => ('(', ")"),
        '[' => ('[', "]"),
        _ => return None,
    };
    let edit =
        |at: usize, text: &str| Edit { at: Span::new(at as u32, (at + 1) as u32).in_file(FILE), text: text.to_owned() };
    let mut edits = vec![edit(head.start + written.len() - open.len_utf8(), "{")];
    let indent = written.len() - written.trim_start().len();
    let mut at = head.end;
    for line in text.get(head.end..)?.split('\n').take(MAX_BLOCK_LINES).skip(1) {
        at += 1;
        let said = line.trim();
        // It ends at its own height; where a brace stands there, that is its end.
        if line.len() - line.trim_start().len() <= indent && !said.is_empty() {
            edits.extend(said.starts_with(close).then(|| edit(at + line.len() - line.trim_start().len(), "}")));
            break;
        }
        at += line.len();
    }
    Some(Mend { help: "a block stands in braces:".to_owned(), edits })
}

/// `segment big { employees > 100 }`, `tags { vip, beta }`, `downloaded{asset is "x"}`: what is no block has no braces.
pub(super) fn without_braces(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = text.get(line.clone())?.trim_end();
    // The braces of a text are its own.
    if crate::syntax::wording::is_text_line(written.trim_start()) {
        return None;
    }
    let (head, rest) = written.split_once('{')?;
    let (inner, behind) = rest.split_once('}')?;
    let inner = inner.trim();
    if BLOCKS.contains(&head.split_whitespace().next()?) && inner.contains([',', ':']) {
        return None;
    }
    let mended = match head.split_whitespace().next()? {
        "segment" => format!("{}= {inner}{behind}", head.trim_end().trim_end_matches('=').trim_end().to_owned() + " "),
        "topics" => {
            let names: Vec<&str> = inner.split([',', ';', ' ']).filter(|name| !name.is_empty()).collect();
            format!("{} {}{behind}", head.trim_end(), names.join(", "))
        }
        "tags" | "use" => format!("{} {inner}{behind}", head.trim_end()),
        _ => format!("{}({inner}){behind}", head.trim_end()),
    };
    let at = Span::new(line.start as u32, (line.start + written.len()) as u32).in_file(FILE);
    (!inner.contains('{')).then(|| Mend {
        help: "this is no block, and has no braces:".to_owned(),
        edits: vec![Edit { at, text: mended }],
    })
}

/// `Favourite Colour: string, size: integer`: several names, each with its type behind a colon.
fn each_typed(inner: &str) -> Option<String> {
    let mut depth = 0_usize;
    // `industry: dropdown(saas, fintech)` is one of them.
    let parts = inner.split(|sign: char| {
        match sign {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && matches!(sign, ',' | ';')
    });
    let all: Option<Vec<String>> = parts.map(str::trim).filter(|part| !part.is_empty()).map(typed).collect();
    all.filter(|all| all.len() > 1).map(|all| all.join("; "))
}

/// `{ date, product }`: names without types, of which one is guessed.
fn names_alone(inner: &str, start: usize) -> Option<Mend> {
    let names: Vec<&str> = inner.split([',', ';']).map(str::trim).collect();
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || sign == '_');
    if !names.iter().all(is_name) {
        return None;
    }
    let typed: Vec<String> = names.iter().map(|name| property(name)).collect();
    let at = Span::new(start as u32, (start + inner.len()) as u32).in_file(FILE);
    let edits = vec![Edit { at, text: format!(" {} ", typed.join("; ")) }];
    Some(Mend { help: "each has a type, for example:".to_owned(), edits })
}

const BLOCKS: &[&str] = &["contact", "event", "email", "team", "workflow"];

/// `event paid { plan: text, amount: number }`: what stands in a block has lines of its own, or `;` between them.
pub(super) fn block_with_commas(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = text.get(line.clone())?.trim_end();
    let (head, rest) = written.split_once('{')?;
    let inner =
        rest.strip_suffix('}').filter(|_| BLOCKS.contains(&head.split_whitespace().next().unwrap_or_default()))?;
    if let Some(typed) = each_typed(inner) {
        let at = Span::new((line.start + head.len() + 1) as u32, (line.start + written.len() - 1) as u32).in_file(FILE);
        let edits = vec![Edit { at, text: format!(" {typed} ") }];
        return Some(Mend { help: "each stands on a line of its own, or behind a `;`:".to_owned(), edits });
    }
    let words: Vec<(usize, &str)> = tokens_at(inner).collect();
    let word = |at: usize| words.get(at).map(|(_, word)| *word);
    let is_word = |word: Option<&str>| word.is_some_and(|word| word.starts_with(char::is_alphabetic));
    let parts = |(at, (place, _)): (usize, &(usize, &str))| {
        let opens =
            word(at) == Some(",") && is_word(word(at + 1)) && (is_word(word(at + 2)) || word(at + 2) == Some(":"));
        opens.then_some(*place)
    };
    let commas: Vec<usize> = words.iter().enumerate().filter_map(parts).collect();
    let start = line.start + head.len() + 1;
    let edit = |at: usize, text: &str| Edit {
        at: Span::new((start + at) as u32, (start + at + 1) as u32).in_file(FILE),
        text: text.to_owned(),
    };
    let colons = words.iter().filter(|(_, word)| *word == ":").map(|(place, _)| edit(*place, ""));
    let edits: Vec<Edit> = commas.iter().map(|place| edit(*place, ";")).chain(colons).collect();
    if commas.is_empty() && (head.starts_with("event") || head.starts_with("contact")) {
        return names_alone(inner, start);
    }
    (!commas.is_empty()).then(|| Mend { help: "each stands on a line of its own, or behind a `;`:".to_owned(), edits })
}

/// `event attended(webinar) {` with nothing below it but `}`: the parentheses are the block.
pub(super) fn empty_block(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = before_comment(text.get(line.clone())?).trim_end();
    let head = written.strip_suffix('{')?.trim_end();
    let (name, inner) = head.strip_prefix("event ")?.strip_suffix(')')?.split_once('(')?;
    let behind = text.get(line.end..)?;
    let end = behind.find('}').filter(|at| behind.get(..*at).is_some_and(|between| between.trim().is_empty()))?;
    let parts = inner.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let typed: Vec<String> = parts.map(property).collect();
    let at = Span::new(line.start as u32, (line.end + end + 1) as u32).in_file(FILE);
    let edits = vec![Edit { at, text: format!("event {} {{ {} }}", name_of(name), typed.join("; ")) }];
    (!typed.is_empty()).then(|| Mend { help: "properties stand in braces:".to_owned(), edits })
}

/// `email news : "emails/news.mjml" {`: the template has a line in the block.
pub(super) fn template_in_head(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = text.get(line.clone())?.trim_end();
    let words: Vec<(usize, &str)> =
        tokens_at(written).filter(|(_, word)| !matches!(*word, ":" | "=" | "template")).collect();
    let ([(_, "email"), (_, name), (_, template)] | [(_, "email"), (_, name), (_, template), (_, "{")]) =
        words.as_slice()
    else {
        return None;
    };
    let path = template.trim_matches('"').to_lowercase();
    if !(path.ends_with(".html") || path.ends_with(".mjml")) {
        return None;
    }
    let end = if written.ends_with('{') { "" } else { "\n  subject \"…\"\n}" };
    let mended = format!("email {name} {{\n  template {template}{end}");
    let at = Span::new(line.start as u32, (line.start + written.len()) as u32).in_file(FILE);
    Some(Mend { help: "the template has a line of its own:".to_owned(), edits: vec![Edit { at, text: mended }] })
}

/// `country is "UK", industry is "fintech"`: all of them, where each asks for itself.
fn parted_by_commas(line: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(line.len() + 8);
    let tokens: Vec<(usize, &str)> = tokens_at(line).collect();
    let mut end = 0;
    for (nth, (at, token)) in tokens.iter().enumerate() {
        match *token {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let begins = |word: Option<&(usize, &str)>| word.is_some_and(|(_, word)| word.starts_with(char::is_alphabetic));
        if *token == "," && depth == 0 && begins(tokens.get(nth + 1)) {
            out.push_str(" and");
        } else {
            out.push_str(line.get(end..at + token.len()).unwrap_or_default());
        }
        end = at + token.len();
    }
    out
}

/// `segment hot {` with what it asks on the lines below: one line, all of them asked for.
pub(super) fn segment_in_block(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    const KINDS: &[&str] =
        &["segment", "smart list", "smart_list", "smartlist", "active list", "dynamic list", "list", "audience"];
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let head = text.get(line.clone())?.trim_end().strip_suffix('{')?.trim_end().trim_end_matches([':', '=']);
    let lower = head.to_lowercase();
    let kind = KINDS.iter().find(|kind| lower.strip_prefix(**kind).is_some_and(|rest| rest.starts_with(' ')))?;
    let called = head.get(kind.len()..)?.trim();
    // `segment uk_fintech "UK fintech"`: it has a name, and no title.
    let called = called.split_once('"').map(|(name, _)| name.trim()).filter(|name| !name.is_empty()).unwrap_or(called);
    let name = name_of(called.trim_matches('"'));
    let block = text.get(line.end..)?;
    let close = block.find('}')?;
    let asked: Vec<&str> = block.get(..close)?.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_plain = !asked.is_empty()
        && asked.len() <= MAX_BLOCK_LINES
        && asked.iter().all(|line| !line.contains(['{', ';']) && !line.starts_with("//"));
    let mut said = String::new();
    for line in asked {
        let line = ["where ", "when ", "if "].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
        let line = parted_by_commas(line.trim_end_matches(','));
        let is_joined = said.is_empty()
            || ["and ", "or "].iter().any(|joint| line.starts_with(joint))
            || [" and", " or"].iter().any(|joint| said.ends_with(joint));
        said.push_str(if said.is_empty() {
            ""
        } else if is_joined {
            " "
        } else {
            " and "
        });
        said.push_str(&line);
    }
    let at = Span::new(line.start as u32, (line.end + close + 1) as u32).in_file(FILE);
    let edits = vec![Edit { at, text: format!("segment {name} = {said}") }];
    (is_plain && !name.is_empty())
        .then(|| Mend { help: "a segment has no block, and says after `=` who is in it:".to_owned(), edits })
}
