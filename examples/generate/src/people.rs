//! Who the contacts are: drawn once, then written as rows (`contacts`) and followed for a quarter (`story`).
//!
//! A person holds what is true of them and which fault their row has, so the story agrees with the file: somebody whose industry the
//! import sets aside is never enrolled by it, and hence never opens its mail.

use std::collections::BTreeSet;

use crate::Plan;
use crate::calendar::{self, DAY, HOUR, Ms, Zone};
use crate::faults::{self, Fault, File};
use crate::names::{self, Culture};
use crate::rng::{Purpose, Rng};

const PEOPLE_PER_COMPANY: u32 = 4;
/// One person in so many is first heard of in the event stream.
const CONTACTS_PER_STRANGER: u32 = 40;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stage {
    Subscriber,
    Lead,
    Mql,
    Sql,
    Opportunity,
    Customer,
}

impl Stage {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stage::Subscriber => "subscriber",
            Stage::Lead => "lead",
            Stage::Mql => "mql",
            Stage::Sql => "sql",
            Stage::Opportunity => "opportunity",
            Stage::Customer => "customer",
        }
    }
}

/// How much somebody does in a quarter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Temperament {
    Quiet,
    Casual,
    Engaged,
    Hot,
}

/// Who somebody is to the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// A row in the contacts.
    Listed,
    /// First events, then an `identify` line.
    Introduced,
    /// Events alone.
    Unknown,
}

pub(crate) struct Company {
    pub(crate) name: String,
    pub(crate) domain: String,
    pub(crate) industry: &'static str,
    pub(crate) employees: u32,
    /// Its mail gateway opens every link of a message before it lets the message in.
    pub(crate) scans_links: bool,
}

/// A second user id for the same address, from a later row.
#[derive(Clone, Copy)]
pub(crate) struct Alias {
    pub(crate) id: u32,
    pub(crate) unsubscribed: bool,
}

pub(crate) struct Person {
    pub(crate) id: u32,
    pub(crate) origin: Origin,
    pub(crate) culture: &'static Culture,
    pub(crate) zone: &'static Zone,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) job_title: &'static str,
    pub(crate) company: Company,
    pub(crate) stage: Stage,
    pub(crate) score: i64,
    pub(crate) unsubscribed: bool,
    pub(crate) has_open_deal: bool,
    pub(crate) disqualified: bool,
    pub(crate) renewal: Option<Ms>,
    pub(crate) created_at: Ms,
    pub(crate) temperament: Temperament,
    pub(crate) fault: Option<Fault>,
    pub(crate) alias: Option<Alias>,
    pub(crate) blanks: Blanks,
}

/// Which cells of the row somebody left empty.
#[derive(Clone, Copy, Default)]
pub(crate) struct Blanks {
    pub(crate) user_id: bool,
    pub(crate) email: bool,
    pub(crate) first_name: bool,
    pub(crate) phone: bool,
    pub(crate) industry: bool,
    pub(crate) employees: bool,
    pub(crate) timezone: bool,
}

impl Person {
    /// The zone that mail is timed by: the project's where the row has none that is known.
    pub(crate) fn mail_zone(&self) -> &'static Zone {
        let known = self.origin == Origin::Listed && !self.blanks.timezone && self.fault != Some(Fault::UnknownZone);
        if known { self.zone } else { &calendar::BERLIN }
    }

    /// Who they are to the event stream, after the contacts were read: a rejected row leaves its person unknown.
    pub(crate) fn origin_in_stream(&self) -> Origin {
        match self.fault {
            Some(Fault::TooFewColumns | Fault::TooManyColumns | Fault::NoIdentity | Fault::InvalidUtf8) => {
                Origin::Unknown
            }
            _ if self.blanks.user_id => Origin::Introduced,
            _ => self.origin,
        }
    }

    /// Whether they have an address and may get mail.
    pub(crate) fn can_get_mail(&self) -> bool {
        self.origin_in_stream() == Origin::Listed
            && self.fault != Some(Fault::BadAddress)
            && !self.blanks.email
            && !self.unsubscribed
            && !self.alias.is_some_and(|alias| alias.unsubscribed)
    }

    /// Whether a download of the guide enrols them.
    pub(crate) fn is_for_the_guide(&self) -> bool {
        self.can_get_mail()
            && matches!(self.company.industry, "saas" | "fintech")
            && !self.blanks.industry
            && self.fault != Some(Fault::UnknownIndustry)
            && (self.stage < Stage::Opportunity || self.fault == Some(Fault::UnknownStage))
            && !self.has_open_deal
            && !self.disqualified
    }
}

/// Everybody: the listed first, in the order of their rows, then those whom only the stream knows.
pub(crate) fn draw(seed: u64, plan: &Plan) -> Vec<Person> {
    let mut taken = BTreeSet::new();
    let mut next_id = plan.contacts + 1;
    let strangers = plan.contacts / CONTACTS_PER_STRANGER;
    let mut people = Vec::with_capacity((plan.contacts + strangers) as usize);
    for id in 1..=plan.contacts {
        let mut rng = Rng::stream(seed, Purpose::Person, u64::from(id));
        let mut person = draw_person(seed, plan, id, Origin::Listed, &mut rng, &mut taken);
        person.blanks = draw_blanks(&mut rng);
        set_fault(&mut person, faults::draw(&mut rng, File::Contacts));
        if person.fault == Some(Fault::DuplicateAddress) {
            person.alias = Some(Alias { id: next_id, unsubscribed: rng.percent(30) });
            next_id += 1;
        }
        people.push(person);
    }
    for id in next_id..next_id + strangers {
        let mut rng = Rng::stream(seed, Purpose::Person, u64::from(id));
        let origin = if rng.percent(75) { Origin::Introduced } else { Origin::Unknown };
        let mut person = draw_person(seed, plan, id, origin, &mut rng, &mut taken);
        // Nobody notices a stranger who does nothing.
        if person.temperament == Temperament::Quiet {
            person.temperament = Temperament::Casual;
        }
        people.push(person);
    }
    people
}

