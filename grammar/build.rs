//! Writes the rule of every keyword, so that a construct's words stand once: where flow.pest uses them.
//!
//! `kw_stop` anywhere in flow.pest is the word `stop`, whole: `stops` is another.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, io};

const GRAMMAR: &str = "flow.pest";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed={GRAMMAR}");
    println!("cargo:rerun-if-changed=build.rs");
    let grammar = fs::read_to_string(GRAMMAR)?;
    #[expect(clippy::disallowed_methods, reason = "cargo tells a build script in this way where to write")]
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("parser.rs"), parser(&keywords(&grammar)))
}

/// The words that stand in the grammar as `kw_…`, comments left out.
fn keywords(grammar: &str) -> BTreeSet<&str> {
    let lines = grammar.lines().map(without_comment);
    let names = lines.flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    names.filter_map(|name| name.strip_prefix("kw_")).collect()
}

/// A line up to its comment. The grammar itself has `//` in quotes.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let border = |(at, c): (usize, char)| {
        quoted ^= c == '"';
        (!quoted && line.get(at..)?.starts_with("//")).then_some(at)
    };
    line.char_indices().find_map(border).and_then(|at| line.get(..at)).unwrap_or(line)
}

fn parser(keywords: &BTreeSet<&str>) -> String {
    let rules: String = keywords.iter().map(|word| format!("kw_{word} = @{{ \"{word}\" ~ border }}\n")).collect();
    let arms: String = keywords.iter().map(|word| format!("        Rule::kw_{word} => &[\"{word}\"],\n")).collect();
    format!(
        "/// The parser that pest derives from `flow.pest` and its keywords.\n\
         #[derive(Parser)]\n\
         #[grammar = \"{GRAMMAR}\"]\n\
         #[grammar_inline = r#\"{rules}\"#]\n\
         pub struct FlowParser;\n\
         \n\
         /// The word of a keyword's rule, alone in its list; None for every other rule.\n\
         pub fn keyword(rule: Rule) -> Option<&'static [&'static str]> {{\n    \
             Some(match rule {{\n{arms}        _ => return None,\n    }})\n\
         }}\n"
    )
}
