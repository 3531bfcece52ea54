//! What a column or trait says of the right to write to somebody. Doubt means no (E7): whatever is neither a yes nor a no counts as a
//! refusal, and no value ever gives back what somebody has refused; that is for the person's own later act.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use flow_ir::{ConsentState, FieldId, Program};
use flow_stdlib::names::{NameKind, names};
use rustc_hash::FxHashSet;

use super::doubt::Answer;
use super::names::plain;
use super::{value, zone_of};

/// How a column of consent is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A yes is a refusal.
    Refusal(FieldId),
    /// Whatever stands in it is one, such as the day of it.
    Filled(FieldId),
    /// A no is a refusal.
    UnlessYes(FieldId),
    /// The day until which it is refused.
    Until(FieldId),
    /// A word for how things stand.
    Status,
}

/// What a value says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// No refusal. It is no consent either.
    Nothing,
    /// What the policy asks for, kept in this field.
    Consents(FieldId, ConsentState),
    /// A refusal, kept in this field.
    Refused(FieldId),
    /// A refusal until this instant, in milliseconds since 1970, UTC, kept in this field.
    Until(FieldId, i64),
    /// Something that cannot be read, which counts as one.
    Doubtful(FieldId),
}

/// What a word of a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// A refusal, by the name of its field.
    Refuses(&'static str),
    /// No refusal, and no consent.
    Allows,
    Consents(ConsentState),
}

/// The words of a status.
static STATUS: LazyLock<BTreeMap<String, Word>> = LazyLock::new(|| {
    let words = names().filter_map(|name| {
        let means = match name.kind {
            NameKind::Status => Word::Refuses(name.of),
            NameKind::StatusAllowed => Word::Allows,
            NameKind::StatusGranted => Word::Consents(ConsentState::Granted),
            NameKind::StatusPending => Word::Consents(ConsentState::Pending),
            _ => return None,
        };
        Some((plain(name.name), means))
    });
    words.collect()
});

/// The ways to reach somebody, and whether each is by mail.
static CHANNELS: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let channels = names().filter_map(|name| match name.kind {
        NameKind::Channel => Some((plain(name.name), false)),
        NameKind::ChannelMail => Some((plain(name.name), true)),
        _ => None,
    });
    channels.collect()
});

impl Reading {
    /// The field that it fills, where it is always the same.
    pub(super) fn field(self) -> Option<FieldId> {
        match self {
            Reading::Refusal(field) | Reading::Filled(field) | Reading::UnlessYes(field) | Reading::Until(field) => {
                Some(field)
            }
            Reading::Status => None,
        }
    }

    /// What a cell says.
    pub(super) fn read(self, cell: &str, program: &Program) -> Said {
        let cell = cell.trim();
        if cell.is_empty() {
            return Said::Nothing;
        }
        match self {
            Reading::Refusal(field) => match answer(cell) {
                Some(false) => Said::Nothing,
                Some(true) => Said::Refused(field),
                None => by_status(cell, program).unwrap_or(Said::Doubtful(field)),
            },
            Reading::Filled(field) => match answer(cell) {
                Some(false) => Said::Nothing,
                _ => Said::Refused(field),
            },
            Reading::UnlessYes(field) => match answer(cell) {
                Some(false) => Said::Refused(field),
                Some(true) => granted(program),
                None => by_status(cell, program)
                    .or_else(|| by_channels(cell, field, program))
                    .unwrap_or(Said::Doubtful(field)),
            },
            Reading::Until(field) => match value::moment_of_cell(cell, zone_of(program)) {
                Ok(until) => Said::Until(field, until.0),
                // In doubt it is for good.
                Err(_) if answer(cell) != Some(false) => doubtful_status(program),
                Err(_) => Said::Nothing,
            },
            Reading::Status => by_status(cell, program).unwrap_or_else(|| doubtful_status(program)),
        }
    }
}

/// A yes or a no, also in other languages: a file of `ja` and `nein` is not one of refusals alone.
fn answer(cell: &str) -> Option<bool> {
    value::truth(cell).or_else(|| match Answer::of(cell)? {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::Mark => None,
    })
}

/// What stands between the channels of a list.
pub(super) const BETWEEN: [char; 5] = [',', ';', '|', '/', '\n'];

/// Whether mail is among the channels that a cell lists, such as `Email, Direct Mail`; none where anything else stands in it.
pub(super) fn allows_mail(cell: &str) -> Option<bool> {
    let mut listed = cell.split(BETWEEN).map(plain).filter(|part| !part.is_empty()).peekable();
    listed.peek()?;
    listed.try_fold(false, |allows, part| Some(*CHANNELS.get(&part)? || allows))
}

