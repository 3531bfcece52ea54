//! What stops a run, what it says then, and that nothing is lost: each test breaks something, and mostly mends it again.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

mod guide;

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

use guide::{Guide, plain};
use insta::assert_snapshot;
use rusqlite::Connection;

const CONTACTS: u32 = 60;

fn guide() -> Guide {
    Guide::new(CONTACTS)
}

/// What everybody comes to when nothing goes wrong.
fn undisturbed() -> &'static str {
    static DIGEST: OnceLock<String> = OnceLock::new();
    DIGEST.get_or_init(|| {
        let guide = guide();
        assert!(guide.run(&[]).status.success());
        guide.digest()
    })
}

/// All that a command says, without what differs from run to run.
fn said(guide: &Guide, output: &Output) -> String {
    let code = output.status.code().map_or("by a signal".to_owned(), |code| code.to_string());
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    // Of a report only its end is of interest here.
    let stdout = stdout.find("\nMail\n").map_or(stdout.as_str(), |at| &stdout[at + 1..]);
    let timed = |line: &&str| line.starts_with("  compiled ") || line.ends_with(" wakes a second");
    let shown: String = stdout.lines().filter(|line| !timed(line)).map(|line| without_time(line) + "\n").collect();
    format!("{shown}{stderr}exit {code}").replace(guide.path("").to_str().unwrap(), "[folder]/")
}

/// How long a run took is the machine's: the last line of a report loses it.
fn without_time(line: &str) -> String {
    let line = line.trim_end();
    match line.rsplit_once(" in ") {
        Some((did, time)) if time.starts_with(|first: char| first.is_ascii_digit()) => format!("{did} in [time]"),
        _ => line.to_owned(),
    }
}

#[track_caller]
fn stops(guide: &Guide, arguments: &[&str]) -> String {
    let output = guide.run(arguments);
    assert_eq!(output.status.code(), Some(3), "{}", said(guide, &output));
    said(guide, &output)
}

/// What is wrong with the project itself, as a check tells it too.
#[track_caller]
fn is_refused(guide: &Guide) -> String {
    let output = guide.run(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(guide, &output));
    said(guide, &output)
}

#[track_caller]
fn goes_on(guide: &Guide, arguments: &[&str]) -> String {
    let output = guide.run(arguments);
    assert!(output.status.success(), "{}", said(guide, &output));
    said(guide, &output)
}

/// After mending, the same command comes to what it would have come to at once.
#[track_caller]
fn ends_as_undisturbed(guide: &Guide) {
    goes_on(guide, &[]);
    assert_eq!(guide.digest(), undisturbed());
}

#[test]
fn the_same_command_again_does_nothing_twice() {
    let guide = guide();
    goes_on(&guide, &[]);
    let mails = guide.mails();
    assert_snapshot!(goes_on(&guide, &[]));
    assert_eq!(guide.digest(), undisturbed());
    assert_eq!(guide.mails(), mails);
}

#[test]
fn a_store_in_use() {
    let guide = guide();
    fs::create_dir(guide.path("out")).unwrap();
    // As a running Flow holds it.
    let lock = fs::File::create(guide.path("out/guide_nurture.db.lock")).unwrap();
    lock.lock().unwrap();
    assert_snapshot!(stops(&guide, &[]));
    assert_eq!(stops(&guide, &["--fresh"]), stops(&guide, &[]), "nor is it set aside");
    drop(lock);
    ends_as_undisturbed(&guide);
}

/// The system lets nothing more be opened: that is what is said, and not that a file is at fault.
#[test]
#[cfg(unix)]
fn too_many_open_files() {
    let guide = guide();
    for limit in ["5", "8", "14"] {
        let mut command = Command::new("sh");
        let limited = format!("ulimit -n {limit}; exec \"$0\" \"$@\"");
        command.args(["-c", &limited, env!("CARGO_BIN_EXE_flow"), "run"]).current_dir(guide.path(""));
        plain(&mut command);
        let output = command.output().unwrap();
        assert_snapshot!("too_many_open_files", said(&guide, &output));
    }
    ends_as_undisturbed(&guide);
}

