//! Many inputs, one after the other, and what is said of one that breaks a promise.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use flow_front::source::Source;

use crate::generate::Grammar;
use crate::hold::{self, Broken, Kinds};
use crate::mutate::mutant;
use crate::seeds::Seeds;
use crate::{Random, shrink};

/// A part of the compiler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Text to tree.
    Parser,
    /// Text to program, and the program on both backends.
    Checker,
    /// A mail's template, checked and filled in.
    Templates,
    /// `flow fmt`.
    Formatter,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Parser, Self::Checker, Self::Templates, Self::Formatter];
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parser => "parser",
            Self::Checker => "checker",
            Self::Templates => "templates",
            Self::Formatter => "formatter",
        })
    }
}

impl FromStr for Target {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|target| target.to_string() == name);
        found.ok_or_else(|| format!("there is no target `{name}`: parser, checker, templates, formatter"))
    }
}

/// A text that breaks a promise.
#[derive(Debug)]
pub struct Failure {
    /// Which of many.
    pub case: u64,
    /// Which promise, and what was seen of the least text.
    pub broken: Broken,
    /// As small as it became.
    pub text: String,
}

/// A text that takes longer hangs: the slowest takes some seconds on a busy machine without optimisation.
const HANGS: Duration = Duration::from_secs(240);

/// What is in hand, for a text that never ends, or ends the process: Rust says no more of a stack that overflows.
#[derive(Debug)]
pub struct Watch {
    line: String,
    file: PathBuf,
    in_hand: Arc<Mutex<Option<(Instant, String)>>>,
}

impl Watch {
    /// Looks at what is in hand until it is dropped.
    pub fn new(target: Target, seed: u64) -> Self {
        let in_hand = Arc::new(Mutex::new(None));
        let watched = Arc::downgrade(&in_hand);
        std::thread::spawn(move || {
            while let Some(watched) = watched.upgrade() {
                let held: Option<(Instant, String)> = watched.lock().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some((since, input)) = held.filter(|(since, _)| since.elapsed() > HANGS) {
                    eprintln!("{target}, seed {seed}: it goes on for {:?} over {input}", since.elapsed());
                    std::process::exit(1);
                }
                drop(watched);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        let file = std::env::temp_dir().join(format!("flow-fuzz-{target}-{}.case", std::process::id()));
        Self { line: format!("{target} FLOW_MUTATE_SEED={seed} FLOW_MUTATE_CASE="), file, in_hand }
    }

    /// Before an input is tried.
    #[expect(clippy::disallowed_methods, reason = "whether it ever ends is a question of time")]
    pub fn begin(&self, case: u64, input: &Source) {
        // Who finds the process gone finds the last case here; where nothing can be written, they find less.
        let _ = fs::write(&self.file, format!("{}{case}\n{}", self.line, input.text));
        let input = Some((Instant::now(), format!("case {case}: {:?}", input.text)));
        *self.in_hand.lock().unwrap_or_else(PoisonError::into_inner) = input;
    }

    /// Of an input that broke a promise the least text is looked for, however long that takes.
    pub fn end(&self) {
        *self.in_hand.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It says which case ended the process, and none did.
        let _ = fs::remove_file(&self.file);
    }
}

/// What inputs are made from.
#[derive(Debug)]
pub struct Driver {
    seed: u64,
    target: Target,
    seeds: Seeds,
    grammar: Grammar,
    /// Inputs that led somewhere new.
    kept: Vec<String>,
}

impl Driver {
    /// Inputs for a target, from a seed and what the repository holds.
    pub fn new(target: Target, seed: u64) -> std::io::Result<Self> {
        Ok(Self { seed, target, seeds: Seeds::read()?, grammar: Grammar::default(), kept: Vec::new() })
    }

    /// One more text to begin with.
    pub fn keep(&mut self, text: String) {
        self.kept.push(text);
    }

    /// The input of a number; it hangs on the seed, the number and what was kept.
    pub fn input(&self, case: u64) -> Source {
        let mut random = Random::of(self.seed, case);
        if self.target == Target::Templates {
            let path = if random.once_in(2) { "emails/fuzz.html" } else { "emails/fuzz.mjml" };
            let templates = self.seeds.templates.iter().map(|source| source.text.as_str());
            let texts: Vec<&str> = templates.chain(self.kept.iter().map(String::as_str)).collect();
            return Source { path: path.to_owned(), text: mutant(&texts, &mut random) };
        }
        let made = random.once_in(3).then(|| self.grammar.program(&mut random));
        let text = match &made {
            // Whole as often as broken.
            Some(made) if random.once_in(2) => made.clone(),
            Some(made) => mutant(&[made], &mut random),
            None => {
                let programs = self.seeds.programs.iter().chain(&self.kept);
                let texts: Vec<&str> = programs.map(String::as_str).collect();
                mutant(&texts, &mut random)
            }
        };
        Source { path: "fuzz.flow".to_owned(), text }
    }

    /// What holds of an input.
    pub fn hold(&self, input: &Source) -> Result<Kinds, Broken> {
        let templates = &self.seeds.templates;
        let text = input.text.as_str();
        hold::caught(|| match self.target {
            Target::Parser => hold::parser(text),
            Target::Checker => hold::checker(text, templates),
            Target::Templates => hold::template(input),
            Target::Formatter => hold::formatter(text, templates),
        })
    }

    /// A failure with the least text that still fails in the same way.
    pub fn shrunk(&self, case: u64, input: &Source, broken: Broken) -> Failure {
        let of = |text: &str| self.hold(&Source { path: input.path.clone(), text: text.to_owned() }).err();
        let text = shrink::shrunk(&input.text, |text| of(text).is_some_and(|other| other.promise == broken.promise));
        Failure { case, broken: of(&text).unwrap_or(broken), text }
    }
}

impl Failure {
    /// All that is needed to see it again.
    pub fn report(&self, target: Target, seed: u64) -> String {
        let Self { case, broken: Broken { promise, seen }, text } = self;
        format!(
            "{target}: not so: {promise}\nseed {seed}, case {case}: FLOW_MUTATE_SEED={seed} FLOW_MUTATE_CASE={case}\n\
             ---- the text, {} bytes\n{text:.2000}\n---- escaped\n{:.2000}\n---- seen\n{seen:.2000}\n",
            text.len(),
            format!("{text:?}"),
        )
    }
}
