//! Numbers that stand for texts, the same in every build and for ever: FNV-1a. Stores keep them, and files of events name people by them.
//!
//! They part texts that differ by chance. Whoever wants two that agree can make them, so nothing may be lost where two do on purpose.

/// The print of a text, of its bytes.
pub fn lasting(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |print: u64, byte: u8| (print ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::lasting;

    /// As its authors have published them.
    #[test]
    fn prints_are_those_of_fnv() {
        let of = |text: &str| lasting(text.bytes());
        assert_eq!(
            [of(""), of("a"), of("foobar")],
            [0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c, 0x8594_4171_f739_67e8]
        );
    }
}
