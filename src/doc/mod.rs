//! `flow doc`: explains a message, a word of the language, a standard module or the settings. It needs no project.

mod terminal;

use std::io::{self, Write};

use clap::Args;
use flow_front::diagnostics::suggest;
use flow_front::pages::{self, Family, Topic};
use serde::Serialize;

use crate::ink::{self, Ink};
use crate::output::{Failure, Format, Outcome, Output};

/// Longer lines tire a reader.
const MAX_COLUMNS: usize = 100;
/// Columns of a topic's name in the list.
const NAME_COLUMNS: usize = 32;

#[derive(Debug, Args)]
pub(crate) struct DocArguments {
    /// What to read about: a code such as F0401 or possibly-missing, a word such as wait, a module such as std.b2b,
    /// flow.toml for the settings; without it, the list of all there is
    #[arg(value_name = "TOPIC")]
    topic: Vec<String>,
}

/// What `--format json` writes of one topic.
#[derive(Serialize)]
struct JsonPage<'t> {
    topic: &'t str,
    title: &'t str,
    markdown: &'t str,
}

/// What `--format json` writes of all topics.
#[derive(Serialize)]
struct JsonContents<'t> {
    topics: Vec<JsonTopic<'t>>,
}

#[derive(Serialize)]
struct JsonTopic<'t> {
    topic: &'t str,
    title: &'t str,
    family: &'t str,
    /// Empty for sections of the language.
    meaning: &'t str,
}

pub(crate) fn doc(arguments: &DocArguments, output: &mut Output) -> io::Result<Outcome> {
    let asked = arguments.topic.join(" ");
    if asked.trim().is_empty() {
        return list(output);
    }
    match pages::find(&asked) {
        Some(topic) => show(&topic, output),
        None => output.report(&[], &[unknown(&asked)], "").map(|_| Outcome::Usage),
    }
}

fn unknown(asked: &str) -> Failure {
    let nearest = pages::nearest(asked);
    let names: Vec<&str> = nearest.iter().map(String::as_str).collect();
    let help = match names.as_slice() {
        [] => "`flow doc` lists what there is".to_owned(),
        names => format!("did you mean {}? `flow doc` lists what there is", suggest::list(names, names.len())),
    };
    Failure::new(format!("there is no page about `{asked}`"), help)
}

fn show(topic: &Topic, output: &Output) -> io::Result<Outcome> {
    match output.format() {
        Format::Json => {
            write_json(&JsonPage { topic: &topic.name, title: &topic.title, markdown: &topic.markdown })?;
        }
        Format::Human => {
            let drawn = terminal::draw(&topic.markdown, columns(output));
            ink::stdout().draw(&drawn)?;
        }
    }
    Ok(Outcome::Clean)
}

fn list(output: &Output) -> io::Result<Outcome> {
    let families = pages::contents();
    match output.format() {
        Format::Json => {
            let topics = families.iter().flat_map(|family| {
                family.topics.iter().map(|topic| JsonTopic {
                    topic: &topic.name,
                    title: &topic.title,
                    family: family.title,
                    meaning: &topic.meaning,
                })
            });
            write_json(&JsonContents { topics: topics.collect() })?;
        }
        Format::Human => write_list(&families, columns(output))?,
    }
    Ok(Outcome::Clean)
}

fn write_list(families: &[Family], columns: usize) -> io::Result<()> {
    let mut out = ink::stdout();
    let how = "`flow doc TOPIC` prints a page. A topic is one of those below, or a word of the language such as `wait`; a code goes by \
               its number or its name: `flow doc F0401`, `flow doc possibly-missing`.";
    out.draw(&format!("{}\n", terminal::wrapped(how, columns, "")))?;
    for Family { title, topics } in families {
        writeln!(out, "\n{}{title}{:#}", Ink::Bold, Ink::Bold)?;
        // A section of the language has its name, which says enough.
        let (explained, others): (Vec<&Topic>, Vec<&Topic>) =
            topics.iter().partition(|topic| !topic.meaning.is_empty());
        if !others.is_empty() {
            let names: Vec<&str> = others.iter().map(|topic| topic.name.as_str()).collect();
            out.draw(&format!("{}\n", terminal::wrapped(&names.join(", "), columns, "  ")))?;
        }
        for Topic { title, meaning, .. } in explained {
            let meaning = terminal::wrapped(meaning, columns, &" ".repeat(NAME_COLUMNS + 2));
            write!(out, "  {}{title:<NAME_COLUMNS$}{:#}", Ink::Cyan, Ink::Cyan)?;
            out.draw(&format!("{}\n", meaning.trim_start()))?;
        }
    }
    Ok(())
}

fn write_json(page: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, page)?;
    writeln!(out)
}

fn columns(output: &Output) -> usize {
    output.columns().min(MAX_COLUMNS)
}
