//! What others have said, fit for a log: a mail server repeats the address it refuses, and logs are copied to places where addresses must not be.

/// What somebody has said is told up to this many characters.
pub const SAID_MAX_CHARS: usize = 300;

/// What stands where an address was.
const ADDRESS: &str = "[address]";

/// The words of somebody else, cut, without an address in them. `about` are addresses that may have been meant: servers name a mailbox by its
/// local part alone as well.
pub fn said<'a>(words: &str, about: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> =
        about.into_iter().filter_map(|address| address.rsplit_once('@')).map(|(name, _)| name).collect();
    let mut out = String::with_capacity(words.len());
    for (is_word, piece) in pieces(words) {
        let is_name = |piece: &str| names.iter().any(|name| name.eq_ignore_ascii_case(piece));
        let bare = piece.trim_end_matches(['.', '-']);
        match is_word && (piece.contains(['@', '＠']) || is_name(piece) || is_name(bare)) {
            true => out.push_str(ADDRESS),
            false => out.push_str(piece),
        }
    }
    match out.char_indices().nth(SAID_MAX_CHARS) {
        Some((end, _)) => {
            out.chars().take(SAID_MAX_CHARS).collect::<String>() + if end < out.len() { "…" } else { "" }
        }
        None => out,
    }
}

/// Words and what stands between them, in turn.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let is_of_word = |sign: char| !sign.is_whitespace() && !"<>()[]{},;:\"'`|".contains(sign);
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_word = is_of_word(rest.chars().next()?);
        let end = rest.find(|sign| is_of_word(sign) != is_word).unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some((is_word, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_mailboxes_are_taken_out_of_what_servers_say() {
        let anna = ["Anna.Berg@x.example"];
        for (words, told) in [
            ("550 5.1.1 <anna.berg@x.example>: no such user", "550 5.1.1 <[address]>: no such user"),
            ("452 anna.berg is over quota", "452 [address] is over quota"),
            ("550 mailbox ANNA.BERG.", "550 mailbox [address]"),
            ("550 annabel stays", "550 annabel stays"),
            ("to=b+c@z.example;x", "[address];x"),
            ("451 4.7.1 greylisted", "451 4.7.1 greylisted"),
        ] {
            assert_eq!(said(words, anna), told);
        }
        assert_eq!(said("", anna), "");
    }

    #[test]
    fn what_is_long_is_cut_within_no_character() {
        let long = "ä".repeat(SAID_MAX_CHARS + 1);
        let told = said(&long, []);
        assert_eq!((told.chars().count(), told.ends_with('…')), (SAID_MAX_CHARS + 1, true));
        let fits = "ä".repeat(SAID_MAX_CHARS);
        assert_eq!(said(&fits, []), fits);
    }
}
