//! Lives a world through, life by life, as the commands `flow run` and `flow serve` do.

pub mod channel;
mod mail;
mod store;

use std::io::Cursor;
use std::sync::Arc;

use flow_fuzz::Random;
use flow_ir::Program;
use flow_ir::backend::Backend;
use flow_ir::interpret::Interpreter;
use flow_runtime::doctor;
use flow_runtime::engine::{ContactsFile, Delivery, Engine, EngineError, Limits, Unread};
use flow_runtime::inbound::{
    Arrival, Columns, ContactReader, ContactRow, EventReader, Finding, Fingerprint, Tally, accept,
};
use flow_runtime::store::digest::Snapshot;
use flow_runtime::time::Instant;

use crate::world::faults::Life;
use crate::world::people::{START, file_of};
use crate::world::{Clock, StoreKind, World, compiled_files};
use channel::{Book, Receiver};
use mail::Plain;
use store::{Mortal, Place};

/// The stream whose place is kept.
const STREAM: &str = "events";
/// How often a process may die at one place before somebody calls it a loop.
const LIVES_MAX: usize = 60;

/// What a run has left.
#[derive(Debug, Clone)]
pub struct Lived {
    /// The store.
    pub snapshot: Snapshot,
    /// What the other side has.
    pub book: Book,
    /// The program by the numbers of the store: the last version.
    pub program: Arc<Program>,
    /// How often the process died.
    pub deaths: u32,
    /// What `flow doctor` finds in the store.
    pub unsound: Vec<String>,
    /// Whether the changed program was taken up.
    pub is_changed: bool,
    /// Why not, where the store refused it.
    pub refused_change: Option<String>,
}

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct Manner {
    /// One after another; when there are no more, [`Life::CALM`].
    pub lives: Vec<Life>,
    /// Whether the store is a file.
    pub store: StoreKind,
    /// The order of declarations; 0 is as written.
    pub order: u64,
    /// Whether whoever has died on the wall clock is away until the next look: then what happens depends on when they died.
    pub stays_away: bool,
}

impl Manner {
    /// Nothing happens to it.
    pub fn calm() -> Manner {
        Manner { lives: vec![Life::CALM], store: StoreKind::Memory, order: 0, stays_away: false }
    }

    /// As the world has it.
    pub fn of(world: &World) -> Manner {
        let World { lives, store, order, .. } = world;
        Manner { lives: lives.clone(), store: *store, order: *order, stays_away: false }
    }

    /// The same, in which nobody dies or is stopped.
    pub fn deathless(mut self) -> Manner {
        self.lives.iter_mut().for_each(|life| (life.death, life.reads) = (None, None));
        self
    }
}

/// Why a run broke off that should not have.
pub type Broken = String;

/// Lives a world through.
pub fn live(world: &World, manner: &Manner) -> Result<Lived, Broken> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let place = Place::new(manner.store, folder.path());
    let receiver = Arc::new(Receiver::new(world.weather));
    let mut run = Run {
        world,
        lives: manner.lives.clone(),
        order: manner.order,
        stays_away: manner.stays_away,
        place,
        receiver,
        deaths: 0,
        is_changed: false,
        refused_change: None,
        programs: Vec::new(),
    };
    run.whole()
}

/// A run in hand.
struct Run<'w> {
    world: &'w World,
    lives: Vec<Life>,
    order: u64,
    stays_away: bool,
    place: Place,
    receiver: Arc<Receiver>,
    deaths: u32,
    is_changed: bool,
    refused_change: Option<String>,
    /// The changed program, where there is one, and the first, as they are compiled.
    programs: Vec<Arc<Program>>,
}

/// A process: what it runs, and on what.
struct Process {
    engine: Engine<Mortal>,
    program: Arc<Program>,
    /// The whole stream, as this program reads it.
    stream: Vec<Arrival>,
    /// Where the reading of it breaks off.
    reads: Option<u32>,
}

impl Process {
    /// The stream as far as it can be read.
    fn readable(&self) -> impl Iterator<Item = Result<Arrival, Unread>> + use<> {
        let breaks_off = |reads: u32| reads as usize % (self.stream.len() + 1);
        let readable = self.reads.map_or(usize::MAX, breaks_off);
        let stream = self.stream.clone().into_iter().enumerate();
        stream.map(move |(place, arrival)| if place < readable { Ok(arrival) } else { Err(Unread) })
    }
}

