//! What holds of every text.
//!
//! No panic (whoever calls this catches one), the same findings twice, findings that can be drawn within bounds and whose places and
//! edits lie in their files, no sign in a drawing that a terminal would obey, a layout that is settled and means the same, and a program
//! that was accepted is sound, compiles on both backends and means the same on both.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Once;

use flow_front::diagnostics::render::{Human, Sources, json::json};
use flow_front::diagnostics::{Diagnostic, Edit, Severity};
use flow_front::format::format;
use flow_front::lints::{Level, Levels};
use flow_front::source::{FileId, Source};
use flow_front::syntax::parse;
use flow_front::templates::{FieldShape, FieldValue, SendUrls, Template, TemplateScope};
use flow_front::{Compilation, Project, compile};
use flow_ir::{EmailContent, Meaning, Program};

use crate::backends;

/// The most that one finding may take on a terminal, and as JSON. Wider words of people (names of 40,000 letters) are cut.
const MOST_DRAWN_BYTES: usize = 24 << 10;
/// A finding of a text may quote it; no text is quoted often.
const MOST_JSON_BYTES_BESIDE_THE_TEXT: usize = 16 << 10;
/// As many as the command draws.
const MOST_DRAWN: usize = 200;
/// Of those that a template mentions, its mail has a link.
const LINKS: [&str; 3] = ["guide", "case-study", "more"];
/// Contacts that both backends are tried on.
const CONTACTS: u64 = 3;

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which one; a smaller text that breaks the same one is as good.
    pub promise: &'static str,
    /// What was seen.
    pub seen: String,
}

impl Broken {
    fn new(promise: &'static str, seen: impl Into<String>) -> Self {
        Self { promise, seen: seen.into() }
    }
}

/// Among the kinds of a program that was accepted.
pub const ACCEPTED: &str = "accepted";

/// What an input led to, in words: two inputs that led to the same are of one kind.
pub type Kinds = BTreeSet<String>;

fn promise(holds: bool, promise: &'static str, seen: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken::new(promise, seen())) }
}

fn project(text: &str, templates: &[Source]) -> Project {
    Project {
        timezone: "Europe/Berlin".to_owned(),
        lints: Levels::all(Level::Warn),
        sources: vec![Source { path: "fuzz.flow".to_owned(), text: text.to_owned() }],
        templates: templates.to_vec(),
        ..Project::default()
    }
}

/// Of the parser alone.
pub fn parser(text: &str) -> Result<Kinds, Broken> {
    let (tree, found) = parse(FileId(0), text);
    let (again, found_again) = parse(FileId(0), text);
    promise(found == found_again && tree.comments == again.comments, "the same twice", || {
        format!("{found:?}\n{found_again:?}")
    })?;
    let sources = Sources::new(vec![Source { path: "fuzz.flow".to_owned(), text: text.to_owned() }]);
    for comment in &tree.comments {
        let whole = text.get(comment.span.range()).is_some_and(|comment| comment.starts_with("//"));
        promise(whole, "comments are where they say", || format!("{comment:?}"))?;
    }
    readable(&found, &sources, text.len())?;
    Ok(kinds(&found, None))
}

/// Of everything that `flow check` does, and of what becomes of a program that it accepts.
pub fn checker(text: &str, templates: &[Source]) -> Result<Kinds, Broken> {
    let project = project(text, templates);
    let compilation = compile(&project);
    sound(&compilation, text.len())?;
    let again = compile(&project);
    promise(compilation.diagnostics == again.diagnostics, "the same twice", || {
        format!("{:?}\n{:?}", compilation.diagnostics, again.diagnostics)
    })?;
    promise(compilation.program == again.program, "the same program twice", String::new)?;
    if let Some(program) = &compilation.program {
        backends::agree(program, 0..CONTACTS).map_err(|seen| Broken::new("both backends mean the same", seen))?;
    }
    Ok(kinds(&compilation.diagnostics, compilation.program.as_ref()))
}

