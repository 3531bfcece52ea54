//! The three workflows of `guide_nurture.flow`, by hand.

use crate::calendar::{self, Ms, SECOND};
use crate::count::one_more;
use crate::journey::{End, Journey, Place, Since, Workflow};
use crate::people::{Held, Person, Stage, What};
use crate::run::{HIGH_INTENT_WINDOW, INACTIVE_AFTER, Run};

/// How long a download waits for who it is about.
const HELD_FOR: Ms = 600 * SECOND;
/// A score that sales wants to hear of.
const SALES_SCORE: f64 = 60.0;

/// The sales team: who covers EMEA alone, who covers everybody.
const MEMBERS: [(&str, Option<&str>); 2] = [("ana@acme.example", Some("emea")), ("bo@acme.example", None)];
/// What whoever takes a handoff gets.
pub(crate) const NOTICE: &str = "notice";
const BACKUP: &str = "lead@acme.example";

fn exit_clause(workflow: Workflow) -> &'static str {
    match workflow {
        Workflow::GuideNurture | Workflow::PricingInterest => "stage >= opportunity or disqualified",
        Workflow::QuietLeads => "disqualified",
    }
}

fn exit_holds(person: &Person, workflow: Workflow) -> bool {
    match workflow {
        Workflow::GuideNurture | Workflow::PricingInterest => {
            person.is_opportunity_or_later() || person.is_disqualified()
        }
        Workflow::QuietLeads => person.is_disqualified(),
    }
}

fn skip_holds(person: &Person, workflow: Workflow) -> bool {
    match workflow {
        Workflow::GuideNurture | Workflow::PricingInterest => person.is_customer() || person.has_open_deal(),
        Workflow::QuietLeads => person.is_customer(),
    }
}

fn goal_holds(person: &Person, workflow: Workflow, since: Since) -> bool {
    match workflow {
        Workflow::GuideNurture | Workflow::PricingInterest => {
            person.did_since(since, |what| *what == What::RequestedDemo)
        }
        Workflow::QuietLeads => person.did_since(since, |what| matches!(what, What::Visited { .. })),
    }
}

/// How long after the entry a goal still counts.
fn goal_days(workflow: Workflow) -> i64 {
    match workflow {
        Workflow::GuideNurture => 30,
        Workflow::PricingInterest | Workflow::QuietLeads => 14,
    }
}

/// `reenter`: how long after the end of the last journey; none is `once`.
fn reenter_days(workflow: Workflow) -> Option<i64> {
    match workflow {
        Workflow::GuideNurture => Some(90),
        Workflow::PricingInterest => Some(30),
        Workflow::QuietLeads => None,
    }
}

fn is_in_industry(person: &Person) -> bool {
    matches!(person.fields.industry.as_deref(), Some("saas" | "fintech"))
}

/// Whether a download is held: its workflow sends mail and there is no address, or it is nobody's yet who meets the condition.
fn is_incomplete(person: &Person) -> bool {
    if is_in_industry(person) { person.fields.email.is_none() } else { person.is_nobody() }
}

// Entering.
impl Run {
    /// All entries of one instant: those of the event, and those by what has become true.
    pub(crate) fn enter(&mut self, person: usize, event: Option<(&What, Ms)>) {
        if let Some(held) = self.book.people[person].held.filter(|_| !is_incomplete(&self.book.people[person])) {
            self.book.people[person].held = None;
            self.follow_download(person, held.since);
        }
        if let Some((What::Downloaded { asset: Some(asset) }, occurred)) = event
            && asset == "b2b-guide"
        {
            let since = Since { triggered: occurred, line: self.lines };
            let someone = &mut self.book.people[person];
            if is_incomplete(someone) {
                let held = Held { since, until: self.now + HELD_FOR };
                someone.held = Some(held.join(someone.held));
            } else {
                self.follow_download(person, since);
            }
        }
        let is_high_intent = self.is_high_intent(person);
        let became = is_high_intent && !self.book.people[person].was_high_intent;
        self.book.people[person].was_high_intent = is_high_intent;
        self.become_so(person, Workflow::PricingInterest, is_high_intent, became);
        let is_inactive = self.now >= self.book.people[person].last_active() + INACTIVE_AFTER;
        let became = is_inactive && !self.book.people[person].was_inactive;
        self.book.people[person].was_inactive = is_inactive;
        self.become_so(person, Workflow::QuietLeads, is_inactive, became);
    }

