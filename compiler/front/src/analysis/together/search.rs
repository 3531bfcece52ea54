//! How one question is answered: a tableau (Smullyan 1968), with what is forced taken first (Davis, Logemann and Loveland 1962).
//!
//! Tests that must all hold are gathered, and what each says of a field narrows the values it may have ([`Domain`]). Of an `or`, the parts
//! that what is known already rules out are left out; where one is left it must hold, where more are left they are tried one after the
//! other, those of the shortest first. What a try has narrowed is undone behind it.

use super::{EVERYTHING, Said, Together, When};
use crate::domain::{Domain, Range, event_can_be};
use crate::typed::{Cond, EventTest, Number, Part, Since};
use flow_ir::{Comparison, FieldId, PatternEvent};
use std::collections::{BTreeMap, HashMap};

/// How many `or`s are tried inside each other: each is a frame of the stack.
const MAX_DEPTH: usize = 400;

/// What has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'p> {
    Field(FieldId),
    /// For how long a person has been known: whoever has been for 30 days has been for 7.
    Watched,
    /// A sum of fields.
    Number(&'p Number),
    /// How two numbers lie to each other: -1, 0 or 1.
    Pair(&'p Number, &'p Number),
}

/// Parts of which one must be so, and how.
#[derive(Debug, Clone, Copy)]
struct Or<'p> {
    parts: &'p [Part],
    holds: bool,
    /// One of them is so, or is being tried.
    settled: bool,
}

/// What was done last, to be undone behind a try.
enum Done<'p> {
    Narrowed(Key<'p>, Option<Domain<'p>>),
    Said(&'p Cond),
    Happened,
    NotHappened,
    Or,
    Settled(usize),
}

/// What the `or`s come to, as far as can be seen without trying.
enum Next<'p> {
    /// None of the parts of one is possible.
    Never,
    /// This must be so, to settle one of them.
    Forced(usize, Said<'p>),
    /// Several parts of this one are possible, of each other one as many or more.
    Try(usize),
    AllSettled,
}

/// One question on its way.
pub(super) struct Search<'p, 't> {
    together: &'t Together<'p>,
    when: When,
    /// The looks that this question still has.
    left: usize,
    /// It was looked at for long enough.
    given_up: bool,
    depth: usize,
    domains: BTreeMap<Key<'p>, Domain<'p>>,
    /// What nothing more is known of: it is so or it is not.
    said: HashMap<&'p Cond, bool>,
    happened: Vec<&'p EventTest>,
    not_happened: Vec<&'p EventTest>,
    ors: Vec<Or<'p>>,
    done: Vec<Done<'p>>,
}

impl<'p, 't> Search<'p, 't> {
    pub(super) fn new(together: &'t Together<'p>, when: When, left: usize) -> Self {
        Self {
            together,
            when,
            left,
            given_up: false,
            depth: 0,
            domains: BTreeMap::new(),
            said: HashMap::new(),
            happened: Vec::new(),
            not_happened: Vec::new(),
            ors: Vec::new(),
            done: Vec::new(),
        }
    }

