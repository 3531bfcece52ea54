//! What a new version of the program keeps and no version before it did, filled from the log: facts, what journeys count, and who has said yes to
//! marketing mail.
//!
//! The log is read from its beginning, as columns of (contact, fact, instant): of each contact and fact the newest few count. They are put in order
//! whenever they are many, and whatever does not count is forgotten. Where there are still too many, or where the journeys of these contacts ask too
//! much (`recount.rs`), the contacts of higher numbers are left to another reading, so memory is bounded however many people there are.

use super::index::PatternIndex;
use super::reason::Undelivered;
use super::recount::{Recount, last_sends};
use super::version::grow_frame;
use crate::inbound::{MailEvent, Meaning, Named, SegmentReader};
use crate::store::{
    Batch, Changes, ContactId, ContactRecord, ContactWrite, ContactWrites, DecisionCode, DecisionRecord, DueContact,
    EventRecord, JourneyRecord, MessageId, OutboxRecord, Owner, Questions, Records, Slot, SlotBatch, SlotSink,
    SlotState, Store, StoreError, Wish,
};
use flow_ir::{
    ConsentState, EmailId, EmailKind, EngagementKind, EventId, Fact, FactId, FieldId, NEVER, PatternEvent, PatternId,
    Program, WorkflowId,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many contacts are filled together.
pub(super) const FILLED_CONTACTS: usize = 500;

/// How much of what is read from the log is in memory at once; what is more is left to another reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtOnce {
    /// Instants for facts, of 24 bytes each.
    pub instants: usize,
    /// What journeys ask and have sent, of 64 bytes each at most. One contact may have more.
    pub asked: usize,
}

impl Default for AtOnce {
    fn default() -> AtOnce {
        AtOnce { instants: 8 << 20, asked: 4 << 20 }
    }
}

/// What is to be filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct New {
    /// These facts.
    pub(crate) facts: BTreeSet<FactId>,
    /// What journeys ask.
    pub(crate) journeys: bool,
    /// Who has said yes to marketing mail.
    pub(crate) consent: bool,
}

/// A yes to marketing mail, beside the facts: of each contact the newest counts.
const CONSENT: FactId = FactId(u32::MAX);

/// Fills what no version before this one kept from the log. It may be done again: the same events are read, the facts begin anew, and a journey
/// that has been filled is as long as those of today.
pub(crate) fn recall(store: &mut impl Store, program: &Program, new: &New, at_once: AtOnce) -> Result<(), StoreError> {
    let wanted = Wanted::new(program, new);
    let mut from = ContactId(0);
    loop {
        let mut recount = match new.journeys {
            true => Recount::find(store, program, from, at_once.asked)?,
            false => Recount::default(),
        };
        if new.facts.is_empty() && !new.consent && recount.is_empty() {
            return Ok(());
        }
        let mut recalled = Recalled::between((from, recount.before()), at_once.instants);
        read_log(store, program, &wanted, &mut recount, &mut recalled)?;
        read_decisions(store, &wanted, &mut recalled)?;
        read_sends(store, program, &wanted, &mut recalled)?;
        recalled.put_in_order(&wanted);
        // Both are of the same contacts: whoever is left to another reading is left with all that is theirs.
        recalled.before.into_iter().for_each(|before| recount.leave(before));
        fill(store, program, &recalled, &recount)?;
        let Some(before) = recalled.before else { return Ok(()) };
        from = before;
    }
}

/// Which facts remember which pattern, and how many instants of it.
#[derive(Default)]
struct Wanted {
    of_pattern: BTreeMap<PatternId, Vec<FactId>>,
    depths: BTreeMap<FactId, usize>,
    /// The types of events that may match one of them.
    events: BTreeSet<EventId>,
    /// Whether any activity does.
    any_activity: bool,
    /// What is asked of mails, whichever they are.
    of_mails: Vec<(PatternEvent, PatternId)>,
    /// What remembers when marketing mails left.
    mailed: Option<FactId>,
    /// What remembers when those about a topic left.
    mailed_about: Vec<(FieldId, FactId)>,
    /// Whether it is wanted who has said yes to marketing mail.
    consent: bool,
}

