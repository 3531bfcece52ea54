//! From a text to settings or faults: the passes in their order, what is said of one line as one message, and each mended line tried out before
//! anyone sees it.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::DeTable;

use super::fault::{Found, Rank, SettingsFault, SettingsMend, unreadable};
use super::section::Document;
use super::slips::{self, Repaired};
use super::text::{Change, Text, edited};
use super::{MAX_FILE_BYTES, Places, Settings, names};

use flow_front::diagnostics::Code;

/// Faults whose mended lines are tried out; of a file with more, the first.
const MAX_TRIED: usize = 60;

/// What a text holds.
pub(super) struct Read {
    pub(super) settings: Option<Settings>,
    pub(super) faults: Vec<SettingsFault>,
}

/// A fault with the changes that nobody has tried yet.
struct Told {
    fault: SettingsFault,
    untried: SettingsMend,
    readings: Vec<SettingsMend>,
    /// To be said before the mended line.
    mended: Option<String>,
}

/// Reads a text; what mends its faults has been tried out.
pub(super) fn read(text: &str, folder: &Path) -> Read {
    let (settings, told) = look(text, folder);
    let messages: Vec<String> = told.iter().map(|told| told.fault.message.clone()).collect();
    let tried = told.into_iter().enumerate().map(|(nth, told)| {
        let mends =
            |edits: &SettingsMend| nth < MAX_TRIED && mends(text, folder, edits, &told.fault.message, &messages);
        let mut fault = told.fault.clone();
        if !told.untried.edits.is_empty() && mends(&told.untried) {
            fault.edits = told.untried.edits;
            fault.help = told.mended.or(fault.help);
        }
        let mut readings: Vec<SettingsMend> = told.readings.into_iter().filter(|reading| mends(reading)).collect();
        if fault.edits.is_empty() && readings.len() == 1 {
            let one = readings.remove(0);
            fault.edits = one.edits;
            fault.help = Some(if one.help.is_empty() { "write it so:".to_owned() } else { one.help });
        }
        fault.readings = readings;
        if fault.edits.is_empty() {
            // No line stands behind it.
            fault.help = fault.help.map(|help| help.trim_end_matches(':').to_owned());
        }
        fault
    });
    Read { settings, faults: tried.collect() }
}

/// Whether the edits take this fault away, and bring no other.
fn mends(text: &str, folder: &Path, mend: &SettingsMend, message: &str, before: &[String]) -> bool {
    let text = edited(text, &mend.edits);
    if text.len() > MAX_FILE_BYTES {
        return false;
    }
    let (_, after) = look(&text, folder);
    let told_before = before.iter().filter(|other| *other == message).count();
    let told_after = after.iter().filter(|told| told.fault.message == message).count();
    // What is left of a line may be told in other words then.
    told_after < told_before && after.len() < before.len()
}

/// One look, with every fault where it is told.
fn look(written: &str, folder: &Path) -> (Option<Settings>, Vec<Told>) {
    let Repaired { text, mut faults, lost } = slips::repair(written);
    let table = match DeTable::parse(text.read()) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            // Not once every line was read or emptied.
            let at = error.span().unwrap_or(0..0);
            faults.push(Found::new(Rank::Slip, unreadable(text.line_text(text.line_of(at.start)), at)));
            DeTable::default()
        }
    };
    let (sections, named) = names::sorted(table, &text, &lost);
    faults.extend(named);
    let mut document = Document::new(&text, sections, Vec::new());
    let settings = super::read(&mut document, folder);
    let (more, places) = document.finish();
    faults.extend(more);
    let places = Places(places.into_iter().map(|(key, at)| (key, text.place(&at))).collect());
    let settings = settings.map(|settings| Settings { places, ..settings });
    (settings, told(faults, &text))
}

/// One message a line, in the order of the text; what is not in it comes last.
fn told(faults: Vec<Found>, text: &Text<'_>) -> Vec<Told> {
    let mut lines: BTreeMap<usize, Vec<Found>> = BTreeMap::new();
    let mut alone = Vec::new();
    for found in faults {
        match &found.fault.at {
            Some(at) if found.rank != Rank::Whole => lines.entry(text.line_of(at.start)).or_default().push(found),
            _ => alone.push(found),
        }
    }
    alone.extend(lines.into_values().flat_map(merged));
    let mut told: Vec<Told> = alone.into_iter().map(|found| placed(found, text)).collect();
    told.sort_by_key(|told| {
        let missing = told.fault.code == Code::MissingSetting;
        told.fault.at.as_ref().map_or((1, 0, missing), |at| (0, at.start, missing))
    });
    told
}

/// What is said of one line: what mends it together is one fault, and a secret stands before all.
fn merged(mut faults: Vec<Found>) -> Vec<Found> {
    faults.sort_by_key(|found| found.rank);
    if let Some(at) = faults.iter().position(|found| found.fault.code == Code::SecretInSettings) {
        return vec![faults.swap_remove(at)];
    }
    if faults.len() > 1 {
        faults.retain(|found| found.rank != Rank::Quotes);
    }
    // Where what is named is none, how it is written matters no more.
    let is_none = |found: &Found| found.rank == Rank::Name && !found.is_mended() && found.readings.is_empty();
    if let Some(at) = faults.iter().position(is_none).filter(|_| faults.iter().any(|found| found.rank == Rank::Slip)) {
        return vec![faults.swap_remove(at)];
    }
    let with_readings = faults.iter().filter(|found| !found.readings.is_empty()).count();
    if faults.len() < 2 || with_readings > 1 || !faults.iter().all(Found::is_mended) {
        return faults;
    }
    let mut faults = faults.into_iter();
    let Some(mut first) = faults.next() else { return Vec::new() };
    for found in faults {
        if let Some(at) = found.fault.at.clone().filter(|at| Some(at) != first.fault.at.as_ref()) {
            first.fault.others.push((at, found.fault.message));
        }
        first.changes.extend(found.changes);
        first.readings.extend(found.readings);
        first.mended = Some("write it so:".to_owned());
    }
    if !first.readings.is_empty() {
        let changes = std::mem::take(&mut first.changes);
        first.readings.iter_mut().for_each(|(_, reading)| reading.extend(changes.iter().cloned()));
        first.fault.help = None;
    }
    vec![first]
}

/// In places of the text as it was written.
fn placed(found: Found, text: &Text<'_>) -> Told {
    let mut fault = found.fault;
    fault.at = fault.at.map(|at| text.place(&at));
    let at = fault.at.clone();
    for (other, _) in &mut fault.others {
        *other = text.place(other);
    }
    fault.others.retain(|(other, _)| Some(other) != at.as_ref());
    let edits = |changes: &[Change]| text.edits(changes);
    let untried = SettingsMend { help: String::new(), edits: edits(&found.changes) };
    let readings = found.readings.into_iter().map(|(help, changes)| SettingsMend { help, edits: edits(&changes) });
    Told { fault, untried, readings: readings.collect(), mended: found.mended }
}
