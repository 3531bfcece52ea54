//! A small world for the engine: a program as text, people, a mailbox that does as it is told, and days to wait.
use flow_front::Project;
use flow_front::compile;
use flow_front::lints::Levels;
use flow_front::source::Source;
use flow_ir::backend::Backend;
use flow_ir::interpret::Interpreter;
use flow_ir::{FieldId, FieldType, FieldValue, Id, NUMBER_SCALE, Program, WorkflowId};
use flow_runtime::dispatch::channels::scripted::{self, ScriptedChannel};
use flow_runtime::dispatch::channels::{Channel, Fate, Foreseen, RefusedKind, Uncertain};
use flow_runtime::doctor::{Examination, examine_telling};
use flow_runtime::engine::{
    Composed, Composer, ContactView, ContactsFile, Delivery, Engine, EngineError, Imported, Limits, Report,
};
use flow_runtime::inbound::{Arrival, ContactRow, Finding, Fingerprint, Origin, SetAside, Tracked, What};
use flow_runtime::mail::{Html, Mail, Mailbox, Purpose};
use flow_runtime::open::AtOnce;
use flow_runtime::store::digest::Snapshot;
use flow_runtime::store::memory::MemoryStore;
use flow_runtime::store::sqlite::{OpenOptions, SqliteStore};
use flow_runtime::store::{
    Answers, Batch, Blank, Changes, Charter, ContactId, Damaged, DecisionCode, DecisionRecord, DueContact,
    JourneyRecord, MessageId, Opened, OutboxRecord, Questions, Records, Slot, SlotBatch, SlotSink, SlotState, Store,
    StoreError, StoreFault, StoredContact, Tended, Ticket, Wish,
};
use flow_runtime::time::Instant;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const MINUTE: i64 = 60_000;
const HOUR: Duration = Duration::from_secs(3_600);

const TEMPLATE: &str = "<html><body><p>Hello</p><p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p></body></html>";
const LINKED: &str = "<html><body><p><a href=\"{{ link('more') }}\">More</a></p><p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p></body></html>";
const CONFIRM: &str = "<html><body><p><a href=\"{{ confirm_url }}\">Yes, write to me</a></p></body></html>";
const SEATS: &str = "<html><body><p>{{ seats }}</p><p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p></body></html>";

/// What every test program begins with.
pub(crate) const HEAD: &str = r#"
use std.b2b
team sales {
  member "ana@acme.example" covers region in ("EMEA")
  member "bo@acme.example"
  member "cy@acme.example"
  backup "lead@acme.example"
  assign round robin
}
team far { member "ann@acme.example" covers region in ("APAC"); backup "lead@acme.example"; assign round robin }
team lost { member "ann@acme.example" covers region in ("APAC"); assign round robin }
email hello { subject "Hello"; template "emails/linked.html"; link "more" to "https://acme.example/more" }
email again { subject "Again"; template "emails/plain.html" }
email bill { subject "Your bill"; kind transactional; template "emails/plain.html" }
"#;