/// Whether a process came to the end of what it was to do.
enum End {
    Done,
    /// Or was ended before.
    Died,
}

impl Run<'_> {
    fn whole(&mut self) -> Result<Lived, Broken> {
        let program = match &self.world.clock {
            Clock::Virtual(stretches) => self.rehearse(stretches)?,
            Clock::Wall(looks) => self.serve(looks)?,
        };
        let records = self.place.open(&self.receiver).map_err(|error| error.message)?;
        let mut records = flow_runtime::store::Store::records(&records).map_err(|error| error.message)?;
        let examined = doctor::examine(&mut *records, &program).map_err(|error| error.message)?;
        let said = |finding: &doctor::Finding| format!("{} {} {}", finding.kind.code(), finding.subject, finding.words);
        Ok(Lived {
            unsound: examined.findings.iter().map(said).collect(),
            snapshot: records.snapshot().map_err(|error| error.message)?,
            book: self.receiver.book(),
            program,
            deaths: self.deaths,
            is_changed: self.is_changed,
            refused_change: self.refused_change.take(),
        })
    }

    /// One process a stretch, and more where it dies.
    fn rehearse(&mut self, stretches: &[i64]) -> Result<Arc<Program>, Broken> {
        let mut last = None;
        for (number, until) in stretches.iter().enumerate() {
            last = Some(self.stretch(number > 0, *until)?);
        }
        last.ok_or_else(|| "a rehearsal without days".to_owned())
    }

    fn stretch(&mut self, is_later: bool, until: i64) -> Result<Arc<Program>, Broken> {
        for _ in 0..LIVES_MAX {
            let (mut process, begun) = self.start(is_later, START)?;
            let end = match begun {
                End::Died => End::Died,
                End::Done => {
                    let mut arrivals = process.readable();
                    let ran = process.engine.run_until(Instant(until - 1), &mut arrivals, &mut |_| {});
                    ended(&mut process, ran)?
                }
            };
            if self.is_over(&mut process, &end) {
                return Ok(process.program);
            }
        }
        Err("it dies again and again".to_owned())
    }

    /// Looks at the clock again and again; half way through, the project is changed.
    fn serve(&mut self, looks: &[i64]) -> Result<Arc<Program>, Broken> {
        let middle = looks.len() / 2;
        let (mut known, mut alive) = (i64::MIN, None);
        for (place, now) in looks.iter().enumerate() {
            let now = (*now).max(START);
            known = known.max(now);
            if place == middle && self.is_anything_changed() {
                let process: Option<Process> = alive.take();
                process.map_or(Ok(()), |mut process| settle(&mut process, known).map(drop))?;
            }
            // The last look is for whoever comes back.
            let is_last = place + 1 == looks.len();
            alive = match self.stays_away && !is_last {
                true => self.once(alive, place >= middle, now, known)?,
                false => Some(self.until_done(alive, place >= middle, now, known)?),
            };
        }
        for _ in 0..LIVES_MAX {
            let mut last = self.until_done(alive.take(), true, known, known)?;
            if let End::Done = settle(&mut last, known)? {
                return Ok(last.program);
            }
            self.deaths += 1;
            drain(&mut last);
        }
        Err("it dies again and again".to_owned())
    }

    fn is_anything_changed(&self) -> bool {
        self.world.next.is_some() || !self.world.people.grown.is_empty()
    }

    /// One look of whoever is alive, and of those who come after where they die.
    fn until_done(
        &mut self,
        mut alive: Option<Process>,
        is_later: bool,
        now: i64,
        known: i64,
    ) -> Result<Process, Broken> {
        for _ in 0..LIVES_MAX {
            if let Some(process) = self.once(alive.take(), is_later, now, known)? {
                return Ok(process);
            }
        }
        Err("it dies again and again".to_owned())
    }

    /// One look of whoever is alive, or comes to life for it; none where they die at it.
    fn once(
        &mut self,
        alive: Option<Process>,
        is_later: bool,
        now: i64,
        known: i64,
    ) -> Result<Option<Process>, Broken> {
        let (mut process, begun) = match alive {
            Some(process) => (process, End::Done),
            None => self.start(is_later, now)?,
        };
        let end = match begun {
            End::Died => End::Died,
            End::Done => self.look(&mut process, now, known)?,
        };
        Ok(self.is_over(&mut process, &end).then_some(process))
    }

    /// One look: what has arrived, then what is due.
    fn look(&mut self, process: &mut Process, now: i64, known: i64) -> Result<End, Broken> {
        let place = process.engine.recall(STREAM).map_or(0, number_of);
        let has_come = process.stream.iter().take_while(|arrival| arrival.arrived_at <= known).count();
        let new: Vec<Arrival> = process.stream.iter().take(has_come).skip(place).cloned().collect();
        let engine = &mut process.engine;
        let heard = engine.hear(Instant(now), new, &mut |_| {}).map(|()| {
            engine.remember(STREAM, (has_come as u64).to_le_bytes().to_vec());
        });
        let done = heard.and_then(|()| engine.catch_up(Instant(now), &mut std::iter::empty(), &mut |_| {}));
        ended(process, done)
    }

    /// A process begins: it takes the project up as it is, and its contacts.
    fn start(&mut self, is_later: bool, now: i64) -> Result<(Process, End), Broken> {
        self.receiver.revives();
        let life = if self.lives.is_empty() { Life::CALM } else { self.lives.remove(0) };
        let mut store = self.place.open(&self.receiver).map_err(|error| error.message)?;
        let program = self.adopt(&mut store, is_later)?;
        let backend: Arc<dyn Backend> = match life.native {
            true => Arc::new(flow_native::compile(&program).map_err(|error| error.to_string())?),
            false => Arc::new(Interpreter::new(Arc::clone(&program)).map_err(|error| format!("{error:?}"))?),
        };
        store.dies(life.death, Random::of(self.world.seed, u64::from(self.deaths)).word());
        let limits = Limits {
            batch_items: life.batch_items,
            cache_contacts: life.cache_contacts,
            outbox_rows: life.outbox_rows,
            // Few together or many, as its batches.
            look_rows: life.batch_items,
        };
        let delivery = Delivery { channel: self.receiver.clone(), composer: Arc::new(Plain) };
        let engine =
            Engine::open(Arc::clone(&program), backend, store, delivery, limits).map_err(|error| error.to_string())?;
        let stream = arrivals(self.world, &program)?;
        let mut process = Process { engine, program, stream, reads: life.reads };
        let text = self.contacts(is_later);
        let lengths = process.engine.imported_lengths().map_err(|error| error.to_string())?;
        let print = Fingerprint::read(text.as_bytes(), lengths).map_err(|error| error.to_string())?;
        let imported = match process.engine.begin(Instant(START), Some(&print)) {
            Ok(()) => import(&mut process, (&text, &print), now)?,
            Err(error) => Err(error),
        };
        let end = ended(&mut process, imported)?;
        Ok((process, end))
    }

    /// The program of the time, by the numbers of the store. A change that the store refuses is not made.
    fn adopt(&mut self, store: &mut Mortal, is_later: bool) -> Result<Arc<Program>, Broken> {
        for plan in self.world.next.iter().chain([&self.world.plan]).skip(self.programs.len()) {
            self.programs.push(compiled_files(files(plan.declarations(), self.order))?);
        }
        let adopt = |store: &mut Mortal, program: &Program| {
            let linked = flow_runtime::open::adopt(store, program).map_err(|error| error.message)?;
            flow_runtime::open::recall(store, &linked).map_err(|error| error.message)?;
            Ok::<_, Broken>(Arc::new(linked))
        };
        if let [next, _] = self.programs.as_slice()
            && is_later
        {
            match adopt(store, next) {
                Ok(linked) => {
                    self.refused_change = None;
                    self.is_changed = true;
                    return Ok(linked);
                }
                Err(refused) => self.refused_change = Some(refused),
            }
        }
        self.programs.last().map_or_else(|| Err("no program".to_owned()), |first| adopt(store, first))
    }

    /// The file of contacts of the time.
    fn contacts(&self, is_later: bool) -> String {
        let mut rows = self.world.people.rows.clone();
        if is_later {
            rows.extend(self.world.people.grown.iter().cloned());
        }
        file_of(&rows)
    }

    /// Takes leave of a process: whether it has done what it was to do.
    fn is_over(&mut self, process: &mut Process, end: &End) -> bool {
        if matches!(end, End::Done) {
            return true;
        }
        self.deaths += 1;
        drain(process);
        false
    }
}

