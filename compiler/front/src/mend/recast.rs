//! Lines said otherwise, step by step: each way to say a line is said otherwise once more, and what can be read at last is tried. So several slips
//! in one line are mended together, each of which alone would leave a line that nobody can read.

use super::guesses::{distinct, is_said_to_people};
use super::{Bench, MAX_GUESSES, MAX_ROUNDS, Mended, NoMoreTime, by_name, spelling, trial};
use crate::diagnostics::{Diagnostic, Edit, Mend};
use crate::syntax::{reads_somewhere, wording};
use std::collections::BTreeSet;

/// What it takes to say one line otherwise, in bytes that could be read in that time.
const RECAST_BYTES: usize = 400;
/// How many ways of saying a line otherwise are said otherwise once more.
const MAX_RECAST: usize = 12;
/// And how often.
const MAX_RECASTS: usize = 3;
/// A line that has become longer is no other way of saying it.
const MAX_RECAST_LINE: usize = 400;

impl Bench<'_> {
    /// What a line may have meant once its words are known, and several things in it said otherwise: the fewest changes first. Only lines
    /// that can be read somewhere.
    pub(super) fn recast(&mut self, diagnostic: &Diagnostic, text: &str) -> Vec<Mend> {
        let line = trial::line_of(diagnostic, text);
        let Some((start, line)) = line.filter(|(start, line)| !is_said_to_people(text, *start, line)) else {
            return Vec::new();
        };
        let mut seen: BTreeSet<String> = BTreeSet::from([line.to_owned()]);
        let mut all: Vec<(String, &'static str)> = Vec::new();
        for base in spelling::recast(&self.names, line) {
            if seen.insert(base.clone()) {
                all.push((base, spelling::HELP));
            }
        }
        // `exit when unsubscribed, replied to welcome`: one of them is the likelier meaning.
        let either = Some(line)
            .filter(|_| super::hides_others(diagnostic.code))
            .and_then(wording::either_of)
            .and_then(|said| Some((said.applied(line)?, said.help)));
        all.extend(either.filter(|(said, _)| seen.insert(said.clone())));
        let own = self.said(line).into_iter().filter(|(said, _)| seen.insert(said.clone()));
        all.extend(own.take(MAX_RECAST));
        let mut looked_at = 0;
        for depth in 0..MAX_RECASTS {
            let until = if depth == 0 { all.len() } else { all.len().min(looked_at + MAX_RECAST) };
            for nth in looked_at..until {
                // To say it otherwise takes as long as to read so much.
                let left = self.recast_left.checked_sub(RECAST_BYTES);
                let (Some(left), Some((base, first))) = (left, all.get(nth).cloned()) else { break };
                self.recast_left = left;
                let said = self.said(&base).into_iter().filter(|(said, _)| seen.insert(said.clone()));
                // What was said otherwise first is told, unless something was left out later.
                let is_told = |help: &str| first == spelling::HELP || wording::COUNTS_NOTHING.contains(&help);
                all.extend(said.map(|(said, help)| (said, if is_told(help) { help } else { first })));
            }
            looked_at = until;
        }
        let readable = all.into_iter().filter(|(said, _)| reads_somewhere(said)).take(MAX_GUESSES);
        let whole =
            |(text, help): (String, &'static str)| wording::Wording { edits: vec![(0..line.len(), text)], help };
        let mut guesses: Vec<Mend> = readable.map(|said| trial::in_piece(&whole(said), start)).collect();
        distinct(&mut guesses, text);
        guesses
    }

    /// Each meaning of a line that has two, or that has two once its words are known.
    pub(super) fn readings(&mut self, line: &str, unreadable: bool) -> Vec<wording::Wording> {
        let own = wording::readings(line, unreadable);
        let asks = ["if ", "exit ", "enter ", "skip "].iter().any(|word| line.to_lowercase().starts_with(word));
        let left = self.recast_left.checked_sub(RECAST_BYTES);
        let (true, true, true, Some(left)) = (own.is_empty(), unreadable, asks, left) else { return own };
        self.recast_left = left;
        let whole = |said: wording::Wording, of: &str| {
            Some(wording::Wording { edits: vec![(0..line.len(), said.applied(of)?)], help: said.help })
        };
        let mut bases = spelling::recast(&self.names, line);
        bases.extend(self.said(line).into_iter().map(|(said, _)| said).take(MAX_RECAST));
        // `if didn't open guide within 3 days`
        let twice: Vec<String> =
            bases.iter().flat_map(|base| self.said(base)).map(|(said, _)| said).take(MAX_RECAST).collect();
        bases.extend(twice);
        let found = bases.iter().find_map(|base| {
            let all: Vec<_> =
                wording::readings(base, unreadable).into_iter().filter_map(|said| whole(said, base)).collect();
            (!all.is_empty()).then_some(all)
        });
        found.unwrap_or_default()
    }

    /// A line in other words, each way once.
    fn said(&self, line: &str) -> Vec<(String, &'static str)> {
        let said = by_name::wordings(self.env, line).into_iter().chain(wording::wordings(line));
        let said = said
            .chain(wording::loose(line))
            .filter_map(|said| Some((said.applied(line)?.trim_end().to_owned(), said.help)));
        said.filter(|(said, _)| said != line && said.len() <= MAX_RECAST_LINE).collect()
    }

    /// The same of a line that is said otherwise, for which there are bytes of its own; where they are spent, it is given up alone.
    pub(super) fn follow_recast(
        &mut self,
        text: &str,
        edits: &[Edit],
        readable: bool,
    ) -> Result<Option<Mended>, NoMoreTime> {
        std::mem::swap(&mut self.left, &mut self.recast_left);
        let followed = self.follow(text, edits, MAX_ROUNDS, readable);
        std::mem::swap(&mut self.left, &mut self.recast_left);
        Ok(followed.unwrap_or_default())
    }
}
