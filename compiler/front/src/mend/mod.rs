//! Mended lines, tried out: what a diagnostic shows compiles, or is not shown.
//!
//! A layer that finds something wrong only guesses what was meant. Here each guess is made in the declaration it stands in, and that
//! declaration is read and checked again by itself, against all that the project says:
//!
//! - a guess after which the line is right is what the reader is shown, with all that was wrong with the line mended at once;
//! - what is no longer wrong once an unreadable line is mended only followed from it, so it is not reported: one mistake is one message;
//! - where a head could not be read, what is wrong in its body is seen for the first time, and reported too;
//! - a guess that only leads to the next message is dropped.
//!
//! Everything here is bounded by [`MAX_TRIED_BYTES`] and [`MAX_RECAST_BYTES`], so a project full of mistakes is told about as fast
//! as one with few.

mod blocks;
mod by_journey;
mod by_name;
mod by_trigger;
mod followers;
mod guesses;
mod keeps;
mod literal;
mod nearly;
mod plain;
mod recast;
mod signs;
mod spelling;
mod trial;

use crate::diagnostics::{Code, Diagnostic, Edit, Mend, Severity, syntax};
use crate::env::Env;
use crate::source::{FileId, Location, Span};
use crate::syntax::wording;
use nearly::{Nearly, is_telling, may_follow};
use std::collections::{BTreeMap, BTreeSet};
use trial::{Attempt, Piece, Seen, moved};

/// How much text is read again in all for one project.
const MAX_TRIED_BYTES: usize = 1 << 18;
/// How much besides to say lines otherwise, so that a few lost lines leave enough for all others.
const MAX_RECAST_BYTES: usize = 1 << 17;
/// How many guesses are made for one message of a line.
const MAX_GUESSES: usize = 32;
/// How many changes are made in all for one diagnostic, so that one of them leaves enough for the others.
const MAX_TRIES: usize = 100;
/// How many of them for one guess and what has to be mended after it, so that no guess keeps a better one from being made.
const MAX_TRIES_OF_GUESS: usize = 16;
/// What a try costs however short its text is.
const LEAST_TRIED_BYTES: usize = 200;
/// The part of a text in which nothing is guessed.
const NOWHERE: Span = Span { start: u32::MAX, end: u32::MAX };
/// How many mistakes of one line are mended one after the other.
const MAX_ROUNDS: usize = 4;

/// Tries out what the diagnostics of a project suggest. They come and go in the order of their places.
pub(crate) fn settle(env: &Env<'_>, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut bench = Bench {
        env,
        names: spelling::names(env),
        own_names: spelling::own_names(env),
        left: MAX_TRIED_BYTES,
        recast_left: MAX_RECAST_BYTES,
        tries: MAX_TRIES,
        place: Span::new(0, 0).in_file(trial::FILE),
        several: false,
        unread: None,
        nearly: None,
    };
    let mut settled = Vec::new();
    let mut of_piece: BTreeMap<(FileId, u32), Vec<Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let start = bench.piece_of(&diagnostic).map(|(file, piece)| (file, piece.start));
        match start.filter(|_| diagnostic.severity == Severity::Error) {
            Some(start) => of_piece.entry(start).or_default().push(diagnostic),
            None => settled.push(diagnostic),
        }
    }
    for found in of_piece.into_values() {
        settled.extend(bench.settle_piece(found));
    }
    for diagnostic in &mut settled {
        diagnostic.tries.clear();
    }
    settled.sort_by_key(Diagnostic::at);
    settled
}

struct Bench<'e> {
    env: &'e Env<'e>,
    /// Every name that a line may hold.
    names: BTreeSet<&'e str>,
    /// Those of them that are no property of an event.
    own_names: BTreeSet<&'e str>,
    /// The bytes that may still be read again.
    left: usize,
    /// The bytes that may still be read, or looked through, to say lines otherwise.
    recast_left: usize,
    /// The changes that may still be made for the diagnostic at work.
    tries: usize,
    /// The piece at work.
    place: Location,
    /// There is more than one thing wrong with it.
    several: bool,
    /// How many of them keep others from being seen, unless one of those is at work: what stood behind it is read for the first time.
    unread: Option<usize>,
    /// The first guess for the diagnostic at work that made its line readable, and what is wrong with it then.
    nearly: Option<Nearly>,
}

