//! `reenter per registered.webinar`: journeys of one person in one workflow beside each other ([`SeveralSlots`]).
//!
//! What is known of each is kept as of any journey, by its run. What its trigger said lies in the fields of its seat, and is laid into those that steps
//! and mails read before anything of it runs ([`Touch::sit`]). Nobody but the steps of the workflow reads these, so laying it there is no change that
//! anybody would look at.
//!
//! With which values somebody has been in it, and until when, is a text that no project declares: a print of each, and the end of its last journey.

use super::changes::print;
use super::contact::{Contact, Journey};
use super::host::StepHost;
use super::plan::Plan;
use super::reason::Ignored;
use super::touch::Touch;
use super::trigger::Said;
use super::view::{ContactView, print as print_value};
use crate::inbound::Known;
use crate::store::{HeldEntry, JourneyRecord, JourneyValue};
use flow_ir::limits::MAX_LIVE_JOURNEYS;
use flow_ir::{
    CivilSpan, Field, FieldId, FieldType, FieldValue, Pattern, PatternEvent, PatternId, Program, SeveralSlots, SlotId,
    TriggerKept, WorkflowId,
};

/// How many values are remembered of one person's journeys that have ended. Who had as many comes in with none that is new, since nobody would know
/// whether it is.
const MAX_VALUES_HAD: usize = 1_000;

/// What stands for no value.
pub(super) const NO_VALUE: i64 = 0;

/// The property of an event that must have the value of the journey which counts it.
#[derive(Debug, Clone)]
pub(super) struct Keyed {
    place: usize,
    name: String,
}

impl Keyed {
    pub(super) fn of(program: &Program, pattern: &Pattern) -> Option<Keyed> {
        let PatternEvent::Declared(event) = pattern.event else { return None };
        let place = pattern.of_journey()? as usize;
        let name = program.events.get(event)?.properties.get(place)?.name.clone();
        Some(Keyed { place, name })
    }

    /// The value that an event has.
    pub(super) fn value(&self, values: &[Option<Known>]) -> i64 {
        print_of_known(&self.name, values.get(self.place).and_then(Option::as_ref))
    }
}

/// A number that stands for a value of an event as fields keep it, without regard to the case of a text. The name of the property is part of it: a
/// journey that began for a webinar is none for the city of the same name, where a change of the program tells journeys apart by cities.
fn print_of_field(program: &Program, property: &str, ty: &FieldType, value: &FieldValue) -> i64 {
    let place = |value: i64, first: i64| usize::try_from(value - first).ok();
    let words = match (value, ty) {
        (FieldValue::Missing, _) => return NO_VALUE,
        (FieldValue::Text(text), _) => Some(text.clone()),
        (FieldValue::Int(value), FieldType::OneOf(choices)) => {
            place(*value, 1).and_then(|nth| choices.get(nth).cloned())
        }
        (FieldValue::Int(value), FieldType::Stage) => place(*value, 0).and_then(|nth| program.stages.get(nth).cloned()),
        (FieldValue::Int(value), _) => Some(value.to_string()),
    };
    words.map_or(NO_VALUE, |words| print_of_words(property, &words))
}

/// The same of one as conditions test it.
fn print_of_known(property: &str, value: Option<&Known>) -> i64 {
    match value {
        None => NO_VALUE,
        Some(Known::Text(text)) => print_of_words(property, text),
        Some(Known::Number(number)) => print_of_words(property, &number.to_string()),
        Some(Known::Truth(truth)) => print_of_words(property, &i64::from(*truth).to_string()),
    }
}

fn print_of_words(property: &str, words: &str) -> i64 {
    print(&format!("{property}={words}")).max(NO_VALUE + 1)
}

/// The values with which somebody has been in a workflow, each with the end of its last journey.
#[derive(Debug, Default)]
struct Had(Vec<(i64, i64)>);

impl Had {
    fn read(text: &str) -> Had {
        let one = |one: &str| {
            let (value, ended_at) = one.split_once(':')?;
            Some((i64::from_str_radix(value, 16).ok()?, ended_at.parse().ok()?))
        };
        Had(text.split(' ').filter_map(one).collect())
    }

