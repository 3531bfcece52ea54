//! Names as files and streams write them, and the program's names for the same things.
//!
//! `Requested Demo`, `requested-demo`, `requestedDemo` and `requested_demo` are one name: all are compared in lower snake case.

use std::collections::BTreeMap;

pub(super) use flow_front::naming::snake_case;
use flow_ir::{EventId, FieldId, Program};

/// What a name in a stream means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamEvent {
    /// An event type of the program.
    Declared(EventId),
    /// What became of a mail, or of the consent to mail.
    Mail(MailEvent),
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MailEvent {
    Delivered,
    Opened,
    Clicked,
    Bounced,
    MarkedAsSpam,
    Unsubscribed,
}

impl MailEvent {
    pub(crate) const ALL: [MailEvent; 6] = [
        MailEvent::Delivered,
        MailEvent::Opened,
        MailEvent::Clicked,
        MailEvent::Bounced,
        MailEvent::MarkedAsSpam,
        MailEvent::Unsubscribed,
    ];

    /// The name that Segment gives to e-mail events, in lower snake case.
    pub(crate) fn name(self) -> &'static str {
        match self {
            MailEvent::Delivered => "email_delivered",
            MailEvent::Opened => "email_opened",
            MailEvent::Clicked => "email_link_clicked",
            MailEvent::Bounced => "email_bounced",
            MailEvent::MarkedAsSpam => "email_marked_as_spam",
            MailEvent::Unsubscribed => "unsubscribed",
        }
    }
}

/// Finds what an event's name means.
#[derive(Debug, Clone)]
pub(crate) struct EventNames {
    by_name: BTreeMap<String, StreamEvent>,
}

impl EventNames {
    /// A mail event keeps its meaning where the program declares an event of its name: an unsubscription must count.
    pub(crate) fn new(program: &Program) -> Self {
        let declared = program.events.iter().map(|(id, event)| (snake_case(&event.name), StreamEvent::Declared(id)));
        let mail = MailEvent::ALL.into_iter().map(|event| (event.name().to_owned(), StreamEvent::Mail(event)));
        Self { by_name: declared.chain(mail).collect() }
    }

    pub(crate) fn find(&self, name: &str) -> StreamEvent {
        let found = self.by_name.get(name).or_else(|| self.by_name.get(&snake_case(name)));
        found.copied().unwrap_or(StreamEvent::Unknown)
    }
}

/// Traits that a stream nests or names in its own way, by path, and the field that they fill where no field has the path's own
/// name (`address_country`).
const TRAITS: [(&str, &str); 12] = [
    ("address_city", "city"),
    ("address_country", "country"),
    ("address_postal_code", "postal_code"),
    ("address_state", "state"),
    ("address_street", "street"),
    ("company", "company_name"),
    ("company_employee_count", "employees"),
    ("company_employees", "employees"),
    ("company_industry", "industry"),
    ("company_plan", "plan"),
    ("title", "job_title"),
    ("job", "job_title"),
];

/// Finds the field that a column or trait fills.
#[derive(Debug, Clone)]
pub(super) struct FieldNames {
    by_name: BTreeMap<String, FieldId>,
}

impl FieldNames {
    pub(super) fn new(program: &Program) -> Self {
        // Steps alone give and take tags.
        let fields = program.fields.iter().filter(|(_, field)| field.tag.is_none());
        Self { by_name: fields.map(|(id, field)| (snake_case(&field.name), id)).collect() }
    }

    /// The field of a name in lower snake case.
    pub(super) fn find(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(name).copied()
    }

    /// The field of a trait's path in lower snake case: `first_name`, `company_name` for `company.name`.
    pub(super) fn find_trait(&self, path: &str) -> Option<FieldId> {
        let usual = || TRAITS.iter().find(|(from, _)| *from == path).and_then(|(_, field)| self.find(field));
        self.find(path).or_else(usual)
    }
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
        let demo = program.events.find(|event| event.name == "requested_demo").unwrap();
        assert_eq!(names.find("requested_demo"), StreamEvent::Declared(demo));
        assert_eq!(names.find("Requested Demo"), StreamEvent::Declared(demo));
        assert_eq!(names.find("Email Link Clicked"), StreamEvent::Mail(MailEvent::Clicked));
        assert_eq!(names.find("Email Marked as Spam"), StreamEvent::Mail(MailEvent::MarkedAsSpam));
        assert_eq!(names.find("Page Vistied"), StreamEvent::Unknown);
        program.events.push(EventType {
            name: "unsubscribed".into(),
            properties: Vec::new(),
            layout: flow_ir::Layout::default(),
        });
        assert_eq!(EventNames::new(&program).find("Unsubscribed"), StreamEvent::Mail(MailEvent::Unsubscribed));
    }

    #[test]
    fn traits_fill_fields_by_their_own_name_or_the_usual_one() {
        let program = guide_nurture();
        let names = FieldNames::new(&program);
        let field = |name: &str| program.fields.find(|field| field.name == name);
        assert_eq!(names.find_trait("first_name"), field("first_name"));
        assert_eq!(names.find_trait("company_name"), field("company_name"));
        assert_eq!(names.find_trait("address_country"), field("country"));
        assert_eq!(names.find_trait("title"), field("job_title"));
        assert_eq!(names.find_trait("favourite_colour"), None);
    }

    /// `tagged vip` and the field `tagged_vip` are two things, and only one of them is filled from outside.
    #[test]
    fn no_column_fills_a_tag() {
        let mut program = guide_nurture();
        let tag = Field { tag: Some("vip".to_owned()), ..field("tagged vip", FieldType::YesNo) };
        program.fields.push(tag);
        assert_eq!(FieldNames::new(&program).find("tagged_vip"), None);
        let declared = program.fields.push(field("tagged_vip", FieldType::YesNo));
        assert_eq!(FieldNames::new(&program).find("tagged_vip"), Some(declared));
    }
}