/// A guess that worked.
struct Mended {
    /// The first changes, and what was wrong after them alone.
    made: Vec<Edit>,
    first: Vec<Diagnostic>,
    /// The piece as it reads with all mended, and what is wrong with it.
    last: Attempt,
    /// Where the mended line can be read in several ways: what each means, and the piece that says so.
    readings: Vec<(String, String)>,
    why: Option<String>,
    /// One change was enough.
    at_once: bool,
}

impl Mended {
    /// Whether one and the same change was made for both: `industry is saas or fintech` holds two names that are none, and is one mistake.
    fn covers(&self, one: &Diagnostic, other: &Diagnostic) -> bool {
        let lies_in = |edit: &Edit, found: &Diagnostic| {
            found.at().is_some_and(|at| {
                at.file == edit.at.file && edit.at.span.start <= at.span.start && at.span.end <= edit.at.span.end
            })
        };
        self.made.iter().any(|edit| lies_in(edit, one) && lies_in(edit, other))
    }

    /// Whether the change closed more than was open: the line is right, and what follows it is not.
    fn breaks(&self, mended: &Diagnostic, before: &[Diagnostic]) -> bool {
        [Code::StrayBrace, Code::UnknownStatement].into_iter().any(|code| {
            let of = |found: &[Diagnostic]| found.iter().filter(|found| found.code == code).count();
            of(&self.last.errors) + usize::from(mended.code == code) > of(before)
        })
    }
}

impl<'e> Bench<'e> {
    /// The declaration a diagnostic lies in, with whatever stands between it and the next one.
    fn piece_of(&self, diagnostic: &Diagnostic) -> Option<(FileId, Piece<'e>)> {
        let at = diagnostic.at()?;
        let (source, starts) =
            (self.env.scope.sources.get(at.file.0 as usize)?, self.env.scope.starts.get(at.file.0 as usize)?);
        if at.file.0 as usize >= self.env.project.sources.len() {
            return None;
        }
        let next = starts.partition_point(|start| *start <= at.span.start);
        let start = next.checked_sub(1).and_then(|index| starts.get(index)).copied().unwrap_or_default();
        let end = starts.get(next).map_or(source.text.len(), |next| *next as usize);
        Some((at.file, Piece { start, text: source.text.get(start as usize..end)? }))
    }

