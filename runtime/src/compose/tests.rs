//! Mails of a small program for several people.
#![allow(clippy::unwrap_used)]

use flow_front::templates::{RenderFault, TemplateKind, check};
use flow_ir::{Field, Link, Meaning, Piece, Subject, TextId, TextTemplate};
use insta::assert_snapshot;

use super::*;
use crate::mail::{Secret, to_mime};
use crate::settings::DEVELOPMENT_SECRET;

const EMAIL: FieldId = FieldId(0);
const FIRST_NAME: FieldId = FieldId(1);
const CUSTOMER: FieldId = FieldId(2);
const IS_SAAS: PredicateId = PredicateId(7);

const BODY: &str = r#"<body>Hello {{ first_name or "there" }}{% if customer %}, dear customer{% endif %}.
<a href="{{ link("guide") }}">Read it</a>
<p>{{ sender_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></p></body>"#;

/// The values of one person, by field.
#[derive(Clone, Copy)]
struct Person {
    email: Option<&'static str>,
    first_name: Option<&'static str>,
    customer: bool,
}

const ADA: Person = Person { email: Some("ada@example.com"), first_name: Some("Ada <3"), customer: true };
const NOBODY: Person = Person { email: Some("x@example.com"), first_name: None, customer: false };

impl ContactValues for Person {
    fn value(&self, field: FieldId) -> Option<String> {
        let value = if field == EMAIL { self.email } else { self.first_name.filter(|_| field == FIRST_NAME) };
        value.map(str::to_owned)
    }
    fn truth(&self, field: FieldId) -> bool {
        field == CUSTOMER && self.customer
    }
}

fn field(name: &str, ty: FieldType, optional: bool) -> Field {
    Field { name: name.to_owned(), ty, optional, slot: None, text: Some(TextId(0)), literals: Vec::new(), tag: None }
}

fn text(before: &str, fallback: Option<&str>) -> TextTemplate {
    let name = Piece::Field { field: FIRST_NAME, fallback: fallback.map(str::to_owned) };
    TextTemplate { pieces: vec![Piece::Text(before.to_owned()), name] }
}

fn program(html: &str) -> Program {
    let fields = [
        field("email", FieldType::Email, true),
        field("first_name", FieldType::Text, true),
        field("customer", FieldType::YesNo, false),
    ];
    let email = Email { name: "guide".to_owned(), kind: EmailKind::Marketing };
    let content = EmailContent {
        from: None,
        subjects: vec![
            Subject { when: Some(IS_SAAS), text: text("A SaaS guide for ", Some("you")) },
            Subject { when: None, text: text("Your guide, ", Some("friend")) },
        ],
        preview: Some(text("Twelve pages, ", Some("no more"))),
        html: html.to_owned(),
        links: vec![Link { alias: "guide".to_owned(), url: "https://acme.example/guide?a=1&b=2".to_owned() }],
    };
    let (fields, emails) = (fields.into_iter().collect(), [email].into_iter().collect());
    let mut program = Program::from(Meaning { fields, emails, ..Meaning::default() });
    program.debug.emails.push(content);
    program
}

fn keys() -> Keys {
    Keys::new([("k1".to_owned(), Secret::new(DEVELOPMENT_SECRET))]).unwrap()
}

fn composer(program: Program) -> Result<Composer, ComposeFault> {
    let sender = Sender {
        from: Mailbox::parse("Acme <hello@acme.example>").unwrap(),
        address: "Torstraße 1, Berlin".to_owned(),
        unsubscribe_url: "https://acme.example/u".to_owned(),
    };
    Composer::new(Arc::new(program), sender, keys())
}

const SEND: Send<'static> =
    Send { email: EmailId(0), key: "c17.guide.1.s0.v0", sent_at: Instant(1_772_445_600_000), contact: "17" };

fn compose(program: Program, person: Person) -> Result<Mail, ComposeFault> {
    composer(program)?.compose(&SEND, &person, |_| false)
}

fn shown(mail: &Mail) -> String {
    let from_name = mail.from.name().unwrap_or_default();
    format!(
        "{} {} <{}> to {}\n{} | {}\n{}\n\n{}\n{}",
        mail.sent_at,
        from_name,
        mail.from.address(),
        mail.to.address(),
        mail.subject,
        mail.preview.as_deref().unwrap_or("-"),
        mail.unsubscribe.as_ref().map_or("-", |unsubscribe| &unsubscribe.url),
        mail.html,
        mail.text
    )
}

#[test]
fn a_mail_for_ada_and_one_for_nobody_in_particular() {
    assert_snapshot!(shown(&compose(program(BODY), ADA).unwrap()));
    assert_snapshot!(shown(&compose(program(BODY), NOBODY).unwrap()));
}

#[test]
fn a_composed_mail_can_be_sent() {
    assert!(to_mime(&compose(program(BODY), ADA).unwrap()).is_ok());
}

#[test]
fn the_first_subject_that_holds_is_taken() {
    let mut asked = Vec::new();
    let mail = composer(program(BODY)).unwrap().compose(&SEND, &ADA, |predicate| {
        asked.push(predicate);
        true
    });
    assert_eq!((mail.unwrap().subject.as_str(), asked), ("A SaaS guide for Ada <3", vec![IS_SAAS]));
}

#[test]
fn the_token_names_the_contact() {
    let url = compose(program(BODY), ADA).unwrap().unsubscribe.unwrap().url;
    let claim = keys().verify(url.strip_prefix("https://acme.example/u/").unwrap()).unwrap();
    assert_eq!((claim.contact.as_str(), claim.list.as_str()), ("17", LIST));
}

#[test]
fn a_transactional_mail_offers_no_way_out_and_its_own_sender_holds() {
    let mut receipt = program("Hello {{ first_name or \"there\" }}");
    receipt.emails.at_mut(EmailId(0)).kind = EmailKind::Transactional;
    receipt.debug.emails.at_mut(EmailId(0)).from = Some("Billing <billing@acme.example>".to_owned());
    let mail = compose(receipt, ADA).unwrap();
    assert_eq!((mail.kind, mail.unsubscribe, mail.from.name()), (Kind::Transactional, None, Some("Billing")));
}

#[test]
fn an_empty_value_is_a_missing_one() {
    let blank = Person { first_name: Some("  "), ..NOBODY };
    assert_eq!(compose(program(BODY), blank), compose(program(BODY), NOBODY));
}

#[test]
fn compiled_mjml_is_a_template_too() {
    let mjml = "<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ first_name or \"there\" }}</mj-text>\
                <mj-button href=\"{{ link(\"guide\") }}\">Read</mj-button>\
                <mj-text>{{ sender_address }} <a href=\"{{ unsubscribe_url }}\">Out</a></mj-text>\
                </mj-column></mj-section></mj-body></mjml>";
    let given = program("");
    let checked =
        check(mjml, TemplateKind::Mjml, &scope(&given, given.emails.at(EmailId(0)), given.debug.emails.at(EmailId(0))))
            .unwrap();
    let mail = compose(program(&checked.html), ADA).unwrap();
    assert!(mail.text.contains("Hello Ada <3") && mail.html.contains("https://acme.example/guide?a=1&amp;b=2"));
}

#[test]
fn a_broken_promise_is_a_fault_and_not_a_gap() {
    let mut sure = program("{{ first_name }}");
    sure.fields.at_mut(FIRST_NAME).optional = false;
    let fault = compose(sure, NOBODY).unwrap_err();
    assert!(matches!(fault, ComposeFault::Template { fault: RenderFault::MissingValue { .. }, .. }), "{fault}");

    let mut bare = program(BODY);
    bare.debug.emails.at_mut(EmailId(0)).subjects = vec![Subject { when: None, text: text("Dear ", None) }];
    let fault = compose(bare, NOBODY).unwrap_err();
    assert_eq!(fault, ComposeFault::MissingValue { email: "guide".to_owned(), field: "first_name".to_owned() });
}

#[test]
fn a_note_with_a_gap_is_better_than_none() {
    assert_eq!(render_text(&text("Call ", Some("the contact")), &ADA), "Call Ada <3");
    assert_eq!(render_text(&text("Call ", Some("the contact")), &NOBODY), "Call the contact");
    assert_eq!(render_text(&text("Call ", None), &NOBODY), "Call ");
}

#[test]
fn what_cannot_be_addressed_or_dated_is_a_fault() {
    assert_eq!(compose(program(BODY), Person { email: None, ..ADA }), Err(ComposeFault::NoAddress));
    let odd = compose(program(BODY), Person { email: Some("ada"), ..ADA });
    assert!(matches!(odd, Err(ComposeFault::BadAddress(_))), "{odd:?}");
    let never = Send { sent_at: Instant::NEVER, ..SEND };
    let mail = composer(program(BODY)).unwrap().compose(&never, &ADA, |_| false);
    assert_eq!(mail, Err(ComposeFault::NoDate { at: Instant::NEVER }));
    let unknown = Send { email: EmailId(1), ..SEND };
    let mail = composer(program(BODY)).unwrap().compose(&unknown, &ADA, |_| false);
    assert_eq!(mail, Err(ComposeFault::UnknownEmail { email: 1 }));
}

#[test]
fn what_a_program_may_not_hold_is_found_before_the_first_send() {
    assert!(matches!(compose(program("{{ shoe_size }}"), ADA), Err(ComposeFault::Template { .. })));
    let mut odd = program(BODY);
    odd.debug.emails.at_mut(EmailId(0)).from = Some("Acme".to_owned());
    assert!(matches!(composer(odd), Err(ComposeFault::BadSender { .. })));
    let mut mute = program(BODY);
    mute.debug.emails.at_mut(EmailId(0)).subjects.truncate(1);
    assert_eq!(compose(mute, ADA), Err(ComposeFault::NoSubject { email: "guide".to_owned() }));
    assert_eq!(composer(Program::default()).err(), Some(ComposeFault::NoAddressField));
}
