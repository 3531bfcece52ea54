//! Opens the store of a program: its columns and views come from the program, and it takes no other program than the one it was
//! made by.
//!
//! People in flight hold positions and slots of the version they entered with. Until a deploy can move them, another version of
//! the program is refused rather than run on frames it would misread.

use crate::engine::{CLOCK, reason};
use crate::store::sqlite::{OpenOptions, Shows, SqliteStore, ViewColumn, Word, WordKind};
use crate::store::{Changes, Store, StoreError, StoreFault};
use flow_ir::{Field, FieldType, Program};
use ring::digest::{SHA256, digest};
use std::path::Path;

/// The name under which a store keeps the version of its program.
const PROGRAM: &str = "program";
/// The name under which a store keeps its own.
const NAME: &str = "name";
/// The name under which a store keeps what it is for.
const KIND: &str = "kind";

/// What a store is for (E13): what happened on a virtual clock must never be taken for what happened to people, nor the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `flow run`.
    Rehearsal,
    /// `flow serve`.
    Live,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Rehearsal => "rehearsal",
            Kind::Live => "live",
        }
    }
}

/// Sees to it that a store is of this kind; a new one is from now on. One of before there were kinds was a rehearsal.
pub fn dedicate(store: &mut SqliteStore, kind: Kind, path: &Path) -> Result<(), StoreError> {
    let (kept, is_new) = (store.meta(KIND)?, store.meta(CLOCK)?.is_none());
    let is_it = kept.as_deref().map_or(is_new || kind == Kind::Rehearsal, |kept| kept == kind.word().as_bytes());
    if !is_it {
        let (is, asked, command) = match kind {
            Kind::Live => ("a rehearsal of `flow run`", "`flow serve` writes to real people", "serve"),
            Kind::Rehearsal => ("what happened to real people", "`flow run` only rehearses", "run"),
        };
        return Err(StoreError {
            fault: StoreFault::Other,
            message: format!("`{}` holds {is}, and {asked}", path.display()),
            help: format!("leave `--store` out, or name another file: `flow {command}` has a store of its own"),
            path: Some(path.to_owned()),
        });
    }
    if kept.is_none() {
        let meta = vec![(KIND.to_owned(), kind.word().as_bytes().to_vec())];
        store.commit(&Changes { meta, ..Changes::default() })?;
    }
    Ok(())
}

/// A store's own name: eight characters behind the key of everything that leaves, so that no two stores ever send under one key (E9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreName(String);

impl StoreName {
    /// A name made of chance.
    pub fn of(chance: u64) -> StoreName {
        let hash = digest(&SHA256, &chance.to_le_bytes());
        StoreName(hash.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect())
    }

    /// A key as the world sees it.
    pub fn key(&self, key: &str) -> String {
        format!("{key}.{}", self.0)
    }
}

/// The name of a store; one that has none yet takes this one, for ever.
pub fn name(store: &mut impl Store, new: &StoreName) -> Result<StoreName, StoreError> {
    if let Some(kept) = store.meta(NAME)? {
        return Ok(StoreName(String::from_utf8_lossy(&kept).into_owned()));
    }
    store.commit(&Changes { meta: vec![(NAME.to_owned(), new.0.clone().into_bytes())], ..Changes::default() })?;
    Ok(new.clone())
}

/// Opens the program's store, or makes it.
pub fn open(program: &Program, path: &Path) -> Result<SqliteStore, StoreError> {
    let mut store = options(program, path).open()?;
    let version = version(program);
    match store.meta(PROGRAM)? {
        Some(kept) if kept == version => Ok(store),
        Some(_) => Err(StoreError {
            fault: StoreFault::Other,
            message: format!("`{}` was made by another version of this project", path.display()),
            help: "start over with `--fresh` (the old store and its mails are set aside); moving people in flight to a new version is not \
                   supported yet"
                .to_owned(),
            path: Some(path.to_owned()),
        }),
        None => {
            store.commit(&Changes { meta: vec![(PROGRAM.to_owned(), version)], ..Changes::default() })?;
            Ok(store)
        }
    }
}

