//! Lines that are no TOML, as people write them who know other ways to write settings: each is put right by itself, so that everything
//! else in the file is still read, and told in words about what stands there.
//!
//! ```text
//! [project                      the section's bracket is closed
//! time zone: Berlin             time_zone = "Berlin", and what is wrong with that is told with it
//! # as it was                   // as it was
//! ```

use std::collections::BTreeMap;

use flow_front::diagnostics::Code;
use toml::de::DeTable;

use super::fault::{self, Found, Rank, SettingsFault, shown};
use super::keys::{self, KeyKind};
use super::text::{Change, Text};

/// A text that goes over more lines is no text that lost its quote.
const MAX_TEXT_LINES: usize = 6;
/// How often TOML is asked again about what is left.
const MAX_ROUNDS: usize = 8;
/// Behind the name of a section that stands in the file a second time.
pub(super) const AGAIN: char = '#';
/// Word processors make these of `"` and `'`.
const QUOTES: &[char] = &['"', '\'', '`', '´', '“', '”', '„', '‟', '«', '»', '‘', '’', '‚', '‹', '›', '＂'];
/// Look like a space, and are none.
const ODD_SPACES: &[char] = &['\u{a0}', '\u{200b}', '\u{2007}', '\u{202f}', '\u{feff}', '\u{3000}'];

/// A text that TOML reads, as far as that is possible, and what had to be put right.
pub(super) struct Repaired<'t> {
    pub(super) text: Text<'t>,
    pub(super) faults: Vec<Found>,
    /// Keys on lines that nobody can read: the section and the key as written. They are not missing.
    pub(super) lost: Vec<(String, String)>,
}

/// What a line had to be put right for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slip {
    /// A text without quotes.
    Bare,
    /// `:` or nothing for `=`.
    Sign(String),
    /// A quote is missing or of another kind.
    Quote,
    /// Quotes of word processors.
    Typographic,
    /// `\` in a path.
    Backslash,
    /// Something behind the value.
    Behind(String),
    /// A remark that does not begin with `#`.
    Remark,
    /// A section's name without its brackets.
    Heading,
    /// A name of several words.
    Words,
    /// A space that is none.
    Space,
    /// A sign before the key, as of a list.
    Before(String),
}

struct Line {
    text: String,
    slip: Option<(Slip, String)>,
}

/// Reads the text; every line keeps its number.
pub(super) fn repair(written: &str) -> Repaired<'_> {
    let as_written = Text::as_written(written);
    if DeTable::parse(as_written.read()).is_ok() {
        return Repaired { text: as_written, faults: Vec::new(), lost: Vec::new() };
    }
    let mut work = Work::new(written);
    work.lines();
    work.repeated();
    work.rest();
    let text = Text::new(written, &work.read);
    let faults = work.told.into_iter().map(|told| told.into_found(&text)).collect();
    Repaired { text, faults, lost: work.lost }
}

/// A fault by its line; places are known once all lines are read.
struct Told {
    line: usize,
    fault: Box<dyn FnOnce(std::ops::Range<usize>) -> SettingsFault>,
    rank: Rank,
    changes: Vec<Change>,
    readings: Vec<(String, Vec<Change>)>,
    other: Option<(usize, String)>,
}

impl Told {
    fn into_found(self, text: &Text<'_>) -> Found {
        let place = |line: usize| {
            let (at, indent) = (text.line(line), text.line_text(line));
            at.start + indent.len() - indent.trim_start().len()..at.end
        };
        let mut fault = (self.fault)(place(self.line));
        if let Some((line, label)) = self.other {
            fault = fault.other(place(line), label);
        }
        Found { changes: self.changes, readings: self.readings, ..Found::new(self.rank, fault) }
    }
}

struct Work {
    written: Vec<String>,
    read: Vec<String>,
    told: Vec<Told>,
    lost: Vec<(String, String)>,
    /// Sections whose `{` waits for its `}`: which of `told`.
    open: Vec<Option<usize>>,
}

