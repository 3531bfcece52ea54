//! What a terminal would obey never reaches one, whichever command says it and wherever it stands: in file names, texts, titles,
//! templates, settings, data and arguments. It is shown as an escape. Machines get it as it is.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use flow_front::shown::is_obeyed;
use tempfile::TempDir;

/// Empties the screen, colours what follows, turns its direction, goes back to the line's beginning, ends a string in C.
const EVIL: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\r\u{7}\u{7f}";

fn settings(name: &str) -> String {
    format!(
        "[project]\nname = \"{name}\"\ntimezone = \"UTC\"\n[sender]\nfrom = \"Acme <hello@acme.example>\"\naddress = \"1 Main Street\"\n\
         unsubscribe_url = \"https://acme.example/unsubscribe\"\n[mail]\nconnector = \"file\"\n"
    )
}

const TEMPLATE: &str = "<p>Hello <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p>\n";

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A project whose every name and text holds what a terminal obeys; `wrong` makes mistakes of it too.
fn project(wrong: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(path, "flow.toml", &settings("spring"));
    write(path, "emails/a\u{1b}[2J.html", TEMPLATE);
    let title = EVIL.replace('\r', "");
    let mut text = format!(
        "use std.b2b\n// {title}\nemail hello {{\n  subject \"Hello {title}\"\n  template \"emails/a\u{1b}[2J.html\"\n}}\n\
         workflow w \"Title {title}\" {{\n  goal \"Goal {title}\" when customer\n  enter when signed_up\n  reenter never\n  exit when disqualified\n     send hello\n}}\n"
    );
    if wrong {
        text = text
            .replace("send hello", &format!("send hallo // {title}\n  set industrie = \"{title}\"\n  sendd {EVIL}"));
        write(
            path,
            "emails/a\u{1b}[2J.html",
            &format!("{TEMPLATE}{{{{ firstname{title} }}}} {title} {{{{ nobody }}}}{EVIL}"),
        );
    }
    write(path, "evil\u{1b}[31m\u{202e}.flow", &text);
    folder
}

fn flow(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_flow")).args(arguments).current_dir(folder).output().unwrap()
}

/// All that was said, once it is clear that a terminal may have it.
#[track_caller]
fn harmless(output: &Output) -> String {
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let obeyed: Vec<char> = said.chars().filter(|sign| is_obeyed(*sign)).collect();
    assert!(obeyed.is_empty(), "{obeyed:?} in\n{said:?}");
    said
}

#[test]
fn check_shows_escapes() {
    let folder = project(true);
    let said = harmless(&flow(folder.path(), &["check"]));
    // A lone carriage return ends a line, so it is in none; the raw one `harmless` has already looked for.
    for part in ["evil\\u{1b}[31m\\u{202e}.flow", "a\\u{1b}[2J.html", "\\u{9b}31m\\u{202e}\\u{2066}\\u{7}\\u{7f}"] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    write(folder.path(), "flow.toml", &settings("spring").replace("UTC", &format!("Nowhere{}", "\\u001b[2J\\u202e")));
    harmless(&flow(folder.path(), &["check"]));
    write(folder.path(), "flow.toml", &format!("{}\n[what{EVIL}]\n", settings("spring")));
    harmless(&flow(folder.path(), &["check"]));
    harmless(&flow(folder.path(), &["check", &format!("nowhere{EVIL}")]));
}

/// In colour, what is obeyed is colour and nothing else.
#[test]
fn colours_are_our_own() {
    let folder = project(true);
    for arguments in [&["--color", "always", "check"][..], &["--color", "always", "fmt", "--check"]] {
        let output = flow(folder.path(), arguments);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let mut rest = said.as_str();
        let mut styles = 0;
        while let Some((before, behind)) = rest.split_once("\u{1b}[") {
            assert!(!before.contains(is_obeyed), "{before:?}");
            let (style, behind) = behind.split_once('m').unwrap();
            assert!(style.chars().all(|sign| sign.is_ascii_digit() || sign == ';'), "{style:?}");
            (rest, styles) = (behind, styles + 1);
        }
        assert!(!rest.contains(is_obeyed), "{rest:?}");
        assert!(styles > 2, "{said}");
        assert!(said.contains("\\u{1b}[31m"), "{said}");
    }
}

