//! Every way in which a server can answer, stall and vanish.

use std::{net::TcpListener, time::Duration};

use flow_runtime::{
    dispatch::channels::{
        Channel, Outcome, RefusedKind, Uncertain,
        smtp::{Security, SmtpChannel, SmtpSettings},
    },
    mail::{Mail, Secret, to_mime},
};

use crate::{
    server::{Play, Server},
    support::{mail, receipt, refusal, retry_reason},
};

const PATIENCE: Duration = Duration::from_millis(300);

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings { security: Security::None, ..SmtpSettings::new("127.0.0.1", port) }
}

fn connector(server: &Server) -> SmtpChannel {
    SmtpChannel::open(settings(server.port())).unwrap()
}

fn impatient(server: &Server) -> SmtpChannel {
    SmtpChannel::open(SmtpSettings { timeout: PATIENCE, ..settings(server.port()) }).unwrap()
}

fn unknown_reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unknown { reason } => reason,
        other => panic!("not unknown: {other:?}"),
    }
}

#[test]
fn the_envelope_names_sender_and_recipient_and_the_receipt_is_the_servers_word() {
    let server = Server::start(Vec::new());
    assert_eq!(receipt(connector(&server).send(&mail("j1.s1.v0"), 1)), "250 2.0.0 queued as 4711");
    let arrived = &server.arrived()[0];
    assert_eq!(arrived.from.trim_end(), "MAIL FROM:<anna@acme.example>");
    assert_eq!(arrived.to.iter().map(|to| to.trim_end()).collect::<Vec<_>>(), ["RCPT TO:<bo@example.com>"]);
}

#[test]
fn temporary_answers_are_retried_wherever_they_come() {
    for (at, words) in [
        ("HELLO", "the connection"),
        ("MAIL", "the sender's address"),
        ("RCPT", "the recipient's address"),
        ("DATA", "the message"),
        (".", "the message"),
    ] {
        let server = Server::start(vec![Play::Answer(at, "451 4.3.0 try later")]);
        let reason = retry_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
        let expected = format!("mail server 127.0.0.1:{} answered {words} with 451 4.3.0 try later", server.port());
        assert_eq!(reason, expected);
        assert!(server.arrived().is_empty());
    }
}

#[test]
fn permanent_answers_say_whose_fault_it_is() {
    for (at, answer, kind) in [
        ("RCPT", "550 5.1.1 no such user", RefusedKind::HardBounce),
        (".", "550-5.7.1 first line\r\n550 5.7.1 blocked", RefusedKind::Blocked),
        ("MAIL", "553 5.7.1 not your domain", RefusedKind::Blocked),
        ("RCPT", "501 5.5.4 syntax", RefusedKind::Invalid),
    ] {
        let server = Server::start(vec![Play::Answer(at, answer)]);
        let connector = connector(&server);
        let (found, reason) = refusal(connector.send(&mail("j1.s1.v0"), 1));
        assert_eq!(found, kind, "{reason}");
        assert!(!reason.contains(['\r', '\n']), "{reason:?}");
        receipt(connector.send(&mail("j2.s1.v0"), 1));
        assert_eq!(server.connections(), 1, "a refusal leaves the connection usable");
        assert!(server.commands().contains(&"RSET".to_owned()));
    }
}

#[test]
fn a_long_answer_is_cut() {
    let long: &'static str = format!("550 5.7.1 {}", "x".repeat(900)).leak();
    let server = Server::start(vec![Play::Answer("RCPT", long)]);
    assert!(refusal(connector(&server).send(&mail("j1.s1.v0"), 1)).1.len() < 700);
}

#[test]
fn a_connection_lost_after_the_end_mark_is_unknown() {
    for play in [Play::HangUpOn("."), Play::HangUpAfterTaking, Play::StallOn(".")] {
        let server = Server::start(vec![play]);
        let reason = unknown_reason(impatient(&server).send(&mail("j1.s1.v0"), 1));
        assert!(reason.ends_with("after the whole message was sent, so it may have taken it"), "{reason}");
    }
}

#[test]
fn an_unreadable_answer_to_the_message_is_unknown() {
    let server = Server::start(vec![Play::Answer(".", "hello?")]);
    unknown_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
}

