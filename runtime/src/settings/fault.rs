//! What can be wrong with settings, in the words of the person who wrote them.

use std::ops::Range;

use flow_front::diagnostics::{Code, suggest};

use super::keys;
use super::text::Change;
use super::{FILE_NAME, MAX_FILE_BYTES, SMTP_PASSWORD, UNSUBSCRIBE_SECRET};

/// In the names of keys that hold secrets.
const SECRET_WORDS: [&str; 4] = ["pass", "secret", "token", "apikey"];

/// How many choices a message names.
const SHOWN_CHOICES: usize = 8;
/// How much of a value a message repeats.
const SHOWN_CHARS: usize = 60;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFault {
    /// Its page.
    pub code: Code,
    /// Lower case, no full stop, the writer's words in backticks.
    pub message: String,
    /// Bytes of `flow.toml`; none for what is not in it.
    pub at: Option<Range<usize>>,
    /// What stands below the place in a drawing.
    pub label: String,
    /// Other places that it has to do with.
    pub others: Vec<(Range<usize>, String)>,
    /// Why it matters to the campaign.
    pub why: Option<String>,
    /// What to write or to do; none where the message says it.
    pub help: Option<String>,
    /// Changes that mend it: tried out, they leave nothing of it.
    pub edits: Vec<SettingsEdit>,
    /// Where the words can be read in several ways: each of them.
    pub readings: Vec<SettingsMend>,
}

/// Replace the text at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsEdit {
    /// Bytes of `flow.toml`.
    pub at: Range<usize>,
    /// What stands there instead.
    pub text: String,
}

/// One way to read what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsMend {
    /// What it takes the words to mean.
    pub help: String,
    /// Changes that say so.
    pub edits: Vec<SettingsEdit>,
}

impl SettingsFault {
    pub(super) fn new(code: Code, message: impl Into<String>, at: Option<Range<usize>>) -> Self {
        let (message, label) = (message.into(), "here".to_owned());
        let (edits, readings, others) = (Vec::new(), Vec::new(), Vec::new());
        Self { code, message, at, label, others, why: None, help: None, edits, readings }
    }

    #[must_use]
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    #[must_use]
    pub(super) fn other(mut self, at: Range<usize>, label: impl Into<String>) -> Self {
        self.others.push((at, label.into()));
        self
    }

    #[must_use]
    pub(super) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What a fault is about; of several on a line, the first tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// How the line is written.
    Slip,
    /// What its key is called, and where it stands.
    Name,
    /// What stands behind the key.
    Value,
    /// That a text has no quotes: whoever says more about the line says enough.
    Quotes,
    /// Something that is about no line.
    Whole,
}

/// A fault whose mended lines nobody has tried yet. Its places are those of the text as it is read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) fault: SettingsFault,
    pub(super) rank: Rank,
    pub(super) changes: Vec<Change>,
    pub(super) readings: Vec<(String, Vec<Change>)>,
    /// What to say before the mended line, where that proves right.
    pub(super) mended: Option<String>,
}

impl Found {
    pub(super) fn new(rank: Rank, fault: SettingsFault) -> Self {
        Self { fault, rank, changes: Vec::new(), readings: Vec::new(), mended: None }
    }

    #[must_use]
    pub(super) fn mended(mut self, help: impl Into<String>) -> Self {
        self.mended = Some(help.into());
        self
    }

