//! Columns that nobody knows and whose names leave open whether they speak of consent: `Newsletter`, `Email OK`, `Werbung erlaubt`. Their cells
//! tell. A no in one of them is somebody who must not be written to, so the file is not taken in before somebody says what it means (E7); a
//! number of mails, a day or a text is nothing of that kind.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use flow_stdlib::names::{NameKind, names};

use super::columns::{Column, IGNORE};
use super::consent::{allows_mail, is_refusal_word};
use super::finding::excerpt_to;
use super::names::{FieldNames, plain, snake_case};
use super::rows::CellTexts;

/// How many different cells of such a column a message shows: with fewer nobody tells a yes from a list, with more nobody reads them.
const SHOWN_CELLS: usize = 3;
/// How much of each: they are people's.
const MAX_CELL_CHARS: usize = 30;

/// A column that may speak of consent, and of which nobody has said what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownConsent {
    /// As the file calls it, shortened.
    pub column: String,
    /// Some of what stands in it, each once, shortened; what made it known first.
    pub cells: Vec<String>,
    /// Whether its cells list the ways by which somebody may be reached.
    pub lists_channels: bool,
}

/// What the cells of a file's columns have said so far.
#[derive(Debug, Clone)]
pub(super) struct Doubts {
    /// By the place of the column; none where it is known what it says.
    columns: Vec<Option<Doubt>>,
}

/// A column that fills nothing.
#[derive(Debug, Clone)]
struct Doubt {
    column: String,
    /// Whether it speaks of consent: by its name, or by a cell that was seen.
    speaks: bool,
    /// Whether its name leaves that open, so that its cells tell.
    is_open: bool,
    seen: Cells,
    shown: Vec<String>,
    /// Whether every filled cell was a list of channels.
    lists_channels: bool,
}

/// What the filled cells of a column have been.
#[derive(Debug, Clone, Copy, Default)]
struct Cells {
    /// Whether one of them was a yes or a no.
    some_answer: bool,
    /// Whether one of them was something else.
    some_other: bool,
}

impl Doubts {
    pub(super) fn new(columns: &[Column], fields: &FieldNames) -> Doubts {
        let doubt = |column: &Column| Doubt {
            column: column.shown.to_string(),
            speaks: fields.may_be_consent(&column.name),
            is_open: fields.may_be_consent_by_its_cells(&column.name),
            seen: Cells::default(),
            shown: Vec::new(),
            lists_channels: true,
        };
        let is_unknown = |column: &&Column| column.fills_nothing() && !column.is_known;
        Doubts { columns: columns.iter().map(|column| Some(column).filter(is_unknown).map(doubt)).collect() }
    }

    /// Looks at a row.
    pub(super) fn look(&mut self, cells: CellTexts<'_>) {
        for (doubt, cell) in self.columns.iter_mut().zip(cells.iter()) {
            doubt.iter_mut().filter(|_| !cell.trim().is_empty()).for_each(|doubt| doubt.look(cell));
        }
    }

    /// Whether a column has spoken of consent: then the file stops.
    pub(super) fn any(&self) -> bool {
        self.columns.iter().flatten().any(|doubt| doubt.speaks)
    }

    /// Those that do, at the end of the file: also those whose name leaves it open and that have had nothing but answers.
    pub(super) fn at_end(&self) -> Vec<UnknownConsent> {
        let speaks =
            |doubt: &&Doubt| doubt.speaks || (doubt.is_open && doubt.seen.some_answer && !doubt.seen.some_other);
        self.columns.iter().flatten().filter(speaks).map(Doubt::told).collect()
    }
}

impl Doubt {
    /// Looks at a cell in which something stands. It speaks of consent where it is a word of refusal, or a no below a name that leaves it open.
    fn look(&mut self, cell: &str) {
        // A column whose name leaves nothing open speaks by words of refusal alone.
        let answer = if self.is_open { self.seen.note(cell) } else { None };
        let tells = is_refusal_word(cell) || answer == Some(Answer::No);
        self.show(cell, tells && !self.speaks);
        self.lists_channels = self.lists_channels && allows_mail(cell).is_some();
        self.speaks |= tells;
    }