fn draw_person(seed: u64, plan: &Plan, id: u32, origin: Origin, rng: &mut Rng, taken: &mut BTreeSet<String>) -> Person {
    let culture = rng.weighted(names::CULTURES, |culture| culture.weight);
    let companies = u64::from(plan.contacts / PEOPLE_PER_COMPANY).max(1);
    let company = draw_company(seed, rng.below(companies));
    let (first_name, first) = rng.pick(culture.firsts);
    let (last_name, last) = rng.pick(culture.lasts);
    let temperament = draw_temperament(rng);
    let stage = draw_stage(rng, temperament);
    Person {
        id,
        origin,
        culture,
        zone: rng.pick(culture.zones),
        first_name,
        last_name,
        email: free_address(first, last, &company.domain, taken),
        phone: format!("{}{:02}", culture.phone, rng.below(100)),
        job_title: rng.weighted(names::JOB_TITLES, |(_, weight)| *weight).0,
        score: draw_score(rng, temperament),
        unsubscribed: rng.per_mille(45),
        has_open_deal: match stage {
            Stage::Opportunity => rng.percent(92),
            Stage::Sql => rng.percent(12),
            Stage::Customer => rng.percent(6),
            _ => false,
        },
        disqualified: stage < Stage::Sql && rng.per_mille(25),
        renewal: (stage == Stage::Customer).then(|| calendar::START + rng.between(5, 400) * DAY),
        created_at: calendar::START - rng.early(1, 1400) * DAY + rng.between(6 * 3600, 20 * 3600) * 1000,
        company,
        stage,
        temperament,
        fault: None,
        alias: None,
        blanks: Blanks::default(),
    }
}

/// Colleagues share a company, so its facts hang on its own stream, not on the person's.
fn draw_company(seed: u64, index: u64) -> Company {
    let mut rng = Rng::stream(seed, Purpose::Company, index);
    let (starts, ends) = (names::COMPANY_STARTS.len() as u64, names::COMPANY_ENDS.len() as u64);
    let pair = index % (starts * ends);
    let round = index / (starts * ends);
    let mut stem =
        format!("{}{}", names::COMPANY_STARTS[(pair % starts) as usize], names::COMPANY_ENDS[(pair / starts) as usize]);
    if round > 0 {
        stem.push_str(&round.to_string());
    }
    let form = rng.weighted(names::COMPANY_FORMS, |(_, weight)| *weight).0;
    Company {
        domain: format!("{}.example", stem.to_ascii_lowercase()),
        name: format!("{stem}{form}"),
        industry: rng.weighted(names::INDUSTRIES, |(_, weight)| *weight).0,
        employees: if rng.percent(70) { rng.early(3, 400) } else { rng.early(400, 9000) } as u32,
        scans_links: rng.percent(12),
    }
}

fn draw_temperament(rng: &mut Rng) -> Temperament {
    match rng.below(100) {
        0..30 => Temperament::Quiet,
        30..72 => Temperament::Casual,
        72..94 => Temperament::Engaged,
        _ => Temperament::Hot,
    }
}

fn draw_stage(rng: &mut Rng, temperament: Temperament) -> Stage {
    let lean = if temperament == Temperament::Quiet { 0 } else { 8 };
    match rng.below(100) + lean {
        0..46 => Stage::Subscriber,
        46..78 => Stage::Lead,
        78..88 => Stage::Mql,
        88..92 => Stage::Sql,
        92..96 => Stage::Opportunity,
        _ => Stage::Customer,
    }
}

/// A reader of the guide can earn 30 more points, and 60 make a lead for sales.
fn draw_score(rng: &mut Rng, temperament: Temperament) -> i64 {
    match temperament {
        Temperament::Quiet => rng.early(0, 30),
        Temperament::Casual => rng.between(0, 50),
        Temperament::Engaged => rng.between(15, 65),
        Temperament::Hot => rng.between(30, 80),
    }
}

fn free_address(first: &str, last: &str, domain: &str, taken: &mut BTreeSet<String>) -> String {
    let mut address = format!("{first}.{last}@{domain}");
    let mut number = 2;
    while !taken.insert(address.clone()) {
        address = format!("{first}.{last}{number}@{domain}");
        number += 1;
    }
    address
}

fn draw_blanks(rng: &mut Rng) -> Blanks {
    let user_id = rng.per_mille(4);
    Blanks {
        user_id,
        email: rng.per_mille(8) && !user_id,
        first_name: rng.per_mille(70),
        phone: rng.per_mille(330),
        industry: rng.per_mille(35),
        employees: rng.per_mille(110),
        timezone: rng.per_mille(60),
    }
}

/// A fault needs a value to spoil, and a row must not turn into another fault by an empty cell.
fn set_fault(person: &mut Person, fault: Option<Fault>) {
    let blanks = &mut person.blanks;
    match fault {
        None => {}
        Some(Fault::UntidyIndustry | Fault::UnknownIndustry) => blanks.industry = false,
        Some(Fault::UnknownZone) => blanks.timezone = false,
        Some(Fault::BadNumber) => blanks.employees = false,
        Some(Fault::InvalidUtf8) => (blanks.first_name, blanks.user_id) = (false, false),
        Some(_) => (blanks.user_id, blanks.email) = (false, false),
    }
    if fault == Some(Fault::BadDate) && person.renewal.is_none() {
        person.renewal = Some(calendar::START + 90 * DAY + 9 * HOUR);
    }
    person.fault = fault;
}
