//! Web addresses: one rule for those of a program and those of data, so that whatever a condition asks for, somebody may have.

/// The most characters of a web address, as browsers and proxies have it.
pub const MAX_URL_CHARS: usize = 2_048;

/// Whether this is a web address in full: its scheme in any case, a host, and nothing in it that would end it in a text.
pub fn is_address(text: &str) -> bool {
    let is_plain = !text.chars().any(|next| next.is_whitespace() || next.is_control());
    // Counting to the limit is enough.
    host(text).is_some() && is_plain && text.chars().nth(MAX_URL_CHARS).is_none()
}

/// Where it leads, as it is written: `acme.example:8080`.
fn host(text: &str) -> Option<&str> {
    let behind = |scheme: &str| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    let rest = behind("https://").or_else(|| behind("http://"))?;
    rest.split(['/', '?', '#']).next().filter(|host| is_host(host))
}

/// Whether each part between its points has a name: `https://..` stands for an address and is none.
fn is_host(host: &str) -> bool {
    let named = |part: &str| part.chars().any(char::is_alphanumeric);
    host.strip_suffix('.').unwrap_or(host).split('.').all(named)
}

#[cfg(test)]
mod tests {
    use super::{MAX_URL_CHARS, is_address};

    #[test]
    fn a_web_address_is_one_in_full() {
        for text in [
            "https://acme.example",
            "HTTPS://acme.example/a?b#c",
            "http://x",
            "https://bücher.example/é",
            "http://[::1]:8080/",
            "https://a.example./",
        ] {
            assert!(is_address(text), "{text}");
        }
        let long = |chars: usize| format!("https://{}", "é".repeat(chars - "https://".len()));
        assert!(is_address(&long(MAX_URL_CHARS)) && !is_address(&long(MAX_URL_CHARS + 1)));
        for text in [
            "",
            "é",
            "acme.example",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://?x",
            "http://#",
            "http://a b.example",
            "http://a.example/\u{0}",
            "javascript:x",
            "https://..",
            "https://…",
            "https://.../page",
            "https://acme..example",
            "https://.example",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
