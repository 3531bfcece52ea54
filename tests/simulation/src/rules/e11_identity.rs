//! E11: a user id is never given to a contact that has another, and every key is of somebody who is there. Which of two values of a field holds is
//! asked by the model, in worlds in which nobody proves to be another.

use std::collections::BTreeMap;

use crate::seen::Seen;

pub(super) fn broken(seen: &Seen<'_>) -> Option<String> {
    let mut users = BTreeMap::new();
    for (key, contact) in seen.snapshot().keys.iter().filter(|(key, _)| key.starts_with("user:")) {
        if let Some(other) = users.insert(seen.of_now(*contact), key) {
            return Some(format!("{key} and {other} are one person"));
        }
    }
    let nobody = seen.snapshot().keys.iter().find(|(_, contact)| {
        let now = seen.of_now(*contact);
        seen.snapshot().contacts.binary_search_by_key(&now, |known| known.id).is_err()
    });
    nobody.map(|(key, contact)| format!("{key} is of {contact:?}, who is not there"))
}
