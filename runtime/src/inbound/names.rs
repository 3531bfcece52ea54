//! Names as files and streams write them, and the program's names for the same things: the one place that knows both.
//!
//! `Requested Demo`, `requested-demo`, `requestedDemo` and `requested_demo` are one name: the names of a program are compared in lower
//! snake case. What other tools call the fields and events that Flow knows is data (`stdlib/names.txt`), and is compared by its letters
//! and digits alone.

use std::collections::{BTreeMap, BTreeSet};

pub(super) use flow_front::naming::snake_case;
use flow_ir::{Answer, CONFIRMED, EventId, Field, FieldId, Program};
use flow_stdlib::names::{NameKind, names};

use super::consent::Reading;
use super::doubt;
use super::mail_event::MailEvent;

/// What a name in a stream means here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Meaning {
    /// An event type of the program.
    pub declared: Option<EventId>,
    /// What became of a mail, or of the consent to mail.
    pub mail: Option<MailEvent>,
    /// What a team says of somebody who was handed to it.
    pub answer: Option<Answer>,
    /// It lets somebody into a workflow that people enter by hand ([`ENROLLED`]).
    pub enrols: bool,
    /// Nothing here knows the name, and it sounds as if somebody refused mail.
    pub sounds_like_refusal: bool,
}

/// What an event is called that lets somebody into a workflow by hand; its property `workflow` says which.
pub const ENROLLED: &str = "Flow Enrolled";
/// The property that names the workflow.
pub const ENROLLED_WORKFLOW: &str = "workflow";

impl Meaning {
    /// Whether anything here knows the name.
    pub fn is_known(self) -> bool {
        self.declared.is_some() || self.mail.is_some() || self.enrols
    }
}

/// Finds what an event's name means.
#[derive(Debug, Clone)]
pub(crate) struct EventNames {
    declared: BTreeMap<String, EventId>,
    mail: BTreeMap<String, MailEvent>,
    /// What the program declares under another name for what somebody did with a mail: `email_clicked` is `Email Link Clicked`.
    of_mail: BTreeMap<MailEvent, EventId>,
    /// Which of the declared ones say something of a handoff.
    answers: BTreeMap<EventId, Answer>,
    /// The event by which people confirm that they want mail, where the policy asks for it. One that a project declares itself is none.
    confirmed: Option<EventId>,
    /// The letters of [`ENROLLED`].
    enrolled: String,
}

impl EventNames {
    pub(crate) fn new(program: &Program) -> Self {
        let declared: BTreeMap<String, EventId> =
            program.events.iter().map(|(id, event)| (snake_case(&event.name), id)).collect();
        let mail = names().filter(|name| name.kind == NameKind::Event).filter_map(|name| {
            let mail = MailEvent::ALL.into_iter().find(|mail| mail.name() == name.of)?;
            Some((plain(name.name), mail))
        });
        let mail: BTreeMap<String, MailEvent> = mail.collect();
        let of_mail = declared.iter().filter_map(|(name, id)| Some((*mail.get(&plain(name))?, *id)));
        let answers = program.events.iter().filter_map(|(id, event)| Some((id, event.answer?))).collect();
        let confirmed = declared.get(CONFIRMED).copied().filter(|_| program.policy.confirms);
        Self { of_mail: of_mail.collect(), answers, confirmed, declared, mail, enrolled: plain(ENROLLED) }
    }

    /// A refusal keeps its meaning where the program declares an event of its name: it must count. What gives consent does not: a
    /// `subscribed` of one's own may be a plan that somebody pays for.
    pub(crate) fn find(&self, name: &str) -> Meaning {
        let declared = self.declared.get(name).or_else(|| self.declared.get(&snake_case(name))).copied();
        let letters = plain(name);
        let mail = self.mail.get(&letters).copied();
        let used = [MailEvent::Delivered, MailEvent::Opened, MailEvent::Clicked, MailEvent::Replied];
        let of_mail = || mail.filter(|mail| used.contains(mail)).and_then(|mail| self.of_mail.get(&mail)).copied();
        let by_name = declared.is_some();
        let is_yes = |mail: MailEvent| matches!(mail, MailEvent::Subscribed | MailEvent::Confirmed);
        let is_own = by_name && declared != self.confirmed;
        let mail = mail.filter(|mail| !is_yes(*mail) || !is_own);
        let declared = declared.or(self.confirmed.filter(|_| mail == Some(MailEvent::Confirmed)));
        let enrols = letters == self.enrolled;
        let answer = declared.and_then(|event| self.answers.get(&event)).copied();
        Meaning { declared: declared.or_else(of_mail), mail, answer, enrols, ..Meaning::default() }
    }
}

