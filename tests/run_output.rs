//! What `flow run` tells the people who run it: a small audience through the workflows of the example, and the same data once more.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use std::fs;
use std::path::Path;
use std::process::Command;

use flow_example_data::{Plan, SEED, generate};
use insta::assert_snapshot;
use rusqlite::Connection;
use tempfile::TempDir;

/// Enough that every line of the report has something to tell.
const AUDIENCE: Plan = Plan { contacts: 200, days: 90 };

/// The example's workflows and emails, with data of its own.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture");
    for file in ["flow.toml", "guide_nurture.flow"] {
        fs::copy(example.join(file), folder.path().join(file)).unwrap();
    }
    let emails = folder.path().join("emails");
    fs::create_dir(&emails).unwrap();
    for template in fs::read_dir(example.join("emails")).unwrap() {
        let template = template.unwrap();
        fs::copy(template.path(), emails.join(template.file_name())).unwrap();
    }
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let files = generate(SEED, &AUDIENCE);
    fs::write(data.join("contacts.csv"), files.contacts_csv).unwrap();
    fs::write(data.join("events.jsonl"), files.events_jsonl).unwrap();
    folder
}

/// What a run says, without what differs from machine to machine.
fn run(project: &TempDir) -> String {
    let folder = project.path().canonicalize().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_flow")).arg("run").current_dir(&folder).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "");
    let stdout = stdout.replace(folder.to_str().unwrap(), "PROJECT");
    stdout.lines().map(|line| without_measures(line) + "\n").collect()
}

/// Times, sizes of machine code and rates are the machine's.
fn without_measures(line: &str) -> String {
    match (line.strip_prefix("  compiled "), line.rsplit_once(" in ")) {
        (Some(compiled), _) => format!("  compiled {} [time and size]", compiled.split(' ').next().unwrap()),
        (None, Some((did, time))) if time.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("{did} in [time and rates]")
        }
        _ => line.to_owned(),
    }
}

/// What the report says was not taken is what the list says on top, and as many lines stand below it.
#[test]
fn the_list_of_what_was_not_taken_agrees_with_the_report() {
    let project = project();
    let said = run(&project);
    let list = fs::read_to_string(project.path().join("out/guide_nurture.rejected.txt")).unwrap();
    let findings = list.lines().filter(|line| !line.starts_with('#')).count();
    assert!(said.contains(&format!("What was not taken as it came: {findings} lines in ")), "{said}");
    let sorts: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    let sorts: Vec<&str> = sorts.into_iter().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
    let number = |line: &str| line.split(' ').next().unwrap().replace(',', "").parse::<usize>().unwrap();
    assert_eq!(sorts.iter().map(|line| number(line)).sum::<usize>(), findings, "{list}");
    for sort in &sorts {
        assert!(said.contains(&format!("\n  {sort}\n")), "{sort} in {said}");
    }
    let kinds = list.lines().filter(|line| line.starts_with("#   ")).map(|line| number(line[1..].trim_start()));
    assert_eq!(kinds.sum::<usize>(), findings, "{list}");
    assert_snapshot!(
        "list_summary",
        list.lines().take_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n")
    );
}

/// What the machine did is told to those who ask, and to nobody else.
#[test]
fn figures_of_the_machine_are_told_on_demand() {
    let project = project();
    let said = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flow"));
        let output = command.arg("run").args(options).current_dir(project.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (calm, verbose) = (said(&["--days", "30"]), said(&["--verbose"]));
    for word in ["wake", "KiB", "machine code", "compiled", "interpreter"] {
        assert!(!calm.contains(word), "{word} in {calm}");
    }
    assert!(verbose.contains(" KiB of machine code") || verbose.contains("interpreter"), "{verbose}");
    assert!(verbose.contains(" wakes a second"), "{verbose}");
}

/// The blocks of a kind in a page of the documentation.
fn blocks(page: &str, kind: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page)).unwrap();
    let begins = format!("```{kind}\n");
    text.split(&begins).skip(1).map(|rest| rest.split_once("```").unwrap().0.to_owned()).collect()
}

/// Lines of events that the documentation shows are taken as they stand, and its questions have answers.
#[test]
fn what_the_documentation_shows_to_copy_works() {
    let project = project();
    run(&project);
    let store = Connection::open(project.path().join("out/guide_nurture.db")).unwrap();
    let questions = blocks("data.md", "sql");
    assert!(questions.len() > 2);
    for question in questions {
        let question =
            question.replace("ana@acme.example", &address(&store)).replace("Newsletter opt-out", "Product Viewed");
        let mut statement = store.prepare(&question).unwrap();
        assert!(statement.query_map([], |_| Ok(())).unwrap().count() > 0, "{question}");
    }

    let [events] = blocks("data.md", "jsonl").try_into().unwrap();
    fs::write(project.path().join("data/contacts.csv"), "User ID,Email\nu-17,ana@acme.example\n").unwrap();
    fs::write(project.path().join("data/events.jsonl"), events).unwrap();
    fs::remove_dir_all(project.path().join("out")).unwrap();
    let said = run(&project);
    assert!(!said.contains("not taken as it came") && said.contains("1 unsubscribed"), "{said}");
}

