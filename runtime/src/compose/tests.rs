//! Mails of a small program for several people.
#![allow(clippy::unwrap_used)]

use flow_front::templates::{RenderFault, TemplateKind, check};
use flow_ir::{Field, Link, Meaning, Piece, Subject, TextId, TextTemplate};
use insta::assert_snapshot;

use super::*;
use crate::engine::Notice;
use crate::mail::{Secret, to_mime};
use crate::settings::DEVELOPMENT_SECRET;
use crate::store::{ContactId, OutboxKind, OutboxRecord, OutboxState};

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
    Field {
        name: name.to_owned(),
        ty,
        optional,
        slot: None,
        text: Some(TextId(0)),
        literals: Vec::new(),
        tag: None,
        trigger: None,
    }
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
    let email = Email { name: "guide".to_owned(), kind: EmailKind::Marketing, topic: None, confirms: false };
    let content = EmailContent {
        from: None,
        reply_to: None,
        subjects: vec![
            Subject { when: Some(IS_SAAS), text: text("A SaaS guide for ", Some("you")) },
            Subject { when: None, text: text("Your guide, ", Some("friend")) },
        ],
        preview: Some(text("Twelve pages, ", Some("no more"))),
        html: html.to_owned(),
        tokens: vec![FIRST_NAME],
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
    composer_with(program, Some("https://acme.example/c"))
}

fn composer_with(program: Program, confirm_url: Option<&str>) -> Result<Composer, ComposeFault> {
    let sender = Sender {
        from: Mailbox::parse("Acme <hello@acme.example>").unwrap(),
        address: "Torstraße 1, Berlin".to_owned(),
        unsubscribe_url: "https://acme.example/u".to_owned(),
        confirm_url: confirm_url.map(str::to_owned),
    };
    Composer::new(Arc::new(program), sender, keys())
}

const SEND: Occasion<'static> =
    Occasion { email: EmailId(0), key: "c17.guide.1.s0.v0", sent_at: Instant(1_772_445_600_000), contact: "17" };

fn compose(program: Program, person: Person) -> Result<Mail, ComposeFault> {
    composer(program)?.compose(&SEND, &person, |_| false)
}

fn html(mail: &Mail) -> &str {
    mail.html.text().unwrap()
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
        html(mail),
        mail.text()
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
    receipt.debug.emails.at_mut(EmailId(0)).reply_to = Some("help@acme.example".to_owned());
    let mail = compose(receipt, ADA).unwrap();
    assert_eq!((mail.purpose, mail.unsubscribe, mail.from.name()), (Purpose::Transactional, None, Some("Billing")));
    assert_eq!(mail.reply_to.map(|to| to.address().as_str().to_owned()).as_deref(), Some("help@acme.example"));
}

