//! What the event said that let somebody in, by the name of that event or by no name at all: `if ordered.amount > 500`, `if amount > 500`,
//! `{ordered.product}`. Asked of the event once more it would mean a further one, so it is `trigger.amount`.

use super::trial::FILE;
use crate::env::Env;
use crate::env::trigger::Said;
use crate::source::Span;
use crate::syntax::line::tokens_at;
use crate::syntax::wording::{Wording, holes_of};
use std::ops::Range;

const HELP: &str = "what the event said that let somebody in is what the `trigger` said:";

/// A declaration that may read a trigger.
enum Reader<'t> {
    Workflow(&'t str),
    Email(&'t str),
}

/// What the lines of a declaration may read.
pub(super) struct Trigger<'e, 't> {
    env: &'e Env<'e>,
    reader: Reader<'t>,
}

impl<'e, 't> Trigger<'e, 't> {
    /// Of the declaration that a text holds.
    pub(super) fn of(env: &'e Env<'e>, text: &'t str) -> Option<Self> {
        let mut words = tokens_at(text).map(|(_, word)| word).filter(|word| !word.starts_with("//"));
        let reader = match (words.next()?, words.next()?) {
            ("workflow", name) => Reader::Workflow(name),
            ("email", name) => Reader::Email(name),
            _ => return None,
        };
        Some(Self { env, reader })
    }

    /// A statement with all that its trigger said under the trigger's name.
    pub(super) fn wording(&self, line: &str) -> Option<Wording> {
        let mut edits = self.in_texts(line);
        if matches!(self.reader, Reader::Workflow(_)) {
            edits.extend(self.in_step(line));
        }
        edits.sort_by_key(|(place, _)| place.start);
        // One change, for several names of a line are one mistake.
        let (start, end) = (edits.first()?.0.start, edits.last()?.0.end);
        let all = Wording { edits, help: HELP };
        let behind = line.len() - end;
        let text = all.applied(line)?;
        let text = text.get(start..text.len() - behind)?.to_owned();
        Some(Wording { edits: vec![(start..end, text)], help: HELP })
    }

    /// The fields in the texts of a line.
    fn in_texts(&self, line: &str) -> Vec<(Range<usize>, String)> {
        let named = holes_of(line).into_iter().filter_map(|(place, field, fallback)| {
            let meant = self.meant(&field)?;
            let text = match fallback {
                Some(fallback) => format!("{{{meant} or \"{fallback}\"}}"),
                None => format!("{{{meant}}}"),
            };
            Some((place, text))
        });
        named.collect()
    }

    /// The words of a step.
    fn in_step(&self, line: &str) -> Vec<(Range<usize>, String)> {
        const STEPS: &[&str] = &["if", "}", "else", "wait", "score", "set", "choose", "repeat", "start"];
        let words: Vec<(Range<usize>, &str)> = tokens_at(line).map(|(at, word)| (at..at + word.len(), word)).collect();
        let first = words.first().map_or("", |(_, word)| *word);
        if !STEPS.contains(&first) {
            return Vec::new();
        }
        // What is waited for comes later, and is asked of the event: only a time may be counted from what it said.
        let waits = matches!(first, "wait" | "repeat");
        let mut edits = Vec::new();
        let mut of_event = 0_usize;
        for (at, (place, word)) in words.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| words.get(before)).map_or("", |(_, word)| *word);
            match *word {
                "(" if of_event > 0 || self.env.schema.event(before).is_some() => of_event += 1,
                ")" => of_event = of_event.saturating_sub(1),
                _ => {}
            }
            let is_read = match first {
                "set" | "score" => at > 1,
                "start" => matches!(before, "=" | "or"),
                _ => !waits || matches!(before, "before" | "after"),
            };
            if is_read && of_event == 0 && word.starts_with(char::is_alphabetic) {
                edits.extend(self.meant(word).map(|meant| (with_braces(line, place), meant)));
            }
        }
        edits
    }

    /// What a name stands for that the trigger said.
    fn meant(&self, word: &str) -> Option<String> {
        let whole = word.strip_prefix("trigger.").filter(|rest| rest.contains('.')).unwrap_or(word);
        let property = match whole.split_once('.') {
            Some((event, property)) if self.lets_in(event) => property,
            None if whole == word && !self.is_known(word) => word,
            _ => return None,
        };
        self.said(property).map(|_| format!("trigger.{property}"))
    }

    /// Whether a word is a name of the project.
    fn is_known(&self, word: &str) -> bool {
        let (env, schema) = (self.env, &self.env.schema);
        let is_mark = schema.tag(word).is_some() || schema.list(word).is_some();
        let of_people = schema.field(word).is_some() || schema.stage(word).is_some() || is_mark;
        let of_mails = env.emails.contains_key(word) || env.workflows.contains_key(word);
        of_people || of_mails || schema.event(word).is_some() || env.segments.ids.contains_key(word)
    }

    fn lets_in(&self, event: &str) -> bool {
        let Some(event) = self.env.schema.event(event) else { return false };
        match self.reader {
            Reader::Workflow(name) => self.env.triggers.lets_into_workflow(name, event),
            Reader::Email(name) => self.env.triggers.lets_into_senders(name, event),
        }
    }

    fn said(&self, property: &str) -> Option<Said> {
        let (triggers, schema) = (&self.env.triggers, &self.env.schema);
        let nowhere = Span::new(0, 0).in_file(FILE);
        match self.reader {
            Reader::Workflow(name) => triggers.of_workflow(schema, name, property).ok(),
            Reader::Email(name) => triggers.of_email(schema, name, property, nowhere).ok(),
        }
    }
}

/// The place of a word with the braces right around it: `{{ ordered.amount }}`.
fn with_braces(line: &str, place: &Range<usize>) -> Range<usize> {
    let before = line.get(..place.start).unwrap_or_default();
    let behind = line.get(place.end..).unwrap_or_default();
    let is_brace = |sign: char| matches!(sign, '{' | '}' | ' ');
    let (inner, outer) = (before.trim_end_matches(is_brace), behind.trim_start_matches(is_brace));
    let opened = before.get(inner.len()..).unwrap_or_default();
    let closed = behind.get(..behind.len() - outer.len()).unwrap_or_default();
    let opens = opened.matches('{').count();
    if opens == 0 || closed.matches('}').count() != opens {
        return place.clone();
    }
    let start = place.start - opened.trim_start().len();
    start..place.end + closed.trim_end().len()
}
