//! What keeps a log readable while one thing happens again and again: a server that puts five thousand messages off.
//!
//! Of one kind the first are told one by one, and then how many more there were. Two answers of a mail server (`451`, `552`) are two kinds, so that the
//! one that matters does not drown in the others.

use std::collections::BTreeMap;
use std::time::{Duration, Instant as Passing};

use flow_runtime::happening::{Happening, Level, Told, Value};
use flow_runtime::time::Instant;

/// So many of one kind are told one by one within a [`WINDOW`].
pub(super) const TOLD_FIRST: u64 = 20;
/// How long a kind is counted before it is told one by one again.
pub(super) const WINDOW: Duration = Duration::from_secs(10 * 60);

/// How often each kind was told lately.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    windows: BTreeMap<(&'static str, String), Window>,
}

#[derive(Debug)]
struct Window {
    /// By a clock that nobody sets, since that on the wall and the engine's may be far from each other.
    opened: Passing,
    /// When that was, as it is told.
    since: Instant,
    told: u64,
    /// Not told one by one.
    more: u64,
}

impl Bounds {
    /// Whether this one is told by itself, at this time.
    pub(super) fn admits(&mut self, told: &Told, now: Passing) -> bool {
        if told.what.kind().level == Level::Error {
            return true;
        }
        let key = (told.what.kind().word, answer(&told.what));
        let window = self.windows.entry(key).or_insert(Window { opened: now, since: told.at, told: 0, more: 0 });
        let is_told = window.told < TOLD_FIRST;
        window.told += u64::from(is_told);
        window.more += u64::from(!is_told);
        is_told
    }

    /// How many there were beside those that were told, of each kind whose time is over by now; of all of them where it is the end.
    pub(super) fn counts(&mut self, (at, now): (Instant, Passing), is_end: bool) -> Vec<Told> {
        let is_over = |window: &Window| is_end || now.saturating_duration_since(window.opened) >= WINDOW;
        let mut counts = Vec::new();
        self.windows.retain(|(repeats, _), window| {
            let over = is_over(window);
            if over && window.more > 0 {
                let what = Happening::Repeated { repeats, count: window.more, since: window.since };
                counts.push(Told { at, what });
            }
            !over
        });
        counts
    }
}

/// The number with which a mail server answered; nothing where there was none.
fn answer(what: &Happening) -> String {
    let said = what.fields().into_iter().find(|(name, _)| *name == "said");
    let Some((_, Value::Text(said))) = said else { return String::new() };
    let is_answer =
        |word: &&str| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|sign| sign.is_ascii_digit());
    said.split_whitespace().find(is_answer).unwrap_or_default().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::run;

    fn list_unwritable(at: i64, says: &str) -> Told {
        Told { at: Instant(at), what: Happening::ListUnwritable { says: says.to_owned() } }
    }

    #[test]
    fn the_first_are_told_and_the_others_counted_until_the_time_is_over() {
        let mut bounds = Bounds::default();
        let began = run::now();
        let admitted = (0..5_000).filter(|at| bounds.admits(&list_unwritable(*at, ""), began)).count();
        assert_eq!(admitted as u64, TOLD_FIRST);
        // What the clocks show does not matter.
        let far = Instant(i64::MAX);
        assert_eq!(bounds.counts((far, began + WINDOW / 2), false), []);
        let counts = bounds.counts((far, began + WINDOW), false);
        let what = Happening::Repeated { repeats: "list.unwritable", count: 5_000 - TOLD_FIRST, since: Instant(0) };
        assert_eq!(counts, [Told { at: far, what }]);
        // Afterwards it begins anew, and what was told whole needs no count.
        assert!(bounds.admits(&list_unwritable(1, ""), began + WINDOW));
        assert_eq!(bounds.counts((far, began + WINDOW), true), []);
    }

    #[test]
    fn another_answer_of_a_server_is_another_kind_and_an_error_is_always_told() {
        let failed = |says: &str| Told {
            at: Instant(0),
            what: Happening::Failed { says: says.to_owned(), help: String::new() },
        };
        let mut bounds = Bounds::default();
        assert!((0..100).all(|_| bounds.admits(&failed(""), run::now())));
        let message = flow_runtime::happening::Message {
            journey: flow_runtime::happening::JourneyName { contact: 1, workflow: "w".to_owned(), run: 1 },
            key: "c1.w.1.s0.v0".to_owned(),
            contact: 1,
            step: "send hello".to_owned(),
            email: None,
        };
        let put_off = |said: &str| Told {
            at: Instant(0),
            what: Happening::PutOff {
                message: message.clone(),
                attempt: 1,
                next_at: Instant(1),
                said: said.to_owned(),
            },
        };
        assert!(
            !(0..100).all(|_| bounds.admits(&put_off("the server answered RCPT with 451 4.7.1 later"), run::now()))
        );
        assert!(bounds.admits(&put_off("the server answered RCPT with 452 4.2.2 full"), run::now()));
    }
}
