//! What a person meets at the terminal: each test is a folder, a command, and all that it says.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use tempfile::TempDir;

const SETTINGS: &str = r#"[project]
name = "spring"
timezone = "Europe/Berlin"

[sender]
from = "Acme <hello@acme.example>"
address = "Acme GmbH, Torstraße 100, 10119 Berlin"
unsubscribe_url = "https://acme.example/unsubscribe"

[mail]
connector = "file"
"#;

const FLOW: &str = r#"use std.b2b

email welcome {
  subject  "Welcome, {first_name or "friend"}"
  template "emails/welcome.html"
}

workflow welcome_all "Welcome all" {
  goal "Book a demo" when requested_demo within 30 days
  enter when signed_up
  reenter never
  exit when disqualified
  send welcome
}
"#;

const TEMPLATE: &str = "<p>Hello {{ first_name or \"friend\" }}</p>\n<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p>\n";

/// A folder that goes away after the test.
struct Folder(TempDir);

impl Folder {
    fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A whole project without a mistake.
    fn project() -> Self {
        Self::empty().with("flow.toml", SETTINGS).with("welcome.flow", FLOW).with("emails/welcome.html", TEMPLATE)
    }

    fn path(&self) -> PathBuf {
        // A temporary folder may lie behind a link, and the command sees where it really is.
        self.0.path().canonicalize().unwrap()
    }

