//! Frames as they are kept: the words that differ from those of a *blank*, a frame of which nothing is known.
//!
//! Most of a frame says nothing: fields that nobody knows, instants that never were. What is kept, copied and written of somebody follows what is
//! known of them, and not how much a program could know. Little-endian, and with a place for each word, so that a view can look one up in plain SQL
//! (`sqlite/decode.rs`):
//!
//! ```text
//! form u8: bytes of a place (1 to 3), and with LONG: an end has three bytes in place of one
//! words                      how many differ; as many bytes as an end of LONG where places have more than one, else one
//! the place of each          ascending; of several bytes seven bits each, the highest first, whose highest bit is set: so that a place is
//!                            found nowhere but where one begins
//! where each ends            in what follows
//! the words                  each without the zeros at its end
//! bytes of the frame         7 bits a byte
//! 0                          where all of it would have a multiple of eight bytes, as frames have that an earlier Flow kept as they are
//! ```
//! A word behind the end of the blank is always among them. So what was kept stays what it is when the blank grows, as it does with the frames of a
//! program: at its end alone.

use super::packed::{number, take_number};
use std::sync::Arc;

/// Bytes that are kept or left out together.
const WORD: usize = 8;
/// Words that are compared at once: most are as they were.
const RUN: usize = 64;
/// In the form: an end has three bytes.
pub(super) const LONG: u8 = 4;
/// In the form: bytes of a place.
const PLACE_BYTES: u8 = 3;
/// Bytes of a long number.
const LONG_BYTES: usize = 3;
/// The most words whose places have one byte, and two.
const SHORT_WORDS: usize = 255;
const MIDDLE_WORDS: usize = 1 << 14;

/// What frames are kept as differences to: a frame of which nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blank(Vec<u8>);

impl Blank {
    /// One of these bytes, as far as they are whole words.
    pub fn new(mut bytes: Vec<u8>) -> Blank {
        bytes.truncate(bytes.len() / WORD * WORD);
        Blank(bytes)
    }