#[test]
fn run_shows_escapes() {
    let folder = project(false);
    let path = folder.path();
    let run = "[run]\nstart = 2026-03-02\ndays = 3\n[import]\ncontacts = \"contacts.csv\"\n[events]\njsonl = \"events.jsonl\"\n";
    write(path, "flow.toml", &format!("{}{run}", settings("spring")));
    write(
        path,
        "contacts.csv",
        &format!("user_id,email,industry\nu1,a@x.example,\"{EVIL}\"\n{EVIL},{EVIL},x\nu2,{EVIL}@x.example,y\n"),
    );
    write(
        path,
        "events.jsonl",
        &format!(
            "{{\"type\":\"track\",\"event\":\"{}\",\"userId\":\"u1\",\"messageId\":\"m\",\"timestamp\":\"2026-03-02T09:00:00Z\"}}\n{EVIL}\n",
            "\\u001b[2J\\u202e"
        ),
    );
    let output = flow(path, &["run"]);
    let said = harmless(&output);
    assert!(said.contains("\\u{1b}[2J"), "{said}");
    harmless(&flow(path, &["run", "--store", &format!("no{EVIL}/where.db")]));
    harmless(&flow(project(true).path(), &["run"]));
}

#[test]
fn fmt_shows_escapes_and_writes_texts_as_they_are() {
    let folder = project(false);
    let name = "evil\u{1b}[31m\u{202e}.flow";
    let before = fs::read_to_string(folder.path().join(name)).unwrap();
    let said = harmless(&flow(folder.path(), &["fmt", "--check"]));
    assert!(said.contains("evil\\u{1b}[31m"), "{said}");
    let said = harmless(&flow(folder.path(), &["fmt"]));
    assert!(said.contains("laid out evil\\u{1b}[31m"), "{said}");
    let after = fs::read_to_string(folder.path().join(name)).unwrap();
    let words =
        |text: &str| text.split([' ', '\n']).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    assert_ne!(after, before);
    assert_eq!(words(&after), words(&before));
    harmless(&flow(project(true).path(), &["fmt"]));
    harmless(&flow(folder.path(), &["fmt", &format!("no{EVIL}")]));
}

#[test]
fn doc_and_arguments_show_escapes() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["doc", EVIL][..], &[EVIL], &["check", "--format", EVIL], &["run", "--days", EVIL], &["check", "a", EVIL]]
    {
        let said = harmless(&flow(folder.path(), arguments));
        // clap takes out of what it quotes what it believes to be styles.
        assert!(said.contains("\\u{202e}"), "{said}");
    }
}

#[test]
fn machines_get_what_is_there() {
    let folder = project(true);
    let output = flow(folder.path(), &["check", "--format", "json"]);
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let files: Vec<&str> = said["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|diagnostic| diagnostic["labels"].as_array().unwrap())
        .map(|label| label["file"].as_str().unwrap())
        .collect();
    assert!(files.contains(&"evil\u{1b}[31m\u{202e}.flow"), "{files:?}");
    assert!(files.contains(&"emails/a\u{1b}[2J.html"), "{files:?}");
}

/// Another way to a terminal would be one without this.
#[test]
fn there_is_one_way_to_a_terminal() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|name| name != "ink.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let ways = ["anstream::stdout", "anstream::stderr", "println!", "eprint", "print!("];
                found.extend(
                    ways.iter().filter(|way| text.contains(**way)).map(|way| format!("{way} in {}", path.display())),
                );
            }
        }
    }
    assert!(found.is_empty(), "{found:?}");
}