pub(crate) fn program(text: &str) -> Arc<Program> {
    compiled(text).unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

/// A program, or what is said against it.
pub(crate) fn compiled(text: &str) -> Result<Arc<Program>, Vec<String>> {
    compiled_of(&[format!("{HEAD}\n{text}")])
}

/// A program of these files and nothing else, or what is said against it.
pub(crate) fn compiled_of(files: &[String]) -> Result<Arc<Program>, Vec<String>> {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
    let compilation = compile(&Project {
        sender: None,
        lints: Levels::default(),
        name: "test".to_owned(),
        timezone: "UTC".to_owned(),
        zones: flow_runtime::time::civil::ZONES,
        sources: files.iter().enumerate().map(|(nth, text)| source(&format!("test{nth}.flow"), text)).collect(),
        templates: vec![
            source("emails/plain.html", TEMPLATE),
            source("emails/linked.html", LINKED),
            source("emails/seats.html", SEATS),
            source("emails/confirm.html", CONFIRM),
        ],
    });
    let complaints = || {
        compilation
            .diagnostics
            .iter()
            .map(|diagnostic| format!("{:?}: {}", diagnostic.severity, diagnostic.message))
            .collect::<Vec<String>>()
    };
    compilation.program.as_ref().map(|program| Arc::new(program.clone())).ok_or_else(complaints)
}

pub(crate) fn at(text: &str) -> i64 {
    let text = if text.contains(' ') { text.replace(' ', "T") } else { format!("{text}T00:00") };
    Instant::parse(&format!("{text}:00Z")).unwrap().0
}

/// The bytes of a file, a line for each row.
pub(crate) fn text_of(rows: &[ContactRow]) -> String {
    let line = |row: &ContactRow| format!("{:?} {:?} {:?}\n", row.keys, row.values, row.changed_at);
    std::iter::once("header\n".to_owned()).chain(rows.iter().map(line)).collect()
}

/// Imports a file whose rows stand one in each line below the header.
pub(crate) fn import_at<S: Store>(
    engine: &mut Engine<S>,
    bytes: &str,
    rows: &[ContactRow],
    now: Instant,
    told: &mut dyn FnMut(SetAside),
) -> Result<Imported, EngineError> {
    let in_line = |(line, row): (u64, &ContactRow)| ContactRow { at: Origin { line, ..origin() }, ..row.clone() };
    let rows: Vec<ContactRow> = (2..).zip(rows).map(in_line).collect();
    let print = Fingerprint::read(bytes.as_bytes(), engine.imported_lengths()?).unwrap();
    let file = ContactsFile { name: "contacts.csv", print: &print, rows: &rows };
    engine.import_contacts(file, now, told, &mut |_| {})
}

fn origin() -> Origin {
    Origin { file: "stream.jsonl".into(), line: 1 }
}

/// A mailbox that answers by the address: `dead` bounces, `busy` takes the second attempt, `down` never answers well, `lost` may have
/// taken it; `slow` answers an hour later, `late` bounces then, and of `silent` it is seen then that nobody is there.
pub(crate) fn mailbox(policy: Uncertain) -> Arc<ScriptedChannel> {
    Arc::new(ScriptedChannel::new(policy, |mail, attempt| {
        let reason = || "because".to_owned();
        let name = mail.to.address().as_str().split('@').next().unwrap();
        let fate = match name.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
            "dead" => Fate::Refused { reason: reason(), kind: RefusedKind::HardBounce },
            "blocked" => Fate::Refused { reason: reason(), kind: RefusedKind::Blocked },
            "busy" if attempt == 1 => Fate::RetryLater { reason: reason() },
            "down" => Fate::RetryLater { reason: reason() },
            "lost" => Fate::Unknown { reason: reason() },
            "gone" => Fate::Down { reason: reason() },
            "broken" => Fate::Stop { reason: reason() },
            "silent" => return Foreseen { after: HOUR, fate: Fate::Down { reason: reason() } },
            "late" => {
                return Foreseen {
                    after: HOUR,
                    fate: Fate::Refused { reason: reason(), kind: RefusedKind::HardBounce },
                };
            }
            "slow" => return Foreseen { after: HOUR, ..scripted::delivered() },
            _ => return scripted::delivered(),
        };
        Foreseen { after: Duration::ZERO, fate }
    }))
}

/// The mailbox, of which few messages may be in hand at once.
struct Narrow {
    mailbox: Arc<ScriptedChannel>,
    at_once: usize,
}

impl Channel for Narrow {
    fn name(&self) -> &str {
        self.mailbox.name()
    }
    fn uncertain(&self) -> Uncertain {
        self.mailbox.uncertain()
    }
    fn at_once(&self) -> usize {
        self.at_once
    }
    fn ready(&self) -> Result<(), String> {
        self.mailbox.ready()
    }
    fn foresee(&self, mail: &Mail, attempt: u32) -> Option<Foreseen> {
        self.mailbox.foresee(mail, attempt)
    }
    fn send(&self, mail: &Mail, attempt: u32) -> Fate {
        self.mailbox.send(mail, attempt)
    }
}

