//! The views show what was written.

use super::options;
use super::rows::*;
use crate::store::sqlite::{OpenOptions, Shows, SqliteStore, ViewColumn};
use crate::store::*;
use flow_ir::{FOREVER, Layout, NEVER, NUMBER_SCALE, SlotId, SlotKind};
use rusqlite::types::Value;
use tempfile::TempDir;

/// 2026-03-02T10:00:00.250Z, and the number of that day.
const MOMENT_MS: i64 = 1_772_445_600_250;
const DAY: i64 = 20_514;

/// A column as text, `-` for nothing.
fn shown(store: &SqliteStore, sql: &str) -> Vec<String> {
    let mut statement = store.connection().prepare(sql).unwrap();
    let width = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut out = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        out.extend((0..width).map(|column| match row.get::<_, Value>(column).unwrap() {
            Value::Null => "-".to_owned(),
            Value::Integer(value) => value.to_string(),
            Value::Real(value) => format!("{value:?}"),
            Value::Text(text) => text,
            Value::Blob(bytes) => format!("{bytes:?}"),
        }));
    }
    out
}

struct Fields {
    layout: Layout,
    columns: Vec<ViewColumn>,
}

impl Fields {
    /// A field of each way to show, each optional once, and as many more as fill a second word of presence bits.
    fn new() -> Self {
        let stages = ["lead", "o'mql", "sql"].map(str::to_owned).to_vec();
        let choice = |first| Shows::Choice { names: stages.clone(), first };
        let kinds = [
            ("score", SlotKind::Int, Shows::Number),
            ("seen", SlotKind::Int, Shows::Instant),
            ("born_on", SlotKind::Days, Shows::Date),
            ("vip", SlotKind::Bool, Shows::YesNo),
            ("industry", SlotKind::Code, choice(1)),
            ("stage", SlotKind::Code, choice(0)),
            ("symbol", SlotKind::Symbol, Shows::Number),
        ];
        let mut layout = Layout::default();
        let mut shows = Vec::new();
        for filler in 0..70 {
            layout.add(format!("filler {filler}"), SlotKind::Bool, true, 0);
            shows.push(Shows::YesNo);
        }
        for optional in [false, true] {
            for (name, kind, show) in &kinds {
                layout.add(if optional { format!("maybe {name}") } else { (*name).to_owned() }, *kind, optional, 0);
                shows.push(show.clone());
            }
        }
        layout.place();
        let slots = layout.slots.values().zip(shows);
        let columns = slots.map(|(slot, shows)| ViewColumn {
            name: slot.name.clone(),
            offset: slot.offset,
            presence: slot.presence,
            kind: slot.kind,
            shows,
        });
        Self { columns: columns.collect(), layout }
    }

    fn slot(&self, name: &str) -> SlotId {
        self.layout.slots.ids().find(|id| self.layout.slots.at(*id).name == name).unwrap()
    }

    /// A frame with these values, known where optional.
    fn frame(&self, values: &[(&str, i64)]) -> Vec<u8> {
        let mut frame = self.layout.blank();
        for (name, value) in values {
            self.layout.write(&mut frame, self.slot(name), *value);
            self.layout.set_known(&mut frame, self.slot(name), true);
        }
        frame
    }
}

/// Opens a store with one contact for each list of values.
fn store_of(folder: &TempDir, fields: &Fields, frames: &[Vec<u8>]) -> SqliteStore {
    let mut store = OpenOptions { view: fields.columns.clone(), ..options(folder) }.open().unwrap();
    let contacts = (1..).zip(frames).map(|(id, frame)| ContactWrite { frame: frame.clone(), ..contact(id) });
    store.commit(&Changes { contacts: contacts.collect(), ..Changes::default() }).unwrap();
    store
}

#[test]
fn each_field_is_shown_in_its_own_way() {
    let folder = TempDir::new().unwrap();
    let fields = Fields::new();
    let cases: &[(&str, &[(i64, &str)])] = &[
        (
            "score",
            &[
                (0, "0.0"),
                (125_000, "12.5"),
                (-1, "-0.0001"),
                (NUMBER_SCALE * 1_000_000_007, "1000000007.0"),
                (-NUMBER_SCALE * 3, "-3.0"),
                (i64::MIN, "-922337203685477.6"),
            ],
        ),
        (
            "seen",
            &[
                (MOMENT_MS, "2026-03-02T10:00:00.250Z"),
                (0, "1970-01-01T00:00:00.000Z"),
                (-1, "1969-12-31T23:59:59.999Z"),
                (NEVER, "-"),
                (FOREVER, "-"),
            ],
        ),
        (
            "born_on",
            &[(0, "1970-01-01"), (-1, "1969-12-31"), (DAY, "2026-03-02"), (-25_567, "1900-01-01"), (255, "1970-09-13")],
        ),
        ("vip", &[(0, "no"), (1, "yes")]),
        ("industry", &[(0, "-"), (1, "lead"), (2, "o'mql"), (3, "sql"), (4, "-"), (258, "-")]),
        ("stage", &[(0, "lead"), (2, "sql"), (3, "-"), (65_535, "-")]),
        ("symbol", &[(0, "0"), (128, "128"), (4_294_967_295, "4294967295")]),
    ];
    for (name, values) in cases {
        let maybe = format!("maybe {name}");
        let frames: Vec<_> =
            values.iter().map(|(value, _)| fields.frame(&[(name, *value), (&maybe, *value)])).collect();
        let folder_of_case = TempDir::new_in(folder.path()).unwrap();
        let store = store_of(&folder_of_case, &fields, &frames);
        let sql = format!("SELECT \"{name}\", \"{maybe}\" FROM contact_view ORDER BY contact");
        let expected: Vec<&str> = values.iter().flat_map(|(_, shown)| [*shown, *shown]).collect();
        assert_eq!(shown(&store, &sql), expected, "{name}");
    }
}

