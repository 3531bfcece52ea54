//! A word of the language as a name: either it is refused where it is declared (F0217), or it works wherever such a name may stand.
#![allow(clippy::unwrap_used)]

use flow_front::Project;
use flow_front::compile;
use flow_front::diagnostics::{Code, Severity};
use flow_front::lints::{Level, Levels};
use flow_front::source::Source;
use flow_front::syntax::vocabulary;

const TEMPLATE: &str = "<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p>\n";
/// Small, since it is read very often.
const HEAD: &str = "stages lead\ncontact {\n  customer yes/no\n}\nevent signed_up {\n}\nemail hi {\n  subject \"Hi\"\n  template \"m.html\"\n}\n";

/// A kind of name: declared, and used in every place of it.
const KINDS: [(&str, &str); 10] = [
    (
        "field",
        "contact {\n  NAME number?\n}\nsegment s1 = NAME is known and NAME >= 3 and 2 < NAME + 1\nworkflow w {\n  enter when signed_up\n  reenter never\n  \
         exit when NAME is 4\n  set NAME = 5\n  NAME += 1\n  if (NAME or 0) > 3 {\n    set NAME = (NAME or 0) + 1\n  }\n}\n",
    ),
    (
        "yes/no field",
        "contact {\n  NAME yes/no\n}\nsegment s1 = (NAME and NAME is yes) or (not NAME and score > 5)\nsegment s2 = not (customer and NAME)\n",
    ),
    (
        "text field",
        "contact {\n  NAME text?\n}\nsegment s1 = NAME is \"x\" or NAME contains \"y\" or NAME in (\"a\", \"b\")\nemail m {\n  subject \"Hi {NAME or \"you\"}\"\n  template \"m.html\"\n}\n",
    ),
    (
        "event",
        "event NAME {\n  how text?\n}\nsegment s1 = NAME in the last 7 days and no NAME in the last 3 days\nsegment s2 = NAME(how is \"x\") at least 2 times ever\n\
         workflow w {\n  enter when NAME\n  reenter never\n  wait until NAME up to 3 days\n  if NAME(how is \"y\") since entry {\n    score += 1\n  }\n}\n",
    ),
    (
        "property",
        "event came {\n  NAME text?\n}\nsegment s1 = came(NAME is \"x\") ever and came(NAME is known, NAME contains \"y\") ever\n",
    ),
    (
        "segment",
        "segment NAME = score >= 3\nsegment s1 = NAME and customer\nsegment s3 = customer and not NAME\nsegment s2 = entered NAME in the last 7 days or no left NAME in the last 2 days\nworkflow w {\n  enter when NAME new only\n  reenter never\n  score += 1\n}\n",
    ),
    (
        "email",
        "email NAME {\n  subject \"Hi\"\n  template \"m.html\"\n}\nworkflow w {\n  enter when signed_up\n  reenter never\n  send NAME\n  wait 1 day\n  \
         if sent NAME and not clicked NAME {\n    score += 1\n  } else if opened NAME or bounced NAME {\n    score += 2\n  }\n}\n",
    ),
    (
        "team",
        "team NAME {\n  member \"a@acme.example\"\n  backup \"b@acme.example\"\n}\nworkflow w {\n  enter when signed_up\n  reenter never\n  handoff to NAME\n}\n",
    ),
    (
        "workflow",
        "workflow NAME {\n  enter when signed_up\n  reenter never\n  score += 1\n}\nworkflow w {\n  enter when came_back\n  reenter never\n  start NAME\n  stop NAME\n}\nevent came_back {\n}\n",
    ),
    (
        "group",
        "workflow w {\n  enter when signed_up\n  reenter never\n  group NAME\n  score += 1\n}\nworkflow w2 {\n  enter when signed_up\n  reenter never\n  stop NAME\n}\n",
    ),
];

#[test]
fn a_word_is_refused_as_a_name_or_works_everywhere() {
    let mut wrong = Vec::new();
    let (mut refused, mut fine) = (0, 0);
    let mut words: Vec<String> = vocabulary()
        .into_iter()
        .flat_map(|(_, words)| words.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    words.extend(["yes", "no", "known", "plain_name", "from", "now", "left", "entered", "count"].map(str::to_owned));
    words.retain(|word| word.chars().all(|sign| sign.is_ascii_alphabetic() || sign == '_'));
    words.sort();
    words.dedup();
    assert!(words.len() > 80, "{words:?}");
    for word in &words {
        for (kind, text) in KINDS {
            let compilation = compile(&Project {
                lints: Levels::all(Level::Off),
                timezone: "UTC".to_owned(),
                sources: vec![Source {
                    path: "n.flow".to_owned(),
                    text: format!("{HEAD}{}", text.replace("NAME", word)),
                }],
                templates: vec![Source { path: "m.html".to_owned(), text: TEMPLATE.to_owned() }],
                ..Project::default()
            });
            assert!(compilation.faults.is_empty(), "{word} as {kind}: {:?}", compilation.faults);
            let errors: Vec<_> =
                compilation.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
            let codes: Vec<Code> = errors.iter().map(|error| error.code).collect();
            // A name that something else bears is another matter.
            let is_taken = word != "plain_name" && codes.contains(&Code::DuplicateName);
            if codes.contains(&Code::ReservedName) {
                refused += 1;
            } else if codes.is_empty() || is_taken {
                fine += 1;
            } else {
                wrong.push(format!("{word} as {kind}: {:?} {}", errors[0].code, errors[0].message));
            }
        }
    }
    assert!(wrong.is_empty(), "{refused} refused, {fine} fine, {} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused > 100 && fine > 300, "{refused} refused, {fine} fine");
}