    /// Keeps a cell to be shown, the one that tells before all others.
    fn show(&mut self, cell: &str, is_first: bool) {
        if !is_first && self.shown.len() == SHOWN_CELLS {
            return;
        }
        let cell = excerpt_to(cell, MAX_CELL_CHARS);
        self.shown.retain(|shown| !is_first || *shown != cell);
        if !self.shown.contains(&cell) {
            self.shown.insert(if is_first { 0 } else { self.shown.len() }, cell);
            self.shown.truncate(SHOWN_CELLS);
        }
    }

    fn told(&self) -> UnknownConsent {
        let lists_channels = self.lists_channels && !self.shown.is_empty();
        UnknownConsent { column: self.column.clone(), cells: self.shown.clone(), lists_channels }
    }
}

impl Cells {
    fn note(&mut self, cell: &str) -> Option<Answer> {
        let answer = Answer::of(cell);
        self.some_answer |= answer.is_some();
        self.some_other |= answer.is_none();
        answer
    }
}

/// How many such columns a message names.
const MAX_NAMED: usize = 20;

/// What is wrong with a file that has such columns.
pub(super) fn words(file: &str, columns: &[UnknownConsent]) -> String {
    let cells = |of: &UnknownConsent| of.cells.iter().map(|cell| format!("`{cell}`")).collect::<Vec<_>>().join(", ");
    if let [only] = columns {
        let stands = match only.cells.as_slice() {
            [] => "nothing stands in it".to_owned(),
            [_] => format!("in it stands {}", cells(only)),
            _ => format!("in it stand {}", cells(only)),
        };
        return format!(
            "the column `{}` of `{file}` seems to say who must not be written to, and Flow does not know what it means; {stands}",
            only.column
        );
    }
    let named = |of: &UnknownConsent| match of.cells.is_empty() {
        true => format!("`{}` (empty)", of.column),
        false => format!("`{}` ({})", of.column, cells(of)),
    };
    let mut all: Vec<String> = columns.iter().take(MAX_NAMED).map(named).collect();
    all.extend((columns.len() > MAX_NAMED).then(|| format!("and {} more", columns.len() - MAX_NAMED)));
    format!(
        "{} columns of `{file}` seem to say who must not be written to, and Flow does not know what they mean: {}",
        columns.len(),
        all.join(", ")
    )
}

/// The lines of `flow.toml` that say it.
pub(super) fn help(columns: &[UnknownConsent]) -> String {
    let what =
        if columns.len() == 1 { "it means, by one of these three lines" } else { "they mean, by one line for each" };
    let lines: String = columns.iter().take(MAX_NAMED).map(lines).collect();
    format!("say in flow.toml what {what}:\n  [columns]{lines}")
}

/// Of one column.
fn lines(UnknownConsent { column, lists_channels, .. }: &UnknownConsent) -> String {
    let (accepts, refuses) = match lists_channels {
        true => ("Email among them: may be written to; not: may not", "whatever stands there: may not be written to"),
        false => ("yes: may be written to; no: may not", "yes: may not be written to; no: may"),
    };
    let column = column.replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "\n  \"{column}\" = \"accepts_marketing\"  # {accepts}\n  \
         \"{column}\" = \"unsubscribed\"       # {refuses}\n  \
         \"{column}\" = \"{IGNORE}\"             # says nothing of that"
    )
}

/// What a cell answers, in the languages of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// A number or a mark: a yes or a no where nothing else stands in its column.
    Mark,
}

impl Answer {
    pub(super) fn of(cell: &str) -> Option<Answer> {
        let cell = cell.trim().to_lowercase();
        match cell.as_str() {
            "0" | "1" | "x" | "✓" | "✔" | "-" => Some(Answer::Mark),
            _ if LISTS.yes.contains(cell.as_str()) => Some(Answer::Yes),
            _ if LISTS.no.contains(cell.as_str()) => Some(Answer::No),
            _ => None,
        }
    }
}

