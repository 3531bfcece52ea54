//! From what stands in the file to the sections and keys that are meant: those of another name, in another section or in none are put where they
//! belong, so that one slip in a name has one message and everything behind it is still read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use flow_front::diagnostics::Code;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{self, Found, Rank, SettingsFault, shown};
use super::keys::{self, SECTIONS};
use super::slips::AGAIN;
use super::text::{Change, Text};
use super::written;

/// A value with the place of its key.
pub(super) struct Entry<'t> {
    pub(super) key_at: Range<usize>,
    pub(super) value: Spanned<DeValue<'t>>,
}

/// A section that Flow knows, with what stands in it or is meant to.
#[derive(Default)]
pub(super) struct Known<'t> {
    /// Where its name stands; none where only keys of it were found elsewhere.
    pub(super) at: Option<Range<usize>>,
    pub(super) entries: BTreeMap<&'static str, Entry<'t>>,
    /// Keys that are there and cannot be read.
    pub(super) lost: BTreeSet<&'static str>,
    /// Whatever stands in a section whose keys are free, as it is written.
    pub(super) free: Vec<(String, Entry<'t>)>,
    /// The last line of it.
    last: Option<usize>,
}

/// The sections by their names.
pub(super) type Sections<'t> = BTreeMap<&'static str, Known<'t>>;

/// A section as it stands in the file.
struct Raw<'t> {
    written: String,
    at: Range<usize>,
    entries: Vec<(String, Entry<'t>)>,
}

/// A key as it is meant and as it is written, with its value.
type Meant<'t> = (&'static str, String, Entry<'t>);

struct Names<'x, 't> {
    text: &'x Text<'x>,
    sections: Sections<'t>,
    faults: Vec<Found>,
}