/// Who asks why somebody is not in a workflow, or left it by its goal, reads the condition as it is written.
#[test]
fn conditions_are_quoted_where_they_decided() {
    let project = project();
    run(&project);
    let store = Connection::open(project.path().join("out/guide_nurture.db")).unwrap();
    let workflows = fs::read_to_string(project.path().join("guide_nurture.flow")).unwrap();
    let written = workflows.split_whitespace().collect::<Vec<_>>().join(" ");
    let sql = "SELECT DISTINCT decision, reason FROM decision_view WHERE decision = 'converted' OR reason GLOB '*does not hold*' \
               OR reason GLOB '*skips this contact*'";
    let mut statement = store.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>().unwrap();
    let said = |what: &str| rows.iter().any(|(decision, reason)| decision == what || reason.contains(what));
    assert!(said("converted") && said("does not hold: "), "{rows:?}");
    for (_, reason) in &rows {
        let condition = reason.split_once(": ").map_or(reason.as_str(), |(_, condition)| condition);
        assert!(written.contains(&format!("when {condition}")), "{reason}");
    }
}

/// Somebody of whom something was decided.
fn address(store: &Connection) -> String {
    store.query_row("select address from decision_view where address is not null", [], |row| row.get(0)).unwrap()
}

/// Where values alone were not taken, one of them is shown.
#[test]
fn an_example_is_always_shown() {
    let project = project();
    fs::write(project.path().join("data/contacts.csv"), "User ID,Email,Industry\nu1,a@x.example,Agritech\n").unwrap();
    fs::write(project.path().join("data/events.jsonl"), "").unwrap();
    let said = run(&project);
    assert!(
        said.contains("1 line in ") && said.contains("\n  1 value set aside: the rest of its row or event counts\n"),
        "{said}"
    );
    assert!(said.contains("\n  contacts.csv:2: industry: not one of the choices: `Agritech`"), "{said}");
}

/// Two workflows of which one reads fields that are required; one person has them, two lack some.
const REQUIRED: &str = r#"
contact { seats number; ends date; region text }
event downloaded { }
email hello { subject "Hello"; template "emails/hello.html" }
email offer { subject "{seats} seats until {ends}"; template "emails/hello.html" }
workflow greet { enter when downloaded; reenter never; send hello }
workflow renew { enter when downloaded; reenter never; skip when region is "EMEA"; send offer }
"#;

#[test]
fn names_the_required_fields_that_keep_people_out() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), text).unwrap();
    };
    let example = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture/flow.toml"));
    write("flow.toml", &(example.unwrap() + "\n[lints]\nno-goal = \"off\"\n"));
    write("required.flow", REQUIRED);
    write("emails/hello.html", "<p>{{ sender_address }} <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p>");
    write(
        "data/contacts.csv",
        "User ID,Email,Seats,Ends\nu1,a@x.example,,\nu2,b@x.example,3,2026-05-01\nu3,c@x.example,0,\n",
    );
    let event = |at: u32, user: &str, kind: &str| {
        format!(
            "{{\"type\":{kind},\"messageId\":\"m{at}\",\"userId\":\"{user}\",\"timestamp\":\"2026-03-03T10:0{at}:00Z\"}}\n"
        )
    };
    let region = |at, user| event(at, user, "\"identify\",\"traits\":{\"region\":\"AMER\"}");
    let downloaded = |at, user| event(at, user, "\"track\",\"event\":\"downloaded\"");
    let events = [region(0, "u2"), region(1, "u3"), downloaded(2, "u1"), downloaded(3, "u2"), downloaded(4, "u3")];
    write("data/events.jsonl", &events.concat());

    let said = run(&folder);
    assert_snapshot!("required", said);
    let mails = |folder: &Path| {
        let months = fs::read_dir(folder).unwrap().map(|month| month.unwrap().path());
        let mails = months.flat_map(|month| fs::read_dir(month).unwrap()).map(|mail| mail.unwrap().path());
        mails.map(|mail| fs::read_to_string(mail).unwrap()).collect::<String>()
    };
    assert_snapshot!("required_views", views(&folder.path().join("out/guide_nurture.db")));
    let mails = mails(&folder.path().join("out/mail"));
    assert!(mails.contains("Subject: 3 seats until 2026-05-01") && !mails.contains("1970"), "{mails}");
}