    fn settle_piece(&mut self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let Some((file, piece)) = found.first().and_then(|first| self.piece_of(first)) else { return found };
        self.place = Span::new(piece.start, piece.start + piece.text.len() as u32).in_file(file);
        let Some(errors) = self.errors_in(piece.text, NOWHERE) else {
            return found.into_iter().map(untried).collect();
        };
        self.several = errors.len() > 1;
        let before = Seen::of(&errors, piece.text);
        let mut settled: Vec<Diagnostic> = Vec::new();
        let mut found: Vec<Diagnostic> = found.into_iter().rev().map(|found| local(found, file, piece.start)).collect();
        while let Some(mut diagnostic) = found.pop() {
            self.unread = (!hides_others(diagnostic.code)).then(|| unread(&errors));
            if let Some(later) = later(&diagnostic, piece.text) {
                let (place, statement) = trial::line_of(&diagnostic, piece.text).unzip();
                // All that is wrong with the same statement stands side by side.
                let same = |other: &Diagnostic| trial::line_of(other, piece.text).unzip().0 == place;
                while found.pop_if(|other| same(other)).is_some() {}
                while settled.pop_if(|other| same(other)).is_some() {}
                self.tries = MAX_TRIES;
                let mut today = diagnostic.clone();
                let is_said = self.not_what_it_seems(&mut today, piece, statement.unwrap_or_default()).is_some();
                settled.push(if is_said { today } else { later });
                continue;
            }
            // What cannot be seen in its declaration alone cannot be tried out there.
            let is_seen = before.holds(&diagnostic);
            self.tries = MAX_TRIES;
            let mended = is_seen.then(|| self.mend(&mut diagnostic, piece, &errors)).flatten();
            // A name or a type that is wrong leads to no other message; only what could not be read does.
            if let Some(mended) = mended.as_ref().filter(|_| hides_others(diagnostic.code)) {
                let after = trial::After::of(mended, piece.text);
                let gone = |other: &Diagnostic| (before.holds(other) || after.covers(other)) && !after.has(other);
                found.retain(|other| !gone(other));
                settled.retain(|other| !gone(other));
                // What a block without its end lacks may be what stands behind it.
                if trial::is_head(&diagnostic, piece.text) && diagnostic.code != Code::UnclosedBlock {
                    settled.extend(self.revealed(mended, &before, piece));
                }
            }
            if let Some(mended) = mended.filter(|_| !hides_others(diagnostic.code)) {
                let after = trial::After::of(&mended, piece.text);
                // What is shown mends the rest of its statement as well: `industry is blank or region is empty`.
                let place = trial::line_of(&diagnostic, piece.text).map(|(start, _)| start);
                let line = trial::start_of(&diagnostic).map(|at| trial::lines_of(piece.text, &(at..at)));
                // Those of other lines are ruled out at little cost, for there may be thousands.
                let is_near = |other: &Diagnostic| {
                    trial::start_of(other).zip(line.as_ref()).is_some_and(|(at, line)| line.contains(&at))
                };
                let is_beside = |other: &Diagnostic| {
                    !mended.at_once
                        && is_near(other)
                        && trial::line_of(other, piece.text).map(|(start, _)| start) == place
                };
                let is_part =
                    |other: &Diagnostic| (mended.covers(&diagnostic, other) || is_beside(other)) && !after.has(other);
                found.retain(|other| !is_part(other));
                settled.retain(|other| !is_part(other));
            }
            settled.push(diagnostic);
        }
        followers::asked_in_a_reading(&mut settled);
        followers::behind_a_subject(&mut settled, piece.text);
        settled.into_iter().map(|found| global(found, file, piece.start)).collect()
    }

    /// What is seen for the first time once a head is mended, each with its own mended line.
    fn revealed(&mut self, mended: &Mended, before: &Seen<'_>, piece: Piece<'_>) -> Vec<Diagnostic> {
        let text = mended.last.text.as_str();
        let mut found = trial::seen_first(mended, before, piece.text);
        let mut told: Vec<Diagnostic> = Vec::new();
        found.reverse();
        while let Some(mut diagnostic) = found.pop() {
            self.tries = MAX_TRIES;
            let settled = self.mend(&mut diagnostic, Piece { start: 0, text }, &mended.last.errors);
            if let Some(settled) = settled.filter(|_| hides_others(diagnostic.code)) {
                let now = Seen::of(&mended.last.errors, text);
                let after = trial::After::of(&settled, text);
                found.retain(|other| !now.holds(other) || after.has(other));
            }
            told.push(diagnostic);
        }
        trial::at_places_before(told, text, piece.text)
    }