    fn follow_download(&mut self, person: usize, since: Since) {
        if is_in_industry(&self.book.people[person]) {
            self.try_enter(person, Workflow::GuideNurture, since);
        } else {
            one_more(&mut self.count(Workflow::GuideNurture).ignored, "condition");
        }
    }

    /// At a timer: what nobody completed in time is refused.
    pub(crate) fn lapse(&mut self, person: usize) {
        let (someone, now) = (&mut self.book.people[person], self.now);
        if someone.held.is_some_and(|held| held.until <= now) && is_incomplete(someone) {
            someone.held = None;
            let reason = if is_in_industry(someone) { "not_identified" } else { "condition" };
            one_more(&mut self.count(Workflow::GuideNurture).ignored, reason);
        }
    }

    /// Whoever is refused for a while comes in when that is over, if it is still so.
    fn become_so(&mut self, person: usize, workflow: Workflow, holds: bool, became: bool) {
        let owed = self.book.people[person].owed.contains(&workflow);
        self.book.people[person].owed.retain(|owed| *owed != workflow);
        if !holds || !(became || owed) {
            return;
        }
        let since = Since { triggered: self.now, line: self.lines };
        let reason = self.why_ignored(person, workflow, since);
        let can_end = match reason {
            Some("skip") => true,
            Some("live" | "reenter") => reenter_days(workflow).is_some(),
            _ => false,
        };
        if can_end {
            self.book.people[person].owed.push(workflow);
        }
        if became || !can_end {
            self.try_enter(person, workflow, since);
        }
    }

    /// When somebody who is owed an entry may come in again.
    pub(crate) fn free_at(person: &Person) -> Option<Ms> {
        let free_at = |workflow: &Workflow| {
            let last = person.journeys.iter().rev().find(|journey| journey.workflow == *workflow)?;
            Some(calendar::plus_days(last.end?.1, reenter_days(*workflow)?, &person.zone()))
        };
        person.owed.iter().filter_map(free_at).min()
    }

    /// What is so of somebody because they proved to be somebody else too does not become so.
    pub(crate) fn see_anew(&mut self, person: usize) {
        let is_high_intent = self.is_high_intent(person);
        let is_inactive = self.now >= self.book.people[person].last_active() + INACTIVE_AFTER;
        let person = &mut self.book.people[person];
        (person.was_high_intent, person.was_inactive) = (is_high_intent, is_inactive);
    }

    fn is_high_intent(&self, person: usize) -> bool {
        let person = &self.book.people[person];
        let third = person.third_last_pricing_visit();
        third.is_some_and(|third| third > self.now - HIGH_INTENT_WINDOW) && !person.is_customer()
    }

    fn try_enter(&mut self, person: usize, workflow: Workflow, since: Since) {
        if let Some(reason) = self.why_ignored(person, workflow, since) {
            return one_more(&mut self.count(workflow).ignored, reason);
        }
        self.count(workflow).entered += 1;
        let someone = &mut self.book.people[person];
        let journeys = &mut someone.journeys;
        journeys.push(Journey::new(workflow, self.now, since));
        let journey = journeys.len() - 1;
        match workflow {
            Workflow::GuideNurture => self.send(person, journey, "guide_delivery"),
            Workflow::PricingInterest => {
                let someone = &mut self.book.people[person];
                if someone.stage() < Stage::Lead {
                    someone.advance_to(Stage::Lead);
                }
                someone.add_score(15.0);
                self.send(person, journey, "pricing_help");
            }
            Workflow::QuietLeads => self.send(person, journey, "still_there"),
        }
    }

