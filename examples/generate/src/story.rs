//! What one person does in a quarter.
//!
//! The story follows the example's workflows without knowing them: whoever downloads the guide gets a mail at the next weekday window,
//! perhaps clicks, gets a second one two days later, perhaps looks at pricing, perhaps asks for a demo and becomes a customer. So the
//! program meets people who go down every branch it has. Around that, people just browse, and many fall silent.

use crate::Plan;
use crate::calendar::{self, DAY, HOUR, MINUTE, Ms, SECOND, START, Zone};
use crate::events::{Body, Event, Property, Trait};
use crate::faults::{Counts, Fault};
use crate::people::{Origin, Person, Stage, Temperament};
use crate::rng::{Purpose, Rng};

/// Silence after which somebody gets the question whether they are still there.
const QUIET_DAYS: i64 = 45;
/// Session counts below are for a quarter; shorter plans have fewer.
const QUARTER_DAYS: u64 = 90;
/// From here on people sleep little enough to be counted as awake.
const MORNING: Ms = 7 * HOUR;
/// Room for the night that `awake` may add to a delay.
const NIGHT: Ms = 7 * HOUR;

const PRICING: &str = "/pricing";

static PAGES: &[(&str, u32)] = &[
    ("/", 30),
    ("/blog/shorter-sales-cycles", 11),
    ("/blog/lead-scoring-that-sales-trusts", 9),
    ("/blog/when-to-call", 8),
    ("/blog/gdpr-for-marketers", 5),
    ("/features", 12),
    ("/integrations", 7),
    ("/customers", 5),
    ("/customers/brightly", 4),
    ("/docs", 6),
    ("/about", 4),
    ("/careers", 2),
    (PRICING, 5),
];

static OTHER_ASSETS: &[&str] =
    &["roi-calculator", "email-benchmarks", "lead-scoring-template", "gdpr-checklist", "onboarding-playbook"];

/// A webinar and the day and hour, in UTC, at which it starts.
static WEBINARS: &[(&str, i64, i64)] =
    &[("pipeline-hygiene", 16, 15), ("scoring-live", 37, 9), ("brightly-story", 58, 15), ("summer-planning", 79, 13)];

static FORMS: &[(&str, u32)] = &[("newsletter", 45), ("contact-us", 20), ("webinar-registration", 25), ("partner", 10)];

/// A mail that somebody got, with the links it holds.
struct Mail {
    id: &'static str,
    links: &'static [&'static str],
}

static GUIDE_DELIVERY: Mail = Mail { id: "guide_delivery", links: &["guide", "case-study"] };
static CASE_STUDY: Mail = Mail { id: "case_study", links: &["pricing"] };
static GUIDE_REMINDER: Mail = Mail { id: "guide_reminder", links: &["case-study"] };
static PRICING_HELP: Mail = Mail { id: "pricing_help", links: &["book"] };
static STILL_THERE: Mail = Mail { id: "still_there", links: &["stay"] };

/// Everything `person` does in the plan, in no particular order.
pub(crate) fn tell(seed: u64, plan: &Plan, person: &Person, counts: &mut Counts) -> Vec<Event> {
    let mut story = Story {
        person,
        end: plan.end(),
        days: i64::from(plan.days),
        rng: Rng::stream(seed, Purpose::Story, u64::from(person.id)),
        events: Vec::new(),
        mail_until: plan.end(),
        has_deal: false,
        counts,
    };
    story.browse();
    story.read_about_us();
    story.compare_prices();
    story.join_in();
    story.change_details();
    story.be_sold_to();
    story.be_disqualified();
    story.answer_after_silence();
    story.be_introduced();
    story.events
}

struct Story<'a> {
    person: &'a Person,
    end: Ms,
    days: i64,
    rng: Rng,
    events: Vec<Event>,
    /// Mail stops at an unsubscribe, a hard bounce or a complaint.
    mail_until: Ms,
    has_deal: bool,
    counts: &'a mut Counts,
}

