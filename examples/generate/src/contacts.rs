//! The contacts as a CRM exports them: a byte order mark, CRLF line ends, quotes where they are needed, and rows as people left them.

use crate::calendar;
use crate::faults::{Counts, Fault};
use crate::people::{Origin, Person};
use crate::rng::{Purpose, Rng};

const HEADER: [&str; 19] = [
    "User ID",
    "Email",
    "First Name",
    "Last Name",
    "Company Name",
    "Job Title",
    "Phone",
    "Country",
    "Region",
    "Industry",
    "Employees",
    "Timezone",
    "Stage",
    "Score",
    "Unsubscribed",
    "Has Open Deal",
    "Disqualified",
    "Renewal Date",
    "Created At",
];

/// The columns that faults and later rows touch, by place in `HEADER`.
mod column {
    pub(super) const USER_ID: usize = 0;
    pub(super) const EMAIL: usize = 1;
    pub(super) const FIRST_NAME: usize = 2;
    pub(super) const JOB_TITLE: usize = 5;
    pub(super) const PHONE: usize = 6;
    pub(super) const INDUSTRY: usize = 9;
    pub(super) const EMPLOYEES: usize = 10;
    pub(super) const TIMEZONE: usize = 11;
    pub(super) const STAGE: usize = 12;
    pub(super) const UNSUBSCRIBED: usize = 14;
    pub(super) const RENEWAL_DATE: usize = 17;
    pub(super) const CREATED_AT: usize = 18;
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const LINE_END: &[u8] = b"\r\n";

/// Names as an old Latin-1 system writes them: not UTF-8.
const LATIN_1_NAMES: [&[u8]; 3] = [b"J\xFCrgen", b"Fran\xE7ois", b"Bj\xF6rn"];

type Cells = [String; HEADER.len()];

pub(crate) fn write(seed: u64, people: &[Person], counts: &mut Counts) -> Vec<u8> {
    let listed: Vec<&Person> = people.iter().filter(|person| person.origin == Origin::Listed).collect();
    // Added rows stand somewhere after the row they repeat, so rows are ordered by place before they are written.
    let mut rows: Vec<(usize, Vec<u8>)> = Vec::with_capacity(listed.len());
    for (place, person) in listed.iter().enumerate() {
        let mut rng = Rng::stream(seed, Purpose::Row, u64::from(person.id));
        rows.push((place, first_row(person, &mut rng, counts)));
        if let Some(added) = added_row(person, &mut rng) {
            let later = place + 1 + rng.below((listed.len() - place) as u64) as usize;
            rows.push((later, added));
        }
        if let Some(fault) = person.fault {
            counts.add(fault);
        }
    }
    rows.sort_by_key(|(place, _)| *place);

    let mut out = BYTE_ORDER_MARK.to_vec();
    out.extend(HEADER.join(",").as_bytes());
    out.extend(LINE_END);
    for (_, row) in rows {
        out.extend(row);
        out.extend(LINE_END);
    }
    out
}

fn first_row(person: &Person, rng: &mut Rng, counts: &mut Counts) -> Vec<u8> {
    let mut cells = true_cells(person);
    for empty in blank_columns(person) {
        cells[empty].clear();
        counts.add(Fault::MissingValue);
    }
    match person.fault {
        Some(Fault::InvalidUtf8) => latin_1_row(&cells, rng),
        Some(fault) => spoiled_row(cells, fault, rng),
        None => encode(&cells),
    }
}

/// The second row that a fault adds: a repeat of the person, or nothing but a line end.
fn added_row(person: &Person, rng: &mut Rng) -> Option<Vec<u8>> {
    let mut cells = true_cells(person);
    match person.fault? {
        Fault::EmptyLine => return Some(Vec::new()),
        Fault::RepeatedUserId => {
            "Marketing Consultant".clone_into(&mut cells[column::JOB_TITLE]);
            cells[column::EMAIL].clear();
        }
        Fault::DuplicateAddress => {
            let alias = person.alias?;
            cells[column::USER_ID] = user_id(alias.id);
            yes_no(alias.unsubscribed).clone_into(&mut cells[column::UNSUBSCRIBED]);
            if rng.percent(40) {
                cells[column::EMAIL] = capitalised(&cells[column::EMAIL]);
            }
            if rng.percent(50) {
                cells[column::PHONE].clear();
            }
        }
        _ => return None,
    }
    Some(encode(&cells))
}

fn true_cells(person: &Person) -> Cells {
    [
        user_id(person.id),
        person.email.clone(),
        person.first_name.to_owned(),
        person.last_name.to_owned(),
        person.company.name.clone(),
        person.job_title.to_owned(),
        person.phone.clone(),
        person.culture.country.to_owned(),
        person.culture.region.to_owned(),
        person.company.industry.to_owned(),
        person.company.employees.to_string(),
        person.zone.name.to_owned(),
        person.stage.name().to_owned(),
        person.score.to_string(),
        yes_no(person.unsubscribed).to_owned(),
        yes_no(person.has_open_deal).to_owned(),
        yes_no(person.disqualified).to_owned(),
        person.renewal.map(calendar::date).unwrap_or_default(),
        format!("{}Z", calendar::date_time(person.created_at)),
    ]
}

fn blank_columns(person: &Person) -> impl Iterator<Item = usize> {
    let blanks = person.blanks;
    [
        (blanks.user_id, column::USER_ID),
        (blanks.email, column::EMAIL),
        (blanks.first_name, column::FIRST_NAME),
        (blanks.phone, column::PHONE),
        (blanks.industry, column::INDUSTRY),
        (blanks.employees, column::EMPLOYEES),
        (blanks.timezone, column::TIMEZONE),
    ]
    .into_iter()
    .filter_map(|(is_blank, column)| is_blank.then_some(column))
}

fn spoiled_row(mut cells: Cells, fault: Fault, rng: &mut Rng) -> Vec<u8> {
    match fault {
        // Before the column of consent: what is missing behind it would only be empty.
        Fault::TooFewColumns => {
            let left = cells.len() - 1 - rng.below(8) as usize;
            return encode(&cells[..left.min(column::UNSUBSCRIBED)]);
        }
        Fault::TooManyColumns => return with_stray_comma(&cells),
        Fault::NoIdentity => {
            cells[column::USER_ID].clear();
            cells[column::EMAIL].clear();
        }
        _ => {
            if let Some((column, value)) = spoiled_value(&cells, fault, rng) {
                cells[column] = value;
            }
        }
    }
    encode(&cells)
}

/// The cell that the fault spoils, and what it then says; the other faults leave the row as it should be.
fn spoiled_value(cells: &Cells, fault: Fault, rng: &mut Rng) -> Option<(usize, String)> {
    let (column, value) = match fault {
        Fault::UntidyIndustry => return Some((column::INDUSTRY, untidy(&cells[column::INDUSTRY], rng))),
        Fault::BadAddress if rng.percent(40) => {
            return Some((column::EMAIL, cells[column::EMAIL].replacen('.', " ", 1)));
        }
        Fault::BadAddress => (column::EMAIL, rng.pick(&["not-an-address", "a@b"])),
        Fault::UnknownIndustry => (column::INDUSTRY, rng.pick(&["Agritech", "Farming & Food", "other", "SaaS / B2B"])),
        Fault::BadDate if rng.percent(30) => (column::CREATED_AT, rng.pick(&["0000-00-00", "31/02/2026"])),
        Fault::BadDate => (column::RENEWAL_DATE, rng.pick(&["31/02/2026", "soon", "2026-02-30", "Q3"])),
        Fault::UnknownZone => (column::TIMEZONE, rng.pick(&["Mars/Olympus", "GMT+25", "Europe/Atlantis"])),
        Fault::BadNumber => (column::EMPLOYEES, rng.pick(&["1,200", "about 50", "10-50", "12k"])),
        Fault::UnknownStage => (column::STAGE, rng.pick(&["evangelist", "prospect", "n/a"])),
        _ => return None,
    };
    Some((column, value.to_owned()))
}

fn untidy(industry: &str, rng: &mut Rng) -> String {
    match rng.below(3) {
        0 => format!("{} ", industry.to_ascii_uppercase()),
        1 => format!(" {}", capitalised(industry)),
        _ => capitalised(industry),
    }
}

fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

/// Somebody typed a comma into a system that does not quote.
fn with_stray_comma(cells: &Cells) -> Vec<u8> {
    let mut row = encode(&cells[..=column::PHONE]);
    row.extend(b" ext, 12,");
    row.extend(encode(&cells[column::PHONE + 1..]));
    row
}

fn latin_1_row(cells: &Cells, rng: &mut Rng) -> Vec<u8> {
    let mut row = encode(&cells[..column::FIRST_NAME]);
    row.push(b',');
    row.extend(rng.pick(&LATIN_1_NAMES));
    row.push(b',');
    row.extend(encode(&cells[column::FIRST_NAME + 1..]));
    row
}

fn encode(cells: &[String]) -> Vec<u8> {
    let quoted: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
    quoted.join(",").into_bytes()
}

fn quote(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

pub(crate) fn user_id(id: u32) -> String {
    format!("u-{id:06}")
}

fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
