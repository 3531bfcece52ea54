//! "Did you mean": the nearest name, or none where nothing is near.

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
    let mut shown: Vec<String> = names.iter().take(limit).map(|name| format!("`{name}`")).collect();
    if names.len() > limit {
        shown.push(format!("{} more", names.len() - limit));
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
