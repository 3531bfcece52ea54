//! Names as people and streams write them: `Requested Demo`, `requestedDemo` and `requested-demo` are all `requested_demo`. The import, the
//! engine and the checker go by one rule, so that no name is known to one of them and not to the next.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use flow_stdlib::names::{NameKind, names};

/// `User ID` and `userId` are `user_id`. A border is whatever is no letter or digit, a capital after a small letter, and the last
/// of several capitals before a small letter (`CRMOwner`).
pub fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    let mut before = None;
    let mut rest = name.chars().peekable();
    while let Some(next) = rest.next() {
        let starts_word = next.is_uppercase()
            && match before {
                Some(before) if char::is_lowercase(before) => true,
                Some(before) if char::is_uppercase(before) => rest.peek().is_some_and(|after| after.is_lowercase()),
                _ => false,
            };
        let is_border = starts_word || !next.is_alphanumeric();
        if is_border && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if next.is_alphanumeric() {
            out.extend(next.to_lowercase());
        }
        before = Some(next);
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// A name made of what people call something: `UK SaaS companies` is `uk_saas_companies`, and `hotLead` still `hot_lead`.
pub(crate) fn name_of(said: &str) -> String {
    let said = said.trim().replace('-', " ");
    // `VIPs`: more than one of what has a name in capitals.
    let is_plural = said.strip_suffix('s').is_some_and(|one| one.len() > 1 && one.chars().all(char::is_uppercase));
    if said.contains(' ') || is_plural { snake_case(&said.to_lowercase()) } else { snake_case(&said) }
}

/// What a mail may say to somebody who has no value for a field, until its writer knows better: `Hello there`, and `at your company`.
pub(crate) fn instead_of(field: &str) -> String {
    let plain = field.rsplit('.').next().unwrap_or(field);
    let plain = plain.strip_prefix("company_").filter(|rest| *rest == "name").map_or(plain, |_| "company");
    let is_name = plain == "name" || plain.contains("first") || plain.ends_with("name") && plain != "company";
    if is_name { "there".to_owned() } else { format!("your {}", plain.replace('_', " ")) }
}

/// Whether an event by this name, in `snake_case`, may tell what happened to a mail: then it need be no sign of the person.
pub fn tells_of_mail(snake_name: &str) -> bool {
    const OF_THE_PERSON: [&str; 3] = ["email_link_clicked", "email_replied", "subscribed"];
    static OF_MAIL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let events = names().filter(|name| name.kind == NameKind::Event && !OF_THE_PERSON.contains(&name.of));
        events.map(|name| snake_case(name.name)).collect()
    });
    snake_name.starts_with("email_") || OF_MAIL.contains(snake_name)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The month that a word names, from 1: `October`, or its first three letters or more. None for other words.
pub fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    let found = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
    u32::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::snake_case;
    use proptest::prelude::*;

    #[test]
    fn every_style_of_a_name_is_the_same_name() {
        for (written, expected) in [
            ("User ID", "user_id"),
            ("userId", "user_id"),
            ("userID", "user_id"),
            (" Has  Open-Deal? ", "has_open_deal"),
            ("has_open_deal", "has_open_deal"),
            ("HAS_OPEN_DEAL", "has_open_deal"),
            ("CRMOwner", "crm_owner"),
            ("CRMUpdated", "crm_updated"),
            ("Email Marked as Spam", "email_marked_as_spam"),
            ("B2B Segment", "b2b_segment"),
            ("Größe", "größe"),
            ("---", ""),
            ("", ""),
        ] {
            assert_eq!(snake_case(written), expected, "{written}");
        }
    }

    proptest! {
        #[test]
        fn snake_case_of_snake_case_is_itself(name in "[a-zA-Z0-9 _-]{0,20}") {
            let once = snake_case(&name);
            prop_assert_eq!(snake_case(&once), once);
        }
    }
}
