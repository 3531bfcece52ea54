//! What a notice tells of a person: what they did last and whether they may be written to.
//!
//! No history is read for it. It is what frames and the journey keep because some workflow asks for it, so an event that nobody asks about
//! is not in it.

use crate::engine::host::StepHost;
use crate::engine::suppress::paused_until;
use crate::time::{Instant, Zone, civil};
use flow_ir::backend::Memory;
use flow_ir::{Area, EngagementKind, Entry, EventId, NEVER, Pattern, PatternEvent, SlotId};
use std::collections::BTreeMap;

/// How many of the things that they did are told.
const MAX_TOLD: usize = 5;

/// Which thing at an instant: the same thing is told once, in the most words that are kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Did(EventId),
    With(EngagementKind, u32),
}

/// What they did, by instant.
#[derive(Default)]
struct Deeds {
    told: BTreeMap<(i64, What), String>,
}

impl Deeds {
    fn add(&mut self, at: i64, what: What, words: String) {
        if at > NEVER {
            let told = self.told.entry((at, what)).or_default();
            if words.len() > told.len() {
                *told = words;
            }
        }
    }
}

/// The last things that they did, newest first; none where nothing is kept.
pub(super) fn deeds(host: &StepHost<'_>, memory: &Memory<'_>, zone: Zone) -> Vec<String> {
    let mut deeds = Deeds::default();
    facts(host, memory, &mut deeds);
    entry(host, memory, &mut deeds);
    engagements(host, memory, &mut deeds);
    let newest = deeds.told.into_iter().rev().take(MAX_TOLD);
    newest.filter_map(|((at, _), words)| Some(format!("{}: {words}", civil::short_words(Instant(at), zone)?))).collect()
}

fn facts(host: &StepHost<'_>, memory: &Memory<'_>, deeds: &mut Deeds) {
    let program = &host.plan.program;
    for fact in program.facts.values().filter(|fact| fact.area == Area::Contact) {
        let pattern = program.patterns.at(fact.pattern);
        let PatternEvent::Declared(event) = pattern.event else { continue };
        // What a team says of them is nothing that they did.
        if program.events.at(event).answer.is_some() {
            continue;
        }
        for nth in 0..fact.depth {
            let at = program.frame.read(&memory[Area::Contact], fact.slot(nth));
            deeds.add(at, What::Did(event), label(pattern));
        }
    }
}

/// The event that let them in, where it was of one kind: which of several it was is not kept.
fn entry(host: &StepHost<'_>, memory: &Memory<'_>, deeds: &mut Deeds) {
    let (program, workflow) = (&host.plan.program, host.declared());
    let Entry::Event { patterns, .. } = &workflow.entry else { return };
    let [pattern] = patterns.as_slice() else { return };
    let pattern = program.patterns.at(*pattern);
    if let PatternEvent::Declared(event) = pattern.event
        && program.events.at(event).answer.is_none()
    {
        let at = workflow.journey.read(&memory[Area::Journey], workflow.slots.triggered_at);
        deeds.add(at, What::Did(event), label(pattern));
    }
}

fn engagements(host: &StepHost<'_>, memory: &Memory<'_>, deeds: &mut Deeds) {
    let workflow = host.declared();
    for engagement in &workflow.engagements {
        let email = host.plan.program.emails.at(engagement.email);
        let did = match engagement.kind {
            EngagementKind::Opened => "opened",
            EngagementKind::Clicked => "clicked",
            EngagementKind::Replied => "answered",
            // Nothing that they did.
            EngagementKind::Bounced => continue,
        };
        let link = engagement.link.as_ref().map(|link| format!(", link \"{link}\"")).unwrap_or_default();
        let at = workflow.journey.read(&memory[Area::Journey], engagement.slot);
        let what = What::With(engagement.kind, engagement.email.0);
        deeds.add(at, what, format!("{did} the mail {}{link}", email.name));
    }
}

/// `visited: page is "/pricing"`, of `visited(page is "/pricing")`.
fn label(pattern: &Pattern) -> String {
    match pattern.text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((event, tests)) => format!("{}: {tests}", event.replace('_', " ")),
        None => pattern.text.replace('_', " "),
    }
}

/// Why they must not be written to as the team might, a sentence each.
pub(super) fn warnings(host: &StepHost<'_>, memory: &Memory<'_>, zone: Zone) -> Vec<String> {
    let program = &host.plan.program;
    let read = |slot: SlotId| program.frame.read(&memory[Area::Contact], slot);
    let slots = &program.system;
    let flags = [
        (slots.unsubscribed, "They have unsubscribed from marketing mail."),
        (slots.complained, "They have marked a mail as spam."),
        (slots.hard_bounced, "Their address takes no mail."),
    ];
    let mut said: Vec<String> =
        flags.iter().filter(|(slot, _)| read(*slot) != 0).map(|(_, words)| (*words).to_owned()).collect();
    let suppressed_at = read(slots.suppressed_at);
    if suppressed_at > NEVER {
        let since = civil::words(Instant(suppressed_at), zone).unwrap_or_default();
        said.push(format!("A workflow keeps marketing mail from them since {since}."));
    }
    let paused_until = paused_until(host.plan, &memory[Area::Contact]).filter(|until| *until > host.now);
    if let Some(until) = paused_until.and_then(|until| civil::words(Instant(until), zone)) {
        said.push(format!("They have paused marketing mail until {until}."));
    }
    said
}
