//! Opens the store of a program: its views come from the program, which is kept in the store whole.
//!
//! Records hold numbers, and these are those of the programs that the store has run. So a new version is brought to the numbers that the
//! store knows ([`flow_ir::link`]) before anything runs it, and what it took over goes on (E10).

mod diagnosed;
mod kind;
mod refused;
mod seen;
mod shown;
mod told;

pub use crate::engine::backfill::AtOnce;
pub use crate::store::sqlite::{Facts, InUse, Keeping, MailAhead, MemoryUse, sqlite_version};
pub use diagnosed::{Diagnosis, Mended, diagnose, mend};
pub use kind::{Kind, StoreName, name};
pub use seen::{Seen, see};

use crate::engine;
use crate::engine::backfill::New;
use crate::store::sqlite::{OpenOptions, RESTORE, SqliteStore};
use crate::store::{Charter, KeptProgram, Records, Store, StoreError, StoreFault, batches};
use flow_ir::{Area, Email, Fact, FactId, Id, Lineage, Live, Program, SlotId};
use ring::digest::{SHA256, digest};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Among the facts that are still to be filled from the log, and the number of none: what journeys ask that is new to them.
const JOURNEYS: u32 = u32::MAX;
/// The same: who has said yes to marketing mail.
const CONSENT: u32 = u32::MAX - 1;

/// Opens the program's store of a kind, or makes it. Also the program by the numbers of that store, which alone may run on it, and what
/// people should know where it is a new version. A store of the other kind is refused, and stays as it is.
pub fn open(program: &Program, path: &Path, kind: Kind) -> Result<(SqliteStore, Program, Vec<String>), StoreError> {
    let (store, program, change) = open_telling(program, path, kind, Keeping::default(), |_, _| ())?;
    Ok((store, program, change.says))
}

/// The same, kept in either way; `looking_through` is told of a file that is long looked through for damage, because it was not closed the last time.
pub fn open_telling(
    program: &Program,
    path: &Path,
    kind: Kind,
    keeping: Keeping,
    looking_through: fn(&Path, u64),
) -> Result<(SqliteStore, Program, Change), StoreError> {
    let looking_through = Some(looking_through);
    // What a rehearsal does again is what it did before, under the same names.
    let of_now = kind == Kind::Live;
    let mut store = OpenOptions { bare: true, keeping, looking_through, of_now, ..OpenOptions::new(path) }.open()?;
    refuse_nameless(&mut store, path)?;
    kind::dedicate(&mut store, kind, path)?;
    store.check_numbers()?;
    let (linked, told) =
        adopt_and_tell(&mut store, program).map_err(|error| StoreError { path: Some(path.to_owned()), ..error })?;
    store.describe(&shown::options(&linked, path))?;
    recall(&mut store, &linked)?;
    Ok((store, linked, told))
}

/// What has happened in a store happened under its name and to its program: one that has lost either would go on as another one.
fn refuse_nameless(store: &mut SqliteStore, path: &Path) -> Result<(), StoreError> {
    let charter = store.charter()?;
    let has_begun = batches(&store.records()?.slots()?) > 0;
    let lost = match (&charter.program, &charter.name) {
        _ if !has_begun => return Ok(()),
        (None, _) => "the project that it runs",
        (_, None) => "its own name, under which everything leaves",
        _ => return Ok(()),
    };
    Err(without(lost, path))
}

/// The error of a store that has lost what it is.
fn without(lost: &str, path: &Path) -> StoreError {
    StoreError {
        fault: StoreFault::Corrupt,
        message: format!("`{}` is damaged: it has lost {lost}", path.display()),
        help: RESTORE.to_owned(),
        path: Some(path.to_owned()),
    }
}

/// Opens a store of a kind as it is, for nobody's program: to take its lock, and to see whether it is one.
pub fn bare(path: &Path, kind: Kind) -> Result<SqliteStore, StoreError> {
    let mut store = OpenOptions { bare: true, ..OpenOptions::new(path) }.open()?;
    kind::check(&mut store, kind, path)?;
    Ok(store)
}

/// Keeps the program in the store, where it is new there, as its next version: one that a store has run stays in it whole, since the
/// numbers in its records are that program's. Gives the program by those numbers ([`flow_ir::link`]). One commit, so a crash leaves the
/// old version or the new one. [`recall`] comes after it.
pub fn adopt(store: &mut impl Store, program: &Program) -> Result<Program, StoreError> {
    Ok(adopt_and_tell(store, program)?.0)
}

/// How the project differs from the one that its store ran last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Whether anything does, a wording included.
    pub is_any: bool,
    /// What people should know of it.
    pub says: Vec<String>,
}