/// What a column or trait fills, and how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fills {
    /// A field, by a value of its type.
    Value(FieldId),
    /// Whether mail may go to the person.
    Consent(Reading),
    /// The lists that it names.
    Lists,
    /// Which topics of mail they want.
    Topics,
}

/// Finds what a column or trait fills.
#[derive(Debug, Clone)]
pub(super) struct FieldNames {
    by_name: BTreeMap<String, Fills>,
    aliases: BTreeMap<String, Fills>,
    email: Option<FieldId>,
    /// Parts of names that speak of consent.
    consent: Vec<String>,
    /// Words of names that do.
    consent_words: Vec<String>,
    /// What the names of columns begin with that refuse, in small letters.
    refusals: Vec<(String, Fills)>,
    /// Names that speak of it and say nothing of mail.
    no_consent: BTreeSet<String>,
    /// Names that speak of consent to text messages alone.
    of_sms: BTreeSet<String>,
    /// Columns with the id of a person.
    ids: BTreeSet<String>,
    /// Columns that say when a row was last changed.
    changed: BTreeSet<String>,
}

impl FieldNames {
    pub(super) fn new(program: &Program) -> Self {
        // Steps alone give and take tags, only its trigger says what a journey goes by, and lists, topics and consent are read by names of their own.
        let is_known = |field: &Field| field.trigger.is_none() && !field.name.contains(' ');
        let fields = program.fields.iter().filter(|(_, field)| is_known(field));
        let by_name: BTreeMap<String, FieldId> = fields.map(|(id, field)| (snake_case(&field.name), id)).collect();
        let alias = |name: flow_stdlib::names::Name| {
            let field = by_name.get(name.of).copied();
            let fills = match name.kind {
                NameKind::Column => Fills::Value(field?),
                NameKind::Refusal => Fills::Consent(Reading::Refusal(field?)),
                NameKind::RefusalFilled => Fills::Consent(Reading::Filled(field?)),
                NameKind::RefusalUnlessYes => Fills::Consent(Reading::UnlessYes(field?)),
                NameKind::RefusalUntil => Fills::Consent(Reading::Until(field?)),
                NameKind::RefusalStatus => Fills::Consent(Reading::Status),
                NameKind::Lists => {
                    program.fields.values().any(|field| field.list().is_some()).then_some(Fills::Lists)?
                }
                NameKind::Topics => program.topics().next().map(|_| Fills::Topics)?,
                NameKind::Event
                | NameKind::Status
                | NameKind::StatusAllowed
                | NameKind::StatusGranted
                | NameKind::StatusPending
                | NameKind::Consent
                | NameKind::ConsentWord
                | NameKind::ConsentPerhaps
                | NameKind::ConsentPerhapsBegins
                | NameKind::ConsentPerhapsMail
                | NameKind::ConsentPerhapsWish
                | NameKind::NoConsent
                | NameKind::NoConsentWord
                | NameKind::Sms
                | NameKind::Yes
                | NameKind::No
                | NameKind::Channel
                | NameKind::ChannelMail
                | NameKind::RefusalBegins
                | NameKind::Changed
                | NameKind::Stage
                | NameKind::Before => return None,
            };
            Some((plain(name.name), fills))
        };
        let aliases = names().filter_map(alias).collect();
        let own = |(name, id): (&String, &FieldId)| (name.clone(), own_reading(name, *id));
        let consent = names().filter(|name| name.kind == NameKind::Consent).map(|name| plain(name.name)).collect();
        let words = names().filter(|name| name.kind == NameKind::ConsentWord).map(|name| plain(name.name));
        let consent_words = words.collect();
        let begins = names().filter(|name| name.kind == NameKind::RefusalBegins).filter_map(|name| {
            let field = by_name.get(name.of)?;
            Some((name.name.to_lowercase(), Fills::Consent(Reading::Refusal(*field))))
        });
        let refusals = begins.collect();
        let plain_of = |is: &dyn Fn(&flow_stdlib::names::Name) -> bool| -> BTreeSet<String> {
            names().filter(|name| is(name)).map(|name| plain(name.name)).collect()
        };
        let no_consent = plain_of(&|name| name.kind == NameKind::NoConsent);
        let of_sms = plain_of(&|name| name.kind == NameKind::Sms);
        let ids = plain_of(&|name| name.kind == NameKind::Column && name.of == "user_id");
        let changed = plain_of(&|name| name.kind == NameKind::Changed);
        let email = by_name.get("email").copied();
        let declared = by_name;
        let by_name = declared.iter().map(own).collect();
        let mut found =
            Self { by_name, aliases, email, consent, consent_words, refusals, no_consent, of_sms, ids, changed };
        // Nobody has said what a column means that sounds like consent where the field of its name follows from others: its cells say nothing of that.
        for (name, _) in declared.iter().filter(|(_, field)| program.derived_of(**field).is_some()) {
            if found.may_be_consent(name) || found.may_be_consent_by_its_cells(name) {
                found.by_name.remove(name);
            }
        }
        found
    }