/// Sorts everything in; faults are told as they are found.
pub(super) fn sorted<'t>(table: DeTable<'t>, text: &Text<'_>, lost: &[(String, String)]) -> (Sections<'t>, Vec<Found>) {
    let mut names = Names { text, sections: BTreeMap::new(), faults: Vec::new() };
    let (mut raw, mut loose) = (Vec::new(), Vec::new());
    for (written, entry) in entries(table) {
        names.part(written, entry, &mut raw, &mut loose);
    }
    raw.sort_by_key(|raw: &Raw<'t>| raw.at.start);
    let placed = names.place(raw);
    // Names that are right come first: what is meant for them too is a second one.
    let mut others = Vec::new();
    for (section, entries) in placed {
        if keys::FREE.contains(&section) {
            names.sections.entry(section).or_default().free.extend(entries);
            continue;
        }
        for (written, entry) in entries {
            match keys::names_of(section).into_iter().find(|name| *name == written) {
                Some(name) => names.keep(section, name, entry),
                None => others.push((section, written, entry)),
            }
        }
    }
    names.other_names(others);
    names.loose(loose);
    names.lost(lost);
    (names.sections, names.faults)
}

fn entries(table: DeTable<'_>) -> Vec<(String, Entry<'_>)> {
    let entry = |(key, value): (Spanned<Cow<'_, str>>, _)| {
        let key_at = key.span();
        (key.into_inner().into_owned(), key_at, value)
    };
    let mut entries: Vec<_> =
        table.into_iter().map(entry).map(|(key, key_at, value)| (key, Entry { key_at, value })).collect();
    entries.sort_by_key(|(_, entry)| entry.key_at.start);
    entries
}

impl<'t> Names<'_, 't> {
    fn tell(&mut self, found: Found) {
        self.faults.push(found);
    }

    /// A section, several sections inside one, or a key that stands in none.
    fn part(
        &mut self,
        written: String,
        entry: Entry<'t>,
        raw: &mut Vec<Raw<'t>>,
        loose: &mut Vec<(String, Entry<'t>)>,
    ) {
        let Entry { key_at, value } = entry;
        let at = value.span();
        match value.into_inner() {
            DeValue::Table(table) => self.table(written, key_at, table, raw),
            DeValue::Array(list) if list.iter().all(|one| one.get_ref().is_table()) && list.len() == 1 => {
                let line = self.text.line_of(key_at.start);
                let message = format!("`{}` stands in two brackets", shown(self.text.line_text(line).trim()));
                let fault = SettingsFault::new(Code::UnreadableSetting, message, Some(key_at.clone()))
                    .label("a section")
                    .why("two brackets make a list of sections, and each section stands here once")
                    .help("write its name in one pair:");
                let name = written.clone();
                self.tell(
                    Found::new(Rank::Slip, fault).change(Change::Replace(self.text.line(line), format!("[{name}]"))),
                );
                for one in list {
                    if let DeValue::Table(table) = one.into_inner() {
                        self.table(written.clone(), key_at.clone(), table, raw);
                    }
                }
            }
            value => loose.push((written, Entry { key_at, value: Spanned::new(at, value) })),
        }
    }

    /// `[mail.smtp]` is a section of its own, which the name before the point says more about.
    fn table(&mut self, written: String, at: Range<usize>, table: DeTable<'t>, raw: &mut Vec<Raw<'t>>) {
        let (mut inner, mut own) = (Vec::new(), Vec::new());
        for (key, entry) in entries(table) {
            let Entry { key_at, value } = entry;
            let span = value.span();
            match value.into_inner() {
                DeValue::Table(table) => inner.push((key, key_at, table)),
                value => own.push((key, Entry { key_at, value: Spanned::new(span, value) })),
            }
        }
        // A section without a line of its own is only the beginning of the others' names.
        let is_there = !own.is_empty() || inner.is_empty();
        if is_there {
            raw.push(Raw { written: written.clone(), at, entries: own });
        }
        for (name, key_at, table) in inner {
            self.table(format!("{written}.{name}"), key_at, table, raw);
        }
    }

    /// Each section with the name that is meant; what nobody knows is told and left out.
    fn place(&mut self, raw: Vec<Raw<'t>>) -> Vec<(&'static str, Vec<(String, Entry<'t>)>)> {
        let exact =
            |raw: &Raw<'_>| SECTIONS.iter().find(|section| section.name == base(&raw.written)).map(|found| found.name);
        for raw in &raw {
            if let Some(name) = exact(raw).filter(|_| !raw.written.contains(AGAIN)) {
                let last = self.last_line(raw);
                let known = self.sections.entry(name).or_default();
                (known.at, known.last) = (Some(raw.at.clone()), Some(last));
            }
        }
        let mut placed = Vec::new();
        for raw in raw {
            if let Some(name) = exact(&raw) {
                placed.push((name, raw.entries));
                continue;
            }
            let written = base(&raw.written).to_owned();
            let outer = written.split('.').next().unwrap_or_default();
            let by_keys = || keys::section_of_keys(raw.entries.iter().map(|(key, _)| key.as_str()));
            let by_name = || keys::section_named(&written).or_else(|| keys::section_named(outer));
            // A name that differs in its letters alone says it; else the keys know best.
            let same = keys::section_named(&written).filter(|section| section.name.eq_ignore_ascii_case(&written));
            // `[quiet_hours]` with a `start` of its own is no run.
            let elsewhere = same.is_none() && fault::is_said_elsewhere(&written);
            match same.or_else(by_keys).or_else(by_name).filter(|_| !elsewhere) {
                Some(section) => {
                    self.rename_section(&raw, &written, section.name);
                    placed.push((section.name, raw.entries));
                }
                None => {
                    let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
                    self.tell(Found::new(
                        Rank::Name,
                        fault::unknown("section of settings", &written, &names, raw.at.clone()),
                    ));
                    let secrets = raw.entries.iter().filter(|(key, _)| fault::is_secret(key));
                    let faults: Vec<Found> = secrets.map(|(key, entry)| self.secret(key, entry)).collect();
                    self.faults.extend(faults);
                }
            }
        }
        placed
    }

    fn rename_section(&mut self, raw: &Raw<'t>, written: &str, name: &'static str) {
        let (line, last) = (self.text.line_of(raw.at.start), self.last_line(raw));
        let known = self.sections.entry(name).or_default();
        let (first, end) = (known.at.clone(), known.last);
        let message = format!("`[{}]` is no section of settings", shown(written));
        let fault = SettingsFault::new(Code::UnknownSetting, message, Some(raw.at.clone()))
            .why("a section under another name changes nothing, and nobody would notice");
        let is_heading = self.text.line_text(line).trim().starts_with('[');
        let found = match (first, end) {
            (Some(first), Some(end)) => {
                let fault = fault
                    .label(format!("`[{name}]` is meant"))
                    .other(first, "it is here already")
                    .help(format!("keep all of it below `[{name}]`:"));
                let mut found = Found::new(Rank::Whole, fault);
                if is_heading && !raw.entries.iter().any(|(key, _)| fault::is_secret(key)) {
                    found.changes = self.moved((line + 1)..=last, end);
                    found.changes.push(Change::Remove(line));
                }
                found
            }
            _ => {
                known.at = Some(raw.at.clone());
                known.last = Some(last);
                let fault = fault.label("Flow does not know it").help(format!("did you mean `{name}`?"));
                let found = Found::new(Rank::Name, fault);
                let heading = self.text.line(line);
                let nested = is_heading && raw.written.contains('.');
                let at = if nested { heading } else { raw.at.clone() };
                let text = if nested { format!("[{name}]") } else { name.to_owned() };
                found.change(Change::Replace(at, text))
            }
        };
        self.tell(found);
    }

    /// The line of a key, with the name that is meant.
    fn renamed(&self, (name, written, entry): &Meant<'t>) -> String {
        let line = self.text.line_of(entry.key_at.start);
        let text = self.text.line_text(line);
        let start = self.text.line(line).start;
        let key = entry.key_at.start.saturating_sub(start)..entry.key_at.end.saturating_sub(start);
        let (Some(before), Some(behind)) = (text.get(..key.start), text.get(key.end..)) else { return text.to_owned() };
        if written == name { text.trim().to_owned() } else { format!("{before}{name}{behind}").trim().to_owned() }
    }

    /// The name that is meant, where it is another.
    fn rename_of((name, written, entry): &Meant<'t>) -> Option<Change> {
        (written != name).then(|| Change::Replace(entry.key_at.clone(), (*name).to_owned()))
    }

    /// Takes lines out, and puts those that say something behind another.
    fn moved(&self, lines: std::ops::RangeInclusive<usize>, behind: usize) -> Vec<Change> {
        let said: Vec<usize> = lines.filter(|line| !self.text.line_text(*line).trim().is_empty()).collect();
        let texts: Vec<&str> = said.iter().map(|line| self.text.line_text(*line).trim()).collect();
        let mut changes: Vec<Change> = said.iter().map(|line| Change::Remove(*line)).collect();
        if !texts.is_empty() {
            changes.push(Change::After(Some(behind), texts.join("\n")));
        }
        changes
    }

    fn last_line(&self, raw: &Raw<'t>) -> usize {
        let lines = raw.entries.iter().map(|(_, entry)| self.text.line_of(entry.value.span().end.saturating_sub(1)));
        lines.chain([self.text.line_of(raw.at.start)]).max().unwrap_or_default()
    }

    fn keep(&mut self, section: &'static str, name: &'static str, entry: Entry<'t>) {
        let known = self.sections.entry(section).or_default();
        match known.entries.get(name).map(|first| first.key_at.clone()) {
            None => drop(known.entries.insert(name, entry)),
            Some(first) => self.twice(name, name, &entry, first),
        }
    }

    fn twice(&mut self, written: &str, name: &str, entry: &Entry<'t>, first: Range<usize>) {
        let message = if written == name {
            format!("`{name}` stands here twice")
        } else {
            format!("`{}` is `{name}`, which stands here twice", shown(written))
        };
        let fault = SettingsFault::new(Code::RepeatedSetting, message, Some(entry.key_at.clone()))
            .label("a second time")
            .other(first, "first here")
            .why("of two lines for one setting nobody knows which one counts")
            .help("keep one of the two");
        let mut found = Found::new(Rank::Name, fault);
        found.changes.extend(self.own_line(entry).map(Change::Remove));
        self.tell(found);
    }

    /// The line of a key that stands alone on it.
    pub(super) fn own_line(&self, entry: &Entry<'t>) -> Option<usize> {
        own_line(self.text, entry)
    }

    fn secret(&self, key: &str, entry: &Entry<'t>) -> Found {
        let mut found = Found::new(Rank::Slip, fault::secret(key, entry.key_at.clone()));
        found.changes.extend(self.own_line(entry).map(Change::Remove));
        found
    }

    /// Keys that their section does not have.
    fn other_names(&mut self, others: Vec<Meant<'t>>) {
        let mut misplaced: BTreeMap<(&str, &'static str), Vec<Meant<'t>>> = BTreeMap::new();
        for (section, written, entry) in others {
            if fault::is_secret(&written) {
                let secret = self.secret(&written, &entry);
                self.tell(secret);
                continue;
            }
            if is_reply_to(&written) {
                self.reply_to(&written, &entry);
                continue;
            }
            match keys::key_meant(Some(section), &written) {
                Some((of, name)) if of == section => self.rename(section, &written, name, entry),
                Some((of, name)) => misplaced.entry((section, of)).or_default().push((name, written, entry)),
                None if section == "run" && is_end(&written) => self.end_of_run(&written, &entry),
                None if section == "sender" && is_sender_name(&written) => self.sender_name(&written, &entry),
                None => {
                    let what = format!("setting of `[{section}]`");
                    let known = keys::names_of(section);
                    self.tell(Found::new(Rank::Name, fault::unknown(&what, &written, &known, entry.key_at)));
                }
            }
        }
        for ((section, of), entries) in misplaced {
            self.misplaced(section, of, entries);
        }
    }

    /// `end = 2026-04-01`: a run has a length.
    fn end_of_run(&mut self, written: &str, entry: &Entry<'t>) {
        let day = |value: &Spanned<DeValue<'_>>| {
            let text = self.text.read().get(value.span())?.trim_matches(['"', '\'']);
            written::days(text).first().map(|(_, day)| *day)
        };
        let known = self.sections.get("run");
        let start = known.and_then(|known| known.entries.get("start")).and_then(|start| day(&start.value));
        let has_days = known.is_some_and(|known| known.entries.contains_key("days"));
        let fault = SettingsFault::new(
            Code::UnknownSetting,
            format!("`{}` is no setting of `[run]`", shown(written)),
            Some(entry.key_at.clone()),
        )
        .label("a run has no last day")
        .why("a run begins with `start` and lasts so many `days`")
        .help("write how many days it lasts, such as `days = 90`");
        let mut found = Found::new(Rank::Name, fault);
        if has_days {
            found.changes.extend(self.own_line(entry).map(Change::Remove));
            found.mended = Some("`days` says it already: take the line out".to_owned());
        } else if let (Some(start), Some(end)) = (start, day(&entry.value)) {
            let text = format!("days = {}", (end - start).num_days() + 1);
            found.changes.push(Change::Replace(entry.key_at.start..entry.value.span().end, text));
            found.mended = Some("so many days, the last one included:".to_owned());
        }
        self.sections.entry("run").or_default().lost.insert("days");
        self.tell(found);
    }

    /// `reply_to = ".."`: answers go to the sender.
    fn reply_to(&mut self, written: &str, entry: &Entry<'t>) {
        let fault = SettingsFault::new(
            Code::UnknownSetting,
            format!("there is no `{}` yet", shown(written)),
            Some(entry.key_at.clone()),
        )
        .label("answers go to the address of `from`")
        .why("people answer whoever wrote to them")
        .help(
            "write `reply to \"help@acme.example\"` in an email, or let `from` be an address that somebody reads, and take this out",
        );
        self.tell(Found::new(Rank::Name, fault));
    }

    /// `from_name = "Ana"`: name and address are one setting.
    fn sender_name(&mut self, written: &str, entry: &Entry<'t>) {
        let as_text = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(str::to_owned);
        let name = as_text(&entry.value);
        let from = self.sections.get("sender").and_then(|known| known.entries.get("from"));
        let from = from.and_then(|from| Some((from.value.span(), as_text(&from.value)?)));
        let fault = SettingsFault::new(
            Code::UnknownSetting,
            format!("`{}` is no setting of `[sender]`", shown(written)),
            Some(entry.key_at.clone()),
        )
        .label("name and address are one setting")
        .why("people see both together, as in `Acme <hello@acme.example>`")
        .help("write both in one text: `from = \"Name <address>\"`");
        let mut found = Found::new(Rank::Name, fault);
        match (name, from) {
            (Some(name), Some((at, from))) => {
                let address = from.rsplit_once('<').map_or(from.as_str(), |(_, behind)| behind.trim_end_matches('>'));
                let both = format!("\"{} <{}>\"", name.replace(['"', '<', '>', '\\'], "").trim(), address.trim());
                found.changes.extend(self.own_line(entry).map(Change::Remove));
                found.changes.push(Change::Replace(at, both));
                found.mended = Some("both stand in one text, in the line of `from`, and this line goes:".to_owned());
            }
            _ => {
                self.sections.entry("sender").or_default().lost.insert("from");
            }
        }
        self.tell(found);
    }

    fn rename(&mut self, section: &'static str, written: &str, name: &'static str, entry: Entry<'t>) {
        let known = self.sections.entry(section).or_default();
        if let Some(first) = known.entries.get(name).map(|first| first.key_at.clone()) {
            return self.twice(written, name, &entry, first);
        }
        let fault = SettingsFault::new(
            Code::UnknownSetting,
            format!("`{}` is no setting of `[{section}]`", shown(written)),
            Some(entry.key_at.clone()),
        )
        .label("Flow does not know it")
        .why("a setting under another name changes nothing, and nobody would notice")
        .help(format!("did you mean `{name}`?"));
        let change = Change::Replace(entry.key_at.clone(), name.to_owned());
        known.entries.insert(name, entry);
        self.tell(Found::new(Rank::Name, fault).change(change));
    }

    /// Keys of one section below the heading of another.
    fn misplaced(&mut self, section: &str, of: &'static str, entries: Vec<Meant<'t>>) {
        let named: Vec<String> = entries.iter().map(|(_, written, _)| written.clone()).collect();
        let (stand, belong) = if named.len() == 1 { ("stands", "belongs") } else { ("stand", "belong") };
        let Some(at) = entries.first().map(|(_, _, entry)| entry.key_at.clone()) else { return };
        let message = format!("{} {stand} below `[{section}]` and {belong} below `[{of}]`", listed(&named));
        let fault = SettingsFault::new(Code::UnknownSetting, message, Some(at))
            .label("in another section")
            .why("a setting counts in its own section alone");
        let lines: Option<Vec<usize>> = entries.iter().map(|(_, _, entry)| self.own_line(entry)).collect();
        let there = self.sections.get(of).and_then(|known| known.last);
        let end = self.sections.get(section).and_then(|known| known.last);
        let mut found = Found::new(Rank::Whole, fault);
        if let Some(lines) = lines {
            found = self.moves(found, of, &entries, &lines, there, end);
        }
        self.tell(found);
        self.adopt(of, entries);
    }

    /// Lines to the section that they belong to: to its end, or below a heading of their own.
    fn moves(
        &self,
        mut found: Found,
        of: &str,
        entries: &[Meant<'t>],
        lines: &[usize],
        there: Option<usize>,
        end: Option<usize>,
    ) -> Found {
        let (Some(first), Some(last)) = (lines.iter().min().copied(), lines.iter().max().copied()) else {
            return found;
        };
        let texts: Vec<String> = entries.iter().map(|entry| self.renamed(entry)).collect();
        let run = (first..=last).all(|line| lines.contains(&line) || self.text.line_text(line).trim().is_empty());
        let (help, changes) = match there {
            None if run && end == Some(last) => {
                let heading = Change::After(first.checked_sub(1), format!("[{of}]"));
                found.changes = entries.iter().filter_map(Self::rename_of).chain([heading]).collect();
                found.fault.help = Some(format!("give them their section, `[{of}]`:"));
                return found;
            }
            None => (
                format!("give them their section, `[{of}]`:"),
                Change::After(self.text.last_line(), format!("\n[{of}]\n{}", texts.join("\n"))),
            ),
            Some(there) => (format!("write it below `[{of}]`:"), Change::After(Some(there), texts.join("\n"))),
        };
        found.fault.help = Some(help);
        found.changes = lines.iter().map(|line| Change::Remove(*line)).chain([changes]).collect();
        found
    }

    /// What was found elsewhere is read like the rest.
    fn adopt(&mut self, of: &'static str, entries: Vec<Meant<'t>>) {
        for (name, written, entry) in entries {
            let known = self.sections.entry(of).or_default();
            match known.entries.get(name).map(|first| first.key_at.clone()) {
                Some(first) => self.twice(&written, name, &entry, first),
                None => drop(known.entries.insert(name, entry)),
            }
        }
    }

    /// Keys before the first section: one message, for one heading was forgotten, or all of them.
    fn loose(&mut self, loose: Vec<(String, Entry<'t>)>) {
        let mut groups: Vec<(&'static str, Vec<Meant<'t>>)> = Vec::new();
        for (written, entry) in loose {
            if fault::is_secret(&written) {
                let secret = self.secret(&written, &entry);
                self.tell(secret);
                continue;
            }
            let Some((of, name)) = keys::key_meant(None, &written) else {
                let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
                let fault = fault::unknown("setting that stands before the sections", &written, &names, entry.key_at)
                    .help("settings stand below the name of their section, such as `[project]`");
                self.tell(Found::new(Rank::Name, fault));
                continue;
            };
            match groups.last_mut() {
                Some((last, entries)) if *last == of => entries.push((name, written, entry)),
                _ => groups.push((of, vec![(name, written, entry)])),
            }
        }
        let Some(at) =
            groups.first().and_then(|(_, entries)| entries.first()).map(|(_, _, entry)| entry.key_at.clone())
        else {
            return;
        };
        let named: Vec<String> =
            groups.iter().flat_map(|(_, entries)| entries).map(|(_, written, _)| written.clone()).collect();
        let several = named.len() > 1;
        let message = format!("{} {} before any section", listed(&named), if several { "stand" } else { "stands" });
        let fault = SettingsFault::new(Code::UnknownSetting, message, Some(at))
            .label("in no section")
            .why("a setting counts in its own section alone");
        let sections: BTreeSet<&str> = groups.iter().map(|(of, _)| *of).collect();
        let free = groups.iter().all(|(of, _)| self.sections.get(of).is_none_or(|known| known.last.is_none()));
        let lines: Option<Vec<Vec<usize>>> = groups
            .iter()
            .map(|(_, entries)| entries.iter().map(|(_, _, entry)| self.own_line(entry)).collect())
            .collect();
        let mut found = Found::new(Rank::Whole, fault);
        match lines {
            // Each group is below its heading once that is written.
            Some(lines) if free && sections.len() == groups.len() => {
                found.fault.help = Some("write the name of the section above them:".to_owned());
                for ((of, entries), lines) in groups.iter().zip(&lines) {
                    let first = lines.iter().min().copied().unwrap_or_default();
                    found.changes.push(Change::After(first.checked_sub(1), format!("[{of}]")));
                    found.changes.extend(entries.iter().filter_map(Self::rename_of));
                }
            }
            Some(lines) => {
                found.fault.help = Some("write each below its section:".to_owned());
                for of in sections {
                    let own = || groups.iter().zip(&lines).filter(|((group, _), _)| *group == of);
                    let there = self.sections.get(of).and_then(|known| known.last);
                    let texts: Vec<String> =
                        own().flat_map(|((_, entries), _)| entries).map(|entry| self.renamed(entry)).collect();
                    found.changes.extend(own().flat_map(|(_, lines)| lines).map(|line| Change::Remove(*line)));
                    let (behind, heading) = there.map_or_else(
                        || (self.text.last_line(), format!("\n[{of}]\n")),
                        |there| (Some(there), String::new()),
                    );
                    found.changes.push(Change::After(behind, format!("{heading}{}", texts.join("\n"))));
                }
            }
            None => {}
        }
        self.tell(found);
        for (of, entries) in groups {
            self.adopt(of, entries);
        }
    }

    /// Keys on lines that cannot be read are there all the same.
    fn lost(&mut self, lost: &[(String, String)]) {
        for (section, key) in lost {
            let section = keys::section_named(base(section)).map(|section| section.name);
            if let Some((of, name)) = keys::key_meant(section, key) {
                self.sections.entry(of).or_default().lost.insert(name);
            }
        }
    }
}

/// The line of a key that stands alone on it.
pub(super) fn own_line(text: &Text<'_>, entry: &Entry<'_>) -> Option<usize> {
    let line = text.line_of(entry.key_at.start);
    let (place, whole) = (text.line(line), text.line_text(line));
    let before = whole.get(..entry.key_at.start.checked_sub(place.start)?)?;
    let behind = whole.get(entry.value.span().end.checked_sub(place.start)?..)?.trim();
    (before.trim().is_empty() && (behind.is_empty() || behind.starts_with('#'))).then_some(line)
}

/// A name for the last day of a run.
fn is_end(written: &str) -> bool {
    let name = written.to_lowercase().replace(['-', '_'], "");
    ["end", "ends", "until", "till", "to", "todate", "enddate", "endday", "stop", "lastday", "finish"]
        .contains(&name.as_str())
}

fn is_reply_to(written: &str) -> bool {
    let name = written.to_lowercase().replace(['-', '_'], "");
    name.starts_with("replyto") || matches!(name.as_str(), "replies" | "answerto" | "returnpath")
}

fn is_sender_name(written: &str) -> bool {
    let name = written.to_lowercase().replace(['-', '_'], "");
    ["fromname", "sendername", "name", "displayname", "fromlabel", "defaultfromname"].contains(&name.as_str())
}

/// A section's name without the number of its repetition.
fn base(written: &str) -> &str {
    written.split(AGAIN).next().unwrap_or_default()
}

/// `a`, `b` and `c`.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().map(|name| format!("`{}`", shown(name))).collect();
    match shown.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => shown.concat(),
    }
}
