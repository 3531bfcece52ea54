//! The file of contacts. It is read by a thread of its own ([`Intake`]) and more than once, since none of it may be taken in before all of it is
//! known to be readable and to need no word from anybody: its rows pass by each time and are never all in memory.
//!
//! ```text
//! its bytes -> their digest           which file it is, before the store begins with it
//! its rows  -> a first look           what is wrong with them, whom they shut out, who stands in it twice; an error changes nothing
//!           -> (where asked) a look   how much of that is news to the store
//!           -> the engine             as the very bytes that were looked at, or no further
//! ```

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use flow_ir::Program;
use flow_runtime::engine::{self, ContactsStream, Engine, EngineError, Imported, Surveyed};
use flow_runtime::inbound::{
    ContactReader, ContactRow, Finding, Fingerprint, InboundError, Intake, Item, Origin, PIECE_ROWS, ReadAhead, Tally,
    Unchanged, Wanted, WantedFile, WholeFile, accept, is_changed,
};
use flow_runtime::open::Kind;
use flow_runtime::settings::{Settings, open_plain};
use flow_runtime::store::Store;
use flow_runtime::time::Instant;

use super::Stopped;
use super::data::{file_name, note_broken, open, unreadable};
use super::failure::{ended_by, ended_in};
use super::notebook::Notebook;
use super::shut_out::{Earlier, ShutOut, Shutting};
use crate::output::{Failure, thousands};
use crate::signals::{Heard, Signals, is_stop};

/// What became of the rows of `contacts.csv`.
#[derive(Debug, Default)]
pub(crate) struct ContactsTaken {
    /// What the file is called.
    file: String,
    pub(crate) tally: Tally,
    pub(crate) imported: Imported,
    pub(crate) ignored_columns: Vec<String>,
    /// Required fields of workflows that no column fills.
    pub(crate) absent_fields: Vec<String>,
    /// Whom it shuts out from mail, and by which columns.
    pub(crate) shut_out: ShutOut,
    /// Whom it does not any more, and who are shut out still.
    pub(crate) earlier: Option<Earlier>,
    /// A column that fills nothing and may hold user ids.
    possible_ids: Option<String>,
    /// A column of other ids that was taken for user ids.
    guessed_ids: Option<String>,
    /// Who the rows are about, where there are events to compare them with: prints of their keys, in order.
    people: Vec<u64>,
}

/// What the file of contacts would come to.
pub(crate) struct Foreseen {
    pub(crate) tally: Tally,
    pub(crate) shut_out: ShutOut,
}

/// Reads the file of contacts as an import does, before any work; none where there is none or it cannot be read, which is told elsewhere.
pub(crate) fn foresee(settings: &Settings, program: &Program) -> Option<Foreseen> {
    let path = settings.data.contacts.as_ref()?;
    let name = file_name(path);
    let file = BufReader::new(open(path).ok()?);
    let mut reader = ContactReader::open(file, name.as_str(), program, &settings.columns).ok()?;
    let (mut tally, mut unheard) = (Tally::default(), |_: Finding<'_>| Ok(()));
    let mut shutting = Shutting::new(&name, settings);
    accept(reader.by_ref(), &mut tally, &mut unheard).try_for_each(|row| row.map(|row| shutting.pass(&row))).ok()?;
    Some(Foreseen { tally, shut_out: shutting.finish(reader.consent_columns()) })
}

/// Stops before a store begins whose contacts would shut out most of themselves: all of them are new to it.
pub(crate) fn ask_first(settings: &Settings, program: &Program) -> Result<(), Failure> {
    foresee(settings, program).and_then(|foreseen| foreseen.shut_out.refusal_of_all()).map_or(Ok(()), Err)
}

/// The file of contacts, open, and what it is known by. It stays the same file where another is put in its place.
pub(crate) struct ContactsFound {
    path: PathBuf,
    name: String,
    file: File,
    print: Fingerprint,
}

/// Finds the file of contacts; none where there is none.
pub(crate) fn find<S: Store>(
    engine: &Engine<S>,
    settings: &Settings,
    signals: &Signals,
) -> Result<Option<ContactsFound>, Stopped> {
    let Some(path) = &settings.data.contacts else { return Ok(None) };
    let lengths = engine.imported_lengths().map_err(ended_by)?;
    let ended = |error: io::Error| if is_stop(&error) { Stopped::Signal } else { unreadable(path, &error).into() };
    let file = open_plain(path).map_err(ended)?;
    let read = from_start(&file).and_then(|file| Fingerprint::read(Heard::new(file, signals), lengths));
    let print = read.map_err(ended)?;
    Ok(Some(ContactsFound { path: path.clone(), name: file_name(path), file, print }))
}

/// The same file, from its start.
fn from_start(file: &File) -> io::Result<WholeFile> {
    let mut file = file.try_clone()?;
    file.seek(SeekFrom::Start(0))?;
    WholeFile::new(file)
}

/// How a file is read: by what, and with an eye on whom.
#[derive(Clone, Copy)]
struct Hands<'h> {
    program: &'h Program,
    settings: &'h Settings,
    signals: &'h Signals,
    /// The instant of the import, for what a row says of itself.
    as_of: Instant,
}