/// What a kill leaves of mails that were being written goes when the same store is worked on again.
#[test]
fn half_written_mails_of_a_killed_run() {
    let guide = guide();
    goes_on(&guide, &["--days", "20"]);
    let mail = guide.mails().into_keys().next().unwrap();
    let key = mail.file_stem().unwrap().to_str().unwrap();
    let month = guide.path("out/mail").join(mail.parent().unwrap());
    let (store, other) = (key.rsplit_once('.').unwrap().1, "00000000");
    for store in [store, other] {
        fs::write(month.join(format!(".c1.w.1.s1.v0.{store}.3.tmp")), "half").unwrap();
    }
    ends_as_undisturbed(&guide);
    let is_left = |store: &str| month.join(format!(".c1.w.1.s1.v0.{store}.3.tmp")).exists();
    assert_eq!((is_left(store), is_left(other)), (false, true));
}

/// A list that is empty so far is not made a database by a slip of the pen.
#[test]
fn an_empty_file_in_the_place_of_the_store() {
    let guide = guide();
    guide.write("data/later.jsonl", "");
    let later = guide.path("data/later.jsonl");
    for more in [&[][..], &["--fresh"]] {
        let said = stops(&guide, &[&["--store", later.to_str().unwrap()], more].concat());
        assert!(said.contains("is an empty file, and its name is none of a store"), "{said}");
    }
    assert_eq!(fs::read(&later).unwrap(), b"");
    guide.edit("flow.toml", "out/guide_nurture.db", "data/later.jsonl");
    assert!(is_refused(&guide).contains("path: `data/later.jsonl` is another file, and no store"));
}