    /// Finds the guess that works and makes it what the diagnostic shows.
    fn mend(&mut self, diagnostic: &mut Diagnostic, piece: Piece<'_>, before: &[Diagnostic]) -> Option<Mended> {
        let (start, statement) = trial::line_of(diagnostic, piece.text).unwrap_or_default();
        if diagnostic.code == Code::NotSupportedYet {
            if let Some(mended) = self.not_what_it_seems(diagnostic, piece, statement) {
                return Some(mended);
            }
            if let Some(later) = wording::later(statement).filter(|_| diagnostic.code == Code::NotSupportedYet) {
                diagnostic.message = syntax::later_message(&later.what);
                diagnostic.help = Some(later.today);
            }
            let head = trial::bare_head(piece.text).filter(|_| trial::is_head(diagnostic, piece.text));
            return head.and_then(|head| self.follow(piece.text, &[head], 1, false).ok().flatten());
        }
        if !diagnostic.readings.is_empty() && self.settle_readings(diagnostic, piece, true) {
            return None;
        }
        let said = self.readings(statement, hides_others(diagnostic.code) || diagnostic.code == Code::NotACondition);
        if !said.is_empty() {
            let own = std::mem::replace(
                &mut diagnostic.readings,
                said.iter().map(|said| trial::in_piece(said, start)).collect(),
            );
            if self.settle_readings(diagnostic, piece, true) {
                if !diagnostic.readings.is_empty() {
                    diagnostic.edits.clear();
                    diagnostic.help = None;
                }
                return None;
            }
            diagnostic.readings = own;
        }
        // A value of another kind says nothing about what the whole line was meant to do.
        if let Some(hint) = wording::hint(statement).filter(|_| may_be_hinted(diagnostic.code)) {
            diagnostic.edits.clear();
            diagnostic.help = Some(hint);
            return None;
        }
        let own = diagnostic.edits.clone();
        // A brace that closes too much alone may be right where another one is missing.
        let sure = !diagnostic.guessed && self.several;
        let is_sure = |guess: &Mend| sure && guess.edits == own;
        let mut left = MAX_TRIES;
        let mut nearly: Option<(String, Nearly)> = None;
        let likely = self.guesses(diagnostic, piece.text);
        // A guess after which the line can be read comes before one after which that takes more guesses.
        let mut unlikely: Option<Vec<Mend>> = None;
        for (readable, recast) in [(true, false), (true, true), (false, false), (false, true)] {
            let made = match recast {
                true if !may_be_worded(diagnostic.code) => Vec::new(),
                true => unlikely.get_or_insert_with(|| self.recast(diagnostic, piece.text)).clone(),
                false => likely.clone(),
            };
            for guess in made {
                let mine = left.min(MAX_TRIES_OF_GUESS);
                self.tries = mine;
                self.nearly = None;
                let followed = match recast {
                    true => self.follow_recast(piece.text, &guess.edits, readable),
                    false => self.follow(piece.text, &guess.edits, MAX_ROUNDS, readable),
                };
                left -= mine - self.tries;
                if readable && nearly.is_none() && is_telling(&guess) {
                    nearly = self.nearly.take().map(|nearly| (guess.help.clone(), nearly));
                }
                match followed {
                    Err(NoMoreTime) => {
                        self.withdraw(diagnostic, !own.is_empty(), statement);
                        return None;
                    }
                    Ok(None) => {}
                    Ok(Some(settled)) if settled.breaks(diagnostic, before) && !is_sure(&guess) => {}
                    Ok(Some(settled)) if hides_others(diagnostic.code) && !self.keeps(&guess, &settled, piece) => {}
                    Ok(Some(settled)) if self.is_never(piece.text, &settled.last.text) => {}
                    Ok(Some(settled)) => {
                        show(diagnostic, guess, &settled, piece);
                        return Some(settled);
                    }
                }
            }
        }
        let head = trial::bare_head(piece.text).filter(|_| trial::is_head(diagnostic, piece.text));
        // Nothing is offered, and what stands in the block is seen all the same.
        let seen = head.and_then(|head| self.follow(piece.text, &[head], 1, false).ok().flatten());
        self.withdraw(diagnostic, !own.is_empty(), statement);
        if let Some((help, nearly)) = nearly.filter(|_| hides_others(diagnostic.code) && may_follow(diagnostic)) {
            diagnostic.help = Some(nearly.told(&help));
        }
        seen
    }