/// Of what one finding suggests, in a project that was compiled: whoever makes its changes, or those of one of its readings, is rid of it
/// and earns no other error. How many such lines there were.
pub fn mends(project: &Project, before: &Compilation, found: &Diagnostic) -> Result<usize, Broken> {
    let own = (!found.edits.is_empty()).then_some(&found.edits);
    let shown: Vec<&Vec<Edit>> = own.into_iter().chain(found.readings.iter().map(|reading| &reading.edits)).collect();
    for edits in &shown {
        let after = compile(&edited(project, before, edits));
        let count = |of: &Compilation| of.diagnostics.iter().filter(|other| said(other) == said(found)).count();
        promise(count(&after) < count(before), "a mended line is right", || format!("{}: {edits:?}", found.message))?;
        // A finding that names its line's words says the same of another line.
        let mut left: Vec<(&str, &str)> = errors(before).filter(|other| *other != found).map(said).collect();
        for error in errors(&after) {
            match left.iter().position(|other| *other == said(error)) {
                Some(at) => drop(left.swap_remove(at)),
                None => {
                    let seen = format!("{}: {edits:?} earns {}", found.message, error.message);
                    return Err(Broken::new("a mended line earns no other error", seen));
                }
            }
        }
    }
    Ok(shown.len())
}

fn errors(compilation: &Compilation) -> impl Iterator<Item = &Diagnostic> {
    compilation.diagnostics.iter().filter(|found| found.is_error())
}

fn said(found: &Diagnostic) -> (&'static str, &str) {
    (found.code.number(), &found.message)
}

/// The project with changes made in one of its files.
fn edited(project: &Project, before: &Compilation, edits: &[Edit]) -> Project {
    let mut project = project.clone();
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.at.span);
    let Some(source) = edits.first().and_then(|first| before.sources.get(first.at)) else { return project };
    let mut text = source.text.clone();
    for edit in edits.iter().rev() {
        text.replace_range(edit.at.span.range(), &edit.text);
    }
    let mut files = project.sources.iter_mut().chain(&mut project.templates);
    if let Some(file) = files.find(|file| file.path == source.path) {
        file.text = text;
    }
    project
}

/// Of `flow fmt`.
pub fn formatter(text: &str, templates: &[Source]) -> Result<Kinds, Broken> {
    let (_, found) = parse(FileId(0), text);
    let is_readable = found.iter().all(|found| found.severity != Severity::Error);
    let formatted = match format(text) {
        Ok(formatted) => formatted,
        Err(errors) => {
            promise(!is_readable && !errors.is_empty(), "what can be read is laid out", || format!("{errors:?}"))?;
            return Ok(kinds(&errors, None));
        }
    };
    promise(is_readable, "what cannot be read is left alone", || formatted.clone())?;
    let twice = format(&formatted)
        .map_err(|errors| Broken::new("a layout can be read", format!("{formatted}\n{:?}", errors.first())))?;
    promise(twice == formatted, "a layout is settled", || format!("{formatted}\n---- the second time\n{twice}"))?;
    promise(comments(text) == comments(&formatted), "a layout keeps the comments", || formatted.clone())?;
    let (before, after) = (compile(&project(text, templates)), compile(&project(&formatted, templates)));
    let same = before.program.as_ref().map(means) == after.program.as_ref().map(means);
    promise(same, "a layout means the same", || formatted.clone())?;
    promise(codes(&before) == codes(&after), "a layout has the same findings", || {
        format!("{:?}\n{:?}\n{formatted}", codes(&before), codes(&after))
    })?;
    let mut kinds = kinds(&found, before.program.as_ref());
    kinds.extend(formatted.lines().map(|line| format!("line {}", line.split(['"', ' ']).next().unwrap_or_default())));
    Ok(kinds)
}