#[test]
fn the_database_of_another_program() {
    let guide = guide();
    fs::create_dir(guide.path("out")).unwrap();
    Connection::open(guide.store()).unwrap().execute_batch("CREATE TABLE song (title TEXT)").unwrap();
    let before = fs::read(guide.store()).unwrap();
    assert_snapshot!(stops(&guide, &[]));
    stops(&guide, &["--fresh"]);
    assert_eq!(fs::read(guide.store()).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database() {
    let guide = guide();
    let text = "Call Ana about the spring campaign\n".repeat(40);
    guide.write("out/guide_nurture.db", &text);
    assert_snapshot!(is_refused(&guide));
    assert_eq!(fs::read_to_string(guide.store()).unwrap(), text);
    // Named on the command line, it is nothing that the settings could be told of.
    guide.write("notes.txt", &text);
    fs::remove_file(guide.store()).unwrap();
    let notes = guide.path("notes.txt");
    let named = ["--store", notes.to_str().unwrap()];
    assert_snapshot!("a_file_that_is_no_database_by_name", stops(&guide, &named));
    stops(&guide, &[&named[..], &["--fresh"]].concat());
    assert_eq!(fs::read_to_string(&notes).unwrap(), text);
}

#[test]
fn a_folder_in_the_place_of_the_store() {
    let guide = guide();
    fs::create_dir_all(guide.store()).unwrap();
    assert_snapshot!(is_refused(&guide));
}

/// A journey keeps the steps it began with, and whoever comes later has the new ones (E10).
#[test]
fn a_store_of_another_version() {
    let guide = guide();
    goes_on(&guide, &["--days", "20"]);
    guide.edit("guide_nurture.flow", "up to 5 days", "up to 6 days");
    goes_on(&guide, &[]);
    assert_ne!(guide.digest(), undisturbed());
    let before = guide.digest();
    goes_on(&guide, &[]);
    assert_eq!(guide.digest(), before, "the same version changes nothing");
    goes_on(&guide, &["--fresh"]);
    let set_aside = |prefix: &str| {
        let names = fs::read_dir(guide.path("out")).unwrap().map(|entry| entry.unwrap().path());
        let is_it = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(prefix);
        names.filter(is_it).collect::<Vec<_>>()
    };
    let old = set_aside("guide_nurture.db.2");
    assert_eq!(flow_runtime::store::digest::digest(&old[0]).unwrap(), before, "the old store is kept");
    assert_eq!((old.len(), set_aside("mail.2").len()), (1, 1), "and so are its mails");
    assert_ne!(guide.digest(), before);
}

/// People stand in steps that ask for a field which is something else now: who, where and what to do is said, and the project as it was
/// goes on.
#[test]
fn a_change_that_people_stand_in_the_way_of() {
    let guide = guide();
    goes_on(&guide, &["--days", "20"]);
    let project = fs::read_to_string(guide.path("guide_nurture.flow")).unwrap();
    let fields = "use std.b2b\n\ncontact {\n  budget number?\n}";
    guide.edit("guide_nurture.flow", "use std.b2b", fields);
    guide.edit("guide_nurture.flow", "  score += -10\n", "  if budget > 100 {\n    score += -10\n  }\n");
    let with_budget = fs::read_to_string(guide.path("guide_nurture.flow")).unwrap();
    goes_on(&guide, &["--days", "60"]);
    let before = guide.digest();
    guide.write("guide_nurture.flow", project.replace("use std.b2b", &fields.replace("number?", "date?")));
    assert_snapshot!(stops(&guide, &["--days", "60"]));
    assert_eq!(guide.digest(), before, "nothing was changed");
    guide.write("guide_nurture.flow", with_budget);
    goes_on(&guide, &[]);
}

/// When somebody entered a segment is in no log, so a question of it begins with the change, and that is said.
#[test]
fn a_change_that_asks_for_what_nobody_knows() {
    let guide = guide();
    goes_on(&guide, &["--days", "15"]);
    guide.edit("guide_nurture.flow", "  exit when stage", "  exit when entered high_intent\n  exit when stage");
    let output = guide.run(&[]);
    assert!(output.status.success());
    assert_snapshot!(String::from_utf8(output.stderr).unwrap());
}

/// A workflow is known by its name, so one that is renamed takes everybody in anew: it is asked whether that is meant, and a report tells the two
/// of one title apart.
#[test]
fn a_workflow_with_another_name_is_told() {
    let guide = guide();
    goes_on(&guide, &["--days", "15"]);
    guide.edit("guide_nurture.flow", "workflow guide_nurture ", "workflow nurture_by_guide ");
    let output = guide.run(&["--days", "16"]);
    assert!(output.status.success());
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_snapshot!(stderr);
    let headings: Vec<&str> = stdout.lines().filter(|line| line.starts_with("Guide nurture")).collect();
    assert_eq!(
        headings,
        ["Guide nurture (guide_nurture, no longer in the project)", "Guide nurture (nurture_by_guide)"]
    );
    // Named back before anything came of it, everybody is where they were, and nothing is asked.
    guide.edit("guide_nurture.flow", "workflow nurture_by_guide ", "workflow guide_nurture ");
    let back = String::from_utf8(guide.run(&["--days", "17"]).stderr).unwrap();
    let told = "note: back in the project: workflow `guide_nurture`, with everybody who has been in it before\n";
    assert!(back.starts_with(told) && !back.contains("renamed"), "{back}");
    let again = String::from_utf8(guide.run(&["--days", "18"]).stderr).unwrap();
    assert!(!again.contains("note:"), "{again}");
}

/// Nobody can tell what goes by another name now: what people refused, and what they carry, is not in it.
#[test]
fn topics_lists_and_tags_that_are_gone_are_told_once() {
    let guide = guide();
    const MARKS: &str = "topics news\nlist press\ntags guest\nworkflow guide_nurture ";
    guide.edit("guide_nurture.flow", "workflow guide_nurture ", MARKS);
    goes_on(&guide, &["--days", "15"]);
    guide.edit("guide_nurture.flow", MARKS, "workflow guide_nurture ");
    let told = String::from_utf8(guide.run(&["--days", "16"]).stderr).unwrap();
    for name in ["topic `news`", "list `press`", "tag `guest`"] {
        let line = format!("no longer in the project: {name}. ");
        assert_eq!(told.matches(&line).count(), 1, "{told}");
    }
    let again = String::from_utf8(guide.run(&["--days", "17"]).stderr).unwrap();
    assert!(!again.contains("note:"), "{again}");
}

/// Its tables are others: it is named, and starting over sets it aside whole.
#[test]
fn a_store_of_before_the_first_release() {
    let guide = guide();
    goes_on(&guide, &["--days", "20"]);
    Connection::open(guide.store()).unwrap().pragma_update(None, "user_version", 6).unwrap();
    assert_snapshot!(stops(&guide, &[]));
    goes_on(&guide, &["--fresh"]);
    let names = fs::read_dir(guide.path("out")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().any(|name| name.to_string_lossy().starts_with("guide_nurture.db.2")));
}

/// Comments, lines, titles and the wording of mails are no part of a version: people in flight go on.
#[test]
fn a_store_goes_on_under_another_text() {
    let guide = guide();
    goes_on(&guide, &["--days", "20"]);
    guide.edit(
        "guide_nurture.flow",
        "workflow guide_nurture",
        "// The first thing we ever automated.\n\nworkflow guide_nurture",
    );
    guide.edit("guide_nurture.flow", "A four-minute read", "Read it in four minutes");
    guide.edit("emails/reminder.html", "</body>", "<p>Until soon</p></body>");
    goes_on(&guide, &[]);
    assert_eq!(guide.digest(), undisturbed());
}

#[test]
fn contacts_about_nobody() {
    let guide = guide();
    let good = fs::read(guide.path("data/contacts.csv")).unwrap();
    guide.edit("data/contacts.csv", "User ID,Email,", "Customer,Mail,");
    assert_snapshot!(is_refused(&guide));
    guide.write("data/contacts.csv", good);
    ends_as_undisturbed(&guide);
}

#[test]
fn missing_data() {
    for (name, file) in [("contacts", "data/contacts.csv"), ("events", "data/events.jsonl")] {
        let guide = guide();
        fs::rename(guide.path(file), guide.path("elsewhere")).unwrap();
        assert_snapshot!(format!("missing_{name}"), is_refused(&guide));
        fs::rename(guide.path("elsewhere"), guide.path(file)).unwrap();
        ends_as_undisturbed(&guide);
    }
}

#[test]
fn no_day_to_start_at() {
    let guide = guide();
    let settings = fs::read_to_string(guide.path("flow.toml")).unwrap();
    guide.write("flow.toml", settings.split("[run]").next().unwrap());
    assert_snapshot!(stops(&guide, &[]));
    guide.write("flow.toml", settings);
    ends_as_undisturbed(&guide);
}

#[test]
fn a_file_in_the_place_of_the_mail_folder() {
    let guide = guide();
    guide.write("out/mail", "");
    assert_snapshot!(is_refused(&guide));
    fs::remove_file(guide.path("out/mail")).unwrap();
    ends_as_undisturbed(&guide);
}

/// The run is under way by then: what it has done stays, and nobody's mail is given up.
#[test]
fn mail_that_cannot_be_written_any_more() {
    let guide = guide();
    guide.write("out/mail/2026-04", "");
    assert_snapshot!(shortened(&stops(&guide, &["--batch-items", "20"])));
    assert!(!guide.mails_of_march().is_empty());
    fs::remove_file(guide.path("out/mail/2026-04")).unwrap();
    ends_as_undisturbed(&guide);
}

/// Which message met the trouble first depends on threads.
fn shortened(said: &str) -> String {
    let (before, key) = said.split_once("2026-04/").unwrap();
    let (_, after) = key.split_once(".eml").unwrap();
    format!("{before}2026-04/[key].eml{after}")
}

impl Guide {
    fn mails_of_march(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("out/mail/2026-03")).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }
}

/// A shell that may mount: its own small world, which goes away with it. Where that is forbidden, the next test has to do.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let guide = guide();
    fs::create_dir(guide.path("out")).unwrap();
    let flow = format!("{} run --batch-items 20", env!("CARGO_BIN_EXE_flow"));
    let script = format!(
        "mount -t tmpfs -o size=600k none out || exit 77; {flow} >first 2>&1; echo exit $? >>first; \
         mount -o remount,size=100m none out && {flow} >second 2>&1 && cp out/guide_nurture.db kept.db"
    );
    let mut shell = Command::new("unshare");
    shell.args(["--map-root-user", "--mount", "sh", "-c", &script]).current_dir(guide.path(""));
    plain(&mut shell);
    let output = match shell.output() {
        Ok(output) if output.status.code() != Some(77) && !refused(&output) => output,
        _ => return eprintln!("no room is taken away here: mounting is forbidden"),
    };
    assert!(output.status.success(), "{output:?}");
    let first = fs::read_to_string(guide.path("first")).unwrap();
    assert!(first.contains("the disk is full"), "{first}");
    // Whichever of the two does not fit any more: the store, or the list of what was not taken.
    let is_kept = ["nothing is lost", "everything else is kept"].iter().any(|words| first.contains(words));
    assert!(is_kept && first.ends_with("exit 3\n"), "{first}");
    assert_eq!(flow_runtime::store::digest::digest(&guide.path("kept.db")).unwrap(), undisturbed());
}