    /// What a name fills; for a nested trait its path: `company_name` for `company.name`. A field that the project declares is filled, and
    /// where other tools say by that name that somebody must not be written to, that counts all the same.
    pub(super) fn find(&self, name: &str) -> Vec<Fills> {
        let own = self.by_name.get(&snake_case(name)).copied();
        let (small, bare) = (name.trim().to_lowercase(), bare(name));
        let begins = || self.refusals.iter().find(|(begin, _)| small.starts_with(begin)).map(|(_, fills)| *fills);
        // What the whole name says comes before what it says without what its tool puts before every one.
        let own = own.or_else(|| self.by_name.get(&snake_case(bare)).copied());
        let alias = [name, bare].into_iter().find_map(|name| self.aliases.get(&plain(name))).copied().or_else(begins);
        let counts = |alias: &Fills| match alias {
            Fills::Value(_) | Fills::Lists => own.is_none(),
            Fills::Consent(_) => !is_consent(own),
            Fills::Topics => true,
        };
        own.into_iter().chain(alias.filter(counts)).collect()
    }

    /// Whether a column of this name has the ids of people, where none is called `User ID`.
    pub(super) fn is_id(&self, name: &str) -> bool {
        let bare = bare(name);
        snake_case(bare) == "id" || self.ids.contains(&plain(bare))
    }

    /// Whether a column of this name says when its row was last changed.
    pub(super) fn is_changed(&self, name: &str) -> bool {
        self.changed.contains(&plain(bare(name)))
    }

    /// Whether that is the address of the person.
    pub(super) fn is_email(&self, fills: &[Fills]) -> bool {
        self.email.is_some_and(|email| fills.contains(&Fills::Value(email)))
    }

    /// Whether a name that fills nothing may speak of consent.
    pub(super) fn may_be_consent(&self, name: &str) -> bool {
        let letters = plain(name);
        let is_word = |word: &str| self.consent_words.iter().any(|known| known == word);
        let may_be = self.consent.iter().any(|part| letters.contains(part)) || snake_case(name).split('_').any(is_word);
        may_be && !self.is_no_consent(name)
    }

    /// Whether it may do so where its cells are a yes or a no.
    pub(super) fn may_be_consent_by_its_cells(&self, name: &str) -> bool {
        doubt::leaves_open(name) && !self.is_no_consent(name)
    }

    fn is_no_consent(&self, name: &str) -> bool {
        self.no_consent.contains(&plain(bare(name))) || self.is_of_sms(name)
    }

    /// Whether it speaks of consent to text messages alone: then whatever is said under it says nothing of mail.
    pub(super) fn is_of_sms(&self, name: &str) -> bool {
        self.of_sms.contains(&plain(bare(name)))
    }
}

fn is_consent(fills: Option<Fills>) -> bool {
    matches!(fills, Some(Fills::Consent(_)))
}

/// The five fields that every contact has and that forbid mail.
fn own_reading(name: &str, field: FieldId) -> Fills {
    match name {
        "unsubscribed" | "hard_bounced" | "complained" | "do_not_contact" => Fills::Consent(Reading::Refusal(field)),
        "paused_until" => Fills::Consent(Reading::Until(field)),
        _ => Fills::Value(field),
    }
}

/// A name without what its tool puts before every one: `Person - Email` is `Email`.
fn bare(name: &str) -> &str {
    let name = name.trim();
    let without = |before: &str| {
        let (start, rest) = name.split_at_checked(before.len())?;
        start.eq_ignore_ascii_case(before).then(|| rest.trim_start())
    };
    let befores = names().filter(|name| name.kind == NameKind::Before);
    befores.filter_map(|before| without(before.name)).find(|rest| !rest.is_empty()).unwrap_or(name)
}

