//! What every connector promises. A new connector adds a [`Bench`] and one line to `connector_contract!`.

use std::thread;

use flow_runtime::{
    dispatch::channels::{
        Channel, RefusedKind, Uncertain,
        file::FileChannel,
        smtp::{Security, SmtpChannel, SmtpSettings},
    },
    mail::{Html, Mail, to_mime},
};

use crate::{
    server::{Play, Server},
    support::{mail, receipt, refusal, retry_reason},
};

/// A connector with the other side in our hands.
trait Bench {
    type Channel: Channel;
    fn start() -> Self;
    fn connector(&self) -> &Self::Channel;
    /// The messages that have arrived, in any order.
    fn arrived(&self) -> Vec<Vec<u8>>;
    fn break_down(&mut self);
    fn mend(&mut self);
}

struct Folder {
    folder: tempfile::TempDir,
    connector: FileChannel,
}

impl Bench for Folder {
    type Channel = FileChannel;

    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connector = FileChannel::open(folder.path().join("outbox")).unwrap();
        Folder { folder, connector }
    }

    fn connector(&self) -> &FileChannel {
        &self.connector
    }

    fn arrived(&self) -> Vec<Vec<u8>> {
        let month = self.folder.path().join("outbox/2026-03");
        let files = std::fs::read_dir(month).map(|files| files.map(|file| file.unwrap().path()).collect::<Vec<_>>());
        files.unwrap_or_default().iter().map(|path| std::fs::read(path).unwrap()).collect()
    }

    fn break_down(&mut self) {
        std::fs::rename(self.folder.path().join("outbox"), self.folder.path().join("gone")).unwrap();
    }

    fn mend(&mut self) {
        std::fs::rename(self.folder.path().join("gone"), self.folder.path().join("outbox")).unwrap();
    }
}

struct Smtp {
    server: Server,
    connector: SmtpChannel,
}

impl Bench for Smtp {
    type Channel = SmtpChannel;

    fn start() -> Self {
        let server = Server::start(Vec::new());
        let settings = SmtpSettings { security: Security::None, ..SmtpSettings::new("127.0.0.1", server.port()) };
        Smtp { connector: SmtpChannel::open(settings).unwrap(), server }
    }

    fn connector(&self) -> &SmtpChannel {
        &self.connector
    }

    fn arrived(&self) -> Vec<Vec<u8>> {
        self.server.arrived().into_iter().map(|message| message.content).collect()
    }

    fn break_down(&mut self) {
        self.server.always(Some(Play::HangUpOn("MAIL")));
    }

    fn mend(&mut self) {
        self.server.always(None);
    }
}

fn delivers_the_message_as_it_is<B: Bench>() {
    let bench = B::start();
    assert!(!receipt(bench.connector().send(&mail("j1.s1.v0"), 1)).is_empty());
    assert_eq!(bench.arrived(), [to_mime(&mail("j1.s1.v0")).unwrap()]);
}

fn delivers_one_after_another_and_many_at_once<B: Bench>() {
    let bench = B::start();
    thread::scope(|scope| {
        for worker in 0..4 {
            let connector = bench.connector();
            scope.spawn(move || {
                (0..6).for_each(|n| drop(receipt(connector.send(&mail(&format!("j{worker}.s{n}.v0")), 1))))
            });
        }
    });
    let mut arrived = bench.arrived();
    arrived.sort();
    let keys = (0..4).flat_map(|worker| (0..6).map(move |n| format!("j{worker}.s{n}.v0")));
    let mut sent: Vec<_> = keys.map(|key| to_mime(&mail(&key)).unwrap()).collect();
    sent.sort();
    assert_eq!(arrived, sent);
}

fn refuses_a_message_that_cannot_be_built<B: Bench>() {
    let bench = B::start();
    for key in ["../j1", "j1\r\nRSET"] {
        let (kind, reason) = refusal(bench.connector().send(&mail(key), 1));
        assert_eq!(kind, RefusedKind::Invalid);
        assert!(reason.contains("cannot name a message"), "{reason}");
    }
    let torn = Mail { html: Html::later(|| Err("its template is damaged".to_owned())), ..mail("j1.s1.v0") };
    let (kind, reason) = refusal(bench.connector().send(&torn, 1));
    assert_eq!(
        (kind, reason.as_str()),
        (RefusedKind::NotWritten, "the HTML could not be written: its template is damaged")
    );
    assert!(bench.arrived().is_empty());
}

fn asks_for_a_retry_while_the_other_side_is_down<B: Bench>() {
    let mut bench = B::start();
    bench.break_down();
    let reason = retry_reason(bench.connector().send(&mail("j1.s1.v0"), 1));
    assert!(!reason.is_empty() && !reason.contains(['\r', '\n']), "{reason}");
    bench.mend();
    receipt(bench.connector().send(&mail("j1.s1.v0"), 1));
    assert_eq!(bench.arrived(), [to_mime(&mail("j1.s1.v0")).unwrap()]);
}

fn a_repeated_send_is_the_same_message<B: Bench>() {
    let bench = B::start();
    receipt(bench.connector().send(&mail("j1.s1.v0"), 1));
    receipt(bench.connector().send(&mail("j1.s1.v0"), 1));
    let mut arrived = bench.arrived();
    arrived.dedup();
    assert_eq!(arrived, [to_mime(&mail("j1.s1.v0")).unwrap()]);
}

fn has_a_name_and_a_policy<B: Bench>() {
    let bench = B::start();
    let connector: &dyn Channel = bench.connector();
    assert!(connector.name().chars().all(|c| c.is_ascii_lowercase()) && !connector.name().is_empty());
    assert_eq!(connector.uncertain(), Uncertain::Resend);
}

macro_rules! connector_contract {
    ($($module:ident: $bench:ty,)*) => { $(
        mod $module {
            use super::*;
            connector_contract!(@promises $bench: delivers_the_message_as_it_is, delivers_one_after_another_and_many_at_once,
                refuses_a_message_that_cannot_be_built, asks_for_a_retry_while_the_other_side_is_down,
                a_repeated_send_is_the_same_message, has_a_name_and_a_policy);
        }
    )* };
    (@promises $bench:ty: $($promise:ident),*) => { $(
        #[test]
        fn $promise() {
            super::$promise::<$bench>();
        }
    )* };
}

connector_contract! {
    file: Folder,
    smtp: Smtp,
}
