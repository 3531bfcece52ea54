//! Mistakes as people make them, each with what is right: one message, at its place, with a mended line that means what was meant.
//!
//! `tests/mistakes/<place>.txt` holds the mistakes made in a place, `tests/mistakes/<place>.flow` what stands around them: `…` is where
//! they go. Where a template of that name lies there too, it is what mistakes are made in. Blocks are parted by blank lines. The first lines of a block are what was typed; then
//!
//! - `> ` the lines as the edits of the message leave them: they compile, and mean what was meant;
//! - `? ` one of several readings: the help shows it, and it compiles in the place of what was typed;
//! - `! ` words of the message, where no line can mend it;
//! - `@ 2` the line at fault, counted from the first typed one, where it is not the first.
//!
//! `# ` begins a comment.

#![allow(clippy::unwrap_used, clippy::panic)]
#![expect(clippy::indexing_slicing, reason = "a test that looks at a wrong place should fail")]

use flow_front::Project;
use flow_front::diagnostics::{Diagnostic, Edit, Severity, render::Human};
use flow_front::lints::{Level, Levels};
use flow_front::source::{LineIndex, Source};
use flow_front::{Compilation, compile};
use std::fs;
use std::path::{Path, PathBuf};

const WIDTH: usize = 110;
/// What templates end in.
const ENDINGS: [&str; 2] = ["html", "mjml"];
/// Where a mistake goes.
const HERE: &str = "…";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).replace("\r\n", "\n")
}

/// What is right for a mistake.
#[derive(Default)]
struct Right {
    mended: Vec<String>,
    readings: Vec<String>,
    says: Vec<String>,
    /// The typed line at fault, from 0.
    line: usize,
}

struct Mistake {
    place: String,
    typed: Vec<String>,
    right: Right,
}

fn mistakes(place: &Path) -> Vec<Mistake> {
    let name = place.file_stem().unwrap().to_str().unwrap();
    let text = read(place);
    let blocks = text.split("\n\n").map(|block| block.lines().filter(|line| !line.starts_with("# ")));
    let mistakes = blocks.filter_map(|lines| {
        let mut found = Mistake { place: name.to_owned(), typed: Vec::new(), right: Right::default() };
        for line in lines {
            let right = &mut found.right;
            match line.split_at_checked(2) {
                Some(("> ", line)) => right.mended.push(line.to_owned()),
                Some(("? ", line)) => right.readings.push(line.to_owned()),
                Some(("! ", words)) => right.says.push(words.to_owned()),
                Some(("@ ", line)) => right.line = line.parse::<usize>().unwrap() - 1,
                _ => found.typed.push(line.to_owned()),
            }
        }
        (!found.typed.is_empty()).then_some(found)
    });
    mistakes.collect()
}

fn templates() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/emails");
    let of = |name: &str| Source { path: format!("emails/{name}"), text: read(&folder.join(name)) };
    ["plain.html", "two_links.html", "confirm.html"].map(of).into()
}

/// What was written around a mistake, and where it begins.
struct Around {
    before: String,
    after: String,
    /// The file of the template where it is that, and not the program, that mistakes are made in.
    template: Option<String>,
    indent: String,
}

impl Around {
    fn of(place: &str) -> Self {
        let template =
            ENDINGS.map(|ending| format!("{place}.{ending}")).into_iter().find(|file| folder().join(file).exists());
        let text = read(&folder().join(template.clone().unwrap_or_else(|| format!("{place}.flow"))));
        let (before, after) = text.split_once(HERE).unwrap();
        let indent = before.rsplit('\n').next().unwrap_or_default();
        assert!(indent.trim().is_empty(), "{place}: a mistake begins its line");
        let (before, after, indent) = (before.to_owned(), after.to_owned(), indent.to_owned());
        Self { before, after, template, indent }
    }

    fn with(&self, lines: &[String]) -> String {
        format!("{}{}{}", self.before, lines.join(&format!("\n{}", self.indent)), self.after)
    }

    fn compiled(&self, place: &str, text: String) -> Compilation {
        let program = Source { path: "project.flow".to_owned(), text: read(&folder().join("project.flow")) };
        let mut project = Project {
            name: "mistakes".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            zones: flow_runtime::time::civil::ZONES,
            sender: Some("hello@acme.example".to_owned()),
            lints: Levels::all(Level::Off),
            sources: vec![Source { path: format!("{place}.flow"), text: text.clone() }, program],
            templates: templates(),
        };
        if let Some(template) = &self.template {
            project.sources[0].text = read(&folder().join(format!("{place}.flow")));
            project.templates.insert(0, Source { path: format!("emails/{template}"), text });
        }
        compile(&project)
    }
}

fn errors(compilation: &Compilation) -> Vec<&Diagnostic> {
    compilation.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect()
}

