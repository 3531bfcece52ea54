//! Events from JSON lines, in the order of their arrival.
//!
//! A stream is nearly in order: repeats and late deliveries stand behind their time. So the file is read twice. The first pass
//! keeps the places of the *stragglers* alone, lines that arrived before one that stands above them; all other lines are in order
//! as they stand. The second pass goes down the file and puts in each straggler where its turn comes. A file in order costs no
//! memory, the worst one 24 bytes a line.

use std::collections::BTreeMap;
use std::io::{BufRead, Seek};
use std::sync::Arc;

use flow_ir::Program;

use super::intake::Reads;
use super::lines::{Line, Lines, Place};
use super::segment::{MAX_LINE_BYTES, SegmentReader};
use super::{Arrival, EventItem, InboundError, Item, Origin, UNDATED};

/// Reads a file's events: by arrival, and lines that arrived at one instant as they stand. Rejected lines come where they stand.
/// Ends after an error.
#[derive(Debug)]
pub struct EventReader<'p, R> {
    file: Arc<str>,
    segment: SegmentReader<'p>,
    lines: Lines<R>,
    /// By arrival and line, the next one last.
    stragglers: Vec<Straggler>,
    /// Of lines without a time, the latest arrival above them.
    undated: BTreeMap<u64, i64>,
    /// Where the way down the file goes on; none at its end.
    down: Option<Place>,
    /// Where the file ended on the first pass. What is written behind it meanwhile has no turn that is known, and waits for the next reading.
    end: u64,
    /// The latest arrival on the way down.
    latest: i64,
    /// The next item of the way down, read before its turn.
    ahead: Option<(Turn, EventItem)>,
    is_over: bool,
}

/// Arrival, then line.
type Turn = (i64, u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Straggler {
    arrived_at: i64,
    line: u64,
    offset: u64,
}

impl<'p, R: BufRead + Seek> EventReader<'p, R> {
    /// Reads the file once, to learn its order. The reader stands at its start.
    pub fn open(reader: R, file: impl Into<Arc<str>>, program: &'p Program) -> Result<Self, InboundError> {
        let lines = Lines::new(reader, MAX_LINE_BYTES);
        let down = Some(lines.place());
        let mut events = Self {
            file: file.into(),
            segment: SegmentReader::new(program),
            lines,
            stragglers: Vec::new(),
            undated: BTreeMap::new(),
            down,
            end: 0,
            latest: i64::MIN,
            ahead: None,
            is_over: false,
        };
        events.stragglers = events.find_stragglers()?;
        events.end = events.lines.place().offset;
        Ok(events)
    }

    /// How many lines stand behind their time.
    pub fn straggler_count(&self) -> usize {
        self.stragglers.len()
    }

    fn find_stragglers(&mut self) -> Result<Vec<Straggler>, InboundError> {
        let mut stragglers = Vec::new();
        let mut latest = i64::MIN;
        while let Some(line) = self.read_line()? {
            let at = Origin { file: self.file.clone(), line: line.at.line };
            let arrived_at = self.segment.arrived_at(&line.bytes, &at);
            self.lines.take_back(line.bytes);
            let Some(arrived_at) = arrived_at else { continue };
            if arrived_at == UNDATED {
                self.undated.insert(line.at.line, latest);
            }
            if arrived_at < latest {
                stragglers.push(Straggler { arrived_at, line: line.at.line, offset: line.at.offset });
            }
            latest = latest.max(arrived_at);
        }
        stragglers.sort_unstable_by(|a, b| b.cmp(a));
        Ok(stragglers)
    }

    fn next_item(&mut self) -> Result<Option<EventItem>, InboundError> {
        if self.ahead.is_none() {
            match self.next_on_the_way_down()? {
                Some((None, rejected)) => return Ok(Some(rejected)),
                Some((Some(turn), item)) => self.ahead = Some((turn, item)),
                None => {}
            }
        }
        let turn = self.ahead.as_ref().map(|(turn, _)| *turn);
        match self.stragglers.last().copied() {
            Some(next) if turn.is_none_or(|turn| (next.arrived_at, next.line) < turn) => {
                self.stragglers.pop();
                self.straggler(next)
            }
            _ => Ok(self.ahead.take().map(|(_, item)| item)),
        }
    }

    /// The next line that is no straggler, with its turn if it was taken.
    fn next_on_the_way_down(&mut self) -> Result<Option<(Option<Turn>, EventItem)>, InboundError> {
        let Some(down) = self.down else { return Ok(None) };
        self.go_to(down)?;
        while let Some(line) = self.read_line()?.filter(|_| self.lines.place().offset <= self.end) {
            self.down = Some(self.lines.place());
            if line.is_blank() {
                self.lines.take_back(line.bytes);
                continue;
            }
            let item = self.item(&line);
            self.lines.take_back(line.bytes);
            let Some(arrived_at) = arrived_at(&item) else { return Ok(Some((None, item))) };
            if arrived_at >= self.latest {
                self.latest = arrived_at;
                return Ok(Some((Some((arrived_at, line.at.line)), item)));
            }
        }
        self.down = None;
        Ok(None)
    }

    fn straggler(&mut self, next: Straggler) -> Result<Option<EventItem>, InboundError> {
        self.go_to(Place { line: next.line, offset: next.offset })?;
        Ok(self.read_line()?.map(|line| self.item(&line)))
    }

    fn item(&self, line: &Line) -> EventItem {
        let at = Origin { file: self.file.clone(), line: line.at.line };
        let mut item = self.segment.read(&line.bytes, &at);
        // It counts from the start, and is no older than what stands above it.
        if let (Item::Taken { row, .. }, Some(latest)) = (&mut item, self.undated.get(&line.at.line)) {
            row.occurred_at = *latest;
        }
        item
    }

    fn go_to(&mut self, place: Place) -> Result<(), InboundError> {
        self.lines.go_to(place).map_err(|source| self.read_error(place.line, source))
    }

    fn read_line(&mut self) -> Result<Option<Line>, InboundError> {
        let line = self.lines.place().line;
        self.lines.read().map_err(|source| self.read_error(line, source))
    }

    fn read_error(&self, line: u64, source: std::io::Error) -> InboundError {
        InboundError::Read { at: Origin { file: self.file.clone(), line }, source }
    }
}

fn arrived_at(item: &EventItem) -> Option<i64> {
    match item {
        Item::Taken { row, .. } => Some(row.arrived_at),
        Item::Rejected(_) => None,
    }
}

impl<R: BufRead + Seek> Reads for EventReader<'_, R> {
    type Row = Arrival;

    fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }
}

