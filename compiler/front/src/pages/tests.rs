//! The form of every page, and that questions find theirs. `tests/pages.rs` of the command runs the examples.

use super::{Family, Topic, contents, find, nearest};
use crate::diagnostics::Code;

/// Prose in lines as wide as the rest of the repository's.
const MAX_COLUMNS: usize = 140;
const MAX_LINES: usize = 60;
/// So that the list of all codes stays a list.
const MAX_MEANING: usize = 110;
/// What only people who make compilers say.
const WORDS_OF_COMPILERS: &[&str] = &[
    "compile",
    "parse",
    "syntax",
    "token",
    "identifier",
    "expression",
    "statement",
    "keyword",
    "boolean",
    "string",
    "variable",
    "declar",
    "null",
    "predicate",
    "invalid",
    "runtime",
];

/// The headings of a page with what stands below each, examples left out.
fn prose(page: &str) -> (Vec<&str>, String) {
    let (mut headings, mut text, mut in_example) = (Vec::new(), String::new(), false);
    for line in page.lines() {
        in_example ^= line.starts_with("```");
        if in_example || line.starts_with("```") {
            continue;
        }
        match line.strip_prefix("## ") {
            Some(heading) => headings.push(heading),
            None => text = text + line + "\n",
        }
    }
    (headings, text)
}

#[test]
fn every_page_has_its_form() {
    for code in Code::ALL {
        let (page, number) = (code.page(), code.number());
        let (headings, text) = prose(page);
        assert_eq!(page.lines().next(), Some(format!("# {code}").as_str()), "{number}: the title is the code");
        let without_more: Vec<_> = headings.iter().copied().filter(|heading| *heading != "See also").collect();
        assert_eq!(without_more, ["Why it matters", "Wrong", "Right"], "{number}");
        assert!(headings.last().is_some_and(|last| ["Right", "See also"].contains(last)), "{number}");
        assert!(page.lines().all(|line| line.chars().count() <= MAX_COLUMNS), "{number} has lines that are too long");
        assert!(page.lines().count() <= MAX_LINES, "{number} is no short page");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{number} ends in one line break");
        let meaning = Topic::of_code(*code).meaning;
        assert!(meaning.chars().count() <= MAX_MEANING && meaning.ends_with('.'), "{number}: {meaning}");
        let lower = text.replace(&code.to_string(), "").to_lowercase();
        for word in WORDS_OF_COMPILERS {
            // A page that a page points to has its name.
            let said = lower.lines().filter(|line| !line.contains("`flow doc ")).any(|line| line.contains(word));
            assert!(!said, "{number} says `{word}`");
        }
    }
}

/// What a page points to is there.
#[test]
fn pages_point_to_pages() {
    for topic in contents().into_iter().flat_map(|family| family.topics) {
        for asked in topic.markdown.split("`flow doc ").skip(1).filter_map(|rest| rest.split('`').next()) {
            let found = find(asked);
            assert!(found.is_some(), "{}: `flow doc {asked}` has no page", topic.title);
            assert_ne!(found.map(|found| found.title), Some(topic.title.clone()), "it points to itself");
        }
    }
}

#[test]
fn every_code_has_a_family() {
    let shown: usize =
        contents().iter().map(|Family { topics, .. }| topics.iter().filter(|t| t.name.starts_with('F')).count()).sum();
    assert_eq!(shown, Code::ALL.len());
}

#[test]
fn a_topic_is_found_by_what_people_type() {
    let title = |asked: &str| find(asked).map(|topic| topic.title);
    let code = Some(Code::PossiblyMissing.to_string());
    for asked in [
        "F0401",
        "f0401",
        "0401",
        "401",
        "possibly-missing",
        "possibly_missing",
        "Possibly Missing",
        " F0401 possibly-missing",
    ] {
        assert_eq!(title(asked), code, "{asked}");
    }
    assert_eq!(title("std.b2b").as_deref(), Some("std.b2b"));
    assert_eq!(title("wait until").as_deref(), Some("wait"));
    for asked in ["", "F0499", "blockchain", "40100"] {
        assert_eq!(title(asked), None, "{asked}");
    }
}

#[test]
fn what_is_no_topic_has_near_ones() {
    assert_eq!(nearest("posibly-missing"), ["possibly-missing"]);
    assert_eq!(nearest("F0499"), ["F0401", "F0402", "F0403"]);
    assert_eq!(nearest("std.b2c"), ["std.b2b"]);
    assert_eq!(nearest("std"), ["std.b2b"]);
    assert_eq!(nearest("posible"), ["possibly-missing", "template-possibly-missing"]);
    assert_eq!(nearest("missing value").first().map(String::as_str), Some("missing-clause"));
    assert!(nearest("blockchain").is_empty());
}