#[cfg(target_os = "linux")]
fn refused(output: &Output) -> bool {
    String::from_utf8_lossy(&output.stderr).starts_with("unshare:")
}

/// A limit on the size of files stops writes like a quota does.
#[cfg(unix)]
#[test]
fn no_room_for_the_store_to_grow() {
    let guide = guide();
    let mut shell = Command::new("sh");
    // In blocks of 512 or 1,024 bytes; without the trap the system kills whoever meets the limit.
    let script = format!("trap '' XFSZ; ulimit -f 900; exec {} run --batch-items 20", env!("CARGO_BIN_EXE_flow"));
    shell.args(["-c", &script]).current_dir(guide.path(""));
    plain(&mut shell);
    let output = shell.output().unwrap();
    assert_snapshot!(said(&guide, &output));
    ends_as_undisturbed(&guide);
}

/// A list of Flow's own, under a name that no store and no file of somebody else has.
#[test]
fn nobody_elses_file_is_overwritten() {
    let guide = guide();
    guide.write("out/rejected.txt", "mine");
    guide.write("out/guide_nurture.rejected.txt", "mine too");
    let said = stops(&guide, &[]);
    assert!(said.contains("is a file that Flow has not written"), "{said}");
    fs::remove_file(guide.path("out/guide_nurture.rejected.txt")).unwrap();
    ends_as_undisturbed(&guide);
    assert_eq!(fs::read_to_string(guide.path("out/rejected.txt")).unwrap(), "mine");
    let list = fs::read_to_string(guide.path("out/guide_nurture.rejected.txt")).unwrap();
    assert!(list.starts_with("# What Flow did not take.") && list.lines().count() > 1, "{list}");
}