/// Of a template under the path of a mail, in a project that sends it.
pub fn template(source: &Source) -> Result<Kinds, Broken> {
    let links = LINKS.into_iter().filter(|alias| source.text.contains(alias));
    let links: String =
        links.map(|alias| format!("  link \"{alias}\" to \"https://acme.example/{alias}\"\n")).collect();
    let (path, head) = (&source.path, "use std.b2b\ncontact { nick text? }\nemail hello {\n  subject \"Hello\"\n");
    let text = format!(
        "{head}  template \"{path}\"\n{links}}}\nworkflow w {{\n  enter when signed_up\n  reenter never\n  send hello\n}}\n"
    );
    let project = project(&text, std::slice::from_ref(source));
    let compilation = compile(&project);
    sound(&compilation, source.text.len())?;
    let again = compile(&project);
    promise(compilation.diagnostics == again.diagnostics, "the same twice", || {
        format!("{:?}\n{:?}", compilation.diagnostics, again.diagnostics)
    })?;
    if let Some(program) = &compilation.program {
        for email in program.debug.emails.values() {
            mails(program, &email.html)?;
        }
    }
    Ok(kinds(&compilation.diagnostics, compilation.program.as_ref()))
}

/// Fills a mail in for somebody who has everything, and for somebody who has nothing that may be missing.
fn mails(program: &Program, html: &str) -> Result<(), Broken> {
    const VALUE: &str = "<\"&'{{ x }}{% y %}\u{202e}";
    let shape = |field: &flow_ir::Field| FieldShape {
        printable: !matches!(field.ty, flow_ir::FieldType::YesNo),
        optional: field.optional,
    };
    let fields: BTreeMap<String, FieldShape> =
        program.fields.values().map(|field| (field.name.clone(), shape(field))).collect();
    let links: BTreeMap<String, String> = LINKS.map(|alias| (alias.to_owned(), String::new())).into();
    let scope = TemplateScope { fields: fields.into(), links: links.clone(), marketing: true, ..Default::default() };
    let broken = |fault: flow_front::templates::RenderFault| Broken::new("a mail can be filled in", fault.to_string());
    let template = Template::from_html(html, &scope).map_err(broken)?;
    for has_all in [true, false] {
        let value = |name: &str| match scope.fields.get(name)? {
            FieldShape { optional: true, .. } if !has_all => None,
            FieldShape { printable: false, .. } => Some(FieldValue::Truth(has_all)),
            FieldShape { .. } => Some(FieldValue::Text(VALUE)),
        };
        let urls = SendUrls {
            unsubscribe_url: "https://u.example/1",
            confirm_url: "",
            sender_address: "1 Main Street",
            links: &links,
        };
        let mail = template.render(value, urls).map_err(broken)?;
        promise(!mail.contains("<\"&"), "what people are called is no markup", || mail.clone())?;
    }
    Ok(())
}

fn sound(compilation: &Compilation, bytes: usize) -> Result<(), Broken> {
    let unsaid = compilation.faults.iter().find(|fault| fault.place == flow_front::CHECKER);
    promise(unsaid.is_none(), "what is wrong is said", || format!("{unsaid:?}"))?;
    promise(compilation.faults.is_empty(), "what is accepted is sound", || format!("{:?}", compilation.faults))?;
    let accepted = compilation.program.is_some();
    promise(accepted != compilation.has_errors(), "refused if and only if something is wrong", || {
        format!("{:?}", compilation.diagnostics.first())
    })?;
    readable(&compilation.diagnostics, &compilation.sources, bytes)
}

/// The places of findings, and what is drawn of them.
fn readable(found: &[Diagnostic], sources: &Sources, bytes: usize) -> Result<(), Broken> {
    for diagnostic in found {
        let seen = || format!("{diagnostic:?}");
        promise(!diagnostic.labels.is_empty() || is_of_the_whole(diagnostic), "a finding has a place", seen)?;
        for label in &diagnostic.labels {
            let lies = sources.get(label.at).is_some_and(|it| it.text.get(label.at.span.range()).is_some());
            promise(lies, "a place lies in its file, between characters", seen)?;
        }
        edits(diagnostic, sources)?;
    }
    for diagnostic in found.iter().take(MOST_DRAWN) {
        let drawn = Human { colour: false, width: 100 }.render(diagnostic, sources);
        let obeyed = |c: char| c != '\n' && flow_front::shown::is_obeyed(c);
        promise(!drawn.contains(obeyed), "a terminal obeys nothing that is drawn", || format!("{drawn:?}"))?;
        let length = drawn.len();
        promise(length <= MOST_DRAWN_BYTES, "a drawing is bounded", || format!("{length} bytes: {drawn:.2000}"))?;
        let json =
            serde_json::to_string(&json(diagnostic, sources)).map_err(|it| Broken::new("JSON", it.to_string()))?;
        let length = json.len();
        let most = 8 * bytes + MOST_JSON_BYTES_BESIDE_THE_TEXT;
        promise(length <= most, "JSON is bounded", || format!("{length} bytes of {bytes}: {json:.2000}"))?;
    }
    Ok(())
}

