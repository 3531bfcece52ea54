//! Taking values out of sections, each at most once and of the type that is needed; what has another type is told with what it means.

use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use flow_front::diagnostics::Code;
use toml::de::DeValue;

use super::fault::{self, Found, Rank, Wrong};
use super::keys::{self, KEYS, Key, SECTIONS};
use super::names::{Entry, Known, Sections, listed, own_line};
use super::slips::quoted;
use super::text::{Change, Text};
use super::written;

/// Why a key of a section whose keys are free matters, and what its value is.
fn free_why(section: &str) -> (&'static str, &'static str) {
    match section {
        "refusals" => (
            "it says of which file the column may shut out most people",
            "write the name of the file, such as `\"contacts.csv\"`",
        ),
        _ => (
            "it says which field the column fills",
            "write the name of a field, `\"user_id\"`, `\"last_changed\"`, or `\"ignore\"`",
        ),
    }
}

/// The whole of `flow.toml`.
pub(super) struct Document<'x, 't> {
    text: &'x Text<'x>,
    sections: Sections<'t>,
    faults: Vec<Found>,
    /// Where the values of keys stand.
    places: Vec<(&'static str, Range<usize>)>,
}

impl<'x, 't> Document<'x, 't> {
    pub(super) fn new(text: &'x Text<'x>, sections: Sections<'t>, faults: Vec<Found>) -> Self {
        Self { text, sections, faults, places: Vec::new() }
    }

    /// A section; where it must be there and is not, that is told.
    pub(super) fn section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        let Some(known) = self.sections.remove(name) else {
            self.missing(name);
            return None;
        };
        let mut section = Section { name, known, text: self.text, faults: &mut self.faults, places: &mut self.places };
        section.expect(|key| name != "mail" || key.name == "connector");
        read(&mut section)
    }

    fn missing(&mut self, name: &'static str) {
        let Some(section) = SECTIONS.iter().find(|section| section.name == name && section.needed) else { return };
        let last = self.text.last_line();
        let after = last.map(|line| {
            let end = self.text.line(line);
            end.start + self.text.line_text(line).len() - self.text.line_text(line).trim_start().len()..end.end
        });
        let mut found = Found::new(Rank::Whole, fault::missing_section(name, section.why, after));
        // A folder can be written to anywhere; everything else only the writer knows.
        if name == "mail" {
            let before = if last.is_some() { "\n" } else { "" };
            found.mended = Some("add it: `\"file\"` writes mail into a folder, for a start".to_owned());
            found.changes.push(Change::After(last, format!("{before}[mail]\nconnector = \"file\"")));
        }
        self.faults.push(found);
    }

    /// Everything that is wrong, and where values stand.
    pub(super) fn finish(self) -> (Vec<Found>, Vec<(&'static str, Range<usize>)>) {
        (self.faults, self.places)
    }
}

/// One `[section]`.
pub(super) struct Section<'d, 't> {
    name: &'static str,
    known: Known<'t>,
    text: &'d Text<'d>,
    faults: &'d mut Vec<Found>,
    places: &'d mut Vec<(&'static str, Range<usize>)>,
}

