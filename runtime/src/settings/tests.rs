//! Settings as people write them, beside what they are told.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;

use insta::assert_snapshot;

use super::*;
use crate::dispatch::channels::smtp::SmtpChannel;
use crate::mail::unsubscribe::Keys;

const PROJECT: &str = "[project]\nname = \"p\"\ntimezone = \"UTC\"\n";
const SENDER: &str = "[sender]\nfrom = \"a@acme.example\"\naddress = \"Torstraße 1, Berlin\"\nunsubscribe_url = \"https://acme.example/u\"\n";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Whole settings with this `[mail]`.
fn with_mail(mail: &str) -> String {
    format!("{PROJECT}{SENDER}[mail]\n{mail}")
}

fn read(text: &str) -> Result<Settings, Vec<SettingsFault>> {
    Settings::read(text, Path::new("/project"))
}

/// Each fault with the text it points at.
fn shown(text: &str, faults: &[SettingsFault]) -> String {
    let mut page = String::new();
    for fault in faults {
        let at = fault.at.clone().map_or_else(|| "-".to_owned(), |at| text.get(at).unwrap().to_owned());
        writeln!(page, "{at} | {}\n    help: {}", fault.message, fault.help.as_deref().unwrap_or("-")).unwrap();
    }
    page
}

fn faults(text: &str) -> String {
    shown(text, &read(text).unwrap_err())
}

/// The faults of secrets under an environment.
fn secret_faults(mail: &str, environment: &[(&str, &str)]) -> String {
    let settings = read(&with_mail(mail)).unwrap();
    shown("", &settings.secrets(&environment_of(environment)).unwrap_err())
}

fn environment_of<'e>(pairs: &'e [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'e {
    |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn the_example_project_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/guide_nurture");
    let settings = Settings::read(&fs::read_to_string(folder.join(FILE_NAME)).unwrap(), &folder).unwrap();
    assert_eq!((settings.name.as_str(), settings.timezone.name()), ("guide_nurture", "Europe/Berlin"));
    assert_eq!(settings.mail, MailSettings::File { folder: folder.join("out/mail") });
    assert!(settings.data.contacts.unwrap().is_file() && settings.data.events.unwrap().is_file());
    let run = Run { start: NaiveDate::from_ymd_opt(2026, 3, 2).unwrap(), days: 90 };
    assert_eq!(settings.run, Some(run));
}

#[test]
fn what_is_left_out_has_its_default() {
    let settings = read(&with_mail("connector = \"file\"\n")).unwrap();
    assert_eq!(settings.store, Path::new("/project/out/p.db"));
    assert_eq!(settings.mail, MailSettings::File { folder: "/project/out/mail".into() });
    assert_eq!((settings.currency, settings.data, settings.run), (None, Data::default(), None));
}

#[test]
fn relative_paths_start_at_the_project_and_absolute_ones_do_not() {
    let text = with_mail("connector = \"file\"\nfolder = \"/var/mail\"\n[data]\ncontacts = \"data/c.csv\"\n");
    let settings = read(&text).unwrap();
    assert_eq!(settings.data.contacts.unwrap(), Path::new("/project/data/c.csv"));
    assert_eq!(settings.mail, MailSettings::File { folder: "/var/mail".into() });
}

#[test]
fn a_mail_server_gives_up_when_uncertain_unless_told_otherwise() {
    let smtp = |more: &str| match read(&with_mail(&format!("connector = \"smtp\"\nhost = \"m.example\"\n{more}"))) {
        Ok(Settings { mail: MailSettings::Smtp(smtp), .. }) => smtp,
        other => panic!("{other:?}"),
    };
    let plain = smtp("");
    assert_eq!((plain.port, plain.security, plain.uncertain), (587, Security::StartTls, Uncertain::GiveUp));
    let full = smtp("port = 465\nsecurity = \"tls\"\nusername = \"u\"\ntimeout_seconds = 5\nuncertain = \"resend\"\n");
    assert_eq!((full.port, full.security, full.uncertain), (465, Security::Tls, Uncertain::Resend));
    assert_eq!((full.username.as_deref(), full.timeout), (Some("u"), Duration::from_secs(5)));
    assert!(SmtpChannel::open(full.connector(Some(Secret::new("p")), None)).is_ok());
}