    fn ended_at(&self, value: i64) -> Option<i64> {
        self.0.iter().find(|(known, _)| *known == value).map(|(_, ended_at)| *ended_at)
    }

    /// Notes an end; the later of two holds.
    fn note(&mut self, value: i64, ended_at: i64) {
        match self.0.iter_mut().find(|(known, _)| *known == value) {
            Some((_, known)) => *known = ended_at.max(*known),
            None => self.0.push((value, ended_at)),
        }
    }

    fn text(&self) -> String {
        let ones: Vec<String> = self.0.iter().map(|(value, ended_at)| format!("{value:x}:{ended_at}")).collect();
        ones.join(" ")
    }
}

impl Plan {
    /// Where journeys of a workflow keep by what they are told apart; none where somebody is in it once at most.
    pub(super) fn several(&self, id: WorkflowId) -> Option<SeveralSlots> {
        let workflow = self.program.workflows.get(id)?;
        workflow.slots.several.filter(|_| workflow.several.is_some())
    }

    /// The value of what a trigger said.
    pub(super) fn value_said(&self, id: WorkflowId, said: &[FieldValue]) -> i64 {
        let key = self.program.workflows.get(id).and_then(|workflow| workflow.several.as_deref());
        let asked = self.triggers.at(id).iter().zip(said).find(|(asked, _)| Some(asked.property()) == key);
        asked.map_or(NO_VALUE, |(asked, value)| print_of_field(&self.program, asked.property(), asked.ty(), value))
    }

    /// The value that an event must have to be about a journey which counts it by this pattern; none where any is.
    pub(super) fn value_asked(&self, pattern: PatternId, values: &[Option<Known>]) -> Option<i64> {
        Some(self.keyed.get(pattern)?.as_ref()?.value(values))
    }

    /// Where a slot that keeps what the trigger said of the journey at hand is kept for a seat; of all others it is the slot itself.
    pub(super) fn seated_slot(&self, journey: &Journey, slot: SlotId) -> SlotId {
        let Some(kept) = self.seat_of(journey) else { return slot };
        let place = |field: FieldId| self.program.fields.get(field).and_then(|field| field.slot);
        let asked = self.triggers.at(journey.workflow()).iter();
        let mut own = asked.filter(|asked| asked.field(TriggerKept::Journey).and_then(place) == Some(slot));
        own.find_map(|asked| asked.field(kept).and_then(place)).unwrap_or(slot)
    }

    fn seat_of(&self, journey: &Journey) -> Option<TriggerKept> {
        let seat = journey.read(self, self.several(journey.workflow())?.seat);
        seat_numbered(seat)
    }

    /// The texts that say with which values somebody has been in a workflow: one for each property by which journeys were ever told apart.
    fn had_fields(&self, id: WorkflowId) -> impl Iterator<Item = &Field> {
        let fields = self.triggers.at(id).iter().filter_map(|asked| asked.field(TriggerKept::Had));
        fields.filter_map(|field| self.program.fields.get(field))
    }
}

fn seat_numbered(seat: i64) -> Option<TriggerKept> {
    let seat = u8::try_from(seat).ok().filter(|seat| (1..=MAX_LIVE_JOURNEYS).contains(seat))?;
    Some(TriggerKept::Seat(seat))
}

impl Journey {
    /// Its value.
    pub(super) fn value(&self, plan: &Plan) -> i64 {
        plan.several(self.workflow()).map_or(NO_VALUE, |slots| self.read(plan, slots.value))
    }

    /// Whether an event that must have a value is about it.
    pub(super) fn is_asked(&self, plan: &Plan, asked: Option<i64>) -> bool {
        asked.is_none_or(|asked| asked != NO_VALUE && asked == self.value(plan))
    }
}

impl Contact {
    /// The same of a journey that may begin.
    pub(super) fn is_asked_of(plan: &Plan, held: &HeldEntry, asked: Option<i64>) -> bool {
        asked.is_none_or(|asked| asked != NO_VALUE && asked == value_held(plan, held))
    }

