//! From what somebody types to the topic they mean.

use super::{Topic, language};
use crate::diagnostics::{Code, suggest};
use flow_stdlib::MODULES;

/// Shorter words are in too many names.
const MIN_SHARED_LETTERS: usize = 4;
/// More names than this are no answer.
const MAX_NEAREST: usize = 5;

/// A code by number or name, a module, or a section of the language.
pub fn find(asked: &str) -> Option<Topic> {
    let asked = asked.trim().to_lowercase();
    let module = || MODULES.iter().find(|module| module.name == asked).map(Topic::of_module);
    code(&asked).map(Topic::of_code).or_else(module).or_else(|| language::find(&asked))
}

/// `f0401`, `401`, `possibly-missing`, or both as a message shows them: `f0401 possibly-missing`.
fn code(asked: &str) -> Option<Code> {
    let number = number(asked);
    let name = asked.replace([' ', '_'], "-");
    let is_meant = |code: &&Code| {
        number.as_deref() == Some(code.number()) || code.name() == name || code.to_string().to_lowercase() == asked
    };
    Code::ALL.iter().find(is_meant).copied()
}

/// `F0401` for `f0401`, `0401` and `401`.
fn number(asked: &str) -> Option<String> {
    let digits = asked.strip_prefix('f').unwrap_or(asked);
    let is_number = (3..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("F{digits:0>4}"))
}

/// Names of topics near to words that mean none: the one that was misspelt, or those that share
/// a word with them.
pub fn nearest(asked: &str) -> Vec<String> {
    let asked = asked.trim().to_lowercase();
    if let Some(number) = number(&asked) {
        // Of the same family, as far as the number tells.
        let family = number.get(..3).unwrap_or_default();
        let near = Code::ALL.iter().map(|code| code.number()).filter(|other| other.starts_with(family));
        return near.take(MAX_NEAREST).map(str::to_owned).collect();
    }
    let names = names();
    let names = || names.iter().map(String::as_str);
    if let Some(nearest) = suggest::nearest(&asked.replace([' ', '_'], "-"), names()) {
        return vec![nearest.to_owned()];
    }
    let telling: Vec<&str> = words(&asked).filter(|word| word.len() >= MIN_SHARED_LETTERS).collect();
    let shares_a_word = |name: &&str| {
        let is_near = |word| telling.iter().any(|asked| word == *asked || suggest::nearest(asked, [word]).is_some());
        words(name).any(is_near) || name.split_once('.').is_some_and(|(first, _)| first == asked)
    };
    names().filter(shares_a_word).take(MAX_NEAREST).map(str::to_owned).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '-', '_', '.'])
}

/// Whatever a topic may be called, numbers left out.
fn names() -> Vec<String> {
    let codes = Code::ALL.iter().map(|code| code.name().to_owned());
    let modules = MODULES.iter().map(|module| module.name.to_owned());
    codes.chain(modules).chain(language::topics().into_iter().map(|topic| topic.name)).collect()
}