impl Work {
    fn new(text: &str) -> Self {
        let written: Vec<String> =
            text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect();
        Self { read: written.clone(), written, told: Vec::new(), lost: Vec::new(), open: Vec::new() }
    }

    fn line(&self, line: usize) -> &str {
        self.written.get(line).map(String::as_str).unwrap_or_default()
    }

    fn set(&mut self, line: usize, text: impl Into<String>) {
        if let Some(read) = self.read.get_mut(line) {
            *read = text.into();
        }
    }

    fn tell(&mut self, line: usize, rank: Rank, changes: Vec<Change>, fault: SettingsFault) {
        self.told.push(Told {
            line,
            fault: Box::new(move |at| SettingsFault { at: Some(at), ..fault }),
            rank,
            changes,
            readings: Vec::new(),
            other: None,
        });
    }

    /// Each line by itself.
    fn lines(&mut self) {
        let (mut line, mut section, mut inside) = (0, String::new(), None);
        while line < self.written.len() {
            let text = self.line(line).to_owned();
            if let Some(marks) = inside {
                inside = (text.matches(marks).count() % 2 == 0).then_some(marks);
            } else if let Some(marks) = opens_long_text(&text) {
                inside = Some(marks);
            } else if !stands_alone(&text) {
                line += self.put_right(line, &section);
            }
            let read = self.read.get(line).map(String::as_str).unwrap_or_default();
            if let Some(name) = heading(read) {
                section = name;
            }
            line += 1;
        }
    }

    /// Gives how many lines more were read.
    fn put_right(&mut self, line: usize, section: &str) -> usize {
        let text = self.line(line).to_owned();
        if let Some(more) = self.over_lines(line, &text, section) {
            return more;
        }
        if text.trim().trim_end_matches(',') == "}"
            && let Some(opened) = self.open.pop()
        {
            self.set(line, "");
            match opened.and_then(|at| self.told.get_mut(at)) {
                Some(told) => told.changes.push(Change::Line(line)),
                None => self.tell(line, Rank::Slip, vec![Change::Line(line)], stray("}")),
            }
            return 0;
        }
        let bare = text.trim();
        if matches!(bare.trim_end_matches([',', ';']), "{" | "}" | "---" | "...") {
            self.set(line, "");
            self.open.extend((bare == "{").then_some(None));
            self.tell(line, Rank::Slip, vec![Change::Line(line)], stray(bare));
            return 0;
        }
        if let Some(key) = valueless(bare) {
            self.lost.push((section.to_owned(), key.clone()));
            self.set(line, "");
            let meant = keys::key_meant(Some(section), &key).and_then(|(section, name)| keys::find(section, name));
            let fault = SettingsFault::new(Code::BadSettings, format!("`{}` has no value", shown(&key)), None)
                .label("nothing behind the `=`");
            let fault = match meant {
                Some(key) => fault.why(key.why).help(format!("write what is yours, such as\n  {}", key.line)),
                None => fault.help("write a value behind it, or take the line out"),
            };
            self.tell(line, Rank::Value, Vec::new(), fault);
            return 0;
        }
        match mended(&text, section) {
            Some(Line { text: read, slip: Some((slip, name)) }) => {
                let opens = slip == Slip::Heading && text.trim_end().ends_with('{');
                self.set(line, read);
                let rank = if slip == Slip::Bare { Rank::Quotes } else { Rank::Slip };
                // `quiet hours` in one word would be no setting either, and that is told.
                let is_no_setting = slip == Slip::Words && keys::key_meant(Some(section), &name).is_none();
                if !is_no_setting {
                    self.tell(line, rank, vec![Change::Line(line)], told(&slip, &name));
                }
                if opens {
                    self.open.push(Some(self.told.len() - 1));
                }
            }
            _ => self.give_up(line, section),
        }
        0
    }

    fn give_up(&mut self, line: usize, section: &str) {
        let text = self.line(line).to_owned();
        if let Some((key, ..)) = parted(text.trim()) {
            self.lost.push((section.to_owned(), key.to_owned()));
        }
        self.set(line, "");
        self.tell(line, Rank::Slip, Vec::new(), fault::unreadable(&text, 0..0));
    }

