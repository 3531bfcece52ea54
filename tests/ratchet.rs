//! The time of a check grows with the project and no faster: twice the workflows, or twice of anything else that there can be many of,
//! mistakes included, take about twice as long, never four times.
//!
//! Only a ratio is asserted. It is of the thread's own time on a processor where the system tells it, so that what else runs there
//! does not count.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
// Time is what this measures.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::time::Duration;

use flow_example_data::many::{TEMPLATE, many};
use flow_front::Project;
use flow_front::diagnostics::render::{Human, json::json};
use flow_front::source::Source;
use flow_front::templates::{FieldShape, TemplateKind, TemplateScope};
use flow_fuzz::own_time;

/// Enough that what grows in the square would be seen.
const WORKFLOWS: usize = 150;
/// A busy machine makes single rounds slow; what grows too fast is too slow in all of them.
const MOST_ROUNDS: usize = 12;
/// Where time in the square is 4 and n log n 2.2.
const MOST: f64 = 2.4;

/// What stands so many times in a template, right and wrong; each was, or could be, looked through once for each other.
const REPEATED: [(&str, TemplateKind, usize); 16] = [
    ("<p>{{ first_name or \"you\" }}</p>", TemplateKind::Html, 4_000),
    ("<mj-text>{{ first_name or \"you\" }}</mj-text>", TemplateKind::Mjml, 2_000),
    ("{{ email email }} ", TemplateKind::Html, 4_000),
    ("{{ nobody }} ", TemplateKind::Html, 4_000),
    ("{{ ", TemplateKind::Html, 4_000),
    ("{# ", TemplateKind::Html, 4_000),
    ("{{ email or \"you }} ", TemplateKind::Html, 4_000),
    ("{{#if email}}a{{/if}} ", TemplateKind::Html, 4_000),
    ("{{ first_name | default: \"you\" }} ", TemplateKind::Html, 4_000),
    ("<i></b>", TemplateKind::Html, 4_000),
    ("<I></i>", TemplateKind::Mjml, 4_000),
    ("<a href=\"x{{ email }}", TemplateKind::Html, 4_000),
    ("&amp <!--", TemplateKind::Html, 4_000),
    ("#if($first_name) ", TemplateKind::Html, 2_000),
    ("*|IF:FNAME|* ", TemplateKind::Html, 2_000),
    ("*|IF:FNAME|* *|ELSE:|* *|END:IF|* ", TemplateKind::Html, 1_000),
];

#[test]
fn twice_the_workflows_take_twice_the_time() {
    no_worse_than_in_proportion("a check", check);
}

#[test]
fn the_layout_of_twice_the_text_takes_twice_the_time() {
    no_worse_than_in_proportion("a layout", layout);
}

#[test]
fn a_template_with_twice_the_tokens_takes_twice_the_time() {
    for (part, kind, times) in REPEATED {
        let of = |times: usize| (part.repeat(times), kind);
        let worse = ratio(&format!("a template of `{part}`"), times, &of, &tokens);
        if let Err(worse) = worse {
            panic!("{worse}");
        }
    }
}

fn tokens((text, kind): &(String, TemplateKind)) -> Duration {
    let shape = |optional| FieldShape { printable: true, optional };
    let fields = [("email", false), ("first_name", true)];
    let scope = TemplateScope {
        fields: BTreeMap::from(fields.map(|(name, optional)| (name.to_owned(), shape(optional)))).into(),
        marketing: true,
        ..TemplateScope::default()
    };
    let before = own_time();
    let checked = flow_front::templates::check(text, *kind, &scope);
    let time = own_time() - before;
    assert!(checked.is_err(), "it has no way to unsubscribe");
    time
}

fn no_worse_than_in_proportion(what: &str, time: fn(&Project) -> Duration) {
    if let Err(worse) = ratio(what, WORKFLOWS, &project, &time) {
        panic!("{worse}");
    }
}

