//! Records of the tail: contacts as a batch leaves them, as many together as fit into a page, so that SQLite writes pages and not rows.
//!
//! `people` are their numbers as a JSON array. `bytes` has a head of [`HEAD_BYTES`] for each of them in that order, then the rest; little-endian,
//! so that a view can read it in plain SQL:
//!
//! ```text
//! 0 next instant i64   8 newest u64   16 layout u32   20 frame bytes u32   24 kept bytes u32   28 at u32
//! ```
//! The frame begins `at` so many bytes from the beginning, and what is kept follows it. The highest bit of the layout says that there is a next
//! instant.

use crate::store::written::Packed;

/// Bytes of the head of each contact.
pub(in super::super) const HEAD_BYTES: u32 = 32;
/// Where its parts stand.
pub(in super::super) mod at {
    pub(in super::super::super) const NEXT_AT: u32 = 0;
    pub(in super::super::super) const NEWEST: u32 = 8;
    pub(in super::super::super) const LAYOUT: u32 = 16;
    pub(in super::super::super) const FRAME_BYTES: u32 = 20;
    pub(in super::super::super) const KEPT_BYTES: u32 = 24;
    pub(in super::super::super) const BODY: u32 = 28;
}
/// In the layout: there is a next instant.
pub(in super::super) const IS_DUE: u32 = 1 << 31;

/// A record of so many bytes lies in one page, with its numbers; one contact alone may be larger.
const RECORD_BYTES: usize = 3_600;
/// Digits, a comma.
const ID_BYTES: usize = 12;

/// A record, whole or as it is filled.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) people: Vec<u64>,
    heads: Vec<[u8; HEAD_BYTES as usize]>,
    bodies: Vec<u8>,
}

impl Record {
    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Whether another contact of so many bytes would make it larger than a page.
    pub(super) fn is_full_with(&self, packed: &Packed<'_>) -> bool {
        let each = HEAD_BYTES as usize + ID_BYTES;
        let bytes = (self.people.len() + 1) * each + self.bodies.len() + packed.frame.len() + packed.kept.len();
        !self.is_empty() && bytes > RECORD_BYTES
    }

    pub(super) fn add(&mut self, contact: u64, packed: &Packed<'_>) {
        let Packed { next_at, layout, newest, frame, kept } = *packed;
        let mut head = [0; HEAD_BYTES as usize];
        let layout = if next_at.is_some() { layout | IS_DUE } else { layout };
        // Nobody has bodies of four billion bytes; what would not fit is told as damage when it is read.
        let sizes = [frame.len(), kept.len(), self.bodies.len()].map(|bytes| u32::try_from(bytes).unwrap_or(u32::MAX));
        let [frame_bytes, kept_bytes, body] = sizes.map(u32::to_le_bytes);
        let (next_at, newest) = (next_at.unwrap_or_default().to_le_bytes(), newest.to_le_bytes());
        let parts: [(u32, &[u8]); 6] = [
            (at::NEXT_AT, &next_at),
            (at::NEWEST, &newest),
            (at::LAYOUT, &layout.to_le_bytes()),
            (at::FRAME_BYTES, &frame_bytes),
            (at::KEPT_BYTES, &kept_bytes),
            (at::BODY, &body),
        ];
        for (at, part) in parts {
            head.iter_mut().skip(at as usize).zip(part).for_each(|(place, byte)| *place = *byte);
        }
        self.people.push(contact);
        self.heads.push(head);
        self.bodies.extend_from_slice(frame);
        self.bodies.extend_from_slice(kept);
    }

