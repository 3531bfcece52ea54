//! A project's files: where they are, which belong to it, and their texts.
//!
//! ```text
//! flow.toml          marks the folder
//! **/*.flow          one program, in the order of their paths
//! **/*.mjml *.html   the templates that emails name
//! ```
//!
//! Hidden folders, `out`, `target` and `node_modules` are not looked into: tools write there. Folders behind symbolic links are not
//! either, for they may lead in circles. A template that cannot be read stops the program only where an email names it. What a project may
//! hold has limits, so that the wrong folder is an error and not a long wait.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flow_front::source::Source;
use flow_front::syntax::MAX_SOURCE_BYTES;
use flow_front::templates::{MAX_TEMPLATE_BYTES, TemplateKind};
use flow_runtime::settings::{FILE_NAME, MAX_FILE_BYTES, open_plain};
use flow_runtime::system;

use crate::output::Failure;

const SKIPPED_FOLDERS: [&str; 3] = ["out", "target", "node_modules"];
/// A byte order mark.
const MARK: char = '\u{feff}';
const MAX_DEPTH: usize = 16;
/// Files and folders that are looked at.
const MAX_ENTRIES: usize = 50_000;
/// Files that are read.
const MAX_FILES: usize = 2_000;
const MAX_TOTAL_BYTES: usize = 64 << 20;
/// Further failures are counted.
const SHOWN_FAILURES: usize = 10;

/// The texts of a project.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) sources: Vec<Source>,
    pub(crate) templates: Vec<Source>,
}

/// The project's folder: the given one, or the nearest from the current one upward that has a `flow.toml`.
pub(crate) fn find(given: Option<&Path>) -> Result<PathBuf, Failure> {
    match given {
        Some(folder) => check_given(folder),
        None => search_upward(),
    }
}

fn check_given(folder: &Path) -> Result<PathBuf, Failure> {
    let shown = folder.display();
    let found = fs::metadata(folder).map_err(|error| {
        Failure::new(format!("`{shown}` cannot be opened: {}", reason(&error)), "give the folder that holds flow.toml")
    })?;
    if found.is_file() {
        let help = "give the folder that holds flow.toml: all `.flow` files below it form one program";
        return Err(Failure::new(format!("`{shown}` is a file, and a project is a folder"), help));
    }
    if folder.join(FILE_NAME).exists() {
        return Ok(folder.to_owned());
    }
    Err(Failure::new(format!("`{shown}` has no {FILE_NAME}"), how_to_begin()))
}

fn search_upward() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().map_err(|error| {
        Failure::new(
            format!("the current folder cannot be read: {}", reason(&error)),
            "give the project's folder behind the command",
        )
    })?;
    // Anything but a folder of that name is meant to be it; where it is no plain file, reading it says so.
    let is_marked = |folder: &&Path| fs::metadata(folder.join(FILE_NAME)).is_ok_and(|settings| !settings.is_dir());
    let found = here.ancestors().find(is_marked);
    found.map(Path::to_owned).ok_or_else(|| {
        let message =
            format!("there is no project here: neither `{}` nor a folder above it has a {FILE_NAME}", here.display());
        Failure::new(message, format!("go to a project's folder, give one behind the command, or {}", how_to_begin()))
    })
}

fn how_to_begin() -> String {
    format!(
        "begin a project by writing a {FILE_NAME} with\n  [project]\n  name = \"spring_campaign\"\n  timezone = \"Europe/Berlin\""
    )
}

/// The text of `flow.toml`.
pub(crate) fn settings_text(folder: &Path) -> Result<String, Failure> {
    read_text(&folder.join(FILE_NAME), FILE_NAME, MAX_FILE_BYTES)
}

/// All texts of a project, or every file that cannot be read.
pub(crate) fn read(folder: &Path) -> Result<Files, Vec<Failure>> {
    let mut found = list(folder).map_err(|failure| vec![failure])?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    if !found.iter().any(|file| file.kind == Kind::Flow) {
        return Err(vec![no_flow_file(folder)]);
    }
    if found.len() > MAX_FILES {
        return Err(vec![too_much(folder, &format!("{} files to read", found.len()), &format!("{MAX_FILES}"))]);
    }
    read_all(folder, found)
}

/// The `.flow` files below a folder, whether or not it is a project's: paths from there on, in their order.
pub(crate) fn flow_files(folder: &Path) -> Result<Vec<String>, Failure> {
    let found = list(folder)?.into_iter().filter(|file| file.kind == Kind::Flow);
    let mut paths: Vec<String> = found.map(|file| file.path).collect();
    if paths.is_empty() {
        return Err(no_flow_file(folder));
    }
    paths.sort();
    Ok(paths)
}

fn no_flow_file(folder: &Path) -> Failure {
    let help = "write a workflow into a file whose name ends in `.flow`, in this folder or below it";
    Failure::new(format!("`{}` has no `.flow` file", folder.display()), help)
}

fn read_all(folder: &Path, found: Vec<Found>) -> Result<Files, Vec<Failure>> {
    let mut files = Files::default();
    let mut failures = Vec::new();
    // A template that nobody names is none of the program's business.
    let mut unread: Vec<(String, Failure)> = Vec::new();
    let mut total = 0;
    for Found { path, kind } in found {
        let limit = if kind == Kind::Flow { MAX_SOURCE_BYTES } else { MAX_TEMPLATE_BYTES };
        match read_text(&folder.join(&path), &path, limit) {
            Err(failure) if kind == Kind::Template => unread.push((path, failure)),
            Err(failure) => failures.push(failure),
            Ok(text) => {
                total += text.len();
                let texts = if kind == Kind::Flow { &mut files.sources } else { &mut files.templates };
                texts.push(Source { path, text });
            }
        }
        if total > MAX_TOTAL_BYTES {
            return Err(vec![too_much(folder, "too much text", &format!("{} MiB", MAX_TOTAL_BYTES >> 20))]);
        }
    }
    let is_named = |path: &str| files.sources.iter().any(|source| source.text.contains(&format!("\"{path}\"")));
    failures.extend(unread.into_iter().filter(|(path, _)| is_named(path)).map(|(_, failure)| failure));
    if failures.is_empty() { Ok(files) } else { Err(shortened(failures)) }
}