    /// The words that are there, and behind them those of another.
    pub(super) fn grown(self: &Arc<Blank>, to: &[u8]) -> Arc<Blank> {
        let to = to.get(..to.len() / WORD * WORD).unwrap_or_default();
        match to.get(self.0.len()..) {
            None | Some([]) => Arc::clone(self),
            Some(more) => Arc::new(Blank([&self.0, more].concat())),
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Packs frames; what it gathers meanwhile is used again.
#[derive(Debug, Clone, Default)]
pub(super) struct FramePacker {
    /// Places and words.
    differ: Vec<(u32, u64)>,
}

impl FramePacker {
    /// Appends a frame, packed.
    pub(super) fn pack(&mut self, frame: &[u8], blank: &Blank, out: &mut Vec<u8>) {
        let begin = out.len();
        self.compare(frame, blank);
        let places = place_bytes(frame.len());
        let bytes: usize = self.differ.iter().map(|(_, word)| width(*word)).sum();
        let is_long = bytes > usize::from(u8::MAX);
        out.push(places as u8 | if is_long { LONG } else { 0 });
        put(self.differ.len(), places > 1, out);
        self.differ.iter().for_each(|(place, _)| put_place(*place, places, out));
        let mut end = 0;
        for (_, word) in &self.differ {
            end += width(*word);
            put(end, is_long, out);
        }
        for (_, word) in &self.differ {
            out.extend(word.to_le_bytes().iter().take(width(*word)));
        }
        number(frame.len() as u64, out);
        if (out.len() - begin).is_multiple_of(WORD) {
            out.push(0);
        }
    }

    /// Gathers the words of a frame that are to be kept.
    fn compare(&mut self, frame: &[u8], blank: &Blank) {
        self.differ.clear();
        let known = frame.len() / WORD * WORD;
        let known = known.min(blank.0.len());
        let (known, own) = (blank.0.get(..known).unwrap_or_default(), frame);
        let runs = known.chunks(RUN * WORD).zip(own.chunks(RUN * WORD)).zip((0..).step_by(RUN));
        for ((blank, own), first) in runs.filter(|((blank, own), _)| own.get(..blank.len()) != Some(*blank)) {
            let words = blank.as_chunks::<WORD>().0.iter().zip(own.as_chunks::<WORD>().0).zip(first..);
            let differ = words.filter(|((blank, own), _)| blank != own);
            self.differ.extend(differ.map(|((_, own), place)| (place, u64::from_le_bytes(*own))));
        }
        let behind = own.get(known.len()..).unwrap_or_default().chunks(WORD);
        // Nobody has frames of as many words as would not fit.
        let places = u32::try_from(known.len() / WORD).unwrap_or(u32::MAX)..;
        self.differ.extend(behind.zip(places).map(|(word, place)| (place, word_of(word))));
    }
}

/// Takes a frame apart, over what is in `out`. None where Flow never writes such bytes.
pub(super) fn unpack_over(packed: &[u8], blank: &Blank, out: &mut Vec<u8>) -> Option<()> {
    let (form, mut rest) = packed.split_first()?;
    let (places, is_long) = (usize::from(form & PLACE_BYTES), form & LONG != 0);
    if places == 0 || form & !(PLACE_BYTES | LONG) != 0 || is_earlier(packed) {
        return None;
    }
    let words = take(places > 1, &mut rest)?;
    let (listed, rest) = rest.split_at_checked(words.checked_mul(places)?)?;
    let (mut ends, rest) = rest.split_at_checked(words.checked_mul(if is_long { LONG_BYTES } else { 1 })?)?;
    let last = ends.get(ends.len().saturating_sub(if is_long { LONG_BYTES } else { 1 })..)?;
    let bytes = if words == 0 { 0 } else { take(is_long, &mut &*last)? };
    let (values, mut rest) = rest.split_at_checked(bytes)?;
    let length = usize::try_from(take_number(&mut rest)?).ok()?;
    let is_padded = rest == [0] && packed.len() % WORD == 1;
    if (!rest.is_empty() && !is_padded) || place_bytes(length) != places {
        return None;
    }
    // What is behind the blank is all listed, so there is no more of it than there are words.
    let whole = length.checked_next_multiple_of(WORD)?;
    let known = whole.min(blank.0.len());
    if (whole - known) / WORD > words {
        return None;
    }
    out.clear();
    out.extend_from_slice(blank.0.get(..known)?);
    out.resize(whole, 0);
    let (mut next, mut begin, mut behind) = (0, 0, 0);
    for place in listed.chunks(places) {
        let (place, end) = (take_place(place)?, take(is_long, &mut ends)?);
        if place < next {
            return None;
        }
        let word = values.get(begin..end).filter(|word| word.len() <= WORD)?;
        let to = out.get_mut(place * WORD..)?.first_chunk_mut::<WORD>()?;
        *to = word_of(word).to_le_bytes();
        behind += usize::from(place * WORD >= known);
        (next, begin) = (place + 1, end);
    }
    out.truncate(length);
    (behind == (whole - known) / WORD).then_some(())
}

/// Whether bytes are a frame as an earlier Flow kept it: as it is, of whole words.
pub(super) fn is_earlier(frame: &[u8]) -> bool {
    frame.len().is_multiple_of(WORD)
}

/// Bytes of the places of a frame of so many bytes.
fn place_bytes(length: usize) -> usize {
    match length.div_ceil(WORD) {
        0..=SHORT_WORDS => 1,
        words if words <= MIDDLE_WORDS => 2,
        _ => 3,
    }
}

/// A place in so many bytes, as it stands in a packed frame.
pub(super) fn place(word: u32, places: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(places);
    put_place(word, places, &mut out);
    out
}

fn put_place(place: u32, places: usize, out: &mut Vec<u8>) {
    let [a, b, c] = [place >> 14, place >> 7, place].map(|bits| (bits & 0x7F) as u8);
    match places {
        1 => out.push(place.to_le_bytes()[0]),
        2 => out.extend([b | 0x80, c]),
        _ => out.extend([a | 0x80, b, c]),
    }
}

fn take_place(bytes: &[u8]) -> Option<usize> {
    match *bytes {
        [a] => Some(usize::from(a)),
        [a, ref rest @ ..] if a & 0x80 != 0 && rest.iter().all(|byte| byte & 0x80 == 0) => {
            Some(rest.iter().fold(usize::from(a & 0x7F), |place, byte| place << 7 | usize::from(*byte)))
        }
        _ => None,
    }
}

/// A number in one byte or, where it is long, three. Nobody has as many bytes as would not fit; what would is told as damage when it is read.
fn put(number: usize, is_long: bool, out: &mut Vec<u8>) {
    let bytes = number.min((1 << 24) - 1).to_le_bytes();
    out.extend(bytes.iter().take(if is_long { LONG_BYTES } else { 1 }));
}

fn take(is_long: bool, bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_at_checked(if is_long { LONG_BYTES } else { 1 })?;
    *bytes = rest;
    Some(number.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// A word whose last bytes are not there: they are zero.
fn word_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// Bytes of a word without the zeros at its end.
fn width(word: u64) -> usize {
    // Eight at most.
    (u64::BITS - word.leading_zeros()).div_ceil(8) as usize
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(frame: &[u8], blank: &Blank) -> Vec<u8> {
        let mut out = Vec::new();
        FramePacker::default().pack(frame, blank, &mut out);
        out
    }

    fn unpacked(packed: &[u8], blank: &Blank) -> Option<Vec<u8>> {
        let mut out = vec![7; 3];
        unpack_over(packed, blank, &mut out).map(|()| out)
    }

    #[test]
    fn what_is_as_in_the_blank_takes_no_room() {
        let never = (-1_i64 << 61).to_le_bytes();
        let blank = Blank::new(never.repeat(5_000));
        assert_eq!(packed(blank.bytes(), &blank), [2, 0, 0, 0, 0xC0, 0xB8, 2]);
        let mut frame = blank.bytes()[..800].to_vec();
        frame[8..24].copy_from_slice(&[0x34, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(packed(&frame, &blank), [1, 2, 1, 2, 2, 2, 0x34, 0x12, 0xA0, 6,]);
        assert_eq!(packed(&[5; 9], &Blank::default()).len(), 17);
    }

    /// An earlier Flow kept frames as they are, of whole words.
    #[test]
    fn what_is_packed_is_never_taken_for_a_frame_of_before() {
        for length in 0..600 {
            let bytes = packed(&vec![9; length], &Blank::default());
            assert!(!is_earlier(&bytes), "{length}");
            assert_eq!(unpacked(&bytes, &Blank::default()), Some(vec![9; length]));
        }
    }

    /// Longer than anything is.
    #[test]
    fn a_length_out_of_all_bounds_is_none() {
        let mut bytes = vec![3, 0, 0, 0];
        bytes.extend([0xFF; 9]);
        bytes.push(1);
        assert_eq!(unpacked(&bytes, &Blank::default()), None);
    }

    #[test]
    fn a_place_is_found_where_one_begins_alone() {
        for places in [2, 3] {
            let listed: Vec<u8> = (0..16_000).step_by(3).flat_map(|word| place(word, places)).collect();
            for word in (0..16_000).step_by(77) {
                let place = place(word, places);
                let found: Vec<usize> =
                    listed.windows(places).enumerate().filter(|(_, at)| *at == place).map(|(at, _)| at).collect();
                let there: Vec<usize> = if word % 3 == 0 { vec![word as usize / 3 * places] } else { Vec::new() };
                assert_eq!(found, there, "{word}");
            }
        }
    }

    fn frames() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
        let blank = prop::collection::vec(prop_oneof![Just(0_u64), Just(1 << 63), any::<u64>()], 0..3_000);
        let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u64>(), 0..64_u32), 0..300);
        (blank, changes, 0..24_100_usize, prop::collection::vec(any::<u8>(), 0..100)).prop_map(
            |(blank, changes, length, more)| {
                let blank: Vec<u8> = blank.into_iter().flat_map(u64::to_le_bytes).collect();
                let mut frame = blank.clone();
                frame.resize(length, 0);
                let words = frame.as_chunks_mut::<WORD>().0;
                for (at, value, by) in changes {
                    if !words.is_empty() {
                        words[at.index(words.len())] = (value >> by).to_le_bytes();
                    }
                }
                (blank, frame, more)
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back_also_when_the_blank_has_grown((blank, frame, more) in frames()) {
            let blank = Arc::new(Blank::new(blank));
            let packed = packed(&frame, &blank);
            prop_assert_eq!(unpacked(&packed, &blank), Some(frame.clone()));
            let grown = blank.grown(&[blank.bytes(), &more].concat());
            prop_assert_eq!(unpacked(&packed, &grown), Some(frame));
        }

        #[test]
        fn what_was_not_packed_is_told_or_is_some_frame(mut bytes in prop::collection::vec(any::<u8>(), 0..80), (blank, frame, _) in frames(), at in any::<prop::sample::Index>(), bit in 0..8) {
            let blank = Blank::new(blank);
            let _ = unpacked(&bytes, &blank);
            if let Some(first) = bytes.first_mut() {
                *first &= 7;
            }
            let _ = unpacked(&bytes, &blank);
            let mut packed = packed(&frame, &blank);
            prop_assert!((0..packed.len().min(40)).all(|cut| unpacked(&packed[..cut], &blank).is_none()));
            let at = at.index(packed.len());
            packed[at] ^= 1_u8 << bit;
            let _ = unpacked(&packed, &blank);
        }
    }
}