// The scenes.
impl Story<'_> {
    /// Visits in sessions. Casual people come in one stretch of weeks and are not seen before or after.
    fn browse(&mut self) {
        let (sessions, stretch) = match self.person.temperament {
            Temperament::Quiet if self.rng.percent(20) => (1, 10),
            Temperament::Quiet => return,
            Temperament::Casual => (self.rng.between(1, 4), 30),
            Temperament::Engaged => (self.rng.between(4, 11), QUARTER_DAYS as i64),
            Temperament::Hot => (self.rng.between(7, 14), QUARTER_DAYS as i64),
        };
        let stretch = stretch.min(self.days);
        let first_day = self.rng.between(0, self.days - stretch);
        for _ in 0..self.per_quarter(sessions) {
            let day = first_day + self.rng.below(stretch as u64) as i64;
            let at = self.moment_on(day);
            self.session(at);
        }
    }

    /// Downloads, and what follows from the one the workflow waits for.
    fn read_about_us(&mut self) {
        let (guide, other) = match self.person.temperament {
            Temperament::Quiet => (0, 2),
            Temperament::Casual => (42, 22),
            Temperament::Engaged => (64, 45),
            Temperament::Hot => (66, 60),
        };
        if self.rng.percent(guide) {
            let at = self.some_moment();
            let received = self.track(at, "downloaded", &[("asset", "b2b-guide")]);
            if self.person.is_for_the_guide() {
                self.be_nurtured(received);
            }
            // The guide gets lost in a folder: some fetch it again, mostly while the journey is still on.
            if self.rng.percent(7) {
                let again = self.after(at, DAY, 30 * DAY);
                self.track(again, "downloaded", &[("asset", "b2b-guide")]);
            }
        }
        if self.rng.percent(other) {
            let at = self.some_moment();
            let asset = self.rng.pick(OTHER_ASSETS);
            self.track(at, "downloaded", &[("asset", asset)]);
        }
    }

    fn be_nurtured(&mut self, downloaded: Ms) {
        let zone = self.person.mail_zone();
        let sent = zone.next_window(downloaded);
        if !self.receive(&GUIDE_DELIVERY, sent) {
            return;
        }
        if self.rng.percent(8) {
            let before = sent - self.rng.between(MINUTE, 40 * MINUTE);
            self.mail_event(before, "Email Opened", &GUIDE_DELIVERY, None);
            self.counts.add(Fault::EarlyEngagement);
        }
        self.open(&GUIDE_DELIVERY, sent, 66);
        self.click(&GUIDE_DELIVERY, "guide", sent, 48, 3 * DAY);
        let in_time = 2 * DAY - NIGHT - HOUR;
        let clicked = self.click(&GUIDE_DELIVERY, "case-study", sent, 36, in_time);
        if !clicked && self.rng.percent(8) {
            let late = self.after(sent, 2 * DAY + 2 * HOUR, 7 * DAY);
            self.mail_event(late, "Email Link Clicked", &GUIDE_DELIVERY, Some("case-study"));
        }
        let second = zone.next_window(zone.plus_days(sent, 2));
        self.get_second_mail(if clicked { &CASE_STUDY } else { &GUIDE_REMINDER }, second);
        self.look_at_pricing(second, if clicked { 52 } else { 32 });
    }

    fn get_second_mail(&mut self, mail: &'static Mail, sent: Ms) {
        if !self.receive(mail, sent) {
            return;
        }
        self.open(mail, sent, 55);
        self.click(mail, mail.links[0], sent, 24, 3 * DAY);
    }

    /// Within five days for the share given, weeks later for a few; some come back until the price is understood.
    fn look_at_pricing(&mut self, from: Ms, share: u64) {
        let at = match self.rng.below(100) {
            roll if roll < share => self.soon(from, 5 * MINUTE, 5 * DAY - NIGHT - HOUR),
            roll if roll < share + 12 => self.after(from, 6 * DAY, 20 * DAY),
            _ => return,
        };
        self.visit(at, "/");
        let next = at + self.rng.between(20 * SECOND, 3 * MINUTE);
        self.visit(next, PRICING);
        if self.rng.percent(40) {
            let back = self.rng.between(2, 4);
            self.visit_pricing_often(at, back);
        }
        if self.rng.percent(34) {
            let demo = self.after(at, 10 * MINUTE, 4 * DAY);
            self.ask_for_a_demo(demo);
        }
    }

    /// People who compare prices without any mail of ours.
    fn compare_prices(&mut self) {
        let share = match self.person.temperament {
            Temperament::Quiet => 0,
            Temperament::Casual => 2,
            Temperament::Engaged => 10,
            Temperament::Hot => 55,
        };
        if self.rng.percent(share) {
            let at = self.some_moment();
            self.visit(at, PRICING);
            let back = self.rng.between(2, 5);
            self.visit_pricing_often(at, back);
        }
    }

    /// `times` more visits within a week of the first; three in all bring an offer of help.
    fn visit_pricing_often(&mut self, first: Ms, times: i64) {
        let mut visits: Vec<Ms> = (0..times).map(|_| self.after(first, HOUR, 6 * DAY)).collect();
        visits.sort_unstable();
        let received: Vec<Ms> = visits.iter().map(|at| self.visit(*at, PRICING)).collect();
        let Some(third) = received.get(1) else { return };
        if !self.person.can_get_mail() || self.person.stage >= Stage::Opportunity || self.person.disqualified {
            return;
        }
        let sent = self.person.mail_zone().next_window(*third);
        if !self.receive(&PRICING_HELP, sent) {
            return;
        }
        self.open(&PRICING_HELP, sent, 62);
        let clicked = self.click(&PRICING_HELP, "book", sent, 34, 3 * DAY - NIGHT - HOUR);
        if self.rng.percent(if clicked { 45 } else { 8 }) {
            let demo = self.after(sent, 20 * MINUTE, 3 * DAY);
            self.ask_for_a_demo(demo);
        }
    }

    fn ask_for_a_demo(&mut self, at: Ms) {
        self.track(at, "requested_demo", &[]);
        if self.has_deal || self.person.stage >= Stage::Opportunity || !self.rng.percent(45) {
            return;
        }
        let opened = self.after(at, DAY, 12 * DAY);
        self.open_a_deal(opened);
    }

    /// Sales finds some of its deals without marketing.
    fn be_sold_to(&mut self) {
        let is_known_to_sales = matches!(self.person.stage, Stage::Mql | Stage::Sql) && !self.has_deal;
        if is_known_to_sales && self.rng.percent(15) {
            let at = self.some_moment();
            self.open_a_deal(at);
        }
    }

    /// The CRM says so by `identify`; weeks later some deals are won, and some lost for good.
    fn open_a_deal(&mut self, opened: Ms) {
        self.has_deal = true;
        self.identify(opened, vec![("stage", text("opportunity")), ("hasOpenDeal", Trait::YesNo(true))]);
        let closed = self.after(opened, 7 * DAY, 35 * DAY);
        if self.rng.percent(38) {
            self.identify(closed, vec![("stage", text("customer")), ("has_open_deal", Trait::YesNo(false))]);
        } else if self.rng.percent(20) {
            self.identify(closed, vec![("disqualified", Trait::YesNo(true)), ("hasOpenDeal", Trait::YesNo(false))]);
        }
    }

    /// Webinars, forms, trials, and demos that nobody's mail led to.
    fn join_in(&mut self) {
        let keen = match self.person.temperament {
            Temperament::Quiet => return,
            Temperament::Casual => 1,
            Temperament::Engaged => 3,
            Temperament::Hot => 4,
        };
        for (webinar, day, hour) in WEBINARS {
            if self.rng.percent(5 * keen) {
                let at = START + day * DAY + hour * HOUR + self.rng.early(-5 * MINUTE, 25 * MINUTE);
                self.track(at, "attended_webinar", &[("webinar", *webinar)]);
            }
        }
        if self.rng.percent(13 * keen) {
            let at = self.some_moment();
            let form = self.rng.weighted(FORMS, |(_, weight)| *weight).0;
            self.track(at, "submitted_form", &[("form", form)]);
        }
        if self.rng.percent(5 * keen) {
            let at = self.some_moment();
            let plan = self.rng.pick(&[None, Some(("plan", "starter")), Some(("plan", "team"))]);
            self.track(at, "signed_up", plan.as_slice());
        }
        if self.rng.percent(keen) {
            let at = self.some_moment();
            self.ask_for_a_demo(at);
        }
    }

    /// Enrichment and forms keep details fresh; keys come in both styles.
    fn change_details(&mut self) {
        let share = if self.person.temperament == Temperament::Quiet { 4 } else { 22 };
        if !self.rng.percent(share) {
            return;
        }
        let at = self.some_moment();
        let person = self.person;
        let traits = match self.rng.below(5) {
            0 => vec![("jobTitle", text(person.job_title)), ("firstName", text(person.first_name))],
            1 => vec![
                ("company_name", text(&person.company.name)),
                ("employees", Trait::Number(person.company.employees)),
            ],
            2 => vec![("timezone", text(person.zone.name)), ("country", text(person.culture.country))],
            3 => vec![("industry", text(person.company.industry))],
            _ => vec![("phone", text(&person.phone)), ("last_name", text(person.last_name))],
        };
        self.identify(at, traits);
    }

    fn be_disqualified(&mut self) {
        let active = self.person.temperament != Temperament::Quiet;
        if active && self.person.stage < Stage::Opportunity && self.rng.per_mille(22) {
            let at = self.some_moment();
            self.identify(at, vec![("disqualified", Trait::YesNo(true))]);
        }
    }

    /// Whoever was silent for 45 days is asked, and a few come back.
    fn answer_after_silence(&mut self) {
        if !self.person.can_get_mail()
            || self.person.stage == Stage::Customer
            || self.person.disqualified
            || self.has_deal
        {
            return;
        }
        let Some(silent_since) = self.first_silence() else { return };
        let zone = self.person.mail_zone();
        let sent = zone.next_window(zone.plus_days(silent_since, QUIET_DAYS));
        if !self.receive(&STILL_THERE, sent) {
            return;
        }
        self.open(&STILL_THERE, sent, 34);
        if self.click(&STILL_THERE, "stay", sent, 9, 6 * DAY) || self.rng.percent(6) {
            let back = self.after(sent, HOUR, 13 * DAY);
            self.session(back);
        }
    }

    /// When the first silence of the plan began that is long enough; the plan's start counts as a sign of life.
    fn first_silence(&self) -> Option<Ms> {
        let mut signs: Vec<Ms> = self.events.iter().map(|event| event.received).collect();
        signs.push(START);
        signs.sort_unstable();
        let ends = signs.iter().skip(1).copied().chain([self.end]);
        signs.iter().zip(ends).find(|(from, until)| until - *from >= QUIET_DAYS * DAY).map(|(from, _)| *from)
    }

    /// People outside the contacts do things first and say who they are later, or never.
    fn be_introduced(&mut self) {
        let (origin, person) = (self.person.origin_in_stream(), self.person);
        if origin == Origin::Listed {
            return;
        }
        if origin == Origin::Unknown {
            // Nobody's CRM knows them, so nobody's CRM says anything about them.
            self.events.retain(|event| matches!(event.body, Body::Track { .. }));
            self.events.iter().for_each(|_| self.counts.add(Fault::NeverIdentified));
            return;
        }
        let mut signs: Vec<Ms> = self.events.iter().map(|event| event.received).collect();
        signs.sort_unstable();
        let Some(at) = signs.get(signs.len() / 2).or(signs.first()) else { return };
        let introduced = (*at + self.rng.between(2 * SECOND, 3 * HOUR)).min(self.end - HOUR);
        signs.iter().filter(|sign| **sign < introduced).for_each(|_| self.counts.add(Fault::BeforeIdentify));
        self.identify(
            introduced,
            vec![
                ("email", text(&person.email)),
                ("firstName", text(person.first_name)),
                ("lastName", text(person.last_name)),
                ("industry", text(person.company.industry)),
                ("timezone", text(person.zone.name)),
                ("stage", text("lead")),
            ],
        );
    }
}

