//! A sentence with gaps, and where a line says it.
//!
//! A pattern is words one space apart:
//!
//! | in a pattern | stands for |
//! | --- | --- |
//! | `until` | that word, however it is spelt in capitals |
//! | `in\|within` | one of these words |
//! | `[the]` | that word, or nothing |
//! | `$a` | one word |
//! | `$a:number`, `:text`, `:unit`, `:name`, `:field` | one word of that kind |
//! | `$a..` | one word or more, as few as will do |
//! | `^` and `$` | the beginning and the end of the statement |
//!
//! In the sentence, `$a` is what stood in the gap, `$a~` the same without its quotes, and `$a@` as a name: `"hot-lead"` is `hot_lead`.

use crate::naming::name_of;
use crate::syntax::constructs::TYPES;
use crate::syntax::line::tokens_at;
use std::ops::Range;

/// Where a line says a sentence, and what stands in its gaps.
#[derive(Debug)]
pub(super) struct Match<'l> {
    /// Bytes of the line.
    pub(super) range: Range<usize>,
    gaps: Vec<(&'static str, &'l str)>,
}

impl Match<'_> {
    /// A sentence with the gaps of the match filled in.
    pub(super) fn fill(&self, sentence: &str) -> String {
        let mut out = String::new();
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('$') {
            let length = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
            let (name, behind) = after.split_at(length);
            out.push_str(before);
            let gap = self.gaps.iter().find(|(known, _)| *known == name);
            let gap = gap.map_or("", |(_, text)| *text);
            let bare = gap.trim_matches(['"', '\'', '“', '”', '„', '‘', '’', '«', '»']);
            rest = behind.strip_prefix(['~', '@']).unwrap_or(behind);
            match behind.chars().next() {
                // It stands in quotes of the sentence's own.
                Some('~') => out.push_str(bare),
                Some('@') => out.push_str(&name_of(bare)),
                _ => out.push_str(gap),
            }
        }
        out.push_str(rest);
        out
    }
}

/// The words of a line with their places; the brace of a block, and what stands behind it, are none of them.
#[derive(Debug)]
pub(super) struct Words<'l> {
    line: &'l str,
    places: Vec<Range<usize>>,
    /// The first letters of the words, a bit each.
    initials: u32,
}

/// The bit of a first letter; what is no letter may always stand.
fn initial(sign: u8) -> u32 {
    match sign.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => 1 << (letter - b'a'),
        _ => OTHER,
    }
}

/// The bit of words that begin with no letter.
const OTHER: u32 = 1 << 31;

impl<'l> Words<'l> {
    pub(super) fn of(line: &'l str) -> Self {
        let mut places: Vec<Range<usize>> = Vec::new();
        for (start, token) in tokens_at(line) {
            let at = start + token.len();
            if token.starts_with("//") || token == "{" {
                break;
            }
            // Two signs of one operator are one word.
            match places.last_mut() {
                Some(last) if last.end == start && is_operator(line.get(last.start..at)) => last.end = at,
                _ => places.push(start..at),
            }
        }
        let first = |place: &Range<usize>| line.as_bytes().get(place.start).map_or(0, |sign| initial(*sign));
        let initials = places.iter().map(first).fold(OTHER, |all, one| all | one);
        Self { line, places, initials }
    }

