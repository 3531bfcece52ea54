//! "Did you mean": the nearest name, or none where nothing is near.

/// The candidate that a slip of the keyboard would turn into `written`.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let allowed = match written.chars().count() {
        // A short word is soon like any other: `wenn` is no `send`.
        0..=4 => 1,
        5..=8 => 2,
        length => length / 3,
    };
    let length = written.chars().count();
    candidates
        .into_iter()
        // The distance is at least the difference in length, and far dearer to compute.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(&written, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