/// What the work takes of twice as many by what it takes of so many; an error where that is too much.
///
/// A step in that (what no longer fits a cache, say) is met between two sizes only, where a square is one between any two: what seems
/// too much is measured over a third size before it is an error.
fn ratio<T>(what: &str, many: usize, made: &dyn Fn(usize) -> T, time: &dyn Fn(&T) -> Duration) -> Result<f64, String> {
    doubled([made(many), made(2 * many)], time).or_else(|[less, more]| {
        let half = least(&made(many / 2), time);
        let ratio = (more.as_secs_f64() / half.as_secs_f64()).sqrt();
        match ratio <= MOST {
            true => Ok(ratio),
            false => Err(format!("{what}: {half:?}, of twice as much {less:?}, of four times as much {more:?}")),
        }
    })
}

/// The ratio of both; what each takes where that is too much.
fn doubled<T>(both: [T; 2], time: &dyn Fn(&T) -> Duration) -> Result<f64, [Duration; 2]> {
    let mut least = [Duration::MAX; 2];
    for _ in 0..MOST_ROUNDS {
        // By turns, so that a slow moment of the machine does not hit one of them alone; the least of each is what the work takes.
        for (one, least) in both.iter().zip(&mut least) {
            *least = (*least).min(time(one));
        }
        let ratio = least[1].as_secs_f64() / least[0].as_secs_f64();
        if ratio <= MOST {
            return Ok(ratio);
        }
    }
    Err(least)
}

fn least<T>(one: &T, time: &dyn Fn(&T) -> Duration) -> Duration {
    (0..MOST_ROUNDS).map(|_| time(one)).min().unwrap()
}

/// Something that a project may have many of.
struct Many {
    what: &'static str,
    /// Enough that what grows in the square would be seen, and within every limit when doubled.
    many: usize,
    made: fn(usize) -> Project,
}

const HEAD: &str = "use std.b2b\n";

/// One file, with a mail's template.
fn text(text: String) -> Project {
    of(vec![("many.flow".to_owned(), text)], TEMPLATE.1.to_owned())
}

fn template(template: String) -> Project {
    let email = "email mail {\n  subject \"Hi\"\n  template \"emails/mail.html\"\n  link \"more\" to \"https://acme.example\"\n}\n";
    of(vec![("many.flow".to_owned(), format!("{HEAD}{email}{}", workflow("w", "send mail\n")))], template)
}

fn of(sources: Vec<(String, String)>, template: String) -> Project {
    of_templates(sources, vec![(TEMPLATE.0.to_owned(), template)])
}

fn of_templates(sources: Vec<(String, String)>, templates: Vec<(String, String)>) -> Project {
    let source = |(path, text)| Source { path, text };
    Project {
        sources: sources.into_iter().map(source).collect(),
        templates: templates.into_iter().map(source).collect(),
        ..project(0)
    }
}

fn workflow(name: &str, steps: &str) -> String {
    format!("workflow {name} {{\n  enter when signed_up\n  reenter never\n{steps}}}\n")
}

fn mail(subject: &str) -> String {
    format!("email m {{\n  subject {subject}\n  template \"emails/mail.html\"\n}}\n")
}

/// An email without mistakes.
fn whole_mail(nth: usize) -> String {
    format!(
        "email m{nth} {{\n  subject \"Hi\"\n  template \"emails/mail.html\"\n  link \"more\" to \"https://acme.example\"\n}}\n"
    )
}

/// What a template of marketing ends with.
const WAY_OUT: &str = "<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>, {{ sender_address }}</p>\n";

fn each(many: usize, made: impl Fn(usize) -> String) -> String {
    (0..many).map(made).collect()
}

