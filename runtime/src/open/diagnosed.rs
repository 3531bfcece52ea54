//! A store as a doctor sees it: what it is, how large, and everything that is wrong with it. Looking takes no lock and changes nothing, as for a
//! report; mending has the lock, and writes in one transaction behind a copy.

use super::seen::absent;
use super::{Kind, text_of, without};
use crate::clock::TOO_FAR_AHEAD_MS;
use crate::dispatch::channels::smtp;
use crate::doctor::{self, Examination, Examined, Findings, Subject};
use crate::store::sqlite::{
    Facts, InUse, Known, Mending, OpenOptions, SqliteRecords, empty, free_pages_from_nowhere, lacks, log_bytes,
    picture, refuse_not_of_today,
};
use crate::store::{Records, Rows as _, SlotState, Store as _, StoreError, StoreFault, batches};
use crate::time::{Instant, Zone, Zones};
use flow_ir::Program;
use std::path::{Path, PathBuf};

/// What is known of a store, and what is wrong with it.
#[derive(Debug)]
pub struct Diagnosis {
    /// How large it is, and what is the oldest in it.
    pub facts: Facts,
    /// The store's own name; none before it has one.
    pub name: Option<String>,
    /// What it is for.
    pub kind: Option<Kind>,
    /// The version of the program that it runs.
    pub program_version: u32,
    /// When it began, and the instant to which everything in it has happened.
    pub period: Option<(Instant, Instant)>,
    /// The project's clocks.
    pub zone: Zone,
    /// Whether somebody works on it now; none where its lock may not be read.
    pub in_use: Option<InUse>,
    /// What was found.
    pub examined: Examined,
}

/// Looks through a store. `now` is by the clock on the wall; `progress` is told how many records have been read, of how many.
pub fn diagnose(path: &Path, now: Instant, progress: &mut dyn FnMut(u64, u64)) -> Result<Diagnosis, StoreError> {
    if !path.exists() {
        return Err(absent(path));
    }
    // Before the moment of the rows, which may go on meanwhile.
    let beside = Beside { in_use: InUse::of(path), header: free_pages_from_nowhere(path), known: Known::of(path), now };
    let seen = picture(path, |records| of_one_moment(path, records, &beside, progress))?.flatten();
    seen.ok_or_else(|| empty(path))
}

/// What is known of a store without its rows.
struct Beside {
    in_use: Option<InUse>,
    /// What is wrong with its header.
    header: Option<String>,
    /// How much was done in it.
    known: Known,
    now: Instant,
}

/// None where no program has been kept yet.
fn of_one_moment(
    path: &Path,
    records: &mut SqliteRecords,
    beside: &Beside,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Option<Diagnosis>, StoreError> {
    records.refuse_not_of_today()?;
    let charter = records.charter()?;
    // Where they cannot be read, that is a finding.
    let slots = match records.slots() {
        Err(error) if error.fault == StoreFault::Corrupt => Vec::new(),
        slots => slots?,
    };
    let has_begun = batches(&slots) > 0;
    let Some(kept) = charter.program else {
        return if has_begun { Err(without("the project that it runs", path)) } else { Ok(None) };
    };
    let program = text_of(&kept)?;
    let mut found = Findings::default();
    if has_begun && charter.name.is_none() {
        let words = "has lost its own name, under which everything leaves: what is still to leave would leave under another one";
        found.add(doctor::Kind::NoName, Subject::Store, words);
    }
    records.examine_file(&mut found)?;
    let facts = records.facts(path)?;
    // Somebody may have begun to work on it since it was looked at first: it is closed where nobody did, before and behind the moment of the rows.
    let in_use = InUse::of(path);
    let is_closed = beside.in_use == Some(InUse::No) && in_use == Some(InUse::No) && beside.known == Known::of(path);
    let kind = charter.kind.as_deref().and_then(Kind::of_word);
    if let Some(words) = beside.header.as_ref().filter(|_| facts.log_bytes == 0) {
        found.add(doctor::Kind::DamagedPages, Subject::Store, words);
    }
    let period = period(&slots);
    if kind == Some(Kind::Live) {
        let lacking = beside.known.lacking(charter.name.as_deref(), batches(&slots));
        if lacking > 0 {
            found.add(doctor::Kind::InThePast, Subject::Store, lacks(lacking));
        }
        examine_clock(period.map(|(_, clock)| clock), beside.now, &mut found);
    }
    smtp::examine_marks(&super::marks_beside(path)).into_iter().for_each(|words| {
        found.add(doctor::Kind::WrongNotes, Subject::Named(super::marks_beside(path).display().to_string()), words);
    });
    let mut examined = rows(records, &program, how(is_closed, false, progress), &mut found)?;
    examined.add(found);
    Ok(Some(Diagnosis {
        facts,
        name: charter.name,
        kind,
        program_version: kept.version,
        period,
        zone: Zones::bundled().resolve(&program.timezone).unwrap_or_else(Zones::utc),
        in_use,
        examined,
    }))
}

/// Whether nothing in it has happened yet to come.
fn examine_clock(clock: Option<Instant>, now: Instant, found: &mut Findings) {
    if let Some(clock) = clock.filter(|clock| clock.ms_since(now) > TOO_FAR_AHEAD_MS) {
        let words = format!("has got as far as {clock}, which is still to come: whatever waits, waits until then");
        found.add(doctor::Kind::ClockAhead, Subject::Store, words);
    }
}

/// None before anything has happened.
fn period(slots: &[SlotState]) -> Option<(Instant, Instant)> {
    let begun = || slots.iter().filter(|slot| slot.clock > i64::MIN);
    let first = begun().map(|slot| slot.first_day).min();
    first.zip(begun().map(|slot| slot.clock).max()).map(|(first, clock)| (Instant(first), Instant(clock)))
}

fn how(is_closed: bool, mends: bool, progress: &mut dyn FnMut(u64, u64)) -> Examination<'_> {
    Examination { is_closed, window: doctor::WINDOW_CONTACTS, mends, progress }
}

