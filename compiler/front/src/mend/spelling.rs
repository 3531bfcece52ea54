//! Words of a line that nobody knows, and those that they look like: keywords and names of the project alike.

use super::plain::plain;
use crate::diagnostics::suggest::all_near;
use crate::env::Env;
use crate::naming::{name_of, snake_case};
use crate::syntax::line::tokens_at;
use crate::syntax::vocabulary;
use crate::syntax::wording::Wording;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

/// In a project of more names, one that is near to a misspelt word is looked for among keywords alone.
const MAX_NAMES: usize = 2_000;
/// More words of one line that nobody knows are no slip of the keyboard.
const MAX_UNKNOWN: usize = 4;
/// How many words one that nobody knows may stand for.
const MAX_MEANT: usize = 3;

pub(super) const HELP: &str = "did you mean this?";

/// Words that say nothing anywhere.
const POLITE: &[&str] = &[
    "the",
    "a",
    "an",
    "please",
    "just",
    "also",
    "their",
    "his",
    "her",
    "our",
    "my",
    "that",
    "field",
    "property",
    "attribute",
    "already",
    "now",
];

/// Words between others that Flow does without.
const FILLERS: &[&str] = &[
    "then",
    "has",
    "have",
    "been",
    "was",
    "were",
    "to",
    "they",
    "he",
    "she",
    "it",
    "who",
    "contact",
    "person",
    "lead",
    "user",
    "someone",
    "somebody",
    "everyone",
    "anyone",
    "prospect",
    "prospects",
    "recipient",
    "subscriber",
    "individual",
    "people",
];

/// Those of both that stand for nobody and nothing.
const NO_NOUNS: &[&str] =
    &["then", "has", "have", "been", "was", "were", "to", "the", "a", "an", "please", "just", "also", "already", "now"];

/// Words of one clause alone, which would be found for those of many: `opens` is said of a mail, and no slip of `capacity 40 open`.
const NEVER_MEANT: &[&str] = &["open", "away"];

type Words<'l> = Vec<(Range<usize>, &'l str)>;

fn words(line: &str) -> Words<'_> {
    let words = tokens_at(line).map(|(at, word)| (at..at + word.len(), word));
    words.take_while(|(_, word)| *word != "{" && !word.starts_with("//")).collect()
}

/// What a line may say with its words as they are known.
#[derive(Default)]
pub(super) struct Spelt {
    /// Nearly sure: a keyword was meant, or a name is parted or joined. Likeliest first.
    pub(super) sure: Vec<Wording>,
    /// A name was meant, or two keywords make another.
    pub(super) likely: Vec<Wording>,
}

/// What a line says once its words are those that they look like.
pub(super) fn wordings(names: &BTreeSet<&str>, line: &str) -> Spelt {
    let words = words(line);
    let is_known = |word: &str| keywords().contains(word) || names.contains(word);
    // What a line calls something is no slip of another word.
    let called = usize::from(matches!(words.first(), Some((_, "segment" | "workflow" | "email" | "team" | "event"))));
    let unknown: Vec<&(Range<usize>, &str)> = words
        .iter()
        .enumerate()
        .filter(|(nth, (_, word))| {
            !(called == 1 && *nth == 1) && word.starts_with(char::is_alphabetic) && !is_known(word)
        })
        .map(|(_, word)| word)
        .collect();
    let mut found = Spelt::default();
    if unknown.len() <= MAX_UNKNOWN {
        let meant: Vec<(&Range<usize>, Vec<String>)> =
            unknown.iter().map(|(at, word)| (at, meant(word, names))).collect();
        let change = |at: &Range<usize>, text: &String| (at.clone(), text.clone());
        let parted = unknown.iter().filter_map(|(at, word)| Some((at.clone(), parted(word)?)));
        found.sure.extend(parted.map(|edit| Wording { edits: vec![edit], help: "these are two words:" }));
        for (at, meant) in &meant {
            let is_keyword = meant.first().is_some_and(|meant| keywords().contains(meant.as_str()));
            let said = meant.iter().map(|text| Wording { edits: vec![change(at, text)], help: HELP });
            if is_keyword { found.sure.extend(said) } else { found.likely.extend(said) }
        }
        let all: Vec<_> = meant.iter().filter_map(|(at, meant)| Some(change(at, meant.first()?))).collect();
        if all.len() > 1 {
            found.sure.push(Wording { edits: all, help: HELP });
        }
    }
    for pair in words.windows(2) {
        let is_keyword = pair.first().is_some_and(|(_, word)| keywords().contains(word));
        let said = joined(pair, names);
        if is_keyword { found.likely.extend(said) } else { found.sure.extend(said) }
    }
    found
}

