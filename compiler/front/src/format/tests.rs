//! Comments, blank lines and line ends in every position; the corpus (tests/corpus.rs) holds whole files.

use super::format;

/// Formats, and once more: the second time nothing changes.
#[track_caller]
fn formatted(text: &str) -> String {
    let once = format(text).unwrap();
    assert_eq!(format(&once).unwrap(), once, "the second time changes it again");
    once
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected);
}

#[track_caller]
fn stays(text: &str) {
    becomes(text, text);
}

/// In a workflow, where they are steps.
#[track_caller]
fn steps(text: &str, expected: &str) {
    let indented: String =
        expected.lines().map(|line| format!("{}{line}\n", if line.is_empty() { "" } else { "  " })).collect();
    becomes(&format!("workflow w {{\n{text}\n}}\n"), &format!("workflow w {{\n{indented}}}\n"));
}

#[test]
fn a_text_of_nothing() {
    becomes("", "");
    becomes("\n\n  \n", "");
    becomes(";;\n", "");
    becomes("\n\n// alone  \n\n", "// alone\n");
}

#[test]
fn a_share_is_one_word() {
    becomes(
        "workflow w {\nholdout 10 %\nsplit n { 50 % a { exit } 50% b { exit } }\n}\n",
        "workflow w {\n  holdout  10%\n\n  split n {\n    50% a {\n      exit\n    }\n    50% b {\n      exit\n    }\n  }\n}\n",
    );
}

#[test]
fn one_statement_a_line() {
    steps("send a;wait 1 day ;; exit", "send a\nwait 1 day\nexit");
    steps("if customer { exit }", "if customer {\n  exit\n}");
    becomes("contact{plan text?;seats number?}", "contact {\n  plan  text?\n  seats number?\n}\n");
    becomes("event e{}", "event e {\n}\n");
}

#[test]
fn comments_at_the_ends_of_lines() {
    steps("send a// one\nwait 1 day; exit   // two  ", "send a  // one\nwait 1 day\nexit  // two");
    steps("if a {// open\nexit// in\n}// close", "if a {  // open\n  exit  // in\n}  // close");
    becomes("use std.b2b            // fields", "use std.b2b  // fields\n");
    becomes("workflow w {// open\nexit\n};// close", "workflow w {  // open\n  exit\n}  // close\n");
}

#[test]
fn comments_on_lines_of_their_own() {
    stays("//! first\n\n// second\nuse std.b2b\n\n// last\n");
    steps("      // before\nsend a\n// last", "// before\nsend a\n// last");
    steps("if a {\n\n// alone\n\n}", "if a {\n  // alone\n}");
    steps("; // behind nothing\nexit", "// behind nothing\nexit");
}

#[test]
fn comments_inside_a_line_go_before_it() {
    steps("if (a // one\nor b) { // two\nexit }", "// one\nif (a or b) {  // two\n  exit\n}");
    steps("wait until a // one\n and b up to 2 days // two", "// one\nwait until a and b up to 2 days  // two");
    steps(
        "// zero\n\nexit when x in ( // one\n\"a\", // two\n\"b\")",
        "// zero\n\n// one\n// two\nexit when x in (\"a\", \"b\")",
    );
    becomes("segment s = // one\n a\n // two\n or b // three", "// one\n// two\nsegment s = a or b  // three\n");
    becomes("stages a // one\n< b", "// one\nstages a < b\n");
    becomes(
        "contact { // zero\nkind one of \"a\", // one\n\"b\"? // two\n}",
        "contact {  // zero\n  // one\n  kind one of \"a\", \"b\"?  // two\n}\n",
    );
}

#[test]
fn comments_around_else_go_into_its_block() {
    steps(
        "if a { exit } // one\n// two\nelse if (b // three\nor c) { // four\nexit }\n// five\nelse { // six\n// seven\nexit } // eight",
        "if a {\n  exit\n} else if (b or c) {  // four\n  // one\n  // two\n  // three\n  exit\n} else {  // six\n  // five\n  // seven\n  exit\n}  // eight",
    );
    // A brace in a comment opens nothing.
    steps("if a { exit }\n// {\nelse { exit }", "if a {\n  exit\n} else {\n  // {\n  exit\n}");
}

#[test]
fn blank_lines_are_kept_one_at_a_time() {
    steps("\n\nsend a\n\n\n\n// c\n\nwait 1 day\nexit\n\n", "send a\n\n// c\n\nwait 1 day\nexit");
    steps("if a {\n\nexit\n\n}\n\nelse {\n\nexit\n\n}", "if a {\n  exit\n} else {\n  exit\n}");
    // A line with a `;` is not blank.
    steps("send a\n;;\nexit", "send a\nexit");
}

#[test]
fn declarations_stand_apart() {
    becomes(
        "team a {backup \"a@b.example\"}\n// of b\nteam b {backup \"b@b.example\"} // b\nuse std.b2b\n",
        "team a {\n  backup \"a@b.example\"\n}\n\n// of b\nteam b {\n  backup \"b@b.example\"\n}  // b\n\nuse std.b2b\n",
    );
    stays("use std.b2b\nstages a < b\nsegment s = a\n\nsegment t = b\n");
    stays("event a {\n}\nevent b {\n}\n\nevent c {\n}\n");
}

#[test]
fn fields_stand_in_columns() {
    stays(
        "contact {\n  first_name text?\n  // in the same column\n  seats      number = 5  // five\n\n  plan one of \"a\", \"b\" = \"a\"\n  day  date?\n}\n",
    );
}