/// The rows, as far as the file lets them be read.
fn rows(
    records: &mut dyn Records,
    program: &Program,
    how: Examination<'_>,
    found: &mut Findings,
) -> Result<Examined, StoreError> {
    match doctor::examine_telling(records, program, how) {
        Err(error) if error.fault == StoreFault::Corrupt => {
            found.add(
                doctor::Kind::DamagedPages,
                Subject::Store,
                format!("cannot be looked through: {}", error.message),
            );
            Ok(Examined::default())
        }
        examined => examined,
    }
}

/// What mending has come to.
#[derive(Debug)]
pub struct Mended {
    /// How many findings of each kind there were, those that are mended alone.
    pub mended: Vec<(doctor::Kind, u64)>,
    /// Where the store lies as it was; none where nothing was changed.
    pub copy: Option<PathBuf>,
}

/// Mends what is safe, under the store's lock: `copy` is where the store is copied to first. Nothing is changed where pages are damaged or rows
/// cannot be read: what would be counted then is not all.
pub fn mend(path: &Path, copy: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Mended, StoreError> {
    if !path.exists() {
        return Err(absent(path));
    }
    let nothing = Mended { mended: Vec::new(), copy: None };
    // Before a connection of this process is open. Of a store with a log its copy is asked.
    if free_pages_from_nowhere(path).is_some() && log_bytes(path) == 0 {
        return Ok(nothing);
    }
    refuse_not_of_today(path)?;
    // What is mended in a store that lost its log could not be put together with that any more.
    let kind = picture(path, SqliteRecords::charter)?.and_then(|charter| charter.kind);
    let of_now = kind.as_deref().and_then(Kind::of_word) == Some(Kind::Live);
    let mut store = OpenOptions { bare: true, of_today: true, of_now, ..OpenOptions::new(path) }.open()?;
    let Some(kept) = store.charter()?.program else { return Err(empty(path)) };
    let program = text_of(&kept)?;
    let mut records = SqliteRecords::open(path)?;
    let mut found = Findings::default();
    records.examine_file(&mut found)?;
    let mut examined = rows(&mut records, &program, how(false, true, progress), &mut found)?;
    drop(records);
    examined.add(found);
    let safe = examined.counts.iter().filter(|(kind, _)| examined.is_mendable(**kind));
    let mended: Vec<(doctor::Kind, u64)> = safe.map(|(kind, count)| (*kind, *count)).collect();
    if mended.is_empty() {
        store.close()?;
        return Ok(nothing);
    }
    let has = |kind| mended.iter().any(|(safe, _)| *safe == kind);
    let mending = Mending {
        indexes: has(doctor::Kind::WrongIndex),
        messages: has(doctor::Kind::UnknownMessage),
        mends: examined.mends.iter().filter(|mend| has(mend.kind())).cloned().collect(),
    };
    store.mend(copy, mending)?;
    store.close()?;
    Ok(Mended { mended, copy: Some(copy.to_owned()) })
}