#[test]
fn missing_values_are_nothing_and_neighbours_are_not_mixed_up() {
    let folder = TempDir::new().unwrap();
    let fields = Fields::new();
    let optional: Vec<&ViewColumn> = fields.columns.iter().filter(|column| column.presence.is_some()).collect();
    // One contact for each optional field: all bits of all others set, and its own not known.
    let frames = optional.iter().map(|missing| {
        let mut frame = vec![0xFF; fields.layout.size as usize];
        for column in &optional {
            fields.layout.set_known(&mut frame, fields.slot(&column.name), column.name != missing.name);
            if column.kind == SlotKind::Bool {
                fields.layout.write(&mut frame, fields.slot(&column.name), 1);
            }
        }
        frame
    });
    let store = store_of(&folder, &fields, &frames.collect::<Vec<_>>());
    for (place, column) in optional.iter().enumerate().filter(|(_, column)| column.kind == SlotKind::Bool) {
        let sql = format!("SELECT contact FROM contact_view WHERE \"{}\" IS NULL", column.name);
        assert_eq!(shown(&store, &sql), [(place + 1).to_string()], "{}", column.name);
    }
}

#[test]
fn a_frame_of_an_older_program_shows_what_it_has() {
    let folder = TempDir::new().unwrap();
    let fields = Fields::new();
    let store = store_of(&folder, &fields, &[Vec::new(), vec![0xFF; 8]]);
    assert_eq!(
        shown(&store, "SELECT \"filler 3\", \"filler 69\", score FROM contact_view"),
        ["-", "-", "-", "no", "-", "0.0"]
    );
}

#[test]
fn texts_and_the_contact_stand_beside_the_fields() {
    let folder = TempDir::new().unwrap();
    // The schema may use our names and anything else.
    let column = |name: &str| ViewColumn {
        name: name.to_owned(),
        offset: 0,
        presence: None,
        kind: SlotKind::Bool,
        shows: Shows::YesNo,
    };
    let view = vec![column("Contact"), column("id\"; DROP TABLE contact; --")];
    let mut store = OpenOptions { view, ..options(&folder) }.open().unwrap();
    let write = ContactWrite { frame: vec![1], next_at: Some(MOMENT_MS), ..contact(7) };
    store.commit(&Changes { contacts: vec![write], ..Changes::default() }).unwrap();
    let names: Vec<String> = {
        let statement = store.connection().prepare("SELECT * FROM contact_view").unwrap();
        statement.column_names().map(str::to_owned).collect()
    };
    let expected = ["contact_", "Contact", "id\"; DROP TABLE contact; --", "email", "first \"name\"", "next_at"];
    assert_eq!(names, expected);
    let row = shown(&store, "SELECT * FROM contact_view");
    assert_eq!(row, ["7", "yes", "yes", "p7@example.com", "-", "2026-03-02T10:00:00.250Z"]);
}

#[test]
fn the_view_follows_the_program() {
    let folder = TempDir::new().unwrap();
    let fields = Fields::new();
    let frame = fields.frame(&[("score", 125_000)]);
    drop(store_of(&folder, &fields, &[frame]));
    let slot = fields.slot("score");
    let renamed = ViewColumn { name: "points".to_owned(), ..fields.columns[slot.0 as usize].clone() };
    let store = OpenOptions { view: vec![renamed], ..options(&folder) }.open().unwrap();
    assert_eq!(shown(&store, "SELECT points FROM contact_view"), ["12.5"]);
    assert!(store.connection().prepare("SELECT vip FROM contact_view").is_err());
}

#[test]
fn journeys_and_decisions_are_shown_in_words() {
    let folder = TempDir::new().unwrap();
    let workflows = vec!["nurture".to_owned(), "win 'em back".to_owned()];
    let mut store = OpenOptions { workflows, ..options(&folder) }.open().unwrap();
    let held = JourneyRecord { status: JourneyStatus::Held, due_at: Some(MOMENT_MS), ..journey(1, 1, 1) };
    let why = |workflow, code| DecisionRecord { workflow, at: MOMENT_MS, ..decision(1, code) };
    let decisions = vec![why(Some(0), DecisionCode::TimedOut), why(None, DecisionCode::Suppressed)];
    let journeys = vec![held, journey(1, 9, 1)];
    store.commit(&Changes { journeys, decisions, ..people(1) }).unwrap();
    let journeys = shown(&store, "SELECT workflow, status, due_at FROM journey_view");
    assert_eq!(
        journeys,
        ["win 'em back", "held", "2026-03-02T10:00:00.250Z", "9", "waiting", "1970-01-01T00:00:01.000Z"]
    );
    let decisions = shown(&store, "SELECT at, workflow, decision, step FROM decision_view");
    let at = "2026-03-02T10:00:00.250Z";
    assert_eq!(decisions, [at, "nurture", "timed out", "2", at, "-", "suppressed", "2"]);
}
