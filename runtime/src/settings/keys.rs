//! Every section and key of `flow.toml`, in one table: what it takes, what to write where it is missing, why it matters, and what people
//! call it who know other tools. `docs/settings.md` has the same keys, which a test sees to.

use flow_front::diagnostics::{Code, suggest};

/// What stands behind a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A text in quotes.
    Text,
    /// A text in quotes that names a file or a folder.
    Path,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A day: `2026-03-02`.
    Day,
}

/// A key of a section.
#[derive(Debug)]
pub struct Key {
    /// Below which section it stands.
    pub section: &'static str,
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub kind: KeyKind,
    /// Whether its section needs it.
    pub needed: bool,
    /// The whole line, as an example.
    pub line: &'static str,
    /// Why it matters to the campaign.
    pub why: &'static str,
    /// Other names for it.
    pub(super) others: &'static [&'static str],
}

/// A section.
#[derive(Debug)]
pub struct SectionName {
    /// Without its brackets.
    pub name: &'static str,
    /// Whether every project needs it.
    pub needed: bool,
    /// Why it matters to the campaign.
    pub why: &'static str,
    others: &'static [&'static str],
}

use KeyKind::{Day, Number, Path, Text, Truth};

macro_rules! sections {
    ($($need:ident $name:literal $why:literal [$($other:literal)*])*) => {
        /// The sections, in the order to write them.
        pub const SECTIONS: &[SectionName] = &[$(SectionName {
            name: $name, needed: stringify!($need).len() == NEEDS, why: $why, others: &[$($other),*],
        }),*];
    };
}

macro_rules! keys {
    ($($section:literal $need:ident $name:literal $kind:ident $line:literal $why:literal [$($other:literal)*])*) => {
        /// The keys of all sections but `[lints]`, whose keys are the names of the lints.
        pub const KEYS: &[Key] = &[$(Key {
            section: $section, name: $name, kind: $kind, needed: stringify!($need).len() == NEEDS, line: $line, why: $why,
            others: &[$($other),*],
        }),*];
    };
}

/// The macros tell `must` from `may` by their length.
const NEEDS: usize = "must".len();

sections! {
    must "project" "the store, the reports and the clock of the campaign go by it"
        ["projects" "general" "settings" "config" "configuration" "app" "campaign" "workspace" "site" "main" "flow" "defaults" "global"]
    may "store" "it says where Flow keeps what happened to everyone"
        ["stores" "storage" "database" "db" "sqlite" "persistence"]
    must "sender" "mail without a sender and a postal address is against the law, and goes to spam"
        ["senders" "from" "brand" "organisation" "organization" "identity" "footer" "imprint" "company"]
    must "mail" "without it Flow does not know where to put the mails"
        ["mails" "email" "emails" "e_mail" "smtp" "mailer" "mailserver" "mail_server" "server" "delivery" "esp" "transport" "outbox" "provider"]
    may "data" "without it nobody is in the campaign"
        ["import" "imports" "input" "inputs" "files" "file" "source" "sources" "csv" "contacts" "leads" "events" "audience" "list" "crm" "datasets"]
    may "columns" "it says what the columns of the contacts mean that Flow does not know by their names"
        ["column" "mapping" "mappings" "map" "field_mapping" "column_mapping" "fields" "headers"]
    may "refusals" "it says which columns may shut out most of the people of a file"
        ["refusal" "refused" "meant" "shut_out"]
    may "run" "`flow run` plays the campaign over these days"
        ["runs" "schedule" "simulation" "simulate" "period" "time" "dates" "rehearsal" "clock" "timeline" "test"]
    may "lints" "it says how much each piece of advice weighs"
        ["lint" "warnings" "warning" "rules" "checks" "linter" "advice"]
}