/// The mail by which people confirm leads to the page for that, by a code that is of no other use.
#[test]
fn a_mail_that_asks_to_confirm_leads_to_its_page() {
    let mut asks = program("<p><a href=\"{{ confirm_url }}\">Yes</a></p>");
    asks.policy.confirms = true;
    asks.debug.emails.at_mut(EmailId(0)).links.clear();
    let email = asks.emails.at_mut(EmailId(0));
    (email.kind, email.confirms) = (EmailKind::Transactional, true);
    let mail = compose(asks.clone(), ADA).unwrap();
    let url = html(&mail).split('"').nth(1).unwrap().to_owned();
    let token = url.strip_prefix("https://acme.example/c/").unwrap();
    assert_eq!(keys().verify_to_confirm(token).unwrap().contact, "17");
    assert!(keys().verify(token).is_err());
    let nowhere = composer_with(asks, None).map(drop);
    assert_eq!(nowhere, Err(ComposeFault::NoConfirmUrl { email: "guide".to_owned() }));
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
    assert!(mail.text().contains("Hello Ada <3") && html(&mail).contains("https://acme.example/guide?a=1&amp;b=2"));
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
    let never = Occasion { sent_at: Instant::NEVER, ..SEND };
    let mail = composer(program(BODY)).unwrap().compose(&never, &ADA, |_| false);
    assert_eq!(mail, Err(ComposeFault::NoDate { at: Instant::NEVER }));
    let unknown = Occasion { email: EmailId(1), ..SEND };
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

/// Somebody of this name, for as long as the tests run.
fn named(name: String) -> Person {
    Person { first_name: Some(Box::leak(name.into_boxed_str())), ..ADA }
}

#[test]
fn a_long_value_costs_nobody_their_mail() {
    for (letters, shown) in [
        ("Ünï", "Your guide, Ünï"),
        ("x", "Your guide, xxx"),
        ("Anna Berg ", "Your guide, Anna "),
        ("🎉", "Your guide, 🎉"),
    ] {
        for times in [80, 250, 500, 2_000] {
            let mail = compose(program(BODY), named(letters.repeat(times))).unwrap();
            assert!(mail.subject.starts_with(shown), "{}", mail.subject);
            assert!(to_mime(&mail).is_ok(), "{letters} {times}");
            let whole = format!("Your guide, {}", letters.repeat(times));
            assert_eq!(
                mail.subject == whole,
                mail::is_subject_short(&whole),
                "no value is cut that has room: {letters} {times}"
            );
            assert!(mail.subject == whole || mail.subject.ends_with('…'));
        }
    }
}

#[test]
fn a_cut_subject_has_no_room_left() {
    let mail = compose(program(BODY), named("x".repeat(2_000))).unwrap();
    assert!(!mail::is_subject_short(&mail.subject.replace('…', "x…")), "{}", mail.subject);
}

#[test]
fn words_stay_where_values_are_cut() {
    let mut wordy = program(BODY);
    let name = || Piece::Field { field: FIRST_NAME, fallback: None };
    let text = TextTemplate {
        pieces: vec![name(), Piece::Text(", read this, ".to_owned()), name(), Piece::Text("!".to_owned())],
    };
    wordy.debug.emails.at_mut(EmailId(0)).subjects = vec![Subject { when: None, text }];
    let mail = compose(wordy, named("ß".repeat(2_000))).unwrap();
    assert!(mail.subject.contains("ß…, read this, ß") && mail.subject.ends_with("ß…!"), "{}", mail.subject);
    assert!(to_mime(&mail).is_ok());
}

#[test]
fn many_long_values_are_cut_until_the_mail_can_be_sent() {
    let body = BODY.replace("Hello", &"<p>{{ first_name or \"there\" }}</p>".repeat(1_500));
    let mail = compose(program(&body), named("<&".repeat(1_000))).unwrap();
    assert!(html(&mail).len() <= mail::HTML_MAX_OCTETS && html(&mail).len() > mail::HTML_MAX_OCTETS * 9 / 10);
    assert!(html(&mail).contains("&lt;&amp;") && html(&mail).contains('…'));
    assert!(to_mime(&mail).is_ok());
    // A mail that has room keeps them.
    let roomy = compose(program(BODY), named("<&".repeat(1_000))).unwrap();
    assert!(html(&roomy).contains(&"&lt;&amp;".repeat(1_000)));
}

#[test]
fn a_mail_is_put_together_where_it_is_sent_unless_that_might_fail() {
    let later = compose(program(BODY), ADA).unwrap();
    assert_eq!((later.html.written(), mail::check(&later)), (None, Ok(())));
    assert!(to_mime(&later).is_ok());
    // Whoever has no name: the template may have another word for it, or not.
    assert!(compose(program(BODY), NOBODY).unwrap().html.written().is_some());
    let long = compose(program(&BODY.replace("Hello", &"x".repeat(mail::HTML_MAX_OCTETS / 6))), ADA).unwrap();
    assert!(long.html.written().is_some_and(|html| html.contains("Ada")));
    // Each place that prints an address takes as much as the address does.
    let many = "<a href=\"{{ unsubscribe_url }}\">x</a>".repeat(2_000);
    let refused = compose(program(&BODY.replace("Hello", &many)), ADA).unwrap();
    assert_eq!(mail::check(&refused).is_ok(), to_mime(&refused).is_ok());
    assert!(refused.html.written().is_some());
}

#[test]
fn what_steers_machines_leaves_in_no_mail() {
    let mail = compose(program(BODY), named("A\0d\u{1b}[31ma\u{7f}\u{9b} B\r\nBcc: x".to_owned())).unwrap();
    assert_eq!(mail.subject, "Your guide, Ad[31ma B\r\nBcc: x");
    let mime = String::from_utf8(to_mime(&mail).unwrap()).unwrap();
    assert!(mime.contains("Subject: Your guide, Ad[31ma B Bcc: x\r\n"), "{mime}");
    for text in [html(&mail), &mail.text(), &mail.subject, &mime] {
        assert!(!text.contains(|c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t')), "{text:?}");
    }
    assert_eq!(
        compose(program(BODY), named("\0\u{1b}".to_owned())),
        compose(program(BODY), Person { first_name: None, ..ADA })
    );
    assert_eq!(render_text(&text("Call ", Some("them")), &named("A\u{1b}\0da".to_owned())), "Call Ada");
}

#[test]
fn a_note_has_an_end() {
    let notes = TextTemplate { pieces: [text("Read ", None).pieces, text(", and ", None).pieces].concat() };
    let note = render_text(&notes, &named("x".repeat(40_000)));
    assert!(note.len() <= 16 * 1024 && note.starts_with("Read xx") && note.contains("x…, and xx"), "{}", note.len());
}

fn notice_row() -> OutboxRecord {
    OutboxRecord {
        id: 1,
        key: "c17.w.1.s0.v0".to_owned(),
        kind: OutboxKind::Notice,
        contact: ContactId(17),
        workflow: 0,
        run: 1,
        step: 0,
        recipient: String::new(),
        email: 0,
        payload: String::new(),
        state: OutboxState::Queued,
        attempts: 0,
        queued_at: SEND.sent_at.0,
        due_at: SEND.sent_at.0,
        held_since: SEND.sent_at.0,
    }
}

#[test]
fn a_notice_of_any_length_leaves() {
    let composer = OutboxComposer::new(composer(program(BODY)).unwrap(), crate::open::StoreName::of(1));
    for letters in ["x", "ß", "🎉 ", "<&>\"", "\0x"] {
        let notice = Notice {
            to: "ana@acme.example".to_owned(),
            reply_to: None,
            subject: format!("Guide nurture: {}", letters.repeat(2_000)),
            text: format!("Take over.\n{}", letters.repeat(100_000)),
        };
        let row = OutboxRecord { payload: serde_json::to_string(&notice).unwrap(), ..notice_row() };
        let mail = composer.notice(&row).unwrap();
        assert!(mail.subject.starts_with("Guide nurture: ") && mail.text().starts_with("Take over.\n"));
        assert!(to_mime(&mail).is_ok(), "{letters:?}");
        assert!(mail.subject.ends_with('…') && mail.text().ends_with('…') && !mail.text().contains('\0'));
    }
    let short = Notice {
        to: "ana@acme.example".to_owned(),
        reply_to: Some("ada@x.example".to_owned()),
        subject: "Guide: Ada".to_owned(),
        text: "Call\nher\n\n<now>".to_owned(),
    };
    let row = OutboxRecord { payload: serde_json::to_string(&short).unwrap(), ..notice_row() };
    let mail = composer.notice(&row).unwrap();
    assert_eq!((mail.subject.as_str(), &*mail.text()), ("Guide: Ada", "Call\nher\n\n<now>"));
    assert!(html(&mail).contains("<p>Call<br>\nher</p>\n<p>&lt;now&gt;</p>"), "{}", html(&mail));
    assert_eq!(mail.reply_to.map(|to| to.address().as_str().to_owned()).as_deref(), Some("ada@x.example"));
}
