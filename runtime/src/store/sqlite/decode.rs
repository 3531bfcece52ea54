//! Packed contacts taken apart in plain SQL, because a shell knows none of our functions.
//!
//! A byte is found by its place among all bytes, and a little-endian integer is its bytes shifted and joined, sign included for eight of them. Bytes
//! that are not there are 0:
//!
//! ```sql
//! instr(byte, substr(frame, 9, 1)) - 1        -- byte is x'000102...ff'
//! ```
//! A word of a frame (`store/frame.rs`) is looked up by its place in the list of those that differ, and is that of the blank where it is none of them.
//! What is looked up and then taken apart stands in a `SELECT` of its own without a table: SQLite works that out once, and not for each byte.

use crate::store::Blank;
use crate::store::frame::{self, LONG};
use crate::store::kept::short::{COUNT_BYTES, FIELDS};

/// Bytes of a word of a frame.
const WORD: u32 = 8;

/// `x'000102...ff'`: where a byte stands in it is its value.
pub(super) fn every_byte() -> String {
    literal(&(0..=u8::MAX).collect::<Vec<u8>>())
}

fn literal(bytes: &[u8]) -> String {
    let bytes: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{bytes}'")
}

/// The byte of a column at a place, from 1.
pub(super) fn byte(column: &str, at: &str) -> String {
    format!("(instr(byte, substr({column}, {at}, 1)) - 1)")
}

/// An integer of so many bytes, each by its place from 0.
pub(super) fn little_endian(width: u32, byte: impl Fn(u32) -> String) -> String {
    let bytes = (0..width).map(|place| match place {
        0 => byte(place),
        _ => format!("({} << {})", byte(place), place * 8),
    });
    bytes.collect::<Vec<_>>().join(" | ")
}

/// What words of the column `frame` are looked up by, as columns: bytes of a place, how many words, the list of their places, where their ends
/// begin (from 1), bytes of an end.
pub(super) fn frame_columns() -> String {
    let form = byte("frame", "1");
    let places = format!("({form} & 3)");
    let words = format!(
        "CASE {places} WHEN 1 THEN {} ELSE {} END",
        byte("frame", "2"),
        little_endian(3, |place| byte("frame", &(place + 2).to_string()))
    );
    let list = format!("CASE {places} WHEN 1 THEN 3 ELSE 5 END");
    format!(
        "{places} AS p, {words} AS n, substr(frame, {list}, ({words}) * {places}) AS l, {list} + ({words}) * {places} AS e, \
         CASE {form} & {LONG} WHEN 0 THEN 1 ELSE 3 END AS w"
    )
}

/// The bytes of a word of a frame of up to 255 words that differ by 255 bytes at most, which nearly all are, by the frame alone: a place is found first
/// in the list of places, if it is there.
fn word_of_short(place: u32, as_new: &str) -> String {
    let at = literal(&frame::place(place, 1));
    let end = byte("frame", "k + n + 2");
    format!(
        "CASE WHEN k BETWEEN 1 AND n THEN substr(frame, n * 2 + b + 3, {end} - b) ELSE {as_new} END AS v FROM (SELECT k, n, \
         CASE k WHEN 1 THEN 0 ELSE {} END AS b FROM (SELECT instr(substr(frame, 3), {at}) AS k, {} AS n) LIMIT 1 OFFSET 0) LIMIT 1 OFFSET 0",
        byte("frame", "k + n + 1"),
        byte("frame", "2")
    )
}

/// The bytes of a word of any frame, without the zeros at its end, from [`frame_columns`].
fn word(place: u32, as_new: &str) -> String {
    let at = |places| literal(&frame::place(place, places));
    let find = match place {
        0..=254 => format!("CASE p WHEN 1 THEN {} WHEN 2 THEN {} ELSE {} END", at(1), at(2), at(3)),
        _ => format!("CASE p WHEN 2 THEN {} ELSE {} END", at(2), at(3)),
    };
    // Of an end that has one byte the others are none.
    let end = |nth: &str| {
        let byte =
            |place: u32, bytes: &str| format!("(instr(byte, substr(frame, e + {nth} * w + {place}, {bytes})) - 1)");
        format!("({} | ({} << 8) | ({} << 16))", byte(0, "1"), byte(1, "w / 3"), byte(2, "w / 3"))
    };
    let begin = format!("CASE k WHEN 1 THEN 0 ELSE {} END", end("(k - 2)"));
    format!(
        "CASE k WHEN 0 THEN {as_new} ELSE substr(frame, e + n * w + b, {} - b) END AS v \
         FROM (SELECT k, {begin} AS b FROM (SELECT (instr(l, {find}) + p - 1) / p AS k) LIMIT 1 OFFSET 0) LIMIT 1 OFFSET 0",
        end("(k - 1)")
    )
}

/// The integer of so many bytes at a place of a frame, which is in one word.
pub(super) fn of_frame(offset: u32, width: u32, blank: &Blank) -> String {
    let (place, first) = (offset / WORD, offset % WORD);
    let own = blank.bytes().get((place * WORD) as usize..).and_then(|rest| rest.first_chunk::<8>());
    let as_new = literal(own.map_or(&[0; 8][..], |own| &own[..]));
    let bytes = little_endian(width, |place| byte("v", &(first + place + 1).to_string()));
    let of = |word: String| format!("(SELECT {bytes} FROM (SELECT {word}))");
    let any = of(word(place, &as_new));
    match place {
        0..=254 => {
            let short = of(word_of_short(place, &as_new));
            format!("coalesce(CASE substr(frame, 1, 1) WHEN x'01' THEN {short} ELSE {any} END, 0)")
        }
        _ => format!("coalesce({any}, 0)"),
    }
}

/// How many journeys the column `kept` has.
pub(super) fn journeys() -> String {
    little_endian(COUNT_BYTES as u32, |place| byte("kept", &(place + 1).to_string()))
}

/// A field of the journey at a place of `kept` (`store/kept/short.rs`), of at most so many bytes. Most have one, or none.
pub(super) fn of_journey(nth: &str, field: usize, width: u32) -> String {
    let bytes = little_endian(width, |place| byte("v", &(place + 1).to_string()));
    let (begin, own) = begin_and_bytes(nth, field);
    let one = byte("kept", "b");
    let many = format!("(SELECT {bytes} FROM (SELECT substr(kept, b, w) AS v LIMIT 1 OFFSET 0))");
    format!("(SELECT CASE w WHEN 0 THEN 0 WHEN 1 THEN {one} ELSE {many} END FROM (SELECT {begin} AS b, {own} AS w))")
}

/// One byte of it.
pub(super) fn byte_of_journey(nth: &str, field: usize, place: u32) -> String {
    let (begin, own) = begin_and_bytes(nth, field);
    let one = byte("kept", &format!("b + {place}"));
    format!("(SELECT CASE WHEN w > {place} THEN {one} ELSE 0 END FROM (SELECT {begin} AS b, {own} AS w))")
}

/// Where it begins, from 1, and how many bytes it has.
fn begin_and_bytes(nth: &str, field: usize) -> (String, String) {
    let end = |field: usize| byte("kept", &(COUNT_BYTES + 1 + field).to_string());
    let begin = if field == 0 { "0".to_owned() } else { end(field - 1) };
    let rows = COUNT_BYTES + FIELDS + 1;
    (format!("{rows} + {nth} * {} + {begin}", end(FIELDS - 1)), format!("{} - {begin}", end(field)))
}
