//! Every way in which a server can answer, stall and vanish.

use std::{net::TcpListener, time::Duration};

use flow_runtime::{
    dispatch::channels::{
        Channel, Fate, RefusedKind, Uncertain,
        smtp::{Security, SmtpChannel, SmtpSettings},
    },
    mail::{Mail, Secret, to_mime},
};

use crate::{
    server::{ENDLESS_BYTES, Play, Server},
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

fn unknown_reason(fate: Fate) -> String {
    match fate {
        Fate::Unknown { reason } => reason,
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
        ("MAIL", "552 5.3.4 too large", RefusedKind::Blocked),
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

fn stop_reason(fate: Fate) -> String {
    match fate {
        Fate::Stop { reason } => reason,
        other => panic!("it goes on: {other:?}"),
    }
}

/// Before a recipient is named a refusal is nobody's whom a mail is for: it stops, and says what to mend.
#[test]
fn what_is_refused_before_a_recipient_is_named_is_a_fault_of_the_settings() {
    for (at, answer, words, mend) in [
        (
            "MAIL",
            "550 5.7.1 Sender address rejected: not owned by user",
            "the sender's address",
            "set `from` in `[sender]`, which is `anna@acme.example`",
        ),
        ("MAIL", "553 no such user", "the sender's address", "set `from` in `[sender]`"),
        (
            "MAIL",
            "530 5.7.0 log in first",
            "the sender's address",
            "write `username` in `[mail]`, and set the password: `export FLOW_SMTP_PASSWORD='..'`",
        ),
        ("HELLO", "554 5.7.1 no mail from you", "the connection", "see that `host` and `port` in `[mail]`"),
        ("EHLO", "550 go away", "the connection", "see that `host` and `port` in `[mail]`"),
        ("DATA", "530 5.7.0 log in first", "the message", "`export FLOW_SMTP_PASSWORD='..'`"),
    ] {
        let server = Server::start(vec![Play::Answer(at, answer)]);
        let channel = connector(&server);
        let reason = stop_reason(channel.send(&mail("j1.s1.v0"), 1));
        assert!(
            reason.contains(&format!("answered {words} with {answer}: ")) || at == "EHLO" || answer.starts_with("530"),
            "{reason}"
        );
        assert!(reason.contains(answer) && reason.contains(mend), "{reason}");
        assert!(server.arrived().is_empty());
        receipt(channel.send(&mail("j1.s1.v0"), 1));
    }
}

fn to(address: &str) -> Mail {
    let name = address.split('@').next().unwrap();
    Mail { to: flow_runtime::mail::Mailbox::parse(address).unwrap(), ..mail(&format!("{name}.s1.v0")) }
}

/// Refused one after the other by rules, people are not given up for what is the sender's.
#[test]
fn refusals_by_rules_of_several_people_running_pause_mail() {
    let by_rules = Play::Answer("RCPT", "550 5.7.1 relaying denied");
    let server = Server::start(Vec::new());
    let channel = connector(&server);
    let refused = |address: &str| match channel.send(&to(address), 1) {
        Fate::Refused { kind: RefusedKind::Blocked, .. } => true,
        Fate::Down { reason } => {
            assert!(reason.contains("550 5.7.1 relaying denied, after 2 others running"), "{reason}");
            assert!(reason.contains("`anna@acme.example`"), "{reason}");
            false
        }
        other => panic!("{other:?}"),
    };
    server.always(Some(by_rules.clone()));
    assert_eq!(
        ["a@x.example", "a@x.example", "b@x.example", "c@x.example", "a@x.example"].map(refused),
        [true, true, true, false, false]
    );
    // Whom nobody knows there is no sign that the sender is accepted.
    server.always(Some(Play::Answer("RCPT", "550 5.1.1 no such user")));
    assert_eq!(refusal(channel.send(&to("d@x.example"), 1)).0, RefusedKind::HardBounce);
    server.always(Some(by_rules.clone()));
    assert!(!refused("e@x.example"));
    server.always(None);
    receipt(channel.send(&to("f@x.example"), 1));
    server.always(Some(by_rules));
    assert!(refused("c@x.example"));
}

#[test]
fn a_long_answer_is_cut() {
    let long: &'static str = format!("550 5.7.1 {}", "x".repeat(900)).leak();
    let server = Server::start(vec![Play::Answer("RCPT", long)]);
    assert!(refusal(connector(&server).send(&mail("j1.s1.v0"), 1)).1.len() < 700);
}

/// Neither a line without an end nor lines without an end fill the memory.
#[test]
fn an_answer_without_an_end_is_not_read_to_the_end() {
    for words in ["250 and on and on ", "250-and on\r\n", "250-\r\n"] {
        for at in ["HELLO", "EHLO", "MAIL", "RCPT"] {
            let server = Server::start(vec![Play::Endless(at, words)]);
            let reason = retry_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
            assert!(reason.ends_with("sent an answer without an end"), "{reason}");
            assert!(server.endless_bytes() < ENDLESS_BYTES, "{at} {words:?}");
        }
        let server = Server::start(vec![Play::Endless(".", words)]);
        let reason = unknown_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
        assert!(reason.contains("sent an answer without an end after the whole message was sent"), "{reason}");
        assert!(server.endless_bytes() < ENDLESS_BYTES, "{words:?}");
    }
}

/// Longer to say than anybody waits, and never silent for long.
const DRIPPED: &str = "250 2.0.0 a byte now and then keeps no place, since the time is that of the whole answer";

#[test]
fn an_answer_that_drips_has_no_more_time_than_one_that_is_silent() {
    for at in ["HELLO", "EHLO", "MAIL", "RCPT", "DATA"] {
        let server = Server::start(vec![Play::Drip(at, DRIPPED)]);
        let reason = retry_reason(impatient(&server).send(&mail("j1.s1.v0"), 1));
        assert!(reason.ends_with("did not answer within 0.3 s"), "{at}: {reason}");
    }
    let server = Server::start(vec![Play::Drip(".", DRIPPED)]);
    let reason = unknown_reason(impatient(&server).send(&mail("j1.s1.v0"), 1));
    assert!(reason.contains("did not answer within 0.3 s"), "{reason}");
}

/// Some servers write Latin-1. What they say with their digits is as certain as ever.
#[test]
fn the_digits_of_an_answer_decide_in_whatever_encoding_its_text_is() {
    let taken = Play::Bytes(".", b"250 2.0.0 gr\xfc\xdfe, 4711\r\n");
    let server = Server::start(vec![Play::Bytes("HELLO", b"220 caf\xe9\r\n"), taken]);
    let channel = connector(&server);
    assert_eq!(channel.ready(), Ok(()));
    assert_eq!(receipt(channel.send(&mail("j1.s1.v0"), 1)), r"250 2.0.0 gr\xfc\xdfe, 4711");
    let refused = Play::Bytes("RCPT", b"550-5.1.1 pas de bo\xeete\r\n550 5.1.1 ici\r\n");
    let server = Server::start(vec![Play::Bytes("EHLO", b"250-caf\xe9\r\n250 SIZE\r\n"), refused]);
    let (kind, reason) = refusal(connector(&server).send(&mail("j1.s1.v0"), 1));
    assert_eq!(kind, RefusedKind::HardBounce);
    assert!(reason.ends_with(r"with 550 5.1.1 pas de bo\xeete ici"), "{reason}");
}

/// A word of success where it means nothing must not be taken for one.
#[test]
fn a_good_answer_in_the_wrong_place_is_none() {
    let server = Server::start(vec![Play::Answer("DATA", "250 2.0.0 taken")]);
    let reason = retry_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
    assert!(reason.ends_with("with 250 2.0.0 taken, which is no answer to that"), "{reason}");
    let server = Server::start(vec![Play::Answer(".", "354 go on")]);
    unknown_reason(connector(&server).send(&mail("j1.s1.v0"), 1));
}

/// A place is held for a stated number of timeouts, however many answers a dialogue has that come just in time.
#[test]
fn the_limit_of_one_attempt_is_told_to_who_waits_for_it() {
    let settings = |seconds| SmtpSettings { timeout: Duration::from_secs(seconds), ..settings(25) };
    let patience = |seconds| SmtpChannel::open(settings(seconds)).unwrap().patience();
    assert_eq!(patience(60) - patience(10), Duration::from_secs(4 * 50));
    assert!(patience(u64::MAX) > patience(600));
}

#[test]
fn a_login_is_made_in_the_way_that_the_server_offers() {
    for offered in [&b"250-x\r\n250 AUTH LOGIN PLAIN\r\n"[..], b"250-x\r\n250 auth login\r\n"] {
        let server = Server::start(vec![Play::Bytes("EHLO", offered)]);
        let login = (Some("anna".to_owned()), Some(Secret::new("right")));
        let settings = SmtpSettings { username: login.0, password: login.1, ..settings(server.port()) };
        receipt(SmtpChannel::open(settings).unwrap().send(&mail("j1.s1.v0"), 1));
    }
    let server = Server::start(vec![Play::Bytes("EHLO", b"250-x\r\n250 AUTH GSSAPI\r\n")]);
    let login = (Some("anna".to_owned()), Some(Secret::new("right")));
    let settings = SmtpSettings { username: login.0, password: login.1, ..settings(server.port()) };
    let reason = retry_reason(SmtpChannel::open(settings).unwrap().send(&mail("j1.s1.v0"), 1));
    assert!(reason.contains("offers no login that Flow knows"), "{reason}");
    assert!(!server.commands().contains(&"AUTH".to_owned()));
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
    Mail { plain: Some(html.clone()), html: html.into(), ..mail("j1.s1.v0") }
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

/// Whoever sits between could put in the clear what is then taken for the server's encrypted word.
#[test]
fn what_is_said_ahead_of_the_encryption_is_not_believed() {
    let ahead = Play::Bytes("EHLO", b"250-x\r\n250 STARTTLS\r\n220 go on\r\n250 hello from between\r\n");
    let server = Server::start(vec![ahead]);
    let settings = SmtpSettings { security: Security::StartTls, timeout: PATIENCE, ..settings(server.port()) };
    let reason = retry_reason(SmtpChannel::open(settings).unwrap().send(&mail("j1.s1.v0"), 1));
    assert!(reason.contains("spoke on in the clear"), "{reason}");
    // All of it may be there before the encryption is asked for.
    let verbs = server.commands();
    assert!([&["EHLO"][..], &["EHLO", "STARTTLS"]].iter().any(|said| verbs == *said), "{verbs:?}");
}

#[test]
fn a_wrong_password_makes_mail_wait_and_is_not_repeated() {
    let server = Server::start(Vec::new());
    let with = |password: &str| {
        let login = (Some("anna".to_owned()), Some(Secret::new(password)));
        SmtpChannel::open(SmtpSettings { username: login.0, password: login.1, ..settings(server.port()) }).unwrap()
    };
    let reason = retry_reason(with("wrong-secret").send(&mail("j1.s1.v0"), 1));
    let expected = "answered the login with 535 5.7.8 bad user name or password: see that `username` in `[mail]` is right, and set the \
                    password anew: `export FLOW_SMTP_PASSWORD='..'`";
    assert!(reason.ends_with(expected), "{reason}");
    receipt(with("right").send(&mail("j1.s1.v0"), 1));
}

#[test]
fn the_policy_for_the_uncertain_case_can_be_set() {
    let settings = SmtpSettings { uncertain: Uncertain::GiveUp, ..settings(25) };
    assert_eq!(SmtpChannel::open(settings).unwrap().uncertain(), Uncertain::GiveUp);
}
