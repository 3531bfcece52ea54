//! The examples of the pages that `flow doc` prints: what is wrong gives exactly its page's code, and what is right gives nothing.
//!
//! Each `flow` block is a project of its own; `html` blocks right behind it are its templates, and where a section has only those,
//! they go with the page's first `flow` block. `toml` blocks are settings. A comment `… the line above 1,000 times more` stands
//! for that many copies.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use flow_front::Project;
use flow_front::compile;
use flow_front::diagnostics::Code;
use flow_front::diagnostics::render::Human;
use flow_front::lints::Levels;
use flow_front::source::Source;
use flow_runtime::settings::Settings;

/// Templates that examples may name without showing them.
const PLAIN_TEMPLATES: [&str; 4] = ["welcome", "guide", "reminder", "case-study"];
const PLAIN: &str = "<p>Hello</p>\n<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p>\n";
/// `emails/newsletter.html` has this link.
const WITH_A_LINK: &str = "<p><a href=\"{{ link(\"case-study\") }}\">Read</a></p>\n";

/// `emails/confirm.html` has what the mail needs by which people confirm that they want others.
const CONFIRM: &str = "<p><a href=\"{{ confirm_url }}\">Yes, write to me</a></p>\n";

/// A block of a page: the words behind its three signs, and its text.
#[derive(Debug, Clone)]
struct Block {
    about: String,
    text: String,
}

#[derive(Debug)]
enum Example {
    Project { flow: String, templates: Vec<Source> },
    Settings(String),
}

/// What each code is shown with: the section's title and its examples.
fn examples(page: &str) -> Vec<(String, Vec<Example>)> {
    let sections = sections(page);
    let of_page = sections.iter().flat_map(|(_, blocks)| blocks).find(|block| block.about == "flow").cloned();
    let examples = sections.into_iter().map(|(title, blocks)| (title, section_examples(&blocks, of_page.as_ref())));
    examples.filter(|(_, examples)| !examples.is_empty()).collect()
}

fn sections(page: &str) -> Vec<(String, Vec<Block>)> {
    let mut sections = vec![(String::new(), Vec::new())];
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            sections.push((title.to_owned(), Vec::new()));
        } else if let Some(about) = line.strip_prefix("```") {
            let text: String =
                lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            sections.last_mut().unwrap().1.push(Block { about: about.to_owned(), text: repeated(&text) });
        }
    }
    sections
}

fn section_examples(blocks: &[Block], of_page: Option<&Block>) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut flow_is_here = false;
    for Block { about, text } in blocks {
        match about.split_once(' ').map_or((about.as_str(), ""), |(kind, path)| (kind, path)) {
            ("flow", "") => {
                examples.push(Example::Project { flow: text.clone(), templates: Vec::new() });
                flow_is_here = true;
            }
            ("toml", "") => examples.push(Example::Settings(text.clone())),
            ("html", path) => {
                let template = Source { path: path.to_owned(), text: text.clone() };
                match examples.last_mut() {
                    Some(Example::Project { templates, .. }) if flow_is_here => templates.push(template),
                    _ => examples.push(Example::Project {
                        flow: of_page.expect("a template needs an email").text.clone(),
                        templates: vec![template],
                    }),
                }
            }
            (other, _) => unreachable!("a block of `{other}`"),
        }
    }
    examples
}

/// With every `… the line above N times more` made true.
fn repeated(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    for line in text.lines() {
        match line.split_once("… the line above ").and_then(|(_, rest)| rest.split_once(" times more")) {
            Some((times, _)) => {
                let above = *out.last().unwrap();
                let times: usize = times.replace(',', "").parse().unwrap();
                out.extend(std::iter::repeat_n(above, times));
            }
            None => out.push(line),
        }
    }
    out.join("\n") + "\n"
}

/// The codes that an example gives, and how they read.
fn found(example: &Example) -> (Vec<Code>, String) {
    match example {
        // They name the data of the example project.
        Example::Settings(text) => {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture");
            let faults = match Settings::read(text, &folder) {
                Ok(settings) => settings.check_files(text, &folder, None),
                Err(faults) => faults,
            };
            (faults.iter().map(|fault| fault.code).collect(), format!("{faults:?}"))
        }
        Example::Project { flow, templates } => {
            let plain =
                PLAIN_TEMPLATES.map(|name| Source { path: format!("emails/{name}.html"), text: PLAIN.to_owned() });
            let with_a_link =
                Source { path: "emails/newsletter.html".to_owned(), text: WITH_A_LINK.to_owned() + PLAIN };
            let confirm = Source { path: "emails/confirm.html".to_owned(), text: CONFIRM.to_owned() };
            let compilation = compile(&Project {
                sender: None,
                name: "page".to_owned(),
                timezone: "Europe/Berlin".to_owned(),
                zones: flow_runtime::time::civil::ZONES,
                lints: Levels::default(),
                sources: vec![Source { path: "page.flow".to_owned(), text: flow.clone() }],
                templates: plain.into_iter().chain([with_a_link, confirm]).chain(templates.iter().cloned()).collect(),
            });
            let human = Human { colour: false, width: 110 };
            let drawn = compilation.diagnostics.iter().map(|found| human.render(found, &compilation.sources)).collect();
            (compilation.diagnostics.iter().map(|found| found.code).collect(), drawn)
        }
    }
}

#[test]
fn every_example_does_what_its_page_says() {
    let mut faults = String::new();
    for code in Code::ALL {
        let sections = examples(code.page());
        let titles: Vec<&str> = sections.iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles, ["Wrong", "Right"], "{code}: what the sections with examples are");
        for (title, example) in sections.iter().flat_map(|(title, of)| of.iter().map(move |example| (title, example))) {
            let (mut codes, drawn) = found(example);
            // A page about something else is too short to show good habits everywhere.
            codes.retain(|found| found == code || !found.is_lint());
            let expected: &[Code] = if title == "Wrong" { &[*code] } else { &[] };
            // Several mistakes of the kind make one example.
            codes.dedup();
            if codes != expected {
                faults += &format!("{code}, {title}: {codes:?}\n{drawn}\n");
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
