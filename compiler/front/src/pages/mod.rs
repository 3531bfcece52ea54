//! Pages to read: one for each code, each standard module and each section of the language.
//!
//! In: the words of somebody who asks. Out: a [`Topic`] with its Markdown, or the names that are near. May not know: how a page is
//! drawn, and by which command it was asked for.
//!
//! A code's page is the file of its number beside this one; `diagnostics/codes.rs` takes it in, so a code without a page does not
//! compile. A new page is a file in this form, and nothing else:
//!
//! ```text
//! # F0401 possibly-missing
//! One sentence of what it means, for somebody who never programmed.
//! ## Why it matters     to the campaign
//! ## Wrong              an example that gives this code and no other
//! ## Right              one that means what its author meant, and gives none; where there are two readings, both
//! ## See also           where there is something: `flow doc TOPIC`
//! ```
//!
//! Examples are fenced as `flow` (a project of its own), `html emails/name.html` (a template of it) or `toml` (settings). The
//! command's `tests/pages.rs` runs them and has the rest of their rules; `tests.rs` here holds the form.

mod find;
mod language;
#[cfg(test)]
mod tests;

pub use find::{find, nearest};

use crate::diagnostics::Code;
use flow_stdlib::{MODULES, Module};

/// Families of codes by the first digits of their numbers, in words for people. One without codes is not shown.
const FAMILIES: &[(&str, &str)] = &[
    ("F01", "What can be read"),
    ("F02", "Names"),
    ("F03", "Values"),
    ("F04", "What may be missing"),
    ("F05", "Time"),
    ("F06", "Mails and clicks"),
    ("F07", "Who can come where"),
    ("F08", "Who enters"),
    ("F09", "Habits"),
    ("F10", "Templates"),
    ("F11", "Settings"),
];

/// Something that can be read about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// What to ask for: `F0401`, `std.b2b`, `steps`.
    pub name: String,
    /// `F0401 possibly-missing`
    pub title: String,
    /// One sentence; empty for sections of the language.
    pub meaning: String,
    /// The whole page, its title included.
    pub markdown: String,
}

/// Topics that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// For people: `Names`, `Standard modules`.
    pub title: &'static str,
    /// In the order to show them; never empty.
    pub topics: Vec<Topic>,
}

/// All there is to read, in the order to show it: the language, the settings, the modules, the codes by family.
pub fn contents() -> Vec<Family> {
    let language = Family { title: "The language", topics: language::topics() };
    let settings = Family { title: "The settings of a project", topics: vec![language::settings()] };
    let modules = Family { title: "Standard modules", topics: MODULES.iter().map(Topic::of_module).collect() };
    let codes = FAMILIES.iter().map(|(digits, title)| {
        let codes = Code::ALL.iter().filter(|code| code.number().starts_with(digits));
        Family { title, topics: codes.map(|code| Topic::of_code(*code)).collect() }
    });
    [language, settings, modules].into_iter().chain(codes).filter(|family| !family.topics.is_empty()).collect()
}

impl Topic {
    fn of_code(code: Code) -> Self {
        Self {
            name: code.number().to_owned(),
            title: code.to_string(),
            meaning: first_paragraph(code.page()),
            markdown: code.page().to_owned(),
        }
    }

    /// A module's page is its own text: the comment at its top as prose, the rest as it stands.
    fn of_module(module: &Module) -> Self {
        let comment = module.text.lines().take_while(|line| line.starts_with("//"));
        let prose = comment.clone().map(|line| line.trim_start_matches('/').trim()).collect::<Vec<_>>().join("\n");
        // The page has its title above it.
        let prose = prose.strip_prefix(&format!("{}: ", module.name)).map(capitalised).unwrap_or(prose);
        let rest = module.text.lines().skip(comment.count()).collect::<Vec<_>>().join("\n");
        let markdown = format!("# {}\n\n{prose}\n\n```flow\n{}\n```\n", module.name, rest.trim());
        Self {
            name: module.name.to_owned(),
            title: module.name.to_owned(),
            meaning: first_paragraph(&markdown),
            markdown,
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// The paragraph below a page's title, on one line.
fn first_paragraph(markdown: &str) -> String {
    let lines = markdown.lines().skip_while(|line| line.starts_with('#') || line.is_empty());
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
