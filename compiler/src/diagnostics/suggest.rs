//! "Did you mean": the nearest name, or none where nothing is near.

/// The candidate that a slip of the keyboard would turn into `written`.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let allowed = match written.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        length => length / 3,
    };
    candidates
        .into_iter()
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
    match shown.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}