impl Wanted {
    fn new(program: &Program, new: &New) -> Wanted {
        let mut wanted = Wanted { consent: new.consent, ..Wanted::default() };
        wanted.depths.extend(new.consent.then_some((CONSENT, 1)));
        for (id, fact) in new.facts.iter().filter_map(|id| Some((*id, program.facts.get(*id)?))) {
            wanted.of_pattern.entry(fact.pattern).or_default().push(id);
            wanted.depths.insert(id, fact.depth as usize);
            match program.patterns.get(fact.pattern).map(|pattern| &pattern.event) {
                Some(PatternEvent::Declared(event)) => drop(wanted.events.insert(*event)),
                Some(PatternEvent::AnyActivity) => wanted.any_activity = true,
                Some(PatternEvent::Marketed) => wanted.mailed = Some(id),
                Some(PatternEvent::MarketedAbout(topic)) => wanted.mailed_about.push((*topic, id)),
                Some(event @ (PatternEvent::Engaged(_) | PatternEvent::Mailed)) => {
                    wanted.of_mails.push((*event, fact.pattern));
                }
                // The log does not say who entered or left what.
                _ => {}
            }
        }
        wanted
    }

    /// Whether an event of a type may be one of them, before anybody looks at what it says.
    fn may_match(&self, meaning: Meaning) -> bool {
        let of_mail = meaning.mail.and_then(MailEvent::told_of_mails).and_then(|what| self.of_mails(what));
        let is_declared = || meaning.declared.is_some_and(|declared| self.events.contains(&declared));
        self.any_activity || of_mail.is_some() || is_declared()
    }

    /// The pattern that asks for this of mails, whichever they are.
    fn of_mails(&self, what: PatternEvent) -> Option<PatternId> {
        self.of_mails.iter().find(|(event, _)| *event == what).map(|(_, pattern)| *pattern)
    }

    /// The same of what no event tells and the engine has decided: that a mail left, and that its address refused it.
    fn decided(&self, decision: &DecisionRecord) -> Option<PatternId> {
        match decision.code {
            DecisionCode::Sent => self.of_mails(PatternEvent::Mailed),
            DecisionCode::Undelivered if decision.reason == Undelivered::HardBounce.number() => {
                self.of_mails(PatternEvent::Engaged(EngagementKind::Bounced))
            }
            _ => None,
        }
    }

    /// Whether decisions tell anything that is wanted.
    fn asks_decisions(&self) -> bool {
        let told = [PatternEvent::Mailed, PatternEvent::Engaged(EngagementKind::Bounced)];
        told.into_iter().any(|what| self.of_mails(what).is_some())
    }

    fn depth(&self, fact: FactId) -> usize {
        self.depths.get(&fact).copied().unwrap_or(0)
    }
}

/// What the log says of the contacts from one on, and before another.
struct Recalled {
    /// By (contact, fact), the newest first, once they are in order.
    instants: Vec<(ContactId, FactId, Reverse<i64>)>,
    from: ContactId,
    /// From here on another reading is needed.
    before: Option<ContactId>,
    at_once: usize,
}

impl Recalled {
    fn between((from, before): (ContactId, Option<ContactId>), at_once: usize) -> Recalled {
        Recalled { instants: Vec::new(), from, before, at_once }
    }

    /// Whether whoever comes behind a contact may be filled by this reading.
    fn may_follow(&self, contact: ContactId) -> bool {
        self.before.is_none_or(|before| contact < before)
    }

    fn has(&self, contact: ContactId) -> bool {
        contact >= self.from && self.before.is_none_or(|before| contact < before)
    }

    fn add(&mut self, wanted: &Wanted, instant: (ContactId, FactId, Reverse<i64>)) {
        if self.instants.len() >= self.at_once {
            self.make_room(wanted);
        }
        if self.has(instant.0) {
            self.instants.push(instant);
        }
    }

    fn put_in_order(&mut self, wanted: &Wanted) {
        self.instants.sort_unstable();
        let (mut last, mut count) = (None, 0);
        self.instants.retain(|(contact, fact, _)| {
            if last != Some((*contact, *fact)) {
                (last, count) = (Some((*contact, *fact)), 0);
            }
            count += 1;
            count <= wanted.depth(*fact)
        });
    }

    /// Forgets what does not count, and where that is not half of it, the upper half of the contacts.
    fn make_room(&mut self, wanted: &Wanted) {
        self.put_in_order(wanted);
        if self.instants.len() <= self.at_once / 2 {
            return;
        }
        // Those of one contact stay together.
        let first = self.instants.first().map_or(ContactId(0), |(contact, ..)| *contact);
        let middle = self.instants.get(self.instants.len() / 2).map_or(first, |(contact, ..)| *contact);
        let is_kept = |contact: ContactId| if middle > first { contact < middle } else { contact <= first };
        let kept = self.instants.partition_point(|(contact, ..)| is_kept(*contact));
        if let Some((before, ..)) = self.instants.get(kept) {
            self.before = Some(*before);
            self.instants.truncate(kept);
        }
    }