struct Plain;

impl Composer for Plain {
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Composed, String> {
        let to = match row.payload.is_empty() {
            true => contact.address().ok_or("no address")?.to_owned(),
            false => serde_json::from_str::<Value>(&row.payload).unwrap()["to"].as_str().unwrap().to_owned(),
        };
        if to.starts_with("mute") {
            return Err("nothing to say".to_owned());
        }
        let mail = Mail {
            key: row.key.clone(),
            from: Mailbox::parse("us@acme.example").map_err(|error| error.to_string())?,
            to: Mailbox::parse(&to).map_err(|error| error.to_string())?,
            reply_to: None,
            subject: "Hello".to_owned(),
            html: match to.starts_with("torn") {
                true => Html::later(|| Err("its template is damaged".to_owned())),
                false => Html::default(),
            },
            plain: Some(contact.named("first_name").unwrap_or_default()),
            preview: None,
            list: None,
            unsubscribe: None,
            sent_at: Instant(row.queued_at).to_utc().unwrap(),
            purpose: Purpose::Transactional,
        };
        Ok(Composed { mail, payload: row.payload.clone() })
    }
}

/// When a shared store gives out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    Never,
    /// This many commits are kept, then the process dies.
    AfterCommit(usize),
    /// This many commits are kept, and the next one is lost.
    InCommit(usize),
    /// Nobody is read any more.
    InLoad,
}

/// On which of the two back ends a world runs, and in which of the two stores it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) is_native: bool,
    pub(crate) is_file: bool,
}

impl Place {
    pub(crate) const ALL: [Place; 4] = [
        Place { is_native: false, is_file: false },
        Place { is_native: true, is_file: false },
        Place { is_native: false, is_file: true },
        Place { is_native: true, is_file: true },
    ];
}

/// A store of either kind.
pub(crate) enum Kept {
    Memory(MemoryStore),
    File { store: Option<Box<SqliteStore>>, folder: TempDir },
}

impl Kept {
    fn file() -> Kept {
        let mut kept = Kept::File { store: None, folder: tempfile::tempdir().unwrap() };
        kept.reopen();
        kept
    }

    pub(crate) fn store(&mut self) -> &mut dyn Store {
        match self {
            Kept::Memory(store) => store,
            Kept::File { store, .. } => store.as_deref_mut().unwrap(),
        }
    }

    /// Closes a file and opens it anew, as the next process would. What is in memory stays as it is.
    fn reopen(&mut self) {
        if let Kept::File { store, folder } = self {
            drop(store.take());
            let options = OpenOptions { bare: true, ..OpenOptions::new(folder.path().join("flow.db")) };
            *store = Some(Box::new(options.open().unwrap()));
        }
    }
}

/// Whoever wants to know nothing of what a store holds.
struct Nobody;

impl SlotSink for Nobody {
    fn messages(&mut self, _: Vec<MessageId>) {}
    fn contacts(&mut self, _: &[DueContact]) {}
    fn outbox(&mut self, _: Vec<OutboxRecord>) {}
}

/// A store that outlives the engine that works on it.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) store: Arc<Mutex<Kept>>,
    pub(crate) crash: Arc<Mutex<Crash>>,
    /// How often it was asked something while events are taken.
    pub(crate) questions: Arc<AtomicUsize>,
}

impl Shared {
    fn store(&self) -> MutexGuard<'_, Kept> {
        self.store.lock().unwrap()
    }

    fn died() -> StoreError {
        StoreError { fault: StoreFault::Other, message: "died".to_owned(), help: String::new(), path: None }
    }
}