/// Of a column that says who may be written to.
fn by_channels(cell: &str, field: FieldId, program: &Program) -> Option<Said> {
    allows_mail(cell).map(|allows| if allows { granted(program) } else { Said::Refused(field) })
}

/// A yes to marketing mail: it is kept where the policy asks for it.
fn granted(program: &Program) -> Said {
    program.consent_field().map_or(Said::Nothing, |field| Said::Consents(field, ConsentState::Granted))
}

fn by_status(cell: &str, program: &Program) -> Option<Said> {
    match *STATUS.get(&plain(cell))? {
        Word::Allows => Some(Said::Nothing),
        Word::Refuses(field) => program.fields.find(|known| known.name == field).map(Said::Refused),
        Word::Consents(ConsentState::Granted) => Some(granted(program)),
        Word::Consents(state) => program.consent_field().map(|field| Said::Consents(field, state)),
    }
}

fn doubtful_status(program: &Program) -> Said {
    program.fields.find(|field| field.name == "unsubscribed").map_or(Said::Nothing, Said::Doubtful)
}

/// Whether a cell of a column that nobody knows is a word of refusal. It is asked of every cell of a file, so it makes no text of its own.
pub(super) fn is_refusal_word(cell: &str) -> bool {
    // Most cells begin as no such word does.
    let first = cell.bytes().find(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    let may_begin = first.is_some_and(|byte| !byte.is_ascii() || BEGINNINGS.contains(&byte.to_ascii_lowercase()));
    if !may_begin {
        return false;
    }
    let mut letters = [0; MAX_REFUSAL_BYTES];
    plain_in(cell, &mut letters).is_some_and(|word| REFUSALS.contains(word))
}

/// The letters and digits of a cell, small, where they fit.
fn plain_in<'l>(cell: &str, letters: &'l mut [u8; MAX_REFUSAL_BYTES]) -> Option<&'l [u8]> {
    let mut used = 0;
    for char in cell.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase) {
        let end = used + char.len_utf8();
        char.encode_utf8(letters.get_mut(used..end)?);
        used = end;
    }
    letters.get(..used)
}

/// No word of refusal is longer; a test says so.
const MAX_REFUSAL_BYTES: usize = 64;

/// The letters and digits of the words by which a cell of any column refuses.
static REFUSALS: LazyLock<FxHashSet<Vec<u8>>> = LazyLock::new(|| {
    let refuses = |field: &str| ["unsubscribed", "complained", "do_not_contact"].contains(&field);
    let words = STATUS.iter().filter(|(word, means)| {
        matches!(means, Word::Refuses(field) if refuses(field)) && !GENERAL.contains(&word.as_str())
    });
    words.map(|(word, _)| word.clone().into_bytes()).collect()
});

/// What those words begin with.
static BEGINNINGS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut beginnings: Vec<u8> = REFUSALS.iter().filter_map(|word| word.first().copied()).collect();
    beginnings.sort_unstable();
    beginnings.dedup();
    beginnings
});

