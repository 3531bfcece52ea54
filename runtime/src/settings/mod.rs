//! `flow.toml`: the settings of one project.
//!
//! In: the text of `flow.toml`, the project's folder, and the environment as a function. Out: [`Settings`] and [`Secrets`], or every
//! fault with its place in the text. May not know: programs, stores, what the command's flags say.
//!
//! ```text
//! text --slips--> a text that TOML reads --names--> sections and keys that are meant --section--> values
//!                                                              every fault --mend--> merged by line, mended lines tried out
//! ```
//!
//! Settings are shared and secrets are not, so the two are read apart: a check needs no password, and no password can be written into
//! a file that is committed. The text is walked by hand over toml's table of places, because serde stops at the first mistake and a
//! person who sets a project up makes several. `keys.rs` lists the keys; `docs/settings.md` explains them.

mod fault;
mod files;
pub mod keys;
mod mend;
mod names;
mod secrets;
mod section;
mod slips;
#[cfg(test)]
mod tests;
mod text;
mod written;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;

use crate::dispatch::channels::Uncertain;
use crate::dispatch::channels::smtp::{DEFAULT_TIMEOUT, Security, SettingsError, SmtpSettings, is_loopback};
use crate::inbound::Columns;
use crate::mail::{Mailbox, Secret};
use crate::time::{Span, Zone, Zones, civil};

use fault::{Found, Wrong};
pub use fault::{SettingsEdit, SettingsFault, SettingsMend, without_secrets};
pub use files::{DataFile, MAX_AUTHORITY_BYTES, open_plain};
use flow_front::diagnostics::Code;
use flow_front::lints::{Level, Levels};
pub use secrets::{DEVELOPMENT_SECRET, Environment, MAX_SECRET_BYTES, SMTP_PASSWORD, Secrets, UNSUBSCRIBE_SECRET};
use section::{Document, Section, unfit};

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
    /// `[columns]`: what columns of the contacts fill that have other names than fields.
    pub columns: Columns,
    /// `[refusals]`: columns that are meant to shut out most people of a file, each with the file's name.
    pub refusals: BTreeMap<String, String>,
    /// `[run]`; none where there is no such section.
    pub run: Option<Run>,
    /// How much each lint weighs.
    pub lints: Levels,
    /// Where the values of keys stand in the text.
    places: Places,
}

/// Where the values of keys stand in the text of a `flow.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Places(Vec<(&'static str, Range<usize>)>);

impl Places {
    fn of(&self, key: &str) -> Option<Range<usize>> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, at)| at.clone())
    }
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
    /// The same of the page on which people confirm that they want mail; a project needs it where its policy says `confirm by`.
    pub confirm_url: Option<String>,
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
    /// A PEM file with the authorities of one's own that may vouch for the server.
    pub certificate_authority: Option<PathBuf>,
}

