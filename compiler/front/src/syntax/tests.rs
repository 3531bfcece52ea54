//! The tree beside the text it was read from.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use super::ast::{Days, Declaration, HandoffClause, Item, StepKind, Unit};
use super::constructs::{Class, LISTS};
use super::{parse, vocabulary};
use crate::source::FileId;

const TEXT: &str = r#"// about emails
email hello { // a greeting
  template "hello.mjml"
  // the line people see
  subject "Hello"

  subject "Hello again"
}

workflow nurture {
  enter by hand
  step "greet": send hello
  reenter never
  if customer {
    handoff to sales {
      keep in workflow
      note "Call"
    }
  } else {
    exit
  }
}
"#;

fn declarations() -> Vec<(Declaration, &'static str)> {
    let (tree, diagnostics) = parse(FileId(0), TEXT);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    tree.declarations.into_iter().map(|declaration| (declaration.kind, declaration.span.text(TEXT))).collect()
}

#[test]
fn clauses_stay_in_their_order_with_all_they_say() {
    let [(Declaration::Email(email), text), _] = &declarations()[..] else { panic!() };
    assert!(text.starts_with("email hello {") && text.ends_with('}'));
    assert_eq!(email.head.text(TEXT), "email hello");
    let clauses: Vec<&str> = email.clauses.iter().map(|clause| clause.span.text(TEXT)).collect();
    assert_eq!(clauses, [r#"template "hello.mjml""#, r#"subject "Hello""#, r#"subject "Hello again""#]);
    assert_eq!(email.subjects()[0].text.plain().as_deref(), Some("Hello"), "the first one counts");
}

#[test]
fn headers_and_steps_stand_among_each_other() {
    let [_, (Declaration::Workflow(workflow), _)] = &declarations()[..] else { panic!() };
    let items = workflow.items.iter().map(|item| match item {
        Item::Header(header) => header.span.text(TEXT),
        Item::Step(step) => step.head.text(TEXT),
    });
    assert_eq!(items.collect::<Vec<_>>(), ["enter by hand", "send hello", "reenter never", "if customer"]);
    let steps: Vec<_> = workflow.steps().collect();
    assert_eq!(steps[0].span.text(TEXT), r#"step "greet": send hello"#);
    assert!(steps[1].span.text(TEXT).ends_with("exit\n  }"));
    let [holds, otherwise] = steps[1].children()[..] else { panic!() };
    assert!(matches!(otherwise[0].kind, StepKind::Exit(_)));
    let StepKind::Handoff(handoff) = &holds[0].kind else { panic!() };
    assert!(matches!(handoff.clauses[0].kind, HandoffClause::Keep(_)) && handoff.keeps());
}

#[test]
fn comments_and_blank_lines_are_kept_by_their_places() {
    let (tree, _) = parse(FileId(0), TEXT);
    let comments: Vec<_> = tree.comments.iter().map(|comment| (comment.span.text(TEXT), comment.own_line)).collect();
    assert_eq!(comments, [("// about emails", true), ("// a greeting", false), ("// the line people see", true)]);
    let line = |at: &u32| TEXT[..*at as usize].lines().count() + 1;
    assert_eq!(tree.blank_lines.iter().map(line).collect::<Vec<_>>(), [6, 9]);
}

#[test]
fn every_construct_has_words_and_a_page() {
    for construct in LISTS.iter().flat_map(|list| list.constructs) {
        assert!(!construct.word().is_empty() && !construct.page.is_empty(), "{construct:?}");
    }
}

#[test]
fn every_word_is_something() {
    let words = vocabulary();
    for expected in [
        (Class::Declaration, "email"),
        (Class::Clause, "exit"),
        (Class::Step, "exit"),
        (Class::Predicate, "timed"),
        (Class::Inner, "within"),
        (Class::Inner, "then"),
        (Class::Type, "email"),
        (Class::Later, "score"),
    ] {
        assert!(words.iter().any(|(class, word)| (*class, *word) == expected), "{expected:?}");
    }
}

/// Every place is between characters, whatever letters stand at an end.
#[test]
fn places_are_between_characters() {
    for text in [
        "workflow w{”",
        "workflow w {\n  if customer {\n  send é",
        "email e",
        "workflow w {\n  if customer é\n}",
        "email é",
        "workflow w {\n  handoff to sales é",
    ] {
        let (_, diagnostics) = parse(FileId(0), text);
        assert!(!diagnostics.is_empty(), "{text}");
        for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
            assert!(text.get(label.at.span.range()).is_some(), "{text:?}: {label:?}");
        }
    }
}

/// A word that the grammar alone knows would have no meaning.
#[test]
fn units_and_days_are_those_of_the_grammar() {
    let words_of = |rule: &str| {
        let line = flow_grammar::GRAMMAR.lines().find(|line| line.split_whitespace().next() == Some(rule)).unwrap();
        let mut words: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        words.sort_unstable();
        words
    };
    let mut units: Vec<&str> = Unit::ALL.into_iter().flat_map(Unit::words).collect();
    units.sort_unstable();
    assert_eq!(words_of("unit"), units);
    let mut days: Vec<&str> = Days::ALL.into_iter().map(Days::word).collect();
    days.sort_unstable();
    assert_eq!(words_of("day"), days);
}
