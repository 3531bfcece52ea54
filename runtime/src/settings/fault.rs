//! What can be wrong with settings, in the words of the person who wrote them.

use std::ops::Range;

use flow_front::diagnostics::suggest;

use super::{FILE_NAME, MAX_FILE_BYTES, SMTP_PASSWORD, UNSUBSCRIBE_SECRET};

/// In the names of keys that hold secrets.
const SECRET_WORDS: [&str; 3] = ["pass", "secret", "token"];

/// How many choices a message names.
const SHOWN_CHOICES: usize = 8;
/// How much of a value a message repeats.
const SHOWN_CHARS: usize = 60;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFault {
    /// Lower case, no full stop, the writer's words in backticks.
    pub message: String,
    /// Bytes of `flow.toml`; none for what is not in it.
    pub at: Option<Range<usize>>,
    /// What to write or to do; none where the message says it.
    pub help: Option<String>,
}

impl SettingsFault {
    pub(super) fn new(message: impl Into<String>, at: Option<Range<usize>>) -> Self {
        Self { message: message.into(), at, help: None }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The order in which faults are told: that of the text, and what is not in it comes last.
pub(super) fn place(fault: &SettingsFault) -> usize {
    fault.at.as_ref().map_or(usize::MAX, |at| at.start)
}

/// Why a value of the right type is refused; the reader adds which value, and where.
pub(super) struct Wrong {
    /// Follows the value: `is no port`. A whole sentence where `whole`.
    what: String,
    whole: bool,
    nearest: Option<String>,
    help: Option<String>,
}

impl Wrong {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), whole: false, nearest: None, help: None }
    }

    /// A sentence that names the value itself.
    pub(super) fn said(sentence: String) -> Self {
        Self { whole: true, ..Self::new(sentence) }
    }

    pub(super) fn choice(written: &str, choices: &[&'static str]) -> Self {
        Self::new(format!("is not {}", suggest::list(choices, SHOWN_CHOICES)))
            .nearest(written, choices.iter().copied())
            .help(format!("write {}", suggest::list(choices, SHOWN_CHOICES)))
    }

    #[must_use]
    pub(super) fn nearest(mut self, written: &str, candidates: impl IntoIterator<Item = &'static str>) -> Self {
        self.nearest = suggest::nearest(written, candidates).map(str::to_owned);
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
        let help = self.nearest.map(|nearest| format!("did you mean `{nearest}`?")).or(self.help);
        SettingsFault { message, at: Some(at), help }
    }
}

/// One line, and not too much of it.
fn shown(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_CHARS).collect();
    if value.chars().count() > SHOWN_CHARS { line + " .." } else { line }
}

/// toml says what it met; people also need to know what a line looks like. Should toml change its words, the second answer still
/// helps.
pub(super) fn of_toml(error: &toml::de::Error) -> SettingsFault {
    if error.message() == "duplicate key" {
        return SettingsFault::new("this name stands here a second time", error.span()).help("keep one of the two");
    }
    SettingsFault::new(format!("this cannot be read: {}", error.message()), error.span())
        .help("a line is `key = value`, a section begins with `[name]`, and texts stand in quotes: name = \"acme\"")
}

pub(super) fn too_long(bytes: usize) -> SettingsFault {
    SettingsFault::new(format!("{FILE_NAME} has {bytes} bytes, and settings have at most {MAX_FILE_BYTES}"), None)
        .help("check that it is the right file")
}

pub(super) fn missing_section(name: &str, lines: impl Iterator<Item = &'static str>) -> SettingsFault {
    let example = lines.fold(format!("add\n  [{name}]"), |example, line| example + "\n  " + line);
    SettingsFault::new(format!("the section `[{name}]` is missing"), None).help(example)
}

pub(super) fn missing_key(section: &str, key: &str, example: &str, at: Range<usize>) -> SettingsFault {
    SettingsFault::new(format!("`[{section}]` needs `{key}`"), Some(at)).help(format!("add the line\n  {example}"))
}

pub(super) fn unknown(what: &str, written: &str, known: &[&str], at: Range<usize>) -> SettingsFault {
    if is_secret(written) {
        return secret(written, at);
    }
    let help = match suggest::nearest(written, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("it can be {}", suggest::list(known, SHOWN_CHOICES)),
    };
    SettingsFault::new(format!("`{}` is no {what}", shown(written)), Some(at)).help(help)
}

pub(super) fn elsewhere(key: &str, with: &str, at: Range<usize>) -> SettingsFault {
    SettingsFault::new(format!("`{key}` has a meaning only with `{with}`"), Some(at))
        .help(format!("take the line out, or write `{with}`"))
}

pub(super) fn wrong_type(key: &str, is: &str, needed: &str, at: Range<usize>) -> SettingsFault {
    SettingsFault::new(format!("`{key}` is {is}, and {needed}"), Some(at))
}

/// Whether a key of this name would hold what nobody may read.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

pub(super) fn secret(key: &str, at: Range<usize>) -> SettingsFault {
    let message = format!("`{}` does not belong in {FILE_NAME}, where everyone with the project reads it", shown(key));
    SettingsFault::new(message, Some(at)).help(format!(
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
    let value_at = line.match_indices('=').map(|(at, _)| at).find(|at| {
        let key = line.get(..*at).unwrap_or_default().trim_end();
        is_secret(key.rsplit([' ', '\t', ',', '{', '.']).next().unwrap_or_default())
    });
    let Some(value_at) = value_at else { return line.to_owned() };
    let (before, value) = line.split_at(value_at + 1);
    let stars = value.bytes().map(|byte| if byte.is_ascii_whitespace() { char::from(byte) } else { '*' });
    before.chars().chain(stars).collect()
}