impl Smtp {
    /// All that the connector needs; the authority as its file holds it ([`Settings::authority`]).
    pub fn connector(&self, password: Option<Secret>, authority: Option<Vec<u8>>) -> SmtpSettings {
        SmtpSettings {
            authority,
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
        let read = mend::read(text, folder);
        match (read.settings, read.faults) {
            (Some(settings), faults) if faults.is_empty() => Ok(settings),
            (_, faults) => Err(faults),
        }
    }

    /// What a project lacks whose policy has people confirm that they want mail: the page on which they do.
    pub fn without_page_to_confirm(&self) -> Option<SettingsFault> {
        if self.sender.confirm_url.is_some() {
            return None;
        }
        let message = "`[sender]` needs `confirm_url`".to_owned();
        let fault = SettingsFault::new(Code::MissingSetting, message, self.places.of("unsubscribe_url"));
        let why =
            "the policy says `confirm by`, and its mail leads to the page on which people confirm that they want more";
        let line =
            "add the line below `[sender]`, with what is yours\n  confirm_url = \"https://acme.example/confirm\"";
        Some(fault.why(why).help(line.to_owned()))
    }
}

/// The sections in turn; every reader that gives nothing has said why.
fn read(document: &mut Document<'_, '_>, folder: &Path) -> Option<Settings> {
    let project = document.section("project", project);
    let store = document.section("store", |section| section.path("path", folder));
    let sender = document.section("sender", sender);
    let mail = document.section("mail", |section| mail(section, folder));
    let data = document.section("data", |section| Some(data(section, folder)));
    let columns = document.section("columns", |section| Some(section.texts())).unwrap_or_default();
    let refusals = document.section("refusals", |section| Some(section.texts())).unwrap_or_default();
    let zone = project.as_ref().map(|(_, zone, _)| *zone);
    let run = document.section("run", |section| run(section, zone));
    let lints = document.section("lints", |section| Some(lints(section))).unwrap_or_default();
    let (name, timezone, currency) = project?;
    let store = store.unwrap_or_else(|| folder.join("out").join(format!("{name}.db")));
    let data = data.unwrap_or_default();
    let places = Places::default();
    let (columns, refusals) = (columns.into_iter().collect(), refusals.into_iter().collect());
    let (sender, mail) = (sender?, mail?);
    Some(Settings { name, timezone, currency, store, sender, mail, data, columns, refusals, run, lints, places })
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
    let confirm_url = section.text("confirm_url", |text| parse_confirm_url(text, unsubscribe_url.as_deref()));
    Some(Sender { from: from?, address: address?, unsubscribe_url: unsubscribe_url?, confirm_url })
}

fn mail(section: &mut Section<'_, '_>, folder: &Path) -> Option<MailSettings> {
    let connector_at = section.place("connector");
    let is_file = section.text("connector", |text| {
        let meant = match text.trim().to_lowercase().as_str() {
            "smtp" | "smtps" | "server" | "mail server" | "email" | "mail" | "sendgrid" | "mailgun" | "ses"
            | "postmark" => "smtp",
            "file" | "files" | "folder" | "dir" | "directory" | "local" | "disk" | "eml" | "test" => "file",
            _ => "",
        };
        one_of(text, [("file", true), ("smtp", false)])
            .map_err(|wrong| if meant.is_empty() { wrong } else { Wrong::choice("", &["file", "smtp"]).meant([meant]) })
    });
    match is_file {
        Some(true) => {
            section.refuse_keys_of("smtp", connector_at);
            let folder = section.path("folder", folder).unwrap_or_else(|| folder.join("out").join("mail"));
            Some(MailSettings::File { folder })
        }
        Some(false) => {
            section.expect(|key| keys::connector_of(key.name) == Some("smtp"));
            section.refuse_keys_of("file", connector_at);
            smtp(section, folder).map(MailSettings::Smtp)
        }
        // Which keys belong here is not known.
        None => None,
    }
}

fn smtp(section: &mut Section<'_, '_>, folder: &Path) -> Option<Smtp> {
    let port_in_host = section.written("host").and_then(|host| Some(host.rsplit_once(':')?.1.to_owned()));
    let host_at = section.place("host");
    let host = section.text("host", parse_host);
    if let (None, Some(port), Some(at)) = (&host, port_in_host, host_at)
        && !section.has("port")
        && port.parse::<u16>().is_ok_and(|port| port != SUBMISSION_PORT)
    {
        section.also_add(&at, &format!("port = {port}"));
    }
    let port = section.number("port", &[], parse_port);
    let may_be_insecure = section.has("insecure");
    let insecure = section.truth("insecure");
    // What it says is told by itself where it cannot be read.
    let may_be_insecure = insecure.unwrap_or(may_be_insecure);
    let security = section.text("security", |text| {
        let chosen = one_of(text, [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)])
            .map_err(|wrong| match text.to_lowercase().replace(['-', '_', ' ', '/'], "").as_str() {
                "ssl" | "ssltls" | "tls" | "smtps" | "implicit" => wrong.meant(["tls"]),
                "starttls" | "explicit" | "yes" | "true" | "on" => wrong.meant(["starttls"]),
                "no" | "off" | "false" | "plain" => wrong.meant(["none"]),
                _ => wrong,
            })?;
        // The connector asks again; here it is told before anything runs.
        match &host {
            Some(host) if chosen == Security::None && !may_be_insecure && !is_loopback(host) => {
                Err(Wrong::said(SettingsError::Unencrypted { host: host.clone() }.to_string()).either([
                    ("encrypted, as most servers want it:".to_owned(), "starttls".to_owned()),
                    ("encrypted from the first byte, on port 465:".to_owned(), "tls".to_owned()),
                ]))
            }
            _ => Ok(chosen),
        }
    });
    let username = section.text("username", parse_username);
    const SECONDS: &[(&str, i64)] = &[("s", 1), ("sec", 1), ("second", 1), ("m", 60), ("min", 60), ("minute", 60)];
    let timeout = section.number("timeout_seconds", SECONDS, parse_timeout);
    let uncertain = section.text("uncertain", |text| {
        one_of(text, [("give up", Uncertain::GiveUp), ("resend", Uncertain::Resend)]).map_err(|wrong| {
            match text.to_lowercase().replace(['-', '_', ' '], "").as_str() {
                "giveup" | "drop" | "skip" | "stop" | "abort" => {
                    Wrong::choice("", &["give up", "resend"]).meant(["give up"])
                }
                "resend" | "retry" | "again" | "sendagain" | "repeat" => {
                    Wrong::choice("", &["give up", "resend"]).meant(["resend"])
                }
                _ => wrong,
            }
        })
    });
    let certificate_authority = section.path("certificate_authority", folder);
    Some(Smtp {
        host: host?,
        port: port.unwrap_or(SUBMISSION_PORT),
        security: security.unwrap_or(Security::StartTls),
        insecure: insecure.unwrap_or(false),
        username,
        timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        uncertain: uncertain.unwrap_or(Uncertain::GiveUp),
        certificate_authority,
    })
}