    fn at(&self, index: usize) -> Option<&'l str> {
        self.line.get(self.places.get(index)?.clone())
    }

    /// The text from one word up to another.
    fn between(&self, words: Range<usize>) -> Option<&'l str> {
        let (first, last) = (self.places.get(words.start)?, self.places.get(words.end.checked_sub(1)?)?);
        self.line.get(first.start..last.end)
    }

    /// The line from one byte to another.
    pub(super) fn between_places(&self, from: usize, to: usize) -> Option<&'l str> {
        self.line.get(from..to)
    }

    pub(super) fn text(&self, place: Range<usize>) -> Option<&'l str> {
        self.line.get(place)
    }

    /// The words as spaces part them: `09:00-17:00` is one.
    pub(super) fn clumps(&self) -> Vec<(&'l str, Range<usize>)> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (_, place) in self.each() {
            match found.last_mut() {
                Some(last) if last.end == place.start => last.end = place.end,
                _ => found.push(place),
            }
        }
        found.into_iter().filter_map(|place| Some((self.text(place.clone())?, place))).collect()
    }

    /// Every word with its place.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'l str, Range<usize>)> {
        self.places.iter().filter_map(|place| Some((self.line.get(place.clone())?, place.clone())))
    }

    /// Where the line says a pattern first.
    pub(super) fn find(&self, pattern: &'static str) -> Option<Match<'l>> {
        if !self.may_say(pattern) {
            return None;
        }
        let parts: Vec<&'static str> = pattern.split(' ').collect();
        let anchored = parts.first() == Some(&"^");
        let parts = parts.get(usize::from(anchored)..)?;
        let starts = if anchored { 0..self.places.len().min(1) } else { 0..self.places.len() };
        starts.into_iter().find_map(|start| {
            let mut gaps = Vec::new();
            let mut steps = MAX_STEPS;
            let end = self.follow(parts, start, &mut gaps, &mut steps)?;
            let range = self.places.get(start)?.start..self.places.get(end.checked_sub(1)?)?.end;
            Some(Match { range, gaps })
        })
    }

    /// Whether a word with the first letter of each that a pattern needs stands anywhere: most patterns are ruled out here, at little cost.
    fn may_say(&self, pattern: &str) -> bool {
        // Whether the part can be left out or is a gap; whether one of its words may stand in the line; whether a word begins.
        let (mut free, mut stands, mut begins, mut first) = (false, false, true, true);
        for sign in pattern.bytes().chain([b' ']) {
            match sign {
                b' ' => {
                    if !free && !stands {
                        return false;
                    }
                    (free, stands, begins, first) = (false, false, true, true);
                    continue;
                }
                b'$' | b'[' | b'^' if first => free = true,
                b'|' => {
                    begins = true;
                    continue;
                }
                _ if begins => stands |= self.initials & initial(sign) != 0,
                _ => {}
            }
            (begins, first) = (false, false);
        }
        true
    }

    /// Follows a pattern from a word on; where it ends.
    fn follow(
        &self,
        parts: &[&'static str],
        at: usize,
        gaps: &mut Vec<(&'static str, &'l str)>,
        steps: &mut usize,
    ) -> Option<usize> {
        *steps = steps.checked_sub(1)?;
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        if *part == "$" {
            return (at == self.places.len() && rest.is_empty()).then_some(at);
        }
        if let Some(word) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
            let there = self.at(at).is_some_and(|found| says(word, found));
            let with = if there { self.follow(rest, at + 1, gaps, steps) } else { None };
            return with.or_else(|| self.follow(rest, at, gaps, steps));
        }
        let Some(gap) = part.strip_prefix('$') else {
            return self.at(at).filter(|found| says(part, found)).and_then(|_| self.follow(rest, at + 1, gaps, steps));
        };
        if let Some(name) = gap.strip_suffix("..") {
            return (at + 1..=self.places.len()).find_map(|end| {
                gaps.push((name, self.between(at..end)?));
                let found = self.follow(rest, end, gaps, steps);
                if found.is_none() {
                    gaps.pop();
                }
                found
            });
        }
        let (name, kind) = gap.split_once(':').unwrap_or((gap, ""));
        let word = self.at(at).filter(|word| is_of(kind, word))?;
        // A day is called as Flow calls it.
        let word = if kind == "day" { super::values::day(word).unwrap_or(word) } else { word };
        gaps.push((name, word));
        let found = self.follow(rest, at + 1, gaps, steps);
        if found.is_none() {
            gaps.pop();
        }
        found
    }
}

/// What no name of the project is, where a sentence has one.
const WORDS_OF_CONDITIONS: &[&str] = &[
    "is", "in", "not", "and", "or", "if", "when", "no", "at", "up", "to", "for", "on", "by", "as", "with", "where",
    "contains", "else", "until", "within", "after", "before", "the", "a", "an", "of", "link", "covers", "enter",
    "wait", "somebody", "someone", "everyone", "people", "they", "who", "their", "his", "her", "contact", "person",
    "user", "then", "either", "has", "have", "had", "was", "were", "did", "does", "are", "be", "been",
];

/// What begins a declaration, or a line of one.
const HEADS: &[&str] = &[
    "use",
    "tags",
    "tag",
    "contact",
    "event",
    "segment",
    "stages",
    "team",
    "email",
    "workflow",
    "member",
    "members",
    "backup",
    "subject",
    "preview",
    "template",
    "link",
    "kind",
    "property",
    "field",
    "attribute",
    "column",
];

/// Whether a word begins a declaration or a line of one, and is no name there.
pub(super) fn begins_line(word: &str) -> bool {
    HEADS.contains(&word)
        || matches!(word, "owner" | "goal" | "group" | "from" | "note" | "task" | "send" | "wait" | "score")
}