impl<'t> Section<'_, 't> {
    pub(super) fn has(&self, key: &str) -> bool {
        self.known.entries.contains_key(key) || self.known.lost.contains(key)
    }

    /// Keys that must stand here.
    pub(super) fn expect(&mut self, of: impl Fn(&Key) -> bool) {
        let needed = KEYS.iter().filter(|key| key.section == self.name && key.needed && of(key));
        let missing: Vec<&'static Key> = needed.filter(|key| !self.has(key.name)).collect();
        if missing.is_empty() {
            return;
        }
        // Where only some keys were found, their place is the section's.
        let first = self.known.entries.values().map(|entry| entry.key_at.clone()).min_by_key(|at| at.start);
        let Some(at) = self.known.at.clone().or(first) else { return };
        let line = self.text.line_of(at.start);
        let mut found =
            Found::new(Rank::Whole, fault::missing_keys(self.name, &missing, at, self.text.line_text(line)));
        found.fault.label = "it lacks something".to_owned();
        let is_connector = missing.iter().any(|key| key.name == "connector");
        let heading = self.text.line_text(line).trim_start().starts_with('[');
        if is_connector && heading {
            let smtp = self.known.entries.keys().any(|key| keys::connector_of(key) == Some("smtp"));
            let connector = if smtp { "smtp" } else { "file" };
            found.changes.push(Change::After(Some(line), format!("connector = \"{connector}\"")));
            let help = "say how mail leaves: `\"file\"` writes it into a folder, `\"smtp\"` hands it to a mail server:";
            found.fault.help = Some(help.to_owned());
        }
        self.faults.push(found);
    }

    /// The keys of a section whose keys are free, each with its text.
    pub(super) fn texts(&mut self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for (key, entry) in std::mem::take(&mut self.known.free) {
            match entry.value.get_ref().as_str() {
                Some(text) => texts.push((key, text.to_owned())),
                None => {
                    let message = format!("`{}` needs a text in quotes", fault::shown(&key));
                    let fault = fault::SettingsFault::new(Code::UnreadableSetting, message, Some(entry.value.span()))
                        .label("no text")
                        .why(free_why(self.name).0)
                        .help(free_why(self.name).1);
                    self.faults.push(Found::new(Rank::Value, fault));
                }
            }
        }
        texts
    }

    pub(super) fn text<T>(&mut self, key: &'static str, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        let one = |text: &str| match parse(text) {
            Ok(_) => vec![quoted(text)],
            Err(wrong) => wrong.meant.iter().map(|(_, value)| quoted(value)).collect(),
        };
        let meant = |value: &DeValue<'_>, raw: &str| match value {
            DeValue::Array(list) if list.len() == 1 => {
                list.iter().filter_map(|one| one.get_ref().as_str()).flat_map(one).collect()
            }
            DeValue::Array(_) | DeValue::Table(_) => Vec::new(),
            _ => one(raw),
        };
        self.take(key, "a text in quotes is needed", |value| value.as_str().map(&parse), meant)
    }

    pub(super) fn number<T>(
        &mut self,
        key: &'static str,
        units: &'static [(&'static str, i64)],
        parse: impl Fn(i64) -> Result<T, Wrong>,
    ) -> Option<T> {
        let meant = |value: &DeValue<'_>, raw: &str| {
            let text = value.as_str().unwrap_or(raw);
            written::whole(text, units).into_iter().map(|number| number.to_string()).collect()
        };
        self.take(key, "a whole number without quotes is needed", |value| whole_number(value).map(&parse), meant)
    }

    pub(super) fn truth(&mut self, key: &'static str) -> Option<bool> {
        let meant = |value: &DeValue<'_>, raw: &str| {
            let text = value.as_str().unwrap_or(raw);
            written::truth(text).into_iter().map(|truth| truth.to_string()).collect()
        };
        self.take(key, "`true` or `false` without quotes is needed", |value| value.as_bool().map(Ok), meant)
    }

    pub(super) fn day(
        &mut self,
        key: &'static str,
        parse: impl Fn(NaiveDate) -> Result<NaiveDate, Wrong>,
    ) -> Option<NaiveDate> {
        let entry = self.known.entries.get(key);
        let written = entry.and_then(|entry| entry.value.get_ref().as_str()).map(str::to_owned);
        let raw = entry.map(|entry| self.text.read().get(entry.value.span()).unwrap_or_default().to_owned());
        let text = written.or(raw).unwrap_or_default();
        let mut days = written::days(&text);
        let is_none = days.is_empty();
        if is_none {
            days = written::near_days(&text);
        }
        let needed = "a day is written without quotes, year, month and day: `2026-03-02`";
        let count = self.faults.len();
        let value = self.take(key, needed, |value| day(value).map(&parse), |_, _| Vec::new());
        // `2026-02-30`
        if let Some(found) = self.faults.get_mut(count).filter(|_| is_none && !days.is_empty()) {
            found.fault.message = format!("`{key}` is no day of the calendar: `{text}`");
        }
        if let Some(found) =
            self.faults.get_mut(count).filter(|found| found.changes.is_empty() && found.readings.is_empty())
        {
            let Some(at) = found.fault.at.clone() else { return value };
            let change = |date: &NaiveDate| vec![Change::Replace(at.clone(), date.to_string())];
            match days.as_slice() {
                [] => {}
                [(_, date)] => {
                    found.changes = change(date);
                    found.mended = Some("write it so:".to_owned());
                }
                days => {
                    found.readings = days.iter().map(|(help, date)| (help.clone(), change(date))).collect();
                    found.fault.help = None;
                }
            }
        }
        value
    }

    /// A path, from the project's folder on.
    pub(super) fn path(&mut self, key: &'static str, folder: &Path) -> Option<PathBuf> {
        self.text(key, |text| {
            if text.trim().is_empty() {
                return Err(Wrong::new("is no path").help("write where the file is, seen from the project's folder"));
            }
            let parted = text.replace('\\', "/").replace('\t', "/t").replace('\n', "/n").replace('\r', "/r");
            if text.contains(char::is_control) {
                let wrong = Wrong::new("has a special sign: `\\` begins one").meant([parted]);
                return Err(wrong.help("folders are parted by `/` on every system:"));
            }
            // On Windows this is a path too; a project is shared with those who have another system.
            let is_drive = text.get(1..2) == Some(":") || text.starts_with('\\');
            if text.contains('\\') && !is_drive {
                let wrong = Wrong::new("has a `\\`, which parts folders on Windows alone").meant([parted]);
                return Err(wrong.help("folders are parted by `/` on every system:"));
            }
            Ok(folder.join(text))
        })
    }

    fn take<T>(
        &mut self,
        key: &'static str,
        needed: &str,
        read: impl Fn(&DeValue<'_>) -> Option<Result<T, Wrong>>,
        meant: impl Fn(&DeValue<'_>, &str) -> Vec<String>,
    ) -> Option<T> {
        let value = self.known.entries.remove(key)?.value;
        let at = value.span();
        self.places.push((key, at.clone()));
        let value = value.into_inner();
        let raw = self.text.read().get(at.clone()).unwrap_or_default();
        let mut found = match read(&value) {
            Some(Ok(value)) => return Some(value),
            None => {
                let wrong = fault::wrong_type(key, type_words(&value), needed, at.clone());
                let values = meant(&value, raw);
                let mut found = Found::new(Rank::Value, wrong).mended("write it so:");
                found.fault.help = example(self.name, key);
                with_values(found, &at, values.into_iter().map(|value| (String::new(), value)).collect())
            }
            Some(Err(mut wrong)) => {
                let values: Vec<(String, String)> = std::mem::take(&mut wrong.meant)
                    .into_iter()
                    .map(|(help, value)| (help, quoted_as(self.name, key, &value)))
                    .collect();
                let fault = wrong.into_fault(key, &written_value(&value), at.clone());
                let is_led_in = fault.help.as_ref().is_some_and(|help| help.ends_with(':'));
                let mut found = Found::new(Rank::Value, fault);
                found.mended = match values.as_slice() {
                    [(_, value)] if !is_led_in => Some(format!("did you mean `{}`?", value.trim_matches('"'))),
                    _ => None,
                };
                with_values(found, &at, values)
            }
        };
        found.fault = found.fault.why(keys::why_of(self.name, key));
        self.faults.push(found);
        None
    }

    /// Keys that another connector would allow: one message for all of them.
    pub(super) fn refuse_keys_of(&mut self, other: &'static str, connector_at: Option<Range<usize>>) {
        let foreign: Vec<&'static str> =
            self.known.entries.keys().copied().filter(|key| keys::connector_of(key) == Some(other)).collect();
        let mut entries: Vec<(&'static str, Entry<'t>)> =
            foreign.into_iter().filter_map(|key| Some((key, self.known.entries.remove(key)?))).collect();
        entries.sort_by_key(|(_, entry)| entry.key_at.start);
        let Some(at) = entries.first().map(|(_, entry)| entry.key_at.clone()) else { return };
        let names: Vec<String> = entries.iter().map(|(key, _)| (*key).to_owned()).collect();
        let with = format!("connector = \"{other}\"");
        let mut fault = fault::elsewhere("", &with, at);
        fault.message = format!(
            "{} {} a meaning only with `{with}`",
            listed(&names),
            if names.len() == 1 { "has" } else { "have" }
        );
        let lines: Vec<Change> =
            entries.iter().filter_map(|(_, entry)| own_line(self.text, entry)).map(Change::Remove).collect();
        let mut found = Found::new(Rank::Whole, fault);
        let change = |at: Range<usize>| vec![Change::Replace(at, format!("\"{other}\""))];
        let all = lines.len() == entries.len();
        match connector_at {
            Some(at) if all => {
                let leave =
                    if names.len() == 1 { "without it, take the line out" } else { "without them, take the lines out" };
                let taken =
                    if other == "smtp" { "to hand mail to a mail server:" } else { "to write mail into a folder:" };
                found.fault.help = None;
                found = found.reading(taken, change(at)).reading(leave, lines);
            }
            _ => found.changes = if all { lines } else { Vec::new() },
        }
        self.faults.push(found);
    }

    /// Where a value stands, as long as nobody took it.
    pub(super) fn place(&self, key: &str) -> Option<Range<usize>> {
        self.known.entries.get(key).map(|entry| entry.value.span())
    }

    /// A text as it stands, as long as nobody took it.
    pub(super) fn written(&self, key: &str) -> Option<&str> {
        self.known.entries.get(key).and_then(|entry| entry.value.get_ref().as_str())
    }

    /// What mends the value at a place needs a line more behind it.
    pub(super) fn also_add(&mut self, at: &Range<usize>, line: &str) {
        let behind = self.text.line_of(at.start);
        let found = self.faults.iter_mut().rev().find(|found| found.fault.at.as_ref() == Some(at));
        if let Some(found) = found.filter(|found| !found.changes.is_empty()) {
            found.changes.push(Change::After(Some(behind), line.to_owned()));
        }
    }

    /// Tells something more about a value that was taken.
    pub(super) fn tell(&mut self, found: Found) {
        self.faults.push(found);
    }
}

fn with_values(mut found: Found, at: &Range<usize>, mut values: Vec<(String, String)>) -> Found {
    values.dedup_by(|one, other| one.1 == other.1);
    let change = |value: String| vec![Change::Replace(at.clone(), value)];
    if values.len() > 1 {
        found.readings = values.into_iter().map(|(help, value)| (help, change(value))).collect();
        found.fault.help = None;
    } else if let Some((_, value)) = values.into_iter().next() {
        found.changes = change(value);
    }
    found
}

/// A mended value as it stands in the file: numbers and days have no quotes.
fn quoted_as(section: &str, key: &str, value: &str) -> String {
    match keys::find(section, key).map(|key| key.kind) {
        Some(keys::KeyKind::Number | keys::KeyKind::Day | keys::KeyKind::Truth) => value.to_owned(),
        _ => quoted(value),
    }
}

fn example(section: &str, key: &str) -> Option<String> {
    keys::find(section, key).map(|key| format!("such as `{}`", key.line))
}

fn whole_number(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn day(value: &DeValue<'_>) -> Option<NaiveDate> {
    let moment = value.as_datetime()?;
    let date = moment.date.filter(|_| moment.time.is_none())?;
    NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
}

fn type_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a yes or no",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// A refused value as the message repeats it.
fn written_value(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Datetime(day) => day.to_string(),
        _ => String::new(),
    }
}

/// A fault of a value that was read well and does not fit with others.
pub(super) fn unfit(message: impl Into<String>, at: Option<Range<usize>>) -> Found {
    Found::new(Rank::Value, fault::SettingsFault::new(Code::BadSettings, message, at))
}
