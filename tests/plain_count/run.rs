//! The quarter: events and timers in the order of time.

use crate::calendar::{self, DAY, HOUR, Ms, SECOND};
use crate::count::{Clicks, Mails, Tally, Workflow as WorkflowCount, one_more};
use crate::journey::{Journey, Place, Workflow};
use crate::people::{Book, Past, Person, What};
use crate::queue::Queue;
use crate::stream::{Arrival, Says};

/// The first instant of 2026-03-02 in the project's zone.
pub(crate) const START: Ms = 20_514 * DAY - HOUR;
/// The first instant that is no longer part of the run: so many days on the wall later, with an hour lost to summer time.
pub(crate) const END: Ms = START + 90 * DAY - HOUR;

/// A click so soon after the mail left is a machine's.
const MACHINE_WITHIN: Ms = 10 * SECOND;
pub(crate) const HIGH_INTENT_WINDOW: Ms = 7 * DAY;
pub(crate) const INACTIVE_AFTER: Ms = 45 * DAY;

pub(crate) struct Run {
    pub(crate) book: Book,
    pub(crate) clicks: Clicks,
    /// In the order of `Workflow::ALL`.
    pub(crate) counts: [WorkflowCount; 3],
    pub(crate) now: Ms,
    /// How many lines have been taken.
    pub(crate) lines: u64,
    queue: Queue,
    pub(crate) last_taker: Option<usize>,
    pub(crate) suppressed: Tally,
    /// By mail and address.
    pub(crate) mails: Mails,
}

impl Run {
    pub(crate) fn of(book: Book, arrivals: Vec<Arrival>) -> Run {
        let mut run = Run {
            book,
            clicks: Clicks::default(),
            counts: Default::default(),
            now: START,
            lines: 0,
            queue: Queue::default(),
            last_taker: None,
            suppressed: Tally::new(),
            mails: Mails::new(),
        };
        for person in 0..run.book.people.len() {
            run.note_suppression(person, &[]);
            run.put_in_queue(person);
        }
        for arrival in arrivals.into_iter().filter(|arrival| arrival.arrived < END) {
            run.timers_before(arrival.arrived);
            run.now = run.now.max(arrival.arrived);
            run.receive(arrival);
        }
        run.timers_before(END);
        for journey in run.book.people.iter().flat_map(|person| &person.journeys) {
            let count = &mut run.counts[journey.workflow as usize];
            count.without_mail += u64::from(journey.sent.is_empty());
            if journey.is_live() {
                count.live += 1;
                if let Some(Place::Held { email, .. }) = journey.place {
                    count.at_send(email).here += 1;
                }
            }
        }
        run
    }

    /// All timers of earlier instants: those of this instant wait for its events.
    fn timers_before(&mut self, instant: Ms) {
        while let Some((at, person)) = self.queue.first().filter(|(at, _)| *at < instant) {
            self.now = at;
            if !self.book.people[person].is_gone {
                self.wake(person);
            }
            self.put_in_queue(person);
        }
    }

    fn put_in_queue(&mut self, person: usize) {
        let next = next_look(&self.book.people[person], self.now);
        self.queue.put(person, next.map(|at| at.max(self.now)));
    }

    /// A line: what it changes, then whatever its person waits for.
    fn receive(&mut self, arrival: Arrival) {
        self.lines += 1;
        let address = match &arrival.says {
            Says::Identify(fields) => fields.email.as_deref(),
            Says::Track(_) => None,
        };
        let whose = self.book.of_line(&arrival.user, address, self.now);
        let person = whose.index;
        if whose.joined.is_some() {
            self.see_anew(person);
        }
        let before = self.book.people[person].suppressed_by();
        match arrival.says {
            Says::Identify(fields) => {
                if let Some(owner) = whose.another {
                    let before = self.book.people[owner].suppressed_by();
                    self.book.people[owner].fields.refuse(&fields);
                    self.note_suppression(owner, &before);
                }
                self.book.people[person].fields.overwrite(fields);
                self.look_after_change(person, None);
            }
            Says::Track(what) => {
                let is_machine = self.engage(person, &what, arrival.occurred);
                let past = Past { what: what.clone(), occurred: arrival.occurred, is_machine, line: self.lines };
                self.book.people[person].past.push(past);
                self.look_after_change(person, Some((&what, arrival.occurred)));
            }
        }
        self.note_suppression(person, &before);
        self.put_in_queue(person);
    }

    fn note_suppression(&mut self, person: usize, before: &[&str]) {
        for kind in self.book.people[person].suppressed_by() {
            if !before.contains(&kind) {
                one_more(&mut self.suppressed, kind);
            }
        }
    }