    /// The instants of a contact.
    fn of(&self, contact: ContactId) -> &[(ContactId, FactId, Reverse<i64>)] {
        let begin = self.instants.partition_point(|(own, ..)| *own < contact);
        let end = self.instants.partition_point(|(own, ..)| *own <= contact);
        self.instants.get(begin..end).unwrap_or_default()
    }

    fn contacts(&self) -> impl Iterator<Item = ContactId> + '_ {
        self.instants.chunk_by(|one, next| one.0 == next.0).filter_map(|own| Some(own.first()?.0))
    }
}

fn read_log(
    store: &impl Store,
    program: &Program,
    wanted: &Wanted,
    recount: &mut Recount<'_>,
    recalled: &mut Recalled,
) -> Result<(), StoreError> {
    let (index, reader) = (PatternIndex::new(program), SegmentReader::new(program));
    let mut records = store.records()?;
    let mut number = 0;
    loop {
        let page = records.events_after(number)?;
        let Some(last) = page.last() else { return Ok(()) };
        number = last.id;
        for event in page {
            let meaning = reader.meaning(&event.name);
            if !recalled.has(event.contact) {
                continue;
            }
            let is_counted = recount.is_about(event.contact);
            let may_match = wanted.may_match(meaning);
            let yes = if program.policy.confirms { MailEvent::Confirmed } else { MailEvent::Subscribed };
            let consents = wanted.consent && meaning.mail == Some(yes);
            // What it says is read where somebody may ask.
            if !is_counted && !may_match && !consents {
                continue;
            }
            let properties: serde_json::Map<_, _> = serde_json::from_str(&event.properties).unwrap_or_default();
            // Whose an address was that it names nobody knows by now: in doubt it says nothing (E7).
            let names_an_address = || crate::inbound::text_of(&properties, "email").is_some();
            // Nor is a yes to some topics one to all mail.
            if consents && !names_an_address() && Named::in_event(program, &properties).is_none() {
                recalled.add(wanted, (event.contact, CONSENT, Reverse(event.occurred_at)));
            }
            let (matched, values) = index.said_in_log(&reader, &event, properties.clone());
            recount.take(&event, (&matched, &values), meaning.mail, &properties);
            remember_all(wanted, &event, &matched, recalled);
        }
    }
}

/// No event says that a mail has left; the journeys that are kept know when each of theirs last did. Only those who are filled by this reading are
/// asked.
fn read_sends(
    store: &mut impl Store,
    program: &Program,
    wanted: &Wanted,
    recalled: &mut Recalled,
) -> Result<(), StoreError> {
    if wanted.mailed.is_none() && wanted.mailed_about.is_empty() {
        return Ok(());
    }
    let mut records = store.records()?;
    let mut after = recalled.from.0.checked_sub(1).map(ContactId);
    loop {
        let contacts = records.contacts_after(after)?;
        let Some(last) = contacts.last().filter(|_| after.is_none_or(|after| recalled.may_follow(after))) else {
            return Ok(());
        };
        after = Some(*last);
        for contacts in contacts.chunks(FILLED_CONTACTS) {
            let questions = Questions { contacts: contacts.to_vec(), ..Questions::default() };
            for mut record in store.ask(&questions)?.contacts {
                let sends = marketing_sends(&record, program);
                for (fact, (_, at)) in wanted.mailed.into_iter().flat_map(|fact| sends.iter().map(move |of| (fact, of)))
                {
                    recalled.add(wanted, (record.id, fact, Reverse(*at)));
                }
                if wanted.mailed_about.is_empty() {
                    continue;
                }
                grow_frame(&mut record.frame, &mut record.texts, program);
                for (topic, fact) in &wanted.mailed_about {
                    for at in sends_about(*topic, (program, &record.frame), &sends) {
                        recalled.add(wanted, (record.id, *fact, Reverse(at)));
                    }
                }
            }
        }
    }
}

