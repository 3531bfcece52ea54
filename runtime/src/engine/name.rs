//! Names as streams write them: `Requested Demo`, `requestedDemo` and `requested-demo` are all `requested_demo`.

/// The lower snake case of a name.
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut after_small = false;
    for letter in name.trim().chars() {
        if letter.is_alphanumeric() {
            if letter.is_uppercase() && after_small {
                out.push('_');
            }
            out.extend(letter.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        after_small = letter.is_lowercase() || letter.is_numeric();
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_of_a_name_is_one_name() {
        for (name, expected) in [
            ("requested_demo", "requested_demo"),
            ("Requested Demo", "requested_demo"),
            ("requestedDemo", "requested_demo"),
            (" requested - demo ", "requested_demo"),
            ("Email Marked as Spam", "email_marked_as_spam"),
            ("URL", "url"),
            ("page2View", "page2_view"),
            ("", ""),
        ] {
            assert_eq!(snake_case(name), expected, "{name}");
        }
    }
}
