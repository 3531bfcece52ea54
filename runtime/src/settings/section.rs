//! Taking keys out of toml's table, each at most once. What nobody took is unknown.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{self, SettingsFault, Wrong};

/// The keys that a section may hold.
pub(super) struct Shape {
    /// With the line to write where one is missing.
    pub(super) needed: &'static [(&'static str, &'static str)],
    pub(super) optional: &'static [&'static str],
}

impl Shape {
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.needed.iter().map(|(key, _)| *key).chain(self.optional.iter().copied())
    }
}

/// The whole of `flow.toml`.
pub(super) struct Document<'t> {
    sections: BTreeMap<String, Entry<'t>>,
    known: Vec<&'static str>,
    faults: Vec<SettingsFault>,
}

/// A value with the place of its key.
struct Entry<'t> {
    key_at: Range<usize>,
    value: Spanned<DeValue<'t>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(table: DeTable<'t>) -> Self {
        Self { sections: entries(table), known: Vec::new(), faults: Vec::new() }
    }

    /// A section that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        shape: &Shape,
        read: impl FnOnce(&mut Section<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        if !self.sections.contains_key(name) {
            self.faults.push(fault::missing_section(name, shape.needed.iter().map(|(_, line)| *line)));
        }
        self.optional(name, shape, read)
    }

    /// A section that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        shape: &Shape,
        read: impl FnOnce(&mut Section<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(name);
        let Entry { key_at, value } = self.sections.remove(name)?;
        let keys = match value.into_inner() {
            DeValue::Table(table) => entries(table),
            other => {
                let needed = format!("a section is needed: `[{name}]` on a line of its own");
                self.faults.push(fault::wrong_type(name, type_words(&other), &needed, key_at));
                return None;
            }
        };
        let mut section = Section { name, at: key_at, keys, known: Vec::new(), faults: &mut self.faults };
        section.expect(shape);
        let value = read(&mut section);
        section.finish();
        value
    }

    /// All faults, in the order of the text; what is not in the text comes last.
    pub(super) fn finish(mut self) -> Vec<SettingsFault> {
        for (name, entry) in &self.sections {
            self.faults.push(fault::unknown("section of settings", name, &self.known, entry.key_at.clone()));
        }
        self.faults.sort_by_key(fault::place);
        self.faults
    }
}

fn entries(table: DeTable<'_>) -> BTreeMap<String, Entry<'_>> {
    let entry = |(key, value): (Spanned<Cow<'_, str>>, _)| {
        let key_at = key.span();
        (key.into_inner().into_owned(), key_at, value)
    };
    table.into_iter().map(entry).map(|(key, key_at, value)| (key, Entry { key_at, value })).collect()
}

/// One `[section]`.
pub(super) struct Section<'d, 't> {
    name: &'static str,
    /// Where its name stands.
    at: Range<usize>,
    keys: BTreeMap<String, Entry<'t>>,
    known: Vec<&'static str>,
    faults: &'d mut Vec<SettingsFault>,
}

impl Section<'_, '_> {
    /// Keys that may stand here, and those that must.
    pub(super) fn expect(&mut self, shape: &Shape) {
        self.known.extend(shape.keys());
        for (key, line) in shape.needed.iter().filter(|(key, _)| !self.keys.contains_key(*key)) {
            self.faults.push(fault::missing_key(self.name, key, line, self.at.clone()));
        }
    }

    /// A key that may stand here, beside those of a shape.
    pub(super) fn know(&mut self, key: &'static str) {
        self.known.push(key);
    }

    pub(super) fn text<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        self.take(key, "a text in quotes is needed", |value| value.as_str().map(parse))
    }

    pub(super) fn number<T>(&mut self, key: &str, parse: impl FnOnce(i64) -> Result<T, Wrong>) -> Option<T> {
        self.take(key, "a whole number without quotes is needed", |value| whole_number(value).map(parse))
    }

    pub(super) fn truth(&mut self, key: &str) -> Option<bool> {
        self.take(key, "`true` or `false` without quotes is needed", |value| value.as_bool().map(Ok))
    }

    pub(super) fn date(&mut self, key: &str) -> Option<NaiveDate> {
        self.take(key, "a day without quotes is needed, such as `2026-03-02`", |value| day(value).map(Ok))
    }

    /// A path, from the project's folder on.
    pub(super) fn path(&mut self, key: &str, folder: &Path) -> Option<PathBuf> {
        self.text(key, |text| {
            if text.trim().is_empty() {
                return Err(Wrong::new("is no path").help("write where the file is, seen from the project's folder"));
            }
            Ok(folder.join(text))
        })
    }

    fn take<T>(
        &mut self,
        key: &str,
        needed: &str,
        read: impl FnOnce(&DeValue<'_>) -> Option<Result<T, Wrong>>,
    ) -> Option<T> {
        let value = self.keys.remove(key)?.value;
        let at = value.span();
        let value = value.into_inner();
        match read(&value) {
            None => self.faults.push(fault::wrong_type(key, type_words(&value), needed, at)),
            Some(Err(wrong)) => self.faults.push(wrong.into_fault(key, &written(&value), at)),
            Some(Ok(value)) => return Some(value),
        }
        None
    }

    /// Said even where no other key can be judged.
    pub(super) fn refuse_secrets(&mut self) {
        let secrets: Vec<String> = self.keys.keys().filter(|key| fault::is_secret(key)).cloned().collect();
        for key in secrets {
            self.refuse(&key, |at| fault::secret(&key, at));
        }
    }

    /// A key that has a fault of its own.
    fn refuse(&mut self, key: &str, fault: impl FnOnce(Range<usize>) -> SettingsFault) {
        if let Some(entry) = self.keys.remove(key) {
            self.faults.push(fault(entry.key_at));
        }
    }

    /// Keys that another setting would allow.
    pub(super) fn refuse_keys_of(&mut self, shape: &Shape, with: &str) {
        let known = self.known.clone();
        for key in shape.keys().filter(|key| !known.contains(key)) {
            self.refuse(key, |at| fault::elsewhere(key, with, at));
        }
    }

    /// Judges none of the keys that are left.
    pub(super) fn forgive(&mut self) {
        self.keys.clear();
    }

    fn finish(self) {
        let what = format!("setting of `[{}]`", self.name);
        for (key, entry) in &self.keys {
            self.faults.push(fault::unknown(&what, key, &self.known, entry.key_at.clone()));
        }
    }
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
fn written(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}