    /// A text whose end stands some lines below, as an address on an envelope.
    fn over_lines(&mut self, line: usize, text: &str, section: &str) -> Option<usize> {
        let (key, _, value) = parted(text.trim())?;
        let first = value.strip_prefix(QUOTES)?;
        if first.contains(QUOTES) {
            return None;
        }
        let mut parts = vec![first.trim().trim_end_matches(',').to_owned()];
        for more in 1..MAX_TEXT_LINES {
            let next = self.written.get(line + more)?.trim();
            if next.is_empty() || next.starts_with(['#', '[']) || parted(next).is_some_and(|(_, sign, _)| sign == "=") {
                return None;
            }
            let end = next.strip_suffix(QUOTES);
            parts.push(end.unwrap_or(next).trim().trim_end_matches(',').to_owned());
            if parts.last().is_some_and(|part| part.contains(QUOTES)) {
                return None;
            }
            if end.is_some() {
                let comma = keys::key_meant(Some(section), key).is_some_and(|(_, name)| name == "address");
                parts.retain(|part| !part.is_empty());
                let name = bare_key(key)?;
                self.set(line, format!("{name} = {}", quoted(&parts.join(if comma { ", " } else { " " }))));
                (1..=more).for_each(|more| self.set(line + more, ""));
                let changes = (0..=more).map(|more| Change::Line(line + more)).collect();
                let message = format!("the text of `{}` goes over {} lines", shown(&name), more + 1);
                let fault = SettingsFault::new(Code::UnreadableSetting, message, None)
                    .label("it begins here")
                    .why("a text ends on the line on which it begins; what stands below is read as other settings")
                    .help("write it on one line:");
                self.tell(line, Rank::Slip, changes, fault);
                return Some(more);
            }
        }
        None
    }

    /// Sections and keys that are there twice, which TOML refuses.
    fn repeated(&mut self) {
        let mut sections: BTreeMap<String, usize> = BTreeMap::new();
        let mut keys: BTreeMap<(String, String), usize> = BTreeMap::new();
        let (mut section, mut again) = (String::new(), 0);
        for line in 0..self.read.len() {
            let text = self.read.get(line).cloned().unwrap_or_default();
            if let Some(name) = heading(&text) {
                if let Some(first) = sections.get(&name).copied() {
                    again += 1;
                    self.set(line, format!("[\"{name}{AGAIN}{again}\"]"));
                    self.section_again(line, first, &name);
                } else {
                    sections.insert(name.clone(), line);
                }
                section = name;
            } else if let Some(key) = key_of(&text) {
                match keys.get(&(section.clone(), key.clone())).copied() {
                    Some(first) => self.key_again(line, first, &key),
                    None => drop(keys.insert((section.clone(), key), line)),
                }
            }
        }
    }

    fn section_again(&mut self, line: usize, first: usize, name: &str) {
        let is_heading = |line: &usize| self.read.get(*line).is_some_and(|text| heading(text).is_some());
        let end_of = |from: usize| (from + 1..self.read.len()).find(is_heading).unwrap_or(self.read.len());
        let is_said = |line: &usize| self.read.get(*line).is_some_and(|text| !text.trim().is_empty());
        let last = (first..end_of(first)).rev().find(is_said).unwrap_or(first);
        let mut changes = vec![Change::Remove(line)];
        if end_of(first) != line {
            let body: Vec<usize> = (line + 1..end_of(line)).filter(is_said).collect();
            let text = |line: &usize| self.read.get(*line).cloned().unwrap_or_default();
            let lines: Vec<String> = body.iter().map(text).collect();
            changes.extend(body.iter().map(|line| Change::Remove(*line)));
            changes.push(Change::After(Some(last), lines.join("\n")));
            // What nobody may read is shown nowhere.
            if lines.iter().any(|line| fault::is_secret(line)) {
                changes.clear();
            }
        }
        let fault =
            SettingsFault::new(Code::RepeatedSetting, format!("the section `[{name}]` stands here twice"), None)
                .label("a second time")
                .why("of two sections of one name nobody knows which one counts")
                .help("keep all of it below the first:");
        self.tell(line, Rank::Name, changes, fault);
        if let Some(told) = self.told.last_mut() {
            told.other = Some((first, "first here".to_owned()));
        }
    }