/// The letters and digits of a name, small.
pub(super) fn plain(name: &str) -> String {
    letters(name).collect()
}

/// Whether two names have the same letters and digits.
pub(crate) fn is_alike(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{field, guide_nurture};
    use super::*;
    use flow_ir::{EventType, Field, FieldType};

    #[test]
    fn event_names_are_found_in_both_styles() {
        let mut program = guide_nurture();
        let names = EventNames::new(&program);
        let demo = program.events.find(|event| event.name == "requested_demo");
        let declared = Meaning { declared: demo, ..Meaning::default() };
        assert_eq!(names.find("requested_demo"), declared);
        assert_eq!(names.find("Requested Demo"), declared);
        let mail = |name: &str| names.find(name).mail;
        assert_eq!(mail("Email Link Clicked"), Some(MailEvent::Clicked));
        assert_eq!(mail("Email Marked as Spam"), Some(MailEvent::MarkedAsSpam));
        assert_eq!(mail("optedOut"), Some(MailEvent::Unsubscribed));
        assert_eq!(names.find("Page Vistied"), Meaning::default());
        for name in ["unsubscribed", "subscribed", "email_clicked"] {
            let layout = flow_ir::Layout::default();
            program.events.push(EventType { name: name.into(), properties: Vec::new(), layout, answer: None });
        }
        let names = EventNames::new(&program);
        let both = names.find("Unsubscribed");
        assert!(both.declared.is_some() && both.mail == Some(MailEvent::Unsubscribed));
        assert_eq!(names.find("Subscribed").mail, None);
        assert_eq!(names.find("Email Link Clicked").declared, names.find("email_clicked").declared);
        assert_eq!(names.find("Email Opened").declared, None);
    }

    #[test]
    fn traits_fill_fields_by_their_own_name_or_the_usual_one() {
        let program = guide_nurture();
        let names = FieldNames::new(&program);
        let field = |name: &str| -> Vec<Fills> {
            program.fields.find(|field| field.name == name).map(Fills::Value).into_iter().collect()
        };
        assert_eq!(names.find("first_name"), field("first_name"));
        assert_eq!(names.find("company_name"), field("company_name"));
        assert_eq!(names.find("address_country"), field("country"));
        assert_eq!(names.find("Title"), field("job_title"));
        assert_eq!(names.find("favourite_colour"), []);
    }

    #[test]
    fn columns_of_consent_are_known_by_the_names_of_other_tools() {
        let program = guide_nurture();
        let names = FieldNames::new(&program);
        let unsubscribed = program.fields.find(|field| field.name == "unsubscribed").unwrap();
        let refusal = [Fills::Consent(Reading::Refusal(unsubscribed))];
        for name in ["Unsubscribed", "HasOptedOutOfEmail", "Email Opt Out", "hs_email_optout", "opted-out"] {
            assert_eq!(names.find(name), refusal, "{name}");
        }
        assert_eq!(names.find("UNSUB_TIME"), [Fills::Consent(Reading::Filled(unsubscribed))]);
        assert_eq!(names.find("accepts_marketing"), [Fills::Consent(Reading::UnlessYes(unsubscribed))]);
        assert_eq!(names.find("Marketing status"), [Fills::Consent(Reading::Status)]);
        assert!(names.may_be_consent("Webinar Opt-Out 2024") && !names.may_be_consent("Lead Source"));
    }

    /// `tagged vip` and the field `tagged_vip` are two things, and only one of them is filled from outside.
    #[test]
    fn no_column_fills_a_tag() {
        let mut program = guide_nurture();
        let tag = Field { tag: Some("vip".to_owned()), ..field("tagged vip", FieldType::YesNo) };
        program.fields.push(tag);
        assert_eq!(FieldNames::new(&program).find("tagged_vip"), []);
        let declared = program.fields.push(field("tagged_vip", FieldType::YesNo));
        assert_eq!(FieldNames::new(&program).find("tagged_vip"), [Fills::Value(declared)]);
        assert_eq!(FieldNames::new(&program).find("Lists"), [], "there is none");
        let list = Field { tag: Some("partners".to_owned()), ..field("in list partners", FieldType::YesNo) };
        program.fields.push(list);
        assert_eq!(FieldNames::new(&program).find("Lists"), [Fills::Lists]);
        let own = program.fields.push(field("opted_out", FieldType::YesNo));
        let found = FieldNames::new(&program).find("Opted Out");
        assert!(found.len() == 2 && found[0] == Fills::Value(own), "a refusal counts all the same: {found:?}");
    }
}