    /// False where it is proved that these can never hold at one moment.
    pub(super) fn can_hold(mut self, said: &[Said<'p>]) -> bool {
        self.gather(said.to_vec()) && self.settle()
    }

    /// Takes some looks of this question and of all; gives up where they do not suffice.
    fn look(&mut self, looks: usize) {
        let left = self.left.checked_sub(looks);
        self.left = left.unwrap_or_default();
        self.given_up |= left.is_none() || !self.together.take(looks);
    }

    /// Notes what must all be so; false where it cannot be.
    fn gather(&mut self, mut all: Vec<Said<'p>>) -> bool {
        while let Some((cond, holds)) = all.pop() {
            self.look(weight(cond));
            if self.given_up {
                return true;
            }
            let possible = match (cond, holds) {
                (Cond::All(parts), true) | (Cond::Any(parts), false) => {
                    all.extend(parts.iter().map(|part| (&part.cond, holds)));
                    true
                }
                (Cond::All(parts) | Cond::Any(parts), _) => {
                    self.ors.push(Or { parts, holds, settled: false });
                    self.done.push(Done::Or);
                    true
                }
                (Cond::Not(inner), _) => {
                    all.push((inner, !holds));
                    true
                }
                (Cond::Unknown, _) => true,
                (Cond::Segment(id), _) => match self.said.get(cond) {
                    Some(known) => *known == holds,
                    None => {
                        self.note(cond, holds);
                        all.extend(self.together.live_segment(*id).map(|said| (said, holds)));
                        true
                    }
                },
                (test, _) => self.add(test, holds, &mut all),
            };
            if !possible {
                return false;
            }
        }
        true
    }

    /// Whether every `or` can be settled beside what was gathered.
    fn settle(&mut self) -> bool {
        loop {
            if self.given_up {
                return true;
            }
            match self.next() {
                Next::Never => return self.given_up,
                Next::AllSettled => return true,
                Next::Forced(or, said) => {
                    self.mark_settled(or);
                    if !self.gather(vec![said]) {
                        return false;
                    }
                }
                Next::Try(or) => return self.try_each(or),
            }
        }
    }

    fn next(&mut self) -> Next<'p> {
        let mut shortest: Option<(usize, usize)> = None;
        for at in 0..self.ors.len() {
            let Some(or) = self.ors.get(at).copied().filter(|or| !or.settled) else { continue };
            let (mut open, mut last, mut is_so) = (0, None, false);
            for part in or.parts {
                match self.known(&part.cond, or.holds) {
                    Some(false) => {}
                    None => (open, last) = (open + 1, Some((&part.cond, or.holds))),
                    Some(true) => is_so = true,
                }
                if is_so {
                    break;
                }
            }
            match (is_so, open, last) {
                (true, ..) => self.mark_settled(at),
                (false, 1, Some(last)) => return Next::Forced(at, last),
                (false, _, None) => return Next::Never,
                _ if shortest.is_none_or(|(shortest, _)| open < shortest) => shortest = Some((open, at)),
                _ => {}
            }
        }
        shortest.map_or(Next::AllSettled, |(_, at)| Next::Try(at))
    }

    fn try_each(&mut self, or: usize) -> bool {
        if self.depth >= MAX_DEPTH {
            return true;
        }
        self.depth += 1;
        self.mark_settled(or);
        let Some(Or { parts, holds, .. }) = self.ors.get(or).copied() else { return true };
        for part in parts {
            let before = self.done.len();
            if self.gather(vec![(&part.cond, holds)]) && self.settle() {
                return true;
            }
            self.undo(before);
            // From here on, it is one of the others.
            if is_one_test(&part.cond) && !self.gather(vec![(&part.cond, !holds)]) {
                break;
            }
        }
        self.depth -= 1;
        self.given_up
    }

    fn mark_settled(&mut self, at: usize) {
        if let Some(or) = self.ors.get_mut(at) {
            or.settled = true;
            self.done.push(Done::Settled(at));
        }
    }

    fn undo(&mut self, before: usize) {
        while self.done.len() > before {
            match self.done.pop() {
                Some(Done::Narrowed(key, Some(domain))) => _ = self.domains.insert(key, domain),
                Some(Done::Narrowed(key, None)) => _ = self.domains.remove(&key),
                Some(Done::Said(cond)) => _ = self.said.remove(cond),
                Some(Done::Happened) => _ = self.happened.pop(),
                Some(Done::NotHappened) => _ = self.not_happened.pop(),
                Some(Done::Or) => _ = self.ors.pop(),
                Some(Done::Settled(at)) => {
                    if let Some(or) = self.ors.get_mut(at) {
                        or.settled = false;
                    }
                }
                None => {}
            }
        }
    }

    /// Whether it is so, where what was gathered tells.
    fn known(&mut self, cond: &'p Cond, holds: bool) -> Option<bool> {
        self.look(weight(cond));
        if self.given_up {
            return None;
        }
        match cond {
            Cond::Not(inner) => self.known(inner, !holds),
            Cond::All(parts) | Cond::Any(parts) => {
                // One part that is not so decides an `and`, one that is so decides an `or`.
                let decides = matches!(cond, Cond::All(_)) != holds;
                let mut all_known = true;
                for part in parts {
                    let known = self.known(&part.cond, holds);
                    if known == Some(decides) {
                        return known;
                    }
                    all_known &= known.is_some();
                }
                all_known.then_some(!decides)
            }
            Cond::Segment(id) => match self.said.get(cond) {
                Some(known) => Some(*known == holds),
                None => self.together.live_segment(*id).and_then(|said| self.known(said, holds)),
            },
            Cond::Unknown => None,
            test => {
                if self.rules_out(test, holds) {
                    Some(false)
                } else if self.rules_out(test, !holds) {
                    Some(true)
                } else {
                    None
                }
            }
        }
    }