impl<R: BufRead + Seek> Iterator for EventReader<'_, R> {
    type Item = Result<EventItem, InboundError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.next_item();
        self.is_over = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::testing::{guide_nurture, outline};
    use super::*;
    use proptest::prelude::*;
    use std::io::{BufReader, Cursor};

    /// An event that arrives so many seconds after the start of 2026-03-02.
    fn event(second: u32) -> String {
        let at = format!("2026-03-02T00:{:02}:{:02}Z", second / 60, second % 60);
        format!(r#"{{"type":"track","userId":"u-1","event":"visited","timestamp":"{at}"}}"#)
    }

    fn read(text: &[u8]) -> Vec<String> {
        let program = guide_nurture();
        // A small buffer, so that going back and forth leaves it.
        let reader = BufReader::with_capacity(64, Cursor::new(text));
        let events = EventReader::open(reader, "e.jsonl", &program).unwrap();
        outline(events, |arrival| arrival.at.line.to_string())
    }

    fn straggler_count(text: &str) -> usize {
        let program = guide_nurture();
        EventReader::open(Cursor::new(text.as_bytes()), "e.jsonl", &program).unwrap().straggler_count()
    }

    #[test]
    fn events_come_in_the_order_of_their_arrival() {
        let text = [5, 1, 5, 9, 5, 1, 9, 3].map(event).join("\n");
        assert_eq!(read(text.as_bytes()), ["2", "6", "8", "1", "3", "5", "4", "7"]);
        assert_eq!(straggler_count(&text), 4);
    }

    #[test]
    fn a_file_in_order_keeps_nothing_in_memory() {
        let text = [1, 2, 2, 3].map(event).join("\r\n");
        assert_eq!(read(text.as_bytes()), ["1", "2", "3", "4"]);
        assert_eq!(straggler_count(&text), 0);
    }

    #[test]
    fn rejected_lines_come_where_they_stand_and_blank_ones_not_at_all() {
        let text = format!("\u{feff}{}\n\n \r\n{{\n{}\n[]\n{}", event(7), event(3), event(8));
        assert_eq!(
            read(text.as_bytes()),
            [
                "5",
                "1",
                "e.jsonl:4: not JSON: `{` (it goes wrong at character 1)",
                "e.jsonl:6: not a JSON object: `[]` (write one object in braces on each line)",
                "7",
            ]
        );
        assert_eq!(read(b""), [""; 0]);
    }

    #[test]
    fn a_line_above_the_limit_is_rejected_and_the_next_one_is_not() {
        let padded = |bytes: usize| {
            let line = event(1).replace("u-1\"", "u-1\",\"x\":\"\"");
            line.replace("\"x\":\"\"", &format!("\"x\":\"{}\"", "x".repeat(bytes - line.len())))
        };
        let text = format!("{}\n{}\n{}\n", padded(MAX_LINE_BYTES), padded(MAX_LINE_BYTES + 1), event(2));
        let found = read(text.as_bytes());
        assert_eq!((found[0].as_str(), found[2].as_str(), found.len()), ("1", "3", 3));
        assert!(found[1].starts_with("e.jsonl:2: too long: `{\"type\""), "{}", found[1]);
        assert!(found[1].ends_with("(the limit of an event is 32768 bytes)"), "{}", found[1]);
    }

    proptest! {
        #[test]
        fn each_filled_line_comes_once_and_arrivals_are_in_order(seconds in prop::collection::vec(prop::option::of(0u32..20), 0..40)) {
            let lines: Vec<String> = seconds.iter().map(|second| second.map_or("{".to_owned(), event)).collect();
            let text = lines.join("\n");
            let program = guide_nurture();
            let (mut turns, mut seen) = (Vec::new(), Vec::new());
            for item in EventReader::open(Cursor::new(text.as_bytes()), "e.jsonl", &program).unwrap() {
                match item.unwrap() {
                    Item::Rejected(rejected) => seen.push(rejected.at.line),
                    Item::Taken { row, .. } => {
                        seen.push(row.at.line);
                        turns.push((row.arrived_at, row.at.line));
                    }
                }
            }
            seen.sort_unstable();
            prop_assert!(turns.is_sorted());
            prop_assert_eq!(seen, (1..=lines.len() as u64).collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_give_arrivals_or_rejections(bytes: Vec<u8>) {
            let filled = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            let marked = usize::from(bytes.starts_with(b"\xEF\xBB\xBF"));
            let count = read(&bytes).len();
            prop_assert!((filled.clone().count() - marked..=filled.count()).contains(&count));
        }
    }
}
