//! Opens the store of a program: its columns and views come from the program, which is kept in the store whole.
//!
//! Records hold numbers, and these are those of the programs that the store has run. So a new version is brought to the numbers that the
//! store knows ([`flow_ir::link`]) before anything runs it, and what it took over goes on (E10).

use crate::engine::{self, CLOCK, reason};
use crate::store::sqlite::{OpenOptions, Shows, SqliteStore, ViewColumn, Word, WordKind};
use crate::store::{Changes, Store, StoreError, StoreFault};
use flow_ir::{Area, Fact, FactId, Field, FieldType, Id, Lineage, Program, SlotId};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;

/// The name under which a store keeps the version of its program.
const PROGRAM: &str = "program";
/// The name under which it keeps the number of its newest version; the program itself stands under `program.NUMBER`.
const VERSION: &str = "version";
/// The name under which it keeps which facts are still to be filled from the log.
const RECALLING: &str = "recalling";
/// How many faults of two versions together are told.
const SHOWN_FAULTS: usize = 3;
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

/// Opens the program's store, or makes it. Also the program by the numbers of that store, which alone may run on it.
pub fn open(program: &Program, path: &Path) -> Result<(SqliteStore, Program), StoreError> {
    let mut store = bare(path)?;
    let linked = adopt(&mut store, program).map_err(|error| StoreError { path: Some(path.to_owned()), ..error })?;
    store.describe(&options(&linked, path))?;
    recall(&mut store, &linked)?;
    Ok((store, linked))
}

/// Opens a store as it is, for nobody's program: to take its lock, and to see whether it is one.
pub fn bare(path: &Path) -> Result<SqliteStore, StoreError> {
    OpenOptions { bare: true, ..OpenOptions::new(path) }.open()
}

/// Keeps the program in the store, where it is new there, as its next version: one that a store has run stays in it whole, since the
/// numbers in its records are that program's. Gives the program by those numbers ([`flow_ir::link`]). One commit, so a crash leaves the
/// old version or the new one. [`recall`] comes after it.
pub fn adopt(store: &mut impl Store, program: &Program) -> Result<Program, StoreError> {
    let hash = version(program);
    let Some(kept) = newest(store)? else {
        let known = store.meta(PROGRAM)?;
        if known.as_ref().is_some_and(|known| *known != hash) {
            return Err(older());
        }
        // A store of before programs were kept has contacts of version 0.
        let lineage = Lineage { version: u32::from(known.is_none()), ..Lineage::default() };
        let first = Program { lineage, ..program.clone() };
        keep(store, &first, hash, &[])?;
        return Ok(first);
    };
    let blocks = store.live_blocks()?.into_iter().map(|(workflow, block)| (workflow, engine::block_of(block)));
    let linked =
        flow_ir::link(&kept, program, &blocks.collect()).map_err(|unlinked| cannot_go_on(&unlinked.problem))?;
    if let Err(faults) = flow_ir::verify::verify(&linked) {
        let faults: Vec<String> = faults.iter().take(SHOWN_FAULTS).map(ToString::to_string).collect();
        return Err(cannot_go_on(&format!(
            "both versions together are more than a program may be: {}",
            faults.join("; ")
        )));
    }
    if linked != kept {
        let is_new = |fact: &Fact| fact.area == Area::Contact && fact.first.index() >= kept.frame.slots.len();
        let mut facts = recalling(store)?;
        if linked.lineage.version != kept.lineage.version {
            let slots: BTreeSet<SlotId> = facts.iter().filter_map(|id| Some(kept.facts.get(*id)?.first)).collect();
            let wanted = |fact: &Fact| is_new(fact) || slots.contains(&fact.first);
            facts = linked.facts.iter().filter(|(_, fact)| wanted(fact)).map(|(id, _)| id).collect();
        }
        keep(store, &linked, hash, &facts.into_iter().collect::<Vec<_>>())?;
    }
    Ok(linked)
}

/// Fills facts that are new to the store from its log; once for each version, and again from the beginning after a crash.
pub fn recall(store: &mut impl Store, linked: &Program) -> Result<(), StoreError> {
    let facts = recalling(store)?;
    if !facts.is_empty() {
        engine::version::recall(store, linked, &facts)?;
        store.commit(&Changes {
            meta: vec![(RECALLING.to_owned(), json(&Vec::<FactId>::new()))],
            ..Changes::default()
        })?;
    }
    Ok(())
}

/// The facts that are still to be filled.
fn recalling(store: &mut impl Store) -> Result<BTreeSet<FactId>, StoreError> {
    let kept = store.meta(RECALLING)?;
    kept.map_or(Ok(BTreeSet::new()), |kept| serde_json::from_slice(&kept).map_err(|_| damaged(RECALLING)))
}

/// The program of the newest version, as it was last run.
fn newest(store: &mut impl Store) -> Result<Option<Program>, StoreError> {
    let Some(number) = store.meta(VERSION)? else { return Ok(None) };
    let name = program_name(&String::from_utf8_lossy(&number));
    let kept = store.meta(&name)?.ok_or_else(|| damaged(&name))?;
    serde_json::from_slice(&kept).map(Some).map_err(|_| damaged(&name))
}

fn keep(store: &mut impl Store, program: &Program, hash: Vec<u8>, facts: &[FactId]) -> Result<(), StoreError> {
    let number = program.lineage.version.to_string();
    let meta = vec![
        (program_name(&number), json(program)),
        (VERSION.to_owned(), number.into_bytes()),
        (PROGRAM.to_owned(), hash),
        (RECALLING.to_owned(), json(&facts)),
    ];
    store.commit(&Changes { meta, ..Changes::default() })
}

fn program_name(number: &str) -> String {
    format!("{PROGRAM}.{number}")
}

/// Plain data: writing it as JSON cannot fail.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn older() -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: "the store is of another version of this project, and of a Flow that did not keep programs".to_owned(),
        help: "run it once more with the project as it was, so that its program is kept; or start over with `--fresh` (the old store and its \
               mails are set aside)"
            .to_owned(),
        path: None,
    }
}

fn cannot_go_on(problem: &str) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("the store cannot go on with this version of the project: {problem}"),
        help: "nothing was changed: go on with the version before until those people are through, or start over with `--fresh` (the old store \
               and its mails are set aside)"
            .to_owned(),
        path: None,
    }
}

fn damaged(name: &str) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("what the store keeps under `{name}` cannot be read"),
        help: "restore the store from a backup; or was it written by a newer Flow?".to_owned(),
        path: None,
    }
}

/// A program's version: programs of equal meaning have equal versions, whoever compiled them and when, and
/// whatever their layout, comments and wording.
pub fn version(program: &Program) -> Vec<u8> {
    digest(&SHA256, &json(&program.meaning)).as_ref().to_vec()
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