#[test]
fn clauses_of_an_email() {
    becomes(
        "email a {\nlink \"x\"to\"https://x.example\"\nsubject \"{ name  or \"you\" }  !\" // s\ntemplate \"t.html\"\nkind transactional\n}",
        "email a {\n  link     \"x\" to \"https://x.example\"\n  subject  \"{ name  or \"you\" }  !\"  // s\n  template \"t.html\"\n  kind     transactional\n}\n",
    );
}

#[test]
fn subjects_stand_in_columns() {
    becomes(
        "email a {\nsubject when x is \"a\" \"A\" // one\n // two\n when (y // three\n or z) \"B\"\n otherwise \"C\" // four\n// five\ntemplate \"t.html\"\n}",
        "email a {\n  subject  when x is \"a\" \"A\"  // one\n           // two\n           // three\n           when (y or z) \"B\"\n           otherwise     \"C\"  // four\n  // five\n  template \"t.html\"\n}\n",
    );
    becomes(
        "email a {\nsubject // zero\n// half\nwhen (x // one\nor y) \"A\" otherwise \"B\"\n}",
        "email a {\n  // zero\n  // half\n  // one\n  subject  when (x or y) \"A\"\n           otherwise     \"B\"\n}\n",
    );
}

#[test]
fn the_header_of_a_workflow_has_one_order() {
    becomes(
        "workflow w \"W\" {\nsend a // a\n\n// why\nexit when x // x\nreenter after 2 days\nsend on friday ,saturday and sunday in contact timezone\nskip when y\nexit when z\ngroup g\n\nenter by hand\nreviewed 2026-10-01\nowner \"o\"\ngoal \"G\" when d within 3 days and continue\nexit\n// end\n}",
        "workflow w \"W\" {\n  goal     \"G\" when d within 3 days and continue\n  owner    \"o\"\n  reviewed 2026-10-01\n  group    g\n\n  enter by hand\n  reenter  after 2 days\n\n  // why\n  exit when x  // x\n  exit when z\n  skip when y\n  send on friday, saturday and sunday in contact timezone\n\n  send a  // a\n  exit\n  // end\n}\n",
    );
}

#[test]
fn long_conditions_are_broken_before_and_and_or() {
    let long = "visited(page is \"/pricing\") at least 3 times in the last 7 days";
    steps(
        &format!("if {long} and not customer and ({long} or {long}) {{ exit }}"),
        &format!("if {long}\n    and not customer\n    and ({long}\n        or {long}) {{\n  exit\n}}"),
    );
    becomes(&format!("segment s = not ({long} or {long})"), &format!("segment s = not ({long}\n        or {long})\n"));
    steps(
        &format!("wait until {long} or {long} up to 5 days // why"),
        &format!("wait until {long}\n    or {long} up to 5 days  // why"),
    );
}

#[test]
fn values_are_spaced_and_never_spelt_anew() {
    steps(
        "score+=-10;score -= a -5+( b or 0 );set x=y or 007;set d = 2026-01-01",
        "score += -10\nscore -= a - 5 + (b or 0)\nset x = y or 007\nset d = 2026-01-01",
    );
    steps(
        "exit when x>=a+1 and no visited() in  the last 7  days and not  in_it and n not in(1,-2)",
        "exit when x >= a + 1 and no visited() in the last 7 days and not in_it and n not in (1, -2)",
    );
    steps(
        "exit when e at most 1 time in the last 1 day or clicked m link\"l\"",
        "exit when e at most 1 time in the last 1 day or clicked m link \"l\"",
    );
    steps("step\"a  b\":send c", "step \"a  b\": send c");
    steps("step\"a\" :handoff to t{keep in workflow}", "step \"a\": handoff to t {\n  keep in workflow\n}");
    steps("step\"a\": if b{exit}", "step \"a\": if b {\n  exit\n}");
    steps(
        "handoff to t{note\"n\";task \"t\"due in 2 hours;keep in workflow};handoff to t",
        "handoff to t {\n  note \"n\"\n  task \"t\" due in 2 hours\n  keep in workflow\n}\nhandoff to t",
    );
}

#[test]
fn line_ends_and_the_mark_of_an_editor_stay() {
    becomes("\u{feff}use a.b  // c\r\n\r\n\r\nuse c.d\r\n", "\u{feff}use a.b  // c\r\n\r\nuse c.d\r\n");
    becomes("use a.b\r\r\ruse c.d\r", "use a.b\r\ruse c.d\r");
    becomes("use a.b\r\nuse c.d\nuse e.f\ruse g.h", "use a.b\nuse c.d\nuse e.f\nuse g.h\n");
}

#[test]
fn what_cannot_be_read_is_reported_and_not_formatted() {
    let found = format("workflow w {\n  send a b\n}\n").unwrap_err();
    assert_eq!(found.len(), 1);
    format("workflow w {\n  split { }\n}\n").unwrap_err();
}

/// A minus stays with its number, and what only looks like a date is a sum.
#[test]
fn minus_signs() {
    stays("segment s = inactive for -4 days and entered keen at least -1 times in the last -2 weeks\n");
    stays("segment s = no came in the last -2 days or no left keen in the last -1 hour\n");
    steps(
        "wait -4 days\nset c=2026-01-305\nset d=2026-01-30",
        "wait -4 days\nset c = 2026 - 01 - 305\nset d = 2026-01-30",
    );
}
