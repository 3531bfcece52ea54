//! `cargo run -p flow-fuzz -- TARGET`: goes on breaking the compiler for as long as it is told.
//!
//! Inputs that led somewhere new (a finding, a neighbourhood of findings, a pair of ops that none before had) are kept in a folder and are
//! what later inputs are made of, in this run and in the next. A failure is told with its least text, kept beside them, and ends the run
//! with exit code 1.

#![expect(clippy::disallowed_methods, reason = "whoever starts it says for how long")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is run by hand")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use flow_front::source::Source;
use flow_fuzz::Random;
use flow_fuzz::drive::{Driver, Target, Watch};
use flow_fuzz::hold::ACCEPTED;

const USAGE: &str = "cargo run -p flow-fuzz -- TARGET [SECONDS [SEED [FOLDER]]]\n\n\
    TARGET is parser, checker, templates or formatter; SECONDS are 3600 where none are given, SEED is 1,\n\
    FOLDER, for inputs that led somewhere new, is target/fuzz/TARGET.";
/// How often it says how far it is.
const SAYS_EVERY: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    // On a thread, whose stack is as small as that of those which read files.
    let ended = std::thread::spawn(|| run().map_err(|error| error.to_string())).join();
    match ended {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::FAILURE,
        Ok(Err(error)) => {
            eprintln!("{error}\n\n{USAGE}");
            ExitCode::from(2)
        }
        Err(_) => ExitCode::from(3),
    }
}

/// Whether all held.
fn run() -> Result<bool, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let target: Target = arguments.next().ok_or("which target?")?.parse()?;
    let seconds: u64 = arguments.next().map_or(Ok(3_600), |given| given.parse())?;
    let seed: u64 = arguments.next().map_or(Ok(1), |given| given.parse())?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz").join(target.to_string());
    let folder = arguments.next().map_or(folder, PathBuf::from);
    fs::create_dir_all(&folder)?;
    let mut driver = Driver::new(target, seed)?;
    let watch = Watch::new(target, seed);
    let mut seen = BTreeSet::new();
    let mut kept = 0;
    for text in texts_of(&folder)? {
        let input = Source { path: path_of(&text).to_owned(), text };
        watch.begin(u64::MAX, &input);
        match driver.hold(&input) {
            Ok(kinds) => seen.extend(kinds),
            Err(broken) => {
                watch.end();
                return failed(&driver, target, seed, u64::MAX, &input, broken, &folder);
            }
        }
        driver.keep(input.text);
        kept += 1;
    }
    println!("{target}, seed {seed}: {kept} inputs of earlier runs led to {} kinds of results", seen.len());
    let (began, mut said) = (Instant::now(), Instant::now());
    let (mut tried, mut accepted) = (0_u64, 0_u64);
    while began.elapsed().as_secs() < seconds {
        let input = driver.input(tried);
        watch.begin(tried, &input);
        match driver.hold(&input) {
            Ok(kinds) => {
                accepted += u64::from(kinds.contains(ACCEPTED));
                let before = seen.len();
                seen.extend(kinds);
                if seen.len() > before {
                    fs::write(folder.join(name_of(&input)), &input.text)?;
                    driver.keep(input.text);
                    kept += 1;
                }
            }
            Err(broken) => {
                watch.end();
                return failed(&driver, target, seed, tried, &input, broken, &folder);
            }
        }
        tried += 1;
        if said.elapsed() > SAYS_EVERY || began.elapsed().as_secs() >= seconds {
            said = Instant::now();
            let (seconds, kinds) = (began.elapsed().as_secs(), seen.len());
            println!("{seconds:>6} s  {tried:>8} tried  {accepted:>7} accepted  {kept:>6} kept  {kinds:>6} kinds");
        }
    }
    Ok(true)
}

fn failed(
    driver: &Driver,
    target: Target,
    seed: u64,
    case: u64,
    input: &Source,
    broken: flow_fuzz::hold::Broken,
    folder: &Path,
) -> Result<bool, Box<dyn Error>> {
    let failure = driver.shrunk(case, input, broken);
    // Not among the inputs: the next run would begin and end with it.
    let path = folder.with_extension("failure");
    fs::write(&path, &failure.text)?;
    println!("{}\nits least text is in {}", failure.report(target, seed), path.display());
    Ok(false)
}

/// The inputs of earlier runs, in the order of their names.
fn texts_of(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|it| it.path())).collect::<Result<_, _>>()?;
    paths.sort();
    paths.iter().map(fs::read_to_string).collect()
}

/// By what it holds: the same input twice is one file.
fn name_of(input: &Source) -> String {
    let hash = input.text.bytes().fold(0, |hash: u64, byte| Random::new(hash ^ u64::from(byte)).word());
    format!("{hash:016x}")
}

fn path_of(text: &str) -> &'static str {
    if text.contains("<mj") { "emails/fuzz.mjml" } else { "emails/fuzz.html" }
}
