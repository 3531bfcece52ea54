//! The quarter, instant by instant: what an event or the time lets in, what is over, and at the end of each instant what leaves.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};

use super::policy::{self, Leaves, Left};
use super::rules::{self, Campaign, Mail, Step};
use crate::calendar::{self, Ms, SECOND};
use crate::count::{Mails, Tally, Workflow as Counted, one_more};
use crate::journey::Since;
use crate::people::{Book, Held, Past, Person, Stage, What};
use crate::queue::Queue;
use crate::run::{END, START};
use crate::stream::{Arrival, Says};

/// How long an event waits for an address.
const HELD_FOR: Ms = 600 * SECOND;

pub(super) struct Campaigns {
    book: Book,
    states: Vec<State>,
    counts: BTreeMap<Campaign, Counted>,
    pub(super) suppressed: Tally,
    /// By subject and address.
    pub(super) mails: Mails,
    now: Ms,
    lines: u64,
    next_issue: Ms,
    queue: Queue,
}

/// What these campaigns know of a person.
#[derive(Debug, Default)]
struct State {
    journeys: Vec<Journey>,
    held: BTreeMap<Campaign, Held>,
    was_keen: bool,
    is_owed: bool,
    stage_before: Stage,
    /// The renewal of which an offer has begun, or came too late.
    offered: Option<Date>,
    is_launched: bool,
    /// When mail left to them, and about what.
    left: Vec<Left>,
}

#[derive(Debug)]
struct Journey {
    campaign: Campaign,
    entered: Ms,
    since: Since,
    place: Option<Place>,
    end: Option<Ms>,
    is_converted: bool,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// At a send since it came there, and not asked again before then.
    Send { step: usize, came: Ms, at: Ms },
    /// What the wall shows when it is over.
    Wait { step: usize, until: DateTime },
}

impl Campaigns {
    pub(super) fn over(book: Book, arrivals: Vec<Arrival>) -> Campaigns {
        let mut run = Campaigns {
            book,
            states: Vec::new(),
            counts: Campaign::ALL.map(|campaign| (campaign, Counted::default())).into(),
            suppressed: Tally::new(),
            mails: Mails::new(),
            now: START,
            lines: 0,
            next_issue: rules::next_issue(START),
            queue: Queue::default(),
        };
        for person in 0..run.book.people.len() {
            run.meet(person);
            run.note_suppression(person, &[]);
            run.put_in_queue(person);
        }
        for arrival in arrivals.into_iter().filter(|arrival| arrival.arrived < END) {
            run.time_passes_to(arrival.arrived);
            run.now = arrival.arrived;
            run.receive(arrival);
        }
        run.time_passes_to(END);
        run.count_who_is_there();
        run
    }

