//! The editors' highlighting beside the lists of constructs that the compiler reads by, and those beside the grammar and the reference.
//!
//! The words in the editors' files are written from the compiler's vocabulary: `just editors` writes them again.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use flow_front::syntax::constructs::{Class, LISTS};
use flow_front::syntax::vocabulary;
use serde_json::Value;

type Words = BTreeSet<String>;

const VIM: &str = "editors/vim/syntax/flow.vim";
const VSCODE: &str = "editors/vscode/syntaxes/flow.tmLanguage.json";

fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap()
}

/// The words of some classes, sorted, each once.
fn of_classes(classes: &[Class]) -> Vec<String> {
    let words = vocabulary().into_iter().filter(|(class, _)| classes.contains(class));
    words.map(|(_, word)| word.to_owned()).collect::<Words>().into_iter().collect()
}

/// Words on lines of a readable length, each with the same start.
fn lines(start: &str, words: &[String], end: &str) -> String {
    const WIDTH: usize = 120;
    let mut out = String::new();
    let mut line = start.to_owned();
    for word in words {
        if line.len() + word.len() + 1 > WIDTH {
            out += &format!("{line}{end}\n");
            line = start.to_owned();
        }
        line += &format!(" {word}");
    }
    out + &format!("{line}{end}\n")
}

/// Vim's file with the words of today.
fn vim(now: &str) -> String {
    const FROM: &str = "\" The words, written by `just editors`.\n";
    const TO: &str = "\" End of the words.\n";
    let mut words = String::new();
    // A word that is several things is coloured as the first of them: Vim takes the last.
    let mut seen = Words::new();
    for (group, classes) in [
        ("flowDeclaration", &[Class::Declaration][..]),
        ("flowControl", &[Class::Step]),
        ("flowOperator", &[Class::Predicate]),
        ("flowKeyword", &[Class::Clause, Class::Inner]),
        ("flowConstant", &[Class::Constant]),
        ("flowUnit", &[Class::Unit]),
    ] {
        // `contains` is an option of `:syntax keyword`, so it cannot be one of its words.
        let new = of_classes(classes).into_iter().filter(|word| seen.insert(word.clone()));
        let (options, plain) = new.partition::<Vec<_>, _>(|word| word == "contains");
        words += &lines(&format!("syntax keyword {group}"), &plain, "");
        words.extend(options.iter().map(|word| format!("syntax match {group} \"\\<{word}\\>\"\n")));
    }
    words +=
        "\" Words that the language has and this version does not run yet. They are names elsewhere (`score += 10`).\n";
    for some in of_classes(&[Class::Later]).chunks(6) {
        let any = some.iter().map(|word| format!("\\<{word}\\>")).collect::<Vec<_>>().join("\\|");
        words += &format!("syntax match flowLater \"^\\s*\\%({any}\\)\\%(\\s*\\%([-+]=\\|(\\)\\)\\@!\"\n");
    }
    let types = of_classes(&[Class::Type]).join("\\|");
    words += "\" A field's type stands behind its name: `first_name text?`\n";
    let behind = "?\\=\\ze\\s*\\%(=\\|//\\|;\\|$\\|}\\)\" contains=flowType";
    words += &format!("syntax match flowField \"^\\s*\\h\\w*\\s\\+\\%({types}\\){behind}\n");
    words += &format!("syntax match flowType \"\\s\\@<=\\%({types}\\)?\\=\" contained\n");
    replaced(now, FROM, TO, &words)
}

/// The grammar of Visual Studio Code with the words of today.
fn vscode(now: &str) -> String {
    let any = |classes: &[Class]| of_classes(classes).join("|");
    let types: Vec<String> = of_classes(&[Class::Type]).into_iter().filter(|ty| ty != "yes/no").collect();
    let mut out = now.to_owned();
    for (rule, from, to, words) in [
        ("duration", "\\\\s+(", ")\\\\b", any(&[Class::Unit])),
        ("type", "(yes/no|(?:", ")\\\\b)", types.join("|")),
        ("declaration", "^\\\\s*(", ")\\\\b(?:", any(&[Class::Declaration])),
        ("later", "^\\\\s*(", ")\\\\b(?!", any(&[Class::Later])),
        ("control", "\\\\b(?:", ")\\\\b", any(&[Class::Step])),
        ("operator", "\\\\b(?:", ")\\\\b", any(&[Class::Predicate])),
        ("keyword", "\\\\b(?:", ")\\\\b", any(&[Class::Declaration, Class::Clause, Class::Inner])),
        ("constant", "\\\\b(?:", ")\\\\b", any(&[Class::Constant])),
    ] {
        let start = out.find(&format!("    \"{rule}\": {{")).unwrap();
        let rest = out.split_off(start);
        out += &replaced(&rest, from, to, &words);
    }
    out
}