    fn with(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    fn without(self, path: &str) -> Self {
        fs::remove_file(self.path().join(path)).unwrap();
        self
    }

    /// What the command says here.
    fn flow(&self, arguments: &[&str]) -> String {
        self.flow_in(".", arguments)
    }

    fn flow_in(&self, below: &str, arguments: &[&str]) -> String {
        self.said(arguments, command(arguments).current_dir(self.path().join(below)).output().unwrap())
    }

    /// What the command says to a text on its standard input.
    fn flow_with(&self, input: &str, arguments: &[&str]) -> String {
        let mut command = command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.current_dir(self.path()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        self.said(arguments, child.wait_with_output().unwrap())
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    fn said(&self, arguments: &[&str], output: Output) -> String {
        let code = output.status.code().map_or("by a signal".to_owned(), |code| code.to_string());
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        let said = format!(
            "$ flow {}\n{stdout}{}{stderr}exit {code}",
            arguments.join(" "),
            if stderr.is_empty() { "" } else { "(stderr)\n" }
        );
        said.replace(self.path().to_str().unwrap(), "[folder]")
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
    command.args(arguments).stdin(Stdio::null());
    for colour in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(colour);
    }
    command
}

fn example() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture").to_str().unwrap().to_owned()
}

#[test]
fn a_project_without_a_mistake() {
    assert_snapshot!(Folder::project().flow(&["check"]));
}

/// People are let in by hand through the file of events, each once.
#[test]
fn enrol_hands_people_in() {
    let settings = format!("{SETTINGS}\n[data]\nevents = \"data/events.jsonl\"\n");
    let folder = Folder::project()
        .with("flow.toml", settings)
        .with("welcome.flow", FLOW.replace("enter when signed_up", "enter by hand"))
        .with("data/events.jsonl", "")
        .with("people.txt", "u-1\nada@acme.example\n\nu-1\n");
    let words = ["enrol", ".", "welcome_all", "--contacts", "people.txt", "--contact", "u-2", "--id", "spring"];
    let mut said = folder.flow(&words);
    for words in [&["enrol", ".", "welcome"][..], &["enrol", ".", "welcome_all"]] {
        said += "\n\n";
        said += &folder.flow(words);
    }
    let lines = folder.read("data/events.jsonl");
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |line: &serde_json::Value| {
        let address = line.pointer("/context/traits/email").cloned();
        (line["event"].clone(), line["properties"]["workflow"].clone(), address.unwrap_or(line["userId"].clone()))
    };
    let expected =
        ["u-2", "u-1", "ada@acme.example"].map(|key| ("Flow Enrolled".into(), "welcome_all".into(), key.into()));
    assert_eq!(lines.iter().map(of).collect::<Vec<_>>(), expected);
    // Behind a line that somebody is writing nothing is put.
    let folder = folder.with("data/events.jsonl", "{\"type\":");
    said += "\n\n";
    said += &folder.flow(&["enrol", ".", "welcome_all", "--contact", "u-3"]);
    assert_eq!(folder.read("data/events.jsonl"), "{\"type\":");
    assert_snapshot!(said);
    let folder = Folder::project();
    assert!(
        folder.flow(&["enrol", ".", "welcome_all", "--contact", "u-3"]).contains("its `enter` line says who comes in")
    );
}

/// Under one name people come in once, by whichever Flow it is said: what names them is the same for ever.
#[test]
fn an_enrolment_is_known_for_ever() {
    let settings = format!("{SETTINGS}\n[data]\nevents = \"data/events.jsonl\"\n");
    let folder = Folder::project()
        .with("flow.toml", settings)
        .with("welcome.flow", FLOW.replace("enter when signed_up", "enter by hand"))
        .with("data/events.jsonl", "");
    folder.flow(&["enrol", ".", "welcome_all", "--contact", "u-2", "--id", "spring"]);
    assert!(folder.read("data/events.jsonl").contains("\"messageId\":\"enrol-spring-471991ca46e2ac17\""));
}

#[cfg(target_os = "linux")]
#[test]
fn an_enrolment_that_does_not_fit_says_what_to_do() {
    let settings = format!("{SETTINGS}\n[data]\nevents = \"data/events.jsonl\"\n");
    let folder = Folder::project()
        .with("flow.toml", settings)
        .with("welcome.flow", FLOW.replace("enter when signed_up", "enter by hand"))
        .with("data/events.jsonl", "\n".repeat(500))
        .with("people.txt", "");
    // Files may have one block: as on a full disk, a part of the lines is written.
    let flow = env!("CARGO_BIN_EXE_flow");
    let limited =
        format!("trap '' XFSZ; ulimit -f 1; {flow} enrol . welcome_all --id spring --contact a b c d e f g h");
    let ran = Command::new("sh").args(["-c", &limited]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(said.contains("cannot be written to the end") && said.contains("`--id spring`"), "{said}");
    let people = std::fs::OpenOptions::new().write(true).open(folder.path().join("people.txt")).unwrap();
    people.set_len((64 << 20) + 1).unwrap();
    let said = folder.flow(&["enrol", ".", "welcome_all", "--contacts", "people.txt"]);
    assert!(said.contains("`people.txt` has more than 64 MiB"), "{said}");
}

#[test]
fn the_example_is_fine() {
    let said = Folder::empty().flow(&["check", &example()]);
    // What is wrong in its data on purpose is told, in the numbers of a run (README.md).
    assert!(said.ends_with("guide_nurture is fine: 3 workflows, 5 emails, 1 team; 4 warnings\nexit 0"), "{said}");
    for told in [
        "`contacts.csv`: 34 of 5,120 rows are rejected: 13 too many",
        "`contacts.csv`: 279 values are set aside: 84 industry, 65",
        "`events.jsonl`: 197 of 59,130 lines are rejected: 64 not JSON",
        "`events.jsonl`: 63 values are set aside: 51 visited.page, 5",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
}

const WITH_DATA: &str =
    "\n[data]\ncontacts = \"contacts.csv\"\nevents = \"events.jsonl\"\n\n[run]\nstart = 2026-03-02\ndays = 3\n";

/// An export of Excel in the letters of Windows, with commas of no column and rows about nobody.
const BAD_ROWS: &[u8] =
    b"Email,First Name\njana@a.example,J\xfcrgen\nm@a.example,M\xfcller\nok@a.example,Ok\n,Nobody\nbad@@x,Bad\n\
                          a@b.example,One,Two,Three\n";
const BAD_LINES: &str = "{\"type\":\"track\",\"messageId\":\"1\",\"userId\":\"u1\",\"event\":\"Signed Up\",\"timestamp\":\"2026-03-02T09:00:00Z\"}\n\
                         {'type':'track'}\n{'type':'page'}\n";

#[test]
fn data_that_is_mostly_rejected() {
    let folder = Folder::project().with("flow.toml", format!("{SETTINGS}{WITH_DATA}"));
    let folder = folder.with("contacts.csv", BAD_ROWS).with("events.jsonl", BAD_LINES);
    assert_snapshot!(folder.flow(&["check"]));
    // A run rejects as many.
    let said = folder.flow(&["run"]);
    assert!(said.contains("2 about nobody, 2 not UTF-8, 1 too many columns"), "{said}");
    assert!(said.contains("2 not JSON"), "{said}");
}

#[test]
fn data_of_which_not_one_row_can_be_taken() {
    let folder = Folder::project().with("flow.toml", format!("{SETTINGS}{WITH_DATA}")).with("events.jsonl", "");
    let folder = folder.with("contacts.csv", b"Email,First Name\njana@a.example,J\xfcrgen\n");
    assert_snapshot!(folder.flow(&["check"]));
    let said = folder.flow(&["run"]);
    assert!(
        said.contains("error: not one row of the file of contacts could be taken") && said.ends_with("exit 3"),
        "{said}"
    );
}

/// `flow serve` would not begin, so whoever checks hears of it.
#[test]
fn contacts_that_shut_out_most_of_themselves() {
    let rows: String = (1..=4).map(|n| format!("u{n},p{n}@x.example,{}\n", if n < 4 { "yes" } else { "no" })).collect();
    let settings =
        format!("{SETTINGS}\n[data]\ncontacts = \"contacts.csv\"\n\n[columns]\n\"Newsletter OK\" = \"unsubscribed\"\n");
    let folder = Folder::project().with("flow.toml", settings);
    assert_snapshot!(folder.with("contacts.csv", format!("User ID,Email,Newsletter OK\n{rows}")).flow(&["check"]));
}

#[test]
fn a_project_is_found_upward() {
    let said = Folder::project().flow_in("emails", &["check"]);
    assert!(said.contains("spring is fine"), "{said}");
}

#[test]
fn no_project() {
    assert_snapshot!(Folder::empty().flow(&["check"]));
}

#[test]
fn a_folder_that_is_not_there() {
    assert_snapshot!(Folder::empty().flow(&["check", "nurture"]));
}

#[test]
fn a_file_instead_of_a_folder() {
    assert_snapshot!(Folder::project().flow(&["check", "welcome.flow"]));
}

#[test]
fn a_folder_without_settings() {
    assert_snapshot!(Folder::empty().with("spring/a.flow", FLOW).flow(&["check", "spring"]));
}

#[test]
fn settings_that_cannot_be_read() {
    let folder = Folder::project().without("flow.toml");
    fs::create_dir(folder.path().join("flow.toml")).unwrap();
    assert_snapshot!(folder.flow(&["check", "."]));
}

#[test]
fn no_flow_files() {
    let elsewhere = Folder::project().without("welcome.flow");
    let elsewhere = elsewhere.with("out/a.flow", FLOW).with("target/b.flow", FLOW).with(".git/c.flow", FLOW);
    assert_snapshot!(elsewhere.flow(&["check"]));
}

#[test]
fn an_unknown_setting_and_bad_values() {
    let settings = SETTINGS
        .replace("timezone = \"Europe/Berlin\"", "timezone = \"Europe/Berlim\"\ncurency = \"EUR\"")
        .replace("hello@acme.example", "hello.acme.example")
        .replace("\"file\"", "\"smtp\"\nport = \"587\"\npassword = \"hunter2\"");
    assert_snapshot!(Folder::project().with("flow.toml", settings).flow(&["check"]));
}

#[test]
fn settings_that_are_missing() {
    let settings = SETTINGS.split("[sender]").next().unwrap().replace("timezone = \"Europe/Berlin\"\n", "");
    assert_snapshot!(Folder::project().with("flow.toml", settings).flow(&["check"]));
}

#[test]
fn settings_that_are_no_settings() {
    assert_snapshot!(Folder::project().with("flow.toml", "[project]\nname = spring\n").flow(&["check"]));
}

/// One line with four thousand mistakes: what is drawn stays small, and says how much is left.
#[test]
fn a_flood_of_mistakes_is_cut() {
    let tags = format!("use std.b2b\ntags {}\n", ["vip"; 4_000].join(", "));
    let folder = Folder::project().with("flood.flow", &tags);
    let told = folder.flow(&["check"]);
    assert!(told.len() < 200_000, "{} bytes", told.len());
    let words = told.split_whitespace().collect::<Vec<&str>>().join(" ");
    assert!(words.contains("3799 more of this kind"), "{}", words.get(words.len() - 600..).unwrap());
    assert!(told.contains("tags vip, vip, vip, vip"));
    assert!(told.lines().all(|line| line.chars().count() < 160));
}

#[test]
fn a_missing_template() {
    let folder = Folder::project().without("emails/welcome.html").with("emails/welcom.html", TEMPLATE);
    assert_snapshot!(folder.flow(&["check"]));
}

#[test]
fn mistakes_in_settings_program_and_template_show_at_once() {
    let folder = Folder::project()
        .with("flow.toml", SETTINGS.replace("[mail]", "[male]"))
        .with("welcome.flow", FLOW.replace("send welcome", "send welcom"))
        .with("emails/welcome.html", TEMPLATE.replace(" or \"friend\"", ""));
    assert_snapshot!(folder.flow(&["check"]));
}

#[test]
fn files_that_are_not_utf8() {
    let folder = Folder::project().with("b.flow", b"// fine\n// caf\xe9\n").with("emails/welcome.html", b"\xff");
    assert_snapshot!(folder.flow(&["check"]));
}

/// What lies beside the templates of a project, and what no email names, is none of the program's business.
#[test]
fn what_no_email_names_is_left_alone() {
    let folder = Folder::project()
        .with("emails/old.html", b"caf\xe9")
        .with("emails/older.mjml", format!("\u{feff}\u{feff}{TEMPLATE}"))
        .with("emails/.DS_Store", b"\xff\x00")
        .with("emails/logo.png", b"\x89PNG\xff")
        .with("emails/drafts.html/note.txt", "x")
        .with("emails/notes.txt", b"\xff");
    #[cfg(unix)]
    std::os::unix::fs::symlink("gone", folder.path().join("emails/gone.html")).unwrap();
    let said = folder.flow(&["check"]);
    assert!(said.ends_with("exit 0"), "{said}");
    // Named, it is read, and said to be unreadable.
    let named = FLOW.replace("emails/welcome.html", "emails/old.html");
    let said = folder.with("welcome.flow", named).flow(&["check"]);
    assert!(said.contains("`emails/old.html` is not UTF-8 text: line 1") && said.ends_with("exit 3"), "{said}");
}

#[test]
fn two_byte_order_marks() {
    let two = Folder::project().with("emails/welcome.html", format!("\u{feff}\u{feff}{TEMPLATE}"));
    assert_snapshot!(two.flow(&["check"]), @r"
    $ flow check
    (stderr)
    error: `emails/welcome.html` begins with two byte order marks: line 1 has a character that nobody sees
    help: two files were joined, or one was converted twice: save it again as UTF-8, without a mark (editors call it BOM)
    exit 3
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::project();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.flow");
    fs::write(folder.path().join("emails").join(name), FLOW).unwrap();
    assert_snapshot!(folder.flow(&["check"]), @r"
    $ flow check
    (stderr)
    error: the name of `emails/caf�.flow` has a character in another encoding than UTF-8, so no program can name it
    help: rename it, with plain letters where the sign � is
    exit 3
    ");
    // What belongs to no project may be called as it likes.
    let other = Folder::project();
    fs::write(other.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), "x").unwrap();
    fs::write(other.path().join("emails").join(std::ffi::OsStr::from_bytes(b"caf\xe9.html")), "x").unwrap();
    assert!(other.flow(&["check"]).contains("exit 0"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere() {
    let folder = Folder::project();
    std::os::unix::fs::symlink("gone", folder.path().join("b.flow")).unwrap();
    assert_snapshot!(folder.flow(&["check"]));
}

/// What waits for a writer, never ends, or cannot be read at all. Nothing of it is opened.
#[cfg(unix)]
mod no_plain_files {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::time::Duration;

    /// Far longer than a check takes on the busiest machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn pipe(folder: &Folder, path: &str) {
        assert!(Command::new("mkfifo").arg(folder.path().join(path)).status().unwrap().success());
    }

    /// What the command says, within [`PATIENCE`]: it must not wait for anybody.
    fn flow(folder: &Folder, arguments: &[&str]) -> String {
        let mut child = command(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let step = Duration::from_millis(20);
        let mut waited = Duration::ZERO;
        while child.try_wait().unwrap().is_none() {
            if waited > PATIENCE {
                child.kill().unwrap();
                unreachable!("the command waits for something");
            }
            std::thread::sleep(step);
            waited += step;
        }
        let output = child.wait_with_output().unwrap();
        let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        format!("{stdout}{stderr}exit {}", output.status.code().unwrap())
            .replace(folder.path().to_str().unwrap(), "[folder]")
    }

    #[test]
    fn are_told_and_never_opened() {
        let folder = Folder::project();
        pipe(&folder, "a.flow");
        pipe(&folder, "emails/b.mjml");
        let _socket = UnixListener::bind(folder.path().join("c.flow")).unwrap();
        symlink("/dev/zero", folder.path().join("d.flow")).unwrap();
        symlink("a.flow", folder.path().join("e.flow")).unwrap();
        symlink("emails", folder.path().join("f.html")).unwrap();
        assert_snapshot!(flow(&folder, &["check"]), @r"
        error: `a.flow` cannot be read: it is a pipe, not a file
        help: put a file in its place, or move it out of the project's folder
        error: `c.flow` cannot be read: it is a socket, not a file
        help: put a file in its place, or move it out of the project's folder
        error: `d.flow` cannot be read: it is a device, not a file
        help: put a file in its place, or move it out of the project's folder
        error: `e.flow` cannot be read: it is a pipe, not a file
        help: put a file in its place, or move it out of the project's folder
        exit 3
        ");
    }

    #[test]
    fn are_no_settings() {
        let folder = Folder::project().without("flow.toml");
        pipe(&folder, "flow.toml");
        let said = flow(&folder, &["check"]);
        assert!(said.starts_with("error: `flow.toml` cannot be read: it is a pipe, not a file\n"), "{said}");
        assert_eq!(flow(&folder, &["check", "."]), said);
    }

    #[test]
    fn are_no_data() {
        let run = "[data]\ncontacts = \"contacts.csv\"\n[run]\nstart = 2026-03-02\ndays = 3\n";
        let folder = Folder::project().with("flow.toml", format!("{SETTINGS}{run}"));
        pipe(&folder, "contacts.csv");
        for command in ["check", "run"] {
            let said = flow(&folder, &[command]);
            assert!(said.contains("contacts.csv` cannot be read: it is a pipe, not a file\n"), "{said}");
            assert!(said.ends_with("exit 1"), "{said}");
        }
    }

    #[test]
    fn folders_and_links_to_files_are_fine() {
        let folder =
            Folder::project().with("texts/welcome.txt", FLOW).without("welcome.flow").with("more.flow/readme", "");
        symlink("texts/welcome.txt", folder.path().join("welcome.flow")).unwrap();
        let said = flow(&folder, &["check"]);
        assert!(said.ends_with("exit 0"), "{said}");
    }
}

#[test]
fn a_file_that_is_too_long() {
    assert_snapshot!(Folder::project().with("long.flow", vec![b'\n'; (1 << 20) + 1]).flow(&["check"]));
}

#[test]
fn folders_without_end() {
    let deep = "a/".repeat(17) + "b.flow";
    assert_snapshot!(Folder::project().with(&deep, FLOW).flow(&["check"]));
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let folder = Folder::project().with("welcome.flow", format!("\u{feff}{FLOW}"));
    let folder = folder.with("flow.toml", format!("\u{feff}{SETTINGS}"));
    assert!(folder.flow(&["check"]).ends_with("exit 0"));
}

#[test]
fn findings_for_machines() {
    let folder = Folder::project()
        .with("flow.toml", SETTINGS.replace("name = \"spring\"", "name = 5"))
        .with("welcome.flow", FLOW.replace("send welcome", "send welcom"));
    assert_snapshot!(folder.flow(&["check", "--format", "json"]));
}

#[test]
fn a_failure_for_machines() {
    assert_snapshot!(Folder::empty().flow(&["check", "--format", "json"]));
}

#[test]
fn usage() {
    assert_snapshot!(Folder::empty().flow(&["check", "--help"]));
    assert_snapshot!(Folder::empty().flow(&["chekc"]));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let folder = Folder::project().with("welcome.flow", FLOW.replace("send welcome", "send welcom"));
    let is_coloured = |arguments: &[&str], no_color: bool| {
        let mut command = command(arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.current_dir(folder.path()).output().unwrap().stdout.contains(&b'\x1b')
    };
    assert!(!is_coloured(&["check"], false), "not a terminal");
    assert!(is_coloured(&["check", "--color", "always"], false));
    assert!(is_coloured(&["--color", "always", "check"], true), "the flag beats NO_COLOR");
    assert!(!is_coloured(&["check", "--color", "always", "--format", "json"], false), "JSON has no colour");
}

#[cfg(unix)]
#[test]
fn a_reader_who_leaves_is_no_failure() {
    let folder = Folder::project();
    let mut child = command(&["check"]).current_dir(folder.path()).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(141));
}

/// What is said from a line on, up to the next blank one: so that a new code or section changes no snapshot.
fn part<'s>(said: &'s str, from: &str) -> &'s str {
    let said = &said[said.find(from).unwrap()..];
    said.split("\n\n").next().unwrap()
}

#[test]
fn all_there_is_to_read() {
    let said = Folder::empty().flow(&["doc"]);
    let parts = ["$ flow doc", "Standard modules", "What may be missing"].map(|from| part(&said, from));
    assert_snapshot!(parts.join("\n\n"));
    assert!(said.ends_with("\nexit 0"), "{said}");
    // Wherever its lines end.
    let words: Vec<&str> = part(&said, "The language\n").split_whitespace().collect();
    assert!(words.join(" ").contains("workflows, workflow, goal"), "{said}");
}

#[test]
fn the_page_of_a_code() {
    let said = Folder::empty().flow(&["doc", "F0402"]);
    assert_snapshot!(said);
    let page = |said: &str| said.split_once('\n').unwrap().1.to_owned();
    for asked in ["402", "missing-surprises"] {
        assert_eq!(page(&Folder::empty().flow(&["doc", asked])), page(&said), "{asked}");
    }
}

#[test]
fn the_page_of_a_code_with_a_template() {
    assert_snapshot!(Folder::empty().flow(&["doc", "F1006"]));
}

#[test]
fn a_word_of_the_language() {
    let said = Folder::empty().flow(&["doc", "wait", "until"]);
    assert!(said.starts_with("$ flow doc wait until\nwait\n\n"), "{said}");
    let form = "- `wait until P up to D`: ends when P holds or after D; then `if timed out { … }`.\n";
    assert!(said.contains(form), "{said}");
}

#[test]
fn the_page_of_a_module() {
    let said = Folder::empty().flow(&["doc", "std.b2b"]);
    let parts =
        ["$ flow doc", "What a business", "Contact fields", "    // The lifecycle"].map(|from| part(&said, from));
    assert_snapshot!(parts.join("\n\n"));
}

#[test]
fn nothing_to_read_about_that() {
    let asked = ["posible", "F0499", "blockchain"].map(|asked| Folder::empty().flow(&["doc", asked]));
    assert_snapshot!(asked.join("\n"));
}

#[test]
fn pages_for_machines() {
    assert_snapshot!(Folder::empty().flow(&["doc", "bad-clock", "--format", "json"]));
    assert_snapshot!(Folder::empty().flow(&["doc", "posible", "--format", "json"]));
    let all: serde_json::Value = {
        let output = command(&["doc", "--format", "json"]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let topics = all["topics"].as_array().unwrap();
    assert!(topics.iter().any(|topic| topic["topic"] == "F0401" && topic["family"] == "What may be missing"), "{all}");
}

const UNTIDY: &str = "use std.b2b\n\n\nworkflow quiet {reenter never // rarely\n  enter by hand\n exit}\n";
const TIDY: &str = "use std.b2b\n\nworkflow quiet {\n  enter by hand\n  reenter  never  // rarely\n\n  exit\n}\n";
const UNREADABLE: &str = "workflow broken {\n send   a b\n}\n";

#[test]
fn fmt_lays_out_a_project_and_leaves_alone_what_it_cannot_read() {
    let folder = Folder::project().with("deep/quiet.flow", UNTIDY).with("broken.flow", UNREADABLE);
    let folder = folder.with("out/written.flow", UNTIDY);
    assert_snapshot!(folder.flow_in("emails", &["fmt"]));
    assert_eq!(folder.read("deep/quiet.flow"), TIDY);
    assert_eq!(folder.read("broken.flow"), UNREADABLE);
    assert_eq!(folder.read("out/written.flow"), UNTIDY);
    let names = |below: &str| fs::read_dir(folder.path().join(below)).unwrap().count();
    assert_eq!(names("deep"), 1, "nothing is left beside a file");
    assert_snapshot!(folder.flow(&["fmt", ".", "--format", "json"]));
}

#[test]
fn fmt_check_shows_what_would_change() {
    let folder = Folder::empty().with("a.flow", UNTIDY).with("b.flow", TIDY);
    assert_snapshot!(folder.flow(&["fmt", "--check", "a.flow", ".", "./b.flow"]));
    assert_eq!(folder.read("a.flow"), UNTIDY);
    assert_snapshot!(folder.flow(&["fmt", "--check", ".", "--format", "json"]));
    assert_snapshot!(folder.flow(&["fmt", "b.flow", "--check"]));
}

#[test]
fn fmt_from_input_to_output() {
    let folder = Folder::empty();
    assert_eq!(folder.flow_with(UNTIDY, &["fmt", "-"]), format!("$ flow fmt -\n{TIDY}exit 0"));
    assert!(folder.flow_with(UNTIDY, &["fmt", "-", "--check"]).ends_with("1 file would change\nexit 1"));
    assert_snapshot!(folder.flow_with(UNREADABLE, &["fmt", "-"]));
    assert!(folder.flow(&["fmt", "-", "a.flow"]).ends_with("exit 2"));
}

#[test]
fn fmt_and_what_is_no_flow_file() {
    let folder = Folder::empty().with("latin.flow", b"// caf\xe9\n").with("notes/a.txt", "");
    assert_snapshot!(folder.flow(&["fmt", "latin.flow", "gone.flow", "notes"]));
}

#[cfg(unix)]
#[test]
fn fmt_keeps_links_permissions_and_read_only_files() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::empty().with("real/a.flow", UNTIDY).with("b.flow", UNTIDY);
    symlink("real/a.flow", folder.path().join("link.flow")).unwrap();
    let set =
        |path: &str, mode| fs::set_permissions(folder.path().join(path), PermissionsExt::from_mode(mode)).unwrap();
    set("real/a.flow", 0o600);
    set("b.flow", 0o444);
    assert_snapshot!(folder.flow(&["fmt", "link.flow", "b.flow"]));
    assert_eq!(folder.read("real/a.flow"), TIDY);
    assert_eq!(folder.read("b.flow"), UNTIDY);
    let metadata = fs::metadata(folder.path().join("real/a.flow")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert!(fs::symlink_metadata(folder.path().join("link.flow")).unwrap().is_symlink());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

/// A machine reads more than people, and not without end.
#[test]
fn findings_for_machines_are_bounded_and_counted() {
    let segments: String = (0..2_100).map(|nth| format!("segment s{nth} = nothing_{nth} >= 1\n")).collect();
    let folder = Folder::empty().with("flow.toml", SETTINGS).with("many.flow", format!("use std.b2b\n{segments}"));
    let output = command(&["check", "--format", "json"]).current_dir(folder.path()).output().unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["diagnostics"].as_array().map(Vec::len), Some(2_000));
    assert_eq!((said["errors"].as_u64(), said["more"].as_u64()), (Some(2_100), Some(100)));
}