#[test]
fn a_connection_lost_before_the_end_mark_is_retried() {
    for at in ["MAIL", "RCPT", "DATA"] {
        for play in [Play::HangUpOn(at), Play::StallOn(at)] {
            let server = Server::start(vec![play]);
            retry_reason(impatient(&server).send(&mail("j1.s1.v0"), 1));
            assert!(server.arrived().is_empty());
        }
    }
}

/// More than the sockets' buffers hold, so that writing can fail before the end mark.
fn large() -> Mail {
    let html = "<p>large</p>\n.\n".repeat(34_000);
    Mail { text: html.clone(), html, ..mail("j1.s1.v0") }
}

#[test]
fn a_large_message_arrives_as_it_is() {
    let server = Server::start(Vec::new());
    receipt(connector(&server).send(&large(), 1));
    assert!(server.arrived()[0].content == to_mime(&large()).unwrap());
}

#[test]
fn a_connection_lost_within_a_large_message_is_retried() {
    let server = Server::start(vec![Play::HangUpDuring]);
    retry_reason(connector(&server).send(&large(), 1));
    assert!(server.arrived().is_empty());
}

#[test]
fn a_connection_lost_within_a_small_message_is_unknown() {
    let server = Server::start(vec![Play::HangUpDuring]);
    unknown_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
}

#[test]
fn a_connection_that_the_server_closed_while_idle_is_replaced() {
    for play in [Play::HangUpOn("MAIL"), Play::Answer("MAIL", "421 4.4.2 idle for too long")] {
        let server = Server::start(vec![Play::Accept, play]);
        let connector = connector(&server);
        receipt(connector.send(&mail("j1.s1.v0"), 1));
        receipt(connector.send(&mail("j2.s1.v0"), 1));
        assert_eq!((server.connections(), server.arrived().len()), (2, 2));
    }
}

#[test]
fn connections_are_reused_up_to_a_limit_and_ended_politely() {
    let server = Server::start(Vec::new());
    let connector = connector(&server);
    for n in 0..101 {
        receipt(connector.send(&mail(&format!("j{n}.s1.v0")), 1));
    }
    assert_eq!(server.connections(), 2);
    drop(connector);
    assert_eq!(server.commands().iter().filter(|verb| *verb == "QUIT").count(), 2);
}

#[test]
fn a_server_that_is_down_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let reason = retry_reason(SmtpChannel::open(settings(port)).unwrap().send(&mail("j1.s1.v0"), 1));
    let expected =
        format!("mail server 127.0.0.1:{port} refused the connection: check that it runs, and its host and port");
    assert_eq!(reason, expected);
}

#[test]
fn a_server_without_encryption_gets_no_message_and_no_password() {
    for security in [Security::StartTls, Security::Tls] {
        let server = Server::start(Vec::new());
        let login = SmtpSettings {
            username: Some("anna".to_owned()),
            password: Some(Secret::new("right")),
            ..settings(server.port())
        };
        let connector = SmtpChannel::open(SmtpSettings { security, timeout: PATIENCE, ..login }).unwrap();
        retry_reason(connector.send(&mail("j1.s1.v0"), 1));
        assert!(!server.commands().iter().any(|verb| verb == "AUTH" || verb == "MAIL"), "{:?}", server.commands());
    }
}

#[test]
fn a_wrong_password_makes_mail_wait_and_is_not_repeated() {
    let server = Server::start(Vec::new());
    let with = |password: &str| {
        let login = (Some("anna".to_owned()), Some(Secret::new(password)));
        SmtpChannel::open(SmtpSettings { username: login.0, password: login.1, ..settings(server.port()) }).unwrap()
    };
    let reason = retry_reason(with("wrong-secret").send(&mail("j1.s1.v0"), 1));
    assert!(reason.ends_with("answered the login with 535 5.7.8 bad user name or password"), "{reason}");
    receipt(with("right").send(&mail("j1.s1.v0"), 1));
}

#[test]
fn the_policy_for_the_uncertain_case_can_be_set() {
    let settings = SmtpSettings { uncertain: Uncertain::GiveUp, ..settings(25) };
    assert_eq!(SmtpChannel::open(settings).unwrap().uncertain(), Uncertain::GiveUp);
}
