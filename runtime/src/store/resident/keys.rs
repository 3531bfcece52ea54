//! Whose keys are, without the keys: of each a print of 128 bits is kept, of which no two of all keys that there will ever be agree.
//!
//! Prints are made with a secret of this process, so nobody can choose keys that agree, and are written nowhere.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};

/// Of a key, in parts that need no padding beside a number.
type Print = [u32; 4];

#[derive(Debug, Default)]
pub(super) struct Keys {
    secrets: [RandomState; 2],
    owners: HashMap<Print, u32, BuildHasherDefault<OfPrint>>,
}

impl Keys {
    fn print(&self, key: &str) -> Print {
        let [a, b] = self.secrets.each_ref().map(|secret| secret.hash_one(key).to_le_bytes());
        let part = |bytes: [u8; 8]| {
            let (low, high) = (u64::from_le_bytes(bytes) & u64::from(u32::MAX), u64::from_le_bytes(bytes) >> 32);
            // Each has 32 bits.
            [low as u32, high as u32]
        };
        let ([a, b], [c, d]) = (part(a), part(b));
        [a, b, c, d]
    }

    pub(super) fn owner(&self, key: &str) -> Option<u32> {
        self.owners.get(&self.print(key)).copied()
    }

    /// Whose a key is from now on; none for one that is free again.
    pub(super) fn give(&mut self, key: &str, owner: Option<u32>) {
        let print = self.print(key);
        match owner {
            Some(owner) => self.owners.insert(print, owner),
            None => self.owners.remove(&print),
        };
    }

    /// Bytes of memory that they take: an entry with its byte of control, seven eighths of them in use at most.
    pub(super) fn memory(&self) -> usize {
        self.owners.capacity() / 7 * 8 * (size_of::<(Print, u32)>() + 1)
    }
}

/// A print is as good as its own hash.
#[derive(Debug, Default)]
struct OfPrint(u64);

impl Hasher for OfPrint {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
        self.0 ^= first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_finds_whom_it_was_given_to_last() {
        let mut keys = Keys::default();
        (0..10_000).for_each(|number| keys.give(&format!("user:{number}"), Some(number)));
        assert!((0..10_000).all(|number| keys.owner(&format!("user:{number}")) == Some(number)));
        assert_eq!((keys.owner("user:10000"), keys.owner("")), (None, None));
        keys.give("user:5", Some(9));
        keys.give("user:6", None);
        assert_eq!((keys.owner("user:5"), keys.owner("user:6")), (Some(9), None));
        assert!(keys.memory() < 10_000 * 60);
    }
}