    fn key_again(&mut self, line: usize, first: usize, key: &str) {
        let text = |line: usize| self.read.get(line).map(|text| text.trim().to_owned()).unwrap_or_default();
        let (one, two) = (text(first), text(line));
        let secret = fault::is_secret(key);
        let fault = SettingsFault::new(Code::RepeatedSetting, format!("`{}` stands here twice", shown(key)), None)
            .label("a second time")
            .why("of two lines for one setting nobody knows which one counts");
        self.set(line, "");
        let remove = |line| vec![Change::Remove(line)];
        if one == two {
            self.tell(line, Rank::Name, remove(line), fault.help("one of them is enough"));
        } else {
            self.tell(line, Rank::Name, Vec::new(), fault.help("keep one of the two"));
        }
        let Some(told) = self.told.last_mut() else { return };
        told.other = Some((first, "first here".to_owned()));
        if one != two && !secret {
            told.readings = vec![
                (format!("keep the first, `{}`", shown(&one)), remove(line)),
                (format!("or the second, `{}`", shown(&two)), remove(first)),
            ];
        }
    }

    /// What TOML still refuses, line by line, until it reads the rest.
    fn rest(&mut self) {
        for round in 0..MAX_ROUNDS {
            let joined = self.read.join("\n");
            let (_, errors) = DeTable::parse_recoverable(&joined);
            if errors.is_empty() {
                return;
            }
            let line_at = |at: usize| joined.get(..at).map_or(0, |before| before.matches('\n').count());
            let mut lines: Vec<usize> =
                errors.iter().map(|error| line_at(error.span().map_or(0, |at| at.start))).collect();
            lines.sort_unstable();
            lines.dedup();
            for line in lines {
                // An empty line is where something before it does not end.
                let blamed =
                    (0..=line).rev().find(|line| self.read.get(*line).is_some_and(|text| !text.trim().is_empty()));
                let Some(blamed) = blamed else { continue };
                self.set(blamed, "");
                if !self.told.iter().any(|told| told.line == blamed) {
                    let text = self.line(blamed).to_owned();
                    self.lost.extend(key_of(&text).map(|key| (String::new(), key)));
                    self.tell(blamed, Rank::Slip, Vec::new(), fault::unreadable(&text, 0..0));
                }
            }
            if round + 1 == MAX_ROUNDS {
                self.read.iter_mut().for_each(String::clear);
            }
        }
    }
}

/// Whether TOML reads a line by itself.
fn stands_alone(line: &str) -> bool {
    DeTable::parse(line).is_ok()
}

/// `"""` or `'''` that does not end on its line.
fn opens_long_text(line: &str) -> Option<&'static str> {
    ["\"\"\"", "'''"].into_iter().find(|marks| line.matches(marks).count() % 2 == 1)
}

/// The name in `[name]`.
fn heading(line: &str) -> Option<String> {
    let inner = line.trim().strip_prefix('[')?;
    let inner = inner.split_once(']')?.0.trim();
    (!inner.is_empty() && !inner.starts_with('[')).then(|| inner.trim_matches(['"', '\'']).to_owned())
}

/// The key of `key = value`.
fn key_of(line: &str) -> Option<String> {
    let (key, _) = line.trim().split_once('=')?;
    let key = key.trim().trim_matches(['"', '\'']);
    (!key.is_empty() && !key.starts_with('#')).then(|| key.to_owned())
}

/// Key, sign and value of a line, whatever stands between the two.
fn parted(line: &str) -> Option<(&str, &str, &str)> {
    const SIGNS: [&str; 8] = [":=", "=>", "->", "==", "=", ":", "→", "："];
    let at = line.find(['=', ':', '→', '：']).into_iter().chain(line.find("->")).min()?;
    let (key, rest) = line.split_at_checked(at)?;
    let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
    let key = key.trim();
    (!key.is_empty()).then(|| (key, sign, rest.get(sign.len()..).unwrap_or_default().trim()))
}