    /// Whether a single test cannot be so beside what was gathered.
    fn rules_out(&mut self, test: &'p Cond, holds: bool) -> bool {
        if let Some(key) = key_of(test) {
            let mut domain = self.domain(key);
            narrow(test, holds, &mut domain);
            self.look(domain.weight());
            return !domain.is_possible();
        }
        if let Some(known) = self.said.get(test) {
            return *known != holds;
        }
        match test {
            _ if holds && self.is_still_to_come(test) => true,
            Cond::Events(test) => self.rules_out_event(test, holds),
            Cond::Compare(Number::Const(left), comparison, Number::Const(right)) => {
                comparison.holds(*left, *right) != holds
            }
            test => self.click_without_click(test, holds),
        }
    }

    fn rules_out_event(&mut self, test: &'p EventTest, holds: bool) -> bool {
        self.look(if holds { self.not_happened.len() } else { self.happened.len() });
        let (together, when) = (self.together, self.when);
        if holds {
            self.not_happened.iter().any(|other| together.is_never_without(test, other, when))
                || !event_can_be(&test.pattern.tests, None)
        } else {
            self.happened.iter().any(|other| together.is_never_without(other, test, when))
        }
    }

    /// Notes a single test; false where it cannot be so beside the others.
    fn add(&mut self, test: &'p Cond, holds: bool, all: &mut Vec<Said<'p>>) -> bool {
        if let Some(key) = key_of(test) {
            let fields = match test {
                Cond::Compare(left, _, right) if holds && !matches!(key, Key::Field(_)) => {
                    [left.fields(), right.fields()].concat()
                }
                _ => Vec::new(),
            };
            return self.narrow(key, |domain| narrow(test, holds, domain))
                && fields.into_iter().all(|of| self.narrow(Key::Field(of), |domain| domain.known(true)));
        }
        if self.rules_out(test, holds) {
            return false;
        }
        if self.said.contains_key(test) {
            return true;
        }
        self.note(test, holds);
        let Cond::Events(event) = test else { return true };
        if !holds {
            self.not_happened.push(event);
            self.done.push(Done::NotHappened);
            return true;
        }
        all.extend(self.crossing(event));
        self.happened.push(event);
        self.done.push(Done::Happened);
        event.since != Since::Trigger || one_event_can_be_all(&self.happened)
    }

    fn note(&mut self, cond: &'p Cond, holds: bool) {
        self.said.insert(cond, holds);
        self.done.push(Done::Said(cond));
    }

    fn narrow(&mut self, key: Key<'p>, narrow: impl FnOnce(&mut Domain<'p>)) -> bool {
        let mut domain = self.domain(key);
        narrow(&mut domain);
        self.look(domain.weight());
        let possible = domain.is_possible();
        let before = self.domains.insert(key, domain);
        self.done.push(Done::Narrowed(key, before));
        possible
    }

    /// What it may be, as far as is known.
    fn domain(&self, key: Key<'p>) -> Domain<'p> {
        let may_lack = |number: &Number| number.fields().into_iter().any(|of| self.together.may_lack(of));
        self.domains.get(&key).cloned().unwrap_or_else(|| match key {
            Key::Field(of) => self.together.domain_of(of),
            Key::Watched => Domain::all(EVERYTHING, false),
            Key::Number(of) => Domain::all(EVERYTHING, may_lack(of)),
            Key::Pair(left, right) => Domain::all((-1, 1), may_lack(left) || may_lack(right)),
        })
    }

    /// Whether nobody has come so far yet.
    fn is_still_to_come(&self, test: &Cond) -> bool {
        self.when != When::Anytime && is_of_journey(test)
    }

    /// Who has just entered a segment is in it.
    fn crossing(&self, test: &EventTest) -> Option<Said<'p>> {
        let (PatternEvent::Entered(id) | PatternEvent::Left(id)) = test.pattern.event else { return None };
        let said = self.together.live_segment(id).filter(|_| test.since == Since::Trigger)?;
        Some((said, matches!(test.pattern.event, PatternEvent::Entered(_))))
    }

    /// Whoever clicked a link clicked.
    fn click_without_click(&self, test: &Cond, holds: bool) -> bool {
        let Cond::Engaged { kind, email, link } = test else { return false };
        match (link, holds) {
            (Some(_), true) => self.said.get(&Cond::Engaged { kind: *kind, email: *email, link: None }) == Some(&false),
            (None, false) => self.said.iter().any(|(said, holds)| {
                *holds && matches!(said, Cond::Engaged { kind: of, email: at, .. } if (of, at) == (kind, email))
            }),
            _ => false,
        }
    }
}

