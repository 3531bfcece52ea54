//! Columns that nobody knows and whose names leave open whether they speak of consent: `Newsletter`, `Email OK`, `Werbung erlaubt`. Their cells
//! tell. A no in one of them is somebody who must not be written to, so the file is not taken in before somebody says what it means (E7); a
//! number of mails, a day or a text is nothing of that kind.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use flow_stdlib::names::{NameKind, names};

use super::columns::Column;
use super::names::{FieldNames, plain, snake_case};

/// What the cells of a file's columns have said so far.
#[derive(Debug, Clone)]
pub(super) struct Doubts {
    /// By the place of the column; none where its name leaves nothing open.
    columns: Vec<Option<Cells>>,
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
        let is_open = |column: &Column| {
            column.fills_nothing() && !column.is_known && fields.may_be_consent_by_its_cells(&column.name)
        };
        Doubts { columns: columns.iter().map(|column| is_open(column).then(Cells::default)).collect() }
    }

    /// Looks at a row. The place of a column that says no of its person.
    pub(super) fn look(&mut self, cells: &[String]) -> Option<usize> {
        let open = self.columns.iter_mut().zip(cells).enumerate();
        let mut open = open.filter_map(|(place, (seen, cell))| Some((place, seen.as_mut()?, cell)));
        open.find_map(|(place, seen, cell)| (seen.note(cell) == Some(Answer::No)).then_some(place))
    }

    /// The place of a column that has had nothing but answers, at the end of the file.
    pub(super) fn at_end(&self) -> Option<usize> {
        let is_answers = |seen: &Option<Cells>| seen.is_some_and(|seen| seen.some_answer && !seen.some_other);
        self.columns.iter().position(is_answers)
    }
}

impl Cells {
    fn note(&mut self, cell: &str) -> Option<Answer> {
        let answer = Answer::of(cell);
        self.some_answer |= answer.is_some();
        self.some_other |= answer.is_none() && !cell.trim().is_empty();
        answer
    }
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

    /// Whether a file with such a column stops, and a column beside it that says nothing.
    fn stops(name: &str, cells: &[&str]) -> bool {
        let program = guide_nurture();
        let rows: String = cells.iter().enumerate().map(|(n, cell)| format!("{n},\"{cell}\",x\n")).collect();
        let text = format!("Id,\"{name}\",Shoes\n{rows}");
        match ContactReader::open(text.as_bytes(), "c.csv", &program, &Columns::new()) {
            Err(InboundError::ConsentColumn { .. }) => true,
            Err(error) => panic!("{error}"),
            Ok(mut reader) => match reader.find_map(Result::err) {
                Some(InboundError::ConsentColumn { column, .. }) => column == name,
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