fn data(section: &mut Section<'_, '_>, folder: &Path) -> Data {
    Data { contacts: section.path("contacts", folder), events: section.path("events", folder) }
}

fn lints(section: &mut Section<'_, '_>) -> Levels {
    let mut levels = Levels::default();
    for code in Code::ALL.iter().filter(|code| code.is_lint()) {
        let level = section.text(code.name(), |text| {
            one_of(text, Level::WORDS).map_err(|wrong| match text.to_lowercase().as_str() {
                "ignore" | "allow" | "none" | "silent" | "false" | "no" | "disabled" | "never" => wrong.meant(["off"]),
                "warning" | "warnings" | "info" | "on" | "true" | "yes" => wrong.meant(["warn"]),
                "deny" | "fail" | "errors" | "forbid" => wrong.meant(["error"]),
                _ => wrong,
            })
        });
        if let Some(level) = level {
            levels.set(*code, level);
        }
    }
    levels
}

fn run(section: &mut Section<'_, '_>, zone: Option<Zone>) -> Option<Run> {
    let at = section.place("start");
    let start = section.day("start", Ok);
    const DAYS: &[(&str, i64)] = &[("d", 1), ("day", 1), ("week", 7), ("month", 30), ("quarter", 91), ("year", 365)];
    let days = section.number("days", DAYS, parse_days);
    if let (Some(start), Some(zone)) = (start, zone) {
        let first = civil::start_of_day(start, zone);
        let length = i32::try_from(days.unwrap_or(1)).unwrap_or(i32::MAX);
        // The last instant counts too: a run that never ends is none.
        let is_inside = first.is_some_and(|first| !civil::add(first, Span::days(length), zone).is_never());
        if !is_inside {
            let found = unfit(format!("start: `{start}` lies outside the calendar"), at);
            section.tell(Found {
                fault: found
                    .fault
                    .why("the run begins at midnight of this day")
                    .help("write a day of our time, such as `start = 2026-03-02`"),
                ..found
            });
            return None;
        }
    }
    Some(Run { start: start?, days: days? })
}

/// Store files and reports carry the name.
fn parse_name(text: &str) -> Result<String, Wrong> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if text.is_empty() || text.len() > MAX_NAME_CHARS || !text.chars().all(is_fine) {
        let slug = written::slug(text);
        return Err(Wrong::new("is no name of a project").meant((!slug.is_empty()).then_some(slug)).help(format!(
            "use up to {MAX_NAME_CHARS} letters, digits, `_` and `-`, since files are named after it:"
        )));
    }
    Ok(text.to_owned())
}