/// What became of mails and stands in no event.
fn read_decisions(store: &impl Store, wanted: &Wanted, recalled: &mut Recalled) -> Result<(), StoreError> {
    if !wanted.asks_decisions() {
        return Ok(());
    }
    let mut records = store.records()?;
    let now_is = joined(&mut *records)?;
    let mut number = 0;
    loop {
        let page = records.decisions(number)?;
        let Some(last) = page.last() else { return Ok(()) };
        number = last.id;
        for decision in &page {
            let facts = wanted.decided(decision).and_then(|pattern| wanted.of_pattern.get(&pattern));
            let contact = now_is.get(&decision.contact).copied().unwrap_or(decision.contact);
            for fact in facts.into_iter().flatten() {
                recalled.add(wanted, (contact, *fact, Reverse(decision.at)));
            }
        }
    }
}

/// When mails about a topic left for somebody: those that are about it now, those that were, and those about topics that are gone, which may be
/// called so now (E8). What is known of each twice counts once.
fn sends_about(topic: FieldId, (program, frame): (&Program, &[u8]), sends: &[(EmailId, i64)]) -> Vec<i64> {
    let gone = &program.lineage.gone_marks;
    let is_it = |about: FieldId| about == topic || gone.contains(&about);
    let about = |email: EmailId| program.emails.get(email).and_then(|email| email.topic);
    let of_now = sends.iter().filter(|(email, _)| about(*email).is_some_and(is_it)).map(|(_, at)| *at);
    let rings =
        program.mailed_about().filter(|(about, _)| is_it(*about)).map(|(_, fact)| instants(program, frame, fact));
    let mut all: Vec<i64> = of_now.collect();
    rings.for_each(|ring| add_unknown(&mut all, &ring));
    all
}

/// The instants of a ring.
fn instants(program: &Program, frame: &[u8], fact: FactId) -> Vec<i64> {
    let Some(fact) = program.facts.get(fact) else { return Vec::new() };
    let all = (0..fact.depth).map(|nth| program.frame.read(frame, fact.slot(nth)));
    all.filter(|at| *at > NEVER).collect()
}

/// Adds the instants that are not there, each as often as it is there less often.
fn add_unknown(all: &mut Vec<i64>, more: &[i64]) {
    let mut known = all.clone();
    for at in more {
        match known.iter().position(|known| known == at) {
            Some(place) => drop(known.swap_remove(place)),
            None => all.push(*at),
        }
    }
}

/// When marketing mails left for somebody, and which.
fn marketing_sends(record: &ContactRecord, program: &Program) -> Vec<(EmailId, i64)> {
    let of_journey = |journey: &JourneyRecord| {
        let workflow = program.workflows.get(WorkflowId(journey.workflow));
        workflow.map(|workflow| last_sends(journey, workflow)).unwrap_or_default()
    };
    let is_marketing =
        |email: EmailId| program.emails.get(email).is_some_and(|email| email.kind == EmailKind::Marketing);
    let sends = record.kept.iter().flat_map(of_journey);
    sends.filter(|(email, _)| is_marketing(*email)).collect()
}

/// Who each of those who were joined into another is by now: decisions stand under whom they were made of.
fn joined(records: &mut dyn Records) -> Result<BTreeMap<ContactId, ContactId>, StoreError> {
    let mut joined = BTreeMap::new();
    let mut after = None;
    loop {
        let page = records.joined(after)?;
        let Some((last, _)) = page.last() else { return Ok(joined) };
        after = Some(*last);
        joined.extend(page);
    }
}

fn remember_all(wanted: &Wanted, event: &EventRecord, matched: &[PatternId], recalled: &mut Recalled) {
    for fact in matched.iter().filter_map(|pattern| wanted.of_pattern.get(pattern)).flatten() {
        recalled.add(wanted, (event.contact, *fact, Reverse(event.occurred_at)));
    }
}

/// Writes what was found of each contact.
fn fill(
    store: &mut impl Store,
    program: &Program,
    recalled: &Recalled,
    recount: &Recount<'_>,
) -> Result<(), StoreError> {
    let mut contacts: Vec<ContactId> = recalled.contacts().chain(recount.contacts()).collect();
    contacts.sort_unstable();
    contacts.dedup();
    let mut slots = SlotWriter::take(store)?;
    let blank = store.blank(&program.frame.blank());
    for contacts in contacts.chunks(FILLED_CONTACTS) {
        let written = ContactWrites::beside(Arc::clone(&blank));
        let mut changes = Changes { contacts: written, ..Changes::default() };
        let questions = Questions { contacts: contacts.to_vec(), ..Questions::default() };
        for mut record in store.ask(&questions)?.contacts {
            grow_frame(&mut record.frame, &mut record.texts, program);
            for of_fact in recalled.of(record.id).chunk_by(|one, next| one.1 == next.1) {
                if let [(_, CONSENT, Reverse(at)), ..] = of_fact {
                    grant(&mut record, program, *at);
                    continue;
                }
                let fact = of_fact.first().and_then(|(_, fact, _)| program.facts.get(*fact));
                let Some(fact) = fact else { continue };
                forget(program, &mut record.frame, fact);
                of_fact.iter().for_each(|(.., Reverse(at))| fact.add(&program.frame, &mut record.frame, *at));
            }
            recount.fill(&mut record, program);
            changes.contacts.push(&ContactWrite::from(record));
        }
        slots.write(store, changes)?;
    }
    slots.give_up(store)
}