#[test]
fn a_store_may_be_called_as_the_list_was() {
    let guide = guide();
    for _ in 0..2 {
        assert!(guide.run(&["--store", "out/rejected.txt"]).status.success());
        assert!(fs::read(guide.path("out/rejected.txt")).unwrap().starts_with(b"SQLite"));
    }
}

/// An array, another encoding, a packed file: a run over nothing is none.
#[test]
fn a_file_of_which_no_line_can_be_taken_is_told() {
    let guide = guide();
    guide.write("data/events.jsonl", b"\x1f\x8b\x08 packed\n\x00\x01\n");
    let said = stops(&guide, &[]);
    assert!(said.contains("not one line of the file of events could be taken: 2 lines were rejected"), "{said}");
}

/// A rehearsal speaks to no server (E13), needs no secret for one, and says where its mails are.
#[test]
fn a_rehearsal_never_reaches_a_mail_server() {
    let guide = guide();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let smtp = format!("connector = \"smtp\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\" #");
    guide.edit("flow.toml", "connector = \"file\"", &smtp);
    guide.edit("flow.toml", "folder = ", "# ");
    assert_snapshot!(said(&guide, &guide.run(&[])).replace(&port.to_string(), "[port]"));
    assert!(listener.accept().is_err(), "somebody spoke to the mail server");
}