    fn why_ignored(&self, index: usize, workflow: Workflow, since: Since) -> Option<&'static str> {
        let person = &self.book.people[index];
        if self.live(index, workflow).is_some() {
            return Some("live");
        }
        let last = person.journeys.iter().rev().find(|journey| journey.workflow == workflow);
        if let Some((_, ended)) = last.and_then(|journey| journey.end) {
            let again = reenter_days(workflow).map(|days| calendar::plus_days(ended, days, &person.zone()));
            if again.is_none_or(|again| self.now < again) {
                return Some("reenter");
            }
        }
        if skip_holds(person, workflow) {
            return Some("skip");
        }
        // The goals are events since entry, so only who was held has met one before.
        if goal_holds(person, workflow, since) {
            return Some("goal");
        }
        exit_holds(person, workflow).then_some("exit")
    }
}

// On the way.
impl Run {
    /// Whether the goal or the exit clause ends this journey now.
    pub(crate) fn ends(&mut self, person: usize, journey: usize) -> bool {
        let someone = &self.book.people[person];
        let there = &someone.journeys[journey];
        let end = if goal_holds(someone, there.workflow, there.since) {
            End::Converted
        } else if exit_holds(someone, there.workflow) {
            End::ExitedWhen
        } else {
            return false;
        };
        self.end(person, journey, end);
        true
    }

    fn end(&mut self, person: usize, journey: usize, end: End) {
        let now = self.now;
        let journey = &mut self.book.people[person].journeys[journey];
        let workflow = journey.workflow;
        journey.end = Some((end, now));
        let place = journey.place.take();
        let count = self.count(workflow);
        if let Some(Place::Held { email, .. }) = place {
            one_more(&mut count.withheld, "journey_ended");
            count.at_send(email).withheld += 1;
        }
        match end {
            End::Converted => count.converted += 1,
            End::ExitedWhen => one_more(&mut count.exited_when, exit_clause(workflow)),
            End::ExitedByStep => count.exited_by_step += 1,
            End::Finished => count.finished += 1,
            End::HandedOff(to) => one_more(&mut count.handed_off, to),
        }
    }

    /// Goals that ended journeys led to.
    pub(crate) fn attribute(&mut self, person: usize) {
        let someone = &self.book.people[person];
        let mut met = Vec::new();
        for (index, journey) in someone.journeys.iter().enumerate() {
            let Some((end, _)) = journey.end else { continue };
            if end == End::Converted || journey.is_attributed {
                continue;
            }
            let until = calendar::plus_days(journey.entered, goal_days(journey.workflow), &someone.zone());
            if self.now <= until && goal_holds(someone, journey.workflow, journey.since) {
                met.push((index, journey.workflow));
            }
        }
        for (journey, workflow) in met {
            self.book.people[person].journeys[journey].is_attributed = true;
            self.count(workflow).attributed += 1;
        }
    }

    /// Whether what a `wait until` waits for has come.
    pub(crate) fn has_come(&self, person: usize, journey: usize) -> bool {
        let someone = &self.book.people[person];
        let journey = &someone.journeys[journey];
        let Some(Place::WaitUntil { .. }) = journey.place else { return false };
        match journey.workflow {
            Workflow::GuideNurture => someone.did_since(journey.since, What::is_pricing_visit),
            Workflow::PricingInterest => {
                journey.clicked("pricing_help") || someone.did_since(journey.since, |what| *what == What::RequestedDemo)
            }
            Workflow::QuietLeads => false,
        }
    }

    /// The time of a place is over: goal and exit are already looked at.
    pub(crate) fn step(&mut self, person: usize, journey: usize, place: Place) {
        match place {
            Place::Held { email, .. } => self.send(person, journey, email),
            Place::Wait { .. } => self.after_wait(person, journey),
            Place::WaitUntil { .. } => {
                let workflow = self.book.people[person].journeys[journey].workflow;
                self.count(workflow).timed_out += 1;
                self.end(person, journey, End::ExitedByStep);
            }
        }
    }

    fn after_wait(&mut self, person: usize, index: usize) {
        let someone = &mut self.book.people[person];
        let journey = &someone.journeys[index];
        match journey.workflow {
            Workflow::GuideNurture if journey.clicked_link("guide_delivery", "case-study") => {
                someone.add_score(10.0);
                self.send(person, index, "case_study");
            }
            Workflow::GuideNurture => self.send(person, index, "guide_reminder"),
            Workflow::QuietLeads if journey.clicked_link("still_there", "stay") => {
                self.end(person, index, End::ExitedByStep);
            }
            Workflow::QuietLeads => {
                someone.add_score(-10.0);
                self.end(person, index, End::Finished);
            }
            Workflow::PricingInterest => unreachable!("it has no plain wait"),
        }
    }