fn all() -> Vec<Many> {
    let many = |what, many, made| Many { what, many, made };
    vec![
        many("values in a list", 20_000, |many| {
            text(format!("{HEAD}segment s = industry in ({})\n", vec!["\"saas\""; many].join(", ")))
        }),
        many("choices of a field", 8_000, |many| {
            let choices: Vec<String> = (0..many).map(|nth| format!("\"c{nth}\"")).collect();
            text(format!("{HEAD}contact {{ pick one of {} ? }}\n", choices.join(", ")))
        }),
        many("values that are asked for, of as many choices", 3_000, |many| {
            let choices: Vec<String> = (0..many).map(|nth| format!("\"c{nth}\"")).collect();
            let asked = each(many, |nth| format!("segment s{nth} = pick is \"C{nth}\"\n"));
            text(format!("{HEAD}contact {{ pick one of {} ? }}\n{asked}", choices.join(", ")))
        }),
        many("misspelt values, of as many choices", 1_500, |many| {
            let choices: Vec<String> = (0..many).map(|nth| format!("\"the choice {nth:05}\"")).collect();
            let asked = each(many, |nth| format!("segment s{nth} = pick is \"the chioce {nth:05}\"\n"));
            text(format!("{HEAD}contact {{ pick one of {} ? }}\n{asked}", choices.join(", ")))
        }),
        many("properties that are asked for, of one event", 1_500, |many| {
            let properties = each(many, |nth| format!("  p{nth} text?\n"));
            let asked = each(many, |nth| format!("segment s{nth} = came(p{nth} is \"x\") ever\n"));
            text(format!("{HEAD}event came {{\n{properties}}}\n{asked}"))
        }),
        many("misspelt properties, of one event", 1_000, |many| {
            let properties = each(many, |nth| format!("  property_{nth:05} text?\n"));
            let asked = each(many, |nth| format!("segment s{nth} = came(proporty_{nth:05} is \"x\") ever\n"));
            text(format!("{HEAD}event came {{\n{properties}}}\n{asked}"))
        }),
        many("stages", 4_000, |many| {
            let stages: Vec<String> = (0..many).map(|nth| format!("s{nth}")).collect();
            text(format!("stages {}\n", stages.join(" < ")))
        }),
        many("tags", 600, |many| {
            let tags: Vec<String> = (0..many).map(|nth| format!("t{nth}")).collect();
            text(format!("{HEAD}tags {}\n", tags.join(", ")))
        }),
        many("workflows that use one segment", 300, |many| {
            let users = each(many, |nth| workflow(&format!("w{nth}"), "  if keen {\n    score += 1\n  }\n"));
            text(format!("{HEAD}segment keen = customer or has_open_deal\n{users}"))
        }),
        many("segments", 1_500, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("segment s{nth} = score >= {nth}\n")))
        }),
        many("mistakes", 1_500, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("segment s{nth} = score >= \"{nth}\"\n")))
        }),
        many("lines that cannot be read", 1_500, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("segment s{nth} = score >=\n")))
        }),
        many("mistakes in one line", 1_500, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("segment s{nth} = score >= \"{nth}\"; ")))
        }),
        many("unreadable statements in one line", 1_500, |many| {
            text(HEAD.to_owned() + &"segmend s = score >= 1; ".repeat(many))
        }),
        many("misspelt names", 1_500, |many| {
            let names = each(many, |nth| format!("segment audience_{nth:05}_of_all = score >= {nth}\n"));
            text(HEAD.to_owned() + &names + &each(many, |nth| format!("segment t{nth} = audiense_{nth:05}_of_all\n")))
        }),
        many("misspelt fields", 1_000, |many| {
            let fields = each(many, |nth| format!("  favourite_{nth:05} text?\n"));
            let uses = each(many, |nth| format!("segment t{nth} = favorite_{nth:05} is \"x\"\n"));
            text(format!("{HEAD}contact {{\n{fields}}}\n{uses}"))
        }),
        many("misspelt emails", 1_000, |many| {
            let emails = each(many, |nth| {
                format!(
                    "email mail_number_{nth:05} {{\n  subject \"Hi\"\n  template \"emails/mail.html\"\n  link \"more\" to \"https://acme.example\"\n}}\n"
                )
            });
            let uses = each(many, |nth| workflow(&format!("w{nth}"), &format!("  send mail_nomber_{nth:05}\n")));
            text(HEAD.to_owned() + &emails + &uses)
        }),
        many("tokens of a template", 3_000, |many| {
            template(format!("{}{}", "<p>{{ first_name or \"you\" }}</p>\n".repeat(many), TEMPLATE.1))
        }),
        many("wrong tokens of a template", 1_500, |many| {
            template(format!("{}{}", each(many, |nth| format!("<p>{{{{ firstname{nth} }}}}</p>\n")), TEMPLATE.1))
        }),
        many("wrong tokens in one line of a template", 1_500, |many| {
            template(format!("{}{}", each(many, |nth| format!("<p>{{{{ firstname{nth} }}}}</p>")), TEMPLATE.1))
        }),
        many("unreadable tokens of a template", 1_000, |many| {
            template(format!("{}{}", "<p>{{ first_name or }}</p>\n".repeat(many), TEMPLATE.1))
        }),
        many("opened tokens of a template", 3_000, |many| template(format!("{}\n{}", "{{".repeat(many), TEMPLATE.1))),
        many("opened tags of a template", 3_000, |many| template(format!("{}\n{}", "{%".repeat(many), TEMPLATE.1))),
        many("unclosed elements of a template", 4_000, |many| {
            template(format!("{}\n{}", "<b><i".repeat(many), TEMPLATE.1))
        }),
        many("tests in a condition", 300, |many| {
            // As many as one condition may hold, in several.
            text(
                HEAD.to_owned()
                    + &each(20, |nth| format!("segment s{nth} = {}\n", vec!["customer"; many].join(" or "))),
            )
        }),
        many("branches of an if", 200, |many| {
            let arms: Vec<String> =
                (0..many).map(|nth| format!("if score >= {nth} {{\n    score += 1\n  }}")).collect();
            text(HEAD.to_owned() + &workflow("w", &format!("  {}\n", arms.join(" else "))))
        }),
        many("steps of a block", 400, |many| {
            text(
                HEAD.to_owned()
                    + &workflow("w", &format!("  if customer {{\n{}  }}\n", "    score += 1\n".repeat(many))),
            )
        }),
        many("branches with sends", 120, |many| {
            let steps = each(many, |nth| format!("  if score >= {nth} {{\n    send mail\n    wait 1 day\n  }}\n"));
            let email = "email mail {\n  subject \"Hi\"\n  template \"emails/mail.html\"\n  link \"more\" to \"https://acme.example\"\n}\n";
            text(format!("{HEAD}{email}{}", workflow("w", &steps)))
        }),
        many("members of a group", 200, |many| {
            text(
                HEAD.to_owned()
                    + &each(many, |nth| {
                        workflow(&format!("w{nth}"), "  group nurture\n  wait 1 day\n  stop nurture\n")
                    }),
            )
        }),
        many("fields", 600, |many| {
            let fields = each(many, |nth| format!("  f{nth} number?\n"));
            text(format!("{HEAD}contact {{\n{fields}}}\n{}", workflow("w", "  score += 1\n")))
        }),
        many("events", 1_500, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("event e{nth} {{ how text? }}\n")))
        }),
        many("properties of an event", 1_500, |many| {
            text(format!("{HEAD}event came {{\n{}}}\n", each(many, |nth| format!("  p{nth} text?\n"))))
        }),
        many("emails", 300, |many| text(HEAD.to_owned() + &each(many, whole_mail))),
        many("emails, and as many fields", 300, |many| {
            let fields = each(many, |nth| format!("  f{nth} number?\n"));
            text(format!("{HEAD}contact {{\n{fields}}}\n{}", each(many, whole_mail)))
        }),
        many("misspelt templates, of as many", 1_000, |many| {
            let email =
                |nth| format!("email m{nth} {{\n  subject \"Hi\"\n  template \"emails/lettr_{nth:05}.html\"\n}}\n");
            let letter = |nth| (format!("emails/letter_{nth:05}.html"), TEMPLATE.1.to_owned());
            let templates = (0..many).map(letter).collect();
            of_templates(vec![("many.flow".to_owned(), HEAD.to_owned() + &each(many, email))], templates)
        }),
        many("links that are asked for, of one email", 220, |many| {
            let links = each(many, |nth| format!("  link \"l{nth}\" to \"https://acme.example/{nth}\"\n"));
            let template = each(many, |nth| format!("<a href=\"{{{{ link(\"l{nth}\") }}}}\">{nth}</a>"));
            let asked = each(many, |nth| format!("  if clicked m link \"l{nth}\" {{ score += 1 }}\n"));
            let email = format!("email m {{\n  subject \"Hi\"\n  template \"emails/mail.html\"\n{links}}}\n");
            let steps = workflow("w", &format!("  send m\n  wait 1 day\n{asked}"));
            of(
                vec![("many.flow".to_owned(), format!("{HEAD}{email}{steps}"))],
                format!("<p>{{{{ first_name or \"you\" }}}}{template}</p>{}", WAY_OUT),
            )
        }),
        many("misspelt links, of one email", 220, |many| {
            let links = each(many, |nth| format!("  link \"number {nth:05}\" to \"https://acme.example/{nth}\"\n"));
            let template = each(many, |nth| format!("<a href=\"{{{{ link(\"number {nth:05}\") }}}}\">{nth}</a>"));
            let asked = each(many, |nth| format!("  if clicked m link \"nomber {nth:05}\" {{ score += 1 }}\n"));
            let email = format!("email m {{\n  subject \"Hi\"\n  template \"emails/mail.html\"\n{links}}}\n");
            let steps = workflow("w", &format!("  send m\n  wait 1 day\n{asked}"));
            of(
                vec![("many.flow".to_owned(), format!("{HEAD}{email}{steps}"))],
                format!("<p>{{{{ first_name or \"you\" }}}}{template}</p>{}", WAY_OUT),
            )
        }),
        many("events that a journey counts", 220, |many| {
            let asked = each(many, |nth| format!("  if visited(page is \"/p{nth}\") since entry {{ score += 1 }}\n"));
            text(HEAD.to_owned() + &workflow("w", &format!("  wait 1 day\n{asked}")))
        }),
        many("emails that a journey asks about", 110, |many| {
            let send = |nth| format!("  send m{nth}\n  wait 1 day\n");
            let ask = |nth| format!("  if sent m{nth} and not clicked m{nth} {{ score += 1 }}\n");
            let steps = workflow("w", &(each(many, send) + &each(many, ask)));
            text(HEAD.to_owned() + &each(many, whole_mail) + &steps)
        }),
        many("fields that a workflow writes", 450, |many| {
            let fields = each(many, |nth| format!("  f{nth} number = 0\n"));
            let steps = each(many, |nth| format!("  f{nth} += 1\n"));
            text(format!("{HEAD}contact {{\n{fields}}}\n{}", workflow("w", &steps)))
        }),
        many("teams", 800, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("team t{nth} {{ member \"a@acme.example\" }}\n")))
        }),
        many("members of a team", 1_500, |many| {
            text(format!("{HEAD}team t {{\n{}}}\n", each(many, |nth| format!("  member \"a{nth}@acme.example\"\n"))))
        }),
        many("clauses of a workflow", 400, |many| {
            text(
                HEAD.to_owned()
                    + &workflow("w", &(each(many, |nth| format!("  exit when score >= {nth}\n")) + "  score += 1\n")),
            )
        }),
        many("clauses written twice", 400, |many| {
            text(HEAD.to_owned() + &workflow("w", &("  owner \"a@acme.example\"\n".repeat(many) + "  score += 1\n")))
        }),
        many("links of an email", 800, |many| {
            let links = each(many, |nth| format!("  link \"l{nth}\" to \"https://acme.example/{nth}\"\n"));
            text(format!("{HEAD}email m {{\n  subject \"Hi\"\n  template \"emails/mail.html\"\n{links}}}\n"))
        }),
        many("names declared twice", 1_000, |many| text(HEAD.to_owned() + &"segment s = customer\n".repeat(many))),
        many("blocks never closed", 800, |many| {
            text(HEAD.to_owned() + &each(many, |nth| format!("email m{nth} {{\n  subject \"Hi\"\n")))
        }),
        many("braces too many", 2_000, |many| text(HEAD.to_owned() + &"}\n".repeat(many))),
        many("comments", 30_000, |many| text(HEAD.to_owned() + &"// something\n".repeat(many))),
        many("lines that end in a return", 8_000, |many| {
            text(
                HEAD.replace('\n', "\r")
                    + &"// something\r".repeat(many)
                    + &"segment s = score >=\r".repeat(many / 800),
            )
        }),
        many("braces in a text", 60_000, |many| text(HEAD.to_owned() + &mail(&format!("\"{}\"", "{".repeat(many))))),
        many("braces in a text that never ends", 60_000, |many| {
            text(HEAD.to_owned() + &mail(&format!("\"{}", "{".repeat(many))))
        }),
        many("fields in a text that never ends", 4_000, |many| {
            text(HEAD.to_owned() + &mail(&format!("\"{}", "{a or \"c}{d\"}".repeat(many))))
        }),
        many("quotes in a block that cannot be read", 4_000, |many| {
            text(format!("{HEAD}segmend s {{ \"{}\n}}\n", "{\"c}{d\"}".repeat(many)))
        }),
        many("quotes behind backslashes in a step that cannot be read", 20_000, |many| {
            text(HEAD.to_owned() + &workflow("w", &format!("  {}\n", "\\\"".repeat(many))))
        }),
        many("marks of other tools in a text", 15_000, |many| {
            text(HEAD.to_owned() + &mail(&format!("\"{}\"", "[[ ".repeat(many))))
        }),
        many("marks of other tools in a template", 15_000, |many| {
            template(format!("{}\n{}", "[[ ".repeat(many), TEMPLATE.1))
        }),
        many("tokens of other tools in one line of a template", 2_000, |many| {
            template(format!("<p>{}</p>\n{}", "$FIRSTNAME$ @email@ ".repeat(many), TEMPLATE.1))
        }),
        many("signs of other tools in a template", 8_000, |many| {
            template(format!("{}\n{}", "$a @b #c -d_ ~e %/IF% <span ".repeat(many), TEMPLATE.1))
        }),
        many("questions of another tool without ends", 2_000, |many| {
            template(format!("{}\n{}", "%IF $industry == saas% ".repeat(many), TEMPLATE.1))
        }),
        many("fields in the words of other tools", 300, |many| {
            text(format!(
                "{HEAD}contact {{\n{}}}\n",
                each(many, |nth| format!("  field plan_{nth}: single-line text\n"))
            ))
        }),
        many("lines with two mistakes each", 150, |many| {
            let lines = each(many, |_| "  if industry is blank or region is empty { exit }\n".to_owned());
            text(HEAD.to_owned() + &workflow("w", &lines))
        }),
        many("single braces of a template", 15_000, |many| template(format!("{}\n{}", "{ ".repeat(many), TEMPLATE.1))),
        many("names declared twice in one line", 4_000, |many| {
            text(format!("{HEAD}tags {}\n", vec!["a"; many].join(", ")))
        }),
        many("mistakes in one large declaration", 700, |many| {
            let member = |nth| format!("  member \"a{nth}@acme.example\" covers industri is \"x\"\n");
            text(format!("{HEAD}team t {{\n{}}}\n", each(many, member)))
        }),
        many("unreadable lines in one large declaration", 700, |many| {
            text(HEAD.to_owned() + &workflow("w", &"  wait 2 dais\n".repeat(many)))
        }),
        many("mistakes in many files", 150, |many| {
            let file = |nth| {
                (format!("f{nth:05}.flow"), each(8, |line| format!("segment s{nth}_{line} = score >= 1 ore 2\n")))
            };
            of((0..many).map(file).collect(), TEMPLATE.1.to_owned())
        }),
        many("files", 400, |many| {
            let file = |nth| (format!("f{nth:05}.flow"), format!("{HEAD}segment s{nth} = score >= {nth}\n"));
            of((0..many).map(file).collect(), TEMPLATE.1.to_owned())
        }),
    ]
}