/// A text with something else between the first `from` and the next `to`.
fn replaced(text: &str, from: &str, to: &str, between: &str) -> String {
    let start = text.find(from).unwrap() + from.len();
    let end = start + text[start..].find(to).unwrap();
    format!("{}{between}{}", &text[..start], &text[end..])
}

#[test]
fn the_editors_know_the_words_of_today() {
    for (file, written) in [(VIM, vim(&read(VIM))), (VSCODE, vscode(&read(VSCODE)))] {
        assert!(read(file) == written, "{file} has other words than the compiler: run `just editors`");
    }
    serde_json::from_str::<Value>(&read(VSCODE)).unwrap();
}

/// `just editors`
#[test]
#[ignore = "writes files"]
fn write_the_words_of_today() {
    fs::write(path(VIM), vim(&read(VIM))).unwrap();
    fs::write(path(VSCODE), vscode(&read(VSCODE))).unwrap();
}

/// The words that stand in quotes on a line of the grammar.
fn quoted(line: &str) -> impl Iterator<Item = String> + '_ {
    line.split('"').skip(1).step_by(2).flat_map(str::split_whitespace).map(str::to_owned)
}

/// The words of the grammar's rules whose names are chosen.
fn of_rules(chosen: impl Fn(&str) -> bool) -> Words {
    let grammar = read("grammar/flow.pest");
    let rules = grammar.lines().filter(|line| line.contains("= @{"));
    let rules = rules.filter(|line| chosen(line.split_whitespace().next().unwrap_or_default()));
    rules.flat_map(quoted).collect()
}

/// Lists in the grammar and lists of the compiler that have to agree.
#[test]
fn the_vocabulary_is_that_of_the_grammar() {
    let words = |classes: &[Class]| of_classes(classes).into_iter().collect::<Words>();
    let grammar = read("grammar/flow.pest");
    let grammar = grammar.lines().filter(|line| !line.starts_with("//"));
    let names = grammar.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let keywords: Words = names.filter_map(|name| name.strip_prefix("kw_")).map(str::to_owned).collect();
    let known = words(&[Class::Declaration, Class::Clause, Class::Step, Class::Predicate, Class::Inner]);
    assert_eq!(known, keywords);
    assert_eq!(words(&[Class::Later]), of_rules(|rule| rule.starts_with("later_") && rule.ends_with("_word")));
    assert_eq!(words(&[Class::Unit]), of_rules(|rule| rule == "unit"));
    let mut constants = of_rules(|rule| rule == "day" || rule == "truth");
    // Words of other classes, too.
    constants.retain(|word| !["day", "no"].contains(&word.as_str()));
    assert_eq!(words(&[Class::Constant]), constants);
}

/// The words of each kind that are not run yet, as the grammar and the reference have them.
#[test]
fn what_is_not_run_yet_is_said() {
    let reference = read("docs/language.md");
    let (_, not_yet) = reference.split_once("## Not yet").unwrap();
    for word in of_classes(&[Class::Later]) {
        assert!(not_yet.contains(&format!("`{word}`")), "docs/language.md does not say that `{word}` is not run yet");
    }
}

/// Headings as links name them.
fn anchors(text: &str) -> Words {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(|c: char| !(c.is_alphanumeric() || " -_".contains(c)), "");
        kept.replace(' ', "-")
    };
    headings.map(anchor).collect()
}

#[test]
fn every_construct_has_its_place_in_the_reference() {
    let anchors = anchors(&read("docs/language.md"));
    for construct in LISTS.iter().flat_map(|list| list.constructs) {
        let word = construct.word();
        assert!(anchors.contains(construct.page), "docs/language.md has no heading `{}` for `{word}`", construct.page);
    }
}

#[test]
fn the_extension_names_files_that_are_there() {
    let package: Value = serde_json::from_str(&read("editors/vscode/package.json")).unwrap();
    let contributes = &package["contributes"];
    let configuration = contributes["languages"][0]["configuration"].as_str().unwrap();
    serde_json::from_str::<Value>(&read(&format!("editors/vscode/{configuration}"))).unwrap();
    let grammar = contributes["grammars"][0]["path"].as_str().unwrap();
    let grammar: Value = serde_json::from_str(&read(&format!("editors/vscode/{grammar}"))).unwrap();
    assert_eq!(grammar["scopeName"], contributes["grammars"][0]["scopeName"]);
}
