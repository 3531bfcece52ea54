//! What the engine wants to know of a program, worked out once: who must look again when a slot changes or an event arrives.
//!
//! A contact has hundreds of slots and a program many predicates; an event changes a few slots. So each predicate's reads are kept
//! as a set of [`Bits`], with lists from slots to the segments and entries that read them, and what an event may match is found by its
//! values: the work of an item is that of those whom it concerns, and not of all there are.

use super::bits::Bits;
use super::changes::{self, WatchedChanges};
use super::confirm::Confirming;
use super::dated::DatedEntry;
use super::error::EngineError;
use super::holdout;
use super::holidays::Calendars;
use super::index::PatternIndex;
use super::kept_back::KeptBack;
use super::pending::{Kept, Pending};
use super::readers::Readers;
use super::segment::{self, WatchedDerived, WatchedSegment};
use super::several::Keyed;
use super::trigger;
use crate::inbound::Vocabulary;
use crate::time::{SendWindow, Zone, Zones};
use flow_ir::limits::MAX_LIVE_JOURNEYS;
use flow_ir::{
    Area, COME_BACK, Entry, EventCount, FactId, Field, FieldId, FieldType, Id, IdMap, Op, PatternId, PredicateId,
    Program, Reenter, Reference, Required, SlotId, SlotRole, TeamId, Terminator, TextId, Turn, Wait, WaitId, Workflow,
    WorkflowId,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A program, made ready to run.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) program: Arc<Program>,
    /// The zone of contacts that have none.
    pub(super) zone: Zone,
    pub(super) email_field: Option<FieldId>,
    pub(super) timezone_field: Option<FieldId>,
    /// What each workflow asks of the events that let people in.
    pub(super) triggers: IdMap<WorkflowId, trigger::Asked>,
    /// Until when somebody wants no marketing mail, and where the frame keeps that.
    pub(super) pause: Option<(FieldId, SlotId)>,
    /// What somebody has said of marketing mail, and where the frame keeps that; none where no policy asks for it.
    pub(super) consent: Option<(FieldId, SlotId)>,
    /// What is kept of those who have still to confirm that they want mail; none where nobody has to.
    pub(super) confirming: Option<Confirming>,
    /// The workflow that lets whoever a step has suppressed get mail again.
    pub(super) come_back: Option<WorkflowId>,
    /// Where the frame keeps whether somebody only tries things out; none where no project says who does, and in a rehearsal, where they are
    /// people as all others (E13).
    pub(super) test_people: Option<SlotId>,
    /// What somebody has said of mail about each topic, and where the frame keeps that.
    pub(super) topics: Vec<(FieldId, SlotId)>,
    /// Those of them that the project does not declare any more.
    pub(super) gone_topics: Vec<FieldId>,
    /// The fields of the slots that have one.
    pub(super) field_of: BTreeMap<SlotId, FieldId>,
    pub(super) workflows: IdMap<WorkflowId, WorkflowPlan>,
    /// The place of each workflow, by the policy's order of groups and then by its name: what happens at one instant stands in this order, however
    /// the project is written (E1).
    pub(super) places: IdMap<WorkflowId, usize>,
    /// For each pattern, the entries it triggers, with their trigger bits.
    pub(super) pattern_entries: IdMap<PatternId, Vec<(WorkflowId, u64)>>,
    /// For each pattern, the facts that remember it.
    pub(super) pattern_facts: IdMap<PatternId, Vec<FactId>>,
    /// For each pattern, the property of the event that must be that of the journey which counts it.
    pub(super) keyed: IdMap<PatternId, Option<Keyed>>,
    /// What the names of events mean, for whoever reads the log again.
    pub(super) names: Arc<Vocabulary>,
    /// The patterns on each event type, by the values they ask for.
    pub(super) patterns: PatternIndex,
    /// Workflows that take who they become true of, in order.
    pub(super) becoming: Vec<Becoming>,
    /// The conditions of their entries, by what they read.
    pub(super) becoming_readers: Readers,
    /// The places of those that time alone can change.
    pub(super) becoming_timed: Vec<usize>,
    /// The workflows that others start, each with where the frame keeps when.
    pub(super) starts: Vec<(WorkflowId, SlotId)>,
    /// The teams of which somebody may wait for an answer, and where it is kept until when.
    pub(super) lapsing: Vec<(TeamId, SlotId)>,
    /// The workflows in which people may wait for their turn.
    pub(super) turns: Vec<WorkflowId>,
    /// The days on which no business is done, by who has them.
    pub(super) calendars: Calendars,
    /// The hours that the policy's quiet hours leave.
    pub(super) quiet: Option<SendWindow>,
    /// What remembers when marketing mails left; none where nothing counts them.
    pub(super) mailed: Option<FactId>,
    /// The same of mails about the topics that caps name, by the field of each.
    pub(super) mailed_about: Vec<(FieldId, FactId)>,
    /// The workflows in which a trigger that comes during a journey begins the next one.
    pub(super) agains: Vec<WorkflowId>,
    /// Workflows that people come into by a date, in order.
    pub(super) dated: Vec<DatedEntry>,
    /// The same by what they go by.
    pub(super) dated_readers: Readers,
    /// The workflows of each group.
    groups: BTreeMap<String, Vec<WorkflowId>>,
    /// The segments that something watches, each behind those it reads.
    pub(super) segments: Vec<WatchedSegment>,
    /// The same by what they read.
    pub(super) segment_readers: Readers,
    /// The fields that follow from others.
    pub(super) derived: Vec<WatchedDerived>,
    /// The fields whose changes something waits for or counts.
    pub(super) watched: Vec<WatchedChanges>,
    /// The same by what changes with them.
    pub(super) watched_readers: Readers,
    /// What each slot of the frame is.
    pub(super) roles: Vec<(SlotId, SlotRole)>,
    /// The slots of which a contact keeps what is pending.
    pub(super) kept: BTreeMap<SlotId, Kept>,
    /// The frame of somebody nobody knows anything of.
    pub(super) blank: Vec<u8>,
    /// What that has pending.
    pub(super) blank_pending: Pending,
    /// How often one item can let something out behind everything else: each such step once.
    pub(super) max_let_out: usize,
    /// How many rounds one instant can take: every workflow may be entered once, go through each of its waits, and end. A contact that is not
    /// settled by then waits for their next event or instant, which is counted.
    pub(super) max_rounds: usize,
}