    /// What an event does to consent and to the mail of live journeys; answers whether a machine did it.
    fn engage(&mut self, person: usize, what: &What, occurred: Ms) -> bool {
        if *what == (What::Bounced { is_hard: true }) {
            self.book.bounce(person);
        }
        let person = &mut self.book.people[person];
        match what {
            What::Unsubscribed => person.fields.unsubscribed = Some(true),
            What::Complained => person.complained = true,
            What::Clicked { email, link } => {
                let Some(email) = email.as_deref() else {
                    self.clicks.unknown_email += 1;
                    return false;
                };
                let Some((journey, sent_at)) = sender(person, email, occurred) else {
                    self.clicks.without_send += 1;
                    return false;
                };
                if occurred - sent_at <= MACHINE_WITHIN {
                    self.clicks.machine += 1;
                    return true;
                }
                if !journey.clicked(email) {
                    one_more(&mut self.counts[journey.workflow as usize].clicked, email);
                }
                // Whoever follows a link has the mail open.
                if !journey.opened.iter().any(|opened| opened == email) {
                    one_more(&mut self.counts[journey.workflow as usize].opened, email);
                    journey.opened.push(email.to_owned());
                }
                journey.clicks.push((email.to_owned(), link.clone()));
            }
            What::Opened { email: Some(email) } => {
                if let Some((journey, _)) = sender(person, email, occurred)
                    && !journey.opened.contains(email)
                {
                    one_more(&mut self.counts[journey.workflow as usize].opened, email.clone());
                    journey.opened.push(email.clone());
                }
            }
            _ => {}
        }
        false
    }

    /// After a line: live journeys, then goals of ended ones, then entries; each in the order of the workflows.
    fn look_after_change(&mut self, person: usize, event: Option<(&What, Ms)>) {
        for workflow in Workflow::ALL {
            if let Some(journey) = self.live(person, workflow)
                && !self.ends(person, journey)
                && self.has_come(person, journey)
            {
                self.after_wait_until(person, journey);
            }
        }
        self.attribute(person);
        self.enter(person, event);
    }

    /// At a timer: the same, and steps whose time has come.
    fn wake(&mut self, person: usize) {
        for workflow in Workflow::ALL {
            let Some(journey) = self.live(person, workflow) else { continue };
            if self.ends(person, journey) {
                continue;
            }
            let someone = &self.book.people[person];
            let Some(place) = someone.journeys[journey].place else { continue };
            if due_at(someone, place) <= self.now {
                self.step(person, journey, place);
            }
        }
        self.lapse(person);
        self.enter(person, None);
    }

    pub(crate) fn live(&self, person: usize, workflow: Workflow) -> Option<usize> {
        self.book.people[person].journeys.iter().position(|journey| journey.workflow == workflow && journey.is_live())
    }

    pub(crate) fn count(&mut self, workflow: Workflow) -> &mut WorkflowCount {
        &mut self.counts[workflow as usize]
    }
}

/// The journey that had sent an e-mail last by then, whether it lives or has ended, and when.
fn sender<'p>(person: &'p mut Person, email: &str, by: Ms) -> Option<(&'p mut Journey, Ms)> {
    let sent = person.journeys.iter_mut().filter_map(|journey| journey.sent_at(email).map(|at| (journey, at)));
    sent.filter(|(_, at)| *at <= by).max_by_key(|(journey, at)| (*at, journey.workflow.name()))
}

fn next_look(person: &Person, now: Ms) -> Option<Ms> {
    if person.is_gone {
        return None;
    }
    let places = person.journeys.iter().filter_map(|journey: &Journey| journey.place);
    let steps = places.map(|place| due_at(person, place));
    let intent_ends = person.third_last_pricing_visit().filter(|_| person.was_high_intent);
    let falls_silent = (!person.was_inactive).then(|| person.last_active() + INACTIVE_AFTER);
    let free_at = Run::free_at(person).filter(|at| *at > now);
    let lapses = person.held.map(|held| held.until);
    steps
        .chain(lapses)
        .chain(free_at)
        .chain(intent_ends.map(|visit| visit + HIGH_INTENT_WINDOW))
        .chain(falls_silent)
        .min()
}

/// Hours on the wall and windows are those of the zone that holds now, so a new zone moves what is waited for.
fn due_at(person: &Person, place: Place) -> Ms {
    match place {
        Place::Held { since, .. } => calendar::next_opening(since, &person.zone()),
        Place::Wait { until } | Place::WaitUntil { until } => calendar::instant(until, &person.zone()),
    }
}