/// What `flow run` would refuse, `flow check` refuses.
#[test]
fn mail_in_the_clear_stays_on_this_machine() {
    let smtp = |host: &str, more: &str| {
        read(&with_mail(&format!("connector = \"smtp\"\nhost = \"{host}\"\nsecurity = \"none\"\n{more}")))
    };
    for (host, more) in [("localhost", ""), ("127.0.0.1", ""), ("m.example", "insecure = true\n")] {
        assert!(smtp(host, more).is_ok(), "{host} {more}");
    }
    for (host, more) in [("m.example", ""), ("10.0.0.1", "insecure = false\n"), ("m example", "insecure = true\n")] {
        let faults = smtp(host, more).map(|_| ()).unwrap_err();
        assert_eq!(faults.len(), 1, "{host} {more}: {faults:?}");
    }
    assert!(smtp("m.example", "").unwrap_err()[0].message.contains("would travel unencrypted"));
}

#[test]
fn every_mistake_is_told_at_once() {
    assert_snapshot!(faults(
        "[project]\nname = \"spring campaign\"\ntimezone = \"Europe/Berlim\"\ncurency = \"EUR\"\n\
         [sender]\nfrom = \"Acme <hello.acme.example>\"\nunsubscribe_url = \"http://acme.example/u\"\n\
         [mail]\nconnector = \"smpt\"\nhost = \"unjudged\"\n\
         [dat]\ncontacts = \"c.csv\"\n\
         [run]\nstart = \"2026-03-02\"\ndays = 0\n"
    ));
}

#[test]
fn an_empty_file_lacks_its_sections() {
    assert_snapshot!(faults(""));
}

#[test]
fn values_of_the_wrong_type() {
    assert_snapshot!(faults(&format!(
        "store = \"out/p.db\"\n{SENDER}[project]\nname = 5\ntimezone = [\"UTC\"]\n\
         [mail]\nconnector = \"smtp\"\nhost = true\nport = \"587\"\ninsecure = \"yes\"\ntimeout_seconds = 1.5\n\
         [run]\nstart = 2026-03-02T10:00:00\ndays = 99999999999999999999\n"
    )));
}

#[test]
fn values_out_of_range() {
    assert_snapshot!(faults(&format!(
        "[project]\nname = \"\"\ntimezone = \"Mars/Olympus\"\ncurrency = \"euro\"\n\
         [sender]\nfrom = \"\"\naddress = \" \"\nunsubscribe_url = \"https://acme.example/u?id=\"\n\
         [mail]\nconnector = \"smtp\"\nhost = \"smtp://m.example\"\nport = 70000\nsecurity = \"ssl\"\nusername = \"\"\n\
         timeout_seconds = 0\nuncertain = \"giveup\"\n\
         [data]\ncontacts = \"\"\n[run]\nstart = 2026-03-02\ndays = {}\n",
        MAX_RUN_DAYS + 1
    )));
}

#[test]
fn keys_of_the_other_connector() {
    assert_snapshot!(faults(&with_mail("connector = \"file\"\nfoldr = \"out\"\nhost = \"m.example\"\n")));
    assert_snapshot!(faults(&with_mail("connector = \"smtp\"\nfolder = \"out\"\n")));
}

#[test]
fn a_password_does_not_belong_here() {
    assert_snapshot!(faults(&with_mail("connector = \"smtp\"\nhost = \"m.example\"\npassword = \"hunter2\"\n")));
}

#[test]
fn a_secret_under_any_name_is_refused_and_never_shown() {
    let text = with_mail("connector = \"file\"\n  \"SMTP_passwrd\" =\t\"hünter2\"\n[acme]\nurl = \"x\"\n");
    assert_snapshot!(faults(&text));
    let shown = without_secrets(&text);
    assert!(shown.contains("  \"SMTP_passwrd\" =\t**********\n[acme]\nurl = \"x\"\n"), "{shown}");
    assert_eq!(shown.len(), text.len());
    for line in ["mail.password = hunter2", "mail = { host = \"x\", secret=\"hunter2\" }", "TOKEN=hunter2 = 5"] {
        assert!(!without_secrets(line).contains("hunter2"), "{line}");
    }
    assert_eq!(
        without_secrets("from = \"the password = x\"\n# no secret\n"),
        "from = \"the password = **\n# no secret\n"
    );
}

#[test]
fn text_that_is_not_toml() {
    assert_snapshot!(faults("[project]\nname = acme\ntimezone = \"UTC\ncurrency EUR\n"));
    assert_snapshot!(faults("[project]\nname = \"a\"\nname = \"b\"\n"));
    assert_snapshot!(faults("[run]\nstart = 2026-02-30\n"));
}

