//! The example project, compiled, with as many people as asked for.

use crate::Outcome;
use crate::accepts_all::AcceptsAll;
use crate::composing::Composing;
use flow_example_data::{Plan, SEED, generate};
use flow_front::Project;
use flow_front::lints::Levels;
use flow_front::source::Source;
use flow_ir::Program;
use flow_ir::backend::Backend;
use flow_native::compile;
use flow_runtime::compose::{Composer, OutboxComposer};
use flow_runtime::engine::Delivery;
use flow_runtime::inbound::{Arrival, Columns, ContactReader, ContactRow, EventReader, Fingerprint, Tally, accept};
use flow_runtime::open::StoreName;
use flow_runtime::settings::Settings;
use flow_runtime::time::{Instant, Span, civil};
use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/guide_nurture");
const DAYS: u32 = 90;

pub(crate) struct Example {
    pub(crate) project: Project,
    pub(crate) program: Arc<Program>,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) delivery: Delivery,
    /// What its mails are written by.
    pub(crate) composing: Arc<Composing>,
    pub(crate) rows: Vec<ContactRow>,
    /// What the file of the rows is known by.
    pub(crate) print: Fingerprint,
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) start: Instant,
    /// The last instant of the run.
    pub(crate) last: Instant,
}

impl Example {
    pub(crate) fn load(contacts: u32) -> Outcome<Example> {
        let folder = Path::new(FOLDER);
        let settings = std::fs::read_to_string(folder.join("flow.toml"))?;
        let settings = Settings::read(&settings, folder).map_err(|faults| format!("flow.toml: {faults:?}"))?;
        let project = read_project(&settings, folder)?;
        let program = flow_front::compile(&project).program.ok_or("the example project has errors")?;
        let program = Arc::new(program);
        let (rows, print, arrivals) = read_data(contacts, &program)?;
        let run = settings.run.ok_or("flow.toml names no run")?;
        let start = civil::start_of_day(run.start, settings.timezone).ok_or("the run begins outside the calendar")?;
        let (delivery, composing) = prepare_delivery(&settings, &program)?;
        Ok(Example {
            project,
            backend: Arc::new(compile(&program)?),
            delivery,
            composing,
            program,
            rows,
            print,
            arrivals,
            start,
            last: civil::add(start, Span::days(DAYS.cast_signed()), settings.timezone).sub_ms(1),
        })
    }
}

fn read_project(settings: &Settings, folder: &Path) -> Outcome<Project> {
    Ok(Project {
        sender: None,
        lints: Levels::default(),
        name: settings.name.clone(),
        timezone: settings.timezone.name().to_owned(),
        zones: flow_runtime::time::civil::ZONES,
        sources: read_sources(folder, "", "flow")?,
        templates: [read_sources(folder, "emails/", "html")?, read_sources(folder, "emails/", "mjml")?].concat(),
    })
}

/// The files with this ending, by path.
fn read_sources(folder: &Path, below: &str, ending: &str) -> Outcome<Vec<Source>> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(folder.join(below))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == ending) {
            let name = path.file_name().ok_or("a file has no name")?.to_string_lossy();
            sources.push(Source { path: format!("{below}{name}"), text: std::fs::read_to_string(&path)? });
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(sources)
}

fn read_data(contacts: u32, program: &Program) -> Outcome<(Vec<ContactRow>, Fingerprint, Vec<Arrival>)> {
    let print = |bytes: &[u8]| Fingerprint::read(bytes, BTreeSet::new());
    if contacts == 0 {
        return Ok((Vec::new(), print(b"")?, Vec::new()));
    }
    let files = generate(SEED, &Plan { contacts, days: DAYS });
    let mut pass = |_: flow_runtime::inbound::Finding<'_>| Ok(());
    let print = print(files.contacts_csv.as_ref())?;
    let rows = ContactReader::open(Cursor::new(files.contacts_csv), "contacts.csv", program, &Columns::new())?;
    let rows = accept(rows, &mut Tally::default(), &mut pass).collect::<Result<_, _>>()?;
    let arrivals = EventReader::open(Cursor::new(files.events_jsonl), "events.jsonl", program)?;
    let arrivals = accept(arrivals, &mut Tally::default(), &mut pass).collect::<Result<_, _>>()?;
    Ok((rows, print, arrivals))
}

fn prepare_delivery(settings: &Settings, program: &Arc<Program>) -> Outcome<(Delivery, Arc<Composing>)> {
    let secrets = settings.secrets(&|_| None).map_err(|faults| format!("secrets: {faults:?}"))?;
    let emails = Composer::new(Arc::clone(program), settings.sender.clone(), secrets.unsubscribe_keys)?;
    let composing = Arc::new(Composing::new(Arc::new(OutboxComposer::new(emails, StoreName::of(1)))));
    let composer: Arc<Composing> = Arc::clone(&composing);
    Ok((Delivery { channel: Arc::new(AcceptsAll), composer }, composing))
}
