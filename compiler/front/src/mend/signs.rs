//! Braces, quotes and words that are too many or stand in the wrong place: guesses that look at a line and at what its piece has around it.

use super::trial::{FILE, before_comment, lines_of, start_of};
use crate::diagnostics::{Code, Diagnostic, Edit, Mend};
use crate::source::Span;
use crate::syntax::QUOTES;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::Wording;

/// `exit if clicked` among the steps asks once, there; above them it is a rule for all of the workflow.
pub(super) fn exit_among_steps(text: &str, start: usize, line: &str) -> Option<Mend> {
    let unless = line.strip_prefix("exit unless ").map(|asked| format!("not ({})", asked.trim_end()));
    let asked = line.strip_prefix("exit if ").or_else(|| line.strip_prefix("stop if ")).map(str::to_owned);
    let asked = asked.or(unless)?;
    let is_step = |line: &str| {
        let first = line.split_whitespace().next().unwrap_or_default();
        matches!(first, "wait" | "if" | "score") || (first == "send" && !line.trim_start().starts_with("send on"))
    };
    if !text.get(..start)?.lines().any(is_step) {
        return None;
    }
    let at = Span::new(start as u32, (start + line.trim_end().len()) as u32).in_file(FILE);
    let edits = vec![Edit { at, text: format!("if {} {{ exit }}", asked.trim_end()) }];
    Some(Mend { help: "among the steps, a condition comes first:".to_owned(), edits })
}

/// `score > = 60`, `score += += 5`, `stage is >= mql`, `stage ! mql`: signs that stand apart, twice or beside a word, as the one that was meant.
pub(super) fn apart(line: &str) -> Option<Wording> {
    const SIGNS: &[(&[&str], &str)] = &[
        (&[">", "="], ">="),
        (&["<", "="], "<="),
        (&["=", ">"], ">="),
        (&["=", "<"], "<="),
        (&["+", "="], "+="),
        (&["-", "="], "-="),
        (&["!", "="], "is not"),
        (&["not", "="], "is not"),
        (&["=", "="], "="),
        (&["<", "<"], "<"),
        (&[">", ">"], ">"),
        (&["+=", "+="], "+="),
        (&["-=", "-="], "-="),
        (&["is", ">="], ">="),
        (&["is", "<="], "<="),
        (&["is", ">"], ">"),
        (&["is", "<"], "<"),
    ];
    let tokens: Vec<(usize, &str)> = tokens_at(line).collect();
    let edits: Vec<(std::ops::Range<usize>, String)> = tokens
        .windows(2)
        .filter_map(|pair| {
            let [(at, one), (then, other)] = pair else { return None };
            let (_, sign) = SIGNS.iter().find(|(parts, _)| **parts == [*one, *other])?;
            (line.get(*at..*then)?.len() > one.len()).then(|| (*at..then + other.len(), (*sign).to_owned()))
        })
        .collect();
    // `+= +=`
    let twice = ["+= +=", "-= -="].iter().find_map(|twice| Some((line.find(twice)?, twice)));
    if let Some((at, twice)) = twice.filter(|_| !line.contains('"')) {
        let sign = twice.get(..2)?.to_owned();
        return Some(Wording { edits: vec![(at..at + twice.len(), sign)], help: "one sign says it:" });
    }
    // Three in a row are no slip.
    let is_parted = edits.windows(2).all(|pair| matches!(pair, [one, next] if one.0.end <= next.0.start));
    (!edits.is_empty() && is_parted).then_some(Wording { edits, help: "one sign says it:" })
}

/// `send welcome {`: what has no block opens none.
pub(super) fn needless_open(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    const OPEN: &[&str] =
        &["if", "}", "else", "workflow", "email", "team", "contact", "event", "handoff", "step", "wait", "otherwise"];
    let line = start_of(diagnostic).filter(|_| diagnostic.code == Code::UnclosedBlock);
    let line = line.map(|at| lines_of(text, &(at..at)))?;
    let written = before_comment(text.get(line.clone())?).trim_end();
    let head = written.strip_suffix('{')?.trim_end();
    let first = head.split_whitespace().next().filter(|first| !OPEN.contains(first))?;
    let is_known = crate::syntax::vocabulary().iter().any(|(_, word)| *word == first);
    let at = Span::new((line.start + head.len()) as u32, (line.start + written.len()) as u32).in_file(FILE);
    let edits = vec![Edit { at, text: String::new() }];
    is_known.then(|| Mend { help: "this line has no block, and no brace:".to_owned(), edits })
}

/// `if score > 30 {{ .. }}`, on one line or several: one brace at each end is enough.
pub(super) fn double_braces(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    // Those of a text are its fields'.
    let written = text.get(line.clone()).filter(|line| !crate::syntax::wording::is_text_line(line.trim_start()))?;
    let open = line.start + written.find("{{")?;
    let close = open + text.get(open..)?.find("}}")?;
    let edit =
        |at: usize, text: &str| Edit { at: Span::new(at as u32, (at + 2) as u32).in_file(FILE), text: text.to_owned() };
    Some(Mend {
        help: "one brace opens the block, and one ends it:".to_owned(),
        edits: vec![edit(open, "{"), edit(close, "}")],
    })
}