    /// Whether the mended lines hold what the written ones asked for.
    fn keeps(&self, guess: &Mend, settled: &Mended, piece: Piece<'_>) -> bool {
        let change = trial::difference(piece.text, &settled.last.text);
        let Some(whole) = trial::edited(piece.text, std::slice::from_ref(&change)) else { return false };
        let before = piece.text.get(trial::lines_of(piece.text, &change.at.span.range())).unwrap_or_default();
        let after = whole.text.get(whole.lines().range()).unwrap_or_default();
        let declares = piece.text.split_whitespace().next().is_none_or(|word| !matches!(word, "workflow" | "segment"));
        // What is declared may be called like something else.
        keeps::keeps(before, after, &guess.help, (!declares).then_some(&self.own_names))
    }

    /// `add 10 to score`: a word that comes later, in a sentence that can be said today.
    fn not_what_it_seems(&mut self, diagnostic: &mut Diagnostic, piece: Piece<'_>, statement: &str) -> Option<Mended> {
        let at = diagnostic.at()?;
        let (start, line) = trial::line_of(diagnostic, piece.text)?;
        let mut nearly: Option<(String, Nearly)> = None;
        let instead = wording::instead(line);
        let mut guesses: Vec<Mend> = instead.iter().map(|said| trial::in_piece(said, start)).collect();
        if wording::later(statement).is_none() {
            guesses.extend(wording::sentences(line).iter().map(|said| trial::in_piece(said, start)));
            guesses.extend(self.recast(diagnostic, piece.text));
        }
        for guess in guesses {
            self.nearly = None;
            let followed = self.follow(piece.text, &guess.edits, MAX_ROUNDS, false);
            if nearly.is_none() {
                nearly = self.nearly.take().map(|nearly| (guess.help.clone(), nearly));
            }
            if let Ok(Some(settled)) = followed
                && self.keeps(&guess, &settled, piece)
            {
                let word = at.span.text(piece.text);
                *diagnostic = syntax::unexpected_text(word, &[], at).help(guess.help.clone());
                match settled.readings.is_empty() {
                    true => diagnostic.edits = vec![trial::difference(piece.text, &settled.last.text)],
                    false => show(diagnostic, guess, &settled, piece),
                }
                return Some(settled);
            }
        }
        if let Some((help, nearly)) = nearly {
            *diagnostic = syntax::unexpected_text(at.span.text(piece.text), &[], at).help(nearly.told(&help));
        }
        None
    }

    /// What is left to say where no guess worked.
    fn withdraw(&self, diagnostic: &mut Diagnostic, had: bool, statement: &str) {
        diagnostic.readings.clear();
        if had {
            diagnostic.edits.clear();
            // It spoke of the line that is not shown.
            diagnostic.help = diagnostic.help.take().filter(|help| !help.ends_with(':'));
        }
        if hides_others(diagnostic.code) || diagnostic.help.is_none() {
            diagnostic.help = wording::last_hint(statement).or(diagnostic.help.take());
        }
        if diagnostic.help.is_none() && diagnostic.code == Code::UnexpectedText {
            diagnostic.help = wording::example(statement).map(|example| format!("such a line looks so: {example}"));
        }
    }

    /// Keeps the readings that are right; a single one is no question any more. Whether there is one. `asks`: a reading may ask what else
    /// was meant.
    fn settle_readings(&mut self, diagnostic: &mut Diagnostic, piece: Piece<'_>, asks: bool) -> bool {
        let mut kept = Vec::new();
        for reading in &diagnostic.readings {
            // Parentheses that the line does not need are left out.
            for (nth, edits) in trial::bare(&reading.edits).into_iter().chain([reading.edits.clone()]).enumerate() {
                // Without its parentheses it may mean something else.
                if nth == 0 && edits != reading.edits && self.is_mixed(piece.text, &edits) {
                    continue;
                }
                match self.follow(piece.text, &edits, 2 + usize::from(asks), true) {
                    // What was not tried out is not shown, and none of several is chosen for want of time.
                    Err(NoMoreTime) => {
                        diagnostic.readings.clear();
                        return true;
                    }
                    Ok(None) => {}
                    // It asks the next question: each answer to both is a reading.
                    Ok(Some(settled)) if !settled.readings.is_empty() => {
                        let both = |(more, text): &(String, String)| Mend {
                            help: both(&reading.help, more),
                            edits: vec![trial::difference(piece.text, text)],
                        };
                        kept.extend(settled.readings.iter().map(both));
                        break;
                    }
                    Ok(Some(settled)) if settled.at_once => {
                        if !self.is_never(piece.text, &settled.last.text) {
                            kept.push(Mend { help: reading.help.clone(), edits });
                        }
                        break;
                    }
                    Ok(Some(_)) => {}
                }
            }
        }
        if self.tries == 0 {
            diagnostic.readings.clear();
            return true;
        }
        match kept.len() {
            0 => return false,
            1 => {
                let only = kept.remove(0);
                diagnostic.readings.clear();
                diagnostic.help = Some(only.help).filter(|help| !help.is_empty());
                diagnostic.edits = only.edits;
            }
            _ => diagnostic.readings = kept,
        }
        true
    }