/// Takes a file of contacts in, as a process does that begins.
fn import(
    process: &mut Process,
    (text, print): (&str, &Fingerprint),
    now: i64,
) -> Result<Result<(), EngineError>, Broken> {
    let engine = &mut process.engine;
    let first_read = engine.first_read_at(print).map_err(|error| error.to_string())?;
    let as_of = first_read.unwrap_or(Instant(now).max(engine.now()));
    let reader = ContactReader::open(text.as_bytes(), "contacts.csv", &process.program, &Columns::new())
        .map_err(|error| error.to_string())?
        .as_of(as_of);
    let (mut tally, mut unheard) = (Tally::default(), |_: Finding<'_>| Ok(()));
    let rows: Result<Vec<ContactRow>, _> = accept(reader, &mut tally, &mut unheard).collect();
    let rows = rows.map_err(|error| error.to_string())?;
    let file = ContactsFile { name: "contacts.csv", print, rows: &rows };
    Ok(engine.import_contacts(file, Instant(now), &mut |_| {}, &mut |_| {}).map(drop))
}

/// The stream of a world, as a program reads it.
pub fn arrivals(world: &World, program: &Program) -> Result<Vec<Arrival>, Broken> {
    let text: String = world.people.lines.iter().map(|line| line.text() + "\n").collect();
    let reader = EventReader::open(Cursor::new(text), "events.jsonl", program).map_err(|error| error.to_string())?;
    let (mut tally, mut unheard) = (Tally::default(), |_: Finding<'_>| Ok(()));
    accept(reader, &mut tally, &mut unheard).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// A clean end, which hears what is still on its way. One who dies at it has died.
fn settle(process: &mut Process, now: i64) -> Result<End, Broken> {
    let settled = process.engine.settle_in_flight(Instant(now));
    ended(process, settled)
}

/// What was handed over comes to its end on the other side, whatever became of this one.
fn drain(process: &mut Process) {
    while process.engine.in_flight() > 0 {
        process.engine.await_answer(std::time::Duration::from_millis(200));
    }
}

/// What a call of the engine came to: an error of a process that has died is its death.
fn ended(process: &mut Process, done: Result<(), EngineError>) -> Result<End, Broken> {
    match done {
        Ok(()) if !process.engine.store().is_dead() => Ok(End::Done),
        Ok(()) => Ok(End::Died),
        Err(_) if process.engine.store().is_dead() => Ok(End::Died),
        // Whoever was to stop ends as the command does; where the file was cut, what is in hand is lost.
        Err(EngineError::Unread) => match process.reads {
            Some(reads) if reads % 2 == 0 => {
                process.engine.break_off().map(|()| End::Died).map_err(|error| error.to_string())
            }
            _ => Ok(End::Died),
        },
        Err(error) => Err(format!("the engine broke off: {error}")),
    }
}

fn number_of(bytes: &[u8]) -> usize {
    bytes.try_into().map_or(0, |bytes| u64::from_le_bytes(bytes) as usize)
}

/// The declarations in an order, in up to three files; as written, in one, where the order is 0.
fn files(mut declarations: Vec<String>, order: u64) -> Vec<(String, String)> {
    if order == 0 {
        return vec![("world.flow".to_owned(), format!("use std.b2b\n\n{}\n", declarations.join("\n\n")))];
    }
    let mut random = Random::new(order);
    for place in (1..declarations.len()).rev() {
        declarations.swap(place, random.below(place + 1));
    }
    let count = random.below(3) + 1;
    let mut files: Vec<(String, String)> = (0..count).map(|number| (format!("{number}.flow"), String::new())).collect();
    if let Some((_, text)) = files.first_mut() {
        text.push_str("use std.b2b\n\n");
    }
    for declaration in declarations {
        let file = random.below(count);
        if let Some((_, text)) = files.get_mut(file) {
            text.push_str(&declaration);
            text.push_str("\n\n");
        }
    }
    files
}
