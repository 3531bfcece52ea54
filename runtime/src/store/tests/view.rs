//! The views show what was written.

use super::options;
use super::rows::*;
use crate::store::sqlite::{OpenOptions, Shows, SqliteStore, ViewColumn, Word, WordKind, condition_number};
use crate::store::*;
use flow_ir::{Answer, FOREVER, Layout, NEVER, NUMBER_SCALE, SlotId, SlotKind};
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
    commit(&mut store, Changes { contacts: contacts.collect(), ..Changes::default() });
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
        ["-", "-", "0.0", "no", "-", "0.0"]
    );
}

/// Whatever is listed, and with however many bytes: short frames, those whose words differ by more than one byte can count, and those of many words.
#[test]
fn what_is_as_in_a_new_frame_is_shown_as_that() {
    for fillers in [0, 250, 300, 17_000] {
        let mut layout = Layout::default();
        for filler in 0..fillers {
            layout.add(format!("filler {filler}"), SlotKind::Int, false, NEVER);
        }
        let shown_slots =
            [("score", SlotKind::Int, -70_000), ("born_on", SlotKind::Days, -3), ("stage", SlotKind::Code, 513)];
        let ids = shown_slots.map(|(name, kind, initial)| layout.add(name, kind, true, initial));
        layout.place();
        let view = ids.map(|id| ViewColumn {
            name: layout.slots.at(id).name.clone(),
            offset: layout.slots.at(id).offset,
            presence: layout.slots.at(id).presence,
            kind: layout.slots.at(id).kind,
            shows: if layout.slots.at(id).kind == SlotKind::Days { Shows::Date } else { Shows::Number },
        });
        let folder = TempDir::new().unwrap();
        let options = OpenOptions { view: view.into(), blank: layout.blank(), ..options(&folder) };
        let mut store = options.open().unwrap();
        // Nothing said, all three, and as many others as have no room in a byte.
        let mut frames = vec![layout.blank(); 4];
        for (nth, frame) in frames.iter_mut().enumerate().skip(1) {
            ids.iter().for_each(|id| layout.set_known(frame, *id, true));
            if nth > 1 {
                layout.write(frame, ids[0], 125_000 * nth as i64);
                layout.write(frame, ids[1], DAY);
                layout.write(frame, ids[2], 7);
            }
            if nth > 2 {
                (0..fillers).step_by(3).for_each(|slot| layout.write(frame, SlotId(slot), MOMENT_MS - i64::from(slot)));
            }
        }
        let mut contacts = ContactWrites::beside(store.blank(&layout.blank()));
        for (id, frame) in (1..).zip(&frames) {
            contacts.push(&ContactWrite { frame: frame.clone(), ..contact(id) });
        }
        commit(&mut store, Changes { contacts, ..Changes::default() });
        store.catch_up().unwrap();
        let rows = shown(&store, "SELECT score, born_on, stage FROM contact_view ORDER BY contact");
        let expected =
            ["-", "-", "-", "-7.0", "1969-12-29", "513", "25.0", "2026-03-02", "7", "37.5", "2026-03-02", "7"];
        assert_eq!(rows, expected, "{fillers}");
        assert!(load(&mut store, &[1, 2, 3, 4]).unwrap().iter().map(|record| &record.frame).eq(&frames));
        let longest = shown(&store, "SELECT max(length(frame)) FROM contact WHERE id < 4").remove(0);
        assert!(longest.parse::<usize>().unwrap() < 60, "{longest}");
        drop(store);
        // Another process, and a program that has grown since.
        let mut store = OpenOptions { blank: [layout.blank(), vec![9; 800]].concat(), ..options }.open().unwrap();
        assert_eq!(shown(&store, "SELECT score, born_on, stage FROM contact_view ORDER BY contact"), expected);
        assert!(load(&mut store, &[1, 2, 3, 4]).unwrap().iter().map(|record| &record.frame).eq(&frames));
    }
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
    commit(&mut store, Changes { contacts: vec![write].into(), ..Changes::default() });
    let names: Vec<String> = {
        let statement = store.connection().prepare("SELECT * FROM contact_view").unwrap();
        statement.column_names().map(str::to_owned).collect()
    };
    let expected =
        ["contact_", "user_id", "Contact", "id\"; DROP TABLE contact; --", "email", "first \"name\"", "next_at"];
    assert_eq!(names, expected);
    let row = shown(&store, "SELECT * FROM contact_view");
    assert_eq!(row, ["7", "-", "yes", "yes", "p7@example.com", "-", "2026-03-02T10:00:00.250Z"]);
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

/// When the rows of [`everything`] happened.
const AT: &str = "1970-01-01T00:00:00.100Z";

/// A store whose program calls its parts something, with contacts 1 to 3, of whom 3 proved to be 1.
fn told(folder: &TempDir, rows: Changes) -> SqliteStore {
    let word = |kind, of, number, words: &str| Word { kind, of, number, words: words.to_owned() };
    let words = vec![
        word(WordKind::Workflow, 0, 0, "nurture"),
        word(WordKind::Workflow, 0, 1, "win 'em back"),
        word(WordKind::Step, 0, 2, "wait 2 days"),
        word(WordKind::Step, 1, 2, "send hello"),
        word(WordKind::Exit, 0, 2, "stage >= sql"),
        word(WordKind::Arm, 0, 0, "if clicked"),
        word(WordKind::Arm, 0, 1, "else"),
        word(WordKind::Arm, 0, flow_ir::limits::TRACE_BITS, "if vip"),
        word(WordKind::Because, 0, 2, "asked for quiet"),
        word(WordKind::Email, 0, 3, "hello"),
        word(WordKind::Field, 0, 2, "industry"),
        word(WordKind::Reason, DecisionCode::Withheld as u32, 3, "the contact has unsubscribed"),
        word(WordKind::Reason, DecisionCode::Suppressed as u32, 5, "a workflow suppressed the contact"),
        word(WordKind::Reason, DecisionCode::Ignored as u32, 7, "an exit condition holds already"),
        word(WordKind::Reason, DecisionCode::Lacked as u32, 1, "the condition asks for it"),
        word(WordKind::Reason, DecisionCode::Suppressed as u32, 1, "unsubscribed"),
        word(WordKind::Reason, DecisionCode::Ignored as u32, 5, "skipped"),
        word(WordKind::Condition, 0, condition_number(1, DecisionCode::Ignored, 5).unwrap(), "plan is \"free\""),
        word(WordKind::Condition, 0, condition_number(1, DecisionCode::Converted, 0).unwrap(), "requested_demo"),
        word(WordKind::Stage, 0, 0, "lead"),
        word(WordKind::Stage, 0, 2, "sql"),
    ];
    let mut store = OpenOptions { words, address: Some("email".to_owned()), ..options(folder) }.open().unwrap();
    let three = people(3);
    let keys = vec![("user:1".to_owned(), Some(ContactId(1))), ("anonymous:d".to_owned(), Some(ContactId(3)))];
    let joined = vec![(ContactId(3), ContactId(1))];
    commit(&mut store, Changes { contacts: three.contacts, keys, joined, ..Changes::default() });
    commit(&mut store, rows);
    store
}

#[test]
fn journeys_are_shown_in_words() {
    let folder = TempDir::new().unwrap();
    let held =
        JourneyRecord { status: JourneyStatus::Held, due_at: Some(MOMENT_MS), goal_met: true, ..journey(1, 1, 1) };
    let over = |run| JourneyRecord {
        status: JourneyStatus::Ended,
        ended_at: Some(700),
        due_at: None,
        goal_until: Some(1_000),
        ..journey(1, 0, run)
    };
    let value = |run: u32| JourneyValue { contact: ContactId(1), workflow: 0, run, value: format!("webinar {run}") };
    let contacts = vec![on(1, vec![over(2), held]), on(2, vec![journey(2, 9, 1)]), on(3, vec![journey(3, 0, 1)])];
    let store = told(
        &folder,
        Changes {
            contacts: contacts.into(),
            ended: vec![over(1)],
            values: vec![value(1), value(2)],
            ..Changes::default()
        },
    );
    let columns = "contact, user_id, address, workflow, run, version, status, step, entered_at, due_at, ended_at, goal_met, \
                   goal_counts_until, value";
    let rows = shown(&store, &format!("SELECT {columns} FROM journey_view ORDER BY contact, workflow, run"));
    let (entered, second, ended) = ("1970-01-01T00:00:00.500Z", "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:00.700Z");
    let (due, who) = ("2026-03-02T10:00:00.250Z", ["1", "1", "p1@example.com"]);
    let of = |who: [&'static str; 3], rest: [&'static str; 11]| who.into_iter().chain(rest).collect::<Vec<_>>();
    let expected = [
        of(who, ["nurture", "1", "1", "ended", "wait 2 days", entered, "-", ended, "no", second, "webinar 1"]),
        of(who, ["nurture", "2", "1", "ended", "wait 2 days", entered, "-", ended, "no", second, "webinar 2"]),
        of(who, ["win 'em back", "1", "1", "held", "send hello", entered, due, "-", "yes", "-", "-"]),
        of(["2", "-", "p2@example.com"], ["9", "1", "1", "waiting", "2", entered, second, "-", "no", "-", "-"]),
    ];
    assert_eq!(rows, expected.concat());
}

#[test]
fn decisions_say_why_in_words() {
    let folder = TempDir::new().unwrap();
    let mut id = 0;
    let mut why = |code, (step, about): (Option<u32>, Option<u32>), reason| {
        id += 1;
        let of = decision(id, 1, code);
        DecisionRecord { workflow: Some(0), step, about, reason, send: None, trace: Trace::new(), ..of }
    };
    let decisions = vec![
        why(DecisionCode::Withheld, (Some(2), None), 3),
        why(DecisionCode::Withheld, (Some(2), None), 99),
        why(DecisionCode::ExitedWhen, (None, Some(2)), 0),
        why(DecisionCode::ExitedWhen, (Some(2), Some(2)), 0),
        DecisionRecord { send: Some(1), ..why(DecisionCode::Opened, (Some(2), Some(3)), 0) },
        why(DecisionCode::Ignored, (None, Some(2)), 7),
        why(DecisionCode::Ignored, (None, None), 5),
        // By another version, of which nobody has kept the condition.
        DecisionRecord { version: 2, ..why(DecisionCode::Ignored, (None, None), 5) },
        why(DecisionCode::Converted, (Some(2), None), 0),
        why(DecisionCode::Lacked, (None, Some(2)), 1),
        why(DecisionCode::Lacked, (None, Some(2)), 0),
        why(DecisionCode::Stopped, (None, Some(1)), 0),
        DecisionRecord { trace: vec![2, 1].into(), ..why(DecisionCode::Stepped, (Some(2), None), 0) },
        why(DecisionCode::Suppressed, (Some(2), None), 5),
        why(DecisionCode::Suppressed, (None, Some(3)), 1),
        DecisionRecord { workflow: None, contact: ContactId(3), ..why(DecisionCode::Suppressed, (None, None), 0) },
        // By a column of a file, which has no workflow; one of which nobody has kept the words.
        DecisionRecord { workflow: None, ..why(DecisionCode::Suppressed, (None, Some(3)), 1) },
        DecisionRecord { workflow: None, ..why(DecisionCode::Suppressed, (None, Some(4)), 1) },
    ];
    let reads =
        vec![(format!("{REFUSED_BY}`Opted in` of a.csv"), b"3".to_vec()), ("import.a.csv".to_owned(), b"4".to_vec())];
    let store = told(&folder, Changes { decisions, reads, outbox: vec![outbox(1, 5)], ..Changes::default() });
    let columns = "at, user_id, workflow, decision, step, reason, took, mail";
    let rows = shown(&store, &format!("SELECT {columns} FROM decision_view ORDER BY id"));
    let expected = [
        ["withheld", "wait 2 days", "the contact has unsubscribed", "-", "-"],
        ["withheld", "wait 2 days", "99", "-", "-"],
        ["exited when", "-", "stage >= sql", "-", "-"],
        ["exited when", "wait 2 days", "stage >= sql", "-", "-"],
        ["opened", "wait 2 days", "hello", "-", "c1.nurture.1.s1.v0"],
        ["not taken in", "-", "an exit condition holds already: stage >= sql", "-", "-"],
        ["not taken in", "-", "skipped: plan is \"free\"", "-", "-"],
        ["not taken in", "-", "skipped", "-", "-"],
        ["converted", "wait 2 days", "requested_demo", "-", "-"],
        ["lacked", "-", "industry: the condition asks for it", "-", "-"],
        ["lacked", "-", "industry", "-", "-"],
        ["stopped", "-", "win 'em back", "-", "-"],
        ["stepped", "wait 2 days", "-", "else, if vip", "-"],
        ["suppressed", "wait 2 days", "a workflow suppressed the contact: asked for quiet", "-", "-"],
        ["suppressed", "-", "unsubscribed: hello", "-", "-"],
        ["suppressed", "-", "-", "-", "-"],
        ["suppressed", "-", "a file says that unsubscribed: `Opted in` of a.csv", "-", "-"],
        ["suppressed", "-", "unsubscribed: 4", "-", "-"],
    ];
    let words: Vec<&[String]> = rows.chunks(8).map(|row| &row[3..]).collect();
    assert_eq!(words, expected);
    assert_eq!(rows[..3], [AT, "1", "nurture"]);
    // What was decided about somebody who proved to be the first contact is theirs.
    assert_eq!(rows[15 * 8..][..3], [AT, "1", "-"]);

    // Another version asks something else; what was decided before was decided by what was asked then.
    drop(store);
    let now = condition_number(2, DecisionCode::Ignored, 5).unwrap();
    let words = vec![Word { kind: WordKind::Condition, of: 0, number: now, words: "plan is known".to_owned() }];
    let store = OpenOptions { words, ..options(&folder) }.open().unwrap();
    let skipped = "SELECT reason FROM decision_view WHERE decision = 'not taken in' AND id > 6 ORDER BY id";
    assert_eq!(shown(&store, skipped), ["5: plan is \"free\"", "5: plan is known"]);
}

#[test]
fn ledgers_are_shown_in_words() {
    let folder = TempDir::new().unwrap();
    let by = ChangedBy { journey: Some((1, 2)) };
    let stage = |contact, by| StageRecord { contact: ContactId(contact), at: MOMENT_MS, from: 0, to: 2, by };
    let score = ScoreRecord { contact: ContactId(2), at: 0, change: -NUMBER_SCALE / 2, score: NUMBER_SCALE * 3, by };
    let stages = vec![stage(1, by), stage(3, ChangedBy::default())];
    let store = told(&folder, Changes { stages, scores: vec![score], ..Changes::default() });
    let (at, who) = ("2026-03-02T10:00:00.250Z", ["1", "1", "p1@example.com"]);
    let expected =
        [&[at], &who[..], &["lead", "sql", "win 'em back", "2", at], &who, &["lead", "sql", "-", "-"]].concat();
    assert_eq!(shown(&store, "SELECT * FROM stage_view"), expected);
    let expected = ["1970-01-01T00:00:00.000Z", "2", "-", "p2@example.com", "-0.5", "3.0", "win 'em back", "2"];
    assert_eq!(shown(&store, "SELECT * FROM score_view"), expected);
}

#[test]
fn mails_and_handoffs_are_shown_in_words() {
    let folder = TempDir::new().unwrap();
    let mail = |id, due_at| OutboxRecord { workflow: 1, ..outbox(id, due_at) };
    let recipient = "ana@example.com".to_owned();
    let notice = OutboxRecord { kind: OutboxKind::Notice, email: 0, recipient, ..mail(3, MOMENT_MS) };
    let rows = Changes {
        outbox: vec![mail(1, 100), mail(2, MOMENT_MS), notice.clone()],
        settled: vec![settlement(1, OutboxState::Delivered, MOMENT_MS)],
        decisions: vec![DecisionRecord {
            workflow: Some(1),
            at: MOMENT_MS,
            send: Some(1),
            ..decision(1, 1, DecisionCode::Opened)
        }],
        handoffs: vec![HandoffRecord { workflow: 1, contact: ContactId(3), ..handoff(&notice.key) }],
        answers: vec![answer(&notice.key, Answer::Taken, MOMENT_MS), answer(&notice.key, Answer::Refused, MOMENT_MS)],
        ..Changes::default()
    };
    let store = told(&folder, rows);
    let columns = "at, contact, user_id, address, workflow, run, step, email, recipient, state, attempts, \
                   next_attempt_at, settled_at, opened_at, clicked_at, detail, key";
    let rows = shown(&store, &format!("SELECT {columns} FROM mail_view ORDER BY key"));
    let (queued, moment) = ("1970-01-01T00:00:00.010Z", "2026-03-02T10:00:00.250Z");
    let of = |email, recipient, state, [attempts, next, settled, opened, detail, key]: [&'static str; 6]| {
        let who = [queued, "1", "1", "p1@example.com", "win 'em back", "1", "send hello"];
        let rest = [email, recipient, state, attempts, next, settled, opened, "-", detail, key];
        who.into_iter().chain(rest).collect::<Vec<_>>()
    };
    let expected = [
        of("hello", "p1@example.com", "sent", ["1", "-", moment, moment, "250 ok", "c1.nurture.1.s1.v0"]),
        of("hello", "p1@example.com", "waiting", ["0", moment, "-", "-", "", "c1.nurture.1.s2.v0"]),
        of("notice", "ana@example.com", "waiting", ["0", moment, "-", "-", "", "c1.nurture.1.s3.v0"]),
    ];
    assert_eq!(rows, expected.concat());

    let rows = shown(&store, "SELECT * FROM handoff_view");
    let (at, due) = ("1970-01-01T00:00:06.000Z", "1970-01-01T00:00:07.000Z");
    let who = ["1", "1", "p1@example.com", "win 'em back", "1"];
    let said = [moment, moment, "no budget", "-"];
    let handoff = ["sales", "ana@example.com", "asked twice", "call", due];
    assert_eq!(rows, [&[at], &who[..], &handoff, &said].concat());
}

#[test]
fn a_contact_who_proved_to_be_another_is_shown_once() {
    let folder = TempDir::new().unwrap();
    let store = told(&folder, Changes::default());
    assert_eq!(shown(&store, "SELECT contact, user_id FROM contact_view ORDER BY contact"), ["1", "1", "2", "-"]);
}

/// Whoever asks for everybody does not look through what stands behind the tables for each of them.
#[test]
fn views_of_everybody_find_what_is_behind_by_an_index() {
    let folder = TempDir::new().unwrap();
    let store = told(&folder, Changes::default());
    let views =
        ["contact_now", "contact_view", "journey_view", "decision_view", "mail_view", "handoff_view", "stage_view"];
    let plans = store.plans_of(views.map(|view| format!("SELECT * FROM {view}")).to_vec());
    for (query, steps) in &plans {
        let scans = |alias: &str| steps.iter().any(|step| step.starts_with(&format!("SCAN {alias}")));
        assert!(!scans("newest") && !scans("new_key"), "{query}: {steps:?}");
        let by_index =
            |alias: &str| steps.iter().any(|step| step.starts_with(&format!("SEARCH {alias} USING AUTOMATIC")));
        assert!(by_index("newest") || by_index("new_key"), "{query}: {steps:?}");
    }
}

/// As they stand in the tail: a user id that was given, one that was taken away again, and what is no user id.
#[test]
fn keys_that_are_behind_are_shown_as_they_are() {
    let folder = TempDir::new().unwrap();
    let store = told(&folder, Changes::default());
    let keys = r#"[["user:u\"2",2],["email:x@y.example",2],["user:gone",null],["anonymous:user:1",3]]"#;
    let connection = rusqlite::Connection::open(&options(&folder).path).unwrap();
    connection.execute("INSERT INTO key_tail VALUES (9000000, ?1)", [keys]).unwrap();
    let rows = shown(&store, "SELECT contact, user_id FROM contact_view ORDER BY contact");
    assert_eq!(rows, ["1", "1", "2", "u\"2"]);
}
