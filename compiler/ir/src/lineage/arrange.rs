//! Lists that no record holds numbers of, in the order in which the kept program has them: so what only stands elsewhere in the text is
//! the same program.
//!
//! Each list is put in order once everything that its entries name has been.

use crate::{
    Dates, Effect, Entry, EventId, EventType, Id, IdMap, Meaning, Op, PatternEvent, PatternId, PredicateId, Program,
    Property, Reference, SegmentId, SplitId, TeamId, TextTestId, Wait, Workflow,
};
use std::collections::{BTreeMap, VecDeque};

/// Puts everything where `kept` has it, and what `kept` does not have behind that.
pub(super) fn arrange(kept: &Program, out: &mut Program) {
    properties(kept, &mut out.meaning);
    events(kept, &mut out.meaning);
    segments(kept, &mut out.meaning);
    teams(kept, &mut out.meaning);
    splits(kept, &mut out.meaning);
    text_tests(kept, &mut out.meaning);
    patterns(kept, &mut out.meaning);
    let facts = order(
        kept.facts.values().map(|fact| (fact.area, fact.first)),
        out.facts.values().map(|fact| (fact.area, fact.first)),
    );
    reorder(&mut out.meaning.facts, &facts);
    predicates(kept, out);
    for (id, workflow) in kept.workflows.iter() {
        if out.workflows.get(id).is_some() {
            journeys(workflow, out.meaning.workflows.at_mut(id));
        }
    }
}

/// For each of `new`, its place: where `kept` has it among those that are in both, the others behind in their order.
fn order<K: Ord>(kept: impl Iterator<Item = K>, new: impl Iterator<Item = K>) -> Vec<usize> {
    let mut known: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
    kept.enumerate().for_each(|(place, key)| known.entry(key).or_default().push_back(place));
    let mut ranked: Vec<(usize, usize)> = new
        .map(|key| known.get_mut(&key).and_then(VecDeque::pop_front).unwrap_or(usize::MAX))
        .enumerate()
        .map(|(index, rank)| (rank, index))
        .collect();
    ranked.sort_unstable();
    let mut places: Vec<(usize, usize)> =
        ranked.into_iter().enumerate().map(|(place, (_, index))| (index, place)).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, place)| place).collect()
}

fn at<I: Id>(places: &[usize], id: I) -> I {
    places.get(id.index()).map_or(id, |place| I::from_index(*place))
}

fn sorted<T>(list: impl IntoIterator<Item = T>, places: &[usize]) -> Vec<T> {
    let mut placed: Vec<(usize, T)> = places.iter().copied().zip(list).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, item)| item).collect()
}

fn reorder<I: Id, T: Clone>(list: &mut IdMap<I, T>, places: &[usize]) {
    *list = sorted(list.values().cloned(), places).into_iter().collect();
}

fn each_op(meaning: &mut Meaning, change: &mut dyn FnMut(&mut Op)) {
    let predicates = meaning.predicates.values_mut().map(|predicate| &mut predicate.function);
    let bodies = meaning.workflows.values_mut().map(|workflow| &mut workflow.body);
    for function in predicates.chain(bodies) {
        function.blocks.values_mut().flat_map(|block| block.ops.values_mut()).for_each(&mut *change);
    }
}

/// What each event carries, where the kept one has it.
fn properties(kept: &Program, meaning: &mut Meaning) {
    let name = |property: &Property| property.name.clone();
    let of_kept = |event: &EventType| kept.events.values().find(|before| before.name == event.name);
    let orders: Vec<Vec<usize>> = (meaning.events.values())
        .map(|event| {
            let before = of_kept(event).map(|before| before.properties.as_slice()).unwrap_or_default();
            order(before.iter().map(name), event.properties.iter().map(name))
        })
        .collect();
    for (event, places) in meaning.events.values_mut().zip(&orders) {
        event.properties = sorted(std::mem::take(&mut event.properties), places);
    }
    for pattern in meaning.patterns.values_mut() {
        let PatternEvent::Declared(event) = pattern.event else { continue };
        let Some(places) = orders.get(event.index()) else { continue };
        for test in &mut pattern.tests {
            test.property = places.get(test.property as usize).map_or(test.property, |place| *place as u32);
        }
    }
}

fn events(kept: &Program, meaning: &mut Meaning) {
    let name = |event: &EventType| event.name.clone();
    let places = order(kept.events.values().map(name), meaning.events.values().map(name));
    reorder(&mut meaning.events, &places);
    let number = |event: &mut EventId| *event = at(&places, *event);
    for pattern in meaning.patterns.values_mut() {
        if let PatternEvent::Declared(event) = &mut pattern.event {
            number(event);
        }
    }
    meaning.workflows.values_mut().filter_map(|workflow| workflow.event.as_mut()).for_each(number);
}

fn segments(kept: &Program, meaning: &mut Meaning) {
    let names = |meaning: &Meaning| meaning.segments.values().map(|segment| segment.name.clone()).collect::<Vec<_>>();
    let places = order(names(kept).into_iter(), names(meaning).into_iter());
    reorder(&mut meaning.segments, &places);
    let number = |segment: &mut SegmentId| *segment = at(&places, *segment);
    meaning.derived.iter_mut().flat_map(|derived| &mut derived.values).for_each(number);
    for pattern in meaning.patterns.values_mut() {
        if let PatternEvent::Entered(segment) | PatternEvent::Left(segment) = &mut pattern.event {
            number(segment);
        }
    }
    for workflow in meaning.workflows.values_mut() {
        if let Entry::Dated { dates: Dates::Schedule(schedule), .. } = &mut workflow.entry {
            number(&mut schedule.among);
        }
    }
    each_op(meaning, &mut |op| {
        if let Op::Segment(segment) = op {
            number(segment);
        }
    });
}