#[test]
fn a_file_that_is_no_settings_is_refused_unread() {
    let faults = faults_of_length(MAX_FILE_BYTES + 1);
    assert_eq!(faults, format!("flow.toml has {} bytes, and settings have at most 65536", MAX_FILE_BYTES + 1));
    assert_ne!(faults_of_length(MAX_FILE_BYTES), faults);
}

fn faults_of_length(bytes: usize) -> String {
    read(&"#".repeat(bytes)).unwrap_err()[0].message.clone()
}

const SMTP: &str = "connector = \"smtp\"\nhost = \"m.example\"\n";
const SMTP_LOGIN: &str = "connector = \"smtp\"\nhost = \"m.example\"\nusername = \"u\"\n";

#[test]
fn mail_that_leaves_needs_its_secrets() {
    assert_snapshot!(secret_faults(SMTP_LOGIN, &[]));
}

#[test]
fn secrets_that_cannot_be_used() {
    let short = [(SMTP_PASSWORD, "p"), (UNSUBSCRIBE_SECRET, "short")];
    assert_snapshot!(secret_faults(SMTP, &short));
    let both =
        [(SMTP_PASSWORD, "p"), ("FLOW_SMTP_PASSWORD_FILE", "/p"), ("FLOW_UNSUBSCRIBE_SECRET_FILE", "/no/such/file")];
    assert_snapshot!(secret_faults(SMTP_LOGIN, &both));
    let twice = format!("{SECRET}\n{SECRET}");
    assert_snapshot!(secret_faults(SMTP, &[(UNSUBSCRIBE_SECRET, &twice)]));
}

#[test]
fn a_secret_may_stand_in_a_file_and_is_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    fs::write(&path, "hunter2\r\n").unwrap();
    let pairs = [("FLOW_SMTP_PASSWORD_FILE", path.to_str().unwrap()), (UNSUBSCRIBE_SECRET, SECRET)];
    let secrets = read(&with_mail(SMTP_LOGIN)).unwrap().secrets(&environment_of(&pairs)).unwrap();
    assert_eq!(secrets.smtp_password.as_ref().unwrap().expose(), "hunter2");
    let printed = format!("{secrets:?}");
    assert!(!printed.contains("hunter2") && !printed.contains(SECRET), "{printed}");
}

#[test]
fn a_secret_file_has_a_limit_and_something_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let fault = |contents: &[u8]| {
        fs::write(&path, contents).unwrap();
        let pairs = [("FLOW_UNSUBSCRIBE_SECRET_FILE", path.to_str().unwrap())];
        let faults = read(&with_mail(SMTP)).unwrap().secrets(&environment_of(&pairs)).err();
        faults.map(|faults| faults[0].message.rsplit(": ").next().unwrap().to_owned())
    };
    assert_eq!(fault(&[b'x'; MAX_SECRET_BYTES]), None);
    assert_eq!(fault(&[b'x'; MAX_SECRET_BYTES + 1]).unwrap(), "it has more than 4096 bytes");
    assert_eq!(fault(b"\n").unwrap(), "it is empty");
    assert_eq!(fault(b"\xff").unwrap(), "it is not UTF-8 text");
}

fn keys(mail: &str, secret: &str) -> Keys {
    read(&with_mail(mail)).unwrap().secrets(&environment_of(&[(UNSUBSCRIBE_SECRET, secret)])).unwrap().unsubscribe_keys
}

#[test]
fn links_in_old_mail_work_as_long_as_their_secret_is_listed() {
    let newer = SECRET.to_uppercase();
    let token = keys(SMTP, SECRET).make("1", "").unwrap();
    assert!(keys(SMTP, &format!("{newer}\n{SECRET}\n")).verify(&token).is_ok());
    assert!(keys(SMTP, &newer).verify(&token).is_err());
}

#[test]
fn a_folder_needs_no_secret_and_takes_one() {
    let file = "connector = \"file\"\n";
    let development = read(&with_mail(file)).unwrap().secrets(&|_| None).unwrap().unsubscribe_keys;
    let token = development.make("1", "").unwrap();
    assert!(keys(file, SECRET).verify(&token).is_err());
    assert!(keys(file, DEVELOPMENT_SECRET).verify(&token).is_ok());
}