keys! {
    "project" must "name" Text "name = \"spring_campaign\"" "the store's file and the reports carry it"
        ["project" "project_name" "campaign" "campaign_name" "title" "id" "slug" "label"]
    "project" must "timezone" Text "timezone = \"Europe/Berlin\"" "days, waits and send windows are counted in it for everyone whose own is not known"
        ["time_zone" "tz" "zone" "time" "timezone_name" "default_timezone" "tz_name" "locale"]
    "project" may "currency" Text "currency = \"EUR\"" "it is what an amount without a currency means"
        ["money" "curr" "default_currency" "currency_code"]
    "store" may "path" Path "path = \"out/spring_campaign.db\"" "what happened to everyone is kept there"
        ["file" "database" "db" "store" "sqlite" "db_path" "location" "filename" "url"]
    "sender" must "from" Text "from = \"Acme <hello@acme.example>\"" "people see who writes to them, and answer there"
        ["from_address" "default_from" "default_sender" "from_email" "sender" "mail_from" "email" "email_address" "sender_email" "sender_address"]
    "sender" must "address" Text "address = \"Acme GmbH, Torstraße 100, 10119 Berlin\"" "the law asks for a postal address in marketing mail"
        ["postal_address" "company_address" "mailing_address" "physical_address" "street" "street_address" "imprint" "office" "location"]
    "sender" must "unsubscribe_url" Text "unsubscribe_url = \"https://acme.example/unsubscribe\"" "everyone must be able to unsubscribe with one click"
        ["unsubscribe" "unsubscribe_link" "unsubscribe_page" "unsub_url" "unsub" "opt_out" "optout" "opt_out_url" "optout_url" "list_unsubscribe"]
    "sender" may "confirm_url" Text "confirm_url = \"https://acme.example/confirm\"" "people who have asked for mail confirm it there"
        ["confirm" "confirm_link" "confirm_page" "confirmation_url" "confirmation_page" "double_opt_in_url" "optin_url" "opt_in_url"]
    "mail" must "connector" Text "connector = \"file\"" "it says whether mail goes into a folder or to a mail server"
        ["mail" "type" "provider" "driver" "transport" "method" "kind" "via" "backend" "mode" "connection" "channel"]
    "mail" may "folder" Path "folder = \"out/mail\"" "the mails are written there"
        ["dir" "directory" "out" "output" "outbox" "mail_dir" "mail_folder" "path" "destination" "output_folder"]
    "mail" must "host" Text "host = \"smtp.acme.example\"" "mail cannot leave without a server"
        ["server" "smtp" "smtp_host" "smtp_server" "hostname" "host_name" "mail_server" "url"]
    "mail" may "port" Number "port = 587" "a mail server listens at one port only"
        ["smtp_port"]
    "mail" may "security" Text "security = \"starttls\"" "without encryption anyone on the way can read the mail"
        ["encryption" "tls" "ssl" "secure" "starttls" "smtp_security"]
    "mail" may "username" Text "username = \"acme\"" "most mail servers take mail only after a login"
        ["user" "user_name" "login" "smtp_user" "smtp_username" "account"]
    "mail" may "timeout_seconds" Number "timeout_seconds = 60" "a server that does not answer must not stop everything"
        ["timeout" "timeout_s" "timeout_sec" "timeout_secs" "seconds"]
    "mail" may "uncertain" Text "uncertain = \"give up\"" "it decides between a mail too many and a mail too few"
        ["on_uncertain" "if_uncertain" "when_uncertain" "unsure"]
    "mail" may "insecure" Truth "insecure = false" "mail in the clear can be read on its way"
        ["allow_insecure" "plaintext" "unencrypted"]
    "mail" may "certificate_authority" Path "certificate_authority = \"ca.pem\"" "mail goes only to a server that proves who it is"
        ["ca" "ca_file" "cafile" "ca_cert" "certificate" "cert" "root_ca" "ca_bundle" "authority" "ca_path"]
    "data" may "contacts" Path "contacts = \"data/contacts.csv\"" "the people of the campaign come from this file"
        ["data" "contact" "leads" "people" "contacts_file" "contact_file" "contacts_csv" "csv" "customers" "subscribers" "contact_list" "audience" "contacts_path" "users"]
    "data" may "events" Path "events = \"data/events.jsonl\"" "what people did comes from this file"
        ["event" "events_file" "event_file" "activity" "activities" "tracking" "events_jsonl" "log" "jsonl" "events_path"]
    "run" must "start" Day "start = 2026-03-02" "the run begins at midnight of this day"
        ["begin" "begins" "from_date" "start_date" "start_day" "starting" "starts" "since" "date" "start_at" "first_day"]
    "run" must "days" Number "days = 90" "the run is over after so many days"
        ["run" "day" "length" "duration" "duration_days" "period" "number_of_days" "run_days" "days_to_run" "for"]
}

/// The keys that only one of the connectors has.
pub(super) fn connector_of(key: &str) -> Option<&'static str> {
    match key {
        "folder" => Some("file"),
        "connector" => None,
        key => find("mail", key).map(|_| "smtp"),
    }
}

/// A key of a section by its name.
pub(super) fn find(section: &str, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.section == section && key.name == name)
}

/// The names of a section's keys.
pub(super) fn names_of(section: &str) -> Vec<&'static str> {
    if section == "lints" {
        return Code::ALL.iter().filter(|code| code.is_lint()).map(|code| code.name()).collect();
    }
    KEYS.iter().filter(|key| key.section == section).map(|key| key.name).collect()
}

/// The sections whose keys are names out of a file of the project's own, whatever they are.
pub(super) const FREE: [&str; 2] = ["columns", "refusals"];

/// Why a key matters.
pub(super) fn why_of(section: &str, name: &str) -> &'static str {
    find(section, name).map_or("it says how much this piece of advice weighs", |key| key.why)
}