/// All findings too, as people and machines read them: of very many the command draws a part.
fn check_and_tell(project: &Project) -> Duration {
    const DRAWN: usize = 200;
    let before = own_time();
    let compilation = flow_front::compile(project);
    assert!(compilation.faults.is_empty(), "{:?}", compilation.faults);
    let human = Human { colour: true, width: 100 };
    for diagnostic in compilation.diagnostics.iter().take(DRAWN) {
        human.render(diagnostic, &compilation.sources);
    }
    for diagnostic in &compilation.diagnostics {
        serde_json::to_string(&json(diagnostic, &compilation.sources)).unwrap();
    }
    own_time() - before
}

/// Those that take a minute or more, most of it for lines that are tried out: `FLOW_RATCHET=all cargo test --test ratchet`.
const DEAR: &[&str] = &[
    "misspelt values, of as many choices",
    "misspelt properties, of one event",
    "misspelt templates, of as many",
    "misspelt links, of one email",
    "misspelt names",
    "misspelt fields",
    "misspelt emails",
    "clauses written twice",
    "names declared twice",
    "blocks never closed",
    "braces too many",
    "lines that end in a return",
    "marks of other tools in a text",
    "braces in a text",
    "braces in a text that never ends",
    "fields in a text that never ends",
    "quotes in a block that cannot be read",
    "names declared twice in one line",
    "mistakes in one large declaration",
    "unreadable lines in one large declaration",
    "mistakes in many files",
];