/// `workflow w {{`: one brace is enough.
pub(super) fn single_braces(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let start = start_of(diagnostic)?;
    let line = lines_of(text, &(start..start));
    let at = line.start + text.get(line)?.trim_end().strip_suffix('{')?.trim_end().strip_suffix('{')?.len();
    let end = at + text.get(at..)?.find('\n')?;
    let edit = Edit { at: Span::new(at as u32, end as u32).in_file(FILE), text: "{".to_owned() };
    Some(Mend { help: "one brace opens the block:".to_owned(), edits: vec![edit] })
}

/// `goal goal "Book a demo"`, `email news news {`: one of two words that are the same.
pub(super) fn doubled(line: &str) -> Option<Wording> {
    let words: Vec<(usize, &str)> = tokens_at(line).collect();
    let pair = words.windows(2).find(|pair| {
        let is_word = |word: &str| word.starts_with(|c: char| c.is_alphabetic() || c == '"');
        matches!(pair, [(_, one), (_, other)] if one == other && is_word(one))
    })?;
    let [(_, _), (at, other)] = pair else { return None };
    let end = at + other.len();
    let space = line.get(end..).map_or(0, |rest| rest.len() - rest.trim_start().len());
    Some(Wording { edits: vec![(*at..end + space, String::new())], help: "one is enough:" })
}

/// `note "Hot`, `handoff to sales { note "Hot }`: the text ends with its line, or before the brace that does.
pub(super) fn closed_text(diagnostic: &Diagnostic, text: &str) -> Vec<Mend> {
    let line =
        start_of(diagnostic).filter(|_| diagnostic.code == Code::UnclosedText).map(|at| lines_of(text, &(at..at)));
    let Some(written) = line.clone().and_then(|line| text.get(line)).map(|line| before_comment(line).trim_end()) else {
        return Vec::new();
    };
    let start = line.map_or(0, |line| line.start);
    let close = |end: usize| {
        let at = Span::new((start + end) as u32, (start + end) as u32).in_file(FILE);
        Mend { help: "close the text on its line:".to_owned(), edits: vec![Edit { at, text: "\"".to_owned() }] }
    };
    let mut ends = vec![written.len()];
    ends.extend(written.strip_suffix('}').map(|before| before.trim_end().len()));
    ends.extend(written.strip_suffix(')').map(|before| before.trim_end().len()));
    ends.extend(written.rfind(" otherwise "));
    ends.extend(written.rfind(" due in "));
    ends.into_iter().rev().map(close).collect()
}

/// `if {{ customer.industry }} == "saas" {`, `set plan = {trigger.plan}`: in a condition and as a value a field stands without braces.
pub(super) fn without_field_braces(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    const ASK: &[&str] = &["if", "enter", "exit", "goal", "skip", "segment", "wait", "}"];
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = text.get(line.clone())?;
    let first = written.split_whitespace().next()?;
    let (asks, sets) = (ASK.contains(&first), matches!(first, "set" | "score"));
    let twice = written.find("{{").filter(|_| asks || sets).map(|open| (open, "{{", "}}"));
    let (open, opens, closes) = twice.or_else(|| {
        let open = written.find('{')?;
        let before = written.get(..open)?.split_whitespace().next_back()?;
        let is_value =
            matches!(before, "=" | "+=" | "-=" | ">" | "<" | ">=" | "<=" | "is" | "if" | "when" | "and" | "or");
        ((asks || sets) && is_value).then_some((open, "{", "}"))
    })?;
    let (inner, _) = written.get(open + opens.len()..)?.split_once(closes)?;
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let start = line.start + open;
    let end = start + opens.len() + inner.len() + closes.len();
    let at = Span::new(start as u32, end as u32).in_file(FILE);
    let edits = vec![Edit { at, text: inner.trim().to_owned() }];
    let help = if sets { "as a value, a field has no braces:" } else { "a field in a condition has no braces:" };
    is_name(inner.trim()).then(|| Mend { help: help.to_owned(), edits })
}

/// `subject “Hi {first_name or "there"}”`: the braces of a field in it open no block, as they would where no text stands.
pub(super) fn straight_quotes(diagnostic: &Diagnostic, text: &str) -> Option<Mend> {
    let line = start_of(diagnostic).map(|at| lines_of(text, &(at..at)))?;
    let written = before_comment(text.get(line.clone())?).trim_end();
    let is_curly = |sign: char| QUOTES.contains(&sign);
    if !written.contains(is_curly) || !written.contains('"') {
        return None;
    }
    let at = Span::new(line.start as u32, (line.start + written.len()) as u32).in_file(FILE);
    let edits = vec![Edit { at, text: written.replace(is_curly, "\"") }];
    Some(Mend { help: "use plain quotes (`\"`):".to_owned(), edits })
}
