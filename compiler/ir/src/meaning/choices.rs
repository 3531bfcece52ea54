//! The values of a list, for everyone who asks of a field whether it is one of them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The values of a `one of`, in the order of their declaration; kept as that list.
///
/// A list may have 65,535 values, and a type is handed about at every question: so the values are shared, and a value is found by what it
/// says without going through the others.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Choices(Arc<Listed>);

struct Listed {
    names: Vec<String>,
    /// In lower case: texts are compared without regard to case. Of two that are one, the first.
    places: BTreeMap<String, usize>,
}

impl Choices {
    /// The place of the value that a text names, in whatever case.
    pub fn place_of(&self, text: &str) -> Option<usize> {
        self.0.places.get(&text.to_lowercase()).copied()
    }
}

impl Deref for Choices {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0.names
    }
}

impl From<Vec<String>> for Choices {
    fn from(names: Vec<String>) -> Self {
        let mut places = BTreeMap::new();
        for (place, name) in names.iter().enumerate() {
            places.entry(name.to_lowercase()).or_insert(place);
        }
        Self(Arc::new(Listed { names, places }))
    }
}

impl FromIterator<String> for Choices {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        names.into_iter().collect::<Vec<_>>().into()
    }
}

impl From<Choices> for Vec<String> {
    fn from(choices: Choices) -> Self {
        choices.to_vec()
    }
}

impl PartialEq for Choices {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.names == other.0.names
    }
}

impl Eq for Choices {}

impl fmt::Debug for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.names.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn a_value_is_found_in_whatever_case_and_the_first_of_two() {
        let choices = Choices::from(["EMEA", "Québec", "emea"].map(str::to_owned).to_vec());
        assert_eq!(choices.place_of("emea"), Some(0));
        assert_eq!(choices.place_of("QUÉBEC"), Some(1));
        assert_eq!(choices.place_of("Mars"), None);
        assert_eq!(choices.len(), 3);
    }

    #[test]
    fn they_are_kept_as_the_list_that_they_are() {
        let names = ["b", "A"].map(str::to_owned).to_vec();
        let kept = serde_json::to_string(&Choices::from(names.clone())).unwrap();
        assert_eq!(kept, serde_json::to_string(&names).unwrap());
        let read: Choices = serde_json::from_str(&kept).unwrap();
        assert_eq!((read.to_vec(), read.place_of("a")), (names, Some(1)));
    }
}
