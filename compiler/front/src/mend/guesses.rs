//! What a line may have meant: the guesses of whoever found it wrong, and those that its words suggest, the likeliest first.

use super::spelling::Spelt;
use super::{Bench, MAX_GUESSES, blocks, by_journey, by_name, by_trigger, may_be_worded, signs, spelling, trial};
use crate::diagnostics::{Code, Diagnostic, Mend};
use crate::syntax::wording;
use std::collections::BTreeSet;

impl Bench<'_> {
    /// What a diagnostic, and the words of its line, suggest: the likeliest first.
    pub(super) fn guesses(&self, diagnostic: &Diagnostic, text: &str) -> Vec<Mend> {
        // What a trigger said may be asked of an event too, and would mean another one.
        let mut first: Vec<Mend> = Vec::new();
        let (mut whole, mut said, mut loose) = (Vec::new(), Vec::new(), Vec::new());
        if let Some((start, line)) = trial::line_of(diagnostic, text).filter(|_| may_be_worded(diagnostic.code)) {
            let is_text = is_said_to_people(text, start, line);
            let of_names = if is_text { Vec::new() } else { by_name::wordings(self.env, line) };
            let spelt = if is_text { Spelt::default() } else { spelling::wordings(&self.names, line) };
            let fillers = spelling::without_fillers(&self.names, line).filter(|_| !is_text);
            let wordings = spelt.sure.into_iter().chain(of_names).chain(wording::wordings(line));
            let wordings = wordings.chain(spelt.likely);
            loose.extend(wording::loose(line).into_iter().chain(fillers).map(|said| trial::in_piece(&said, start)));
            let trigger = by_trigger::Trigger::of(self.env, text);
            first.extend(by_journey::wordings(self.env, line).iter().map(|said| trial::in_piece(said, start)));
            first.extend(by_name::of_named_event(self.env, line).map(|said| trial::in_piece(&said, start)));
            first.extend(trigger.and_then(|trigger| trigger.wording(line)).map(|said| trial::in_piece(&said, start)));
            said.extend(signs::doubled(line).map(|said| trial::in_piece(&said, start)));
            said.extend(signs::exit_among_steps(text, start, line));
            said.extend(wordings.map(|said| trial::in_piece(&said, start)));
            whole.extend(signs::apart(line).map(|said| trial::in_piece(&said, start)));
            whole.extend(wording::word_between(line).map(|said| trial::in_piece(&said, start)));
            whole.extend(signs::straight_quotes(diagnostic, text));
            whole.extend(blocks::segment_in_block(diagnostic, text));
            whole.extend(blocks::template_in_head(diagnostic, text));
            whole.extend(blocks::block_with_commas(diagnostic, text));
            whole.extend(signs::double_braces(diagnostic, text));
            whole.extend(blocks::block_in_words(diagnostic, text));
            whole.extend(blocks::round_block(diagnostic, text));
            whole.extend(blocks::empty_block(diagnostic, text));
            loose.extend(by_name::tags(self.env, line).map(|said| trial::in_piece(&said, start)));
            said.extend(signs::single_braces(diagnostic, text));
            said.extend(signs::without_field_braces(diagnostic, text));
            said.extend(blocks::without_braces(diagnostic, text).filter(|_| !wording::is_text_line(line)));
        }
        whole.extend(signs::needless_open(diagnostic, text));
        said.extend(signs::closed_text(diagnostic, text));
        let of_line = trial::line_of(diagnostic, text).filter(|_| diagnostic.code == Code::UnexpectedText);
        let quoted = of_line.and_then(|(start, line)| Some(trial::in_piece(&by_name::quoted(line)?, start)));
        let own = Mend { help: diagnostic.help.clone().unwrap_or_default(), edits: diagnostic.edits.clone() };
        let own = (!own.edits.is_empty()).then_some(own);
        let own = whole.into_iter().chain(quoted).chain(own).chain(diagnostic.tries.iter().cloned());
        // Whoever found it knows best, unless it was only a word that looked like another.
        let mut guesses = first;
        if diagnostic.guessed {
            guesses.extend(said.into_iter().chain(own));
        } else {
            guesses.extend(own.chain(said));
        }
        guesses.extend(loose);
        distinct(&mut guesses, text);
        guesses
    }
}

/// What people write to each other, and what they call a thing, is left as it is.
pub(super) fn is_said_to_people(text: &str, start: usize, line: &str) -> bool {
    wording::is_text_line(line) || trial::declares(text, start, line)
}

/// Leaves out the guesses that lead to the same line as one before, and those that are too many.
pub(super) fn distinct(guesses: &mut Vec<Mend>, text: &str) {
    let mut seen = BTreeSet::new();
    guesses.retain(|guess| trial::lines_after(text, &guess.edits).is_some_and(|line| seen.insert(line)));
    guesses.truncate(MAX_GUESSES);
}