// What mail does to people.
impl Story<'_> {
    /// Whether the mail got there and the person will still get others: bounces, gateways, goodbyes.
    fn receive(&mut self, mail: &'static Mail, sent: Ms) -> bool {
        if sent >= self.mail_until {
            return false;
        }
        if self.rng.per_mille(22) {
            self.bounce(mail, sent);
            return false;
        }
        if self.person.company.scans_links {
            for link in mail.links {
                let at = sent + self.rng.between(SECOND, 4 * SECOND);
                if at < self.end {
                    self.counts.add(Fault::ScannerClick);
                }
                self.mail_event(at, "Email Link Clicked", mail, Some(link));
            }
        }
        self.part(mail, sent);
        true
    }

    fn bounce(&mut self, mail: &'static Mail, sent: Ms) {
        let is_hard = self.rng.percent(60);
        let at = sent + self.rng.between(2 * SECOND, 90 * SECOND);
        let kind = if is_hard { "hard" } else { "soft" };
        self.track(at, "Email Bounced", &[("email_id", mail.id), ("bounce_type", kind)]);
        if is_hard {
            self.mail_until = at;
        }
    }

    /// The unsubscribe and spam buttons.
    fn part(&mut self, mail: &'static Mail, sent: Ms) {
        let roll = self.rng.below(1000);
        if roll >= 25 {
            return;
        }
        let at = self.soon(sent, 2 * MINUTE, 2 * DAY);
        if roll < 3 {
            self.track(at, "Email Marked as Spam", &[("email_id", mail.id)]);
        } else {
            self.track(at, "Unsubscribed", &[]);
        }
        self.mail_until = at;
    }

    fn open(&mut self, mail: &'static Mail, sent: Ms, share: u64) {
        if self.rng.percent(share) {
            let at = self.soon(sent, 30 * SECOND, 2 * DAY);
            self.mail_event(at, "Email Opened", mail, None);
        }
    }

    fn click(&mut self, mail: &'static Mail, link: &'static str, sent: Ms, share: u64, within: Ms) -> bool {
        let clicks = self.rng.percent(share);
        if clicks {
            let at = self.soon(sent, 90 * SECOND, within);
            self.mail_event(at, "Email Link Clicked", mail, Some(link));
        }
        clicks
    }

    fn mail_event(&mut self, at: Ms, name: &'static str, mail: &'static Mail, link: Option<&'static str>) {
        let properties = [("email_id", mail.id), ("link_id", link.unwrap_or_default())];
        self.track(at, name, if link.is_some() { &properties } else { &properties[..1] });
    }
}

