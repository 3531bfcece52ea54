//! A program like that of `examples/guide_nurture`, built by hand, for the tests of this folder.
#![allow(clippy::unwrap_used)]

use flow_ir::{Email, EmailKind, EventType, Field, FieldType, FieldValue, Meaning, Program, Property};

use super::{InboundError, Item};

pub(super) const CONTACTS_HEADER: &str = "User ID,Email,First Name,Last Name,Company Name,Job Title,Phone,Country,Region,Industry,\
     Employees,Timezone,Stage,Score,Unsubscribed,Has Open Deal,Disqualified,Renewal Date,Created At";

pub(super) fn guide_nurture() -> Program {
    let industries =
        ["saas", "fintech", "ecommerce", "manufacturing", "healthcare", "education", "consulting", "logistics"];
    let fields = [
        ("email", FieldType::Email),
        ("first_name", FieldType::Text),
        ("last_name", FieldType::Text),
        ("company_name", FieldType::Text),
        ("job_title", FieldType::Text),
        ("phone", FieldType::Text),
        ("country", FieldType::Country),
        ("region", one_of(&["EMEA", "AMER", "APAC", "LATAM"])),
        ("industry", one_of(&industries)),
        ("employees", FieldType::Number),
        ("timezone", FieldType::Timezone),
        ("stage", FieldType::Stage),
        ("score", FieldType::Number),
        ("unsubscribed", FieldType::YesNo),
        ("has_open_deal", FieldType::YesNo),
        ("disqualified", FieldType::YesNo),
        ("renewal_date", FieldType::Date),
        ("created_at", FieldType::Moment),
    ];
    let events = [
        ("downloaded", vec!["asset"]),
        ("visited", vec!["page"]),
        ("requested_demo", vec![]),
        ("attended_webinar", vec!["webinar"]),
        ("submitted_form", vec!["form"]),
        ("signed_up", vec!["plan"]),
    ];
    let emails = ["guide_delivery", "case_study", "guide_reminder", "pricing_help", "still_there"];
    let email = |name: &str| Email { name: name.to_owned(), kind: EmailKind::Marketing, topic: None, confirms: false };
    Program::from(Meaning {
        emails: emails.into_iter().map(email).collect(),
        stages: ["subscriber", "lead", "mql", "sql", "opportunity", "customer"].map(str::to_owned).to_vec(),
        fields: fields.into_iter().map(|(name, ty)| field(name, ty)).collect(),
        events: events.into_iter().map(|(name, properties)| event(name, &properties)).collect(),
        ..Meaning::default()
    })
}

fn one_of(choices: &[&str]) -> FieldType {
    FieldType::OneOf(choices.iter().map(|&choice| choice.to_owned()).collect())
}

pub(super) fn field(name: &str, ty: FieldType) -> Field {
    Field {
        name: name.to_owned(),
        ty,
        optional: true,
        slot: None,
        text: None,
        literals: Vec::new(),
        tag: None,
        trigger: None,
    }
}

fn event(name: &str, properties: &[&str]) -> EventType {
    let property = |name: &&str| Property { name: (*name).to_owned(), ty: FieldType::Text, optional: false };
    EventType {
        name: name.to_owned(),
        properties: properties.iter().map(property).collect(),
        layout: flow_ir::Layout::default(),
        answer: flow_ir::Answer::of_name(name),
    }
}

/// Values by the names of their fields, for a reader's eye.
pub(super) fn named(program: &Program, values: &[(flow_ir::FieldId, FieldValue)]) -> Vec<(String, FieldValue)> {
    values.iter().map(|(id, value)| (program.fields.at(*id).name.clone(), value.clone())).collect()
}

/// Each item as one line: what it is about, or why it was not taken.
pub(super) fn outline<T>(
    items: impl Iterator<Item = Result<Item<T>, InboundError>>,
    describe: impl Fn(&T) -> String,
) -> Vec<String> {
    let mut lines = Vec::new();
    for item in items.map(Result::unwrap) {
        if let Item::Taken { row, .. } = &item {
            lines.push(describe(row));
        }
        lines.extend(item.findings().map(|finding| finding.to_string()));
    }
    lines
}