/// How much is tried for one pattern and place: lines are short, and a made-up one must not take for ever.
const MAX_STEPS: usize = 400;

fn is_operator(sign: Option<&str>) -> bool {
    matches!(sign, Some("+=" | "-=" | ">=" | "<=" | "->" | "=>"))
}

/// Whether a word is one of those of a pattern.
fn says(words: &str, found: &str) -> bool {
    words.split('|').any(|word| word.eq_ignore_ascii_case(found))
}

fn is_of(kind: &str, word: &str) -> bool {
    match kind {
        "number" => word.chars().all(|c| c.is_ascii_digit()),
        "letter" => word.len() == 1 && word.starts_with(|c: char| c.is_ascii_alphanumeric()),
        "text" => word.len() > 1 && word.starts_with('"') && word.ends_with('"'),
        "unit" => super::values::unit(word).is_some(),
        "name" => word.starts_with(|c: char| c.is_alphabetic() || c == '_') && !WORDS_OF_CONDITIONS.contains(&word),
        // A name of two words, or something of something else, is no text that lost its quotes.
        "bare" => is_of("name", word) && !word.contains(['.', '_']),
        // No word that begins a line of another kind: `tags vip, partner` declares no field.
        "field" => is_of("name", word) && !HEADS.contains(&word),
        "place" => word.starts_with(char::is_uppercase),
        "thing" => is_of("field", word) && !TYPES.contains(&word),
        // What may be an event, and no mail.
        "happening" => is_of("name", word) && !matches!(word, "opened" | "clicked" | "replied" | "bounced" | "sent"),
        "verb" => matches!(word, "opened" | "clicked" | "replied"),
        "address" => word.trim_matches('"').contains('@'),
        // What ends the name of a thing: `page count`.
        "noun" => matches!(
            word,
            "name"
                | "count"
                | "id"
                | "title"
                | "size"
                | "code"
                | "level"
                | "status"
                | "source"
                | "value"
                | "total"
                | "score"
                | "plan"
                | "role"
                | "city"
                | "street"
                | "address"
                | "topic"
                | "category"
                | "reason"
        ),
        // No verb: `job_title changed` asks for no title.
        "value" => {
            is_of("name", word)
                && !word.ends_with("ed")
                && !matches!(word, "new" | "only" | "existing" | "ever" | "now")
        }
        // Part of a name, and not how often or since when.
        "part" => {
            is_of("name", word)
                && !matches!(word, "new" | "only" | "existing" | "ever" | "now" | "again" | "once" | "twice" | "never")
        }
        "cond" => matches!(word, "if" | "when" | "and" | "or" | "until" | "not"),
        "mail" => !matches!(word, "only" | "daily" | "window" | "just" | "mail" | "mails" | "emails" | "between"),
        "type" => TYPES.contains(&word),
        "dotted" => word.contains('.') && !word.starts_with('"'),
        "days" => super::values::is_day(word) || matches!(word, "weekdays" | "weekends" | "daily"),
        "day" => super::values::is_day(word),
        "date" => crate::values::days_of(word).is_some(),
        "clock" => word.to_lowercase().ends_with(['m', 'h']) && word.starts_with(|c: char| c.is_ascii_digit()),
        "later_message" => matches!(word, "sms" | "push" | "in_app" | "notice" | "webhook"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn said(pattern: &'static str, line: &str, sentence: &str) -> Option<String> {
        Words::of(line).find(pattern).map(|found| found.fill(sentence))
    }

    #[test]
    fn gaps_take_as_little_as_will_do() {
        let pattern = "^ wait for $p.. up to $d..";
        let found = said(pattern, "wait for visited(page is \"up to\") up to 5 days {", "$p|$d");
        assert_eq!(found.as_deref(), Some("visited(page is \"up to\")|5"));
        assert_eq!(said(pattern, "if wait for a up to b", "$p"), None);
        assert_eq!(said("$p.. up to $d.. $", "a up to 5 days", "$d").as_deref(), Some("5 days"));
    }

    #[test]
    fn words_may_be_left_out_and_have_kinds() {
        assert_eq!(said("in [the] last|past $n:number", "in past 7 days", "$n").as_deref(), Some("7"));
        assert_eq!(said("in [the] last $n:number", "in the last week", "$n"), None);
        assert_eq!(said("score >= $n:number points", "if score >= 60 points", "$n").as_deref(), Some("60"));
    }
}
