//! Every limit of `flow_ir::limits` beside what is said where it is passed: what is at the limit is read, and one more is refused with
//! its own message and never as a fault in Flow.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use flow_front::Project;
use flow_front::compile;
use flow_front::diagnostics::{Code, Severity};
use flow_front::lints::{Level, Levels};
use flow_front::source::Source;
use flow_ir::limits;

/// A text, or a template, as long as a number says.
enum Made {
    Flow(fn(usize) -> String),
    /// In a file of this name.
    Template(&'static str, fn(usize) -> String),
}

struct Case {
    limit: &'static str,
    /// The most that is taken.
    most: usize,
    made: Made,
    code: Code,
}

/// Limits that no text can pass: values are kept below the first, the second only says how a trace is cut into words, the third is of what people
/// do, and the others are the room that is kept in a mail for what `flow.toml` says, which has limits of its own.
const OF_THE_MACHINE: [&str; 5] =
    ["VALUE_LIMIT", "TRACE_BITS", "MAX_LIVE_JOURNEYS", "MAX_WAY_OUT_BYTES", "MAX_SENDER_BYTES"];
/// What a mail may have beside the two tokens of [`END`].
const MOST_IN_MAIL: usize = limits::MAX_MAIL_BYTES - limits::MAX_WAY_OUT_BYTES - limits::MAX_SENDER_BYTES;

fn cases() -> Vec<Case> {
    use Made::{Flow, Template};
    let case = |limit, most, made, code| Case { limit, most, made, code };
    vec![
        case("MAX_SOURCE_BYTES", limits::MAX_SOURCE_BYTES, Flow(source), Code::TooLarge),
        case("MAX_NESTING", limits::MAX_NESTING - 1, Flow(nested), Code::TooLarge),
        case("MAX_TEMPLATE_BYTES", limits::MAX_TEMPLATE_BYTES, Template("m.mjml", long_note), Code::MailTooLong),
        case("MAX_MAIL_BYTES", MOST_IN_MAIL, Template("m.html", long_comment), Code::MailTooLong),
        case("MAX_SUBJECT_BYTES", limits::MAX_SUBJECT_BYTES, Flow(subject), Code::MailTooLong),
        case("MAX_TEXT_BYTES", limits::MAX_TEXT_BYTES, Flow(preview), Code::MailTooLong),
        case("MAX_RATE", limits::MAX_RATE as usize, Flow(rate), Code::BadRate),
        case("MAX_CAPACITY", limits::MAX_CAPACITY as usize, Flow(capacity), Code::BadCapacity),
        case("MAX_HOLD_DAYS", limits::MAX_HOLD_DAYS as usize, Flow(hold), Code::BadDuration),
        case("MAX_LATE_BY_DAYS", limits::MAX_LATE_BY_DAYS as usize, Flow(late_by), Code::BadDuration),
        case("MAX_FACT_DEPTH", limits::MAX_FACT_DEPTH as usize, Flow(cap), Code::BadCount),
        case("MAX_ROUNDS", limits::MAX_ROUNDS as usize, Flow(rounds), Code::BadRepeat),
        case("MAX_BECAUSE_BYTES", limits::MAX_BECAUSE_BYTES, Flow(because), Code::TooLarge),
        case("MAX_VALUE_CHARS", limits::MAX_VALUE_CHARS, Flow(value), Code::TooLarge),
        case("MAX_SHOWN_BYTES", limits::MAX_SHOWN_BYTES, Template("m.html", long_text), Code::MailTooLong),
        case("MAX_TAGS", limits::MAX_TAGS, Template("m.html", tags), Code::TemplateSyntax),
        case("MAX_ELEMENT_DEPTH", limits::MAX_ELEMENT_DEPTH, Template("m.mjml", elements), Code::TemplateSyntax),
        case("MAX_WHOLE_DIGITS", limits::MAX_WHOLE_DIGITS, Flow(digits), Code::BadNumber),
        case("DECIMALS", limits::DECIMALS, Flow(decimals), Code::BadNumber),
        case("MAX_CHOICES", limits::MAX_CHOICES, Flow(choices), Code::TooLarge),
        case("MAX_CHOICES", limits::MAX_CHOICES, Flow(stages), Code::TooLarge),
        case("MAX_DURATION_DAYS", limits::MAX_DURATION_DAYS as usize, Flow(wait), Code::BadDuration),
        case("MAX_CONDITION_BYTES", limits::MAX_CONDITION_BYTES, Flow(condition), Code::TooLarge),
        case("MAX_TERMS", limits::MAX_TERMS, Flow(sum), Code::BadNumber),
        case("MAX_SEGMENT_DEPTH", limits::MAX_SEGMENT_DEPTH, Flow(segments), Code::TooLarge),
        case("MAX_SEGMENT_TESTS", limits::MAX_SEGMENT_TESTS, Flow(segment_tests), Code::TooLarge),
        case("MAX_DERIVED_ARMS", limits::MAX_DERIVED_ARMS, Flow(derived), Code::TooLarge),
        case("MAX_FACT_DEPTH", limits::MAX_FACT_DEPTH as usize - 1, Flow(count), Code::BadCount),
        case("MAX_STEPS", limits::MAX_STEPS, Flow(steps), Code::TooLarge),
        case("MAX_TRIGGERS", limits::MAX_TRIGGERS as usize, Flow(triggers), Code::TooLarge),
        case("MAX_NAME_BYTES", limits::MAX_NAME_BYTES, Flow(name), Code::TooLarge),
        case("MAX_FIELDS", limits::MAX_FIELDS, Flow(fields), Code::TooLarge),
        case("MAX_LAYOUT_BYTES", 1, Flow(memory), Code::TooLarge),
    ]
}

fn name(letters: usize) -> String {
    format!("segment {} = score >= 10\n", "a".repeat(letters))
}

fn workflow(steps: &str) -> String {
    format!("use std.b2b\nworkflow w {{\n  enter when signed_up\n  reenter never\n{steps}}}\n")
}

fn source(bytes: usize) -> String {
    let text = workflow("  score += 1\n");
    format!("{text}//{}", "x".repeat(bytes - text.len() - 2))
}

fn nested(blocks: usize) -> String {
    workflow(&format!("{}  score += 1\n{}", "if customer {\n".repeat(blocks), "}\n".repeat(blocks)))
}

const END: &str = "<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p>\n";

fn long_comment(bytes: usize) -> String {
    format!("{END}<!--{}-->", "x".repeat(bytes - END.len() - 7))
}

/// Read, and left out of the mail.
fn long_note(bytes: usize) -> String {
    let body = format!("<mj-section><mj-column><mj-text>{END}</mj-text></mj-column></mj-section>");
    let text = format!("<mjml><mj-body>{body}</mj-body></mjml>");
    format!("{text}{{#{}#}}", "x".repeat(bytes - text.len() - 4))
}

fn subject(bytes: usize) -> String {
    email(&"x".repeat(bytes), "more")
}

fn value(chars: usize) -> String {
    workflow(&format!("  set job_title = \"{}\"\n", "é".repeat(chars)))
}

fn derived(arms: usize) -> String {
    let arms: String = (0..arms).map(|nth| format!("\n  when employees is {nth} \"{nth}\"")).collect();
    format!("{}derived size ={arms}\n  otherwise unknown\n", workflow("  score += 1\n"))
}

fn rate(people: usize) -> String {
    workflow(&format!("  rate {people} an hour\n  score += 1\n"))
}

fn capacity(people: usize) -> String {
    format!("team desk {{ member \"ana@acme.example\" capacity {people} a day }}\n")
}

fn rounds(times: usize) -> String {
    workflow(&format!("  repeat up to {times} times every 1 week {{ score += 1 }}\n"))
}

fn hold(days: usize) -> String {
    format!("policy {{ hold at most {days} days }}\n")
}

fn late_by(days: usize) -> String {
    format!("policy {{ late by {days} days }}\n")
}

fn cap(emails: usize) -> String {
    format!("policy {{ cap {emails} emails per 7 days then delay }}\n")
}

fn because(bytes: usize) -> String {
    workflow(&format!("  suppress because \"{}\"\n", "x".repeat(bytes)))
}

fn preview(bytes: usize) -> String {
    email("Hello", &"x".repeat(bytes))
}

fn email(subject: &str, preview: &str) -> String {
    format!("email hello {{\n  subject \"{subject}\"\n  preview \"{preview}\"\n  template \"m.html\"\n}}\n")
        + &workflow("  send hello\n")
}

fn long_text(bytes: usize) -> String {
    format!("{}{END}", "x".repeat(bytes - END.len()))
}

fn tags(tags: usize) -> String {
    let open = tags / 2;
    let alone = if tags.is_multiple_of(2) { "" } else { "{% else %}" };
    let shut = format!("{alone}{}", "{% endif %}".repeat(open));
    format!("{}x{shut}{END}", "{% if first_name %}".repeat(open))
}

fn elements(deep: usize) -> String {
    // mjml, mj-body, mj-section, mj-column, mj-text
    const AROUND: usize = 5;
    let (open, shut) = ("<div>".repeat(deep - AROUND), "</div>".repeat(deep - AROUND));
    format!(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{open}x{shut}{END}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
}

fn digits(digits: usize) -> String {
    workflow(&format!("  score += {}\n", "9".repeat(digits)))
}

fn decimals(digits: usize) -> String {
    workflow(&format!("  score += 1.{}\n", "9".repeat(digits)))
}

fn choices(many: usize) -> String {
    let choices: Vec<String> = (0..many).map(|choice| format!("\"{choice:x}\"")).collect();
    format!("contact {{ pick one of {} ? }}\n", choices.join(",")) + &workflow("  score += 1\n")
}

/// Half of them tags; those that every contact has, and the modules', count too.
fn fields(many: usize) -> String {
    let counted = |text: &str| {
        let source = Source { path: "f.flow".to_owned(), text: text.to_owned() };
        let project = Project { sources: vec![source], timezone: "UTC".to_owned(), ..Project::default() };
        compile(&project).program.unwrap().fields.len()
    };
    let rest = workflow("  score += 1\n");
    let own = many - counted(&rest);
    let tags: Vec<String> = (0..own / 2).map(|nth| format!("t{nth}")).collect();
    let fields: String = (own / 2..own).map(|nth| format!("  f{nth} text?\n")).collect();
    format!("{rest}contact {{\n{fields}}}\ntags {}\n", tags.join(", "))
}

fn stages(many: usize) -> String {
    let names: Vec<String> = (0..many).map(|stage| format!("s{stage:x}")).collect();
    format!(
        "stages {}\nevent came {{ }}\nworkflow w {{\n  enter when came\n  reenter never\n  score += 1\n}}\n",
        names.join("<")
    )
}

fn wait(days: usize) -> String {
    workflow(&format!("  wait {days} days\n  score += 1\n"))
}

/// A long text at the end makes up what is missing; space does not count.
fn condition(bytes: usize) -> String {
    let tests = "customer or ".repeat(bytes / "customer or ".len() - 4);
    let last = r#"industry is "#;
    let text = "x".repeat(bytes - tests.len() - last.len() - 2);
    workflow(&format!("  if {tests}     \n     {last}\"{text}\" {{\n    score += 1\n  }}\n"))
}

fn sum(terms: usize) -> String {
    workflow(&format!("  score += {}\n", vec!["1"; terms].join(" + ")))
}

fn segments(deep: usize) -> String {
    let mut text = "segment s1 = customer\n".to_owned();
    for nth in 2..=deep {
        let _ = writeln!(text, "segment s{nth} = s{}", nth - 1);
    }
    text + &workflow("  score += 1\n")
}

/// One segment of ten others with a hundred tests each, and what is left over.
fn segment_tests(many: usize) -> String {
    let tests = |many: usize| vec!["customer"; many].join(" or ");
    let mut text = String::new();
    for nth in 0..10 {
        let _ = writeln!(text, "segment s{nth} = {}", tests(100));
    }
    let names: Vec<String> = (0..10).map(|nth| format!("s{nth}")).collect();
    let rest = if many > 1000 { format!(" or {}", tests(many - 1000)) } else { String::new() };
    text + &format!("segment all = {}{rest}\n", names.join(" or ")) + &workflow("  score += 1\n")
}

fn count(times: usize) -> String {
    workflow(&format!("  if visited at least {times} times in the last 7 days {{\n    score += 1\n  }}\n"))
}

fn steps(many: usize) -> String {
    workflow(&"  score += 1\n".repeat(many))
}

fn triggers(many: usize) -> String {
    let tests: Vec<String> = (0..many).map(|nth| format!("visited(page is \"/{nth}\")")).collect();
    format!("use std.b2b\nworkflow w {{\n  enter when {}\n  reenter never\n  score += 1\n}}\n", tests.join(" or "))
}

/// Two thirds of what there is room for, so many times: the last visits of very many pages.
fn memory(times: usize) -> String {
    const BYTES_OF_A_COUNT: usize = 63 * 8;
    const COUNTS_OF_A_WORKFLOW: usize = 400;
    let counts = times * limits::MAX_LAYOUT_BYTES as usize * 2 / 3 / BYTES_OF_A_COUNT;
    let mut text = "use std.b2b\n".to_owned();
    for first in (0..counts).step_by(COUNTS_OF_A_WORKFLOW) {
        let _ = write!(text, "workflow w{first} {{\n  enter when signed_up\n  reenter never\n");
        for page in first..counts.min(first + COUNTS_OF_A_WORKFLOW) {
            let _ = writeln!(
                text,
                "  if visited(page is \"/{page}\") at least 63 times in the last 7 days {{\n    score += 1\n  }}"
            );
        }
        text += "}\n";
    }
    text
}

/// What is said, by code, and whether it refuses the program.
fn said(case: &Case, many: usize) -> Vec<(Code, bool)> {
    let (text, path, template) = match case.made {
        Made::Flow(made) => (made(many), "m.html", END.to_owned()),
        Made::Template(path, made) => {
            let email = format!("email hello {{ subject \"Hello\"; template \"{path}\" }}\n");
            (email + &workflow("  send hello\n"), path, made(many))
        }
    };
    let compilation = compile(&Project {
        sender: None,
        lints: Levels::all(Level::Off),
        name: "limits".to_owned(),
        timezone: "UTC".to_owned(),
        zones: Default::default(),
        sources: vec![Source { path: "limits.flow".to_owned(), text }],
        templates: vec![Source { path: path.to_owned(), text: template }],
    });
    assert!(compilation.faults.is_empty(), "{}: {:?}", case.limit, compilation.faults);
    compilation.diagnostics.iter().map(|it| (it.code, it.severity == Severity::Error)).collect()
}

#[test]
fn what_is_at_a_limit_is_read_and_one_more_is_refused() {
    let mut wrong = String::new();
    for case in cases() {
        let (at, beyond) = (said(&case, case.most), said(&case, case.most + 1));
        // Gmail's limit is the one that only advises.
        let told = (case.code, case.limit != "MAX_SHOWN_BYTES");
        if at.contains(&told) || beyond != [told] {
            let _ = writeln!(wrong, "{}: at it {at:?}, beyond it {beyond:?}, not {told:?}", case.limit);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a project as a whole may have is told of one without a workflow too, and never as a fault in Flow.
#[test]
fn limits_of_the_whole_hold_without_a_workflow() {
    let fields: String = (0..limits::MAX_FIELDS).map(|nth| format!("  f{nth} text?\n")).collect();
    let project = Project {
        sources: vec![Source { path: "limits.flow".to_owned(), text: format!("contact {{\n{fields}}}\n") }],
        timezone: "UTC".to_owned(),
        ..Project::default()
    };
    let compilation = compile(&project);
    let codes: Vec<Code> = compilation.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!((codes, compilation.faults), (vec![Code::TooLarge], Vec::new()));
}

#[test]
fn every_limit_has_a_case() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("compiler/ir/src/limits.rs");
    let text = fs::read_to_string(path).unwrap();
    let names: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next()).collect();
    let cases = cases();
    let shown: BTreeSet<&str> = cases.iter().map(|case| case.limit).chain(OF_THE_MACHINE).collect();
    assert_eq!(names, shown);
}