impl Store for Shared {
    fn tend(&mut self, wish: Wish) -> Result<Tended, StoreError> {
        self.store().store().tend(wish)
    }
    fn open(&mut self, slot: Slot, layout: u32, sink: &mut dyn SlotSink) -> Result<Opened, StoreError> {
        self.store().store().open(slot, layout, sink)
    }
    fn ask(&mut self, questions: &Questions) -> Result<Answers, StoreError> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        self.store().store().ask(questions)
    }
    fn show(
        &mut self,
        ids: &[ContactId],
        to: &mut dyn FnMut(StoredContact<'_>) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        if *self.crash.lock().unwrap() == Crash::InLoad {
            return Err(Self::died());
        }
        self.questions.fetch_add(1, Ordering::Relaxed);
        self.store().store().show(ids, to)
    }
    fn begin(&mut self, batch: Batch) -> Result<Ticket, StoreError> {
        let mut crash = self.crash.lock().unwrap();
        match *crash {
            Crash::Never | Crash::InLoad => {}
            Crash::InCommit(0) => return Err(Self::died()),
            Crash::InCommit(left) => *crash = Crash::InCommit(left - 1),
            Crash::AfterCommit(left) => {
                let begun = self.store().store().begin(batch)?;
                *crash = Crash::AfterCommit(left.saturating_sub(1));
                return if left <= 1 { Err(Self::died()) } else { Ok(begun) };
            }
        }
        self.store().store().begin(batch)
    }
    fn finish(&mut self, ticket: Ticket) -> Result<(), StoreError> {
        self.store().store().finish(ticket)
    }
    fn release(&mut self, slot: Slot) -> Result<(), StoreError> {
        self.store().store().release(slot)
    }
    fn blank(&mut self, blank: &[u8]) -> Arc<Blank> {
        self.store().store().blank(blank)
    }

    fn charter(&mut self) -> Result<Charter, StoreError> {
        self.store().store().charter()
    }
    fn settle(&mut self, charter: &Charter) -> Result<(), StoreError> {
        self.store().store().settle(charter)
    }
    fn records(&self) -> Result<Box<dyn Records>, StoreError> {
        self.store().store().records()
    }
}

/// A program, a store and a stream of events, from 2026-03-02 (a Monday) on.
pub(crate) struct World {
    pub(crate) program: Arc<Program>,
    pub(crate) shared: Shared,
    pub(crate) mailbox: Arc<ScriptedChannel>,
    /// How many of its messages may be in hand at once.
    pub(crate) at_once: usize,
    pub(crate) limits: Limits,
    /// How much of the log is in memory when a new version asks of it: so little that a crowd takes several readings.
    pub(crate) recalled_at_once: AtOnce,
    engine: Option<Engine<Shared>>,
    /// What the last import has left out of its rows.
    pub(crate) left_out: Vec<String>,
    place: Place,
    /// What runs the program, once it has been made.
    pub(crate) backend: Option<Arc<dyn Backend>>,
    /// Whether the invariants are looked at when it goes.
    pub(crate) is_checked_at_its_end: bool,
    now: i64,
    pub(crate) stream: Vec<Arrival>,
    taken: usize,
}

pub(crate) fn world(text: &str) -> World {
    World::of(program(text))
}

impl World {
    pub(crate) fn of(program: Arc<Program>) -> World {
        World::on(Place::ALL[0], program)
    }

    pub(crate) fn on(place: Place, program: Arc<Program>) -> World {
        let kept = if place.is_file { Kept::file() } else { Kept::Memory(MemoryStore::new()) };
        World {
            shared: Shared {
                store: Arc::new(Mutex::new(kept)),
                crash: Arc::new(Mutex::new(Crash::Never)),
                questions: Arc::default(),
            },
            mailbox: mailbox(Uncertain::Resend),
            at_once: usize::MAX,
            limits: Limits::default(),
            recalled_at_once: AtOnce { instants: 60, asked: 20 },
            engine: None,
            left_out: Vec::new(),
            place,
            backend: None,
            is_checked_at_its_end: false,
            now: at("2026-03-02"),
            program,
            stream: Vec::new(),
            taken: 0,
        }
    }

    pub(crate) fn policy(mut self, policy: Uncertain) -> World {
        self.mailbox = mailbox(policy);
        self
    }

    pub(crate) fn limits(mut self, batch_items: usize, cache_contacts: usize) -> World {
        self.limits = Limits { batch_items, cache_contacts, ..self.limits };
        self
    }

