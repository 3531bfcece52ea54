//! Messages are read back by an independent parser, so that a test says what a receiver sees.
#![allow(clippy::unwrap_used)]

use chrono::{TimeZone, Utc};
use mail_parser::{Message, MessageParser};
use proptest::prelude::*;

use super::*;
use crate::mail::{Address, Mailbox, Unsubscribe};

fn mail() -> Mail {
    Mail {
        key: "j42.s3.v0".to_owned(),
        from: Mailbox::parse("Anna from Acme <anna@acme.example>").unwrap(),
        to: Mailbox::parse("bo@example.com").unwrap(),
        reply_to: None,
        subject: "Your guide".to_owned(),
        html: "<html><body><p>Hello Bo</p></body></html>".to_owned().into(),
        plain: Some("Hello Bo\n".to_owned()),
        preview: None,
        list: Some("Product news".to_owned()),
        unsubscribe: Some(Unsubscribe { url: "https://m.acme.example/u/k1.NDI.bmV3cw.x".to_owned() }),
        sent_at: Utc.with_ymd_and_hms(2026, 3, 2, 9, 5, 0).unwrap(),
        purpose: Purpose::Marketing,
    }
}

fn read(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

fn header_names(bytes: &[u8]) -> Vec<String> {
    read(bytes).headers().iter().map(|header| header.name.as_str().to_owned()).collect()
}

/// Rules of the wire: ASCII, CRLF and nothing else breaks a line, no line over 998 octets.
fn assert_sound(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.is_ascii() && text.ends_with("\r\n"));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']));
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
}

#[test]
fn a_whole_message() {
    let bytes = to_mime(&mail()).unwrap();
    assert_sound(&bytes);
    let expected = [
        "From: Anna from Acme <anna@acme.example>",
        "To: bo@example.com",
        "Subject: Your guide",
        "Date: Mon, 2 Mar 2026 09:05:00 +0000",
        "Message-ID: <j42.s3.v0@acme.example>",
        "List-Id: Product news <product-news.acme.example>",
        "List-Unsubscribe: <https://m.acme.example/u/k1.NDI.bmV3cw.x>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "Feedback-ID: product-news:marketing:flow:acme.example",
        "X-Flow-Key: j42.s3.v0",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative; boundary=\"=_flow_HASH\"",
        "",
        "--=_flow_HASH",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Hello Bo",
        "",
        "--=_flow_HASH",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "<html><body><p>Hello Bo</p></body></html>",
        "--=_flow_HASH--",
        "",
    ];
    // sha256("j42.s3.v0"), first half
    let expected = expected.join("\r\n").replace("HASH", "b3ca3d7a881a30453ed31bdb61e8a2ae");
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn a_reader_gets_what_was_written() {
    let mut written = mail();
    written.from = Mailbox::parse("Änne Grün, Acme <anna@acme.example>").unwrap();
    written.to = Mailbox::parse("Бо <bo@bücher.example>").unwrap();
    written.reply_to = Some(Address::parse("sales@acme.example").unwrap().into());
    written.subject = "Ihr Leitfaden für größere Teams – 12 Seiten 🎉 ".repeat(6).trim().to_owned();
    written.plain = Some("Grüße\r\n.\nFrom here = there \nlong ".to_owned() + &"x".repeat(2000));
    written.html = format!("<body><p>{}</p></body>", "Привет ".repeat(300)).into();
    written.preview = Some("Neu & gut".to_owned());

    let bytes = to_mime(&written).unwrap();
    assert_sound(&bytes);
    let message = read(&bytes);
    let from = message.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Änne Grün, Acme"), Some("anna@acme.example")));
    let to = message.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Бо"), Some("bo@xn--bcher-kva.example")));
    assert_eq!(message.reply_to().unwrap().first().unwrap().address(), Some("sales@acme.example"));
    assert_eq!(message.subject(), Some(written.subject.as_str()));
    assert_eq!(message.date().unwrap().to_timestamp(), written.sent_at.timestamp());
    assert_eq!(message.message_id(), Some("j42.s3.v0@acme.example"));
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), written.text().replace("\r\n", "\n"));
    let html = message.body_html(0).unwrap();
    assert!(html.contains(">Neu &amp; gut</div><p>") && html.contains(&"Привет ".repeat(300)), "{html}");
}