/// `days =`: its key.
fn valueless(line: &str) -> Option<String> {
    let (key, sign, value) = parted(line)?;
    let value = value.trim_end_matches([',', ';']).trim();
    let empty = value.is_empty() || value.starts_with('#') || value.chars().all(|sign| QUOTES.contains(&sign));
    let section = bare_key(key).map(|key| key.to_lowercase());
    let named = section.is_some_and(|section| keys::SECTIONS.iter().any(|known| known.name == section));
    (empty && !(sign == ":" && named) && value != "\"\"" && value != "''").then(|| bare_key(key)).flatten()
}

/// As a key is written: one word.
fn bare_key(written: &str) -> Option<String> {
    let key = written.trim().trim_matches(QUOTES).trim();
    let key = key.split_whitespace().collect::<Vec<_>>().join("_");
    let is_fine = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.');
    (!key.is_empty() && key.chars().all(is_fine) && !key.starts_with('.') && !key.ends_with('.')).then_some(key)
}

/// A text as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.contains(['"', '\\']) && !text.contains(char::is_control);
    if plain {
        return format!("\"{text}\"");
    }
    if !text.contains('\'') && !text.contains(char::is_control) {
        return format!("'{text}'");
    }
    let mut escaped = String::new();
    for sign in text.chars() {
        match sign {
            '"' | '\\' => escaped.extend(['\\', sign]),
            sign if sign.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(sign))),
            sign => escaped.push(sign),
        }
    }
    format!("\"{escaped}\"")
}

/// A line put right, where it can be.
fn mended(written: &str, section: &str) -> Option<Line> {
    let spaced: String = written.chars().map(|sign| if ODD_SPACES.contains(&sign) { ' ' } else { sign }).collect();
    let bare = spaced.trim();
    if spaced != written && stands_alone(&spaced) {
        return Some(Line { text: spaced.clone(), slip: Some((Slip::Space, String::new())) });
    }
    [remark(bare), named(bare, section), valued(bare, section), worded(bare, section), prose(bare)]
        .into_iter()
        .flatten()
        .find(|line| stands_alone(&line.text))
}

fn remark(line: &str) -> Option<Line> {
    let text = ["//", ";", "--", "/*", "<!--", "%", "REM ", "*"].iter().find_map(|sign| line.strip_prefix(sign))?;
    let text = text.trim().trim_end_matches("*/").trim_end_matches("-->").trim_start_matches(['/', '-', ';', '*']);
    Some(Line { text: format!("# {}", text.trim()), slip: Some((Slip::Remark, String::new())) })
}

/// `[project`, `project:`, `project {`, `[[project]]`, `(project)`: the heading of a section.
fn named(line: &str, section: &str) -> Option<Line> {
    let opened = line.starts_with(['[', '(', '{', '<']);
    let closed = line.ends_with([']', ')', '}', '>', ':', '{']);
    let inner =
        line.trim_matches(|sign: char| "[](){}<>:=".contains(sign) || sign.is_whitespace() || QUOTES.contains(&sign));
    let alone = !opened && !closed;
    if inner.contains('=') || inner.contains(": ") || inner.is_empty() {
        return None;
    }
    let name = bare_key(inner)?;
    let known = keys::section_named(inner);
    let is_meant =
        if alone { known.is_some_and(|known| known.name == name.to_lowercase()) } else { opened || known.is_some() };
    let is_key = alone && keys::key_meant(Some(section), inner).is_some_and(|(of, _)| of == section);
    (is_meant && !is_key).then(|| Line { text: format!("[{name}]"), slip: Some((Slip::Heading, name)) })
}

/// A key and its value, joined somehow.
fn valued(line: &str, section: &str) -> Option<Line> {
    let (key, sign, value) = parted(line)?;
    joined(key, sign, value, section)
}