fn adopt_and_tell(store: &mut impl Store, program: &Program) -> Result<(Program, Change), StoreError> {
    let hash = version(program);
    let Some(kept_program) = store.charter()?.program else {
        let lineage = Lineage { version: 1, ..Lineage::default() };
        let first = Program { lineage, ..program.clone() };
        keep(store, &first, hash, &New::default())?;
        return Ok((first, Change::default()));
    };
    let kept = text_of(&kept_program)?;
    if is_kept_whoever_is_where(&kept, program) {
        return Ok((kept, Change::default()));
    }
    let live = live(&mut *store.records()?)?;
    let linked = bring(&kept, program, &live)?;
    if linked != kept {
        let is_new = |fact: &Fact| fact.area == Area::Contact && fact.first.index() >= kept.frame.slots.len();
        let before = recalling(&kept_program);
        let mut facts = before.facts;
        if linked.lineage.version != kept.lineage.version {
            let slots: BTreeSet<SlotId> = facts.iter().filter_map(|id| Some(kept.facts.get(*id)?.first)).collect();
            let wanted = |fact: &Fact| is_new(fact) || slots.contains(&fact.first);
            facts = linked.facts.iter().filter(|(_, fact)| wanted(fact)).map(|(id, _)| id).collect();
            if are_about_others(&kept, &linked) {
                facts.extend(linked.mailed_about().map(|(_, fact)| fact));
            }
        }
        let journeys = before.journeys || engine::recount::is_new(&kept, &linked);
        let asks = |program: &Program| program.consent_field().is_some();
        let consent = asks(&linked) && (before.consent || !asks(&kept));
        keep(store, &linked, hash, &New { facts, journeys, consent })?;
    }
    let mut says = told::come_and_gone(&kept, &linked, &live);
    says.extend(told::marks_gone(&kept, &linked));
    says.extend(told::unknown_before(&kept, &linked, &live));
    // What the store keeps for those who are on their way is no change of anybody's.
    let is_any = Program { lineage: kept.lineage.clone(), ..linked.clone() } != kept;
    let change = Change { is_any, says };
    Ok((linked, change))
}

/// Whether a mail is about another topic than before, or one about a topic that is gone: what had left counts for what it is about now, too.
fn are_about_others(kept: &Program, linked: &Program) -> bool {
    let is_other = |(before, now): (&Email, &Email)| before.topic != now.topic;
    kept.lineage.gone_marks != linked.lineage.gone_marks
        || kept.emails.values().zip(linked.emails.values()).any(is_other)
}

/// Whether the program is the one that the store keeps, also if nobody were in any workflow: then it has nothing that only those need who
/// began with an earlier version, and where people are makes no difference. To know where they are, each contact is looked into.
fn is_kept_whoever_is_where(kept: &Program, program: &Program) -> bool {
    flow_ir::link(kept, program, &Live::default()).is_ok_and(|linked| linked == *kept)
}

/// How many people are where in the steps of each version.
fn live(records: &mut dyn Records) -> Result<Live, StoreError> {
    Ok(records.live_blocks()?.into_iter().map(|at| ((at.workflow, at.block), at.count)).collect())
}

/// The program by the numbers of the one that the store keeps.
fn bring(kept: &Program, program: &Program, live: &Live) -> Result<Program, StoreError> {
    let linked = flow_ir::link(kept, program, live).map_err(|unlinked| refused::lost(&unlinked))?;
    match flow_ir::verify::verify(&linked) {
        Ok(()) => Ok(linked),
        Err(faults) => Err(refused::too_much(kept, &linked, live, &faults)),
    }
}

/// Fills facts that are new to the store from its log, and what is new to journeys; once for each version, and again from the beginning after a crash.
pub fn recall(store: &mut impl Store, linked: &Program) -> Result<(), StoreError> {
    recall_within(store, linked, AtOnce::default())
}

/// The same with so much of it in memory at once, which changes no result.
pub fn recall_within(store: &mut impl Store, linked: &Program, at_once: AtOnce) -> Result<(), StoreError> {
    let Some(program) = store.charter()?.program.filter(|program| !program.recalling.is_empty()) else { return Ok(()) };
    engine::backfill::recall(store, linked, &recalling(&program), at_once)?;
    let program = Some(KeptProgram { recalling: Vec::new(), ..program });
    store.settle(&Charter { program, ..Charter::default() })
}

/// What is still to be filled.
fn recalling(program: &KeptProgram) -> New {
    let is_fact = |number: &u32| ![JOURNEYS, CONSENT].contains(number);
    New {
        facts: program.recalling.iter().copied().filter(is_fact).map(FactId).collect(),
        journeys: program.recalling.contains(&JOURNEYS),
        consent: program.recalling.contains(&CONSENT),
    }
}

/// Verified as any program that is to run: what a bit more or less makes of it must not lead anybody astray.
fn text_of(program: &KeptProgram) -> Result<Program, StoreError> {
    let read: Program = serde_json::from_slice(&program.text).map_err(|_| damaged(program.version))?;
    match flow_ir::verify::verify(&read) {
        Ok(()) => Ok(read),
        Err(_) => Err(damaged(program.version)),
    }
}

fn keep(store: &mut impl Store, program: &Program, hash: Vec<u8>, new: &New) -> Result<(), StoreError> {
    let others = [new.journeys.then_some(JOURNEYS), new.consent.then_some(CONSENT)];
    let recalling = new.facts.iter().map(|fact| fact.0).chain(others.into_iter().flatten()).collect();
    let program = KeptProgram { version: program.lineage.version, hash, text: json(program), recalling };
    store.settle(&Charter { program: Some(program), ..Charter::default() })
}

/// Plain data: writing it as JSON cannot fail.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn damaged(version: u32) -> StoreError {
    StoreError {
        fault: StoreFault::Corrupt,
        message: format!("version {version} of the program, which the store keeps, cannot be read"),
        help: "restore the store from a backup; or was it written by a newer Flow?".to_owned(),
        path: None,
    }
}

/// A program's version: programs of equal meaning have equal versions, whoever compiled them and when, and
/// whatever their layout, comments and wording.
pub fn version(program: &Program) -> Vec<u8> {
    digest(&SHA256, &json(&program.meaning)).as_ref().to_vec()
}

/// The file in which is kept which messages have begun to go over: beside the store itself, under whatever name it is opened.
pub fn marks_beside(store: &Path) -> PathBuf {
    let mut name = std::fs::canonicalize(store).unwrap_or_else(|_| store.to_owned()).into_os_string();
    name.push(".begun");
    PathBuf::from(name)
}