/// Every word of the language.
pub(super) fn keywords() -> &'static BTreeSet<&'static str> {
    static WORDS: OnceLock<BTreeSet<&str>> = OnceLock::new();
    WORDS.get_or_init(|| vocabulary().into_iter().map(|(_, word)| word).collect())
}

/// Every name that a line may hold, those of properties besides; none in a project of very many.
pub(super) fn names<'e>(env: &'e Env<'_>) -> BTreeSet<&'e str> {
    let mut names = own_names(env);
    if !names.is_empty() {
        let properties = env.schema.events.values().flat_map(|event| &event.shape.properties);
        names.extend(properties.map(|property| property.name.as_str()));
    }
    names
}

/// Every name of something that the project has; none in a project of very many.
pub(super) fn own_names<'e>(env: &'e Env<'_>) -> BTreeSet<&'e str> {
    let schema = &env.schema;
    let events = || schema.events.values().map(|event| &event.shape);
    let count = schema.field_ids.len()
        + events().map(|event| event.properties.len() + 1).sum::<usize>()
        + [env.emails.len(), env.workflows.len(), env.segments.ids.len()].iter().sum::<usize>();
    if count > MAX_NAMES {
        return BTreeSet::new();
    }
    schema
        .field_ids
        .keys()
        .chain(schema.event_ids.keys())
        .chain(&schema.stages)
        .chain(schema.tags.keys())
        .chain(schema.lists.keys())
        .map(String::as_str)
        .chain(env.emails.keys().copied())
        .chain(env.teams.keys().copied())
        .chain(env.workflows.keys().copied())
        .chain(env.groups.keys().copied())
        .chain(env.segments.ids.keys().copied())
        .collect()
}

/// The words that a slip of the keyboard turned into this one, the likeliest first.
fn meant(word: &str, names: &BTreeSet<&str>) -> Vec<String> {
    if POLITE.contains(&word) && word.len() > 3 {
        return Vec::new();
    }
    let ours = snake_case(word);
    if ours != word && (names.contains(ours.as_str()) || keywords().contains(ours.as_str())) {
        return vec![ours];
    }
    // `en` is no slip of `or`: of words so short only turned letters tell.
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let is_short = word.chars().count() <= 2;
    let known = keywords().iter().filter(|known| !NEVER_MEANT.contains(known)).chain(names).copied();
    let all = known.filter(|known| !is_short || letters(known) == letters(word));
    all_near(word, all).into_iter().take(MAX_MEANT).map(str::to_owned).collect()
}

/// `atleast`, `startswith`: two words of the language without the space between them.
fn parted(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let mut cuts = (2..lower.len().saturating_sub(1)).filter_map(|at| lower.split_at_checked(at));
    let (first, second) = cuts.find(|(first, second)| keywords().contains(first) && keywords().contains(second))?;
    Some(format!("{first} {second}"))
}

/// `hand off`, `case study`, `form submitted`: one word, in two.
fn joined(pair: &[(Range<usize>, &str)], names: &BTreeSet<&str>) -> Option<Wording> {
    let [(first, one), (second, other)] = pair else { return None };
    if ![one, other].into_iter().all(|word| word.starts_with(char::is_alphanumeric)) {
        return None;
    }
    let (close, apart) = (snake_case(&format!("{one}{other}")), snake_case(&format!("{one} {other}")));
    // `form submitted`
    let turned = snake_case(&format!("{other} {one}"));
    let is_known = |word: &str| names.contains(word) || keywords().contains(word);
    let help = if [&apart, &close].into_iter().any(|word| is_known(word)) { "this is one word:" } else { HELP };
    let text = [apart, close, turned].into_iter().find(|word| is_known(word))?;
    Some(Wording { edits: vec![(first.start..second.end, text)], help })
}