#[derive(Debug)]
pub(super) struct WorkflowPlan {
    /// What the goal reads; nothing where there is none.
    pub(super) goal: Bits,
    /// What the goal, the exits and every awaited condition read.
    pub(super) live: Bits,
    /// What its waits and its hours hang on: dates of the contact, and their country.
    pub(super) dates: Bits,
    pub(super) window: Option<SendWindow>,
    /// What keeps its journeys from their steps, and whom it keeps.
    pub(super) kept_back: KeptBack,
    /// Those for whom it does nothing.
    pub(super) holdouts: Vec<holdout::Share>,
    /// The fields without which nobody comes in.
    pub(super) required: Required,
    /// Whether it sends mail.
    pub(super) sends: bool,
    /// The fields that the condition beside its event asks for.
    pub(super) asked_at_entry: Vec<FieldId>,
    /// A journey that has not begun.
    pub(super) blank: Vec<u8>,
    /// For each step, the wait it is.
    pub(super) waits: Vec<Option<WaitId>>,
    /// What its journeys count of each pattern.
    pub(super) counts: BTreeMap<PatternId, Vec<EventCount>>,
}

impl WorkflowPlan {
    /// Whether mail of it leaves later where a day is a holiday.
    pub(super) fn asks_holidays(&self) -> bool {
        self.window.is_some_and(|window| window.asks_holidays())
    }
}

#[derive(Debug)]
pub(super) struct Becoming {
    pub(super) workflow: WorkflowId,
    pub(super) when: PredicateId,
    pub(super) was: SlotId,
    pub(super) owed: SlotId,
    pub(super) unjudged: Option<SlotId>,
    pub(super) existing: bool,
    pub(super) reads: Bits,
    /// Whether time alone can change it.
    pub(super) timed: bool,
}

impl Plan {
    /// Whether a slot keeps until when somebody wants no marketing mail.
    pub(super) fn is_pause(&self, slot: SlotId) -> bool {
        self.pause.is_some_and(|(_, pause)| pause == slot)
    }

    /// Whether a slot is that of a field which follows from others.
    pub(super) fn is_derived(&self, slot: SlotId) -> bool {
        self.derived.iter().any(|field| field.slot == slot)
    }

    /// Whether a slot keeps what somebody has said of marketing mail.
    pub(super) fn is_consent(&self, slot: SlotId) -> bool {
        self.consent.is_some_and(|(_, consent)| consent == slot)
    }

