//! Everybody, instant by instant.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::ask::{Place, matches, segment};
use super::hours;
use super::journey::{Journey, State};
use super::person::{Happening, HeldEntry, Person, Refusal, Turn, Value, What, stage_of, word};
use super::told::{Told, clock};
use super::{Mailbook, Step};
use crate::world::people::{DAY, Line, MINUTE, START};
use crate::world::program::{Cond, Did, EVENTS, Entry, MAILS, Plan, Reenter, Workflow};
use crate::world::{Clock, World};

/// Days that some condition may ask about.
const PERIODS: u32 = 11;

/// Everybody and everything.
pub(super) struct Town<'w> {
    pub(super) world: &'w World,
    pub(super) plan: &'w Plan,
    pub(super) people: BTreeMap<u32, Person>,
    /// Instants at which something may happen.
    pub(super) agenda: BTreeSet<i64>,
    pub(super) now: i64,
    pub(super) seq: u64,
    /// Whose turn it is in each team.
    pub(super) turns: BTreeMap<&'static str, usize>,
    pub(super) told: Vec<Told>,
    pub(super) book: &'w Mailbook,
    /// When people came into workflows with a rate.
    pub(super) places: BTreeMap<usize, Vec<i64>>,
    messages: BTreeSet<u32>,
    /// Messages that were written so far: each has its number.
    pub(super) messages_written: u64,
    /// Who would come into a workflow a second time by the same picture: the workflow, since when, whether something became true.
    doubled: Vec<(usize, (u64, i64), bool)>,
    /// Entries of which the event in hand changes nothing.
    by_time: BTreeMap<usize, bool>,
}