/// Who writes down what is wrong.
type Noting<'n> = &'n mut dyn FnMut(Finding<'_>) -> io::Result<()>;

/// The rows of a file that is the one that was found.
type Rows<'h> = ContactReader<'h, Unchanged<WantedFile<Heard<'h, WholeFile>>>>;

impl ContactsFound {
    pub(crate) fn print(&self) -> &Fingerprint {
        &self.print
    }

    /// On the thread of the file.
    fn open<'h>(&self, hands: Hands<'h>, wanted: &Wanted) -> Result<Rows<'h>, InboundError> {
        let at = || Origin { file: self.name.as_str().into(), line: 1 };
        let file = from_start(&self.file).map_err(|source| InboundError::Read { at: at(), source })?;
        let file = Unchanged::new(wanted.file(Heard::new(file, hands.signals)), &self.print);
        let reader = ContactReader::open(file, self.name.as_str(), hands.program, &hands.settings.columns)?;
        Ok(reader.as_of(hands.as_of))
    }

    /// Lets all rows pass by, some at a time, before any of them is taken in. Gives the reader back, which knows what they came to.
    fn look<'h>(
        &self,
        hands: Hands<'h>,
        (tally, note): (&mut Tally, Noting<'_>),
        each: &mut dyn FnMut(&[ContactRow]) -> Result<(), EngineError>,
    ) -> Result<Rows<'h>, Stopped> {
        thread::scope(|scope| {
            let mut intake = Intake::begin(scope, ReadAhead::default(), |wanted| self.open(hands, wanted));
            let mut rows = Vec::with_capacity(PIECE_ROWS);
            for row in accept(intake.by_ref(), tally, note) {
                rows.push(row.map_err(|error| self.ended(error, None))?);
                if rows.len() == PIECE_ROWS {
                    each(&rows).map_err(ended_by)?;
                    rows.clear();
                }
            }
            each(&rows).map_err(ended_by)?;
            let fault = || Failure::new("a file was read without a reader", "please report it, with this message");
            // A file that could not be opened has said so above.
            intake.into_reader().ok_or_else(|| fault().into())
        })
    }

    /// The same without a word about what is wrong with them, which was told before.
    fn look_again(
        &self,
        hands: Hands<'_>,
        each: &mut dyn FnMut(&[ContactRow]) -> Result<(), EngineError>,
    ) -> Result<(), Stopped> {
        self.look(hands, (&mut Tally::default(), &mut |_| Ok(())), each).map(drop)
    }

    /// Takes the rows in.
    fn take<S: Store>(
        &self,
        engine: &mut Engine<S>,
        hands: Hands<'_>,
        (surveyed, start): (&Surveyed, Instant),
        told: &mut dyn FnMut(Finding<'_>),
        progress: &mut dyn FnMut(&engine::Progress),
    ) -> Result<Imported, Stopped> {
        thread::scope(|scope| {
            let intake = Intake::begin(scope, ReadAhead::default(), |wanted| self.open(hands, wanted));
            let (mut broken, mut taken) = (None, 0);
            let mut rows = intake.filter_map(|item| match item.map(Item::taken) {
                Ok(row) => {
                    taken += u64::from(row.is_some());
                    row.map(Ok)
                }
                Err(error) => Some(Err(note_broken(&mut broken, error))),
            });
            let stream = ContactsStream { name: &self.name, print: &self.print, surveyed, rows: &mut rows };
            let mut told = |of_a_row| told(Finding::SetAside(&of_a_row));
            let imported = engine.import_stream(stream, start, &mut told, progress);
            drop(rows);
            match (imported, broken) {
                (Err(EngineError::Unread), Some(error)) => Err(self.ended(error, Some(taken))),
                (imported, _) => imported.map_err(ended_by),
            }
        })
    }

    /// Why the file could not be read to its end, and how many of its rows were taken before.
    fn ended(&self, error: InboundError, taken: Option<u64>) -> Stopped {
        match &error {
            InboundError::Read { source, .. } if is_changed(source) => changed_meanwhile(&self.path, taken).into(),
            _ => ended_in(error),
        }
    }

    /// Whether something was written behind its end since it was found.
    fn has_grown(&self) -> bool {
        self.file.metadata().is_ok_and(|found| found.len() != self.print.whole.bytes)
    }
}