/// Whether a name leaves open if it speaks of consent.
pub(super) fn leaves_open(name: &str) -> bool {
    let (letters, snake) = (plain(name), snake_case(name));
    let words: Vec<&str> = snake.split('_').collect();
    let is_part = || LISTS.parts.iter().any(|part| letters.contains(part));
    let begins = || words.iter().any(|word| LISTS.beginnings.iter().any(|beginning| word.starts_with(beginning)));
    let is_of_mail = |word: &&str| LISTS.of_mail.contains(*word);
    let is_pair = || {
        let mail = words.iter().enumerate().filter(|(_, word)| is_of_mail(word));
        mail.into_iter()
            .any(|(at, _)| words.iter().enumerate().any(|(other, word)| other != at && LISTS.of_wishes.contains(*word)))
    };
    let is_number = words.iter().any(|word| LISTS.harmless.contains(*word));
    !is_number && (is_part() || begins() || is_pair())
}

struct Lists {
    parts: Vec<String>,
    beginnings: Vec<&'static str>,
    of_mail: BTreeSet<&'static str>,
    of_wishes: BTreeSet<&'static str>,
    harmless: BTreeSet<&'static str>,
    yes: BTreeSet<&'static str>,
    no: BTreeSet<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let of = |kind: NameKind| names().filter(move |name| name.kind == kind).map(|name| name.name);
    Lists {
        parts: of(NameKind::ConsentPerhaps).map(plain).collect(),
        beginnings: of(NameKind::ConsentPerhapsBegins).collect(),
        of_mail: of(NameKind::ConsentPerhapsMail).collect(),
        of_wishes: of(NameKind::ConsentPerhapsWish).collect(),
        harmless: of(NameKind::NoConsentWord).collect(),
        yes: of(NameKind::Yes).collect(),
        no: of(NameKind::No).collect(),
    }
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::guide_nurture;
    use super::super::{Columns, ContactReader, InboundError};

