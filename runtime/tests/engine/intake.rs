//! Contacts from a file that is read by a thread of its own while they are taken in: the same as all rows at hand, and where the file breaks off,
//! what stands above is taken and the rest goes on from there.

use crate::support::{World, at, world};
use flow_ir::Program;
use flow_runtime::engine::{ContactsFile, ContactsStream, EngineError, Imported, Unread};
use flow_runtime::inbound::{
    Columns, ContactReader, ContactRow, Fingerprint, InboundError, Intake, Item, ReadAhead, Unchanged, is_changed,
};
use flow_runtime::time::Instant;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;
use std::thread;

const RULES: &str = "workflow go {\n enter when stage is mql including existing\n reenter never\n score += 1\n}";

/// Some people more than once, by one key or the other, in a file of several steps of a comparison.
fn file() -> String {
    let padding = "x".repeat(8_000);
    let row = |number: usize| match number % 10 {
        7 => format!("u-{},,Again{number},mql,50,{padding}\n", number - 5),
        8 => format!(",a{}@x.example,Mail{number},mql,60,{padding}\n", number - 5),
        9 => format!("u-{number}\n"),
        _ => format!("u-{number},a{number}@x.example,N{number},lead,,{padding}\n"),
    };
    std::iter::once("User ID,Email,First Name,Stage,Employees,Notes\n".to_owned()).chain((0..320).map(row)).collect()
}

fn reader<'p, R: Read>(
    bytes: R,
    print: &Fingerprint,
    program: &'p Program,
) -> Result<ContactReader<'p, Unchanged<R>>, InboundError> {
    ContactReader::open(Unchanged::new(bytes, print), "c.csv", program, &Columns::new())
}

fn rows_of(text: &str, print: &Fingerprint, world: &World) -> Vec<ContactRow> {
    reader(text.as_bytes(), print, &world.program).unwrap().filter_map(|item| item.unwrap().taken()).collect()
}

/// Two looks at a file, by threads: the first at `text`, the second at whatever it is by then. What was told, and why it broke off.
fn import(
    world: &mut World,
    text: &str,
    by_then: &str,
    bounds: ReadAhead,
) -> (Result<Imported, EngineError>, Vec<String>, Option<InboundError>) {
    let now = Instant(at("2026-03-02"));
    let lengths = world.engine().imported_lengths().unwrap();
    let print = Fingerprint::read(text.as_bytes(), lengths).unwrap();
    let program = Arc::clone(&world.program);
    let engine = world.engine();
    let mut survey = engine.survey(&print, now).unwrap();
    thread::scope(|scope| {
        let intake = Intake::begin(scope, bounds, |_| reader(text.as_bytes(), &print, &program));
        for item in intake {
            let rows: Vec<ContactRow> = item.unwrap().taken().into_iter().collect();
            engine.look_at(&mut survey, &rows).unwrap();
        }
    });
    let surveyed = survey.finish(true);
    let (mut told, mut broken) = (Vec::new(), None);
    let imported = thread::scope(|scope| {
        let intake = Intake::begin(scope, bounds, |_| reader(by_then.as_bytes(), &print, &program));
        let mut rows = intake.filter_map(|item| match item.map(Item::taken) {
            Ok(row) => row.map(Ok),
            Err(error) => {
                broken = Some(error);
                Some(Err(Unread))
            }
        });
        let stream = ContactsStream { name: "c.csv", print: &print, surveyed: &surveyed, rows: &mut rows };
        engine.import_stream(stream, now, &mut |note| told.push(format!("{note:?}")), &mut |_| {})
    });
    (imported, told, broken)
}

/// As all rows at hand.
fn at_hand(text: &str) -> (World, Imported, Vec<String>) {
    let mut world = world(RULES);
    let print = Fingerprint::read(text.as_bytes(), BTreeSet::new()).unwrap();
    let rows = rows_of(text, &print, &world);
    let mut told = Vec::new();
    let file = ContactsFile { name: "c.csv", print: &print, rows: &rows };
    let now = Instant(at("2026-03-02"));
    let imported =
        world.engine().import_contacts(file, now, &mut |note| told.push(format!("{note:?}")), &mut |_| {}).unwrap();
    (world, imported, told)
}

#[test]
fn a_file_by_pieces_is_the_file_whole() {
    let text = file();
    let (whole, imported, told) = at_hand(&text);
    assert!(imported.new > 200 && imported.aliases > 50 && told.len() > 50, "{imported:?}");
    for bounds in [
        ReadAhead { piece_rows: 1, piece_bytes: u64::MAX, pieces: 0 },
        ReadAhead { piece_rows: 700, piece_bytes: 1, pieces: 1 },
        ReadAhead::default(),
    ] {
        let mut world = world(RULES).limits(7, 9);
        let (done, notes, broken) = import(&mut world, &text, &text, bounds);
        assert_eq!((done.unwrap(), notes, broken.is_none()), (imported, told.clone(), true), "{bounds:?}");
        assert_eq!(world.snapshot(), whole.snapshot(), "{bounds:?}");
        world.check_invariants();
    }
}

/// Somebody has changed a letter far down in the file, or cut it there: nothing of the step around it is taken, nor behind it, and the file as it
/// was goes on there.
#[test]
fn a_file_that_is_another_by_then_is_taken_as_far_as_it_was_the_same() {
    let text = file();
    let (whole, ..) = at_hand(&text);
    let (start, rest) = text.split_at(text.len() * 5 / 6);
    let changed = format!("{start}{}", rest.replacen('x', "y", 1));
    for by_then in [changed.as_str(), start] {
        let mut world = world(RULES).limits(7, 9);
        let (done, _, broken) = import(&mut world, &text, by_then, ReadAhead::default());
        assert!(matches!(done, Err(EngineError::Unread)), "{done:?}");
        assert!(matches!(broken, Some(InboundError::Read { source, .. }) if is_changed(&source)));
        let people = world.snapshot().contacts.len();
        assert!(people > 80 && people < whole.snapshot().contacts.len() - 20, "{people}");
        world.check_invariants();
        world.reopen();
        let (done, ..) = import(&mut world, &text, &text, ReadAhead::default());
        assert!(done.unwrap().known > 100);
        assert_eq!(world.snapshot(), whole.snapshot());
    }
}

/// One row finds them by their id and the next one by their address, and nothing in the file says that they are one: the store does.
#[test]
fn two_rows_of_somebody_whom_only_the_store_knows_by_both_keys_are_weighed_together() {
    let mut world = world("");
    world.contact("ada", &[("email", "ada@x.example")]);
    let rows = [
        world.row(&["user:ada"], &[("first_name", "Ada")]),
        world.row(&["user:bea"], &[("first_name", "Bea")]),
        world.row(&["email:ada@x.example"], &[("first_name", "Eda"), ("last_name", "L")]),
    ];
    for day in ["2026-03-02", "2026-03-03"] {
        world.at(day).import(&rows);
        assert_eq!(world.text("ada", "first_name").unwrap(), "Ada", "{day}");
        assert_eq!(world.text("ada", "last_name").unwrap(), "L", "{day}");
        let told = "stream.jsonl:4: first_name: said otherwise by another row about the same person: `Eda` (line 2 counts, which comes first)";
        assert_eq!(world.left_out, [told], "{day}");
    }
}