    /// What the trigger of a journey said.
    pub(super) fn said_to_journey(&self, plan: &Plan, journey: &Journey) -> Said {
        self.said(plan, journey.workflow(), plan.seat_of(journey).unwrap_or(TriggerKept::Journey))
    }

    /// What that of an entry said that is held.
    pub(super) fn said_to_held(&self, plan: &Plan, held: &HeldEntry) -> Said {
        let workflow = WorkflowId(held.workflow);
        let seat = plan.several(workflow).map(|slots| seat_held(plan, held, slots));
        self.said(plan, workflow, seat.and_then(seat_numbered).unwrap_or(TriggerKept::Held))
    }

    /// Keeps what the trigger of an entry said that is held.
    pub(super) fn keep_for_held(&mut self, plan: &Plan, held: &HeldEntry, said: &Said) {
        let workflow = WorkflowId(held.workflow);
        if let Some(kept) = plan.several(workflow).and_then(|slots| seat_numbered(seat_held(plan, held, slots))) {
            self.keep_quietly(plan, workflow, kept, said);
        }
    }

    /// The contact with what the trigger of a journey said in the fields that mails read; none where it stands there already.
    pub(super) fn seated_for(&self, plan: &Plan, workflow: WorkflowId, run: u32) -> Option<Contact> {
        plan.several(workflow)?;
        let journey = self.journeys.iter().find(|own| own.workflow() == workflow && own.record.run == run)?;
        let mut seated = self.clone();
        seated.keep_quietly(plan, workflow, TriggerKept::Journey, &self.said_to_journey(plan, journey));
        Some(seated)
    }

    /// Keeps what a trigger said without a sign that anything has changed: no condition but those of the steps reads it.
    fn keep_quietly(&mut self, plan: &Plan, workflow: WorkflowId, kept: TriggerKept, said: &Said) {
        let before = (self.changed.clone(), self.unsettled.clone());
        self.keep_said(plan, workflow, kept, said);
        (self.changed, self.unsettled) = before;
    }

    /// The first seat that nobody has: not one of the journeys that live, nor of the entries that are held. Those of journeys that have ended are taken
    /// last, since a mail of theirs may still be on its way.
    fn free_seat(&self, plan: &Plan, workflow: WorkflowId, slots: SeveralSlots) -> Option<TriggerKept> {
        let own = || self.journeys.iter().filter(|journey| journey.workflow() == workflow);
        let held = self.held.iter().filter(|held| held.workflow == workflow.0);
        let held: Vec<i64> = held.map(|held| seat_held(plan, held, slots)).collect();
        let is_taken = |seat: u8, journey: &Journey| journey.read(plan, slots.seat) == i64::from(seat);
        let free = |with_ended: bool| {
            let mut seats = 1..=MAX_LIVE_JOURNEYS;
            seats.find(|seat| {
                let mut users = own().filter(|journey| with_ended || journey.is_live());
                !held.contains(&i64::from(*seat)) && !users.any(|journey| is_taken(*seat, journey))
            })
        };
        free(true).or_else(|| free(false)).map(TriggerKept::Seat)
    }

    /// How many journeys somebody has in a workflow, those that may begin included.
    fn places_taken(&self, workflow: WorkflowId) -> usize {
        let live = self.journeys.iter().filter(|journey| journey.workflow() == workflow && journey.is_live());
        live.count() + self.held.iter().filter(|held| held.workflow == workflow.0).count()
    }

    fn had(&self, plan: &Plan, workflow: WorkflowId) -> Had {
        let mut had = Had::default();
        for text in plan.had_fields(workflow).filter_map(|field| self.text_at(field.text?)) {
            Had::read(text).0.into_iter().for_each(|(value, ended_at)| had.note(value, ended_at));
        }
        had
    }

    /// Keeps them all in one text.
    fn keep_had(&mut self, plan: &Plan, workflow: WorkflowId, had: &Had) {
        let before = (self.changed.clone(), self.unsettled.clone());
        for (place, field) in plan.had_fields(workflow).enumerate() {
            if place == 0 && !had.0.is_empty() {
                self.write_text(plan, field, &had.text());
            } else {
                self.forget(plan, field);
            }
        }
        (self.changed, self.unsettled) = before;
    }
}