    pub(crate) fn after_wait_until(&mut self, person: usize, journey: usize) {
        let someone = &mut self.book.people[person];
        if someone.journeys[journey].workflow == Workflow::GuideNurture {
            someone.add_score(20.0);
            if someone.score() < SALES_SCORE {
                return self.end(person, journey, End::Finished);
            }
            someone.advance_to(Stage::Mql);
        }
        let taker = self.hand_off(person);
        self.end(person, journey, End::HandedOff(taker));
    }

    /// To whom has had the person already. Else round robin: the next after the last who took one, of those who cover the person.
    fn hand_off(&mut self, person: usize) -> &'static str {
        if let Some(owner) = self.book.people[person].owner {
            return self.notify(MEMBERS[owner].0);
        }
        let region = self.book.people[person].fields.region.as_deref();
        let first = self.last_taker.map_or(0, |last| last + 1);
        for turn in first..first + MEMBERS.len() {
            let member = turn % MEMBERS.len();
            let (name, covers) = MEMBERS[member];
            if covers.is_none() || covers == region {
                self.last_taker = Some(member);
                self.book.people[person].owner = Some(member);
                return self.notify(name);
            }
        }
        self.notify(BACKUP)
    }

    fn notify(&mut self, taker: &'static str) -> &'static str {
        *self.mails.entry((NOTICE.to_owned(), taker.to_owned())).or_default() += 1;
        taker
    }
}

// Sending.
impl Run {
    fn send(&mut self, person: usize, index: usize, email: &'static str) {
        let now = self.now;
        let someone = &mut self.book.people[person];
        let workflow = someone.journeys[index].workflow;
        let comes = !matches!(someone.journeys[index].place, Some(Place::Held { .. }));
        self.count(workflow).at_send(email).came += u64::from(comes);
        let someone = &mut self.book.people[person];
        if let Some(reason) = why_withheld(someone, index, email) {
            one_more(&mut self.count(workflow).withheld, reason);
            self.count(workflow).at_send(email).withheld += 1;
        } else if !calendar::is_open(now, &someone.zone()) {
            someone.journeys[index].place = Some(Place::Held { email, since: now });
            return;
        } else {
            someone.journeys[index].sent.push((email, now));
            let address = someone.fields.email.clone().unwrap_or_default();
            *self.mails.entry((email.to_owned(), address)).or_default() += 1;
            one_more(&mut self.count(workflow).sent, email);
            self.count(workflow).at_send(email).sent += 1;
        }
        self.after_send(person, index, email);
    }

    fn after_send(&mut self, person: usize, journey: usize, email: &'static str) {
        let until = |days| calendar::wall_after(self.now, days, &self.book.people[person].zone());
        let place = match email {
            "guide_delivery" => Place::Wait { until: until(2) },
            "still_there" => Place::Wait { until: until(7) },
            "pricing_help" => Place::WaitUntil { until: until(3) },
            _ => Place::WaitUntil { until: until(5) },
        };
        self.book.people[person].journeys[journey].place = Some(place);
        if self.has_come(person, journey) {
            self.after_wait_until(person, journey);
        }
    }
}

fn why_withheld(person: &Person, journey: usize, email: &str) -> Option<&'static str> {
    let journey = &person.journeys[journey];
    let reasons = [
        (journey.sent_at(email).is_some(), "already_sent"),
        (person.fields.email.is_none(), "no_address"),
        (person.is_unsubscribed(), "unsubscribed"),
        (person.hard_bounced, "hard_bounced"),
        (person.complained, "complained"),
        (person.is_do_not_contact(), "do_not_contact"),
        (skip_holds(person, journey.workflow), "skip"),
    ];
    reasons.iter().find(|(holds, _)| *holds).map(|(_, reason)| *reason)
}