/// What somebody sees who looks up a person, and the messages, in the store.
fn views(store: &Path) -> String {
    let store = Connection::open(store).unwrap();
    let rows = |sql: &str| {
        let mut statement = store.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            let shown = (0..columns).map(|column| match row.get::<_, rusqlite::types::Value>(column).unwrap() {
                rusqlite::types::Value::Null => "-".to_owned(),
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => format!("{other:?}"),
            });
            Ok(shown.collect::<Vec<_>>().join(" | "))
        });
        format!("{sql}\n  {}\n", rows.unwrap().map(Result::unwrap).collect::<Vec<_>>().join("\n  "))
    };
    [
        "select user_id, address, workflow, run, status, step, entered_at, ended_at from journey_view order by contact, workflow",
        "select at, workflow, decision, step, reason from decision_view where user_id = 'u2' order by id",
        "select at, workflow, decision, step, reason from decision_view where address = 'c@x.example' order by id",
        "select at, user_id, recipient, workflow, step, email, state, attempts, settled_at from mail_view order by at",
    ]
    .map(rows)
    .concat()
}

#[test]
fn tells_the_funnel_and_that_nothing_is_new_the_second_time() {
    let project = project();
    let first = run(&project);
    assert_snapshot!("first", first);

    let second = run(&project);
    assert!(second.contains("Nothing new came in"), "{second}");
    assert!(!first.contains("Nothing new came in"), "{first}");
    let funnel = |said: &str| {
        let from = said.find("Data\n").unwrap();
        let to = said.trim_end().rfind('\n').unwrap();
        said[from..to].to_owned()
    };
    assert_eq!(funnel(&first), funnel(&second), "the same numbers");
    assert_snapshot!("second_ending", second.lines().last().unwrap());
}

/// What README shows of a run, apart from how long it took; a line that ends with `…` is cut there, and one of that alone stands for several.
#[test]
fn a_run_of_the_example_says_what_the_readme_shows() {
    let (root, out) = (env!("CARGO_MANIFEST_DIR"), tempfile::tempdir().unwrap());
    let out = out.path().canonicalize().unwrap();
    let path = |name: &str| out.join(name).to_str().unwrap().to_owned();
    let options = ["run", "examples/guide_nurture", "--store", &path("guide_nurture.db"), "--mail-dir", &path("mail")];
    let output = Command::new(env!("CARGO_BIN_EXE_flow")).args(options).current_dir(root).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap().replace(out.to_str().unwrap(), "examples/guide_nurture/out");
    let readme = fs::read_to_string(Path::new(root).join("README.md")).unwrap();
    let from = readme.find("guide_nurture  3 workflows").unwrap();
    let shown = &readme[from..from + readme[from..].find("```").unwrap()];
    let mut lines = said.lines();
    let mut may_skip = false;
    for shown in shown.lines() {
        let (start, is_cut) = shown.strip_suffix('…').map_or((shown, false), |start| (start, true));
        if start.trim().is_empty() && is_cut {
            may_skip = true;
            continue;
        }
        let timed = start.rsplit_once(" in ").filter(|(_, took)| took.ends_with(" s"));
        let (start, is_cut) = timed.map_or((start, is_cut), |(did, _)| (did, true));
        let is_it = |line: &&str| line.starts_with(start) && (is_cut || line.len() == shown.len());
        let found = if may_skip { lines.find(is_it) } else { lines.next().filter(is_it) };
        assert!(found.is_some(), "README shows `{shown}`, which a run does not say there:\n{said}");
        may_skip = false;
    }
}

/// Numbers of before under a new project help nobody: they are told how it is rehearsed.
#[test]
fn a_changed_project_over_its_old_store_is_told_how_to_begin_again() {
    let project = project();
    let hint = "`flow run --fresh` rehearses it from the beginning (the old store is set aside)";
    let has_hint = |said: &str| said.contains("Nothing new came in") && said.contains(hint);
    assert!(!has_hint(&run(&project)) && !has_hint(&run(&project)), "it is as it was");
    let file = project.path().join("guide_nurture.flow");
    let text = fs::read_to_string(&file).unwrap();
    // Also where it is only the wording of a mail.
    fs::write(&file, text.replacen("subject  \"", "subject  \"Now: ", 1)).unwrap();
    assert!(has_hint(&run(&project)));
}