fn shortened(mut failures: Vec<Failure>) -> Vec<Failure> {
    let more = failures.len().saturating_sub(SHOWN_FAILURES);
    failures.truncate(SHOWN_FAILURES);
    if more > 0 {
        failures.push(Failure::new(format!("{more} more files cannot be read"), "mend these first"));
    }
    failures
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flow,
    Template,
}

/// A file that belongs to the project.
#[derive(Debug)]
struct Found {
    /// From the project's folder on, with `/`.
    path: String,
    kind: Kind,
}

fn list(folder: &Path) -> Result<Vec<Found>, Failure> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new(), 0)];
    let mut entries = 0;
    while let Some((folder_path, prefix, depth)) = open.pop() {
        let unreadable = |error: io::Error| {
            let shown = if prefix.is_empty() { folder.display().to_string() } else { prefix.clone() };
            let help = system::help(&error).unwrap_or("check who may read it");
            Failure::new(format!("the folder `{shown}` cannot be read: {}", reason(&error)), help)
        };
        for entry in fs::read_dir(&folder_path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            entries += 1;
            if entries > MAX_ENTRIES {
                return Err(too_much(folder, "too many files and folders", &format!("{MAX_ENTRIES}")));
            }
            let written = entry.file_name();
            let name = written.to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let is_folder = entry.file_type().map_err(unreadable)?.is_dir();
            let kind = if is_folder { None } else { kind_of(&name) };
            // Its name in another form would name no file.
            if written.to_str().is_none() && (kind == Some(Kind::Flow) || (is_folder && is_looked_into(&name))) {
                return Err(not_utf8_name(&path));
            }
            let is_nameless = written.to_str().is_none();
            if !is_folder {
                found.extend(kind.filter(|_| !is_nameless).map(|kind| Found { path, kind }));
            } else if is_looked_into(&name) {
                if depth == MAX_DEPTH {
                    return Err(too_much(folder, "folders inside folders", &format!("{MAX_DEPTH} levels")));
                }
                open.push((entry.path(), path + "/", depth + 1));
            }
        }
    }
    Ok(found)
}

fn is_looked_into(name: &str) -> bool {
    !name.starts_with('.') && !SKIPPED_FOLDERS.contains(&name)
}

fn kind_of(name: &str) -> Option<Kind> {
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        // `.flow` alone is a hidden file, and `.name.flow` is what an editor leaves behind.
        _ if stem.is_empty() || name.starts_with('.') => None,
        "flow" => Some(Kind::Flow),
        _ => TemplateKind::from_extension(extension).map(|_| Kind::Template),
    }
}

fn read_text(path: &Path, shown: &str, limit: usize) -> Result<String, Failure> {
    let text = read_as_is(path, shown, limit)?;
    // Some editors put a byte order mark first.
    let text = text.strip_prefix(MARK).map(str::to_owned).unwrap_or(text);
    if text.starts_with(MARK) {
        return Err(Failure::new(
            format!("`{shown}` begins with two byte order marks: line 1 has a character that nobody sees"),
            "two files were joined, or one was converted twice: save it again as UTF-8, without a mark (editors call it BOM)",
        ));
    }
    Ok(text)
}

/// The text of one `.flow` file as it lies there, its byte order mark with it.
pub(crate) fn flow_text(path: &Path, shown: &str) -> Result<String, Failure> {
    read_as_is(path, shown, MAX_SOURCE_BYTES)
}

fn read_as_is(path: &Path, shown: &str, limit: usize) -> Result<String, Failure> {
    let unreadable = |error: io::Error| {
        let help = match error.kind() {
            _ if system::help(&error).is_some() => system::help(&error).unwrap_or_default(),
            io::ErrorKind::Unsupported => "put a file in its place, or move it out of the project's folder",
            _ => "check that it is there and who may read it",
        };
        Failure::new(format!("`{shown}` cannot be read: {}", reason(&error)), help)
    };
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    open_plain(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() > limit {
        let help = "check that it is the right file; if it is, split it, and if it is not part of the project, move it out of the folder";
        return Err(Failure::new(format!("`{shown}` has more than {} KiB", limit >> 10), help));
    }
    String::from_utf8(bytes).map_err(|error| not_utf8(shown, &error))
}

fn not_utf8_name(shown: &str) -> Failure {
    Failure::new(
        format!("the name of `{shown}` has a character in another encoding than UTF-8, so no program can name it"),
        "rename it, with plain letters where the sign � is",
    )
}

fn not_utf8(shown: &str, error: &std::string::FromUtf8Error) -> Failure {
    let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    Failure::new(
        format!("`{shown}` is not UTF-8 text: line {line} has a character in another encoding"),
        "save it again as UTF-8 (editors call it the encoding of the file)",
    )
}

fn too_much(folder: &Path, what: &str, limit: &str) -> Failure {
    Failure::new(
        format!("`{}` has {what}: a project has at most {limit}", folder.display()),
        "check that it is the right folder, and move out of it what is not part of the project",
    )
}

pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is nothing of this name".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => system::said(error),
    }
}