    /// Whether a slot keeps what somebody has said of mail about a topic.
    pub(super) fn is_topic(&self, slot: SlotId) -> bool {
        self.topics.iter().any(|(_, topic)| *topic == slot)
    }

    pub(super) fn new(program: Arc<Program>) -> Result<Plan, EngineError> {
        let zone = Zones::bundled().resolve(&program.timezone).ok_or_else(|| EngineError::Program {
            problem: format!("`{}` is no time zone: set an IANA name such as `Europe/Berlin`", program.timezone),
        })?;
        let calendars = Calendars::of(&program);
        let reads = Reads { program: &program, calendars: &calendars };
        let required = program.required();
        let by_name = by_name(&program);
        let becoming: Vec<Becoming> = by_name.iter().filter_map(|id| reads.becoming(*id)).collect();
        let workflows = required.iter().map(|(id, required)| reads.workflow(id, required, &by_name));
        let mut workflows = workflows.collect::<Result<Vec<_>, _>>()?;
        let kept_back = workflows.iter_mut().map(|workflow| &mut workflow.kept_back);
        KeptBack::put_in_order(&mut required.iter().map(|(id, _)| id).zip(kept_back).collect());
        // Nobody comes into a workflow that no longer is, though older steps may still start it.
        let is_here = |id: WorkflowId| !program.lineage.gone.contains(&id.0);
        let here = || by_name.iter().filter(|id| is_here(**id)).map(|id| (*id, program.workflows.at(*id)));
        let starts: Vec<(WorkflowId, SlotId)> =
            here().filter_map(|(id, workflow)| Some((id, workflow.started?))).collect();
        let lapsing: Vec<(TeamId, SlotId)> =
            program.teams.iter().filter_map(|(id, team)| Some((id, team.lapses?))).collect();
        let turns: Vec<WorkflowId> = here().filter(|(_, workflow)| workflow.turn.is_some()).map(|(id, _)| id).collect();
        let agains: Vec<WorkflowId> =
            here().filter(|(_, workflow)| workflow.again.is_some()).map(|(id, _)| id).collect();
        let dated: Vec<DatedEntry> = by_name.iter().filter_map(|id| reads.dated(&program, *id)).collect();
        let segments = segment::watched(&program, &reads, &reads.watched(&workflows, &becoming, &dated));
        // Every slot, then every text.
        let changes = program.frame.slots.len() + program.texts.len();
        let watched = changes::watched(&program);
        let plan = Plan {
            zone,
            triggers: trigger::asked(&program),
            email_field: program.email_field(),
            pause: pause_of(&program),
            consent: program.consent_slot(),
            confirming: Confirming::of(&program),
            test_people: None,
            topics: topics_of(&program),
            gone_topics: gone_topics_of(&program),
            timezone_field: program.timezone_field(),
            field_of: program.fields.iter().filter_map(|(id, field)| Some((field.slot?, id))).collect(),
            workflows: workflows.into_iter().collect(),
            places: places(&by_name, &program),
            pattern_entries: pattern_entries(&program),
            pattern_facts: pattern_facts(&program),
            keyed: program.patterns.values().map(|pattern| Keyed::of(&program, pattern)).collect(),
            names: Arc::new(Vocabulary::new(&program)),
            patterns: PatternIndex::new(&program),
            roles: program.roles(),
            kept: kept(&program, &becoming, &starts, &turns)
                .chain(kept_of_dates(&program, &agains, &dated))
                .chain(lapsing.iter().enumerate().map(|(place, (_, slot))| (*slot, Kept::Lapse(place))))
                .collect(),
            blank: program.frame.blank(),
            blank_pending: Pending::default(),
            becoming_readers: Readers::new(changes, becoming.iter().map(|entry| &entry.reads)),
            becoming_timed: (0..).zip(&becoming).filter(|(_, entry)| entry.timed).map(|(place, _)| place).collect(),
            becoming,
            starts,
            lapsing,
            turns,
            quiet: quiet(&program)?,
            calendars,
            come_back: program.workflows.find(|workflow| workflow.name == COME_BACK),
            mailed: program.mailed(),
            mailed_about: program.mailed_about().collect(),
            agains,
            dated_readers: Readers::new(changes, dated.iter().map(|entry| &entry.reads)),
            dated,
            groups: groups(&program),
            segment_readers: Readers::new(changes, segments.iter().map(|segment| &segment.reads)),
            segments,
            derived: segment::derived(&program),
            watched_readers: Readers::new(changes, watched.iter().map(|watched| &watched.reads)),
            watched,
            max_let_out: program.workflows.values().map(letting_out).sum::<usize>() + 1,
            max_rounds: program.workflows.values().map(rounds_of).sum::<usize>() + 3,
            program,
        };
        Ok(Plan { blank_pending: Pending::read(&plan, &plan.blank), ..plan })
    }