fn is_of_the_whole(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == flow_front::diagnostics::Code::TooLarge
}

fn edits(diagnostic: &Diagnostic, sources: &Sources) -> Result<(), Broken> {
    let seen = || format!("{diagnostic:?}");
    let mut edits: Vec<_> = diagnostic.edits.iter().collect();
    edits.sort_by_key(|edit| edit.at);
    let one_file = edits.windows(2).all(|two| two[0].at.file == two[1].at.file);
    promise(one_file, "the edits of a finding are in one file", seen)?;
    let apart = edits.windows(2).all(|two| two[0].at.span.end <= two[1].at.span.start);
    promise(apart, "edits do not overlap", seen)?;
    let lies = |edit: &&flow_front::diagnostics::Edit| {
        sources.get(edit.at).is_some_and(|it| it.text.get(edit.at.span.range()).is_some())
    };
    promise(edits.iter().all(lies), "an edit lies in its file, between characters", seen)
}

/// What a program does and sends, apart from where that is written.
fn means(program: &Program) -> (&Meaning, Vec<&EmailContent>) {
    (&program.meaning, program.debug.emails.values().collect())
}

fn comments(text: &str) -> Vec<String> {
    let (tree, _) = parse(FileId(0), text);
    let mut comments: Vec<String> = tree.comments.iter().map(|it| it.span.text(text).trim_end().to_owned()).collect();
    comments.sort();
    comments
}

fn codes(compilation: &Compilation) -> Vec<&'static str> {
    let mut codes: Vec<_> = compilation.diagnostics.iter().map(|found| found.code.number()).collect();
    codes.sort_unstable();
    codes
}

/// Codes, neighbours of codes, the shape of messages, and which ops and ends a program is made of.
fn kinds(found: &[Diagnostic], program: Option<&Program>) -> Kinds {
    let mut kinds: Kinds =
        found.windows(2).map(|two| format!("{} {}", two[0].code.number(), two[1].code.number())).collect();
    kinds.extend(found.iter().map(|it| format!("{} {}", it.code.number(), shape(&it.message))));
    if let Some(program) = program {
        kinds.insert(ACCEPTED.to_owned());
        let functions = program.predicates.values().map(|it| &it.function);
        for function in functions.chain(program.workflows.values().map(|it| &it.body)) {
            for block in function.blocks.values() {
                let ops: Vec<String> = block.ops.values().map(|op| variant(&format!("{op:?}"))).collect();
                kinds.extend(ops.windows(2).map(|two| two.join(" ")));
                kinds.insert(format!(
                    "{} {}",
                    ops.last().cloned().unwrap_or_default(),
                    variant(&format!("{:?}", block.end))
                ));
            }
        }
    }
    kinds
}

/// A message without the words of the text.
fn shape(message: &str) -> String {
    message.split('`').step_by(2).flat_map(|part| part.split(|c: char| c.is_ascii_digit())).collect()
}

fn variant(debug: &str) -> String {
    debug.chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// Runs one of the above; a panic is a promise broken.
pub fn caught(run: impl FnOnce() -> Result<Kinds, Broken>) -> Result<Kinds, Broken> {
    static HOOK: Once = Once::new();
    // The words of a panic come with the text that led to it, once that is as small as it gets.
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| match CATCHING.get() {
            true => LAST.set(panic.to_string()),
            false => others(panic),
        }));
    });
    CATCHING.set(true);
    // Nothing is looked at again that a panic could have left half-way: each input is read anew.
    let ended = std::panic::catch_unwind(AssertUnwindSafe(run));
    CATCHING.set(false);
    ended.unwrap_or_else(|_| Err(Broken::new("no panic", LAST.take())))
}

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LAST: Cell<String> = const { Cell::new(String::new()) };
}
