//! Bytes without their zeros, for what lies in memory and in files by the million.
//!
//! Frames and journeys are mostly zeros: fields that nobody knows, numbers far smaller than their eight bytes. Of each eight bytes one says
//! which of them are not zero, and those follow it; behind one that says *none*, a byte counts how many more there are of the same.
//!
//! ```text
//! 00 00 00 00 00 00 00 00 | 07 00 00 00 01 00 00 00     packs into     00 00 | 11 07 01
//! ```

/// Bytes that are packed together.
const WORD: usize = 8;

/// Appends `bytes`, packed.
pub(super) fn pack(bytes: &[u8], out: &mut Vec<u8>) {
    let (words, rest) = bytes.as_chunks::<WORD>();
    let mut last = [0; WORD];
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    let mut words = words.iter().copied().chain((!rest.is_empty()).then_some(last)).peekable();
    while let Some(word) = words.next() {
        if u64::from_le_bytes(word) != 0 {
            pack_word(word, out);
            continue;
        }
        let mut more = 0;
        while more < u8::MAX && words.next_if(|word| u64::from_le_bytes(*word) == 0).is_some() {
            more += 1;
        }
        out.extend([0, more]);
    }
}

fn pack_word(word: [u8; WORD], out: &mut Vec<u8>) {
    let mut packed = [0; WORD + 1];
    let (mut tag, mut count) = (0, 0);
    for (bit, byte) in word.into_iter().enumerate() {
        let is_there = byte != 0;
        tag |= u8::from(is_there) << bit;
        // What is zero is written over by what follows.
        if let Some(place) = packed.get_mut(1 + count) {
            *place = byte;
        }
        count += usize::from(is_there);
    }
    packed[0] = tag;
    out.extend_from_slice(packed.get(..=count).unwrap_or_default());
}

/// Appends the first `bytes` bytes that were packed at the beginning of `packed`, and takes them from it. None where they were not.
pub(super) fn unpack(packed: &mut &[u8], bytes: usize, out: &mut Vec<u8>) -> Option<()> {
    // Two bytes stand for 256 words of zeros at most: what says to be more was never packed, and is given no room.
    if bytes > packed.len().saturating_mul(256 * WORD / 2) {
        return None;
    }
    let end = out.len() + bytes;
    out.reserve(bytes + WORD);
    while out.len() < end {
        let (tag, rest) = packed.split_first()?;
        *packed = rest;
        if *tag == 0 {
            let (more, rest) = packed.split_first()?;
            *packed = rest;
            out.resize(out.len() + WORD * (1 + usize::from(*more)), 0);
            continue;
        }
        let (bytes, rest) = packed.split_at_checked(tag.count_ones() as usize)?;
        *packed = rest;
        let mut bytes = bytes.iter();
        let mut word = [0; WORD];
        for (bit, place) in word.iter_mut().enumerate() {
            if tag >> bit & 1 != 0 {
                *place = *bytes.next()?;
            }
        }
        out.extend_from_slice(&word);
    }
    out.truncate(end);
    Some(())
}

/// Appends a number, seven bits a byte, the lowest first.
pub(crate) fn number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// The number at the beginning, which is taken from there.
pub(crate) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The same of a number with a sign, small ones of either in few bytes.
pub(crate) fn signed(number: i64, out: &mut Vec<u8>) {
    self::number((number << 1 ^ number >> 63).cast_unsigned(), out);
}

/// The number at the beginning, which is taken from there.
pub(crate) fn take_signed(bytes: &mut &[u8]) -> Option<i64> {
    let number = take_number(bytes)?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn zeros_take_no_room() {
        let mut packed = Vec::new();
        pack(&[0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0], &mut packed);
        assert_eq!(packed, [0, 0, 0x11, 7, 1]);
        packed.clear();
        pack(&[0; 42_000], &mut packed);
        assert_eq!(packed.len(), 42);
    }

    #[test]
    fn what_was_not_packed_is_told() {
        let mut packed = Vec::new();
        pack(&[1, 2, 3, 4, 5, 6, 7, 8, 9], &mut packed);
        for cut in 0..packed.len() {
            assert_eq!(unpack(&mut &packed[..cut], 9, &mut Vec::new()), None, "{cut}");
        }
        assert_eq!(take_number(&mut [0x80; 11].as_slice()), None);
        assert_eq!(take_number(&mut [].as_slice()), None);
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            pieces in prop::collection::vec(prop_oneof![prop::collection::vec(any::<u8>(), 0..40), (0..3_000_usize).prop_map(|zeros| vec![0; zeros])], 0..5),
            numbers in prop::collection::vec(any::<u64>().prop_flat_map(|wide| (0..64_u32).prop_map(move |by| wide >> by)), 0..5),
        ) {
            let mut packed = Vec::new();
            for piece in &pieces {
                pack(piece, &mut packed);
            }
            numbers.iter().for_each(|one| number(*one, &mut packed));
            numbers.iter().for_each(|one| signed(one.cast_signed(), &mut packed));
            let mut rest = packed.as_slice();
            for piece in &pieces {
                let mut out = vec![9];
                unpack(&mut rest, piece.len(), &mut out).unwrap();
                prop_assert_eq!(&out[1..], piece);
            }
            for one in &numbers {
                prop_assert_eq!(take_number(&mut rest), Some(*one));
            }
            for one in &numbers {
                prop_assert_eq!(take_signed(&mut rest), Some(one.cast_signed()));
            }
            prop_assert!(rest.is_empty());
        }
    }
}