// Lines and instants.
impl Story<'_> {
    fn session(&mut self, from: Ms) {
        let mut at = from;
        for _ in 0..1 + self.rng.early(0, 5) {
            let page = self.rng.weighted(PAGES, |(_, weight)| *weight).0;
            self.visit(at, page);
            at += self.rng.between(8 * SECOND, 5 * MINUTE);
        }
    }

    fn visit(&mut self, at: Ms, page: &'static str) -> Ms {
        self.track(at, "visited", &[("page", page)])
    }

    fn track(&mut self, at: Ms, name: &'static str, properties: &[Property]) -> Ms {
        let properties = [properties.first().copied(), properties.get(1).copied()];
        self.push(at, Body::Track { name, properties })
    }

    fn identify(&mut self, at: Ms, traits: Vec<(&'static str, Trait)>) {
        self.push(at, Body::Identify(traits));
    }

    /// Keeps the event if the plan covers it; answers when it arrives.
    fn push(&mut self, at: Ms, body: Body) -> Ms {
        let received = at + self.rng.early(40, 2500);
        let user = match self.person.alias {
            Some(alias) if self.rng.percent(30) => alias.id,
            _ => self.person.id,
        };
        if at >= START && received < self.end {
            let offset = self.person.zone.offset(at);
            self.events.push(Event { at, received, user, offset, body });
        }
        received
    }

    fn per_quarter(&mut self, times: i64) -> u64 {
        let scaled = times.unsigned_abs() * self.days.unsigned_abs();
        let rest = scaled % QUARTER_DAYS;
        scaled / QUARTER_DAYS + u64::from(self.rng.below(QUARTER_DAYS) < rest)
    }

    fn some_moment(&mut self) -> Ms {
        let day = self.rng.below(self.days.unsigned_abs()) as i64;
        self.moment_on(day)
    }

    /// Office hours for most things, evenings for some, weekends for few.
    fn moment_on(&mut self, day: i64) -> Ms {
        let weekday = START / DAY + day;
        let day =
            if calendar::is_weekend(weekday) && self.rng.percent(75) { day - self.rng.between(2, 5) } else { day };
        let time = if self.rng.percent(84) {
            self.rng.between(8 * HOUR, 18 * HOUR)
        } else {
            self.rng.between(6 * HOUR, 23 * HOUR)
        };
        self.person.zone.on_day(day.max(0), time + self.rng.between(0, 999))
    }

    /// A delay of `low` to `high`, any as likely.
    fn after(&mut self, from: Ms, low: Ms, high: Ms) -> Ms {
        let at = from + self.rng.between(low, high);
        awake(self.person.zone, at)
    }

    /// A delay of `low` to `high`: half of all answers come within the first twelfth of the time there is.
    fn soon(&mut self, from: Ms, low: Ms, high: Ms) -> Ms {
        let high = if self.rng.percent(50) { low + (high - low) / 12 } else { high };
        let at = from + self.rng.early(low, high);
        awake(self.person.zone, at)
    }
}

/// Nobody browses at four in the morning.
fn awake(zone: &Zone, at: Ms) -> Ms {
    let time = zone.local(at).rem_euclid(DAY);
    if time < MORNING - HOUR { at + NIGHT } else { at }
}

fn text(value: &str) -> Trait {
    Trait::Text(value.to_owned())
}