#[test]
fn the_same_mail_gives_the_same_bytes() {
    assert_eq!(to_mime(&mail()), to_mime(&mail()));
}

#[test]
fn only_marketing_mail_offers_to_unsubscribe() {
    for purpose in [Purpose::Transactional, Purpose::Notice] {
        let names = header_names(&to_mime(&Mail { purpose, list: None, ..mail() }).unwrap());
        assert!(!names.iter().any(|name| name.starts_with("List-")), "{names:?}");
    }
    assert_eq!(to_mime(&Mail { unsubscribe: None, ..mail() }), Err(MailError::NoUnsubscribe));
}

#[test]
fn an_unsubscribe_address_must_work_with_one_click() {
    let long = format!("https://m.acme.example/{}", "u".repeat(UNSUBSCRIBE_URL_MAX_OCTETS));
    for url in [
        "http://m.acme.example/u",
        "https://",
        "https:///u",
        "https://m.example/a b",
        "https://m.example/>,<x",
        "https://m.example/ü",
        &long,
    ] {
        let mail = Mail { unsubscribe: Some(Unsubscribe { url: url.to_owned() }), ..mail() };
        assert!(matches!(to_mime(&mail), Err(MailError::UnsubscribeUrl { .. })), "{url}");
    }
}

#[test]
fn a_key_is_a_safe_file_name_and_message_id() {
    let longest = "k".repeat(KEY_MAX_OCTETS);
    for key in ["j1.s2.v3", "A_b-c", &longest] {
        assert!(to_mime(&Mail { key: key.to_owned(), ..mail() }).is_ok(), "{key}");
    }
    let too_long = "k".repeat(KEY_MAX_OCTETS + 1);
    for key in ["", ".", "..", "../x", "a/b", ".a", "a.", "a..b", "a b", "a\r\nBcc: x", "a>", "ä", &too_long] {
        assert!(matches!(to_mime(&Mail { key: key.to_owned(), ..mail() }), Err(MailError::Key { .. })), "{key}");
    }
}

#[test]
fn every_limit_is_an_error_that_says_so() {
    let at = |subject: usize| Mail { subject: "s".repeat(subject), ..mail() };
    // A longer word is encoded, four octets for three.
    assert!(to_mime(&at(900)).is_ok());
    assert!(matches!(to_mime(&at(990)), Err(MailError::SubjectTooLong { .. })));
    let words = |octets: usize| Mail { subject: "word ".repeat(octets / 5), ..mail() };
    assert!(to_mime(&words(990)).is_ok());
    assert_eq!(to_mime(&words(995)), Err(MailError::SubjectTooLong { octets: 1003 }));
    assert_eq!(to_mime(&Mail { subject: " \r\n ".to_owned(), ..mail() }), Err(MailError::NoSubject));
    let html = Mail { html: "h".repeat(HTML_MAX_OCTETS + 1).into(), ..mail() };
    assert_eq!(to_mime(&html), Err(MailError::HtmlTooLong { octets: HTML_MAX_OCTETS + 1 }));
    let text = Mail { plain: Some("t".repeat(TEXT_MAX_OCTETS + 1)), ..mail() };
    assert_eq!(to_mime(&text), Err(MailError::TextTooLong { octets: TEXT_MAX_OCTETS + 1 }));
    let list = Mail { list: Some("l".repeat(NAME_MAX_OCTETS + 1)), ..mail() };
    assert!(matches!(to_mime(&list), Err(MailError::NameTooLong { .. })));
    let late = Mail { sent_at: chrono::DateTime::<Utc>::MAX_UTC, ..mail() };
    assert!(matches!(to_mime(&late), Err(MailError::Date { .. })));
}

