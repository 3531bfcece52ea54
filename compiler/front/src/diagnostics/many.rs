//! Very many findings of one kind in one declaration or template, as where a list of 100,000 names lacks their quotes. The first ones are
//! told, with how many more there are: nobody reads the rest, and each takes time to be tried out and drawn.

use super::{Code, Diagnostic};
use crate::source::FileId;
use std::collections::BTreeMap;

/// How many findings of one kind in one place are told.
const MAX_OF_A_KIND: usize = 200;

/// Where a declaration begins.
pub(crate) type Place = Option<(FileId, u32)>;

/// How many were left out, by their kind and place.
#[derive(Debug, Default)]
pub(crate) struct More(BTreeMap<(Code, Place), usize>);

/// The first findings of each kind in each place.
pub(crate) fn bounded(found: Vec<Diagnostic>, place: impl Fn(&Diagnostic) -> Place) -> (Vec<Diagnostic>, More) {
    let mut seen: BTreeMap<(Code, Place), usize> = BTreeMap::new();
    let mut found = found;
    found.retain(|found| {
        let seen = seen.entry((found.code, place(found))).or_default();
        *seen += 1;
        *seen <= MAX_OF_A_KIND
    });
    seen.retain(|_, seen| *seen > MAX_OF_A_KIND);
    seen.values_mut().for_each(|seen| *seen -= MAX_OF_A_KIND);
    (found, More(seen))
}

impl More {
    /// Says at the last finding of each kind how many more there are.
    pub(crate) fn tell(mut self, found: &mut [Diagnostic], place: impl Fn(&Diagnostic) -> Place) {
        for found in found.iter_mut().rev() {
            let Some(more) = self.0.remove(&(found.code, place(found))) else { continue };
            let more = format!("{more} more of this kind behind it are told once these are mended");
            found.why = Some(found.why.take().map_or(more.clone(), |why| format!("{why}; {more}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_OF_A_KIND;
    use crate::source::Source;
    use crate::{Project, compile};

    #[test]
    fn of_very_many_of_one_kind_the_first_are_told_and_how_many_more_there_are() {
        let text = format!("tags {}\nsegment s = nothing_known\n", vec!["a"; 1_001].join(", "));
        let sources = vec![Source { path: "many.flow".to_owned(), text }];
        let compilation = compile(&Project { timezone: "UTC".to_owned(), sources, ..Project::default() });
        assert!(compilation.has_errors() && compilation.program.is_none());
        // Of another kind, elsewhere.
        let [twice @ .., _] = compilation.diagnostics.as_slice() else { panic!("nothing is wrong") };
        assert_eq!(twice.len(), MAX_OF_A_KIND);
        let why = |nth: usize| twice.get(nth).and_then(|found| found.why.clone()).unwrap();
        assert!(why(MAX_OF_A_KIND - 1).ends_with("; 800 more of this kind behind it are told once these are mended"));
        assert!(!why(MAX_OF_A_KIND - 2).contains("more"));
    }
}
