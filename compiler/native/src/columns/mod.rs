//! Predicates of many contacts at once: what they read lies in columns, and machine code takes two rows with one instruction.
//!
//! ```text
//! rows (frames, journeys)  --lay out-->  columns of 64-bit lanes, one a slot that any of them reads  --a loop a predicate-->  answers
//! ```
//! Each column is laid out once a page, however many predicates read it: what it costs to take a frame apart is shared by all of them. A predicate
//! that needs more than lanes can do ([`lanes::needs`]) is asked row by row, in the same order of answers.

mod lanes;

use super::Native;
use super::error::CompileError;
use super::unit::Code;
use flow_ir::backend::{Answers, Columns, PAGE_ROWS, TextAnswers, View};
use flow_ir::columns::ask_one_by_one;
use flow_ir::{Area, Place, PredicateId, Program, Slot, SlotKind, TextTestId};
use lanes::{LanesFn, compile_lanes};

/// Bytes from one column to the next. A little more than a page of rows, so that the same row of many columns does not fall on the same places of
/// a cache.
const STRIDE: usize = PAGE_ROWS + 8;
/// How many rows an instruction takes.
const LANES: usize = 2;

/// What a column holds of each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Read {
    /// A slot's value.
    Value(Place),
    /// Whether an optional slot is known.
    Known(Place),
    /// Whether a text passes.
    Text(TextTestId),
}

/// Some predicates of a program.
pub(super) struct NativeColumns<'n> {
    native: &'n Native,
    asked: Vec<Asked>,
    columns: Vec<Column<'n>>,
    /// The columns, one behind the other.
    page: Vec<i64>,
    /// Where the loops leave their answers, which may be of one row more than there is.
    holds: Vec<i64>,
    next_change: Vec<i64>,
    /// Keeps the memory of the loops.
    _code: Code,
}

enum Asked {
    Lanes(LanesFn),
    RowByRow(PredicateId),
}

/// A column, and how it is read.
enum Column<'n> {
    Truth(Area, &'n Slot),
    Int(Area, &'n Slot),
    Known(Area, &'n Slot),
    Text(TextTestId),
}

impl<'n> NativeColumns<'n> {
    pub(super) fn new(
        native: &'n Native,
        program: &'n Program,
        predicates: &[PredicateId],
    ) -> Result<NativeColumns<'n>, CompileError> {
        let mut reads = Vec::new();
        for predicate in predicates.iter().filter_map(|id| program.predicates.get(*id)) {
            reads.extend(lanes::needs(&predicate.function).unwrap_or_default());
        }
        reads.sort_unstable();
        reads.dedup();
        let owner = predicates.iter().find_map(|id| program.predicates.get(*id)?.workflow);
        let layouts = program.layouts(owner.map(|owner| program.workflows.at(owner)));
        let columns =
            reads.iter().map(|read| Column::of(*read, |place: Place| layouts[place.area]?.slots.get(place.slot)));
        let columns = columns.collect::<Option<Vec<_>>>().unwrap_or_default();
        let (functions, code) = compile_lanes(program, predicates, &reads[..columns.len()])?;
        let asked = predicates.iter().zip(functions);
        let asked = asked.map(|(id, function)| function.map_or(Asked::RowByRow(*id), Asked::Lanes)).collect();
        let page = vec![0; columns.len() * STRIDE];
        let (holds, next_change) = (vec![0; PAGE_ROWS], vec![0; PAGE_ROWS]);
        Ok(NativeColumns { native, asked, columns, page, holds, next_change, _code: code })
    }

    fn lay_out(&mut self, rows: &[View<'_>], texts: TextAnswers<'_>) {
        for (column, lanes) in self.columns.iter().zip(self.page.chunks_exact_mut(STRIDE)) {
            let lanes = lanes.iter_mut().zip(rows);
            match column {
                Column::Truth(area, slot) => lanes.for_each(|(lane, row)| *lane = mask(slot.read(&row[*area]) != 0)),
                Column::Int(area, slot) => lanes.for_each(|(lane, row)| *lane = slot.read(&row[*area])),
                Column::Known(area, slot) => lanes.for_each(|(lane, row)| *lane = mask(slot.is_known(&row[*area]))),
                Column::Text(test) => {
                    lanes.enumerate().for_each(|(row, (lane, _))| *lane = mask(texts(row, *test)));
                }
            }
        }
    }
}

impl<'n> Column<'n> {
    fn of(read: Read, slot: impl Fn(Place) -> Option<&'n Slot>) -> Option<Column<'n>> {
        Some(match read {
            Read::Value(place) => match slot(place)? {
                truth if truth.kind == SlotKind::Bool => Column::Truth(place.area, truth),
                int => Column::Int(place.area, int),
            },
            Read::Known(place) => Column::Known(place.area, slot(place)?),
            Read::Text(test) => Column::Text(test),
        })
    }
}

/// Whether lanes can do what a predicate does.
#[cfg(test)]
pub(super) fn takes(function: &flow_ir::Function) -> bool {
    lanes::needs(function).is_some()
}

/// A truth value as a lane: all of its bits.
fn mask(is_so: bool) -> i64 {
    -i64::from(is_so)
}

impl Columns for NativeColumns<'_> {
    fn ask(&mut self, rows: &[View<'_>], now: i64, texts: TextAnswers<'_>, answers: &mut Answers) {
        answers.begin(self.asked.len(), rows.len());
        assert!(rows.len() <= PAGE_ROWS, "a page has {PAGE_ROWS} rows at most");
        self.lay_out(rows, &mut *texts);
        // One that is no row fills the last lane up.
        let lanes = rows.len().next_multiple_of(LANES);
        for (nth, asked) in self.asked.iter().enumerate() {
            let (holds, next_change) = answers.of(nth);
            match asked {
                Asked::RowByRow(predicate) => {
                    ask_one_by_one(self.native, *predicate, (rows, now), &mut *texts, (holds, next_change));
                }
                Asked::Lanes(function) => {
                    let bytes = (lanes * size_of::<i64>()) as u64;
                    // SAFETY: the code is alive, as `self` owns it. It reads `lanes` rows (at most `PAGE_ROWS`, checked above) of columns
                    // that lie `STRIDE` apart in `page`, which has as many as it was made for, and writes as many to each of the two
                    // buffers, which have `PAGE_ROWS`.
                    unsafe {
                        function(
                            self.page.as_ptr(),
                            now,
                            bytes,
                            self.holds.as_mut_ptr(),
                            self.next_change.as_mut_ptr(),
                        );
                    }
                    holds.copy_from_slice(&self.holds[..rows.len()]);
                    next_change.copy_from_slice(&self.next_change[..rows.len()]);
                }
            }
        }
    }
}