#[test]
fn a_list_without_latin_letters_still_has_an_identifier() {
    let bytes = to_mime(&Mail { list: Some("Новости".to_owned()), ..mail() }).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_sound(&bytes);
    let id = text.split("List-Id: ").nth(1).unwrap().split("\r\n").take(2).collect::<String>();
    let id = id.rsplit_once('<').unwrap().1;
    assert!(
        id.strip_suffix(".acme.example>").or(id.split(".acme.example>").next()).unwrap().len() == HASH_OCTETS * 2,
        "{id}"
    );
}

#[test]
fn a_body_cannot_close_its_part() {
    let boundary = format!("\r\n--=_flow_{}--\r\n", hash("j42.s3.v0"));
    let bytes =
        to_mime(&Mail { plain: Some(format!("a{boundary}b")), html: format!("<p>c{boundary}d").into(), ..mail() })
            .unwrap();
    let message = read(&bytes);
    assert_eq!((message.text_body_count(), message.html_body_count()), (1, 1));
    assert!(message.body_text(0).unwrap().ends_with('b') && message.body_html(0).unwrap().ends_with('d'));
}

/// Text as people and attackers write it.
fn any_line() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,80}",
        "[a-zA-Z ,.<>\"()@:;=?_\\\\\r\n\t\u{0}\u{85}\u{2028}äß🎉]{0,80}",
        "[a-z]{0,10}\r?\n(Bcc|Content-Type|): [a-z]{0,10}(\r\n\r\n)?[a-z]{0,10}",
        "[a-zé]{200,400}",
    ]
}

proptest! {
    #[test]
    fn no_text_adds_a_header(subject in any_line(), from in any_line(), to in any_line(), list in any_line(), preview in any_line(), text in any_line()) {
        let address = Address::parse("anna@acme.example").unwrap();
        let named = |name: &str| Mailbox::new(Some(name), address.clone()).or_else(|_| Mailbox::new(None, address.clone())).unwrap();
        let list = Some(list).filter(|list| list.len() <= NAME_MAX_OCTETS && !header::clean(list).is_empty());
        let has_list = list.is_some();
        let mail = Mail { subject: cut_subject(format!("s{subject}")), from: named(&from), to: named(&to), list, preview: Some(preview), plain: Some(text), ..mail() };
        let bytes = to_mime(&mail).unwrap();
        assert_sound(&bytes);
        let plain = to_mime(&Mail { list: has_list.then(|| "x".to_owned()), ..self::mail() }).unwrap();
        prop_assert_eq!(header_names(&bytes), header_names(&plain));
        prop_assert_eq!(read(&bytes).parts.len(), 3);
    }

    #[test]
    fn a_subject_comes_back(subject in any_line()) {
        // A longer one is refused, which is another test's.
        let subject = cut_subject(format!("s{subject}"));
        let bytes = to_mime(&Mail { subject: subject.clone(), ..mail() }).unwrap();
        let expected = header::clean(&subject);
        let message = read(&bytes);
        prop_assert_eq!(message.subject(), Some(expected.as_str()));
    }

    #[test]
    fn a_name_comes_back(name in any_line()) {
        let address = Address::parse("anna@acme.example").unwrap();
        let Ok(from) = Mailbox::new(Some(&name), address) else { return Ok(()) };
        let bytes = to_mime(&Mail { from: from.clone(), ..mail() }).unwrap();
        let message = read(&bytes);
        let read = message.from().unwrap().first().unwrap();
        prop_assert_eq!((read.name(), read.address()), (from.name(), Some("anna@acme.example")));
    }

    #[test]
    fn a_text_comes_back(text in "([a-z =.ä🎉-]{0,90}\r?\n){0,6}[a-z \t]{0,4}") {
        let bytes = to_mime(&Mail { plain: Some(text.clone()), ..mail() }).unwrap();
        assert_sound(&bytes);
        let message = read(&bytes);
        let body = message.body_text(0).map(|body| body.replace("\r\n", "\n")).unwrap_or_default();
        prop_assert_eq!(body, text.replace("\r\n", "\n"));
    }
}
