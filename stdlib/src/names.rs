//! The names under which exports and event streams say what Flow calls by one name, as data: `names.txt`, whose first lines say how it reads.

use std::sync::LazyLock;

/// What a line of names is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// Events of the mail and of consent.
    Event,
    /// Columns and traits that fill a field.
    Column,
    /// Columns in which a yes, or what cannot be read, is a refusal.
    Refusal,
    /// Columns in which whatever stands is a refusal.
    RefusalFilled,
    /// Columns in which a no, or what cannot be read, is a refusal.
    RefusalUnlessYes,
    /// Columns with the day until which mail is refused.
    RefusalUntil,
    /// Columns with a word for how things stand; they fill no field of one name.
    RefusalStatus,
    /// What such columns' names begin with, as it is written.
    RefusalBegins,
    /// The words of such a column that are a refusal.
    Status,
    /// The words that are none.
    StatusAllowed,
    /// Those of them by which somebody says that they want marketing mail.
    StatusGranted,
    /// The words by which somebody has still to confirm that.
    StatusPending,
    /// Columns with the static lists on which somebody stands.
    Lists,
    /// Columns with the topics of mail that somebody wants.
    Topics,
    /// Parts of a name by which a column may speak of consent.
    Consent,
    /// Whole words of such names.
    ConsentWord,
    /// Parts of a name that may do so where a yes or a no stands in the column.
    ConsentPerhaps,
    /// What a word of such a name begins with.
    ConsentPerhapsBegins,
    /// Words for mail, which with one of the next are such a name.
    ConsentPerhapsMail,
    /// Words for what somebody wants or allows.
    ConsentPerhapsWish,
    /// Names that sound like it and say nothing of mail.
    NoConsent,
    /// Names of columns that speak of consent to text messages alone.
    Sms,
    /// Words by which a name that only may speak of consent does not.
    NoConsentWord,
    /// What a cell of such a column says for yes.
    Yes,
    /// And for no.
    No,
    /// Ways to reach somebody, of which a cell may list those that are allowed.
    Channel,
    /// And that by mail.
    ChannelMail,
    /// Columns with the moment at which a row was last changed.
    Changed,
    /// What a stage is called elsewhere.
    Stage,
    /// What stands before every name of an export and means nothing, as it is written.
    Before,
}

/// A name, with what it stands for: the event or field, empty where the kind has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    /// What the line is about.
    pub kind: NameKind,
    /// The event or field, as Flow calls it.
    pub of: &'static str,
    /// As the other tool writes it.
    pub name: &'static str,
}

const TEXT: &str = include_str!("../names.txt");

/// All of them, in the order of the file.
pub fn names() -> impl Iterator<Item = Name> {
    NAMES.iter().copied()
}

/// Read once: whoever wants those of one kind looks through all of them.
static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let of_line = |(kind, of, names): (NameKind, &'static str, &'static str)| {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(move |name| Name { kind, of, name })
    };
    TEXT.lines().filter_map(line).flat_map(of_line).collect()
});

/// The kind of a line, what it stands for, and its names.
fn line(line: &'static str) -> Option<(NameKind, &'static str, &'static str)> {
    let (head, names) = line.split_once(':').filter(|_| !line.starts_with('#'))?;
    let words: Vec<&'static str> = head.split(' ').collect();
    let (kind, of) = match words.as_slice() {
        ["event", of] => (NameKind::Event, *of),
        ["column", of] => (NameKind::Column, *of),
        ["refusal", "status"] => (NameKind::RefusalStatus, ""),
        ["refusal", of] => (NameKind::Refusal, *of),
        ["refusal", of, "begins"] => (NameKind::RefusalBegins, *of),
        ["refusal", of, "until"] => (NameKind::RefusalUntil, *of),
        ["refusal", of, "filled"] => (NameKind::RefusalFilled, *of),
        ["refusal", of, "unless", "yes"] => (NameKind::RefusalUnlessYes, *of),
        ["status", "allowed"] => (NameKind::StatusAllowed, ""),
        ["status", "granted"] => (NameKind::StatusGranted, ""),
        ["status", "pending"] => (NameKind::StatusPending, ""),
        ["status", of] => (NameKind::Status, *of),
        ["lists"] => (NameKind::Lists, ""),
        ["topics"] => (NameKind::Topics, ""),
        ["consent"] => (NameKind::Consent, ""),
        ["consent", "word"] => (NameKind::ConsentWord, ""),
        ["consent", "perhaps"] => (NameKind::ConsentPerhaps, ""),
        ["consent", "perhaps", "begins"] => (NameKind::ConsentPerhapsBegins, ""),
        ["consent", "perhaps", "mail"] => (NameKind::ConsentPerhapsMail, ""),
        ["consent", "perhaps", "wish"] => (NameKind::ConsentPerhapsWish, ""),
        ["no", "consent"] => (NameKind::NoConsent, ""),
        ["no", "consent", "word"] => (NameKind::NoConsentWord, ""),
        ["sms"] => (NameKind::Sms, ""),
        ["yes"] => (NameKind::Yes, ""),
        ["no"] => (NameKind::No, ""),
        ["channel"] => (NameKind::Channel, ""),
        ["channel", "mail"] => (NameKind::ChannelMail, ""),
        ["changed"] => (NameKind::Changed, ""),
        ["stage", of] => (NameKind::Stage, *of),
        ["before"] => (NameKind::Before, ""),
        _ => return None,
    };
    Some((kind, of, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let written = TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let unread: Vec<&str> = written.filter(|text| line(text).is_none()).collect();
        assert_eq!(unread, [""; 0]);
    }

    /// Columns of one name cannot say two things.
    #[test]
    fn no_name_stands_twice_for_columns() {
        let is_column = |name: &Name| {
            !matches!(
                name.kind,
                NameKind::Event
                    | NameKind::Status
                    | NameKind::StatusAllowed
                    | NameKind::StatusGranted
                    | NameKind::StatusPending
                    | NameKind::Consent
                    | NameKind::ConsentWord
                    | NameKind::ConsentPerhaps
                    | NameKind::ConsentPerhapsBegins
                    | NameKind::ConsentPerhapsMail
                    | NameKind::ConsentPerhapsWish
                    | NameKind::NoConsentWord
                    | NameKind::Yes
                    | NameKind::No
                    | NameKind::Channel
                    | NameKind::ChannelMail
                    | NameKind::Stage
            )
        };
        let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "");
        let columns: Vec<Name> = names().filter(is_column).collect();
        for (place, name) in columns.iter().enumerate() {
            let before = columns.iter().take(place).find(|before| plain(before.name) == plain(name.name));
            // Two spellings of one column may stand side by side.
            assert!(
                before.is_none_or(|before| (before.kind, before.of) == (name.kind, name.of)),
                "{name:?}, {before:?}"
            );
        }
    }
}