/// What is not as it should be.
fn faults(mistake: &Mistake) -> Result<(), String> {
    let around = Around::of(&mistake.place);
    let text = around.with(&mistake.typed);
    let compilation = around.compiled(&mistake.place, text.clone());
    let found = errors(&compilation);
    let [found] = found.as_slice() else { return Err(format!("{} messages instead of one", found.len())) };
    let file = found.at().map(|at| compilation.sources.get(at).unwrap().path.clone());
    let in_program = || format!("{}.flow", mistake.place);
    let expected = around.template.as_ref().map_or_else(in_program, |template| format!("emails/{template}"));
    if file.as_deref() != Some(expected.as_str()) {
        return Err(format!("it points into {file:?}"));
    }
    let at = LineIndex::new(&text).line_column(&text, found.at().unwrap().span.start).line as usize;
    let first = around.before.matches('\n').count() + 1;
    if at != first + mistake.right.line {
        return Err(format!("it points at line {at}, not at line {}", first + mistake.right.line));
    }
    let shown = [Some(&found.message), found.why.as_ref(), found.help.as_ref()].into_iter().flatten();
    let mut shown: String = shown.cloned().collect::<Vec<_>>().join("\n");
    shown.push_str(&found.labels.iter().map(|label| format!("\n{}", label.text)).collect::<String>());
    if let Some(words) = mistake.right.says.iter().find(|words| !shown.contains(words.as_str())) {
        return Err(format!("it does not say: {words}"));
    }
    compiles(mistake, &around, &edited(&text, &found.edits), found)?;
    let shown: Vec<String> =
        found.readings.iter().map(|reading| mended(&edited(&text, &reading.edits), &around)).collect();
    if shown != mistake.right.readings {
        return Err(format!("it shows these readings: {shown:?}"));
    }
    for reading in &mistake.right.readings {
        let compilation = around.compiled(&mistake.place, around.with(std::slice::from_ref(reading)));
        if let Some(error) = errors(&compilation).first() {
            return Err(format!("a reading does not compile: {reading}: {}", error.message));
        }
    }
    Ok(())
}

/// Whether the edits give the mended lines, and these a program.
fn compiles(mistake: &Mistake, around: &Around, edited: &str, found: &Diagnostic) -> Result<(), String> {
    if mistake.right.mended.is_empty() {
        let silent = mistake.right.readings.is_empty() && mistake.right.says.is_empty();
        assert!(!silent, "{}: {:?}: what is right?", mistake.place, mistake.typed);
        return if found.edits.is_empty() {
            Ok(())
        } else {
            Err(format!("nobody asked for: {}", mended(edited, around)))
        };
    }
    let right = around.with(&mistake.right.mended);
    // Where words are left to whoever writes them, these are asked for until they are there.
    if let Some(error) = errors(&around.compiled(&mistake.place, right.replace("\"…\"", "\"Hello\""))).first() {
        return Err(format!("what is right does not compile: {}", error.message));
    }
    if edited != right {
        return Err(format!("it mends it as {}", mended(edited, around)));
    }
    Ok(())
}

fn mended(edited: &str, around: &Around) -> String {
    let rest = edited.strip_prefix(around.before.as_str()).unwrap_or(edited);
    rest.strip_suffix(around.after.as_str()).unwrap_or(rest).to_owned()
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.at.span.start);
    let mut text = text.to_owned();
    for edit in edits.iter().rev() {
        text.replace_range(edit.at.span.range(), &edit.text);
    }
    text
}

/// What is not as it should be, with what is drawn.
fn told(mistake: &Mistake) -> Option<String> {
    let fault = faults(mistake).err()?;
    let around = Around::of(&mistake.place);
    let compilation = around.compiled(&mistake.place, around.with(&mistake.typed));
    let drawn: Vec<String> = errors(&compilation)
        .iter()
        .take(3)
        .map(|found| Human { colour: false, width: WIDTH }.render(found, &compilation.sources))
        .collect();
    Some(format!("== {}: {}\n   {fault}\n{}", mistake.place, mistake.typed.join("\n"), drawn.join("\n")))
}

#[test]
fn every_mistake_gets_one_message_that_mends_it() {
    let mut places: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    places.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    places.sort();
    let mistakes: Vec<Mistake> = places.iter().flat_map(|place| mistakes(place)).collect();
    let all = mistakes.len();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let told = |mistakes: &[Mistake]| mistakes.iter().filter_map(told).collect::<Vec<String>>();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let parts = mistakes.chunks(all.div_ceil(threads).max(1));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || told(part))).collect();
        running.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(all > 100, "only {all} mistakes were found");
    assert!(wrong.is_empty(), "{}\n{} of {all} are not mended as they should be", wrong.join("\n"), wrong.len());
}

/// One slip in a file that was right, or had a few mistakes: lines swapped, cut, joined, moved. What follows from it is not told.
#[test]
fn a_slip_of_the_hand_is_no_flood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cascades");
    let most = read(&folder.join("most.txt"));
    let mut seen = 0;
    for line in most.lines().filter(|line| !line.starts_with('#')) {
        let (most, name) = line.trim().split_once(' ').unwrap();
        let project = Project {
            name: "cascades".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            zones: flow_runtime::time::civil::ZONES,
            sender: Some("hello@acme.example".to_owned()),
            lints: Levels::all(Level::Off),
            sources: vec![Source { path: format!("{name}.flow"), text: read(&folder.join(format!("{name}.flow"))) }],
            templates: all_templates(),
        };
        let compilation = compile(&project);
        let found = errors(&compilation);
        let drawn = || found.iter().map(|found| format!("{found:?}\n")).collect::<String>();
        assert!(found.len() <= most.parse().unwrap(), "{name}: {} messages\n{}", found.len(), drawn());
        seen += 1;
    }
    assert_eq!(seen + 1, fs::read_dir(&folder).unwrap().count(), "a file is not in most.txt");
}

/// The templates of the corpus and of the example.
fn all_templates() -> Vec<Source> {
    let folders = ["tests/corpus/emails", "examples/guide_nurture/emails"];
    let files = folders.iter().flat_map(|folder| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    });
    let mut templates: Vec<Source> = files
        .map(|path| Source {
            path: format!("emails/{}", path.file_name().unwrap().to_str().unwrap()),
            text: read(&path),
        })
        .collect();
    templates.sort_by(|one, other| one.path.cmp(&other.path));
    templates
}