    /// Whether a line that is another than before asks for what can never be so.
    fn is_never(&mut self, before: &str, after: &str) -> bool {
        if self.spend(after.len()).is_none() {
            return false;
        }
        let Some(whole) = trial::edited(before, &[trial::difference(before, after)]) else { return false };
        let lines = whole.lines();
        let never = crate::check::impossible_alone(self.env, self.place, trial::FILE, after);
        never.into_iter().any(|at| lines.start <= at.span.start && at.span.end <= lines.end)
    }

    /// Whether changes leave `and` and `or` side by side in their line.
    fn is_mixed(&mut self, text: &str, edits: &[Edit]) -> bool {
        let Some(attempt) = trial::edited(text, edits) else { return false };
        let found = self.errors_in(&attempt.text, NOWHERE).unwrap_or_default();
        let mixed = |found: &&Diagnostic| found.code == Code::AndOrMixed;
        let lines = attempt.lines();
        found
            .iter()
            .filter(mixed)
            .any(|found| found.at().is_some_and(|at| lines.start <= at.span.start && at.span.end <= lines.end))
    }

    /// Makes changes, and then those that the next message suggests, until the line is right. `readable`: the first changes alone make it
    /// a line that can be read.
    fn follow(
        &mut self,
        text: &str,
        edits: &[Edit],
        rounds: usize,
        readable: bool,
    ) -> Result<Option<Mended>, NoMoreTime> {
        let Some(tries) = self.tries.checked_sub(1) else { return Ok(None) };
        self.tries = tries;
        let Some(mut attempt) = trial::edited(text, edits) else { return Ok(None) };
        let line = attempt.lines();
        if self.makes_a_text_of_a_name(text, &attempt) {
            return Ok(None);
        }
        self.spend((line.end - line.start) as usize).ok_or(NoMoreTime)?;
        // What a line that cannot be read may have meant is asked only where that is followed.
        let asked = if readable { NOWHERE } else { line };
        attempt.errors = self.errors_in(&attempt.text, asked).ok_or(NoMoreTime)?;
        // A line that is one of several of its statement is missed where that ends too early, which may be a line before.
        if self.unread.is_some_and(|before| unread(&attempt.errors) > before)
            && attempt.wrong_in_line(self.several).is_none()
        {
            return Ok(None);
        }
        let (made, first) = (edits.to_vec(), attempt.errors.clone());
        let Some(next) = attempt.wrong_in_line(self.several).cloned() else {
            let (readings, why) = (Vec::new(), None);
            return Ok(Some(Mended { made, first, last: attempt, readings, why, at_once: true }));
        };
        if rounds <= 1 || (readable && hides_others(next.code)) {
            return Ok(None);
        }
        let mut chosen = Vec::new();
        if !next.readings.is_empty() {
            let mut settled = next.clone();
            let piece = Piece { start: 0, text: &attempt.text };
            let any = self.settle_readings(&mut settled, piece, rounds > 2);
            let read =
                |reading: &Mend| Some((reading.help.clone(), trial::edited(&attempt.text, &reading.edits)?.text));
            let readings: Vec<(String, String)> = settled.readings.iter().filter_map(read).collect();
            if any && readings.len() > 1 {
                return Ok(Some(Mended { made, first, last: attempt, readings, why: next.why, at_once: false }));
            }
            // None of them is right, or a single one: that is a change as others are.
            chosen
                .extend((any && !settled.edits.is_empty()).then(|| Mend { help: String::new(), edits: settled.edits }));
        }
        if rounds == MAX_ROUNDS && !hides_others(next.code) {
            let line = trial::before_comment(attempt.text.get(line.range()).unwrap_or_default());
            self.nearly = Some(Nearly { line: line.trim().to_owned(), left: next.clone() });
        }
        for guess in chosen.into_iter().chain(self.guesses(&next, &attempt.text)) {
            let followed = self.follow(&attempt.text, &guess.edits, rounds - 1, readable)?;
            // The last change may have been made in another line than the first.
            if let Some(settled) =
                followed.filter(|settled| !settled.readings.is_empty() || self.is_right(text, &settled.last))
            {
                return Ok(Some(Mended { made, first, at_once: false, ..settled }));
            }
        }
        Ok(None)
    }