/// The value of an entry that is held.
pub(super) fn value_held(plan: &Plan, held: &HeldEntry) -> i64 {
    let workflow = WorkflowId(held.workflow);
    let slots = plan.several(workflow);
    slots.map_or(NO_VALUE, |slots| plan.program.workflows.at(workflow).journey.read(&held.memory, slots.value))
}

fn seat_held(plan: &Plan, held: &HeldEntry, slots: SeveralSlots) -> i64 {
    plan.program.workflows.at(WorkflowId(held.workflow)).journey.read(&held.memory, slots.seat)
}

impl Touch<'_> {
    /// Gives an entry that is to be held the seat of one that is held with the same value, if there is one.
    pub(super) fn takes_seat_of_held(&self, entry: &mut HeldEntry) -> bool {
        let plan = self.plan;
        let (workflow, value) = (WorkflowId(entry.workflow), value_held(plan, entry));
        let Some(slots) = plan.several(workflow).filter(|_| value != NO_VALUE) else { return false };
        let is_it = |held: &&HeldEntry| held.workflow == entry.workflow && value_held(plan, held) == value;
        let Some(seat) = self.contact.held.iter().find(is_it).map(|held| seat_held(plan, held, slots)) else {
            return false;
        };
        plan.program.workflows.at(workflow).journey.write(&mut entry.memory, slots.seat, seat);
        true
    }

    /// Lays what the trigger of a journey said into the fields that its steps and mails read.
    pub(super) fn sit(&mut self, index: usize) {
        let plan = self.plan;
        let (workflow, seat) = (self.journey(index).workflow(), plan.seat_of(self.journey(index)));
        if let Some(kept) = seat {
            let said = self.contact.said(plan, workflow, kept);
            self.contact.keep_quietly(plan, workflow, TriggerKept::Journey, &said);
        }
    }

    /// Gives a journey that begins, or that was somebody else's until now, a seat and its value.
    pub(super) fn seat(&mut self, index: usize, said: &Said) {
        let plan = self.plan;
        let workflow = self.journey(index).workflow();
        let Some(slots) = plan.several(workflow) else { return };
        self.journey_mut(index).write(plan, slots.seat, 0);
        let value = plan.value_said(workflow, said);
        if value != NO_VALUE {
            self.journey_mut(index).write(plan, slots.value, value);
            self.tell_value(index, said);
        }
        if !self.journey(index).is_live() {
            // Nothing of it runs any more.
            return;
        }
        let Some(TriggerKept::Seat(seat)) = self.contact.free_seat(plan, workflow, slots) else { return };
        self.journey_mut(index).write(plan, slots.seat, i64::from(seat));
        self.contact.keep_quietly(plan, workflow, TriggerKept::Seat(seat), said);
        self.contact.keep_quietly(plan, workflow, TriggerKept::Journey, said);
    }

    /// Keeps for people for which value a journey is.
    fn tell_value(&mut self, index: usize, said: &Said) {
        let plan = self.plan;
        let JourneyRecord { contact, workflow, run, .. } = self.journey(index).record;
        let key = self.workflow(WorkflowId(workflow)).several.as_deref();
        let mut asked = plan.triggers.at(WorkflowId(workflow)).iter().zip(said);
        let Some((asked, value)) = asked.find(|(asked, _)| Some(asked.property()) == key) else { return };
        let words = match value {
            FieldValue::Missing => return,
            FieldValue::Text(text) => format!("{text:?}"),
            FieldValue::Int(value) => print_value(&plan.program, asked.ty(), *value, plan.zone).unwrap_or_default(),
        };
        let value = format!("{} {words}", asked.property());
        self.batch.tell_value(JourneyValue { contact, workflow, run, value });
    }

    /// Journeys that began when there was one at most have no seat: what their trigger said stands where the next one is about to lay its own.
    pub(super) fn seat_earlier(&mut self, workflow: WorkflowId) {
        let plan = self.plan;
        if plan.several(workflow).is_none() {
            return;
        }
        for index in 0..self.contact.journeys.len() {
            let journey = self.journey(index);
            if journey.workflow() == workflow && journey.is_live() && plan.seat_of(journey).is_none() {
                let said = self.contact.said(plan, workflow, TriggerKept::Journey);
                self.seat(index, &said);
            }
        }
    }

    /// The memory of an entry that is to be held: with its value, and a seat for what its trigger said.
    pub(super) fn seat_held(&mut self, workflow: WorkflowId, memory: &mut [u8], said: &Said) -> bool {
        let plan = self.plan;
        let Some(slots) = plan.several(workflow) else { return false };
        let layout = &plan.program.workflows.at(workflow).journey;
        layout.write(memory, slots.value, plan.value_said(workflow, said));
        let Some(TriggerKept::Seat(seat)) = self.contact.free_seat(plan, workflow, slots) else { return false };
        layout.write(memory, slots.seat, i64::from(seat));
        self.contact.keep_quietly(plan, workflow, TriggerKept::Seat(seat), said);
        true
    }

    /// Why somebody does not come in with a value now, where they come in once for each.
    pub(super) fn was_in_with(&self, id: WorkflowId, again: Option<CivilSpan>, said: &[FieldValue]) -> Option<Ignored> {
        let plan = self.plan;
        let value = plan.value_said(id, said);
        if value == NO_VALUE {
            return Some(Ignored::WithoutValue);
        }
        let mut own = self.contact.journeys.iter().filter(|journey| journey.workflow() == id && journey.is_live());
        if own.any(|journey| journey.value(plan) == value) {
            return Some(Ignored::AlreadyInFor);
        }
        let had = self.contact.had(plan, id);
        match (had.ended_at(value), again) {
            (Some(_), None) => return Some(Ignored::OnlyOnceFor),
            (Some(ended_at), Some(again)) if self.now < self.after(ended_at, again) => {
                return Some(Ignored::TooSoonFor);
            }
            (Some(_), Some(_)) | (None, Some(_)) => {}
            (None, None) if had.0.len() >= MAX_VALUES_HAD => return Some(Ignored::TooManyValues),
            (None, None) => {}
        }
        (self.contact.places_taken(id) >= usize::from(MAX_LIVE_JOURNEYS)).then_some(Ignored::TooManyAtOnce)
    }

    /// The latest run for the value that a trigger said, as far as it is known.
    pub(super) fn run_for(&self, workflow: WorkflowId, said: &[FieldValue]) -> Option<u32> {
        let plan = self.plan;
        plan.several(workflow)?;
        let value = plan.value_said(workflow, said);
        let own = self.contact.journeys.iter().filter(|journey| journey.workflow() == workflow);
        let own = own.filter(|journey| value != NO_VALUE && journey.value(plan) == value);
        own.max_by_key(|journey| journey.lateness()).map(|journey| journey.record.run)
    }

    /// Notes that a journey has ended, so that its value is known; also where its workflow tells journeys apart no more, and may again one day.
    pub(super) fn note_had(&mut self, index: usize) {
        let (plan, now, workflow) = (self.plan, self.now, self.journey(index).workflow());
        let slots = self.workflow(workflow).slots.several;
        let value = slots.map_or(NO_VALUE, |slots| self.journey(index).read(plan, slots.value));
        if value == NO_VALUE {
            return;
        }
        let mut had = self.contact.had(plan, workflow);
        had.note(value, now);
        if let flow_ir::Reenter::Per { again: Some(again) } = self.workflow(workflow).reenter {
            // Whose time is over lets the same value in as if it had never been.
            had.0.retain(|(_, ended_at)| now < self.after(*ended_at, again));
            let many = had.0.len().saturating_sub(MAX_VALUES_HAD);
            had.0.drain(..many);
        }
        self.contact.keep_had(plan, workflow, &had);
    }

    /// Of two contacts who are one, each value is known that either has had.
    pub(super) fn join_had(&mut self, other: &Contact) {
        let plan = self.plan;
        for id in plan.program.workflows.ids() {
            let (mut own, theirs) = (self.contact.had(plan, id), other.had(plan, id));
            if !theirs.0.is_empty() {
                theirs.0.iter().for_each(|(value, ended_at)| own.note(*value, *ended_at));
                self.contact.keep_had(plan, id, &own);
            }
        }
    }

    /// The place of the journey in whose stead another one of its workflow would be: the latest, and of several the latest of its value.
    pub(super) fn place_beside(&self, journey: &Journey) -> Option<usize> {
        let (plan, workflow) = (self.plan, journey.workflow());
        if plan.several(workflow).is_none() {
            return self.contact.last_place_in(workflow);
        }
        let value = journey.value(plan);
        let own = self.contact.journeys.iter().enumerate();
        let own = own.filter(|(_, own)| own.workflow() == workflow && own.value(plan) == value);
        own.max_by_key(|(_, own)| own.lateness()).map(|(place, _)| place)
    }

    /// Two contacts who are one may be in a workflow more often than anybody may: the latest to come in give way.
    pub(super) fn give_up_beyond(&mut self, workflow: WorkflowId) {
        if self.plan.several(workflow).is_none() {
            return;
        }
        loop {
            let own = self.contact.journeys.iter().enumerate();
            let live = own.filter(|(_, journey)| journey.workflow() == workflow && journey.is_live());
            let live: Vec<(i64, u32, usize)> =
                live.map(|(index, journey)| (journey.record.entered_at, journey.record.run, index)).collect();
            let Some((.., index)) = live.iter().max().filter(|_| live.len() > usize::from(MAX_LIVE_JOURNEYS)) else {
                return;
            };
            let given = self.journey(*index).clone();
            self.tell_given(&given);
            self.end(*index, false);
        }
    }
}