/// The name that is meant, in its plainest form: `Time-Zone` is `time_zone`.
fn plain(written: &str) -> String {
    let mut plain = String::new();
    let mut before = ' ';
    for sign in written.trim().chars() {
        if sign.is_uppercase() && before.is_lowercase() {
            plain.push('_');
        }
        plain.extend(if matches!(sign, '-' | ' ' | '.') { vec!['_'] } else { sign.to_lowercase().collect() });
        before = sign;
    }
    plain
}

fn without_lines(name: &str) -> String {
    name.replace(['_', '-'], "")
}

fn is_same(written: &str, name: &str) -> bool {
    without_lines(&plain(written)) == without_lines(name)
}

/// The section that a name means, by itself: as it is written, in other letters, misspelt, or by a name of other tools.
pub(super) fn section_named(written: &str) -> Option<&'static SectionName> {
    let exact = SECTIONS.iter().find(|section| is_same(written, section.name));
    let other = || SECTIONS.iter().find(|section| section.others.iter().any(|other| is_same(written, other)));
    let near = || {
        let name = suggest::nearest(&plain(written), SECTIONS.iter().map(|section| section.name))?;
        SECTIONS.iter().find(|section| section.name == name)
    };
    exact.or_else(other).or_else(near)
}

/// The section that these keys belong to, where they tell one.
pub(super) fn section_of_keys<'k>(written: impl Iterator<Item = &'k str> + Clone) -> Option<&'static SectionName> {
    let score = |section: &&SectionName| written.clone().filter(|key| key_here(section.name, key).is_some()).count();
    let best =
        SECTIONS.iter().filter(|section| section.name != "lints" && !FREE.contains(&section.name)).max_by_key(score)?;
    let most = score(&best);
    let rivals = SECTIONS.iter().filter(|section| section.name != "lints" && score(section) == most).count();
    (most > 0 && rivals == 1).then_some(best)
}

/// The key of this section that a name means, without a guess at its spelling.
fn key_here(section: &str, written: &str) -> Option<&'static str> {
    if section == "lints" {
        return names_of(section).into_iter().find(|name| is_same(written, name));
    }
    let of_section = || KEYS.iter().filter(|key| key.section == section);
    let exact = of_section().find(|key| is_same(written, key.name));
    let other = || of_section().find(|key| key.others.iter().any(|other| is_same(written, other)));
    exact.or_else(other).map(|key| key.name)
}

/// What a key that its section does not have may mean: a key, and the section that it belongs to.
pub(super) fn key_meant(section: Option<&str>, written: &str) -> Option<(&'static str, &'static str)> {
    let everywhere = || SECTIONS.iter().map(|section| section.name);
    let found = |section: &'static str, name| Some((section, name));
    let own = SECTIONS.iter().map(|known| known.name).find(|name| Some(*name) == section);
    if let Some(own) = own
        && let Some(name) = key_here(own, written)
    {
        return found(own, name);
    }
    if let Some(key) = KEYS.iter().find(|key| is_same(written, key.name)) {
        return found(key.section, key.name);
    }
    let near = |section: &'static str| suggest::nearest(&plain(written), names_of(section)).map(|name| (section, name));
    if let Some(near) = own.and_then(near) {
        return Some(near);
    }
    let elsewhere = everywhere().find_map(|section| key_here(section, written).map(|name| (section, name)));
    elsewhere.or_else(|| everywhere().find_map(near))
}

#[cfg(test)]
mod tests {
    use super::{KEYS, SECTIONS, key_meant, section_named};

    /// So that a key says by itself where it belongs.
    #[test]
    fn a_name_is_one_key() {
        for key in KEYS {
            let same = KEYS.iter().filter(|other| other.name == key.name).count();
            assert_eq!(same, 1, "{}", key.name);
            assert!(key.line.starts_with(&format!("{} = ", key.name)), "{}", key.line);
            assert!(SECTIONS.iter().any(|section| section.name == key.section), "{}", key.section);
        }
    }

    #[test]
    fn names_of_other_tools_are_known() {
        for (section, written, key) in [
            ("project", "time_zone", "timezone"),
            ("project", "TimeZone", "timezone"),
            ("project", "time-zone", "timezone"),
            ("sender", "from_email", "from"),
            ("data", "leads", "contacts"),
            ("run", "start-date", "start"),
            ("mail", "smtp server", "host"),
            ("mail", "SMTP_PORT", "port"),
        ] {
            assert_eq!(key_meant(Some(section), written), Some((section, key)), "{written}");
        }
        assert_eq!(key_meant(Some("project"), "from"), Some(("sender", "from")));
        assert_eq!(key_meant(Some("run"), "colour"), None);
        for (written, name) in [("projct", "project"), ("Project", "project"), ("email", "mail"), ("from", "sender")] {
            assert_eq!(section_named(written).map(|section| section.name), Some(name), "{written}");
        }
        assert!(section_named("blockchain").is_none());
    }
}
