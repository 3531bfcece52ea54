//! Predicates of many contacts at once: what they read lies in columns, and machine code takes two rows with one instruction.
//!
//! ```text
//! rows (frames, journeys)  --lay out-->  columns of 64-bit lanes, one a slot that any of them reads  --a loop a predicate-->  answers
//! ```
//! Each column is laid out once a page, however many predicates read it: what it costs to take a frame apart is shared by all of them. A predicate
//! that needs more than lanes can do ([`lanes::needs`]) is asked row by row, in the same order of answers.

mod lanes;
mod lay_out;

use super::Native;
use super::error::CompileError;
use super::unit::Code;
use flow_ir::backend::{Answers, Columns, HostQuestion, PAGE_ROWS, RowAnswers, View};
use flow_ir::columns::ask_one_by_one;
use flow_ir::{Area, Areas, Place, PredicateId, Program, Slot, TextTestId};
use lanes::{LanesFn, compile_columns};
use lay_out::{Bases, LayOutFn};

/// Lanes from one column to the next. A little more than a page of rows, so that the same row of many columns does not fall on the same places of
/// a cache.
const STRIDE: usize = PAGE_ROWS + 8;
/// As many columns as are laid out at most: each begins so many bytes from the first that an instruction can say it.
const MAX_COLUMNS: usize = 1 << 16;
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
    lay_out: LayOutFn,
    /// How long the areas are that any column reads.
    lengths: Areas<usize>,
    /// Where the rows at hand begin.
    bases: Vec<Bases>,
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
    Value(Area, &'n Slot),
    /// Of an optional slot.
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
        let slot = |place: Place| layouts[place.area]?.slots.get(place.slot);
        let columns = reads.iter().map(|read| Column::of(*read, slot)).collect::<Option<Vec<_>>>();
        // The verifier lets nobody read what is not there; and so many that their places have no number are asked row by row.
        let columns = columns.filter(|columns| columns.len() <= MAX_COLUMNS);
        let (reads, columns) = columns.map(|columns| (reads, columns)).unwrap_or_default();
        let (functions, lay_out, code) = compile_columns(program, predicates, (&reads, &columns))?;
        let asked = predicates.iter().zip(functions);
        let asked = asked.map(|(id, function)| function.map_or(Asked::RowByRow(*id), Asked::Lanes)).collect();
        let of_area = |area: Area| columns.iter().any(|column| column.area() == Some(area));
        let lengths =
            Areas::from_fn(|area| layouts[area].filter(|_| of_area(area)).map_or(0, |layout| layout.size as usize));
        let page = vec![0; columns.len() * STRIDE];
        let (holds, next_change) = (vec![0; PAGE_ROWS], vec![0; PAGE_ROWS]);
        Ok(NativeColumns {
            native,
            asked,
            columns,
            lay_out,
            lengths,
            bases: Vec::new(),
            page,
            holds,
            next_change,
            _code: code,
        })
    }

    fn lay_out(&mut self, rows: &[View<'_>], host: RowAnswers<'_>) {
        for area in Area::ALL {
            let wanted = self.lengths[area];
            let fits = rows.iter().all(|row| wanted == 0 || row[area].len() == wanted);
            assert!(fits, "the {} is not as long as its layout", area.word());
        }
        self.bases.clear();
        self.bases.extend(rows.iter().map(|row| Area::ALL.map(|area| row[area].as_ptr())));
        let bytes = (rows.len() * size_of::<i64>()) as u64;
        // SAFETY: the code is alive, as `self` owns it. It reads as many bases as there are rows, and of each the slots of layouts whose lengths
        // the areas have (checked above); and it writes as many lanes, at most `PAGE_ROWS` (`ask`), of columns that lie `STRIDE` apart in
        // `page`, which has as many as it was made for.
        unsafe { (self.lay_out)(self.bases.as_ptr(), bytes, self.page.as_mut_ptr()) };
        for (column, lanes) in self.columns.iter().zip(self.page.chunks_exact_mut(STRIDE)) {
            if let Column::Text(test) = column {
                (0..rows.len())
                    .zip(lanes)
                    .for_each(|(row, lane)| *lane = mask(host(row, HostQuestion::Text(*test)) != 0));
            }
        }
    }
}

impl<'n> Column<'n> {
    fn of(read: Read, slot: impl Fn(Place) -> Option<&'n Slot>) -> Option<Column<'n>> {
        Some(match read {
            Read::Value(place) => Column::Value(place.area, slot(place)?),
            Read::Known(place) => Column::Known(place.area, slot(place)?),
            Read::Text(test) => Column::Text(test),
        })
    }

    fn area(&self) -> Option<Area> {
        match self {
            Column::Value(area, _) | Column::Known(area, _) => Some(*area),
            Column::Text(_) => None,
        }
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
    fn ask(&mut self, rows: &[View<'_>], now: i64, host: RowAnswers<'_>, answers: &mut Answers) {
        answers.begin(self.asked.len(), rows.len());
        assert!(rows.len() <= PAGE_ROWS, "a page has {PAGE_ROWS} rows at most");
        self.lay_out(rows, &mut *host);
        // One that is no row fills the last lane up.
        let lanes = rows.len().next_multiple_of(LANES);
        for (nth, asked) in self.asked.iter().enumerate() {
            let (holds, next_change) = answers.of(nth);
            match asked {
                Asked::RowByRow(predicate) => {
                    ask_one_by_one(self.native, *predicate, (rows, now), &mut *host, (holds, next_change));
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
                    holds.iter_mut().zip(&self.holds).for_each(|(to, holds)| *to = *holds);
                    next_change.iter_mut().zip(&self.next_change).for_each(|(to, at)| *to = *at);
                }
            }
        }
    }
}
