//! `flow.toml`: the settings of one project.
//!
//! In: the text of `flow.toml`, the project's folder, and the environment as a function. Out: [`Settings`] and [`Secrets`], or every
//! fault with its place in the text. May not know: programs, stores, what the command's flags say.
//!
//! ```text
//! [project]  name, timezone, currency
//! [store]    path
//! [sender]   from, address, unsubscribe_url
//! [mail]     connector = "file": folder
//!            connector = "smtp": host, port, security, username, timeout_seconds, uncertain, insecure
//! [data]     contacts, events
//! [run]      start, days
//! ```
//!
//! Settings are shared and secrets are not, so the two are read apart: a check needs no password, and no password can be written into
//! a file that is committed. The text is walked by hand over toml's table of places, because serde stops at the first mistake and a
//! person who sets a project up makes several.

mod fault;
mod secrets;
mod section;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use toml::de::DeTable;

use crate::connectors::Uncertain;
use crate::connectors::smtp::{DEFAULT_TIMEOUT, Security, SettingsError, SmtpSettings, is_loopback};
use crate::mail::{Mailbox, Secret};
use crate::time::{Zone, Zones};

use fault::Wrong;
pub use fault::{SettingsFault, without_secrets};
use flow_front::diagnostics::Code;
use flow_front::lints::{Level, Levels};
pub use secrets::{DEVELOPMENT_SECRET, Environment, MAX_SECRET_BYTES, SMTP_PASSWORD, Secrets, UNSUBSCRIBE_SECRET};
use section::{Document, Section, Shape};

/// In the project's folder.
pub const FILE_NAME: &str = "flow.toml";
/// Settings are a page; a longer file is a mistaken one.
pub const MAX_FILE_BYTES: usize = 64 * 1024;
const MAX_NAME_CHARS: usize = 64;
/// Of a postal address.
const MAX_ADDRESS_CHARS: usize = 300;
/// Leaves room for the token behind it (`mail::UNSUBSCRIBE_URL_MAX_OCTETS`).
const MAX_UNSUBSCRIBE_URL_BYTES: usize = 280;
/// The port at which mail servers take mail from programs (RFC 6409).
const SUBMISSION_PORT: u16 = 587;
const MAX_TIMEOUT_SECONDS: i64 = 600;
/// Ten years.
const MAX_RUN_DAYS: i64 = 3660;

/// All of `flow.toml`, checked. Relative paths are joined to the project's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The project's; the store's file is named after it where `[store]` names none.
    pub name: String,
    /// Of contacts whose own is missing or unknown.
    pub timezone: Zone,
    /// What an amount of money without a currency means.
    pub currency: Option<String>,
    /// The database file.
    pub store: PathBuf,
    /// `[sender]`
    pub sender: Sender,
    /// `[mail]`
    pub mail: MailSettings,
    /// `[data]`; empty where there is no such section.
    pub data: Data,
    /// `[run]`; none where there is no such section.
    pub run: Option<Run>,
    /// How much each lint weighs.
    pub lints: Levels,
}

/// Who the mail is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Of mails whose email names no sender, and of all notices.
    pub from: Mailbox,
    /// The postal address that the law asks for.
    pub address: String,
    /// Each message adds a slash and a token to it.
    pub unsubscribe_url: String,
}

/// How mail leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailSettings {
    /// Into a folder, as `.eml` files.
    File {
        /// Made if its parent is there.
        folder: PathBuf,
    },
    /// To a server.
    Smtp(Smtp),
}

/// A mail server, without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// A name or an address.
    pub host: String,
    /// 587 where none is given.
    pub port: u16,
    /// How the connection is kept from being read.
    pub security: Security,
    /// Allows mail in the clear to another machine.
    pub insecure: bool,
    /// With one, the password comes from [`SMTP_PASSWORD`].
    pub username: Option<String>,
    /// For connecting and for each answer; at most ten minutes.
    pub timeout: Duration,
    /// What to do where nobody knows whether a mail left (E9).
    pub uncertain: Uncertain,
}

impl Smtp {
    /// All that the connector needs.
    pub fn with_password(&self, password: Option<Secret>) -> SmtpSettings {
        SmtpSettings {
            security: self.security,
            insecure: self.insecure,
            username: self.username.clone(),
            password,
            timeout: self.timeout,
            uncertain: self.uncertain,
            ..SmtpSettings::new(&self.host, self.port)
        }
    }
}

/// Files to import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    /// A CSV file; none imports nobody.
    pub contacts: Option<PathBuf>,
    /// A file of JSON lines; none has no events.
    pub events: Option<PathBuf>,
}

/// The simulated time of `flow run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first day, in the project's zone.
    pub start: NaiveDate,
    /// How many days are simulated, from 1 to ten years.
    pub days: u32,
}