    /// On machine code, not interpreted.
    /// A store in which things happen to real people (E13).
    pub(crate) fn live(mut self) -> World {
        self.shared.settle(&Charter { kind: Some(Charter::LIVE.to_owned()), ..Charter::default() }).unwrap();
        self
    }

    pub(crate) fn native(mut self) -> World {
        self.place.is_native = true;
        self
    }

    /// Goes on with another version of the program, in the same store.
    pub(crate) fn becomes(&mut self, text: &str) -> &mut World {
        self.adopt(&program(text)).unwrap()
    }

    /// The same, or what stands against it.
    pub(crate) fn adopt(&mut self, program: &Program) -> Result<&mut World, StoreError> {
        if self.shared.charter()?.program.is_none() {
            flow_runtime::open::adopt(&mut self.shared, &self.program)?;
        }
        let linked = flow_runtime::open::adopt(&mut self.shared, program)?;
        flow_runtime::open::recall_within(&mut self.shared, &linked, self.recalled_at_once)?;
        self.program = Arc::new(linked);
        self.backend = None;
        Ok(self.reopen())
    }

    /// Opens the store anew, as after a crash.
    pub(crate) fn reopen(&mut self) -> &mut World {
        self.engine = None;
        self.shared.store().reopen();
        self
    }

    /// What runs its program.
    pub(crate) fn backend(&mut self) -> Arc<dyn Backend> {
        let (program, is_native) = (&self.program, self.place.is_native);
        let made = || -> Arc<dyn Backend> {
            match is_native {
                true => Arc::new(flow_native::compile(program).unwrap()),
                false => Arc::new(Interpreter::new(Arc::clone(program)).unwrap()),
            }
        };
        self.backend.get_or_insert_with(made).clone()
    }

    pub(crate) fn engine(&mut self) -> &mut Engine<Shared> {
        if self.engine.is_none() {
            let backend = self.backend();
            self.engine = Some(self.engine_over(backend, self.shared.clone()));
        }
        self.engine.as_mut().unwrap()
    }

    /// An engine of its own, with this world's program and mailbox.
    pub(crate) fn engine_over<S: Store>(&self, backend: Arc<dyn Backend>, store: S) -> Engine<S> {
        let channel: Arc<dyn Channel> = Arc::new(Narrow { mailbox: self.mailbox.clone(), at_once: self.at_once });
        let delivery = Delivery { channel, composer: Arc::new(Plain) };
        Engine::open(Arc::clone(&self.program), backend, store, delivery, self.limits).unwrap()
    }

    fn field(&self, name: &str) -> FieldId {
        self.program.fields.find(|field| field.name == name).unwrap_or_else(|| panic!("no field {name}"))
    }

    /// A field's value from a word of a test.
    fn value(&self, name: &str, word: &str) -> (FieldId, FieldValue) {
        let id = self.field(name);
        let place = |words: &[String]| i64::try_from(words.iter().position(|known| known == word).unwrap()).unwrap();
        let value = match &self.program.fields.at(id).ty {
            FieldType::YesNo => FieldValue::Int(i64::from(word == "yes")),
            FieldType::Number | FieldType::Money => FieldValue::Int(word.parse::<i64>().unwrap() * NUMBER_SCALE),
            FieldType::OneOf(choices) => FieldValue::Int(place(choices) + 1),
            FieldType::Stage => FieldValue::Int(place(&self.program.stages)),
            FieldType::Moment if word.contains('-') => FieldValue::Int(at(word)),
            FieldType::Date if word.trim_start_matches('-').contains('-') => {
                FieldValue::Int(at(word).div_euclid(24 * 60 * MINUTE))
            }
            FieldType::Date | FieldType::Moment => FieldValue::Int(word.parse().unwrap()),
            _ => FieldValue::Text(word.to_owned()),
        };
        (id, value)
    }

    pub(crate) fn values(&self, words: &[(&str, &str)]) -> Vec<(FieldId, FieldValue)> {
        words.iter().map(|(name, word)| self.value(name, word)).collect()
    }