/// Words of a status that say nothing of consent in any other column.
const GENERAL: [&str; 6] = ["inactive", "archived", "refused", "denied", "blocked", "spam"];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{field, guide_nurture};
    use super::*;
    use flow_ir::FieldType;

    #[test]
    fn every_word_of_refusal_is_found_however_it_is_written_and_no_other() {
        assert!(REFUSALS.len() > 10);
        for word in REFUSALS.iter().map(|word| std::str::from_utf8(word).unwrap()) {
            assert!(word.len() <= MAX_REFUSAL_BYTES, "{word}");
            assert!(is_refusal_word(word) && is_refusal_word(&format!(" {}!", word.to_uppercase())), "{word}");
            assert!(!is_refusal_word(&format!("{word}x")) && !is_refusal_word(&word.repeat(30)), "{word}");
        }
        for word in GENERAL.into_iter().chain(["", "Customer", "subscribed", "\u{212a}"]) {
            assert!(!is_refusal_word(word), "{word}");
        }
    }

    #[test]
    fn doubt_means_no() {
        let program = guide_nurture();
        let field = program.fields.find(|field| field.name == "unsubscribed").unwrap();
        let said = |reading: Reading, cells: &[&str], expected: Said| {
            for cell in cells {
                assert_eq!(reading.read(cell, &program), expected, "{reading:?}, {cell}");
            }
        };
        let (refusal, unless_yes) = (Reading::Refusal(field), Reading::UnlessYes(field));
        said(refusal, &["", " ", "no", "FALSE", "0", "nein", "subscribed"], Said::Nothing);
        said(refusal, &["yes", "TRUE", "1", "Ja", "oui", "unsubscribed", "Opted out"], Said::Refused(field));
        said(refusal, &["x", "2025-01-01", "2024-11-02 09:00:00", "?"], Said::Doubtful(field));
        said(unless_yes, &["", "yes", "ja", "Subscribed"], Said::Nothing);
        said(unless_yes, &["no", "0", "nein", "never subscribed"], Said::Refused(field));
        said(unless_yes, &["perhaps", "pending"], Said::Doubtful(field));
        // A list of the channels that are allowed.
        said(unless_yes, &["Email, Direct Mail", "email", "SMS; E-Mail", "Direct Mail|Email"], Said::Nothing);
        said(unless_yes, &["Direct Mail", "SMS, Phone", "Customized Online Advertising"], Said::Refused(field));
        said(unless_yes, &["Email, unless it rains", "no Email", "Email?, Fax!, 7", ","], Said::Doubtful(field));
        said(refusal, &["Email, Direct Mail", "SMS"], Said::Doubtful(field));
        said(Reading::Filled(field), &["2024-11-02", "yes", "moved away"], Said::Refused(field));
        said(Reading::Filled(field), &["", "no"], Said::Nothing);
        said(Reading::Status, &["", "Subscribed", "marketing contact"], Said::Nothing);
        said(Reading::Status, &["Unsubscribed", "no consent", "Non-marketing contact"], Said::Refused(field));
        said(Reading::Status, &["paused", "42"], Said::Doubtful(field));
    }

    /// Nobody has said yes by not saying no, and a word that is as well about an address is none.
    #[test]
    fn where_the_policy_asks_for_it_a_yes_is_kept() {
        let mut program = guide_nurture();
        let unsubscribed = program.fields.find(|field| field.name == "unsubscribed").unwrap();
        let choices = FieldType::OneOf(ConsentState::choices());
        let consent = program.fields.push(field(flow_ir::CONSENT_FIELD, choices));
        program.policy.consent = Some(flow_ir::Consent::OptIn);
        let (unless_yes, refusal) = (Reading::UnlessYes(unsubscribed), Reading::Refusal(unsubscribed));
        let granted = Said::Consents(consent, ConsentState::Granted);
        for cell in ["yes", "ja", "TRUE", "Subscribed", "opted-in", "Email, Direct Mail"] {
            assert_eq!(unless_yes.read(cell, &program), granted, "{cell}");
        }
        for cell in ["Pending", "not confirmed", "awaiting confirmation"] {
            for reading in [unless_yes, Reading::Status] {
                assert_eq!(reading.read(cell, &program), Said::Consents(consent, ConsentState::Pending), "{cell}");
            }
        }
        assert_eq!(Reading::Status.read("Subscribed", &program), granted);
        for cell in ["", "verified", "Deliverable", "marketing contact", "active"] {
            assert_eq!(Reading::Status.read(cell, &program), Said::Nothing, "{cell}");
        }
        for (reading, cell) in [(refusal, "no"), (refusal, ""), (unless_yes, ""), (Reading::Filled(unsubscribed), "no")]
        {
            assert_eq!(reading.read(cell, &program), Said::Nothing, "{cell}");
        }
        assert_eq!(unless_yes.read("no", &program), Said::Refused(unsubscribed));
        assert_eq!(unless_yes.read("perhaps", &program), Said::Doubtful(unsubscribed));
    }

    /// Whoever has paused mail until a day that nobody can read has paused it.
    #[test]
    fn a_pause_is_until_its_day_and_one_without_a_day_for_good() {
        let mut program = guide_nurture();
        program.timezone = "Europe/Berlin".to_owned();
        let pause = program.fields.push(field("paused_until", FieldType::Moment));
        let unsubscribed = program.fields.find(|field| field.name == "unsubscribed").unwrap();
        let read = |cell: &str| Reading::Until(pause).read(cell, &program);
        // Midnight in Berlin, where the clocks are two hours ahead by then.
        assert_eq!(read("2026-04-15"), Said::Until(pause, 1_776_204_000_000));
        assert_eq!(read(" 2026-04-15T00:00:00Z "), Said::Until(pause, 1_776_211_200_000));
        assert_eq!(read("2026-04-15 02:00"), Said::Until(pause, 1_776_211_200_000));
        for cell in ["15.04.2026", "yes", "forever", "46127", "2026-02-30"] {
            assert_eq!(read(cell), Said::Doubtful(unsubscribed), "{cell}");
        }
        for cell in ["", " ", "no", "FALSE"] {
            assert_eq!(read(cell), Said::Nothing, "{cell}");
        }
    }
}
