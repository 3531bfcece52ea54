//! No rule is forgotten: each has a file that quotes its title, and tests that bear its number.

/// A rule's number, its title, its file, and how many tests show it at least.
const RULES: [(u32, &str, &str, usize); 14] = [
    (1, "One thing at a time", include_str!("e1_one_thing_at_a_time.rs"), 8),
    (2, "Deterministic", include_str!("e2_deterministic.rs"), 2),
    (3, "Arrival is idempotent", include_str!("e3_arrival_is_idempotent.rs"), 8),
    (4, "Enrolment", include_str!("e4_enrolment.rs"), 7),
    (5, "Order and exits", include_str!("e5_order_and_exits.rs"), 8),
    (6, "Waiting misses nothing", include_str!("e6_waiting_misses_nothing.rs"), 7),
    (7, "Consent is not optional", include_str!("e7_consent_is_not_optional.rs"), 9),
    (8, "Caps and windows", include_str!("e8_caps_and_windows.rs"), 4),
    (9, "Effects leave once", include_str!("e9_effects_leave_once.rs"), 6),
    (10, "Versions", include_str!("e10_versions.rs"), 6),
    (11, "Identity, merge and erase", include_str!("e11_identity_merge_and_erase.rs"), 10),
    (12, "Explainable", include_str!("e12_explainable.rs"), 4),
    (13, "Test is not live", include_str!("e13_test_is_not_live.rs"), 1),
    (14, "Total", include_str!("e14_total.rs"), 6),
];

#[test]
fn every_rule_has_a_file_with_its_title_and_tests_with_its_number() {
    for (nth, (number, title, file, at_least)) in (1..).zip(RULES) {
        assert_eq!(number, nth, "the rules are counted through");
        let head = format!("//! E{number} {title}.");
        assert!(file.starts_with(&head), "the file of E{number} begins with `{head}`");
        let tests: Vec<&str> = file.split("#[test]\n").skip(1).filter_map(|test| test.lines().next()).collect();
        let named = |test: &&&str| test.starts_with(&format!("fn e{number}_"));
        assert_eq!(
            tests.iter().filter(named).count(),
            tests.len(),
            "each test of E{number} bears its number: {tests:?}"
        );
        assert!(tests.len() >= at_least, "E{number} has {} tests, and {at_least} are asked for", tests.len());
    }
}

#[test]
fn every_file_of_a_rule_is_in_the_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // `e14_total.rs` is of the fourteenth.
    let number = |name: String| name.strip_prefix('e')?.split_once('_')?.0.parse::<u32>().ok();
    let mut found: Vec<u32> = names.filter_map(number).collect();
    found.sort_unstable();
    assert_eq!(found, RULES.map(|(number, ..)| number));
}