impl Settings {
    /// Reads the text of a `flow.toml`; its relative paths start at `folder`.
    pub fn read(text: &str, folder: &Path) -> Result<Settings, Vec<SettingsFault>> {
        if text.len() > MAX_FILE_BYTES {
            return Err(vec![fault::too_long(text.len())]);
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let mut faults: Vec<SettingsFault> = errors.iter().map(fault::of_toml).collect();
            faults.sort_by_key(fault::place);
            return Err(faults);
        }
        let mut document = Document::new(table.into_inner());
        let settings = read(&mut document, folder);
        // Every reader that gave nothing has said why.
        match (settings, document.finish()) {
            (Some(settings), faults) if faults.is_empty() => Ok(settings),
            (_, faults) => Err(faults),
        }
    }
}

const PROJECT: Shape = Shape {
    needed: &[("name", "name = \"spring_campaign\""), ("timezone", "timezone = \"Europe/Berlin\"")],
    optional: &["currency"],
};
const STORE: Shape = Shape { needed: &[], optional: &["path"] };
const SENDER: Shape = Shape {
    needed: &[
        ("from", "from = \"Acme <hello@acme.example>\""),
        ("address", "address = \"Acme GmbH, Torstraße 100, 10119 Berlin\""),
        ("unsubscribe_url", "unsubscribe_url = \"https://acme.example/unsubscribe\""),
    ],
    optional: &[],
};
const MAIL: Shape = Shape { needed: &[("connector", "connector = \"file\"")], optional: &[] };
const FILE: Shape = Shape { needed: &[], optional: &["folder"] };
const SMTP: Shape = Shape {
    needed: &[("host", "host = \"smtp.acme.example\"")],
    optional: &["port", "security", "username", "timeout_seconds", "uncertain", "insecure"],
};
const DATA: Shape = Shape { needed: &[], optional: &["contacts", "events"] };
const RUN: Shape = Shape { needed: &[("start", "start = 2026-03-02"), ("days", "days = 90")], optional: &[] };

/// Its keys are the names of the lints, which the compiler knows.
const LINTS: Shape = Shape { needed: &[], optional: &[] };

/// All sections are read before any missing value ends it.
fn read(document: &mut Document<'_>, folder: &Path) -> Option<Settings> {
    let project = document.required("project", &PROJECT, project);
    let store = document.optional("store", &STORE, |section| section.path("path", folder));
    let sender = document.required("sender", &SENDER, sender);
    let mail = document.required("mail", &MAIL, |section| mail(section, folder));
    let data = document.optional("data", &DATA, |section| Some(data(section, folder)));
    let run = document.optional("run", &RUN, run);
    let lints = document.optional("lints", &LINTS, |section| Some(lints(section))).unwrap_or_default();
    let (name, timezone, currency) = project?;
    let store = store.unwrap_or_else(|| folder.join("out").join(format!("{name}.db")));
    let data = data.unwrap_or_default();
    Some(Settings { name, timezone, currency, store, sender: sender?, mail: mail?, data, run, lints })
}

fn project(section: &mut Section<'_, '_>) -> Option<(String, Zone, Option<String>)> {
    let name = section.text("name", parse_name);
    let timezone = section.text("timezone", parse_zone);
    let currency = section.text("currency", parse_currency);
    Some((name?, timezone?, currency))
}

fn sender(section: &mut Section<'_, '_>) -> Option<Sender> {
    let from = section.text("from", parse_mailbox);
    let address = section.text("address", parse_address);
    let unsubscribe_url = section.text("unsubscribe_url", parse_unsubscribe_url);
    Some(Sender { from: from?, address: address?, unsubscribe_url: unsubscribe_url? })
}

fn mail(section: &mut Section<'_, '_>, folder: &Path) -> Option<MailSettings> {
    section.refuse_secrets();
    let is_file = section.text("connector", |text| one_of(text, [("file", true), ("smtp", false)]));
    match is_file {
        Some(true) => {
            section.expect(&FILE);
            section.refuse_keys_of(&SMTP, "connector = \"smtp\"");
            let folder = section.path("folder", folder).unwrap_or_else(|| folder.join("out").join("mail"));
            Some(MailSettings::File { folder })
        }
        Some(false) => {
            section.expect(&SMTP);
            section.refuse_keys_of(&FILE, "connector = \"file\"");
            smtp(section).map(MailSettings::Smtp)
        }
        // Which keys belong here is not known.
        None => {
            section.forgive();
            None
        }
    }
}

fn smtp(section: &mut Section<'_, '_>) -> Option<Smtp> {
    let host = section.text("host", parse_host);
    let port = section.number("port", parse_port);
    let insecure = section.truth("insecure");
    let security = section.text("security", |text| {
        let chosen =
            one_of(text, [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)])?;
        // The connector asks again; here it is told before anything runs.
        match &host {
            Some(host) if chosen == Security::None && insecure != Some(true) && !is_loopback(host) => {
                Err(Wrong::said(SettingsError::Unencrypted { host: host.clone() }.to_string()))
            }
            _ => Ok(chosen),
        }
    });
    let username = section.text("username", parse_username);
    let timeout = section.number("timeout_seconds", parse_timeout);
    let uncertain =
        section.text("uncertain", |text| one_of(text, [("give up", Uncertain::GiveUp), ("resend", Uncertain::Resend)]));
    Some(Smtp {
        host: host?,
        port: port.unwrap_or(SUBMISSION_PORT),
        security: security.unwrap_or(Security::StartTls),
        insecure: insecure.unwrap_or(false),
        username,
        timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        uncertain: uncertain.unwrap_or(Uncertain::GiveUp),
    })
}