/// Takes the contacts in. A live store stays as it is where they would shut out most of themselves and nobody has said that this is meant.
pub(crate) fn import<S: Store>(
    engine: &mut Engine<S>,
    settings: &Settings,
    found: Option<&ContactsFound>,
    (kind, start): (Kind, Instant),
    (notebook, signals): (&Notebook, &Signals),
    progress: &mut dyn FnMut(&engine::Progress),
) -> Result<ContactsTaken, Stopped> {
    let Some(found) = found else { return Ok(ContactsTaken::default()) };
    let program = Arc::clone(engine.program());
    let first_read = engine.first_read_at(&found.print).map_err(ended_by)?;
    let as_of = first_read.unwrap_or(start.max(engine.now()));
    let hands = Hands { program: &program, settings, signals, as_of };
    let mut tally = Tally::default();
    let mut note = |finding: Finding<'_>| notebook.note(finding);
    let mut shutting = Shutting::new(&found.name, settings);
    let mut survey = engine.survey(&found.print, start).map_err(ended_by)?;
    let reader = found.look(hands, (&mut tally, &mut note), &mut |rows| {
        rows.iter().for_each(|row| shutting.pass(row));
        engine.look_at(&mut survey, rows)
    })?;
    if found.has_grown() {
        return Err(changed_meanwhile(&found.path, None).into());
    }
    let (surveyed, shut_out) =
        (survey.finish(settings.data.events.is_some()), shutting.finish(reader.consent_columns()));
    if kind == Kind::Live && shut_out.is_most() {
        let mut news = engine::NewRefusals::default();
        found.look_again(hands, &mut |rows| {
            news += engine.new_refusals(rows, &|refusal| shut_out.counts(refusal))?;
            Ok(())
        })?;
        shut_out.refusal(news).map_or(Ok(()), Err)?;
    }
    let ignored_columns = reader.ignored_columns().to_vec();
    let earlier = Earlier::find(engine, &shut_out, &ignored_columns, |engine| {
        let mut people = BTreeSet::new();
        found.look_again(hands, &mut |rows| engine.still_refused(rows).map(|some| people.extend(some)))?;
        Ok::<_, Stopped>(people.len() as u64)
    })?;
    let mut unwritten = Ok(());
    let mut told = |of_a_row: Finding<'_>| {
        tally.add_note(of_a_row);
        if unwritten.is_ok() {
            unwritten = notebook.tell(of_a_row);
        }
    };
    let imported = found.take(engine, hands, (&surveyed, start), &mut told, progress)?;
    unwritten?;
    Ok(ContactsTaken {
        file: found.name.clone(),
        tally,
        imported,
        ignored_columns,
        absent_fields: reader.absent_fields().into_iter().map(str::to_owned).collect(),
        shut_out,
        earlier,
        possible_ids: reader.possible_id_column().map(str::to_owned),
        guessed_ids: reader.guessed_id_column().map(str::to_owned),
        people: surveyed.into_keys(),
    })
}

impl ContactsTaken {
    /// What the file is called, where there is one.
    pub(crate) fn file(&self) -> Option<&str> {
        Some(self.file.as_str()).filter(|file| !file.is_empty())
    }

    /// Who the rows are about: prints of their keys, in order.
    pub(crate) fn people(&self) -> &[u64] {
        &self.people
    }

    /// The column that fills nothing and may hold user ids, and the one of other ids that was taken for them.
    pub(crate) fn id_columns(&self) -> (Option<&str>, Option<&str>) {
        (self.possible_ids.as_deref(), self.guessed_ids.as_deref())
    }

    /// Whether every row was taken before.
    pub(crate) fn is_known(&self) -> bool {
        self.imported.known == self.tally.taken()
    }

    /// Said where an older Flow has taken contacts, and nobody can tell whether they were these.
    pub(crate) fn doubt(&self) -> Option<Failure> {
        let file = &self.file;
        self.imported.is_doubtful.then(|| {
            Failure::new(
                format!(
                    "an older Flow has taken contacts into this store, and it cannot be told whether `{file}` is a newer file or is only \
                     read otherwise now: in doubt nobody gets mail, so what it says fills gaps, overrules nothing and lets nobody in"
                ),
                "where it is a newer export, export it once more when something has changed: from now on Flow knows a file by its bytes",
            )
        })
    }
}

/// Nobody knows which of the two files is meant.
fn changed_meanwhile(path: &Path, taken: Option<u64>) -> Failure {
    let what = match taken {
        None => "nothing of it was taken".to_owned(),
        Some(rows) => format!("{} of its rows were taken, as they were before, and no more", thousands(rows)),
    };
    Failure::new(
        format!("`{}` was changed while it was read, and {what}", path.display()),
        "let whatever writes the file come to its end, best under another name that is then changed to this one, and give the same command",
    )
}