fn teams(kept: &Program, meaning: &mut Meaning) {
    let names = |meaning: &Meaning| meaning.teams.values().map(|team| team.name.clone()).collect::<Vec<_>>();
    let places = order(names(kept).into_iter(), names(meaning).into_iter());
    reorder(&mut meaning.teams, &places);
    let number = |reference| match reference {
        Reference::Team(team) => Reference::Team(at::<TeamId>(&places, team)),
        other => other,
    };
    let effects = meaning.workflows.values_mut().flat_map(|workflow| workflow.effects.values_mut());
    effects.for_each(|effect: &mut Effect| effect.renumber(&mut { number }));
}

fn splits(kept: &Program, meaning: &mut Meaning) {
    let names = |meaning: &Meaning| meaning.splits.values().map(|split| split.name.clone()).collect::<Vec<_>>();
    let places = order(names(kept).into_iter(), names(meaning).into_iter());
    reorder(&mut meaning.splits, &places);
    let number = |reference| match reference {
        Reference::Split(split) => Reference::Split(at::<SplitId>(&places, split)),
        other => other,
    };
    let effects = meaning.workflows.values_mut().flat_map(|workflow| workflow.effects.values_mut());
    effects.for_each(|effect: &mut Effect| effect.renumber(&mut { number }));
}

fn text_tests(kept: &Program, meaning: &mut Meaning) {
    let key = |meaning: &Meaning| meaning.text_tests.values().map(|test| format!("{test:?}")).collect::<Vec<_>>();
    let places = order(key(kept).into_iter(), key(meaning).into_iter());
    reorder(&mut meaning.text_tests, &places);
    each_op(meaning, &mut |op| {
        if let Op::TextTest(test) = op {
            *test = at::<TextTestId>(&places, *test);
        }
    });
}

fn patterns(kept: &Program, meaning: &mut Meaning) {
    let key = |meaning: &Meaning| {
        let asked = meaning.patterns.values().map(|pattern| super::keys::signature(meaning, pattern));
        asked.collect::<Vec<_>>()
    };
    let places = order(key(kept).into_iter(), key(meaning).into_iter());
    reorder(&mut meaning.patterns, &places);
    let number = |pattern: &mut PatternId| *pattern = at(&places, *pattern);
    meaning.facts.values_mut().for_each(|fact| number(&mut fact.pattern));
    for workflow in meaning.workflows.values_mut() {
        workflow.counts.iter_mut().for_each(|count| number(&mut count.pattern));
        if let Entry::Event { patterns, .. } = &mut workflow.entry {
            patterns.iter_mut().for_each(number);
        }
    }
}

fn predicates(kept: &Program, out: &mut Program) {
    let key = |program: &Program| program.predicates.values().map(|one| format!("{one:?}")).collect::<Vec<_>>();
    let places = order(key(kept).into_iter(), key(out).into_iter());
    reorder(&mut out.meaning.predicates, &places);
    let number = |predicate: &mut PredicateId| *predicate = at(&places, *predicate);
    for segment in out.meaning.segments.values_mut() {
        [&mut segment.watched, &mut segment.afresh].into_iter().for_each(number);
    }
    let members = out.meaning.teams.values_mut().flat_map(|team| &mut team.members);
    members.filter_map(|member| member.covers.as_mut()).for_each(number);
    let subjects = out.debug.emails.values_mut().flat_map(|content| &mut content.subjects);
    subjects.filter_map(|subject| subject.when.as_mut()).for_each(number);
    for workflow in out.meaning.workflows.values_mut() {
        match &mut workflow.entry {
            Entry::Event { when, .. } | Entry::Becomes { when, .. } => number(when),
            Entry::Dated { when, .. } => when.iter_mut().for_each(number),
            Entry::ByHand => {}
        }
        workflow.goal.iter_mut().for_each(|goal| number(&mut goal.when));
        workflow.exits.iter_mut().chain(&mut workflow.skip).chain(&mut workflow.pause).for_each(number);
        workflow.waits.values_mut().filter_map(Wait::when_mut).for_each(number);
    }
}

/// What a journey keeps, by where it is kept.
fn journeys(kept: &Workflow, out: &mut Workflow) {
    fn by<T, K: Ord>(kept: &[T], out: &mut Vec<T>, key: impl Fn(&T) -> K) {
        let places = order(kept.iter().map(&key), out.iter().map(&key));
        *out = sorted(std::mem::take(out), &places);
    }
    by(&kept.engagements, &mut out.engagements, |asked| asked.slot);
    by(&kept.counts, &mut out.counts, |count| count.slot);
    by(&kept.slots.sent_at, &mut out.slots.sent_at, |(_, slot)| *slot);
    by(&kept.writes, &mut out.writes, |slot| *slot);
    for (kept, out) in [(&kept.turn, &mut out.turn), (&kept.again, &mut out.again)] {
        if let (Some(kept), Some(out)) = (kept, out) {
            by(&kept.counts, &mut out.counts, |(slot, _)| *slot);
        }
    }
}