    /// What is said of a file that stops, and what to do.
    fn told(text: &str) -> (String, String) {
        let program = guide_nurture();
        let refused = ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new());
        let refused = refused.and_then(|mut reader| reader.find_map(Result::err).map_or(Ok(()), Err)).unwrap_err();
        (refused.to_string(), refused.help())
    }

    /// One by its name, one by a no in the second row, one by a word, one by its answers alone at the end: in the order of the file.
    #[test]
    fn all_columns_of_consent_are_told_at_once_with_what_stands_in_them() {
        let header =
            "Email,Newsletter,Marketing Permissions,Status,Shoes,Webinar Opt-Out,\"GDPR: \"\"Email\"\"\",Email OK";
        let rows = "a@a.example,yes,\"Email, Direct Mail\",Customer,43,,Yes,x\n\
                    b@a.example,no,,Lead,44,,\"a\u{202e}very long answer that nobody has to read here\",1\n\
                    c@a.example,yes,Direct Mail,Unsubscribed,45,,,0\n\
                    d@a.example,perhaps,Email,Customer,46,,No,0\n";
        let (message, help) = told(&format!("{header}\n{rows}"));
        assert_eq!(
            message,
            "6 columns of `c.csv` seem to say who must not be written to, and Flow does not know what they mean: `Newsletter` (`no`, `yes`, \
             `perhaps`), `Marketing Permissions` (`Email, Direct Mail`, `Direct Mail`, `Email`), `Status` (`Unsubscribed`, `Customer`, \
             `Lead`), `Webinar Opt-Out` (empty), `GDPR: \"Email\"` (`Yes`, `a\\u{202e}very long answer tha…`, `No`), `Email OK` (`x`, `1`, `0`)"
        );
        for line in [
            "\n  \"Newsletter\" = \"accepts_marketing\"  # yes: may be written to; no: may not\n",
            "\n  \"Marketing Permissions\" = \"accepts_marketing\"  # Email among them: may be written to; not: may not\n",
            "\n  \"GDPR: \\\"Email\\\"\" = \"ignore\" ",
            "\n  \"Email OK\" = \"ignore\" ",
        ] {
            assert!(help.contains(line), "{line}\n{help}");
        }
        assert!(!help.contains("Shoes"));
    }

    #[test]
    fn one_column_is_told_by_its_cells() {
        let (message, help) = told("Id,Newsletter\n1,no\n2,no\n");
        assert!(message.ends_with("Flow does not know what it means; in it stands `no`"), "{message}");
        assert!(
            help.starts_with("say in flow.toml what it means, by one of these three lines:\n  [columns]\n"),
            "{help}"
        );
    }

    #[test]
    fn a_message_has_a_bound_however_many_columns_there_are() {
        let header: String = (0..500).map(|n| format!(",Opt-in {n}")).collect();
        let (message, help) = told(&format!("Id{header}\n"));
        assert!(message.ends_with("`Opt-in 19` (empty), and 480 more"), "{message}");
        assert_eq!(help.lines().count(), 2 + 3 * 20);
    }

    /// Whether a file with such a column stops, and a column beside it that says nothing.
    fn stops(name: &str, cells: &[&str]) -> bool {
        let program = guide_nurture();
        let rows: String = cells.iter().enumerate().map(|(n, cell)| format!("{n},\"{cell}\",x\n")).collect();
        let text = format!("Id,\"{name}\",Shoes\n{rows}");
        match ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new()) {
            Err(InboundError::ConsentColumns { .. }) => true,
            Err(error) => panic!("{error}"),
            Ok(mut reader) => match reader.find_map(Result::err) {
                Some(InboundError::ConsentColumns { columns, .. }) => columns.len() == 1 && columns[0].column == name,
                Some(error) => panic!("{error}"),
                None => false,
            },
        }
    }

    #[test]
    fn a_column_that_may_be_of_consent_stops_where_its_cells_answer() {
        for name in [
            "Newsletter OK",
            "Newsletter",
            "newsletter_2024",
            "Receives newsletter",
            "Email OK",
            "E-Mail ok?",
            "emailOk",
            "Marketing emails",
            "Email marketing",
            "Marketing OK",
            "OK to contact",
            "Send mails",
            "Mailing list",
            "Kundennewsletter",
            "Werbung erlaubt",
            "Werbemails",
            "E-Mails erwünscht",
            "Abonné",
            "Abonniert",
            "Suscripción",
            "Suscrito",
            "Iscritto",
            "Nieuwsbrief",
            "Accepte les emails",
            "Promotional emails OK",
        ] {
            for cells in [
                &["yes", "", "no"][..],
                &["TRUE", "FALSE"],
                &["1", "0", ""],
                &["ja", "nein"],
                &["oui", "NON"],
                &["sí", "no"],
                &["", "x", ""],
                &["ok"],
                &["weekly", "no", "monthly"],
            ] {
                assert!(stops(name, cells), "{name}: {cells:?}");
            }
            for cells in
                [&["", ""][..], &["0", "37", "1"], &["2026-03-02"], &["weekly", "monthly"], &["yes", "whatever comes"]]
            {
                assert!(!stops(name, cells), "{name}: {cells:?}");
            }
        }
    }

    /// As HubSpot and Salesforce export them.
    #[test]
    fn numbers_and_places_are_no_consent_whatever_stands_in_them() {
        for name in [
            "Marketing emails delivered",
            "Marketing emails opened",
            "Marketing emails clicked",
            "Marketing emails replied",
            "Marketing emails bounced",
            "Number of times contacted",
            "Number of Sales Activities",
            "Number of newsletter clicks",
            "Email Domain",
            "Last marketing email open date",
            "First marketing email click date",
            "Last marketing email name",
            "Sends Since Last Engagement",
            "Marketing contact until next update",
            "Marketing contact status source name",
            "Contact unworked",
            "Is Public Email Domain",
            "Email Verified",
            "Mailing Country",
            "Mailing State/Province",
            "MailingState",
            "Mailing City",
            "Bewerbung",
            "Lead Source",
            "Recent Sales Email Opened Date",
            "Primary Contact",
        ] {
            assert!(!stops(name, &["yes", "no", "0", "1"]), "{name}");
        }
    }
}