/// The line as it reads once its words are known: spelt right, without those that say nothing, paths in quotes. A sentence is looked for in
/// each, where none was found in the line itself.
pub(super) fn recast(names: &BTreeSet<&str>, line: &str) -> Vec<String> {
    let spelt = |line: &str| {
        let spelt = wordings(names, line);
        // All words of the line at once, where there are several.
        let all = spelt.sure.iter().max_by_key(|said| said.edits.len());
        all.or(spelt.likely.first()).and_then(|said| said.applied(line))
    };
    let brief = |line: &str| without_fillers(names, line).and_then(|said| said.applied(line));
    let known = |line: &str| without_unknown(names, line).and_then(|said| said.applied(line));
    let polite = |line: &str| without(names, line, &[POLITE]).and_then(|said| said.applied(line));
    let named = |line: &str| in_names(names, line);
    let mut found: Vec<String> = Vec::new();
    let first = plain(line);
    let short = brief(&first);
    let called = named(short.as_deref().unwrap_or(&first));
    let all = [
        Some(first.clone()),
        polite(&first),
        named(&first),
        spelt(&first),
        short.clone(),
        called.clone(),
        called.as_deref().or(short.as_deref()).and_then(spelt),
        known(called.as_deref().or(short.as_deref()).unwrap_or(&first)),
    ];
    for one in all {
        found.extend(one.filter(|one| one != line && !found.contains(one)));
    }
    found
}

/// What the usual stages are called in full.
fn in_full(said: &str) -> Option<&'static str> {
    const IN_FULL: &[(&str, &str)] = &[
        ("marketing_qualified_lead", "mql"),
        ("marketing_qualified", "mql"),
        ("sales_qualified_lead", "sql"),
        ("sales_qualified", "sql"),
        ("sales_accepted_lead", "sal"),
        // A stage of deals: whoever's is won is a customer.
        ("closed_won", "customer"),
    ];
    let name = name_of(said);
    IN_FULL.iter().find(|(full, _)| *full == name).map(|(_, short)| *short)
}

/// So many words may make one name.
const MAX_WORDS_OF_NAME: usize = 4;

/// The line with its names as the project has them: `lead score`, `hot-lead`, `"High intent"`, `MQL`, and what people do as what they did:
/// `visit` where the project knows of `visited`.
fn in_names(names: &BTreeSet<&str>, line: &str) -> Option<String> {
    let words = words(line);
    let is_name = |text: &str| names.contains(text);
    let mut out = String::with_capacity(line.len());
    let (mut at, mut end) = (0, 0);
    while let Some((place, word)) = words.get(at) {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |(_, word)| *word);
        let is_value =
            matches!(before, "is" | "=" | "==" | "contains" | "with" | "in" | "(" | "," | "link" | "word" | "of");
        let longest = (1..=MAX_WORDS_OF_NAME).rev().find_map(|count| {
            let (last, _) = words.get(at + count - 1)?;
            let text = line.get(place.start..last.end)?;
            let bare = text.trim_matches('"');
            let in_full = in_full(bare).filter(|stage| is_name(stage));
            if let Some(stage) = in_full {
                return Some((count, last.end, stage.to_owned()));
            }
            if (count > 1 && text.contains(['"', '(', ')', ',', '=', '<', '>'])) || (text != bare && is_value) {
                return None;
            }
            let ours = name_of(bare);
            let ours = if is_name(&ours) { ours } else { done(bare).into_iter().find(|ours| is_name(ours))? };
            Some((count, last.end, ours))
        });
        let (count, until, text) = match longest {
            Some((count, until, ours)) => (count, until, ours),
            None => (1, place.end, (*word).to_owned()),
        };
        out.push_str(line.get(end..place.start)?);
        out.push_str(&text);
        (at, end) = (at + count, until);
    }
    out.push_str(line.get(end..)?);
    (out != line).then_some(out)
}

/// What people did, of what they do: `visit`, `visits`, `visiting`, `apply`.
fn done(word: &str) -> Vec<String> {
    if !word.bytes().all(|sign| sign.is_ascii_lowercase()) {
        return Vec::new();
    }
    let stem = word.strip_suffix("ing").or_else(|| word.strip_suffix("es")).or_else(|| word.strip_suffix('s'));
    let stems = [Some(word), word.strip_suffix('s'), stem];
    let forms = |stem: &str| {
        let spoken = stem.strip_suffix('y').map(|stem| format!("{stem}ied"));
        [Some(format!("{stem}ed")), Some(format!("{stem}d")), spoken].into_iter().flatten().collect::<Vec<_>>()
    };
    stems.into_iter().flatten().filter(|stem| stem.len() > 2).flat_map(forms).collect()
}