    #[must_use]
    pub(super) fn change(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    #[must_use]
    pub(super) fn reading(mut self, help: impl Into<String>, changes: Vec<Change>) -> Self {
        self.readings.push((help.into(), changes));
        self
    }

    /// Whether it says how to mend it.
    pub(super) fn is_mended(&self) -> bool {
        !self.changes.is_empty() || !self.readings.is_empty()
    }
}

/// Why a value of the right type is refused; the reader adds which value, and where.
pub(super) struct Wrong {
    /// Follows the value: `is no port`. A whole sentence where `whole`.
    what: String,
    whole: bool,
    help: Option<String>,
    /// What may be meant, likeliest first: what it is taken for, and the value.
    pub(super) meant: Vec<(String, String)>,
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), whole: false, help: None, meant: Vec::new() }
    }

    /// A sentence that names the value itself.
    pub(super) fn said(sentence: String) -> Self {
        Self { whole: true, ..Self::new(sentence) }
    }

    pub(super) fn choice(written: &str, choices: &[&'static str]) -> Self {
        Self::new(format!("is not {}", suggest::list(choices, SHOWN_CHOICES)))
            .meant(suggest::nearest(written, choices.iter().copied()))
            .help(format!("write {}", suggest::list(choices, SHOWN_CHOICES)))
    }

    /// What the value may mean.
    #[must_use]
    pub(super) fn meant<M: Into<String>>(mut self, values: impl IntoIterator<Item = M>) -> Self {
        self.meant.extend(values.into_iter().map(|value| (String::new(), value.into())));
        self
    }

    /// What the value may mean, each with the words that tell them apart.
    #[must_use]
    pub(super) fn either(mut self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        self.meant.extend(values);
        self
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn into_fault(self, key: &str, value: &str, at: Range<usize>) -> SettingsFault {
        let message = match (self.whole, value.trim().is_empty()) {
            (true, _) => self.what,
            (false, true) => format!("`{key}` is empty"),
            (false, false) => format!("{key}: `{}` {}", shown(value), self.what),
        };
        let mut fault = SettingsFault::new(Code::BadSettings, message, Some(at));
        fault.help = self.help;
        fault
    }
}

/// One line, and not too much of it.
pub(super) fn shown(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_CHARS).collect();
    if value.chars().count() > SHOWN_CHARS { line + " .." } else { line }
}

/// A line that nobody can make sense of.
pub(super) fn unreadable(line: &str, at: Range<usize>) -> SettingsFault {
    SettingsFault::new(Code::UnreadableSetting, "this line cannot be read", Some(at))
        .label(if line.contains('=') { "what stands behind the `=` is no value" } else { "no `=` here" })
        .why("a line that nobody can read may be the one that matters, so nothing runs before it is mended")
        .help("a line is `key = value`, a section begins with `[name]`, texts stand in quotes: name = \"spring\"; a remark begins with `#`")
}

pub(super) fn too_long(bytes: usize) -> SettingsFault {
    let message = format!("{FILE_NAME} has {bytes} bytes, and settings have at most {MAX_FILE_BYTES}");
    SettingsFault::new(Code::UnreadableSetting, message, None)
        .why("settings are a page: something else was saved under this name")
        .help("check that it is the right file")
}

pub(super) fn missing_section(name: &str, why: &str, after: Option<Range<usize>>) -> SettingsFault {
    let needed = keys::KEYS.iter().filter(|key| key.section == name && key.needed);
    let lines = needed.filter(|key| keys::connector_of(key.name).is_none()).map(|key| key.line);
    let example =
        lines.fold(format!("add it, with what is yours\n  [{name}]"), |example, line| example + "\n  " + line);
    SettingsFault::new(Code::MissingSetting, format!("the section `[{name}]` is missing"), after)
        .label(format!("`[{name}]` may stand behind this line"))
        .why(why)
        .help(example)
}

/// The section lacks these keys, each with its line.
pub(super) fn missing_keys(
    section: &str,
    missing: &[&'static keys::Key],
    at: Range<usize>,
    last: &str,
) -> SettingsFault {
    let names: Vec<String> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
    let names = match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    };
    let what = if missing.len() == 1 { "the line" } else { "the lines" };
    let help = format!("add {what} below `{}`, with what is yours", shown(last.trim()));
    let help = missing.iter().fold(help, |help, key| help + "\n  " + key.line);
    let why = missing.first().map(|key| key.why).unwrap_or_default();
    SettingsFault::new(Code::MissingSetting, format!("`[{section}]` needs {names}"), Some(at)).why(why).help(help)
}

pub(super) fn unknown(what: &str, written: &str, known: &[&str], at: Range<usize>) -> SettingsFault {
    SettingsFault::new(Code::UnknownSetting, format!("`{}` is no {what}", shown(written)), Some(at))
        .label("Flow does not know it")
        .why("a setting under another name changes nothing, and nobody would notice")
        .help(
            said_in_a_workflow(written)
                .map_or_else(|| format!("it can be {}", suggest::list(known, SHOWN_CHOICES)), str::to_owned),
        )
}