/// Whoever looks up a person sees that they wait, and by which rate; once it is another, by the one of then.
#[test]
fn says_by_which_rate_somebody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), text).unwrap();
    };
    let example = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide_nurture/flow.toml"));
    write("flow.toml", &(example.unwrap() + "\n[lints]\nno-goal = \"off\"\nno-exit = \"off\"\n"));
    let flow = "event downloaded { }\nworkflow w { enter when downloaded; reenter never; rate 1 a day; score += 1 }\n";
    write("rate.flow", flow);
    write("data/contacts.csv", "User ID\nu1\nu2\nu3\n");
    let event = |user: u32, at: &str| {
        format!(
            "{{\"type\":\"track\",\"event\":\"downloaded\",\"messageId\":\"m{user}\",\"userId\":\"u{user}\",\"timestamp\":\"{at}:00Z\"}}\n"
        )
    };
    write("data/events.jsonl", &(event(1, "2026-03-03T10:00") + &event(2, "2026-03-03T10:00")));
    run(&folder);
    write("rate.flow", &flow.replace("1 a day", "2 an hour"));
    let late: String = (3..6).map(|user| event(user, "2026-06-03T10:00")).collect();
    write("data/events.jsonl", &late);
    let said = Command::new(env!("CARGO_BIN_EXE_flow"))
        .args(["run", "--days", "200"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let store = Connection::open(folder.path().join("out/guide_nurture.db")).unwrap();
    let mut held =
        store.prepare("select user_id, reason from decision_view where decision = 'held' order by id").unwrap();
    let held = held.query_map([], |row| Ok(format!("{}: {}", row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let held: Vec<String> = held.unwrap().map(Result::unwrap).collect();
    assert_eq!(held, ["u2: waits for its turn: 1 a day", "u5: waits for its turn: 2 an hour"]);
}

/// A mail that two workflows send says what the event said which let its reader into the one that sends it.
#[test]
fn a_mail_says_what_the_event_said_that_let_its_reader_in() {
    const FLOW: &str = r#"
use std.b2b
event ordered { product text; amount money; gift yes/no }
event renewed { product text }

email thanks {
  subject  "{trigger.product} & co."
  preview  "{trigger.amount or "Our price"}"
  template "emails/thanks.html"
}

workflow ordering {
  goal "Come back" when visited within 3 days
  enter when ordered
  reenter never
  exit when disqualified
  send thanks
}

workflow renewing {
  goal "Come back" when visited within 3 days
  enter when renewed
  reenter never
  exit when disqualified
  send thanks
}
"#;
    const TEMPLATE: &str = r#"<p>{{ trigger.product }} for {{ trigger.amount or "a price" }}.{% if trigger.gift %} A gift.{% endif %}</p>
<p><a href="{{ unsubscribe_url }}">Unsubscribe</a> {{ sender_address }}</p>
"#;
    let project = project();
    let write = |file: &str, text: &str| fs::write(project.path().join(file), text).unwrap();
    fs::remove_file(project.path().join("guide_nurture.flow")).unwrap();
    write("orders.flow", FLOW);
    write("emails/thanks.html", TEMPLATE);
    write(
        "data/contacts.csv",
        "user_id,email,created_at\nu-1,ada@acme.example,2026-03-01\nu-2,bo@acme.example,2026-03-01\n",
    );
    let event = |user: &str, minute: u32, name: &str, properties: &str| {
        format!(
            r#"{{"type":"track","userId":"{user}","event":"{name}","messageId":"m{minute}","timestamp":"2026-03-02T10:{minute}:00Z","properties":{properties}}}"#
        )
    };
    let events = [
        event("u-1", 10, "Ordered", r#"{"product":"Red <Shoes>","amount":12.5,"gift":true}"#),
        event("u-1", 20, "Renewed", r#"{"product":"Hat","amount":99,"gift":true}"#),
        event("u-2", 30, "Ordered", r#"{"product":"Gloves","amount":7,"gift":false}"#),
        event("u-2", 40, "Renewed", r#"{"amount":7}"#),
    ];
    write("data/events.jsonl", &(events.join("\n") + "\n"));
    let told = run(&project);
    // To whoever reads the report it is what they have written.
    assert!(told.contains("1 without a required field (trigger.product 1)"), "{told}");
    let mut mails: Vec<String> = Vec::new();
    for day in fs::read_dir(project.path().join("out/mail")).unwrap() {
        for mail in fs::read_dir(day.unwrap().path()).unwrap() {
            mails.push(fs::read_to_string(mail.unwrap().path()).unwrap());
        }
    }
    for [subject, preview, text] in [
        ["Red <Shoes> & co.", "12.5", "Red <Shoes> for 12.5. A gift.\r\n"],
        ["Hat & co.", "Our price", "Hat for a price.\r\n"],
        ["Gloves & co.", "7", "Gloves for 7.\r\n"],
    ] {
        let mut found = mails.iter().filter(|mail| mail.contains(&format!("Subject: {subject}\r\n")));
        let mail = found.next().unwrap();
        assert!(mail.contains(text) && mail.contains(preview), "{mail}");
        assert_eq!(found.count(), 0, "{subject} went out twice");
    }
}