/// How many words in a row that nobody knows may say nothing.
const MAX_NEEDLESS: usize = 3;
/// What nobody knows, and changes what a line asks.
const TELLING: &[&str] = &[
    "no",
    "not",
    "never",
    "none",
    "without",
    "unless",
    "except",
    "excluding",
    "first",
    "second",
    "third",
    "last",
    "latest",
    "previous",
    "next",
    "again",
    "twice",
    "once",
    "all",
    "both",
    "every",
    "each",
    "only",
    "before",
    "after",
    "since",
    "until",
    "today",
    "yesterday",
    "tomorrow",
    "recently",
    "soon",
    "most",
    "least",
    "more",
    "less",
    "fewer",
    "than",
    "half",
    "total",
    "average",
    "sum",
    "count",
    "number",
    "any",
    "other",
    "another",
    "same",
    "different",
    "new",
    "existing",
    "anonymous",
    "becomes",
    "become",
    "became",
    "changes",
    "changed",
    "reaches",
    "reached",
    "turns",
    "gets",
    "enters",
    "leaves",
    "joins",
    "stops",
    "starts",
    "company",
    "companies",
    "account",
    "team",
    "teams",
    "sms",
    "push",
];

/// `enter when person performs event downloaded`: words before a name that nobody knows, between it and the word that asks for it.
pub(super) fn without_unknown(names: &BTreeSet<&str>, line: &str) -> Option<Wording> {
    let words = words(line);
    let word = |at: usize| words.get(at).map(|(_, word)| *word);
    let asks = |word: &str| {
        matches!(word, "when" | "if" | "until" | "and" | "or" | "not" | "send" | "start" | "tag" | "untag")
    };
    let is_unknown = |word: &str| {
        word.chars().all(|sign| sign.is_ascii_alphabetic())
            && !names.contains(word)
            && !keywords().contains(word)
            && !TELLING.contains(&word.to_lowercase().as_str())
            // A slip in a word that is known.
            && !keywords().iter().chain(names).any(|known| strsim::damerau_levenshtein(known, word) <= 1)
    };
    let edits: Vec<(Range<usize>, String)> = (0..words.len())
        .filter(|at| word(*at).is_some_and(asks))
        .filter_map(|at| {
            let many = (at + 1..).take_while(|at| word(*at).is_some_and(is_unknown)).count();
            let name = word(at + 1 + many).is_some_and(|word| names.contains(word));
            let (from, to) = (words.get(at + 1)?, words.get(at + 1 + many)?);
            (many > 0 && many <= MAX_NEEDLESS && name).then(|| (from.0.start..to.0.start, String::new()))
        })
        .collect();
    (!edits.is_empty()).then_some(Wording { edits, help: "Flow does without these words:" })
}

/// `if the lead has clicked the guide`: without the words that say nothing.
pub(super) fn without_fillers(names: &BTreeSet<&str>, line: &str) -> Option<Wording> {
    without(names, line, &[POLITE, FILLERS])
}

fn without(names: &BTreeSet<&str>, line: &str, fillers: &[&[&str]]) -> Option<Wording> {
    let words = words(line);
    let is_filler = |(nth, (_, word)): &(usize, &(Range<usize>, &str))| {
        let before_time = words.get(nth + 1).is_some_and(|(_, next)| matches!(*next, "last" | "next"));
        let word = word.to_lowercase();
        // `lead score`
        let is_name = words.get(nth + 1).is_some_and(|(_, next)| names.contains(format!("{word}_{next}").as_str()));
        // `exit when customer or prospect` asks for both.
        let before = nth.checked_sub(1).and_then(|nth| words.get(nth)).map_or("", |(_, word)| *word);
        let ends = words.get(nth + 1).is_none_or(|(_, next)| matches!(*next, "and" | "or" | "," | ")" | ";"));
        let is_noun = !NO_NOUNS.contains(&word.as_str());
        let is_operand =
            is_noun && ends && matches!(before, "and" | "or" | "not" | "when" | "if" | "is" | "=" | "," | "in");
        !is_name && !is_operand && fillers.iter().any(|fillers| fillers.contains(&word.as_str())) && !before_time
    };
    let edits: Vec<(Range<usize>, String)> = words
        .iter()
        .enumerate()
        .filter(is_filler)
        .map(|(_, (at, _))| {
            let space = line.get(at.end..).map_or(0, |rest| rest.len() - rest.trim_start().len());
            (at.start..at.end + space, String::new())
        })
        .collect();
    (!edits.is_empty()).then_some(Wording { edits, help: "Flow does without these words:" })
}
