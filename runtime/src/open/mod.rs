//! Opens the store of a program: its columns and views come from the program, which is kept in the store whole.
//!
//! Records hold numbers, and these are those of the programs that the store has run. So a new version is brought to the numbers that the
//! store knows ([`flow_ir::link`]) before anything runs it, and what it took over goes on (E10).

mod kind;
mod shown;

pub use kind::{Kind, StoreName, dedicate, name};

use crate::engine;
use crate::store::sqlite::{OpenOptions, SqliteStore};
use crate::store::{Changes, Store, StoreError, StoreFault};
use flow_ir::{Area, Fact, FactId, Id, Lineage, Program, SlotId};
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

/// Opens the program's store, or makes it. Also the program by the numbers of that store, which alone may run on it.
pub fn open(program: &Program, path: &Path) -> Result<(SqliteStore, Program), StoreError> {
    let mut store = bare(path)?;
    let linked = adopt(&mut store, program).map_err(|error| StoreError { path: Some(path.to_owned()), ..error })?;
    store.describe(&shown::options(&linked, path))?;
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
        help: "run it once more with the project as it was, so that its program is kept; or, in a rehearsal, start over with `--fresh` (the old store and its \
               mails are set aside)"
            .to_owned(),
        path: None,
    }
}

fn cannot_go_on(problem: &str) -> StoreError {
    StoreError {
        fault: StoreFault::Other,
        message: format!("the store cannot go on with this version of the project: {problem}"),
        help: "nothing was changed: go on with the version before until those people are through, or, in a rehearsal, start over with `--fresh` (the old store \
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