/// They have said yes to marketing mail, unless something else has been said since.
fn grant(record: &mut ContactRecord, program: &Program, at: i64) {
    let Some((field, slot)) = program.consent_slot() else { return };
    if record.said_at.of(field.0).is_none_or(|said_at| said_at < at) {
        record.said_at.note(field.0, at);
        program.frame.write(&mut record.frame, slot, ConsentState::Granted.number());
    }
}

/// The slot of a store, in the hands of somebody who only brings it up to date.
struct SlotWriter {
    owner: Owner,
    slot: Slot,
    state: SlotState,
}

impl SlotWriter {
    fn take(store: &mut impl Store) -> Result<SlotWriter, StoreError> {
        let owner = store.tend(Wish { slots: 1 })?.owner;
        let slot = Slot::FIRST;
        Ok(SlotWriter { owner, slot, state: store.open(slot, 0, &mut Nobody)?.state })
    }

    fn write(&mut self, store: &mut impl Store, changes: Changes) -> Result<(), StoreError> {
        self.state.number += 1;
        let slot = SlotBatch { slot: self.slot, state: self.state, changes };
        store.commit(Batch { owner: self.owner, slots: vec![slot] })
    }

    fn give_up(self, store: &mut impl Store) -> Result<(), StoreError> {
        store.release(self.slot)
    }
}

/// Who wants nothing of what is in a slot.
struct Nobody;

impl SlotSink for Nobody {
    fn messages(&mut self, _: Vec<MessageId>) {}
    fn contacts(&mut self, _: &[DueContact]) {}
    fn outbox(&mut self, _: Vec<OutboxRecord>) {}
}

/// A ring begins anew, with nothing.
fn forget(program: &Program, frame: &mut [u8], fact: &Fact) {
    (0..fact.depth).for_each(|nth| program.frame.write(frame, fact.slot(nth), NEVER));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEPTHS: [usize; 3] = [1, 2, 4];

    fn wanted() -> Wanted {
        let depths = (0..).zip(DEPTHS).map(|(fact, depth)| (FactId(fact), depth)).collect();
        Wanted { depths, ..Wanted::default() }
    }

    proptest! {
        #[test]
        fn however_often_the_log_is_read_everybody_gets_their_newest_once(
            log in proptest::collection::vec((1_u64..40, 0_u32..3, 0_i64..50), 0..300),
            at_once in 10_usize..60,
        ) {
            let wanted = wanted();
            let mut expected: BTreeMap<(ContactId, FactId), Vec<i64>> = BTreeMap::new();
            for (contact, fact, at) in &log {
                expected.entry((ContactId(*contact), FactId(*fact))).or_default().push(*at);
            }
            for ((_, fact), instants) in &mut expected {
                instants.sort_unstable_by_key(|at| Reverse(*at));
                instants.truncate(wanted.depth(*fact));
            }
            let mut found: BTreeMap<(ContactId, FactId), Vec<i64>> = BTreeMap::new();
            let mut from = Some(ContactId(0));
            while let Some(first) = from {
                let mut recalled = Recalled::between((first, None), at_once);
                for (contact, fact, at) in &log {
                    recalled.add(&wanted, (ContactId(*contact), FactId(*fact), Reverse(*at)));
                    prop_assert!(recalled.instants.len() <= at_once);
                }
                recalled.put_in_order(&wanted);
                let contacts: Vec<ContactId> = recalled.contacts().collect();
                for contact in contacts {
                    for (_, fact, Reverse(at)) in recalled.of(contact) {
                        found.entry((contact, *fact)).or_default().push(*at);
                    }
                }
                prop_assert!(recalled.before.is_none_or(|before| before > first), "each reading fills somebody");
                from = recalled.before;
            }
            prop_assert_eq!(found, expected);
        }
    }
}