impl StepHost<'_> {
    /// What a workflow is called where people are told of one of its journeys: with its value, where somebody may have several.
    pub(super) fn titled(&self, view: &ContactView<'_>) -> String {
        let title = self.plan.program.title(self.workflow);
        let key = self.declared().several.as_deref();
        let asked = self.plan.triggers.at(self.workflow).iter().find(|asked| Some(asked.property()) == key);
        let value = asked.and_then(|asked| Some((asked.property(), view.value(asked.field(TriggerKept::Journey)?)?)));
        value.map_or_else(|| title.to_owned(), |(property, value)| format!("{title} ({property} \"{value}\")"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Had, print_of_field, print_of_known};
    use crate::inbound::Known;
    use flow_ir::{FieldType, FieldValue, Program};

    #[test]
    fn values_that_were_had_are_read_as_they_were_written() {
        let mut had = Had::default();
        had.note(1 << 59, -7);
        had.note(12, 1_000);
        had.note(12, 900);
        let again = Had::read(&had.text());
        assert_eq!(again.0, [(1 << 59, -7), (12, 1_000)]);
        assert_eq!((again.ended_at(12), again.ended_at(13)), (Some(1_000), None));
        assert!(Had::read("").0.is_empty());
    }

    #[test]
    fn a_value_is_the_same_however_it_is_kept() {
        let program = Program::default();
        let field = |ty: &FieldType, value| print_of_field(&program, "season", ty, &value);
        let known = |value: Option<Known>| print_of_known("season", value.as_ref());
        let text = |text: &str| Some(Known::Text(text.to_owned()));
        assert_eq!(field(&FieldType::Text, FieldValue::Text("Spring".to_owned())), known(text("spring")));
        assert_eq!(field(&FieldType::Number, FieldValue::Int(70_000)), known(Some(Known::Number(70_000))));
        let one_of = FieldType::OneOf(vec!["Spring".to_owned(), "Fall".to_owned()].into());
        assert_eq!(field(&one_of, FieldValue::Int(2)), known(text("fall")));
        assert_ne!(known(text("spring")), known(text("fall")));
        assert_ne!(known(text("spring")), print_of_known("city", text("spring").as_ref()));
    }
}