    /// The numbers as JSON, and the bytes. Bodies begin behind the heads.
    pub(super) fn seal(&mut self) -> (String, Vec<u8>) {
        let heads = u32::try_from(self.heads.len()).unwrap_or(u32::MAX).saturating_mul(HEAD_BYTES);
        let mut bytes = Vec::with_capacity(self.heads.len() * HEAD_BYTES as usize + self.bodies.len());
        for head in &self.heads {
            let (front, body) = head.split_at(at::BODY as usize);
            let body = body.first_chunk().map_or(0, |body| u32::from_le_bytes(*body));
            bytes.extend_from_slice(front);
            bytes.extend(body.saturating_add(heads).to_le_bytes());
        }
        bytes.extend_from_slice(&self.bodies);
        let mut people = String::with_capacity(self.people.len() * ID_BYTES);
        for id in &self.people {
            people.push(if people.is_empty() { '[' } else { ',' });
            people.push_str(&id.to_string());
        }
        people.push(']');
        (people, bytes)
    }
}

/// The contact at a place of a record. None where there is nothing that Flow writes.
pub(super) fn read(bytes: &[u8], nth: usize) -> Option<Packed<'_>> {
    let head = bytes.get(nth.checked_mul(HEAD_BYTES as usize)?..)?.get(..HEAD_BYTES as usize)?;
    let u32_at = |at: u32| Some(u32::from_le_bytes(*head.get(at as usize..)?.first_chunk()?));
    let layout = u32_at(at::LAYOUT)?;
    let next_at = i64::from_le_bytes(*head.get(at::NEXT_AT as usize..)?.first_chunk()?);
    let newest = u64::from_le_bytes(*head.get(at::NEWEST as usize..)?.first_chunk()?);
    let body = bytes.get(u32_at(at::BODY)? as usize..)?;
    let (frame, rest) = body.split_at_checked(u32_at(at::FRAME_BYTES)? as usize)?;
    let (kept, _) = rest.split_at_checked(u32_at(at::KEPT_BYTES)? as usize)?;
    Some(Packed { next_at: (layout & IS_DUE != 0).then_some(next_at), layout: layout & !IS_DUE, newest, frame, kept })
}

/// Whether the bytes of a record are of so many contacts, each body behind the one before, and nothing behind the last.
pub(super) fn is_of(bytes: &[u8], people: usize) -> bool {
    let end = (0..people).try_fold(people.saturating_mul(HEAD_BYTES as usize), |begin, nth| {
        let packed = read(bytes, nth)?;
        let head = bytes.get(nth.checked_mul(HEAD_BYTES as usize)?..)?;
        let body = u32::from_le_bytes(*head.get(at::BODY as usize..)?.first_chunk()?);
        (body as usize == begin).then_some(begin + packed.frame.len() + packed.kept.len())
    });
    end == Some(bytes.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn everybody_in_a_record_comes_back() {
        let of = |next_at, newest, frame, kept| Packed { next_at, layout: 3, newest, frame, kept };
        let people = [
            of(None, 0, [].as_slice(), [7; 12].as_slice()),
            of(Some(i64::MIN), u64::MAX, [1; 300].as_slice(), &[]),
            of(Some(-1), 9, &[2; 3], &[3; 5]),
        ];
        let mut record = Record::default();
        for (id, packed) in [4, 9, 281_474_976_710_655].into_iter().zip(&people) {
            assert!(!record.is_full_with(packed));
            record.add(id, packed);
        }
        let (ids, bytes) = record.seal();
        assert_eq!(ids, "[4,9,281474976710655]");
        for (nth, packed) in people.iter().enumerate() {
            assert_eq!(format!("{:?}", read(&bytes, nth).unwrap()), format!("{packed:?}"));
        }
        assert!((1..bytes.len()).all(|cut| read(&bytes[..cut], 2).is_none()));
        assert!(is_of(&bytes, 3) && !is_of(&bytes, 2) && !is_of(&[&bytes[..], &[0]].concat(), 3));
        assert!((1..bytes.len()).all(|cut| !is_of(&bytes[..cut], 3)));
        assert!(record.is_full_with(&of(None, 0, &[0; 4_000], &[])));
        assert!(!Record::default().is_full_with(&of(None, 0, &[0; 4_000], &[])), "it must lie somewhere");
    }
}
