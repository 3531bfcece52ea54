//! `flow enrol`: lets people into a workflow that says `enter by hand`. Each is an event in the project's file of events, so it is durable, comes in as
//! every other event does, also into a store that is being served, and counts once however often the file is read.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use flow_ir::{Entry, Program, WorkflowId};
use flow_runtime::clock::{Clock as _, SystemClock};
use flow_runtime::inbound::{ENROLLED, ENROLLED_WORKFLOW};
use flow_runtime::print::lasting;
use flow_runtime::settings::Settings;
use serde_json::json;

use crate::ink;
use crate::load::{Ready, ready};
use crate::output::{Failure, Format, Outcome, Output, counted};

/// The most letters of `--id`: with what tells people apart it is the id of each event.
const MAX_ID_CHARS: usize = 60;
/// The most bytes of a file of people: a million addresses, and some.
const MAX_PEOPLE_BYTES: u64 = 64 << 20;

#[derive(Debug, Args)]
pub(crate) struct EnrolArguments {
    /// The project's folder
    project: PathBuf,
    /// The workflow, which says `enter by hand`
    workflow: String,
    /// Whom, by their user id or their address
    #[arg(long, value_name = "KEY", num_args = 1..)]
    contact: Vec<String>,
    /// A file with a user id or an address in each line
    #[arg(long, value_name = "FILE")]
    contacts: Option<PathBuf>,
    /// A name of this time: the same people under the same name come in once, however often this is said
    #[arg(long, value_name = "NAME")]
    id: Option<String>,
}

/// Hands people in.
pub(crate) fn enrol(arguments: &EnrolArguments, output: &mut Output) -> io::Result<Outcome> {
    let Ready { settings, program, .. } = match ready(Some(&arguments.project), output)? {
        Ok(ready) => ready,
        Err(told) => return Ok(told),
    };
    match hand_in(arguments, &settings, &program) {
        Ok(handed_in) => tell(&handed_in, arguments, output),
        Err(failure) => output.report(&[], &[failure], ""),
    }
}

/// What was written, and where.
struct HandedIn {
    people: usize,
    file: PathBuf,
}

fn hand_in(arguments: &EnrolArguments, settings: &Settings, program: &Program) -> Result<HandedIn, Failure> {
    entered_by_hand(program, &arguments.workflow)?;
    let Some(file) = settings.data.events.clone() else {
        return Err(Failure::new(
            "the project has no file of events through which people could come in",
            "name one in `flow.toml`, in the section `[data]`: `events = \"data/events.jsonl\"`",
        ));
    };
    let people = people(arguments)?;
    let now = SystemClock.now().to_string();
    let id = arguments.id.clone().unwrap_or_else(|| now.clone());
    if id.chars().count() > MAX_ID_CHARS {
        let message = format!("`--id` has more than {MAX_ID_CHARS} letters");
        return Err(Failure::new(message, "a short name will do, such as `--id spring-list`"));
    }
    let lines: Vec<String> = people.iter().map(|key| line(&arguments.workflow, key, &id, &now)).collect();
    append(&file, &lines.concat()).map_err(|failure| failure.of(&file, &id))?;
    Ok(HandedIn { people: people.len(), file })
}

/// The workflow, if people enter it by hand.
fn entered_by_hand(program: &Program, name: &str) -> Result<WorkflowId, Failure> {
    let by_hand = program.workflows.iter().filter(|(_, workflow)| workflow.entry == Entry::ByHand);
    let by_hand: Vec<&str> = by_hand.map(|(_, workflow)| workflow.name.as_str()).collect();
    let help = match by_hand.as_slice() {
        [] => "let a workflow say `enter by hand`".to_owned(),
        names => format!("those that say `enter by hand` are `{}`", names.join("`, `")),
    };
    match program.workflows.find(|workflow| workflow.name == name) {
        None => Err(Failure::new(format!("there is no workflow `{name}`"), help)),
        Some(_) if !by_hand.contains(&name) => {
            Err(Failure::new(format!("nobody enters `{name}` by hand: its `enter` line says who comes in"), help))
        }
        Some(id) => Ok(id),
    }
}