    /// For a store in which things happen to real people.
    pub(super) fn live(self) -> Plan {
        Plan { test_people: self.program.test_people().map(|people| people.holds), ..self }
    }

    /// Whether whoever this frame belongs to only tries things out, and all of this is real.
    pub(super) fn is_test_person(&self, frame: &[u8]) -> bool {
        self.test_people.is_some_and(|slot| self.program.frame.read(frame, slot) != 0)
    }

    pub(super) fn workflow(&self, id: WorkflowId) -> &WorkflowPlan {
        self.workflows.at(id)
    }

    /// The place of a workflow among all, by the order of groups and by their names.
    pub(super) fn place(&self, id: WorkflowId) -> usize {
        *self.places.at(id)
    }

    /// Where people keep their turn in a workflow; none where nobody waits for one.
    pub(super) fn turn(&self, id: WorkflowId) -> Option<&Turn> {
        self.program.workflows.get(id).filter(|_| !self.program.lineage.gone.contains(&id.0))?.turn.as_ref()
    }

    /// Where people keep a trigger that came during a journey in a workflow; none where none is kept.
    pub(super) fn again(&self, id: WorkflowId) -> Option<&Turn> {
        self.program.workflows.get(id).filter(|_| !self.program.lineage.gone.contains(&id.0))?.again.as_ref()
    }

    /// The workflows of a group.
    pub(super) fn group(&self, name: &str) -> &[WorkflowId] {
        self.groups.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn text_change(&self, text: TextId) -> usize {
        self.program.frame.slots.len() + text.index()
    }
}

/// Finds what predicates read.
pub(super) struct Reads<'p> {
    program: &'p Program,
    calendars: &'p Calendars,
}

