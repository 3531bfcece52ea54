//! What lies in the tail, summed up in one number, which is kept beside it: of each record a digest, all added up, so that a record comes and goes by
//! one addition. A record that was changed, taken out or put in by anybody else shows in it. It is no proof against whoever means to deceive.

/// What a record is of: two of the same bytes are not the same.
#[derive(Clone, Copy)]
enum Of {
    Contacts = 1,
    Keys = 2,
    Known = 3,
    Blank = 4,
}

/// Of a record of contacts.
pub(super) fn of_contacts(place: i64, people: &[u8], bytes: &[u8]) -> u64 {
    word(take(take(begin(Of::Contacts, place), people), bytes), 0)
}

/// Of a record of keys.
pub(super) fn of_keys(place: i64, keys: &[u8]) -> u64 {
    word(take(begin(Of::Keys, place), keys), 0)
}

/// Of the record of the log up to which the table of messages knows all; of none it is nothing.
pub(super) fn of_known(known_to: Option<u64>) -> u64 {
    known_to.map_or(0, |known_to| word(begin(Of::Known, 0), known_to))
}

/// Of a piece of what frames are kept as differences to, by where it begins. It lies in no tail.
pub(in crate::store::sqlite) fn of_blank(place: i64, bytes: &[u8]) -> u64 {
    word(take(begin(Of::Blank, place), bytes), 0)
}

fn begin(of: Of, place: i64) -> u64 {
    word(word(0, of as u64), place.cast_unsigned())
}

/// Eight bytes at a time: a record has some thousands, and each batch writes some. How many there are counts, too.
fn take(digest: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let digest = words.iter().fold(digest, |digest, bytes| word(digest, u64::from_le_bytes(*bytes)));
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(place, byte)| *place = *byte);
    word(word(digest, u64::from_le_bytes(last)), bytes.len() as u64)
}

/// The multiplier and the shift of SplitMix64's finish: each bit of a word reaches all of the digest. For ever as it is, since stores keep the sum.
fn word(digest: u64, word: u64) -> u64 {
    let mixed = (digest ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ mixed >> 31
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Stores keep it: it may never be another one.
    #[test]
    fn it_is_what_it_was() {
        let all = [
            of_contacts(1 << 20 | 1, b"[1,2]", &[7; 100]),
            of_keys(9, b"[]"),
            of_known(Some(0)),
            of_known(None),
            of_blank(9, b"[]"),
        ];
        assert_eq!(
            all.map(|digest| format!("{digest:016x}")),
            ["5021366ac1214de9", "b90401e1769e1e6f", "9d31db10d7affb2e", "0000000000000000", "bfe42b8c6a4460c2"]
        );
    }

    #[test]
    fn whatever_is_changed_shows() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1_000).collect();
        let mut seen = BTreeSet::from([of_contacts(5, b"[1]", &bytes), of_contacts(6, b"[1]", &bytes)]);
        seen.insert(of_keys(5, b"[1]"));
        seen.insert(of_contacts(5, b"[2]", &bytes));
        let mut all = seen.len();
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1 << (place % 8);
            seen.insert(of_contacts(5, b"[1]", &other));
            seen.insert(of_contacts(5, b"[1]", &bytes[..place]));
            all += 2;
        }
        assert_eq!((seen.len(), all), (all, 4 + 2_000));
    }
}