/// How much there is to look at in a test itself.
fn weight(cond: &Cond) -> usize {
    1 + match cond {
        Cond::CodeIn(_, codes) => codes.len(),
        Cond::TextIn(_, texts) => texts.len(),
        Cond::Events(test) => test.pattern.tests.len(),
        _ => 0,
    }
}

/// What a test says something of, where that has a value.
fn key_of(test: &Cond) -> Option<Key<'_>> {
    Some(match test {
        Cond::Truth(of) | Cond::Known(of) | Cond::CodeIn(of, _) | Cond::TextIn(of, _) | Cond::TextTest(of, ..) => {
            Key::Field(*of)
        }
        Cond::Compare(left, _, right) => match (left, right) {
            (Number::Const(_), Number::Const(_)) => return None,
            (Number::Field(of) | Number::Or(of, _), Number::Const(_))
            | (Number::Const(_), Number::Field(of) | Number::Or(of, _)) => Key::Field(*of),
            (number, Number::Const(_)) | (Number::Const(_), number) => Key::Number(number),
            _ => Key::Pair(left.min(right), left.max(right)),
        },
        Cond::Watched(_) => Key::Watched,
        _ => return None,
    })
}

/// Takes from the values those with which a test does not hold, or does.
fn narrow<'p>(test: &'p Cond, holds: bool, domain: &mut Domain<'p>) {
    match test {
        Cond::Truth(_) => domain.within([(1, 1)], holds),
        Cond::Watched(ms) => domain.within(beside(Comparison::GreaterOrEqual, *ms), holds),
        Cond::Known(_) => domain.known(holds),
        Cond::CodeIn(_, codes) => domain.within(codes.iter().map(|code| (*code, *code)), holds),
        Cond::TextIn(_, texts) => domain.is_one_of(texts, holds),
        Cond::TextTest(_, kind, needle) => domain.has_in_it(*kind, std::slice::from_ref(needle), holds),
        Cond::Compare(left, comparison, right) => match (left, right) {
            (number, Number::Const(value)) => compare(number, *comparison, *value, holds, domain),
            (Number::Const(value), number) => compare(number, comparison.turned(), *value, holds, domain),
            _ => {
                let comparison = if left <= right { *comparison } else { comparison.turned() };
                domain.within(beside(comparison, 0), holds);
            }
        },
        _ => {}
    }
}

fn compare(number: &Number, comparison: Comparison, value: i64, holds: bool, domain: &mut Domain<'_>) {
    let lacking_is_so = matches!(number, Number::Or(_, instead) if comparison.holds(*instead, value));
    domain.within_or_lacking(beside(comparison, value), lacking_is_so, holds);
}

/// Whether there is nothing in it to be tried.
fn is_one_test(cond: &Cond) -> bool {
    match cond {
        Cond::Not(inner) => is_one_test(inner),
        Cond::All(_) | Cond::Any(_) | Cond::Segment(_) | Cond::Unknown => false,
        _ => true,
    }
}

/// Whether one event can be all that somebody is let in by: people come in at a single one.
fn one_event_can_be_all(happened: &[&EventTest]) -> bool {
    let triggers = || happened.iter().filter(|test| test.since == Since::Trigger);
    let tests_of = |event| {
        let of_event = triggers().filter(move |test| test.pattern.event == event);
        of_event.flat_map(|test| &test.pattern.tests)
    };
    triggers().all(|test| event_can_be(tests_of(test.pattern.event), None))
}

/// Whether it can only be so because of what happened in the journey.
fn is_of_journey(test: &Cond) -> bool {
    match test {
        Cond::Events(test) => matches!(test.since, Since::Journey(_)),
        other => matches!(other, Cond::Engaged { .. } | Cond::Sent(_) | Cond::TimedOut),
    }
}

/// The numbers that lie so beside one.
fn beside(comparison: Comparison, value: i64) -> Vec<Range> {
    let below = value.checked_sub(1).map(|last| (i64::MIN, last));
    let above = value.checked_add(1).map(|first| (first, i64::MAX));
    let same = Some((value, value));
    let ranges = match comparison {
        Comparison::Equal => [same, None],
        Comparison::NotEqual => [below, above],
        Comparison::Less => [below, None],
        Comparison::LessOrEqual => [below, same],
        Comparison::Greater => [None, above],
        Comparison::GreaterOrEqual => [same, above],
    };
    ranges.into_iter().flatten().collect()
}