/// `name spring`: the words of a setting, and its value without a sign.
fn worded(line: &str, section: &str) -> Option<Line> {
    let words: Vec<(usize, &str)> =
        line.split_whitespace().map(|word| (word.as_ptr() as usize - line.as_ptr() as usize, word)).collect();
    let most = words.len().checked_sub(1)?.min(3);
    (1..=most).rev().find_map(|count| {
        let (at, _) = words.get(count)?;
        let (key, value) = line.split_at_checked(*at)?;
        let name = bare_key(key.trim_end())?;
        let (of, meant) = keys::key_meant(Some(section), &name)?;
        let exact = of == section && (meant == name || count == 1);
        let bare = value.strip_prefix(['-', '–', '~', '>']).filter(|rest| rest.starts_with(' ')).unwrap_or(value);
        if exact { joined(key.trim_end(), "", bare, section) } else { None }
    })
}

/// A sentence.
fn prose(line: &str) -> Option<Line> {
    let sentence = line.split_whitespace().count() > 2 && !line.contains(['=', '[', ']', '{', '}', '"']);
    sentence.then(|| Line { text: format!("# {line}"), slip: Some((Slip::Remark, String::new())) })
}

fn joined(key: &str, sign: &str, value: &str, section: &str) -> Option<Line> {
    let before: String =
        key.chars().take_while(|sign| matches!(sign, '-' | '*' | '$' | '+' | '•' | '>' | ' ')).collect();
    let key = key.strip_prefix(before.as_str())?;
    let key = key.strip_prefix("set ").or_else(|| key.strip_prefix("let ")).unwrap_or(key);
    let name = bare_key(key)?;
    let kind =
        keys::key_meant(Some(section), &name).and_then(|(section, name)| keys::find(section, name)).map(|key| key.kind);
    let (value, remark, behind) = behind(value);
    let (value, quotes) = requoted(value, kind)?;
    let words = key.trim().contains(char::is_whitespace);
    let slip = if words {
        Slip::Words
    } else if sign != "=" {
        Slip::Sign(sign.to_owned())
    } else if !before.trim().is_empty() {
        Slip::Before(before.trim().to_owned())
    } else if let Some(behind) = behind {
        Slip::Behind(behind.to_owned())
    } else if remark.is_some_and(|remark| !remark.starts_with('#')) && quotes.is_none() {
        Slip::Remark
    } else {
        quotes.unwrap_or(Slip::Bare)
    };
    let remark = remark.map(|remark| format!("  # {}", remark.trim_start_matches(['/', '#', ';', '-']).trim()));
    let indent = "";
    Some(Line { text: format!("{indent}{name} = {value}{}", remark.unwrap_or_default()), slip: Some((slip, name)) })
}

/// A value without the remark and the sign behind it.
fn behind(value: &str) -> (&str, Option<&str>, Option<&str>) {
    let mut inside = None;
    let mut remark_at = None;
    let mut before = ' ';
    for (at, sign) in value.char_indices() {
        match inside {
            Some(quote) if sign == quote => inside = None,
            None if matches!(sign, '"' | '\'') && (at == 0 || before.is_whitespace()) => inside = Some(sign),
            None if sign == '#' && (before.is_whitespace() || matches!(before, '"' | '\'')) => remark_at = Some(at),
            None if value.get(at..).is_some_and(|rest| rest.starts_with("// ") || rest.starts_with("-- "))
                && before.is_whitespace() =>
            {
                remark_at = Some(at);
            }
            _ => {}
        }
        if remark_at.is_some() {
            break;
        }
        before = sign;
    }
    let (value, remark) = remark_at
        .and_then(|at| value.split_at_checked(at))
        .map_or((value, None), |(value, remark)| (value, Some(remark)));
    let trimmed = value.trim();
    let sign = [",", ";"].into_iter().find(|sign| trimmed.ends_with(sign));
    (sign.and_then(|sign| trimmed.strip_suffix(sign)).unwrap_or(trimmed).trim(), remark, sign)
}