/// A program's version: programs of equal meaning have equal versions, whoever compiled them and when, and
/// whatever their layout, comments and wording. The order of declarations still counts, since stores know them by number.
pub fn version(program: &Program) -> Vec<u8> {
    // Plain data: writing it as JSON cannot fail.
    let json = serde_json::to_vec(&program.meaning).unwrap_or_default();
    digest(&SHA256, &json).as_ref().to_vec()
}

fn options(program: &Program, path: &Path) -> OpenOptions {
    OpenOptions {
        texts: program.texts.values().cloned().collect(),
        view: program
            .fields
            .values()
            .filter_map(|field| view_column(program, field))
            .chain(suppressed_at(program))
            .collect(),
        address: program.texts.values().find(|name| *name == "email").cloned(),
        words: words(program),
        ..OpenOptions::new(path)
    }
}

/// What people call the program's parts, and why something was decided.
fn words(program: &Program) -> Vec<Word> {
    let mut words = numbered(WordKind::Workflow, 0, program.workflows.values().map(|workflow| workflow.name.clone()));
    words.extend(numbered(WordKind::Email, 0, program.emails.values().map(|email| email.name.clone())));
    words.extend(numbered(WordKind::Field, 0, program.fields.values().map(|field| field.name.clone())));
    for (id, workflow) in program.workflows.iter() {
        let steps = workflow.steps.values().map(ToString::to_string);
        words.extend(numbered(WordKind::Step, id.0, steps));
        words.extend(workflow.effects_of_steps().filter_map(|(step, effect)| {
            let words = effect.because()?.to_owned();
            Some(Word { kind: WordKind::Because, of: id.0, number: step.0, words })
        }));
        if let Some(told) = program.told(id) {
            words.extend(numbered(WordKind::Exit, id.0, told.exits.iter().map(|exit| exit.text.clone())));
            words.extend(numbered(WordKind::Arm, id.0, told.arms.iter().map(|arm| arm.text.clone())));
        }
    }
    words.extend(reason::all().into_iter().map(|(code, number, words)| Word {
        kind: WordKind::Reason,
        of: code as u32,
        number,
        words: words.to_owned(),
    }));
    words
}

fn numbered(kind: WordKind, of: u32, words: impl IntoIterator<Item = String>) -> Vec<Word> {
    (0..).zip(words).map(|(number, words)| Word { kind, of, number, words }).collect()
}

/// Since when a workflow keeps all marketing from somebody: of what the engine keeps of everyone, what people ask for.
fn suppressed_at(program: &Program) -> Option<ViewColumn> {
    const NAME: &str = "suppressed_at";
    let slot = program.frame.slots.get(program.system.suppressed_at)?;
    let is_free = program.fields.values().all(|field| field.name != NAME);
    is_free.then(|| ViewColumn {
        name: NAME.to_owned(),
        offset: slot.offset,
        presence: slot.presence,
        kind: slot.kind,
        shows: Shows::Instant,
    })
}

/// What people see of a field in the frame; texts stand in columns of their own.
fn view_column(program: &Program, field: &Field) -> Option<ViewColumn> {
    let slot = program.frame.slots.get(field.slot?)?;
    let shows = match &field.ty {
        FieldType::Number | FieldType::Money => Shows::Number,
        FieldType::YesNo => Shows::YesNo,
        FieldType::Date => Shows::Date,
        FieldType::Moment => Shows::Instant,
        FieldType::OneOf(choices) => Shows::Choice { names: choices.to_vec(), first: 1 },
        FieldType::Stage => Shows::Choice { names: program.stages.clone(), first: 0 },
        FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Timezone | FieldType::Country => return None,
    };
    Some(ViewColumn { name: field.name.clone(), offset: slot.offset, presence: slot.presence, kind: slot.kind, shows })
}