    /// Whether a change puts into quotes what is no text, in a line that asks for something.
    fn makes_a_text_of_a_name(&self, before: &str, attempt: &Attempt) -> bool {
        let asks = matches!(before.split_whitespace().next(), Some("workflow" | "segment" | "policy" | "team"));
        let change = trial::difference(before, &attempt.text);
        let old = before.get(trial::lines_of(before, &change.at.span.range())).unwrap_or_default();
        let new = attempt.text.get(attempt.lines().range()).unwrap_or_default();
        asks && literal::makes_a_text_of_a_name(self.env, old, new)
    }

    /// Whether nothing is wrong with any line that is another than before.
    fn is_right(&self, before: &str, last: &Attempt) -> bool {
        let whole = trial::edited(before, &[trial::difference(before, &last.text)]);
        whole.is_some_and(|whole| whole.wrong_in_line_of(&last.errors, self.several).is_none())
    }

    /// Counts what is read again; none where that was enough.
    fn spend(&mut self, bytes: usize) -> Option<()> {
        self.left = self.left.checked_sub(bytes + LEAST_TRIED_BYTES)?;
        Some(())
    }

    /// What is wrong with a text by itself, with guesses in a part of it; none where too much was read again.
    fn errors_in(&mut self, text: &str, guess: Span) -> Option<Vec<Diagnostic>> {
        self.spend(text.len())?;
        Some(crate::check::errors_alone(self.env, self.place, trial::FILE, text, guess))
    }
}

/// A diagnostic without what it suggests, because nobody has the time to try it out.
fn untried(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.edits.clear();
    diagnostic.readings.clear();
    diagnostic.help = diagnostic.help.take().filter(|help| !help.ends_with(':'));
    diagnostic
}

/// What two answers together mean.
fn both(first: &str, second: &str) -> String {
    let first = first.trim_end_matches(':');
    match (first, second) {
        ("", second) => second.to_owned(),
        (first, "") => format!("{first}, read so:"),
        (first, "or") => format!("{first}, or read so:"),
        (first, second) => format!("{first}, {second}"),
    }
}