/// The contacts of two stores are numbered alike: a link in a mail of one names nobody in the other.
#[test]
fn an_unsubscribe_link_is_of_its_store_alone() {
    let guide = guide();
    let links = |chance: &str| {
        let (store, mails) = (guide.path(&format!("out/{chance}.db")), guide.path(&format!("out/mail-{chance}")));
        let arguments = ["--chance", chance, "--store", store.to_str().unwrap(), "--mail-dir", mails.to_str().unwrap()];
        let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
        command.arg("run").args(arguments).current_dir(guide.path(""));
        plain(&mut command);
        assert!(command.output().unwrap().status.success());
        let months = fs::read_dir(mails).unwrap().flat_map(|month| fs::read_dir(month.unwrap().path()).unwrap());
        let texts = months.map(|mail| fs::read_to_string(mail.unwrap().path()).unwrap().replace("\r\n ", ""));
        let mut links: Vec<String> = texts
            .filter_map(|mail| mail.lines().find(|line| line.starts_with("List-Unsubscribe: ")).map(str::to_owned))
            .collect();
        links.sort();
        links.dedup();
        links
    };
    let (one, other) = (links("1"), links("2"));
    assert!(one.len() > 10 && one.len() == other.len());
    assert!(one.iter().all(|link| !other.contains(link)));
}

/// Whatever is written to a file without a name is lost: the run ends, and says so.
#[test]
#[cfg(unix)]
fn a_store_that_is_deleted_during_the_run() {
    let guide = guide();
    // A batch of one item: the run takes long enough to be met in the middle.
    let mut run = guide.command(&["--batch-items", "1"]).spawn().unwrap();
    while !guide.path("out/guide_nurture.rejected.txt").exists() {
        std::thread::yield_now();
    }
    fs::remove_file(guide.store()).unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(3));
}

/// Ctrl-C ends a run between two commits: the store is closed, the list stays, and the same command goes on.
#[test]
#[cfg(unix)]
fn a_signal_stops_a_run_and_the_same_command_goes_on() {
    let guide = guide();
    for signal in ["-INT", "-TERM"] {
        let list = guide.path("out/guide_nurture.rejected.txt");
        let _ = fs::remove_file(&list);
        let run = guide.command(&["--batch-items", "1"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
        // It listens before it begins the list.
        while !list.exists() {
            std::thread::yield_now();
        }
        assert!(Command::new("kill").args([signal, &run.id().to_string()]).status().unwrap().success());
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(
            said.contains("a signal stopped the run before its end") && said.contains("goes on from there"),
            "{said}"
        );
        let lock = PathBuf::from(format!("{}.lock", guide.store().display()));
        assert!(fs::read(lock).unwrap().starts_with(b"closed "));
    }
    ends_as_undisturbed(&guide);
}

/// What somebody has changed in a store by hand is damage where it would lead astray: nothing is begun, nothing is overwritten, nothing goes on
/// for ever.
#[test]
fn a_store_that_somebody_changed_by_hand_is_damage() {
    let guide = guide();
    assert!(guide.run(&[]).status.success());
    let whole = fs::read(guide.store()).unwrap();
    let change = |sql: &str| {
        fs::write(guide.store(), &whole).unwrap();
        Connection::open(guide.store()).unwrap().execute_batch(sql).unwrap();
    };
    // Whoever comes next would take the number of somebody who is there.
    change("UPDATE slot SET next_contact = next_contact - 3");
    let told = stops(&guide, &[]);
    assert!(told.contains("is damaged: contact ") && told.contains("has a number that is still to be given"), "{told}");
    change("UPDATE slot SET next_outbox = 1");
    assert!(stops(&guide, &[]).contains("is damaged: outbox "));

    // A program that can be read and is none.
    change("UPDATE program SET text = CAST(replace(CAST(text AS TEXT), '\"size\":', '\"size\":9') AS BLOB)");
    let told = stops(&guide, &[]);
    assert!(told.contains("of the program, which the store keeps, cannot be read"), "{told}");

    fs::write(guide.store(), &whole).unwrap();
    assert!(guide.run(&[]).status.success());
    assert_eq!(guide.digest(), undisturbed());
}
