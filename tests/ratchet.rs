//! The time of a check grows with the project and no faster: twice the workflows take about twice as long, never four times.
//!
//! Only a ratio is asserted. It is of the thread's own time on a processor where the system tells it, so that what else runs there
//! does not count.
#![allow(clippy::unwrap_used, clippy::panic)]
// Time is what this measures.
#![allow(clippy::disallowed_methods)]

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flow_example_data::many::{TEMPLATE, many};
use flow_front::Project;
use flow_front::source::Source;
use flow_front::templates::{FieldShape, TemplateKind, TemplateScope};

/// Enough that what grows in the square would be seen.
const WORKFLOWS: usize = 150;
/// A busy machine makes single rounds slow; what grows too fast is too slow in all of them.
const MOST_ROUNDS: usize = 12;
/// Where time in the square is 4 and n log n 2.2.
const MOST: f64 = 2.4;

/// What stands so many times in a template, right and wrong; each was, or could be, looked through once for each other.
const REPEATED: [(&str, TemplateKind, usize); 13] = [
    ("<p>{{ first_name or \"you\" }}</p>", TemplateKind::Html, 4_000),
    ("<mj-text>{{ first_name or \"you\" }}</mj-text>", TemplateKind::Mjml, 2_000),
    ("{{ email email }} ", TemplateKind::Html, 4_000),
    ("{{ nobody }} ", TemplateKind::Html, 4_000),
    ("{{ ", TemplateKind::Html, 4_000),
    ("{# ", TemplateKind::Html, 4_000),
    ("{{ email or \"you }} ", TemplateKind::Html, 4_000),
    ("{{#if email}}a{{/if}} ", TemplateKind::Html, 4_000),
    ("{{ first_name | default: \"you\" }} ", TemplateKind::Html, 4_000),
    ("<i></b>", TemplateKind::Html, 4_000),
    ("<I></i>", TemplateKind::Mjml, 4_000),
    ("<a href=\"x{{ email }}", TemplateKind::Html, 4_000),
    ("&amp <!--", TemplateKind::Html, 4_000),
];

#[test]
fn twice_the_workflows_take_twice_the_time() {
    no_worse_than_in_proportion("a check", WORKFLOWS, project, check);
}

#[test]
fn the_layout_of_twice_the_text_takes_twice_the_time() {
    no_worse_than_in_proportion("a layout", WORKFLOWS, project, layout);
}

#[test]
fn a_template_with_twice_the_tokens_takes_twice_the_time() {
    for (part, kind, times) in REPEATED {
        let text = |times: usize| (part.repeat(times), kind);
        no_worse_than_in_proportion(&format!("a template of `{part}`"), times, text, template);
    }
}

fn template((text, kind): &(String, TemplateKind)) -> Duration {
    let shape = |optional| FieldShape { printable: true, optional };
    let fields = [("email", false), ("first_name", true)];
    let scope = TemplateScope {
        fields: fields.map(|(name, optional)| (name.to_owned(), shape(optional))).into(),
        marketing: true,
        ..TemplateScope::default()
    };
    let before = own_time();
    let checked = flow_front::templates::check(text, *kind, &scope);
    let time = own_time() - before;
    assert!(checked.is_err(), "it has no way to unsubscribe");
    time
}

fn no_worse_than_in_proportion<T>(what: &str, size: usize, of: impl Fn(usize) -> T, time: fn(&T) -> Duration) {
    let (small, large) = (of(size), of(2 * size));
    let mut least = [Duration::MAX; 2];
    let mut ratio = f64::MAX;
    for _ in 0..MOST_ROUNDS {
        // By turns, so that a slow moment of the machine does not hit one of them alone; the least of each is what the work takes.
        for (project, least) in [&small, &large].into_iter().zip(&mut least) {
            *least = (*least).min(time(project));
        }
        ratio = least[1].as_secs_f64() / least[0].as_secs_f64();
        if ratio <= MOST {
            return;
        }
    }
    panic!("{what}, {size} of it {:?}, twice as many {:?}: {ratio:.2} times", least[0], least[1]);
}

fn project(workflows: usize) -> Project {
    let source = |(path, text)| Source { path, text };
    Project {
        lints: Default::default(),
        name: "many".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        midnight: Default::default(),
        sources: many(workflows).into_iter().map(source).collect(),
        templates: vec![source((TEMPLATE.0.to_owned(), TEMPLATE.1.to_owned()))],
    }
}

fn check(project: &Project) -> Duration {
    let before = own_time();
    let compilation = flow_front::compile(project);
    let time = own_time() - before;
    assert!(compilation.program.is_some(), "{:?}", compilation.diagnostics.first());
    time
}

/// All sources as one, since what grows too fast grows with the file.
fn layout(project: &Project) -> Duration {
    let text: String = project.sources.iter().map(|source| source.text.as_str()).collect();
    let before = own_time();
    let formatted = flow_front::format::format(&text);
    let time = own_time() - before;
    assert!(formatted.is_ok());
    time
}

/// How long this thread has worked; on other systems than Linux, how long it is since the first call.
fn own_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    // The system counts when a thread gives up its processor.
    std::thread::yield_now();
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