/// Makes a guess that worked what a diagnostic shows.
fn show(diagnostic: &mut Diagnostic, guess: Mend, settled: &Mended, piece: Piece<'_>) {
    let all_at_once = |text: &str| vec![trial::difference(piece.text, text)];
    if !settled.readings.is_empty() {
        diagnostic.edits.clear();
        // What it changed is seen in each reading.
        let is_own = diagnostic.help.as_ref() == Some(&guess.help);
        let is_said = |help: &String| !help.is_empty() && (is_own || !help.ends_with(':')) && help != spelling::HELP;
        diagnostic.help = Some(guess.help).filter(is_said);
        diagnostic.why = diagnostic.why.take().or_else(|| settled.why.clone());
        let readings = settled.readings.iter();
        diagnostic.readings =
            readings.map(|(help, text)| Mend { help: help.clone(), edits: all_at_once(text) }).collect();
        return;
    }
    let help = match guess.edits.as_slice() {
        [edit] if guess.help == spelling::HELP && settled.at_once => format!("did you mean `{}`?", edit.text),
        _ => guess.help,
    };
    diagnostic.edits = if settled.at_once { guess.edits } else { all_at_once(&settled.last.text) };
    if !help.is_empty() {
        diagnostic.help = Some(help);
    }
    if !diagnostic.readings.is_empty() {
        // None of them was right.
        diagnostic.readings.clear();
        diagnostic.why = None;
    }
}

/// Whether it may have other messages behind it, or keep some from being found: a line or a block was not read as what it is.
fn hides_others(code: Code) -> bool {
    matches!(
        code,
        Code::UnexpectedText
            | Code::UnknownStatement
            | Code::UnclosedText
            | Code::UnclosedBlock
            | Code::StrayBrace
            | Code::NotSupportedYet
    )
}

/// How many of these keep others from being seen.
fn unread(errors: &[Diagnostic]) -> usize {
    errors.iter().filter(|found| hides_others(found.code)).count()
}

/// Whether the words of its line may say what was meant: it could not be read, or holds a name or a value that is none.
fn may_be_worded(code: Code) -> bool {
    match code {
        Code::DuplicateName | Code::RepeatedClause | Code::MissingClause | Code::ReservedName => false,
        Code::AndOrMixed | Code::WaitWithoutDeadline | Code::BadDuration | Code::BadClock | Code::BareIn => true,
        // `enter when ordered and trigger.amount > 500`
        Code::JourneyOnly => true,
        // A text that says what it means, and may not.
        Code::NoFieldsHere => false,
        Code::TooLarge | Code::StrayBrace | Code::NotSupportedYet => false,
        other => matches!(other.number().get(..3), Some("F01" | "F02" | "F03")),
    }
}

/// Whether what its line asks for is what is wrong, and not a value or a period of it.
fn may_be_hinted(code: Code) -> bool {
    let is_name = matches!(code.number().get(..3), Some("F02"));
    hides_others(code) || is_name || matches!(code, Code::BareIn | Code::NotSettable)
}

/// What is wrong with a line that asks for something which is not run yet: that, and nothing else.
fn later(diagnostic: &Diagnostic, text: &str) -> Option<Diagnostic> {
    // `limit nummber?` in a `contact` asks for no limit of mails.
    let is_step =
        text.split_whitespace().next().is_some_and(|word| !matches!(word, "contact" | "event" | "email" | "team"));
    let is_subject = || trial::line_of(diagnostic, text).is_some_and(|(_, line)| line.starts_with("subject "));
    if !(is_step || is_subject()) || matches!(diagnostic.code, Code::NotSupportedYet | Code::TooLarge) {
        return None;
    }
    let (start, statement) = trial::line_of(diagnostic, text)?;
    let later = wording::later(statement)?;
    let at = diagnostic.at()?;
    let whole = Span::new(start as u32, (start + statement.len()) as u32).in_file(at.file);
    Some(syntax::not_supported_yet(&later.what, whole).help(later.today))
}

/// Enough was tried out for one project.
struct NoMoreTime;

/// With the places of its file made places of its piece.
fn local(diagnostic: Diagnostic, file: FileId, start: u32) -> Diagnostic {
    moved(diagnostic, |at| {
        if at.file == file && at.span.start >= start {
            Span::new(at.span.start - start, at.span.end - start).in_file(trial::FILE)
        } else {
            at
        }
    })
}

/// The way back.
fn global(diagnostic: Diagnostic, file: FileId, start: u32) -> Diagnostic {
    moved(diagnostic, |at| match at.file == trial::FILE {
        true => Span::new(at.span.start + start, at.span.end + start).in_file(file),
        false => at,
    })
}
