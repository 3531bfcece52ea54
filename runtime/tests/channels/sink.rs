//! The same against a server that we did not write: Python's aiosmtpd in a process of its own. The tests say so and pass where it is
//! not installed (`pip install aiosmtpd==1.4.6`).

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use flow_runtime::{
    dispatch::channels::{
        Channel, RefusedKind,
        smtp::{Security, SmtpChannel, SmtpSettings},
    },
    mail::{Address, Secret, to_mime},
    settings::{MailSettings, Settings},
};

use crate::support::{mail, receipt, refusal, retry_reason};

struct Sink {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Sink {
    /// Nothing where a program is missing.
    fn start(encrypted: bool) -> Option<Sink> {
        if !succeeds(Command::new("python3").args(["-c", "import aiosmtpd"])) {
            eprintln!("skipped: aiosmtpd is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        if encrypted && !make_certificate(folder.path()) {
            eprintln!("skipped: openssl is not installed");
            return None;
        }
        let mut command = Command::new("python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/channels/sink.py")).arg(folder.path());
        if encrypted {
            command.args([folder.path().join("certificate"), folder.path().join("key")]);
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Some(Sink { process, port: port.trim().parse().unwrap(), folder })
    }

    fn settings(&self, security: Security) -> SmtpSettings {
        SmtpSettings { security, ..SmtpSettings::new("localhost", self.port) }
    }

    fn arrived(&self) -> Vec<Vec<u8>> {
        let paths = fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
        let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|ext| ext == "eml")).collect();
        paths.sort();
        paths.iter().map(|path| fs::read(path).unwrap()).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// For `localhost`, its own authority.
fn make_certificate(folder: &Path) -> bool {
    let request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                   -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE -keyout key -out certificate";
    succeeds(Command::new("openssl").args(request.split_whitespace()).current_dir(folder))
}

#[test]
fn messages_arrive_as_they_were_built_and_unknown_mailboxes_bounce() {
    let Some(sink) = Sink::start(false) else { return };
    let connector = SmtpChannel::open(sink.settings(Security::None)).unwrap();
    assert_eq!(receipt(connector.send(&mail("j1.s1.v0"), 1)), "250 2.0.0 kept as 1");
    let mut to_nobody = mail("j2.s1.v0");
    to_nobody.to = Address::parse("nobody@example.com").unwrap().into();
    assert_eq!(refusal(connector.send(&to_nobody, 1)).0, RefusedKind::HardBounce);
    assert_eq!(receipt(connector.send(&mail("j3.s1.v0"), 1)), "250 2.0.0 kept as 2");
    assert_eq!(sink.arrived(), ["j1.s1.v0", "j3.s1.v0"].map(|key| to_mime(&mail(key)).unwrap()));
}

/// As `flow.toml` names it.
#[test]
fn the_authority_that_settings_name_vouches_for_the_server() {
    let Some(sink) = Sink::start(true) else { return };
    let settings = |authority: &str| {
        let text = format!(
            "[project]\nname = \"p\"\ntimezone = \"UTC\"\n[sender]\nfrom = \"a@acme.example\"\naddress = \"Torstraße 1\"\n\
             unsubscribe_url = \"https://acme.example/u\"\n[mail]\nconnector = \"smtp\"\nhost = \"localhost\"\nport = {}\n\
             username = \"anna\"\n{authority}",
            sink.port
        );
        let settings = Settings::read(&text, sink.folder.path()).unwrap();
        assert_eq!(settings.check_files(&text, sink.folder.path(), None), []);
        settings
    };
    let send = |settings: &Settings| {
        let MailSettings::Smtp(smtp) = &settings.mail else { panic!("{settings:?}") };
        let connector = smtp.connector(Some(Secret::new("right")), settings.authority().unwrap());
        SmtpChannel::open(connector).unwrap().send(&mail("j1.s1.v0"), 1)
    };
    let reason = retry_reason(send(&settings("")));
    assert!(reason.contains("certificate"), "{reason}");
    receipt(send(&settings("certificate_authority = \"certificate\"\n")));
    assert_eq!(sink.arrived(), [to_mime(&mail("j1.s1.v0")).unwrap()]);
}

#[test]
fn a_login_over_starttls_needs_a_trusted_certificate_and_the_right_password() {
    let Some(sink) = Sink::start(true) else { return };
    let authority = Some(fs::read(sink.folder.path().join("certificate")).unwrap());
    let with = |password: &str, authority: Option<Vec<u8>>| {
        let login = (Some("anna".to_owned()), Some(Secret::new(password)));
        let settings =
            SmtpSettings { username: login.0, password: login.1, authority, ..sink.settings(Security::StartTls) };
        SmtpChannel::open(settings).unwrap().send(&mail("j1.s1.v0"), 1)
    };
    let reason = retry_reason(with("right", None));
    assert!(reason.contains("certificate"), "{reason}");
    let reason = retry_reason(with("wrong", authority.clone()));
    assert!(reason.contains("answered the login with 535"), "{reason}");
    assert_eq!(sink.arrived().len(), 0);
    receipt(with("right", authority));
    assert_eq!(sink.arrived(), [to_mime(&mail("j1.s1.v0")).unwrap()]);
}