    pub(super) fn workflows(&self) -> BTreeMap<&'static str, &Counted> {
        self.counts.iter().map(|(campaign, count)| (campaign.name(), count)).collect()
    }

    fn count_who_is_there(&mut self) {
        for journey in self.states.iter().flat_map(|state| &state.journeys).filter(|journey| journey.end.is_none()) {
            let count = self.counts.get_mut(&journey.campaign).unwrap();
            count.live += 1;
        }
    }

    /// Somebody who is new stands where they stand: that is no change.
    fn meet(&mut self, person: usize) {
        while self.states.len() <= person {
            self.states.push(State::default());
        }
        let (someone, state) = (&self.book.people[person], &mut self.states[person]);
        state.stage_before = someone.stage();
        state.is_launched = rules::launch_at(someone) <= self.now;
        state.offered = someone.fields.renewal_date.filter(|date| rules::offered_at(*date, someone) < self.now);
    }

    /// What is due at earlier instants: the time of this one comes behind its events.
    fn time_passes_to(&mut self, instant: Ms) {
        loop {
            let due = self.queue.first().filter(|(at, _)| *at < instant);
            let issue = Some(self.next_issue).filter(|at| *at < instant);
            match (due, issue) {
                (Some((at, person)), issue) if issue.is_none_or(|issue| at < issue) => {
                    self.now = at;
                    if !self.book.people[person].is_gone {
                        self.look_at(person, None);
                        self.let_out(person);
                    }
                    self.put_in_queue(person);
                }
                (_, Some(at)) => self.issue(at),
                (_, None) => return,
            }
        }
    }

    /// All readers of that instant get the digest; what else is due to them comes at it, too.
    fn issue(&mut self, at: Ms) {
        self.now = at;
        self.next_issue = rules::next_issue(at);
        for person in 0..self.book.people.len() {
            if self.book.people[person].is_gone {
                continue;
            }
            let reads = rules::reads(&self.book.people[person], at);
            if reads {
                self.enter(person, Campaign::Weekly, self.by_time());
            }
            if reads || self.queue.of(person).is_some_and(|due| due <= at) {
                self.look_at(person, None);
                self.let_out(person);
            }
            self.put_in_queue(person);
        }
    }

    fn put_in_queue(&mut self, person: usize) {
        let next = self.next_look(person);
        self.queue.put(person, next.map(|at| at.max(self.now)));
    }

    fn next_look(&self, person: usize) -> Option<Ms> {
        let (someone, state) = (&self.book.people[person], &self.states[person]);
        if someone.is_gone {
            return None;
        }
        let zone = someone.zone();
        let places = state.journeys.iter().filter_map(|journey| match journey.place? {
            Place::Send { at, .. } => Some(at),
            Place::Wait { until, .. } => Some(calendar::instant(until, &zone)),
        });
        let renewal = someone.fields.renewal_date.filter(|date| state.offered != Some(*date));
        let launch = Some(rules::launch_at(someone)).filter(|_| !state.is_launched);
        let keen = rules::keen_until(someone).filter(|_| state.was_keen);
        let owed = self.pricing_again(person).filter(|at| state.is_owed && *at > self.now);
        let held = state.held.values().map(|held| held.until);
        let offer = renewal.map(|date| rules::offered_at(date, someone));
        places.chain(launch).chain(keen).chain(owed).chain(held).chain(offer).min()
    }

    fn pricing_again(&self, person: usize) -> Option<Ms> {
        let mut journeys = self.states[person].journeys.iter().rev();
        let last = journeys.find(|journey| journey.campaign == Campaign::Pricing)?;
        Campaign::Pricing.again(last.end?, &self.book.people[person])
    }

    fn receive(&mut self, arrival: Arrival) {
        self.lines += 1;
        let address = match &arrival.says {
            Says::Identify(fields) => fields.email.as_deref(),
            Says::Track(_) => None,
        };
        let whose = self.book.of_line(&arrival.user, address, self.now);
        let person = whose.index;
        if person >= self.states.len() {
            self.meet(person);
        }
        if let Some(from) = whose.joined {
            self.join(from, person);
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
                self.look_at(person, None);
            }
            Says::Track(what) => {
                self.happens(person, &what);
                let past = Past { what: what.clone(), occurred: arrival.occurred, is_machine: false, line: self.lines };
                self.book.people[person].past.push(past);
                self.look_at(person, Some((&what, arrival.occurred)));
            }
        }
        self.note_suppression(person, &before);
        self.put_in_queue(person);
    }

    fn happens(&mut self, person: usize, what: &What) {
        match what {
            What::Bounced { is_hard: true } => self.book.bounce(person),
            What::Unsubscribed => self.book.people[person].fields.unsubscribed = Some(true),
            What::Complained => self.book.people[person].complained = true,
            _ => {}
        }
    }

    fn note_suppression(&mut self, person: usize, before: &[&str]) {
        for kind in self.book.people[person].suppressed_by() {
            if !before.contains(&kind) {
                one_more(&mut self.suppressed, kind);
            }
        }
    }

    /// What one had is the other's, and what is so of both has not become so.
    fn join(&mut self, from: usize, to: usize) {
        let gone = std::mem::take(&mut self.states[from]);
        let is_keen = rules::is_keen(&self.book.people[to], self.now);
        let stage = self.book.people[to].stage();
        let state = &mut self.states[to];
        for journey in gone.journeys {
            let own = state.journeys.iter().any(|own| own.campaign == journey.campaign);
            assert!(!own || journey.end.is_some(), "which of two goes on is not counted here");
            state.journeys.push(journey);
        }
        state.journeys.sort_by_key(|journey| journey.entered);
        for (campaign, held) in gone.held {
            let joined = held.join(state.held.get(&campaign).copied());
            state.held.insert(campaign, joined);
        }
        state.left.extend(gone.left);
        state.is_owed |= gone.is_owed;
        state.is_launched |= gone.is_launched;
        state.offered = state.offered.or(gone.offered);
        (state.was_keen, state.stage_before) = (is_keen, stage);
        self.queue.put(from, None);
    }

    fn by_time(&self) -> Since {
        Since { triggered: self.now, line: self.lines }
    }
}

