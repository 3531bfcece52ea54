//! The editors' highlighting beside the grammar: no word of the language may be missing there, and none there may be unknown here.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

type Words = BTreeSet<String>;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The words in a text, as far as they could be keywords.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()).map(str::to_owned)
}

/// The words that stand in quotes. A quote may itself be quoted there, so every one is tried as the first.
fn quoted(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_wording = |part: &&str| part.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '/' | ' '));
    text.split('"').filter(is_wording).flat_map(words)
}

/// Words that the grammar knows only to say that they are not needed.
const NOT_OF_THE_LANGUAGE: [&str; 1] = ["then"];

/// The keywords and the words of later versions: the rules `kw_..` and `later_.._word`.
fn grammar_keywords() -> Words {
    let grammar = read("grammar/flow.pest");
    let is_list = |line: &&str| {
        let rule = line.split_whitespace().next().unwrap_or_default();
        line.contains("= @{") && (rule.starts_with("kw_") || rule.starts_with("later_") && rule.ends_with("_word"))
    };
    let words = grammar.lines().filter(is_list).flat_map(quoted);
    let words: Words = words.filter(|word| !NOT_OF_THE_LANGUAGE.contains(&word.as_str())).collect();
    assert!(words.contains("workflow") && words.contains("in_app"), "the grammar's lists have another form: {words:?}");
    words
}

/// Every pattern of the TextMate grammar.
fn textmate_patterns(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(pattern) if ["match", "begin", "end"].contains(&name.as_str()) => {
                        found.push(pattern.clone());
                    }
                    _ => textmate_patterns(member, found),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| textmate_patterns(member, found)),
        _ => {}
    }
}

/// A pattern without `\b` and `[a-z]` and the like, whose letters are no words.
fn without_escapes(pattern: &str) -> String {
    let mut plain = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' => drop(chars.by_ref().find(|c| *c == ']')),
            _ => {
                plain.push(c);
                continue;
            }
        }
        plain.push(' ');
    }
    plain
}

fn vscode_words() -> Words {
    let grammar: Value = serde_json::from_str(&read("editors/vscode/syntaxes/flow.tmLanguage.json")).unwrap();
    let mut patterns = Vec::new();
    textmate_patterns(&grammar, &mut patterns);
    patterns.iter().flat_map(|pattern| words(&without_escapes(pattern)).collect::<Vec<_>>()).collect()
}

/// The words of `syntax keyword` lines, and those between word borders in `syntax match` lines.
fn vim_words() -> Words {
    let syntax = read("editors/vim/syntax/flow.vim");
    let of_line = |line: &str| -> Vec<String> {
        if let Some(list) = line.strip_prefix("syntax keyword ") {
            return words(list).skip(1).filter(|word| word != "contained").collect();
        }
        let bordered = line.split("\\<").skip(1).filter_map(|rest| rest.split("\\>").next());
        bordered.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_')).map(str::to_owned).collect()
    };
    syntax.lines().flat_map(of_line).collect()
}

#[test]
fn no_keyword_is_missing_in_an_editor() {
    for (editor, known) in [("vscode", vscode_words()), ("vim", vim_words())] {
        let missing: Vec<String> = grammar_keywords().difference(&known).cloned().collect();
        assert!(missing.is_empty(), "editors/{editor} does not know {missing:?}");
    }
}

#[test]
fn no_editor_knows_a_word_that_the_grammar_does_not() {
    let grammar: Words = quoted(&read("grammar/flow.pest")).collect();
    let surplus: Vec<String> = vim_words().difference(&grammar).cloned().collect();
    assert!(surplus.is_empty(), "editors/vim still knows {surplus:?}");
    let types = ["text", "number", "money", "date", "moment", "email", "url", "timezone", "country"];
    let known: Words = grammar.into_iter().chain(types.map(str::to_owned)).collect();
    // Numbers are parts of `{1,2}`, single letters what is left of a class with a bracket in it.
    let surplus: Vec<String> = vscode_words()
        .difference(&known)
        .filter(|word| word.len() > 1 && !word.contains(char::is_numeric))
        .cloned()
        .collect();
    assert!(surplus.is_empty(), "editors/vscode still knows {surplus:?}");
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
