//! "Did you mean": the nearest name, or none where nothing is near.

/// Behind this many diagnostics, none says any more which name may have been meant: looking for it takes time.
const MAX_SUGGESTING: usize = 200;

/// Whether a diagnostic still says which name may have been meant.
///
/// A project may declare many names and misspell as many, and each would be looked for among all. So what a diagnostic is told of the
/// names there are are [`Names`], and who wants those has to say how much was found before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Suggesting(bool);

impl Suggesting {
    pub(crate) fn behind(diagnostics: usize) -> Self {
        Self(diagnostics < MAX_SUGGESTING)
    }

    /// Names that stand all over a project; they are not even gathered where none is looked for.
    pub(crate) fn names<'n>(self, names: impl IntoIterator<Item = &'n str>) -> Names<'n> {
        let known = if self.0 { names.into_iter().collect() } else { Vec::new() };
        Names { known, more: 0, near: self.0 }
    }

    /// Names that stand in one list, of which the first are shown in any case.
    pub(crate) fn listed<'n>(self, names: impl ExactSizeIterator<Item = &'n str>) -> Names<'n> {
        let all = names.len();
        let known: Vec<&str> = names.take(if self.0 { all } else { MAX_LISTED }).collect();
        Names { more: all - known.len(), known, near: self.0 }
    }

    /// Of a list of the compiler's own.
    pub(crate) fn nearest(
        self,
        written: &str,
        candidates: impl IntoIterator<Item = &'static str>,
    ) -> Option<&'static str> {
        if self.0 { nearest(written, candidates) } else { None }
    }
}

/// As many as any help shows.
const MAX_LISTED: usize = 12;

/// The names that may have been meant by one that means nothing.
#[derive(Debug)]
pub(crate) struct Names<'n> {
    known: Vec<&'n str>,
    /// How many there are beside those.
    more: usize,
    near: bool,
}

impl<'n> Names<'n> {
    /// Where none could have been meant.
    pub(crate) fn none() -> Self {
        Self { known: Vec::new(), more: 0, near: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The one that a slip of the keyboard would turn into `written`, where it is still looked for.
    pub(crate) fn nearest(&self, written: &str) -> Option<&'n str> {
        if self.near { nearest(written, self.known.iter().copied()) } else { None }
    }

    /// One of them that is like it in another way.
    pub(crate) fn find(&self, is_like: impl Fn(&str) -> bool) -> Option<&'n str> {
        self.known.iter().copied().find(|name| self.near && is_like(name))
    }

    /// As [`list`] has them.
    pub(crate) fn list(&self, limit: usize) -> String {
        first_of(&self.known, self.known.len() + self.more, limit)
    }
}

/// The candidate that a slip of the keyboard would turn into `written`.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let near = near(written, candidates.iter().copied())
        .min_by_key(|(distance, candidate)| (*distance, candidate.len().abs_diff(written.len())))
        .map(|(_, candidate)| candidate);
    near.or_else(|| only_with(written, candidates))
}

/// `reminder` where only `guide_reminder` has that word in its name.
fn only_with<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut with = candidates.into_iter().filter(|candidate| candidate.split('_').any(|part| part == word));
    with.next().filter(|_| word.len() >= LEAST_PART && with.next().is_none())
}

/// Shorter words are part of many names.
const LEAST_PART: usize = 4;

/// The candidates that a slip of the keyboard would turn into `written`, the likeliest first.
pub fn all_near<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found: Vec<(usize, &str)> = near(written, candidates).collect();
    let length = written.chars().count();
    // `dasy` is `days` rather than `day`.
    found.sort_by_key(|(distance, candidate)| (*distance, candidate.chars().count().abs_diff(length)));
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Each candidate that is near, with how many slips lie between.
fn near<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = (usize, &'a str)> {
    let written = written.to_lowercase();
    let length = written.chars().count();
    let allowed = match length {
        // A short word is soon like any other: `wenn` is no `send`.
        0..=4 => 1,
        5..=8 => 2,
        length => length / 3,
    };
    let own = written.clone();
    // `active` is no slip for `inactive`: it would turn the audience round.
    let is_opposite = move |candidate: &&str| {
        let opposite = |one: &str, other: &str| {
            ["un", "in", "not_", "no_", "non_"].iter().any(|no| one.strip_prefix(no) == Some(other))
        };
        opposite(candidate, &own) || opposite(&own, candidate)
    };
    // The distance is at least the difference in length, and far dearer to compute.
    let fits = move |candidate: &&str| candidate.chars().count().abs_diff(length) <= allowed;
    candidates.into_iter().filter(fits).filter(move |candidate| !is_opposite(candidate)).filter_map(move |candidate| {
        let candidate_small = candidate.to_lowercase();
        let distance = match letters(&candidate_small) == letters(&written) {
            // `whit` for `with`: only the order went wrong.
            true => usize::from(candidate_small != written),
            false => strsim::damerau_levenshtein(&written, &candidate_small),
        };
        (distance <= allowed && distance < candidate.chars().count()).then_some((distance, candidate))
    })
}

/// The letters of a word in the order of the alphabet.
fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// `a`, `b` or `c`, with backticks; at most `limit` of them.
pub fn list(names: &[&str], limit: usize) -> String {
    first_of(names, names.len(), limit)
}

fn first_of(names: &[&str], all: usize, limit: usize) -> String {
    let mut shown: Vec<String> = names.iter().take(limit).map(|name| format!("`{name}`")).collect();
    if all > shown.len() {
        shown.push(format!("{} more", all - shown.len()));
    }
    if shown.is_empty() { "nothing".to_owned() } else { either(&shown) }
}

/// One of these, in words.
pub fn either(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}