fn data(section: &mut Section<'_, '_>, folder: &Path) -> Data {
    Data { contacts: section.path("contacts", folder), events: section.path("events", folder) }
}

fn lints(section: &mut Section<'_, '_>) -> Levels {
    let mut levels = Levels::default();
    for code in Code::ALL.iter().filter(|code| code.is_lint()) {
        section.know(code.name());
        if let Some(level) = section.text(code.name(), |text| one_of(text, Level::WORDS)) {
            levels.set(*code, level);
        }
    }
    levels
}

fn run(section: &mut Section<'_, '_>) -> Option<Run> {
    let start = section.date("start");
    let days = section.number("days", parse_days);
    Some(Run { start: start?, days: days? })
}

/// Store files and reports carry the name.
fn parse_name(text: &str) -> Result<String, Wrong> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if text.is_empty() || text.len() > MAX_NAME_CHARS || !text.chars().all(is_fine) {
        return Err(Wrong::new("is no name of a project")
            .help(format!("use up to {MAX_NAME_CHARS} letters, digits, `_` and `-`, such as `spring_campaign`")));
    }
    Ok(text.to_owned())
}

fn parse_zone(text: &str) -> Result<Zone, Wrong> {
    let zones = Zones::bundled();
    zones.resolve(text).ok_or_else(|| {
        Wrong::new("is no time zone")
            .nearest(text, zones.iter().map(Zone::name))
            .help("write a place from the list of the world's time zones, such as `Europe/Berlin`")
    })
}

fn parse_currency(text: &str) -> Result<String, Wrong> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new("is no currency").help("write its three capital letters, such as `EUR` or `USD`"))
}

fn parse_mailbox(text: &str) -> Result<Mailbox, Wrong> {
    Mailbox::parse(text).map_err(|error| {
        let wrong = if text.trim().is_empty() { Wrong::new("") } else { Wrong::said(error.to_string()) };
        wrong.help("write `Name <address>` or the address alone: `Acme <hello@acme.example>`")
    })
}

fn parse_address(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_ADDRESS_CHARS || text.contains(char::is_control) {
        return Err(Wrong::new("is no postal address").help(format!(
            "marketing mail must name one, on a single line of up to {MAX_ADDRESS_CHARS} characters: \
             `Acme GmbH, Torstraße 100, 10119 Berlin`"
        )));
    }
    Ok(text.to_owned())
}

/// A token is put behind it, so nothing may follow the path.
fn parse_unsubscribe_url(text: &str) -> Result<String, Wrong> {
    let host = text.strip_prefix("https://").unwrap_or_default().split('/').next().unwrap_or_default();
    let is_fine = |byte: u8| byte.is_ascii_graphic() && !b"<>,\"\\?#".contains(&byte);
    if host.is_empty() || text.len() > MAX_UNSUBSCRIBE_URL_BYTES || !text.bytes().all(is_fine) {
        return Err(Wrong::new("is no address that mailboxes offer for unsubscribing").help(
            "start it with `https://` and leave out spaces, commas, `?` and `#`: `https://acme.example/unsubscribe`",
        ));
    }
    Ok(text.to_owned())
}

fn parse_host(text: &str) -> Result<String, Wrong> {
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '@')) {
        return Err(Wrong::new("is no name of a mail server")
            .help("write the host alone, without `smtp://` and port: `smtp.acme.example`"));
    }
    Ok(text.to_owned())
}

fn parse_username(text: &str) -> Result<String, Wrong> {
    if text.is_empty() {
        return Err(Wrong::new("is no user name").help("take the line out if the mail server needs no login"));
    }
    Ok(text.to_owned())
}

fn parse_port(number: i64) -> Result<u16, Wrong> {
    u16::try_from(number)
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| Wrong::new("is no port").help("mail servers usually listen on 587 or 465"))
}

fn parse_timeout(number: i64) -> Result<Duration, Wrong> {
    u64::try_from(number)
        .ok()
        .filter(|_| (1..=MAX_TIMEOUT_SECONDS).contains(&number))
        .map(Duration::from_secs)
        .ok_or_else(|| {
            Wrong::new("is no useful timeout").help(format!("write between 1 and {MAX_TIMEOUT_SECONDS} seconds"))
        })
}

fn parse_days(number: i64) -> Result<u32, Wrong> {
    u32::try_from(number)
        .ok()
        .filter(|_| (1..=MAX_RUN_DAYS).contains(&number))
        .ok_or_else(|| Wrong::new("is no length of a run").help(format!("write between 1 and {MAX_RUN_DAYS} days")))
}

fn one_of<T: Copy, const N: usize>(text: &str, choices: [(&'static str, T); N]) -> Result<T, Wrong> {
    let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    found.ok_or_else(|| Wrong::choice(text, &choices.map(|(name, _)| name)))
}