    pub(crate) fn row(&self, keys: &[&str], words: &[(&str, &str)]) -> ContactRow {
        let values = self.values(words);
        ContactRow {
            keys: self.with_address(keys.iter().map(|key| (*key).to_owned()).collect(), &values),
            values,
            refusals: Vec::new(),
            changed_at: None,
            at: origin(),
        }
    }

    /// Whoever says their address can be found by it, as every reader has it.
    fn with_address(&self, mut keys: Vec<String>, values: &[(FieldId, FieldValue)]) -> Vec<String> {
        let email = self.program.fields.find(|field| field.name == "email");
        for (field, value) in values {
            let FieldValue::Text(address) = value else { continue };
            let key = format!("email:{}", address.to_lowercase());
            if Some(*field) == email && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// Imports rows from a file of their own: the same bytes where they say the same.
    pub(crate) fn import(&mut self, rows: &[ContactRow]) -> Imported {
        self.import_bytes(&text_of(rows), rows)
    }

    /// Imports rows from a file of these bytes, whatever they are read as.
    pub(crate) fn import_bytes(&mut self, bytes: &str, rows: &[ContactRow]) -> Imported {
        let now = Instant(self.now);
        self.left_out.clear();
        let mut left_out = Vec::new();
        let imported = import_at(self.engine(), bytes, rows, now, &mut |note| left_out.push(note)).unwrap();
        self.left_out = left_out.iter().map(|note| Finding::SetAside(note).to_string()).collect();
        imported
    }

    /// Makes a contact, with an address of their own.
    pub(crate) fn contact(&mut self, user: &str, words: &[(&str, &str)]) -> &mut World {
        let address = format!("{user}@people.example");
        let mut words = words.to_vec();
        if !words.iter().any(|(name, _)| *name == "email") {
            words.push(("email", &address));
        }
        let values = self.values(&words);
        self.identify_with(user, values);
        self.run()
    }

    /// Goes on to an instant; nothing is run yet.
    pub(crate) fn at(&mut self, text: &str) -> &mut World {
        self.now = at(text);
        self
    }

    pub(crate) fn set_now(&mut self, now: i64) {
        self.now = now;
    }

    pub(crate) fn event(&mut self, user: &str, name: &str, properties: Value) -> &mut World {
        let now = self.now;
        self.event_of(user, name, properties, now)
    }

    pub(crate) fn event_of(&mut self, user: &str, name: &str, properties: Value, occurred_at: i64) -> &mut World {
        let Value::Object(properties) = properties else { panic!("properties are an object") };
        self.arrival(user, occurred_at, What::Track(Tracked::new(&self.program, name, properties)))
    }

    pub(crate) fn identify(&mut self, user: &str, words: &[(&str, &str)]) -> &mut World {
        let values = self.values(words);
        self.identify_with(user, values)
    }

    fn identify_with(&mut self, user: &str, values: Vec<(FieldId, FieldValue)>) -> &mut World {
        let now = self.now;
        self.arrival(user, now, What::Identify { values })
    }

    /// The last arrival occurred before it came.
    pub(crate) fn occurred(&mut self, text: &str) -> &mut World {
        let last = self.stream.last_mut().unwrap();
        (last.occurred_at, last.claimed_at) = (at(text), Some(at(text)));
        self
    }

    /// The last arrival once more, as its sender would send it again: arrived now, and dated otherwise.
    pub(crate) fn again(&mut self, claimed_at: Option<i64>) -> &mut World {
        let last = self.stream.last().unwrap().clone();
        let occurred_at = claimed_at.unwrap_or(self.now).min(self.now);
        self.stream.push(Arrival { arrived_at: self.now, occurred_at, claimed_at, ..last });
        self
    }

    fn arrival(&mut self, user: &str, occurred_at: i64, what: What) -> &mut World {
        let mut message = [0; 16];
        message[..8].copy_from_slice(&(self.stream.len() as u64 + 1).to_le_bytes());
        let values: &[(FieldId, FieldValue)] = if let What::Identify { values } = &what { values } else { &[] };
        let keys = self.with_address(vec![format!("user:{user}")], values);
        let (arrived_at, at) = (self.now, origin());
        self.stream.push(Arrival {
            arrived_at,
            occurred_at,
            claimed_at: Some(occurred_at),
            message: MessageId(message),
            keys,
            what,
            at,
        });
        self
    }

    /// Gives the last event more keys.
    pub(crate) fn keys(&mut self, keys: &[&str]) -> &mut World {
        let last = self.stream.last_mut().unwrap();
        last.keys.extend(keys.iter().map(|key| (*key).to_owned()));
        self
    }

    /// The last event is known by this key alone, and by the address that it says.
    pub(crate) fn only_key(&mut self, key: &str) -> &mut World {
        let keys = &mut self.stream.last_mut().unwrap().keys;
        keys.retain(|key| key.starts_with("email:"));
        keys.insert(0, key.to_owned());
        self
    }

    /// What has been said since the last run.
    pub(crate) fn take_new(&mut self) -> Vec<Arrival> {
        let new = self.stream[self.taken..].to_vec();
        self.taken = self.stream.len();
        new
    }

    /// Runs what has been said so far.
    pub(crate) fn run(&mut self) -> &mut World {
        let new = self.take_new();
        let now = Instant(self.now);
        self.engine().run_until(now, &mut new.into_iter().map(Ok), &mut |_| {}).unwrap();
        self.check_invariants();
        self
    }

    /// Runs the whole stream from its start, and on to an instant.
    pub(crate) fn run_all(&mut self, until: &str) -> Result<(), EngineError> {
        let all = self.stream.clone();
        self.engine().run_until(Instant(at(until)), &mut all.into_iter().map(Ok), &mut |_| {})
    }

    /// Takes these arrivals, and goes on to an instant.
    pub(crate) fn run_until(&mut self, until: i64, arrivals: Vec<Arrival>) -> Result<(), EngineError> {
        self.engine().run_until(Instant(until), &mut arrivals.into_iter().map(Ok), &mut |_| {})
    }

    /// What must hold of every store.
    pub(crate) fn check_invariants(&self) {
        let kept = self.shared.clone().charter().unwrap().program;
        let adopted = kept.map(|kept| Arc::new(serde_json::from_slice(&kept.text).unwrap()));
        let program = adopted.unwrap_or_else(|| Arc::clone(&self.program));
        // A window of some contacts, so that more than one is seen where there are many.
        let how = Examination { is_closed: false, window: 16, mends: false, progress: &mut |_, _| () };
        let examined = examine_telling(&mut *self.shared.records().unwrap(), &program, how).unwrap();
        let findings: Vec<String> = (examined.findings.iter())
            .map(|finding| format!("{}: {} {}", finding.kind.code(), finding.subject, finding.words))
            .collect();
        assert!(examined.is_healthy(), "{}", findings.join("\n"));
    }

    /// Writes into the store behind the engine's back, which opens it anew. What is new in the log has the next numbers.
    pub(crate) fn write(&mut self, changes: Changes) -> &mut World {
        self.reopen();
        {
            let mut kept = self.shared.store();
            let store = kept.store();
            let owner = store.tend(Wish { slots: 1 }).unwrap().owner;
            let state = store.open(Slot::FIRST, 1, &mut Nobody).unwrap().state;
            let next_record = state.next_record + changes.events.len() as u64;
            let state = SlotState { number: state.number + 1, next_record, ..state };
            store.commit(Batch { owner, slots: vec![SlotBatch { slot: Slot::FIRST, state, changes }] }).unwrap();
        }
        self.reopen()
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.shared.store().store().records().unwrap().snapshot().unwrap()
    }

    pub(crate) fn report(&mut self) -> Report {
        self.engine().report().unwrap()
    }

    pub(crate) fn counter(&mut self, name: &str) -> i64 {
        self.report().counter(name)
    }

    pub(crate) fn id(&self, user: &str) -> ContactId {
        let key = format!("user:{user}");
        let questions = Questions { keys: vec![key], ..Questions::default() };
        let found = self.shared.store().store().ask(&questions).unwrap().owners;
        found[0].unwrap_or_else(|| panic!("nobody is {user}"))
    }

    pub(crate) fn journeys(&self, user: &str) -> Vec<JourneyRecord> {
        let id = self.id(user);
        self.snapshot().journeys().into_iter().filter(|journey| journey.contact == id).cloned().collect()
    }

    /// A number, a yes/no or a code of a contact's frame, as it is kept.
    pub(crate) fn read(&self, user: &str, field: &str) -> i64 {
        let id = self.id(user);
        let contact = self.snapshot().contacts.into_iter().find(|contact| contact.id == id).unwrap();
        let slot = self.program.fields.at(self.field(field)).slot.unwrap();
        self.program.frame.read(&contact.frame, slot)
    }

    pub(crate) fn text(&self, user: &str, field: &str) -> Option<String> {
        let id = self.id(user);
        let contact = self.snapshot().contacts.into_iter().find(|contact| contact.id == id).unwrap();
        contact.texts.unwrap().get(self.program.fields.at(self.field(field)).text.unwrap().index()).map(str::to_owned)
    }

    pub(crate) fn score(&self, user: &str) -> i64 {
        self.read(user, "score") / NUMBER_SCALE
    }

    /// What was decided about a contact, in short: `03-02 10:00 nurture Sent s0`, with the reason's number after a dot.
    pub(crate) fn decisions(&self, user: &str) -> Vec<String> {
        let id = self.id(user);
        let store = self.snapshot();
        store.decisions.iter().filter(|decision| decision.contact == id).map(|decision| self.words(decision)).collect()
    }

    /// The same without the wakes, the deliveries of notices, and what people did with mails.
    pub(crate) fn story(&self, user: &str) -> Vec<String> {
        let dull = [" Stepped", " Delivered", " Opened", " Clicked", " Replied"];
        self.decisions(user).into_iter().filter(|line| !dull.iter().any(|word| line.contains(word))).collect()
    }

    fn words(&self, decision: &DecisionRecord) -> String {
        let time = Instant(decision.at).to_utc().unwrap().format("%m-%d %H:%M");
        // What people do by themselves is theirs, whatever mail it came from.
        let is_of_topic = matches!(
            decision.code,
            DecisionCode::UnsubscribedFrom | DecisionCode::SubscribedTo | DecisionCode::AskedToConfirm
        );
        let own_act = is_of_topic || decision.code == DecisionCode::Suppressed && decision.reason < 5;
        let workflow = decision.workflow.filter(|_| !own_act);
        let workflow = workflow.map(|id| format!(" {}", self.program.workflows.at(WorkflowId(id)).name));
        let step = match decision.code {
            DecisionCode::Suppressed if own_act => None,
            _ if is_of_topic => decision.about,
            DecisionCode::Lacked | DecisionCode::ExitedWhen | DecisionCode::Ignored => decision.about,
            DecisionCode::Stepped | DecisionCode::Finished | DecisionCode::Delivered => None,
            DecisionCode::Converted | DecisionCode::GoalMet | DecisionCode::Stopped => None,
            _ => decision.step,
        };
        let step = step.map(|step| match decision.code {
            _ if is_of_topic || decision.code == DecisionCode::Lacked => {
                format!(" {}", self.program.fields.at(FieldId(step)).name)
            }
            _ => format!(" s{step}"),
        });
        let step = step.unwrap_or_default();
        let reason = match decision.code {
            DecisionCode::Stopped => decision.about.unwrap_or_default(),
            _ => decision.reason,
        };
        let reason = if reason == 0 { String::new() } else { format!(".{reason}") };
        format!("{time}{} {:?}{step}{reason}", workflow.unwrap_or_default(), decision.code)
    }

    /// Who got what, by key.
    pub(crate) fn sent(&self) -> BTreeMap<String, Vec<String>> {
        let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for mail in self.mailbox.handed() {
            sent.entry(mail.to.address().as_str().to_owned()).or_default().push(mail.key);
        }
        sent
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.is_checked_at_its_end && !std::thread::panicking() {
            self.check_invariants();
        }
    }
}