// What an event or the time changes.
impl Campaigns {
    /// Ends, waits that are over, and entries.
    fn look_at(&mut self, person: usize, event: Option<(&What, Ms)>) {
        for journey in 0..self.states[person].journeys.len() {
            self.ends(person, journey);
            self.attribute(person, journey);
        }
        for journey in 0..self.states[person].journeys.len() {
            self.waits(person, journey);
        }
        self.lapse(person);
        self.enter_held(person);
        if let Some((what, occurred)) = event {
            let since = Since { triggered: occurred, line: self.lines };
            let begun = Campaign::ALL.into_iter().filter(|campaign| campaign.is_begun_by(what));
            begun.for_each(|campaign| self.come(person, campaign, since));
        }
        self.enter_promoted(person);
        self.enter_keen(person);
        self.enter_by_date(person);
    }

    /// Whether the goal or the exit ends it now.
    fn ends(&mut self, person: usize, index: usize) -> bool {
        let someone = &self.book.people[person];
        let journey = &self.states[person].journeys[index];
        let (campaign, since) = (journey.campaign, journey.since);
        if journey.end.is_some() {
            return false;
        }
        if campaign.goal_holds(someone, since) {
            self.states[person].journeys[index].is_converted = true;
            self.count(campaign).converted += 1;
        } else if let Some(clause) = campaign.exit(someone) {
            one_more(&mut self.count(campaign).exited_when, clause);
        } else {
            return false;
        }
        self.end(person, index);
        true
    }

    fn end(&mut self, person: usize, index: usize) {
        let now = self.now;
        let journey = &mut self.states[person].journeys[index];
        journey.end = Some(now);
        let campaign = journey.campaign;
        if let Some(Place::Send { .. }) = journey.place.take() {
            one_more(&mut self.count(campaign).withheld, "journey_ended");
        }
    }

    /// The goal that an ended journey led to.
    fn attribute(&mut self, person: usize, index: usize) {
        let someone = &self.book.people[person];
        let journey = &self.states[person].journeys[index];
        let campaign = journey.campaign;
        if journey.end.is_none() || journey.is_converted || !campaign.goal_holds(someone, journey.since) {
            return;
        }
        if self.now <= calendar::plus_days(journey.entered, campaign.goal_days(), &someone.zone()) {
            self.states[person].journeys[index].is_converted = true;
            self.count(campaign).attributed += 1;
        }
    }

    fn waits(&mut self, person: usize, index: usize) {
        let Some(Place::Wait { step, until }) = self.states[person].journeys[index].place else { return };
        if calendar::instant(until, &self.book.people[person].zone()) <= self.now {
            self.go_on(person, index, step + 1);
        }
    }

    fn go_on(&mut self, person: usize, index: usize, step: usize) {
        let (now, zone) = (self.now, self.book.people[person].zone());
        let journey = &mut self.states[person].journeys[index];
        let campaign = journey.campaign;
        journey.place = match campaign.steps().get(step) {
            Some(Step::Send(_)) => Some(Place::Send { step, came: now, at: now }),
            Some(Step::WaitDays(days)) => Some(Place::Wait { step, until: calendar::wall_after(now, *days, &zone) }),
            None => {
                self.count(campaign).finished += 1;
                return self.end_after_steps(person, index);
            }
        };
    }