/// What other tools set for a whole account, and where Flow says it.
const SAID_ELSEWHERE: &[(&[&str], &str)] = &[
    (
        &[
            "quiet",
            "hours",
            "window",
            "silence",
            "night",
            "do_not_disturb",
            "sending_time",
            "send_time",
            "business_days",
            "weekdays",
        ],
        "each workflow says when its mail may leave, in a line at its top, with hours of your own: `send on weekdays from 09:00 to 17:00 in contact timezone`",
    ),
    (
        &[
            "send_limit",
            "sending_limit",
            "daily_limit",
            "hourly_limit",
            "rate_limit",
            "per_hour",
            "batch",
            "throttle",
            "speed",
            "warm",
        ],
        "nothing limits yet how many mails leave in an hour or a day: until then, let the mail server or its provider limit that; and nothing limits how many one person gets",
    ),
    (
        &["track", "utm", "analytics"],
        "clicks and opens come as events, and no mail is changed to count them yet: write what links need into their addresses, `https://acme.example/guide?utm_source=mail`",
    ),
    (
        &[
            "frequency",
            "cap",
            "limit",
            "max_email",
            "max_mail",
            "emails_per",
            "mails_per",
            "per_week",
            "per_day",
            "smart_sending",
        ],
        "nothing limits yet how many mails a person gets over all workflows: until then, keep them few, and let people come in again late, with `reenter after 90 days`",
    ),
    (
        &["goal", "score", "segment", "audience", "tag", "workflow", "template", "subject", "team", "reenter"],
        "that is said in a `.flow` file, and not here: see `flow doc workflow`",
    ),
];

/// Whether Flow says it somewhere else, or not at all yet.
pub(super) fn is_said_elsewhere(written: &str) -> bool {
    said_in_a_workflow(written).is_some()
}

fn said_in_a_workflow(written: &str) -> Option<&'static str> {
    let plain = written.to_lowercase().replace([' ', '-'], "_");
    SAID_ELSEWHERE.iter().find(|(parts, _)| parts.iter().any(|part| plain.contains(part))).map(|(_, help)| *help)
}

pub(super) fn elsewhere(key: &str, with: &str, at: Range<usize>) -> SettingsFault {
    SettingsFault::new(Code::UnknownSetting, format!("`{key}` has a meaning only with `{with}`"), Some(at))
        .label("it changes nothing here")
        .why("a setting that changes nothing makes everyone who reads it believe that it does")
        .help(format!("take the line out, or write `{with}`"))
}

pub(super) fn wrong_type(key: &str, is: &str, needed: &str, at: Range<usize>) -> SettingsFault {
    SettingsFault::new(Code::BadSettings, format!("`{key}` is {is}, and {needed}"), Some(at))
}

/// Whether a key of this name would hold what nobody may read.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let plain = key.replace(['_', '-', ' '], "");
    SECRET_WORDS.iter().any(|word| key.contains(word) || plain.contains(word))
}

pub(super) fn secret(key: &str, at: Range<usize>) -> SettingsFault {
    let message = format!("`{}` does not belong in {FILE_NAME}, where everyone with the project reads it", shown(key));
    SettingsFault::new(Code::SecretInSettings, message, Some(at))
        .label("a secret")
        .why("whoever has it can send mail in your name")
        .help(format!(
            "take the line out, make a new one if the file was shared, and set an environment variable: {SMTP_PASSWORD} for the mail \
             server, {UNSUBSCRIBE_SECRET} for unsubscribe links, or the same with _FILE behind it and the path of a file that holds it"
        ))
}

/// The text as it may be shown: what follows a secret's key is covered, byte for byte, so that places stay. It works on lines, for a
/// text that cannot be read holds secrets all the same.
pub fn without_secrets(text: &str) -> String {
    text.split_inclusive('\n').map(covered).collect()
}

fn covered(line: &str) -> String {
    let value_at = line.match_indices(['=', ':']).map(|(at, _)| at).find(|at| {
        let key = line.get(..*at).unwrap_or_default().trim_end();
        is_secret(key.rsplit([' ', '\t', ',', '{', '.']).next().unwrap_or_default())
    });
    // `password hunter2`: the words behind the key, where there is no sign between them.
    let worded = || {
        let key = line.split_whitespace().next().filter(|key| is_secret(key) && !key.starts_with(['#', '[']))?;
        Some(line.len() - line.trim_start().len() + key.len() - 1)
    };
    let Some(value_at) = value_at.or_else(worded) else { return line.to_owned() };
    let (before, value) = line.split_at(line.ceil_char_boundary(value_at + 1));
    let stars = value.bytes().map(|byte| if byte.is_ascii_whitespace() { char::from(byte) } else { '*' });
    before.chars().chain(stars).collect()
}