/// Whom, each once, in the order in which they were named.
fn people(arguments: &EnrolArguments) -> Result<Vec<String>, Failure> {
    let mut named = arguments.contact.clone();
    if let Some(path) = &arguments.contacts {
        let unreadable = |error: io::Error| {
            Failure::new(
                format!("`{}` cannot be read: {error}", path.display()),
                "name a file with a user id or an address in each line",
            )
        };
        let file = File::open(path).map_err(unreadable)?.take(MAX_PEOPLE_BYTES + 1);
        let mut lines = String::new();
        BufReader::new(file).read_to_string(&mut lines).map_err(unreadable)?;
        if lines.len() as u64 > MAX_PEOPLE_BYTES {
            let message = format!("`{}` has more than {} MiB", path.display(), MAX_PEOPLE_BYTES >> 20);
            return Err(Failure::new(message, "name the people in several files, one after the other"));
        }
        named.extend(lines.lines().map(str::to_owned));
    }
    let mut seen = BTreeSet::new();
    let named = named.iter().map(|key| key.trim().trim_start_matches('\u{FEFF}').to_owned());
    let named: Vec<String> = named.filter(|key| !key.is_empty() && seen.insert(key.clone())).collect();
    if named.is_empty() {
        let help =
            "name them by user id or address, `--contact u-1 ada@acme.example`, or in a file, `--contacts people.txt`";
        return Err(Failure::new("nobody is named who is to come in", help));
    }
    Ok(named)
}

/// The event that lets somebody in.
fn line(workflow: &str, key: &str, id: &str, now: &str) -> String {
    let message = format!("enrol-{id}-{:016x}", lasting(format!("{workflow} {key}").bytes()));
    let mut event = json!({
        "type": "track",
        "messageId": message,
        "event": ENROLLED,
        "properties": { ENROLLED_WORKFLOW: workflow },
        "timestamp": now,
        "receivedAt": now,
    });
    if let Some(event) = event.as_object_mut() {
        match key.contains('@') {
            true => event.insert("context".to_owned(), json!({ "traits": { "email": key } })),
            false => event.insert("userId".to_owned(), json!(key)),
        };
    }
    format!("{event}\n")
}

/// Why nothing could be written.
enum Unwritten {
    Io(io::Error),
    /// A part of it may stand there.
    Half(io::Error),
    /// Its last line has no end: whoever writes it may be in the middle of it.
    NoEnd,
}

impl Unwritten {
    fn of(self, file: &Path, id: &str) -> Failure {
        let file = file.display();
        match self {
            Unwritten::Io(error) => Failure::new(
                format!("`{file}` cannot be written: {error}"),
                "nobody was handed in; let it be written to, and say it once more",
            ),
            Unwritten::Half(error) => Failure::new(
                format!("`{file}` cannot be written to the end: {error}"),
                format!(
                    "some of them may have been handed in: make room, put a line break behind the last line if it has none, and say it once more with \
                     `--id {id}`, so that nobody counts twice"
                ),
            ),
            Unwritten::NoEnd => Failure::new(
                format!("the last line of `{file}` has no end, as if somebody were writing it"),
                "nobody was handed in; wait, or put a line break behind it, and say it once more",
            ),
        }
    }
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Unwritten::Io(error)
    }
}

/// Puts whole lines behind a file, at once, so that they stand beside what another process writes there, and forces them to the disk.
fn append(path: &Path, lines: &str) -> Result<(), Unwritten> {
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            return Err(Unwritten::NoEnd);
        }
    }
    file.write_all(lines.as_bytes()).and_then(|()| file.sync_all()).map_err(Unwritten::Half)
}

fn tell(handed_in: &HandedIn, arguments: &EnrolArguments, output: &Output) -> io::Result<Outcome> {
    let HandedIn { people, file } = handed_in;
    let mut out = ink::stdout();
    if output.format() == Format::Json {
        let told = json!({ "workflow": arguments.workflow, "handed_in": people, "file": file, "failures": [] });
        writeln!(out, "{told:#}")?;
        return Ok(Outcome::Clean);
    }
    let (who, file) = (counted(*people, "contact"), file.display());
    writeln!(out, "{who} handed in to `{}`, by {file}", arguments.workflow)?;
    writeln!(
        out,
        "  `flow serve` takes them in at once where it runs, else when it does; who comes in, who is refused and why, `flow report` says"
    )?;
    Ok(Outcome::Clean)
}