    fn end_after_steps(&mut self, person: usize, index: usize) {
        self.states[person].journeys[index].place = None;
        self.end(person, index);
    }

    /// What nobody completed in time is refused.
    fn lapse(&mut self, person: usize) {
        let (now, is_there) = (self.now, self.book.people[person].fields.email.is_some());
        let over = |held: &Held| held.until <= now && !is_there;
        let state = &mut self.states[person];
        let lapsed: Vec<Campaign> =
            state.held.iter().filter(|(_, held)| over(held)).map(|(campaign, _)| *campaign).collect();
        for campaign in lapsed {
            self.states[person].held.remove(&campaign);
            one_more(&mut self.count(campaign).ignored, "not_identified");
        }
    }

    fn enter_held(&mut self, person: usize) {
        if self.book.people[person].fields.email.is_some() {
            for (campaign, held) in std::mem::take(&mut self.states[person].held) {
                self.enter(person, campaign, held.since);
            }
        }
    }

    /// At an event: at once, or with the address.
    fn come(&mut self, person: usize, campaign: Campaign, since: Since) {
        if self.book.people[person].fields.email.is_some() {
            return self.enter(person, campaign, since);
        }
        let held = Held { since, until: self.now + HELD_FOR };
        let state = &mut self.states[person];
        let joined = held.join(state.held.get(&campaign).copied());
        state.held.insert(campaign, joined);
    }

    fn enter_promoted(&mut self, person: usize) {
        let stage = self.book.people[person].stage();
        let before = std::mem::replace(&mut self.states[person].stage_before, stage);
        if before != stage && stage == rules::PROMOTED_TO {
            self.come(person, Campaign::Promoted, self.by_time());
        }
    }

    /// Whoever is refused for a while comes in when that is over, if it is still so.
    fn enter_keen(&mut self, person: usize) {
        let is_keen = rules::is_keen(&self.book.people[person], self.now);
        let state = &mut self.states[person];
        let became = is_keen && !state.was_keen;
        let owed = std::mem::take(&mut state.is_owed);
        state.was_keen = is_keen;
        if !is_keen || !(became || owed) {
            return;
        }
        let since = self.by_time();
        let can_end = matches!(self.why_not(person, Campaign::Pricing, since), Some("skip" | "live" | "reenter"));
        self.states[person].is_owed = can_end;
        if became || !can_end {
            self.enter(person, Campaign::Pricing, since);
        }
    }

    fn enter_by_date(&mut self, person: usize) {
        let someone = &self.book.people[person];
        let (launch_at, renewal) = (rules::launch_at(someone), someone.fields.renewal_date);
        let reads = rules::reads(someone, self.now);
        if launch_at <= self.now && !self.states[person].is_launched {
            self.states[person].is_launched = true;
            if reads {
                self.enter(person, Campaign::Launch, self.by_time());
            }
        }
        let Some(renewal) = renewal.filter(|date| self.states[person].offered != Some(*date)) else { return };
        if rules::offered_at(renewal, &self.book.people[person]) <= self.now {
            self.states[person].offered = Some(renewal);
            self.enter(person, Campaign::Renewal, self.by_time());
        }
    }

    fn enter(&mut self, person: usize, campaign: Campaign, since: Since) {
        if let Some(reason) = self.why_not(person, campaign, since) {
            return one_more(&mut self.count(campaign).ignored, reason);
        }
        self.count(campaign).entered += 1;
        let now = self.now;
        let journeys = &mut self.states[person].journeys;
        journeys.push(Journey { campaign, entered: now, since, place: None, end: None, is_converted: false });
        let index = journeys.len() - 1;
        self.go_on(person, index, 0);
    }