#[test]
fn twice_of_anything_takes_twice_the_time() {
    let mut worse = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "one alone, for who mends it")]
    let only = std::env::var("FLOW_RATCHET").ok();
    let is_asked = |it: &Many| match &only {
        Some(only) => only == "all" || only == it.what,
        None => !DEAR.contains(&it.what),
    };
    for Many { what, many, made } in all().into_iter().filter(is_asked) {
        match ratio(what, many, &made, &check_and_tell) {
            Ok(ratio) => println!("{what}: {ratio:.2}"),
            Err(error) => worse.push(error),
        }
    }
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}

fn project(workflows: usize) -> Project {
    let source = |(path, text)| Source { path, text };
    Project {
        sender: None,
        lints: Default::default(),
        name: "many".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        zones: Default::default(),
        sources: many(workflows).into_iter().map(source).collect(),
        templates: vec![source((TEMPLATE.0.to_owned(), TEMPLATE.1.to_owned()))],
    }
}

fn check(project: &Project) -> Duration {
    let before = own_time();
    let compilation = flow_front::compile(project);
    let time = own_time() - before;
    assert!(compilation.program.is_some(), "{:?}", compilation.diagnostics.first());
    time
}

/// All sources as one, since what grows too fast grows with the file.
fn layout(project: &Project) -> Duration {
    let text: String = project.sources.iter().map(|source| source.text.as_str()).collect();
    let before = own_time();
    let formatted = flow_front::format::format(&text);
    let time = own_time() - before;
    assert!(formatted.is_ok());
    time
}