/// A value that TOML reads, and what was wrong with its quotes.
fn requoted(value: &str, kind: Option<KeyKind>) -> Option<(String, Option<Slip>)> {
    if value.is_empty() {
        return None;
    }
    if stands_alone(&format!("x = {value}")) {
        return Some((value.to_owned(), None));
    }
    let (opened, closed) = (value.starts_with(QUOTES), value.ends_with(QUOTES));
    let inner = value.trim_matches(QUOTES).trim();
    let backslash = inner.contains('\\');
    // A path is written with `/` on every system.
    let inner = if backslash && kind == Some(KeyKind::Path) { inner.replace('\\', "/") } else { inner.to_owned() };
    let name_in_quotes = value.starts_with(['"', '“', '„']) && inner.contains('<') && inner.contains(['"', '”', '“']);
    let inner = if name_in_quotes { inner.replace(['"', '”', '“'], "") } else { inner };
    let slip = if backslash {
        Slip::Backslash
    } else if value.chars().any(|sign| QUOTES.contains(&sign) && !matches!(sign, '"' | '\'' | '`')) {
        Slip::Typographic
    } else if opened || closed || inner.contains('"') {
        Slip::Quote
    } else {
        Slip::Bare
    };
    Some((quoted(&inner), Some(slip)))
}

/// A sign of another language that stands alone.
fn stray(sign: &str) -> SettingsFault {
    SettingsFault::new(Code::UnreadableSetting, format!("`{}` stands here alone", shown(sign)), None)
        .label("it means nothing here")
        .why("a section goes on to the next one, so nothing has to close it")
        .help("take the line out")
}

/// The words for a slip.
fn told(slip: &Slip, name: &str) -> SettingsFault {
    let name = shown(name);
    let (message, label, why, help) = match slip {
        Slip::Bare => (
            format!("the text behind `{name}` stands without quotes"),
            "no quotes",
            "the quotes say where a text begins and ends",
            "write it in quotes:",
        ),
        Slip::Sign(sign) if sign.is_empty() => (
            format!("there is no `=` between `{name}` and its value"),
            "no `=` here",
            "the `=` says where the name of a setting ends",
            "write `=` between them:",
        ),
        Slip::Sign(sign) => (
            format!("`{name}` and its value are joined by `{sign}`"),
            "a `=` is meant",
            "the `=` says where the name of a setting ends",
            "write `=` between them:",
        ),
        Slip::Quote => (
            format!("the quotes of `{name}` are not a pair"),
            "one at each end, and none between",
            "the quotes say where a text begins and ends",
            "write one at each end:",
        ),
        Slip::Typographic => (
            format!("`{name}` has the quotes of a word processor"),
            "no straight quotes",
            "word processors and chats make curly quotes of straight ones, and these mean nothing here",
            "write straight ones:",
        ),
        Slip::Backslash => (
            format!("`\\` in the text of `{name}` begins a special sign"),
            "with a `\\`",
            "folders are parted by `/` on every system, Windows too",
            "write it so:",
        ),
        Slip::Behind(sign) => (
            format!("`{sign}` stands behind the value of `{name}`"),
            "it ends in a sign too many",
            "a setting ends with its line",
            "leave it out:",
        ),
        Slip::Remark => (
            "this is no setting".to_owned(),
            "neither `key = value` nor `[section]`",
            "what is meant for people must not be taken for a setting",
            "a remark begins with `#`:",
        ),
        Slip::Heading => (
            format!("the section `{name}` has no brackets of its own"),
            "the name of a section",
            "the brackets say that the lines below belong to it",
            "write its name in square brackets, alone on its line:",
        ),
        Slip::Words => (
            "the name of a setting is one word, without spaces".to_owned(),
            "several words",
            "a space ends a name",
            "write it with `_` and `=`:",
        ),
        Slip::Space => (
            "a space on this line is none that is typed".to_owned(),
            "copied from a web page or a document",
            "it looks like a space, and is another sign",
            "write it with plain spaces:",
        ),
        Slip::Before(sign) => (
            format!("`{sign}` stands before `{name}`"),
            "a sign too many",
            "a setting begins with its name",
            "leave it out:",
        ),
    };
    SettingsFault::new(Code::UnreadableSetting, message, None).label(label).why(why).help(help)
}