    fn why_not(&self, person: usize, campaign: Campaign, since: Since) -> Option<&'static str> {
        let someone = &self.book.people[person];
        if campaign == Campaign::Renewal && someone.stage() < Stage::Lead {
            return Some("condition");
        }
        let mut own = self.states[person].journeys.iter().rev().filter(|journey| journey.campaign == campaign);
        match own.next().map(|last| last.end) {
            Some(None) => return Some("live"),
            Some(Some(ended)) if campaign.again(ended, someone).is_none_or(|again| self.now < again) => {
                return Some("reenter");
            }
            _ => {}
        }
        if campaign.skips(someone, self.now) {
            return Some("skip");
        }
        if campaign.goal_holds(someone, since) {
            return Some("goal");
        }
        campaign.exit(someone).map(|_| "exit")
    }

    fn count(&mut self, campaign: Campaign) -> &mut Counted {
        self.counts.get_mut(&campaign).unwrap()
    }
}

// What leaves at the end of an instant.
impl Campaigns {
    /// By the policy's order, then who waits longest, then by name.
    fn let_out(&mut self, person: usize) {
        let now = self.now;
        let at_send = |journey: &Journey| match journey.place? {
            Place::Send { step, came, at } if at <= now => Some((step, came)),
            _ => None,
        };
        let journeys = self.states[person].journeys.iter().enumerate();
        let mut due: Vec<_> =
            journeys.filter_map(|(index, journey)| Some((journey.campaign, index, at_send(journey)?))).collect();
        due.sort_by_key(|(campaign, _, (_, came))| (campaign.rank(), *came, *campaign));
        // What was held until now is asked at the end of the instant: what comes to its step at it, and cannot leave yet, is held by then.
        if due.iter().any(|(_, _, (_, came))| *came < now) {
            due.retain(|(campaign, index, (step, came))| {
                *came < now || !self.is_held_at_once(person, (*campaign, *index, *step))
            });
        }
        for (campaign, index, (step, came)) in due {
            let Some(Step::Send(mail)) = campaign.steps().get(step) else { continue };
            if !self.ends(person, index) {
                self.send(person, index, step, came, *mail);
            }
        }
    }

    /// Whether a mail that comes to its step now has to wait, whatever else leaves at this instant.
    fn is_held_at_once(&mut self, person: usize, (campaign, index, step): (Campaign, usize, usize)) -> bool {
        let (someone, now) = (&self.book.people[person], self.now);
        let Some(Step::Send(mail)) = campaign.steps().get(step) else { return false };
        let left = &self.states[person].left;
        let leaves = policy::leaves(now, now, mail.about(), left, &someone.zone());
        let is_refused = why_withheld(someone, campaign, now).is_some();
        match leaves {
            Leaves::From(at) if !is_refused => {
                self.states[person].journeys[index].place = Some(Place::Send { step, came: now, at });
                true
            }
            _ => false,
        }
    }

    fn send(&mut self, person: usize, index: usize, step: usize, came: Ms, mail: Mail) {
        let (someone, state) = (&self.book.people[person], &self.states[person]);
        let campaign = state.journeys[index].campaign;
        let leaves = match why_withheld(someone, campaign, self.now) {
            Some(reason) => Leaves::Never(reason),
            None => policy::leaves(self.now, came, mail.about(), &state.left, &someone.zone()),
        };
        match leaves {
            Leaves::From(at) => {
                self.states[person].journeys[index].place = Some(Place::Send { step, came, at });
                return;
            }
            Leaves::Never(reason) => one_more(&mut self.count(campaign).withheld, reason),
            Leaves::Now => {
                let address = someone.fields.email.clone().unwrap_or_default();
                *self.mails.entry((mail.subject.to_owned(), address)).or_default() += 1;
                one_more(&mut self.count(campaign).sent, mail.name);
                self.states[person].left.push((self.now, mail.about()));
            }
        }
        self.go_on(person, index, step + 1);
    }
}

fn why_withheld(person: &Person, campaign: Campaign, now: Ms) -> Option<&'static str> {
    let reasons = [
        (person.fields.email.is_none(), "no_address"),
        (person.is_unsubscribed(), "unsubscribed"),
        (person.hard_bounced, "hard_bounced"),
        (person.complained, "complained"),
        (person.is_do_not_contact(), "do_not_contact"),
        (campaign.skips(person, now), "skip"),
    ];
    reasons.iter().find(|(holds, _)| *holds).map(|(_, reason)| *reason)
}