impl Reads<'_> {
    /// What it looks at, and the zone where it goes by a calendar.
    pub(super) fn predicate(&self, id: PredicateId) -> Bits {
        let mut bits = self.named(id);
        if self.program.predicates.at(id).asks_calendar() {
            let timezone = self.program.timezone_field().and_then(|field| self.program.fields.at(field).text);
            timezone.into_iter().for_each(|text| bits.insert(self.program.frame.slots.len() + text.index()));
        }
        bits
    }

    /// What it looks at itself.
    fn named(&self, id: PredicateId) -> Bits {
        let mut bits = Bits::default();
        let predicate = self.program.predicates.at(id);
        for slot in predicate.reads(Area::Contact) {
            bits.insert(slot.index());
        }
        for test in predicate.text_tests() {
            if let Some(text) = self.program.fields.at(self.program.text_tests.at(test).field).text {
                bits.insert(self.program.frame.slots.len() + text.index());
            }
        }
        bits
    }

    fn workflow(
        &self,
        id: WorkflowId,
        required: &Required,
        by_name: &[WorkflowId],
    ) -> Result<WorkflowPlan, EngineError> {
        let workflow = self.program.workflows.at(id);
        let goal = workflow.goal.as_ref().map_or_else(Bits::default, |goal| self.predicate(goal.when));
        let mut live = goal.clone();
        let awaited = workflow.waits.values().filter_map(Wait::when);
        for predicate in workflow.exits.iter().copied().chain(workflow.pause).chain(awaited) {
            live.insert_all(&self.predicate(predicate));
        }
        let window = workflow.window.map(|window| SendWindow::new(window.days, window.from_min, window.to_min));
        let window = window.transpose().map_err(|error| EngineError::Program {
            problem: format!("the send window of `{}` cannot be kept: {error}", workflow.name),
        })?;
        Ok(WorkflowPlan {
            goal,
            live,
            dates: self.dates(workflow),
            window: window.map(|window| window.but_for_holidays(workflow.not_on_holidays)),
            kept_back: KeptBack::of(self.program, by_name, id),
            holdouts: holdout::shares(self.program, id),
            required: required.clone(),
            sends: sends_mail(workflow),
            asked_at_entry: self.asked_at_entry(workflow),
            blank: workflow.journey.blank(),
            waits: waits_of_steps(workflow),
            counts: counts(workflow),
        })
    }

    /// The dates of the contact, and the country whose holidays they have, where something hangs on it.
    fn dates(&self, workflow: &Workflow) -> Bits {
        let mut dates = Bits::default();
        let slots = workflow.waits.values().filter_map(|wait| wait.appointment()?.slot());
        slots.for_each(|slot| dates.insert(slot.index()));
        let country = self.calendars.country_of(workflow);
        country.into_iter().for_each(|text| dates.insert(self.program.frame.slots.len() + text.index()));
        dates
    }

    fn asked_at_entry(&self, workflow: &Workflow) -> Vec<FieldId> {
        let Entry::Event { when, .. } = workflow.entry else { return Vec::new() };
        // Whoever has no zone is asked by the project's, and lacks nothing.
        let reads = self.named(when);
        let is_asked = |field: &Field| {
            let slot = field.slot.is_some_and(|slot| reads.contains(slot.index()));
            slot || field.text.is_some_and(|text| reads.contains(self.program.frame.slots.len() + text.index()))
        };
        self.program.fields.iter().filter(|(_, field)| is_asked(field)).map(|(id, _)| id).collect()
    }

    fn becoming(&self, id: WorkflowId) -> Option<Becoming> {
        match self.program.workflows.at(id).entry {
            Entry::Becomes { when, was, owed, unjudged, existing } => {
                let (reads, timed) = (self.predicate(when), self.is_timed(when));
                Some(Becoming { workflow: id, when, was, owed, unjudged, existing, reads, timed })
            }
            Entry::Event { .. } | Entry::Dated { .. } | Entry::ByHand => None,
        }
    }

    fn is_timed(&self, id: PredicateId) -> bool {
        let blocks = self.program.predicates.at(id).function.blocks.values();
        blocks.flat_map(|block| block.ops.values()).any(|op| *op == Op::Now)
    }

    /// What any watched condition reads, triggered entries included.
    fn watched(&self, workflows: &[WorkflowPlan], becoming: &[Becoming], dated: &[DatedEntry]) -> Bits {
        let mut bits = Bits::default();
        workflows.iter().for_each(|workflow| bits.insert_all(&workflow.live));
        becoming.iter().for_each(|entry| bits.insert_all(&entry.reads));
        dated.iter().for_each(|entry| bits.insert_all(&entry.reads));
        dated.iter().filter_map(|entry| entry.when).for_each(|when| bits.insert_all(&self.predicate(when)));
        self.program.test_people().into_iter().for_each(|people| bits.insert(people.holds.index()));
        for workflow in self.program.workflows.values() {
            if let Entry::Event { when, .. } = workflow.entry {
                bits.insert_all(&self.predicate(when));
            }
        }
        bits
    }
}

/// The policy's groups first, then by name.
fn by_name(program: &Program) -> Vec<WorkflowId> {
    let mut ids: Vec<WorkflowId> = program.workflows.ids().collect();
    ids.sort_by_key(|id| {
        let workflow = program.workflows.at(*id);
        (program.policy.rank(workflow.group.as_deref()), workflow.name.as_str())
    });
    ids
}

fn quiet(program: &Program) -> Result<Option<SendWindow>, EngineError> {
    let open = program.policy.quiet.map(|quiet| quiet.open());
    let open = open.map(|open| SendWindow::new(open.days, open.from_min, open.to_min)).transpose();
    open.map_err(|error| EngineError::Program { problem: format!("the quiet hours cannot be kept: {error}") })
}

fn places(by_name: &[WorkflowId], program: &Program) -> IdMap<WorkflowId, usize> {
    let place = |id: WorkflowId| by_name.iter().position(|named| *named == id).unwrap_or_default();
    program.workflows.ids().map(place).collect()
}

fn kept(
    program: &Program,
    becoming: &[Becoming],
    starts: &[(WorkflowId, SlotId)],
    turns: &[WorkflowId],
) -> impl Iterator<Item = (SlotId, Kept)> {
    let owed = becoming.iter().enumerate().map(|(place, entry)| (entry.owed, Kept::Owed(place)));
    let unjudged = |(place, entry): (usize, &Becoming)| Some((entry.unjudged?, Kept::Unjudged(place)));
    let unjudged = becoming.iter().enumerate().filter_map(unjudged);
    let starts = starts.iter().enumerate().map(|(place, (_, slot))| (*slot, Kept::Start(place)));
    let turn =
        |(place, id): (usize, &WorkflowId)| Some((program.workflows.get(*id)?.turn.as_ref()?.at, Kept::Turn(place)));
    owed.chain(unjudged).chain(starts).chain(turns.iter().enumerate().filter_map(turn))
}