impl<'w> Town<'w> {
    /// Before anything has happened.
    pub(super) fn new(world: &'w World, book: &'w Mailbook) -> Town<'w> {
        Town {
            world,
            plan: &world.plan,
            people: BTreeMap::new(),
            agenda: BTreeSet::new(),
            now: START,
            seq: 0,
            turns: BTreeMap::new(),
            told: Vec::new(),
            book,
            places: BTreeMap::new(),
            messages: BTreeSet::new(),
            messages_written: 0,
            doubled: Vec::new(),
            by_time: BTreeMap::new(),
        }
    }

    /// Lives on, as the world's clock has it.
    pub(super) fn live(mut self) -> Vec<Told> {
        self.import();
        match &self.world.clock {
            Clock::Virtual(stretches) => self.rehearse(stretches.last().copied().unwrap_or_default()),
            Clock::Wall(looks) => self.serve(looks),
        }
        self.live_at_the_end();
        self.told
    }

    /// From one instant at which something may happen to the next, until one that is no part of it.
    fn rehearse(&mut self, until: i64) {
        let lines = &self.world.people.lines;
        let mut read = 0;
        self.instant(&[]);
        loop {
            let arrives = lines.get(read).map_or(i64::MAX, |line| line.at);
            let falls_due = self.agenda.first().copied().unwrap_or(i64::MAX);
            let now = arrives.min(falls_due);
            if now >= until {
                break;
            }
            self.now = now;
            self.agenda.remove(&now);
            let come = lines.iter().skip(read).take_while(|line| line.at == now).count();
            self.instant(&lines[read..read + come]);
            read += come;
        }
    }

    /// From one look at the clock to the next: what has come by then arrives now, and what was due is done now. No clock goes back.
    fn serve(&mut self, looks: &[i64]) {
        let lines = &self.world.people.lines;
        let mut read = 0;
        for look in looks {
            self.now = self.now.max(*look);
            let come = lines.iter().skip(read).take_while(|line| line.at <= self.now).count();
            self.instant(&lines[read..read + come]);
            read += come;
        }
    }

    /// An instant: what arrives, then what is due, then what it makes true, and what leaves comes last.
    fn instant(&mut self, lines: &[Line]) {
        self.move_turns();
        for line in lines {
            self.hear(line);
        }
        // Of one instant, in the order in which they became known; of what is overdue, whoever is longest so comes first.
        let mut users: Vec<u32> = self.people.keys().copied().collect();
        users.sort_by_key(|user| (self.person(*user).overdue_since(self.now), self.person(*user).number));
        for user in &users {
            self.judge(*user, true, None);
            self.fall_due(*user);
        }
        for user in &users {
            self.become_true(*user);
        }
        // One thing of everybody after another; what that makes true comes behind all of it.
        loop {
            let has_left = users.iter().filter(|user| self.let_out(**user)).count() > 0;
            if !has_left && users.iter().filter(|user| self.become_true(**user)).count() == 0 {
                break;
            }
        }
    }

    // What is read.

    fn import(&mut self) {
        for row in &self.world.people.rows {
            let number = self.people.len();
            let mut person =
                Person { number, first_read: START, has_address: row.address.is_some(), ..Person::default() };
            let [zone, region, industry, stage, score, unsubscribed, disqualified, deal] = &row.cells;
            let texts = [("timezone", zone), ("region", region), ("industry", industry)];
            for (field, cell) in texts.into_iter().filter(|(_, cell)| !cell.is_empty()) {
                person.hear(field, Value::Text(cell.clone()), START);
            }
            if let Some(stage) = stage_of(stage) {
                person.hear("stage", Value::Number(stage), START);
            }
            if let Ok(score) = score.parse() {
                person.hear("score", Value::Number(score), START);
            }
            for (field, cell) in [("disqualified", disqualified), ("has_open_deal", deal)] {
                if !cell.is_empty() {
                    person.hear(field, Value::Flag(cell == "yes"), START);
                }
            }
            if unsubscribed == "true" {
                person.refused.push((Refusal::Unsubscribed, START));
                person.refused_at = START;
                self.told.push(Told { user: row.user, at: START, line: "Suppressed Unsubscribed".to_owned() });
            }
            self.people.insert(row.user, person);
            self.tell_stage(row.user, 0, "");
            self.tell_score(row.user, 0, "");
            self.remember_periods(START);
        }
        let users: Vec<u32> = self.people.keys().copied().collect();
        for user in users {
            self.take_the_picture(user);
        }
    }

    /// What holds when somebody is first read of is no news; those that take existing people do so.
    fn take_the_picture(&mut self, user: u32) {
        for (workflow, existing) in self.waiting_entries() {
            let holds = self.entry_holds(user, workflow, None);
            self.person_mut(user).was.insert(workflow, holds && !existing);
        }
    }

    /// Whether what each entry waits for holds.
    fn picture(&self, user: u32) -> BTreeMap<usize, bool> {
        self.waiting_entries()
            .into_iter()
            .map(|(workflow, _)| (workflow, self.entry_holds(user, workflow, None)))
            .collect()
    }

    /// What history has changed counts as having been so already, but for those that take existing people.
    fn as_already(&mut self, user: u32, before: &BTreeMap<usize, bool>) {
        let after = self.picture(user);
        for (workflow, existing) in self.waiting_entries() {
            let (was, is) = (before.get(&workflow), after.get(&workflow));
            if let Some(is) = is
                && was != Some(is)
                && !(existing && *is)
            {
                self.person_mut(user).was.insert(workflow, *is);
            }
        }
    }

    /// What time alone has changed by now is looked at behind the events.
    fn as_by_time(&mut self, user: u32, before: &BTreeMap<usize, bool>) {
        self.by_time = self.picture(user);
        self.by_time.retain(|workflow, is| before.get(workflow) == Some(is));
    }

    fn hear(&mut self, line: &Line) {
        if !self.messages.insert(line.message) {
            return;
        }
        let Some(user) = line.who.user else { return };
        let now = self.now;
        let is_new = !self.people.contains_key(&user);
        if is_new {
            let number = self.people.len();
            self.people.insert(user, Person { number, first_read: now, ..Person::default() });
            self.remember_periods(now);
            let empty = self.waiting_entries();
            for (workflow, _) in empty {
                let left = matches!(self.workflow(workflow).entry, Entry::Crossed(false, _));
                self.person_mut(user).was.insert(workflow, left);
            }
        }
        self.seq += 1;
        let occurred = line.occurred.min(now);
        let is_history = occurred < START;
        let before = self.picture(user);
        let trigger = match &line.event {
            None => self.identify(user, line, occurred),
            Some(event) => self.track(user, event, line, occurred),
        };
        self.remember_periods(occurred);
        if is_history {
            self.as_already(user, &before);
        }
        self.as_by_time(user, &before);
        self.judge(user, true, trigger.filter(|_| !is_history));
        self.by_time.clear();
        self.write_up(user);
    }

    /// Mails at which journeys stand behind everything that one thing has set going are written; they leave behind everything of the instant.
    fn write_up(&mut self, user: u32) {
        loop {
            let mail_of = |journey: &Journey| match journey.todo.last() {
                Some(Step::Send(mail)) if journey.stands_back() => Some(*mail),
                _ => None,
            };
            let journeys = self.person(user).journeys.iter().enumerate();
            let mut new: Vec<usize> =
                journeys.filter(|(_, one)| mail_of(one).is_some()).map(|(place, _)| place).collect();
            if new.is_empty() {
                return;
            }
            new.sort_by_key(|place| self.turn_to_leave(user, *place));
            for place in new {
                if let Some(mail) = mail_of(&self.person(user).journeys[place]) {
                    self.write_mail(user, place, mail);
                }
            }
            self.judge(user, false, None);
        }
    }

    /// All instants at which something that occurred then may leave a period.
    fn remember_periods(&mut self, occurred: i64) {
        for days in 1..=PERIODS {
            let at = occurred + i64::from(days) * DAY;
            if at > self.now {
                self.agenda.insert(at);
            }
        }
    }

    fn identify(&mut self, user: u32, line: &Line, occurred: i64) -> Option<usize> {
        let now = self.now;
        let zone = self.zone(user);
        for (name, value) in &line.said {
            let (text, flag) = (value.as_str().map(str::to_owned), value.as_bool());
            let person = self.person_mut(user);
            match (name.as_str(), text, flag) {
                ("timezone", Some(text), _) => person.hear("timezone", Value::Text(text), occurred),
                ("region", Some(text), _) => person.hear("region", Value::Text(text), occurred),
                ("industry", Some(text), _) => person.hear("industry", Value::Text(text), occurred),
                ("stage", Some(text), _) => {
                    let place = stage_of(&text).unwrap_or_default();
                    let before = person.stage(None);
                    person.hear("stage", Value::Number(place), occurred);
                    self.tell_stage(user, before, "");
                }
                ("score", ..) => {
                    let before = person.score(None);
                    person.hear("score", Value::Number(value.as_i64().unwrap_or_default()), occurred);
                    self.tell_score(user, before, "");
                }
                ("disqualified", _, Some(flag)) => person.hear("disqualified", Value::Flag(flag), occurred),
                ("has_open_deal", _, Some(flag)) => person.hear("has_open_deal", Value::Flag(flag), occurred),
                // In doubt no mail: what a sync refuses is of the instant at which it is read.
                ("unsubscribed", _, Some(true)) => {
                    self.refuse(user, Refusal::Unsubscribed, now);
                }
                ("do_not_contact", _, Some(true)) => {
                    person.refused_at = person.refused_at.max(now);
                    let is_new = !std::mem::replace(&mut person.do_not_contact, true);
                    if is_new {
                        self.tell(user, "Suppressed DoNotContact".to_owned());
                    }
                }
                _ => {}
            }
        }
        if line.who.address.is_some() {
            let person = self.person_mut(user);
            // A bounce belongs to the address, and theirs is a new one.
            if !std::mem::replace(&mut person.has_address, true) {
                person.bounced = false;
            }
        }
        if self.zone(user) != zone {
            self.move_clocks(user);
        }
        None
    }

    pub(super) fn tell_stage(&mut self, user: u32, before: usize, by: &str) {
        let stage = self.person(user).stage(None);
        if stage != before {
            self.tell(user, format!("stage +{}{by}", stage - before));
        }
    }

    pub(super) fn tell_score(&mut self, user: u32, before: i64, by: &str) {
        let score = self.person(user).score(None);
        if score != before {
            self.tell(user, format!("score {}{by}", score - before));
        }
    }

    fn track(&mut self, user: u32, event: &str, line: &Line, occurred: i64) -> Option<usize> {
        let seq = self.seq;
        let mail = line.said.get("email_id").and_then(Json::as_str);
        let mail = mail.and_then(|mail| MAILS.iter().position(|name| *name == mail)).unwrap_or_default();
        let mut what = What::Other;
        let mut is_activity = true;
        match event {
            "Email Link Clicked" => is_activity = self.read(user, Did::Clicked, mail, occurred),
            "Email Replied" => is_activity = self.read(user, Did::Replied, mail, occurred),
            "Email Opened" => {
                self.read(user, Did::Opened, mail, occurred);
                is_activity = false;
            }
            "Email Bounced" => {
                is_activity = false;
                if line.said.get("bounce_type").and_then(Json::as_str) == Some("hard") {
                    self.bounce(user);
                }
            }
            "Unsubscribed" => {
                is_activity = false;
                self.refuse(user, Refusal::Unsubscribed, occurred);
            }
            "Email Marked as Spam" => {
                is_activity = false;
                self.refuse(user, Refusal::Complained, occurred);
            }
            "Subscribed" => self.subscribe(user, occurred),
            name => {
                let known = EVENTS.iter().position(|(event, _)| *event == name);
                if let Some(place) = known {
                    let value = EVENTS.get(place).and_then(|(_, property)| *property).and_then(|(property, values)| {
                        let said = line.said.get(property).and_then(Json::as_str)?;
                        values.iter().position(|value| *value == said)
                    });
                    what = What::Did(place, value);
                }
            }
        }
        let is_trigger = matches!(what, What::Did(..));
        let person = self.person_mut(user);
        person.history.push(Happening { seq, occurred, what, is_activity });
        is_trigger.then(|| person.history.len() - 1)
    }

    /// Somebody did something with a mail. Whether it shows that they are there.
    fn read(&mut self, user: u32, did: Did, mail: usize, occurred: i64) -> bool {
        let Some(place) = self.person(user).sender_of(mail, occurred) else { return true };
        let journey = &mut self.person_mut(user).journeys[place];
        let sent_at =
            journey.sent.iter().filter(|sent| sent.mail == mail).map(|sent| sent.at).max().unwrap_or_default();
        if did == Did::Clicked && occurred <= sent_at + 10_000 {
            return false;
        }
        if !journey.told.contains(&(did, mail)) {
            journey.told.push((did, mail));
            let (workflow, run) = (journey.workflow, journey.run);
            let line = format!("{} {}/{run} {}", word(did), self.workflow(workflow).name, MAILS[mail]);
            self.tell(user, line);
        }
        true
    }

    fn bounce(&mut self, user: u32) {
        let person = self.person_mut(user);
        if !std::mem::replace(&mut person.bounced, true) {
            self.tell(user, "Suppressed HardBounced".to_owned());
        }
    }

    pub(super) fn refuse(&mut self, user: u32, refusal: Refusal, occurred: i64) {
        let is_there = self.person(user).refuses(refusal);
        let person = self.person_mut(user);
        person.refused.push((refusal, occurred));
        if refusal != Refusal::Suppressed {
            person.refused_at = person.refused_at.max(occurred);
        }
        let word = match (refusal, is_there) {
            (Refusal::Unsubscribed, false) => "Unsubscribed",
            (Refusal::Complained, false) => "Complained",
            (Refusal::Suppressed, false) => "ByWorkflow",
            (Refusal::Suppressed, true) => "ByWorkflowAgain",
            _ => return,
        };
        self.tell(user, format!("Suppressed {word}"));
    }

    fn subscribe(&mut self, user: u32, occurred: i64) {
        let person = self.person_mut(user);
        let lifts = |refusal: Refusal| {
            let mut since = person.refused.iter().filter(|(one, _)| *one == refusal).map(|(_, since)| *since);
            let is_there = since.clone().next().is_some();
            is_there
                && match refusal {
                    Refusal::Suppressed => since.all(|since| since < occurred),
                    Refusal::Unsubscribed | Refusal::Complained => person.refused_at < occurred,
                }
        };
        let lifted: Vec<Refusal> = [Refusal::Unsubscribed, Refusal::Complained, Refusal::Suppressed]
            .into_iter()
            .filter(|one| lifts(*one))
            .collect();
        person.refused.retain(|(one, _)| !lifted.contains(one));
        if lifted.iter().any(|one| *one != Refusal::Suppressed) {
            self.tell(user, "Consented 0".to_owned());
        }
        if lifted == [Refusal::Suppressed] {
            self.tell(user, "Consented 1".to_owned());
        }
    }

    /// The wall clocks of somebody show another time: what is due by them is so anew, and never before now.
    fn move_clocks(&mut self, user: u32) {
        let (zone, now) = (self.zone(user), self.now);
        let mut due = Vec::new();
        let (plan, policy) = (self.plan, &self.plan.policy);
        for journey in &mut self.person_mut(user).journeys {
            let window = plan.workflows[journey.workflow].window;
            let has_hours = window.is_some() || policy.quiet.is_some() || policy.blackout.is_some();
            match &mut journey.state {
                State::Waiting { until, wall: Some(wall) } | State::Awaiting { until, wall: Some(wall), .. } => {
                    *until = hours::instant(*wall, &zone).max(now);
                    due.push(*until);
                }
                State::Out { due: at, is_held: true, step_at, .. } if has_hours => {
                    let last = *step_at + policy.longest_hold();
                    *at = hours::leaves(window, policy, now, last, &zone).unwrap_or(last).max(now);
                    due.push(*at);
                }
                _ => {}
            }
        }
        let ended = self.person(user).journeys.iter().filter_map(|journey| Some((journey.workflow, journey.ended_at?)));
        for (workflow, ended_at) in ended.collect::<Vec<_>>() {
            let days = plan.workflows[workflow].reenter.days();
            due.extend(days.map(|days| hours::instant(hours::days_later(ended_at, days, &zone), &zone)));
        }
        self.agenda.extend(due.into_iter().filter(|at| *at > now));
    }

    // What follows from it.

    /// Goals and exits, entries and waits on one picture; then the steps, until nothing changes any more.
    fn judge(&mut self, user: u32, is_news: bool, trigger: Option<usize>) {
        self.ends(user);
        let mut begin = self.complete_held(user);
        begin.extend(self.again(user));
        if let Some(trigger) = trigger {
            begin.extend(self.triggered(user, trigger));
        }
        if is_news {
            begin.extend(self.crossed(user));
        }
        let mut set_going = self.satisfied(user);
        for (workflow, since) in begin {
            set_going.extend(self.enter(user, workflow, since, false));
        }
        self.set_going(user, set_going);
    }

    /// Runs journeys that one thing has set going, by the names of their workflows; and whatever their steps set going.
    fn set_going(&mut self, user: u32, mut places: Vec<usize>) {
        if places.is_empty() {
            return;
        }
        places.sort_by_key(|place| self.order(user, *place));
        for place in places {
            match self.person(user).journeys[place].state {
                State::Running => self.go_on(user, place),
                State::Awaiting { .. } => self.wake(user, place, false),
                _ => {}
            }
        }
        self.refuse_doubled(user);
        self.judge(user, false, None);
    }

    /// Goes on behind a `wait until`.
    fn wake(&mut self, user: u32, place: usize, timed_out: bool) {
        let line = {
            let journey = &mut self.person_mut(user).journeys[place];
            if !journey.is_live() {
                return;
            }
            let State::Awaiting { otherwise, .. } = std::mem::replace(&mut journey.state, State::Running) else {
                return;
            };
            journey.timed_out = timed_out;
            if timed_out {
                journey.first(&otherwise);
            }
            (journey.workflow, journey.run)
        };
        if timed_out {
            let line = format!("TimedOut {}/{}", self.workflow(line.0).name, line.1);
            self.tell(user, line);
        }
        self.go_on(user, place);
    }

    /// Those whose wait is satisfied.
    fn satisfied(&self, user: u32) -> Vec<usize> {
        let person = self.person(user);
        let is_over = |journey: &Journey| match &journey.state {
            State::Awaiting { condition, from, .. } => {
                let place = Place { from: Some(*from), ..self.place_of(journey) };
                person.holds(condition, place)
            }
            _ => false,
        };
        (0..person.journeys.len()).filter(|place| is_over(&person.journeys[*place])).collect()
    }

    /// Goals and exits of all journeys.
    pub(super) fn ends(&mut self, user: u32) {
        let mut order: Vec<usize> = (0..self.person(user).journeys.len()).collect();
        order.sort_by_key(|place| self.order(user, *place));
        for place in order {
            // Whoever comes to let something out is asked at that, behind consent.
            if !self.person(user).journeys[place].stands_back() {
                self.end_if_met(user, place);
            }
        }
    }

    pub(super) fn end_if_met(&mut self, user: u32, place: usize) {
        let person = self.person(user);
        let journey = &person.journeys[place];
        let workflow = self.workflow(journey.workflow);
        let label = format!("{}/{}", workflow.name, journey.run);
        let asked = self.place_of(journey);
        if let Some(goal) = &workflow.goal
            && !journey.goal_met
            && (journey.is_live() || journey.goal_until.is_some_and(|until| self.now <= until))
            && person.holds(&goal.when, asked)
        {
            let (is_live, goes_on) = (journey.is_live(), goal.goes_on);
            self.person_mut(user).journeys[place].goal_met = true;
            match (is_live, goes_on) {
                (false, _) => self.tell(user, format!("Attributed {label}")),
                (true, true) => self.tell(user, format!("GoalMet {label}")),
                (true, false) => self.end(user, place, format!("Converted {label}")),
            }
        }
        let person = self.person(user);
        let journey = &person.journeys[place];
        if journey.is_live() {
            let asked = self.place_of(journey);
            let exit = workflow.exits.iter().position(|exit| person.holds(exit, asked));
            if let Some(exit) = exit {
                self.end(user, place, format!("ExitedWhen {label} {exit}"));
            }
        }
    }

    /// It is over: what it holds is withdrawn.
    pub(super) fn end(&mut self, user: u32, place: usize, line: String) {
        let now = self.now;
        let journey = &self.person(user).journeys[place];
        let workflow = self.workflow(journey.workflow);
        let is_started = matches!(&journey.state, State::Out { is_written: true, .. });
        let mail = match journey.todo.last() {
            Some(Step::Send(mail)) if is_started => Some(*mail),
            _ => None,
        };
        let label = format!("{}/{}", workflow.name, journey.run);
        if let Some(mail) = mail {
            self.tell(user, format!("Withheld {label} send {} JourneyEnded", MAILS[mail]));
        }
        let zone = self.zone(user);
        let journey = &mut self.person_mut(user).journeys[place];
        journey.ended_at = Some(now);
        if !matches!(journey.state, State::Sending { .. }) {
            journey.state = State::Ended;
        }
        if let Some(days) = workflow.reenter.days() {
            let free = hours::instant(hours::days_later(now, days, &zone), &zone);
            self.agenda.insert(free);
        }
        self.tell(user, line);
    }

    // Who comes in.

    /// Workflows whose entry waits for something to become true, and whether it takes those of whom it is true already.
    fn waiting_entries(&self) -> Vec<(usize, bool)> {
        let entries = self.plan.workflows.iter().enumerate();
        entries
            .filter_map(|(place, workflow)| match &workflow.entry {
                Entry::Becomes(_, existing) => Some((place, *existing)),
                Entry::Crossed(..) => Some((place, false)),
                _ => None,
            })
            .collect()
    }

    fn entry_holds(&self, user: u32, workflow: usize, without: Option<(usize, i64)>) -> bool {
        let asked = Place { now: self.now, without, ..Place::default() };
        let person = self.person(user);
        match &self.workflow(workflow).entry {
            Entry::Becomes(condition, _) => person.holds(condition, asked),
            Entry::Crossed(entered, number) => person.holds(&segment(*number), asked) == *entered,
            _ => false,
        }
    }

    /// Entries of this event that are followed.
    fn triggered(&mut self, user: u32, trigger: usize) -> Vec<(usize, (u64, i64))> {
        let mut begin = Vec::new();
        let happening = self.person(user).history[trigger].clone();
        let since = (happening.seq, happening.occurred);
        for (place, workflow) in self.plan.workflows.iter().enumerate() {
            let Entry::Event(test, condition) = &workflow.entry else { continue };
            if !matches(test, &happening.what) {
                continue;
            }
            let asked = Place { now: self.now, ..Place::default() };
            if condition.as_ref().is_some_and(|condition| !self.person(user).holds(condition, asked)) {
                self.tell_failed(user, place);
                continue;
            }
            if sends_mail(&workflow.steps) && !self.person(user).has_address {
                self.hold(user, place, since);
                continue;
            }
            match self.refused(user, place, since) {
                Some(reason) => self.refuse_at_event(user, place, since, &reason),
                None => begin.push((place, since)),
            }
        }
        begin
    }

    /// Who is in it already may come in again behind that.
    fn refuse_at_event(&mut self, user: u32, workflow: usize, since: (u64, i64), why: &str) {
        let of = self.workflow(workflow);
        let is_remembered = of.reenter == Reenter::Always && why == "AlreadyIn";
        if is_remembered {
            self.person_mut(user).again.insert(workflow, since);
        }
        self.tell(user, format!("Ignored {} {}", of.name, if is_remembered { "Remembered" } else { why }));
    }

    /// Whom a trigger lets in that came during a journey which has ended.
    fn again(&mut self, user: u32) -> Vec<(usize, (u64, i64))> {
        let person = self.person(user);
        let is_in = |workflow: usize| person.journeys.iter().any(|one| one.workflow == workflow && one.is_live());
        let called: Vec<(usize, (u64, i64))> =
            person.again.iter().filter(|(workflow, _)| !is_in(**workflow)).map(|(of, since)| (*of, *since)).collect();
        let mut begin = Vec::new();
        for (workflow, since) in called {
            self.person_mut(user).again.remove(&workflow);
            match self.refused(user, workflow, since) {
                Some(why) => self.tell(user, format!("Ignored {} {why}", self.workflow(workflow).name)),
                None => begin.push((workflow, since)),
            }
        }
        begin
    }

    /// The condition beside the event does not hold; where what it asks for is missing, that is told as well.
    fn tell_failed(&mut self, user: u32, workflow: usize) {
        let of = self.workflow(workflow);
        self.tell(user, format!("Ignored {} ConditionFails", of.name));
        let person = self.person(user);
        let missing = match &of.entry {
            Entry::Event(_, Some(Cond::SeatsAtLeast(_))) if person.number("seats", None).is_none() => "seats",
            Entry::Event(_, Some(Cond::Industry)) if person.text("industry").is_none() => "industry",
            _ => return,
        };
        self.tell(user, format!("Lacked {} {missing}", of.name));
    }

    fn hold(&mut self, user: u32, workflow: usize, since: (u64, i64)) {
        let until = self.now + 10 * MINUTE;
        self.agenda.insert(until);
        let held = &mut self.person_mut(user).held;
        match held.iter_mut().find(|held| held.workflow == workflow) {
            Some(held) => held.until = until,
            None => held.push(HeldEntry { workflow, until, since }),
        }
    }

    /// Held entries that the address completes.
    fn complete_held(&mut self, user: u32) -> Vec<(usize, (u64, i64))> {
        if !self.person(user).has_address {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.person_mut(user).held);
        let mut begin = Vec::new();
        for held in held {
            let workflow = self.workflow(held.workflow);
            let asked = Place { now: self.now, ..Place::default() };
            if let Entry::Event(_, Some(condition)) = &workflow.entry
                && !self.person(user).holds(condition, asked)
            {
                self.tell_failed(user, held.workflow);
                continue;
            }
            match self.refused(user, held.workflow, held.since) {
                Some(reason) => self.refuse_at_event(user, held.workflow, held.since, &reason),
                None => begin.push((held.workflow, held.since)),
            }
        }
        begin
    }

    /// Why somebody is not taken in.
    pub(super) fn refused(&self, user: u32, workflow: usize, since: (u64, i64)) -> Option<String> {
        let person = self.person(user);
        let of = self.workflow(workflow);
        let mut journeys = person.journeys.iter().filter(|journey| journey.workflow == workflow);
        if journeys.clone().any(Journey::is_live) {
            return Some("AlreadyIn".to_owned());
        }
        let zone = self.zone(user);
        if let Some(ended_at) = journeys.clone().filter_map(|journey| journey.ended_at).max() {
            match of.reenter {
                // Wider worlds are not read here.
                Reenter::Always | Reenter::Per(_) => {}
                Reenter::Never => return Some("OnlyOnce".to_owned()),
                Reenter::After(days) => {
                    if self.now < hours::instant(hours::days_later(ended_at, days, &zone), &zone) {
                        return Some("TooSoon".to_owned());
                    }
                }
            }
        }
        let _ = journeys.next();
        let asked = Place { now: self.now, since: Some(since), ..Place::default() };
        if of.skip.as_ref().is_some_and(|skip| person.holds(skip, asked)) {
            return Some("Skipped".to_owned());
        }
        if of.goal.as_ref().is_some_and(|goal| person.holds(&goal.when, asked)) {
            return Some("GoalHolds".to_owned());
        }
        if let Some(exit) = of.exits.iter().position(|exit| person.holds(exit, asked)) {
            return Some(format!("ExitHolds {exit}"));
        }
        person.turns.iter().any(|turn| turn.workflow == workflow).then(|| "Waiting".to_owned())
    }

    /// Somebody comes in, or waits for their turn.
    fn enter(&mut self, user: u32, workflow: usize, since: (u64, i64), is_started: bool) -> Option<usize> {
        let is_begun = |journey: &Journey| journey.workflow == workflow && matches!(journey.state, State::Running);
        if self.person(user).journeys.iter().any(is_begun) {
            let became = !is_started && matches!(self.workflow(workflow).entry, Entry::Becomes(..));
            self.doubled.push((workflow, since, became));
            return None;
        }
        let turn = self.turn_of(workflow);
        self.places.entry(workflow).or_default().push(turn);
        if turn <= self.now {
            return Some(self.begin(user, workflow, since, is_started));
        }
        self.agenda.insert(turn);
        let person = self.person_mut(user);
        person.remembered.remove(&workflow);
        person.turns.push(Turn { workflow, at: turn, since, is_started });
        let before = person.journeys.iter().filter(|journey| journey.workflow == workflow).count();
        self.tell(user, format!("Held {}/{before} ", self.workflow(workflow).name));
        None
    }

    /// One picture lets somebody into a workflow once.
    fn refuse_doubled(&mut self, user: u32) {
        for (workflow, since, became) in std::mem::take(&mut self.doubled) {
            let why = self.refused(user, workflow, since).unwrap_or_else(|| "AlreadyIn".to_owned());
            if became && why != "OnlyOnce" {
                self.person_mut(user).remembered.insert(workflow);
            }
            self.tell(user, format!("Ignored {} {why}", self.workflow(workflow).name));
        }
    }

    /// Where nobody looked when a turn came, that turn and all later ones of its workflow move by as much.
    fn move_turns(&mut self) {
        for workflow in 0..self.plan.workflows.len() {
            let turns = self.people.values().flat_map(|person| &person.turns).filter(|turn| turn.workflow == workflow);
            let Some(first) = turns.map(|turn| turn.at).min().filter(|first| *first < self.now) else { continue };
            let moved = self.now - first;
            for turn in self.people.values_mut().flat_map(|person| &mut person.turns) {
                if turn.workflow == workflow {
                    turn.at += moved;
                }
            }
            for place in self.places.entry(workflow).or_default().iter_mut().filter(|place| **place >= first) {
                *place += moved;
            }
        }
    }

    /// When the next who comes may come in.
    fn turn_of(&self, workflow: usize) -> i64 {
        let Some((count, by_day)) = self.workflow(workflow).rate else { return self.now };
        let period = if by_day { DAY } else { 60 * MINUTE };
        let places = self.places.get(&workflow).map(Vec::as_slice).unwrap_or_default();
        let last = places.last().copied().unwrap_or_default();
        let free = places.len().checked_sub(count as usize).map_or(0, |place| {
            let full_minute = (places[place] + MINUTE - 1) / MINUTE * MINUTE;
            full_minute + period
        });
        self.now.max(last).max(free)
    }

    /// Those whose turn has come and who are still let in.
    fn whose_turn_it_is(&mut self, user: u32) -> Vec<Turn> {
        let now = self.now;
        let (due, later): (Vec<Turn>, Vec<Turn>) =
            self.person(user).turns.iter().cloned().partition(|turn| turn.at <= now);
        self.person_mut(user).turns = later;
        let mut begin = Vec::new();
        for turn in due {
            let name = &self.workflow(turn.workflow).name;
            if !turn.is_started && !self.still_holds(user, turn.workflow) {
                self.tell_failed(user, turn.workflow);
                continue;
            }
            match self.refused(user, turn.workflow, turn.since) {
                Some(why) => self.tell(user, format!("Ignored {name} {why}")),
                None => begin.push(turn),
            }
        }
        begin
    }

    /// Whether the condition of an entry holds.
    fn still_holds(&self, user: u32, workflow: usize) -> bool {
        let asked = Place { now: self.now, ..Place::default() };
        match &self.workflow(workflow).entry {
            Entry::Event(_, Some(condition)) | Entry::Becomes(condition, _) => {
                self.person(user).holds(condition, asked)
            }
            _ => true,
        }
    }

    /// A journey begins.
    fn begin(&mut self, user: u32, workflow: usize, since: (u64, i64), is_started: bool) -> usize {
        let of = self.workflow(workflow);
        let zone = self.zone(user);
        let now = self.now;
        let person = self.person_mut(user);
        let run = person.journeys.iter().filter(|journey| journey.workflow == workflow).count() as u32 + 1;
        let goal_until = of.goal.as_ref().map(|goal| hours::instant(hours::days_later(now, goal.within, &zone), &zone));
        let mut journey = Journey {
            workflow,
            run,
            since,
            entered_at: now,
            todo: Vec::new(),
            state: State::Running,
            sent: Vec::new(),
            told: Vec::new(),
            timed_out: false,
            nobody_took: false,
            goal_met: false,
            goal_until,
            ended_at: None,
        };
        journey.first(&of.steps);
        person.journeys.push(journey);
        person.remembered.remove(&workflow);
        let place = person.journeys.len() - 1;
        self.tell(user, format!("Entered {}/{run}{}", of.name, if is_started { " started" } else { "" }));
        place
    }

    // What time does.

    fn fall_due(&mut self, user: u32) {
        let now = self.now;
        let expired: Vec<HeldEntry> = self.person(user).held.iter().filter(|held| now >= held.until).cloned().collect();
        self.person_mut(user).held.retain(|held| now < held.until);
        for held in expired {
            let name = &self.workflow(held.workflow).name;
            self.tell(user, format!("Ignored {name} NotIdentified"));
            self.tell(user, format!("Lacked {name} email"));
        }
        let turns = self.whose_turn_it_is(user);
        let begin = self.started(user);
        let became = self.became_true(user);
        let mut due: Vec<usize> = (0..self.person(user).journeys.len()).collect();
        due.retain(|place| match self.person(user).journeys[*place].state {
            State::Waiting { until, .. } | State::Awaiting { until, .. } => until <= now,
            _ => false,
        });
        due.extend(begin.into_iter().filter_map(|(workflow, since)| self.enter(user, workflow, since, true)));
        due.extend(became.into_iter().filter_map(|(workflow, since)| self.enter(user, workflow, since, false)));
        due.extend(turns.into_iter().map(|turn| self.begin(user, turn.workflow, turn.since, turn.is_started)));
        if due.is_empty() {
            return;
        }
        due.sort_by_key(|place| self.order(user, *place));
        for place in due {
            self.end_if_met(user, place);
            let journey = &mut self.person_mut(user).journeys[place];
            match journey.state {
                State::Running => self.go_on(user, place),
                State::Waiting { .. } => {
                    journey.state = State::Running;
                    self.go_on(user, place);
                }
                State::Awaiting { .. } => self.wake(user, place, true),
                _ => {}
            }
        }
        self.refuse_doubled(user);
        self.judge(user, false, None);
    }

    /// Entries that wait for something to become true.
    fn become_true(&mut self, user: u32) -> bool {
        let begin = self.became_true(user);
        let is_anything = !begin.is_empty();
        let begun =
            begin.into_iter().filter_map(|(workflow, since)| self.enter(user, workflow, since, false)).collect();
        self.set_going(user, begun);
        is_anything
    }

    /// What has become true, as of now: who comes in by it.
    fn became_true(&mut self, user: u32) -> Vec<(usize, (u64, i64))> {
        let mut begin = self.crossed(user);
        for (workflow, _) in self.waiting_entries() {
            if matches!(self.workflow(workflow).entry, Entry::Crossed(..)) {
                continue;
            }
            let holds = self.entry_holds(user, workflow, None);
            let was = self.person_mut(user).was.insert(workflow, holds).unwrap_or(false);
            let name = &self.workflow(workflow).name;
            if !holds {
                self.person_mut(user).remembered.remove(&workflow);
                continue;
            }
            let since = (self.seq, self.now);
            let is_news = !was;
            if is_news && !self.entry_holds(user, workflow, Some((workflow, self.now))) {
                self.tell(user, format!("Ignored {name} OwnSteps"));
                continue;
            }
            if !is_news && !self.person(user).remembered.contains(&workflow) {
                continue;
            }
            let refused = self.refused(user, workflow, since);
            let is_final = refused
                .as_ref()
                .is_some_and(|why| why.starts_with("GoalHolds") || why.starts_with("ExitHolds") || why == "OnlyOnce");
            if is_final {
                self.person_mut(user).remembered.remove(&workflow);
            }
            match refused {
                Some(why) => {
                    if is_news || is_final && why != "OnlyOnce" {
                        self.tell(user, format!("Ignored {name} {why}"));
                    }
                    if !is_final {
                        self.person_mut(user).remembered.insert(workflow);
                    }
                }
                None => begin.push((workflow, since)),
            }
        }
        begin
    }

    /// Entries by a segment that is entered or left: that is an event, and refused as one.
    fn crossed(&mut self, user: u32) -> Vec<(usize, (u64, i64))> {
        let since = (self.seq, self.now);
        let mut begin = Vec::new();
        for (place, workflow) in self.plan.workflows.iter().enumerate() {
            if !matches!(workflow.entry, Entry::Crossed(..)) || self.by_time.contains_key(&place) {
                continue;
            }
            let holds = self.entry_holds(user, place, None);
            let was = self.person_mut(user).was.insert(place, holds).unwrap_or(false);
            if was || !holds {
                continue;
            }
            if !self.entry_holds(user, place, Some((place, self.now))) {
                self.tell(user, format!("Ignored {} OwnSteps", workflow.name));
                continue;
            }
            if sends_mail(&workflow.steps) && !self.person(user).has_address {
                self.hold(user, place, since);
                continue;
            }
            match self.refused(user, place, since) {
                Some(why) => self.tell(user, format!("Ignored {} {why}", workflow.name)),
                None => begin.push((place, since)),
            }
        }
        begin
    }

    /// Workflows that steps of the instant before started.
    fn started(&mut self, user: u32) -> Vec<(usize, (u64, i64))> {
        let now = self.now;
        let since = (self.seq, now);
        let due: Vec<(usize, i64)> = self.person(user).starts.iter().filter(|(_, at)| *at <= now).copied().collect();
        let mut begin = Vec::new();
        for start in due {
            self.person_mut(user).starts.remove(&start);
            match self.refused(user, start.0, since) {
                Some(why) => {
                    self.tell(user, format!("Ignored {} {why}", self.workflow(start.0).name));
                    // It is enough that one of those that would let them in still does when their turn comes.
                    let turns = &mut self.person_mut(user).turns;
                    turns.iter_mut().filter(|turn| turn.workflow == start.0).for_each(|turn| turn.is_started = true);
                }
                None => begin.push((start.0, since)),
            }
        }
        begin
    }

    /// The next thing of a person that leaves at this instant.
    fn let_out(&mut self, user: u32) -> bool {
        let person = self.person(user);
        let due = |journey: &&(usize, &Journey)| matches!(journey.1.state, State::Out { due, .. } if due <= self.now);
        let answered =
            |journey: &Journey| matches!(journey.state, State::Sending { answer_at, .. } if answer_at <= self.now);
        let places: Vec<(usize, &Journey)> = person.journeys.iter().enumerate().collect();
        let answer = places.iter().find(|(_, journey)| answered(journey)).map(|(place, _)| *place);
        let mut round: Vec<usize> = places.iter().filter(due).map(|(place, _)| *place).collect();
        if self.person(user).round.is_empty() {
            round.sort_by_key(|place| self.turn_to_leave(user, *place));
            self.person_mut(user).round = round;
        } else {
            self.person_mut(user).round.retain(|place| round.contains(place));
        }
        if self.person(user).round.is_empty() {
            // What it says comes behind all that is handed over beside it.
            let Some(place) = answer else { return false };
            self.hear_answer(user, place);
            self.judge(user, false, None);
            return true;
        }
        let place = self.person_mut(user).round.remove(0);
        self.let_out_one(user, place);
        if self.person(user).round.is_empty() {
            self.judge(user, false, None);
        }
        true
    }

    /// Whose steps run before whose at one instant: by the policy's groups, then by name.
    fn order(&self, user: u32, place: usize) -> (usize, usize, usize) {
        let workflow = self.person(user).journeys[place].workflow;
        let (first, group) = (&self.plan.policy.first, self.workflow(workflow).group);
        let rank = first.iter().position(|first| Some(*first) == group).unwrap_or(first.len());
        (rank, workflow, place)
    }

    /// Whose mail goes before whose: by the groups, then, where only some may leave, that which has waited longest.
    fn turn_to_leave(&self, user: u32, place: usize) -> (usize, i64, u64, usize, usize) {
        let (rank, workflow, place) = self.order(user, place);
        let (since, number) = match self.person(user).journeys[place].state {
            State::Out { step_at, message: Some(number), .. } if !self.plan.policy.caps.is_empty() => (step_at, number),
            _ => (self.now, u64::MAX),
        };
        (rank, since, number, workflow, place)
    }

    // What is asked often.

    pub(super) fn person(&self, user: u32) -> &Person {
        &self.people[&user]
    }

    pub(super) fn person_mut(&mut self, user: u32) -> &mut Person {
        self.people.entry(user).or_default()
    }

    pub(super) fn workflow(&self, place: usize) -> &'w Workflow {
        &self.plan.workflows[place]
    }

    pub(super) fn zone(&self, user: u32) -> jiff::tz::TimeZone {
        hours::zone(self.person(user).text("timezone").unwrap_or("Europe/Berlin"))
    }

    pub(super) fn place_of<'a>(&self, journey: &'a Journey) -> Place<'a> {
        Place { now: self.now, since: Some(journey.since), from: None, journey: Some(journey), without: None }
    }

    pub(super) fn tell(&mut self, user: u32, line: String) {
        self.told.push(Told { user, at: self.now, line });
    }

    fn live_at_the_end(&mut self) {
        let mut lines = Vec::new();
        for (user, person) in &self.people {
            let stands =
                format!("score {} stage {} vip {}", person.score(None), person.stage(None), person.flag("vip", None));
            lines.push(Told { user: *user, at: i64::MAX, line: stands });
            for journey in person.journeys.iter().filter(|journey| journey.is_live()) {
                let due = match journey.state {
                    State::Waiting { until, .. } | State::Awaiting { until, .. } => clock(until),
                    State::Out { due, .. } => clock(due),
                    _ => String::new(),
                };
                let line = format!("live {}/{} until {due}", self.workflow(journey.workflow).name, journey.run);
                lines.push(Told { user: *user, at: i64::MAX, line });
            }
        }
        self.told.extend(lines);
    }
}

/// Whether a mail stands among the steps.
fn sends_mail(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Send(_) => true,
        Step::Until(_, _, _, block) => sends_mail(block),
        Step::If(_, yes, no) => sends_mail(yes) || sends_mail(no),
        Step::Choose(ways) => ways.iter().any(|way| sends_mail(way)),
        _ => false,
    })
}