fn parse_zone(text: &str) -> Result<Zone, Wrong> {
    let zones = Zones::bundled();
    // `EST` is in the world's list, and stays an hour behind New York all summer.
    let is_place = !matches!(text, "EST" | "MST" | "HST" | "CET" | "MET" | "EET" | "WET");
    zones.resolve(text).filter(|_| is_place).ok_or_else(|| {
        Wrong::new(if is_place { "is no time zone" } else { "is a name of hours and of no place" })
            .either(written::zones(text))
            .help("write a place from the list of the world's time zones, such as `Europe/Berlin`; it knows when the clocks change")
    })
}

fn parse_currency(text: &str) -> Result<String, Wrong> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new("is no currency")
        .meant(written::currency(text))
        .help("write its three capital letters, such as `EUR` or `USD`"))
}

fn parse_mailbox(text: &str) -> Result<Mailbox, Wrong> {
    Mailbox::parse(text).map_err(|error| {
        let wrong = if text.trim().is_empty() { Wrong::new("") } else { Wrong::said(error.to_string()) };
        wrong
            .meant(mailbox_meant(text))
            .help("write `Name <address>` or the address alone: `Acme <hello@acme.example>`")
    })
}

/// `Acme hello@acme.example`, `hello@acme.example (Acme)`: the word with the `@` is the address.
fn mailbox_meant(text: &str) -> Option<String> {
    let is_around = |sign: char| matches!(sign, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"');
    let text = text.replace("mailto:", "").replace("[at]", "@").replace("(at)", "@");
    let words: Vec<&str> = text.split(|sign: char| sign.is_whitespace() || matches!(sign, '<' | '>')).collect();
    let address = words.iter().find(|word| word.contains('@'))?.trim_matches(is_around);
    let others = words.iter().filter(|word| !word.contains('@')).map(|word| word.trim_matches(is_around));
    let name = others.filter(|word| !word.is_empty() && *word != "-").collect::<Vec<_>>().join(" ");
    Some(if name.is_empty() { address.to_owned() } else { format!("{name} <{address}>") })
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

fn parse_unsubscribe_url(text: &str) -> Result<String, Wrong> {
    parse_page(text, "is no address that mailboxes offer for unsubscribing", "https://acme.example/unsubscribe")
}

/// Another page than the one on which people unsubscribe: whoever wants mail would refuse it there.
fn parse_confirm_url(text: &str, unsubscribe_url: Option<&str>) -> Result<String, Wrong> {
    let page = parse_page(text, "is no address of a page on which people confirm", "https://acme.example/confirm")?;
    if unsubscribe_url.is_some_and(|other| other.trim_end_matches('/') == page.trim_end_matches('/')) {
        return Err(Wrong::new("is the page on which people unsubscribe")
            .help("name the page on which people confirm that they want mail: `https://acme.example/confirm`"));
    }
    Ok(page)
}

/// The address of a page, `such_as` this one. A token is put behind it, so nothing may follow the path.
fn parse_page(text: &str, wrong: &str, such_as: &str) -> Result<String, Wrong> {
    let host = text.strip_prefix("https://").unwrap_or_default().split('/').next().unwrap_or_default();
    let is_fine = |byte: u8| byte.is_ascii_graphic() && !b"<>,\"\\?#".contains(&byte);
    if host.is_empty() || text.len() > MAX_UNSUBSCRIBE_URL_BYTES || !text.bytes().all(is_fine) {
        let bare = text.trim().trim_start_matches("http://").trim_start_matches("www:");
        let meant = (!text.starts_with("https://") && bare.contains('.') && !bare.contains([':', '@']))
            .then(|| format!("https://{bare}"));
        return Err(Wrong::new(wrong)
            .meant(meant)
            .help(format!("start it with `https://` and leave out spaces, commas, `?` and `#`: `{such_as}`")));
    }
    Ok(text.to_owned())
}

fn parse_host(text: &str) -> Result<String, Wrong> {
    // `smtp.acme.example:587`; an address of the newer kind has several.
    if let Some((host, port)) = text.split_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(Wrong::new("has a port in it")
            .meant([host])
            .help(format!("the port has its own line, `port = {port}`:")));
    }
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '@')) {
        let bare = text.trim().rsplit("://").next().unwrap_or_default().trim_end_matches('/');
        let meant = (bare != text && !bare.is_empty()).then_some(bare);
        return Err(Wrong::new("is no name of a mail server")
            .meant(meant)
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