fn kept_of_dates(
    program: &Program,
    agains: &[WorkflowId],
    dated: &[DatedEntry],
) -> impl Iterator<Item = (SlotId, Kept)> {
    let again =
        |(place, id): (usize, &WorkflowId)| Some((program.workflows.get(*id)?.again.as_ref()?.at, Kept::Again(place)));
    let dates = dated.iter().enumerate().map(|(place, entry)| (entry.at, Kept::Date(place)));
    dates.chain(agains.iter().enumerate().filter_map(again))
}

/// How many rounds a workflow can take at one instant: its entry, each of its waits, and its end; twice where a journey begins the next one, and as often as
/// somebody may be in it.
fn rounds_of(workflow: &Workflow) -> usize {
    let once = workflow.waits.len() + 3;
    match workflow.reenter {
        _ if workflow.several.is_some() => once * (usize::from(MAX_LIVE_JOURNEYS) + 1),
        Reenter::Always => 2 * once,
        Reenter::Never | Reenter::After(_) | Reenter::Per { .. } => once,
    }
}

fn gone_topics_of(program: &Program) -> Vec<FieldId> {
    let is_gone = |topic: &FieldId| program.lineage.gone_marks.contains(topic);
    program.ever_topics().map(|(topic, _)| topic).filter(is_gone).collect()
}

fn topics_of(program: &Program) -> Vec<(FieldId, SlotId)> {
    program.ever_topics().filter_map(|(field, _)| Some((field, program.fields.get(field)?.slot?))).collect()
}

fn pause_of(program: &Program) -> Option<(FieldId, SlotId)> {
    let id = program.fields.find(|field| field.ty == FieldType::Moment && field.name == "paused_until")?;
    Some((id, program.fields.get(id)?.slot?))
}

fn sends_mail(workflow: &Workflow) -> bool {
    let named = workflow.effects.values().flat_map(|effect| effect.references());
    named.into_iter().any(|reference| matches!(reference, Reference::Email(_)))
}

fn waits_of_steps(workflow: &Workflow) -> Vec<Option<WaitId>> {
    let mut waits = vec![None; workflow.steps.len()];
    for block in workflow.body.blocks.values() {
        if let Terminator::Wait { step, wait, .. } = block.end
            && let Some(place) = waits.get_mut(step.index())
        {
            *place = Some(wait);
        }
    }
    waits
}

fn counts(workflow: &Workflow) -> BTreeMap<PatternId, Vec<EventCount>> {
    let mut counts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for count in &workflow.counts {
        counts.entry(count.pattern).or_default().push(count.clone());
    }
    counts
}

/// How many steps of a workflow let something out.
fn letting_out(workflow: &Workflow) -> usize {
    let once = workflow.effects.values().filter(|effect| effect.lets_out()).count();
    if workflow.several.is_some() { once * usize::from(MAX_LIVE_JOURNEYS) } else { once }
}

fn groups(program: &Program) -> BTreeMap<String, Vec<WorkflowId>> {
    let mut groups: BTreeMap<String, Vec<WorkflowId>> = BTreeMap::new();
    for (id, workflow) in program.workflows.iter() {
        if let Some(group) = &workflow.group {
            groups.entry(group.clone()).or_default().push(id);
        }
    }
    groups
}

fn pattern_facts(program: &Program) -> IdMap<PatternId, Vec<FactId>> {
    let mut facts: IdMap<PatternId, Vec<FactId>> = program.patterns.ids().map(|_| Vec::new()).collect();
    for (id, fact) in program.facts.iter() {
        facts.at_mut(fact.pattern).push(id);
    }
    facts
}

fn pattern_entries(program: &Program) -> IdMap<PatternId, Vec<(WorkflowId, u64)>> {
    let mut entries: IdMap<PatternId, Vec<(WorkflowId, u64)>> = program.patterns.ids().map(|_| Vec::new()).collect();
    for (id, workflow) in program.workflows.iter() {
        if let Entry::Event { patterns, .. } = &workflow.entry {
            for (bit, pattern) in patterns.iter().enumerate() {
                entries.at_mut(*pattern).push((id, 1 << bit));
            }
        }
    }
    entries
}
