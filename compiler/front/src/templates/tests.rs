//! Templates beside what the checker says of them, and the promise that a checked template can be filled in for anybody.
#![allow(clippy::unwrap_used)]
#![expect(clippy::string_slice, reason = "a test that cuts a text wrongly should fail")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;

const FOOTER: &str = "<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> {{ sender_address }}</p>";
const MJML_FOOTER: &str = "<mj-section><mj-column><mj-text><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a> \
                           {{ sender_address }}</mj-text></mj-column></mj-section>";

fn scope() -> TemplateScope {
    let shape = |printable, optional| FieldShape { printable, optional };
    let fields = [
        ("company.domain", shape(true, true)),
        ("customer", shape(false, false)),
        ("email", shape(true, false)),
        ("first_name", shape(true, true)),
        ("industry", shape(true, true)),
        ("interests", shape(false, true)),
    ];
    TemplateScope {
        fields: fields.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect(),
        links: BTreeMap::new(),
        marketing: false,
    }
}

fn marketing(aliases: &[&str]) -> TemplateScope {
    let links = aliases.iter().map(|alias| ((*alias).to_owned(), format!("https://acme.example/{alias}"))).collect();
    TemplateScope { links, marketing: true, ..scope() }
}

/// The template, with each fault drawn under the line where it begins.
fn shown(text: &str, kind: TemplateKind, scope: &TemplateScope) -> String {
    let (mut faults, verdict) = match check(text, kind, scope) {
        Ok(checked) => (checked.warnings, format!("uses {:?} {:?}", checked.uses.fields, checked.uses.links)),
        Err(faults) => (faults, "refused".to_owned()),
    };
    let mut page = String::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        writeln!(page, "| {}", line.trim_end()).unwrap();
        let is_here = |fault: &TemplateFault| fault.span != (0..0) && (start..end).contains(&fault.span.start);
        let (here, elsewhere) = faults.into_iter().partition(is_here);
        faults = elsewhere;
        for fault in here {
            draw(&mut page, line, fault.span.start - start, &fault);
        }
        start = end;
    }
    for fault in faults {
        let place = if fault.span == (0..0) { "whole" } else { "end" };
        writeln!(page, "{place}: {}\n  help: {}", fault.kind, fault.kind.help()).unwrap();
    }
    page + &verdict
}

fn draw(page: &mut String, line: &str, column: usize, fault: &TemplateFault) {
    let blanks = " ".repeat(line[..column].chars().count() + 2);
    let last = (column + fault.span.len()).min(line.trim_end().len()).max(column);
    let marks = "^".repeat(line[column..last].chars().count().max(1));
    let severity = if fault.kind.severity() == Severity::Warning { "warning: " } else { "" };
    writeln!(page, "{blanks}{marks} {severity}{}\n{blanks}help: {}", fault.kind, fault.kind.help()).unwrap();
    for (_, text) in &fault.edits {
        writeln!(page, "{blanks}  {}", text.trim_end()).unwrap();
    }
}

fn html(text: &str) -> String {
    shown(text, TemplateKind::Html, &scope())
}

fn mjml(body: &str, scope: &TemplateScope) -> String {
    shown(&format!("<mjml><mj-body>\n{body}\n</mj-body></mjml>"), TemplateKind::Mjml, scope)
}

fn column(content: &str) -> String {
    format!("<mj-section><mj-column>{content}</mj-column></mj-section>")
}

const GUIDE: &str = r#"<mjml>
  <mj-head><mj-title>Your guide</mj-title><mj-preview>The guide you asked for</mj-preview></mj-head>
  <mj-body>
    <!-- seen by nobody -->
    <mj-section><mj-column>
      <mj-text>Hello {{ first_name or "there" }},</mj-text>
      <mj-button href="{{ link("guide") }}">Read the guide</mj-button>
      <mj-text><a href='{{ link("case-study") }}'>a</a> <a href="{{ link('case-study') }}">b</a></mj-text>
    </mj-column></mj-section>
    {% if industry == "saas" %}
    <mj-section><mj-column><mj-text>For {{ industry | upper }}</mj-text></mj-column></mj-section>
    {% endif %}
    {# a note to colleagues #}
    <mj-section><mj-column>
      <mj-text><a href="https://acme.example/imprint">Imprint</a> {{ sender_address }}
        <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>
"#;

#[test]
fn a_whole_mail_has_no_fault() {
    assert_snapshot!(shown(GUIDE, TemplateKind::Mjml, &marketing(&["guide", "case-study"])));
}

#[test]
fn every_quoting_of_a_link_survives_mjml() {
    let checked = check(GUIDE, TemplateKind::Mjml, &marketing(&["guide", "case-study"])).unwrap();
    for token in
        [r#"href="{{ link("guide") }}""#, r#"href="{{ link("case-study") }}""#, r#"href="{{ link('case-study') }}""#]
    {
        assert!(checked.html.contains(token), "{token} in {}", checked.html);
    }
    assert!(!checked.html.contains("flowtoken"));
}

#[test]
fn mjml_compiles_to_the_same_html_every_time() {
    let compile = || check(GUIDE, TemplateKind::Mjml, &marketing(&["guide", "case-study"])).unwrap();
    assert_eq!(compile(), compile());
}

#[test]
fn an_if_between_sections_stands_between_their_html() {
    let checked = check(GUIDE, TemplateKind::Mjml, &marketing(&["guide", "case-study"])).unwrap();
    let (_, after) = checked.html.split_once("{% if industry == \"saas\" %}").unwrap();
    let (inside, _) = after.split_once("{% endif %}").unwrap();
    assert_eq!(inside.matches("<table").count(), inside.matches("</table").count());
    assert!(inside.contains("For {{ industry | upper }}"));
}

#[test]
fn text_that_looks_like_a_placeholder_stays() {
    let body = column("<mj-text>flowtoken0n0z {{ email }}</mj-text>");
    let text = format!("<mjml><mj-body>{body}</mj-body></mjml>");
    let checked = check(&text, TemplateKind::Mjml, &scope()).unwrap();
    assert!(checked.html.contains("flowtoken0n0z {{ email }}"));
}

#[test]
fn unknown_names() {
    assert_snapshot!(html(
        "{{ frist_name or \"x\" }}\n{{ firstName or \"x\" }}\n{{ shoe_size }}\n{{ sender_adress }}\n{% if custmer %}{% endif %}\n{{ company.domian or \"x\" }}"
    ));
}

#[test]
fn values_that_may_be_missing() {
    assert_snapshot!(html(
        "{{ first_name }}\n{{ first_name | upper }}\n{{ first_name | upper | default(\"x\") }}\n{{ first_name or industry }}\n{{ company.domain }}\n{% if industry != \"saas\" %}{% endif %}"
    ));
}

#[test]
fn values_that_are_known() {
    assert_snapshot!(html(
        "{{ email }} {{ first_name or industry or \"you\" }} {{ first_name | default(\"you\") | title }}\n{% if first_name %}{{ first_name | lower }}{% else %}you{% endif %}\n{% if industry == \"saas\" %}{{ industry }}{% elif first_name %}{{ first_name }}{% endif %}\n{% if industry %}{% if \"saas\" != industry %}{{ industry }}{% endif %}{% endif %}\n{% if customer %}welcome back{% endif %}{% if company.domain %}{{ company.domain }}{% endif %}"
    ));
}

#[test]
fn what_an_if_teaches_ends_with_its_branch() {
    assert_snapshot!(html(
        "{% if first_name %}{% else %}{{ first_name }}{% endif %}\n{% if first_name %}{% elif industry %}{{ first_name }}{% endif %}\n{% if first_name %}{% endif %}{{ first_name }}\n{% if first_name == \"\" %}{{ first_name }}{% endif %}"
    ));
}

#[test]
fn fields_that_are_not_text() {
    assert_snapshot!(html("{{ customer }}\n{{ interests or \"none\" }}\n{% if customer == \"yes\" %}{% endif %}"));
}

#[test]
fn constructs_outside_the_language() {
    let templates = [
        "{% for item in list %}{{ item.name }} {{ loop.index }}{% endfor %}",
        "{% set greeting = \"hi\" %}{{ greeting }}",
        "{% include \"x\" %}{% raw %}{{ x }}{% endraw %}",
        "{{ email | uper }} {{ email | safe }} {{ email | upper(1) }} {{ first_name | default }}",
        "{{ email + \"x\" }} {{ 3 }} {{ first_name or 3 }} {{ email[0] }} {{ email.x }} {{ [1] }}",
        "{{ email if customer else \"x\" }} {{ range(3) }} {{ email is defined }}",
        "{% if first_name and industry %}{% elif not customer %}{% elif email in \"x\" %}{% endif %}",
        "{% if email == first_name %}{% elif email == 3 %}{% elif \"x\" %}{% elif email > \"x\" %}{% endif %}",
        "<a href={{ email }} title=\"{{ email }}\">x</a>",
    ];
    assert_snapshot!(html(&templates.join("\n")));
}

#[test]
fn tokens_that_cannot_be_read() {
    let templates = [
        "{{ }} {{ first_name or }} {{ email email }} {{ email ! }} {% if _ %}{% endif %}",
        "{{ first_name or \"there }} {{ email",
        "{% if %}{{ nobody }}{% endif %} {% if email = \"x\" %}{% else %}{% endif %}",
        "{% endif %} {% else %}",
        "{% if customer %}",
    ];
    assert_snapshot!(html(&templates.join("\n")));
}

#[test]
fn an_open_comment_in_a_style_sheet() {
    assert_snapshot!(html("<style>@media print{#footer{display:none}}</style>{{ email }}"));
}

#[test]
fn link_aliases() {
    let text = "<a href=\"{{ link(\"giude\") }}\">a</a>\n<a href=\"{{ link(\"pricing-page\") }}\">b</a>\n<!-- {{ link(\"demo\") }} -->";
    assert_snapshot!(shown(&format!("{text}\n{FOOTER}"), TemplateKind::Html, &marketing(&["guide", "demo"])));
}

#[test]
fn a_refused_link_is_not_also_unused() {
    let text = "{{ link(guide) }} {{ link() }} {{ link(\"guide\") | upper }} {{ unsubscribe_url | upper }}";
    assert_snapshot!(shown(&format!("{text}\n{{{{ sender_address }}}}"), TemplateKind::Html, &marketing(&["guide"])));
}

#[test]
fn a_marketing_mail_without_a_way_out() {
    assert_snapshot!(shown("<body>\nHello\n</body>", TemplateKind::Html, &marketing(&[])));
}

#[test]
fn a_way_out_that_not_everybody_sees() {
    let text = "<!-- {{ unsubscribe_url }} -->\n{% if customer %}{{ sender_address }}{% endif %}";
    assert_snapshot!(shown(text, TemplateKind::Html, &marketing(&[])));
    let outlook = format!("<!--[if mso]>{FOOTER}<![endif]-->");
    assert_snapshot!("a_way_out_for_outlook", shown(&outlook, TemplateKind::Html, &marketing(&[])));
}

#[test]
fn a_way_out_on_each_branch_is_enough() {
    let text = format!("{{% if customer %}}{FOOTER}{{% elif first_name %}}{FOOTER}{{% else %}}{FOOTER}{{% endif %}}");
    assert!(check(&text, TemplateKind::Html, &marketing(&[])).is_ok());
    let hole = format!("{{% if customer %}}{FOOTER}{{% elif first_name %}}{FOOTER}{{% endif %}}");
    assert!(check(&hole, TemplateKind::Html, &marketing(&[])).is_err());
}

#[test]
fn mjml_tags_that_are_wrong() {
    let lines = [
        column("<mj-buton href=\"x\">a</mj-buton>"),
        column("<mj-text>a"),
        column("</mj-image><mj-text>1 < 2</mj-text>"),
        column("<p>loose</p>{{ email }}"),
        column("<mj-text><b>bold</mj-text>"),
        "<mj-include path=\"x.mjml\" />".to_owned(),
        "<mj-text {{ email }}>a</mj-text><!-- open".to_owned(),
    ];
    assert_snapshot!(mjml(&lines.join("\n"), &scope()));
}

#[test]
fn mjml_faults_stand_beside_token_faults() {
    let body = format!("{}\n{MJML_FOOTER}", column("<mj-txt>{{ frist_name or \"x\" }}</mj-txt>"));
    assert_snapshot!(mjml(&body, &marketing(&["guide"])));
}

#[test]
fn a_token_that_mjml_drops() {
    assert_snapshot!(mjml(&column("<mj-button hreff=\"{{ email }}\">a</mj-button>"), &scope()));
}

#[test]
fn an_if_that_mjml_repeats() {
    let text = "<mjml><mj-head><mj-title>{% if customer %}a{% endif %}</mj-title></mj-head><mj-body></mj-body></mjml>";
    assert_snapshot!(shown(text, TemplateKind::Mjml, &scope()));
}

#[test]
fn an_error_of_the_mjml_compiler_points_into_the_template() {
    // The tokens before it are longer than what travels for them.
    let lines = [
        column("<mj-text>{{ first_name or \"a long enough fallback\" }} {# and a note #}</mj-text>"),
        column("<mj-text a=\"b\"c>d</mj-text>"),
    ];
    assert_snapshot!(mjml(&lines.join("\n"), &scope()));
}

#[test]
fn html_under_the_name_of_mjml() {
    assert_snapshot!(shown("<p>Hello</p>", TemplateKind::Mjml, &scope()));
    assert_snapshot!("nothing_under_the_name_of_mjml", shown("", TemplateKind::Mjml, &scope()));
}

#[test]
fn a_long_mail_is_a_warning_and_a_huge_one_an_error() {
    let long = check(&"x".repeat(MAX_SHOWN_BYTES + 1), TemplateKind::Html, &scope()).unwrap();
    assert_snapshot!(long.warnings[0].kind.to_string(), @"the mail is 103 KB long; Gmail cuts off what follows 102 KB");
    assert!(check(&"x".repeat(MAX_SHOWN_BYTES), TemplateKind::Html, &scope()).unwrap().warnings.is_empty());
    let huge = check(&"x".repeat(MAX_TEMPLATE_BYTES + 1), TemplateKind::Html, &scope()).unwrap_err();
    assert_snapshot!(huge[0].kind.to_string(), @"the template is 1025 KB long; at most 1024 KB are read");
}

#[test]
fn depth_has_limits() {
    let ifs = "{% if customer %}".repeat(MAX_TAGS + 1) + &"{% endif %}".repeat(MAX_TAGS + 1);
    let faults = check(&ifs, TemplateKind::Html, &scope()).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
    let elifs = format!("{{% if customer %}}{}{{% endif %}}", "{% elif customer %}".repeat(MAX_TAGS - 2));
    assert!(check(&elifs, TemplateKind::Html, &scope()).is_ok());
    let deep = format!("{}x{}", "<div>".repeat(5000), "</div>".repeat(5000));
    let text = format!("<mjml><mj-body>{}</mj-body></mjml>", column(&format!("<mj-text>{deep}</mj-text>")));
    let faults = check(&text, TemplateKind::Mjml, &scope()).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:?}");
}

fn fill(
    text: &str,
    kind: TemplateKind,
    scope: &TemplateScope,
    values: &BTreeMap<&str, String>,
) -> Result<String, RenderFault> {
    let checked = check(text, kind, scope).unwrap();
    // A stored program has only the HTML, which must say as much as the template did.
    let template = Template::from_html(&checked.html, scope)?;
    assert_eq!(template.uses(), &checked.uses, "{text}");
    let value_of = |field: &str| match field {
        "customer" | "interests" => values.get(field).map(|_| FieldValue::Truth(true)),
        _ => values.get(field).map(|value| FieldValue::Text(value)),
    };
    let urls =
        SendUrls { unsubscribe_url: "https://u.example/?a=1&b=2", sender_address: "Acme & Co", links: &scope.links };
    template.render(value_of, urls)
}

#[test]
fn a_mail_for_one_person() {
    let text = "Hello {{ first_name or \"there\" }}{% if customer %}, dear customer{% endif %}\n<a href=\"{{ link(\"guide\") }}\">x</a>\n<a href='{{ unsubscribe_url }}'>y</a> {{ sender_address }} {{ company.domain | default(\"-\") }} {{ industry | upper | lower }}";
    let text = text.replace("industry |", "industry | default(\"saas\") |");
    let person = BTreeMap::from([("first_name", "<b>Zoë</b> & \"O'Neil\"".to_owned()), ("customer", String::new())]);
    assert_snapshot!(fill(&text, TemplateKind::Html, &marketing(&["guide"]), &person).unwrap());
    let nobody = BTreeMap::from([("first_name", String::new()), ("company.domain", "acme.example".to_owned())]);
    assert_snapshot!(
        "a_mail_for_nobody_in_particular",
        fill(&text, TemplateKind::Html, &marketing(&["guide"]), &nobody).unwrap()
    );
}

#[test]
fn a_broken_promise_is_an_error_and_not_a_gap() {
    let missing = fill("{{ email }}", TemplateKind::Html, &scope(), &BTreeMap::new());
    assert_eq!(missing, Err(RenderFault::MissingValue { candidates: vec!["email".to_owned()] }));
    let checked = check(
        "{{ link(\"guide\") }}",
        TemplateKind::Html,
        &TemplateScope { marketing: false, ..marketing(&["guide"]) },
    );
    let template = Template::prepare(&checked.unwrap()).unwrap();
    let urls = SendUrls { unsubscribe_url: "", sender_address: "", links: &BTreeMap::new() };
    assert_eq!(template.render(|_| None, urls), Err(RenderFault::MissingLink { alias: "guide".to_owned() }));
}

#[test]
fn html_that_was_not_checked_is_no_template() {
    for html in
        ["{{ shoe_size }}", "{{ first_name }}", "{{ link(\"guide\") }}", "{% for x in y %}{% endfor %}", "{{ email"]
    {
        let refused = Template::from_html(html, &scope()).err();
        assert!(matches!(refused, Some(RenderFault::NotChecked { .. })), "{html}: {refused:?}");
    }
}

#[test]
fn a_missing_field_equals_nothing() {
    let text =
        "{% if company.domain == \"x\" %}a{% elif industry == \"\" %}b{% elif first_name %}c{% else %}d{% endif %}";
    assert_eq!(fill(text, TemplateKind::Html, &scope(), &BTreeMap::new()).unwrap(), "d");
}

/// A field with what makes it safe to print where it may be missing.
fn token() -> impl Strategy<Value = String> {
    let optional = prop_oneof![Just("first_name"), Just("industry"), Just("company.domain")];
    let filter = prop_oneof![Just("upper"), Just("lower"), Just("title"), Just("capitalize")];
    let literal = "[a-z <&']{0,6}";
    prop_oneof![
        Just("{{ email }}".to_owned()),
        (optional.clone(), literal).prop_map(|(field, text)| format!("{{{{ {field} or \"{text}\" }}}}")),
        (optional.clone(), literal, filter.clone())
            .prop_map(|(field, text, filter)| format!("{{{{ {field} | default(\"{text}\") | {filter} }}}}")),
        (optional.clone(), filter).prop_map(|(field, filter)| format!("{{% if {field} %}}{{{{ {field} | {filter} }}}}{{% endif %}}")),
        (optional, literal).prop_map(|(field, text)| {
            format!("{{% if {field} == \"x{text}\" %}}{{{{ {field} }}}}{{% elif {field} %}}{{{{ {field} }}}}{{% else %}}-{{% endif %}}")
        }),
        Just("<a title=\"{{ email }}\" href='{{ link(\"guide\") }}'>g</a>".to_owned()),
        Just("{% if interests %}i{% elif customer %}c{% endif %}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Marked values are looked for in the mail: whatever stands between marks must be harmless in text and in attributes.
    #[test]
    fn any_values_fill_a_checked_template(
        tokens in prop::collection::vec(token(), 1..6),
        values in prop::collection::btree_map(
            prop_oneof![Just("first_name"), Just("industry"), Just("company.domain"), Just("interests"), Just("customer")],
            "\\PC{0,6}[<>&\"'{}%]{0,4}\\PC{0,3}",
            0..5,
        ),
        email in "[<>&\"'{}#%a]{0,6}",
        as_mjml: bool,
    ) {
        let content = tokens.concat();
        let (text, kind) = if as_mjml {
            let body = column(&format!("<mj-text>{content}<a href=\"{{{{ link('guide') }}}}\">g</a></mj-text>"));
            (format!("<mjml><mj-body>{body}{MJML_FOOTER}</mj-body></mjml>"), TemplateKind::Mjml)
        } else {
            (format!("{content}<a href=\"{{{{ link(\"guide\") }}}}\">g</a>{FOOTER}"), TemplateKind::Html)
        };
        let mark = |value: &str| format!("⟦{value}⟧");
        let mut values: BTreeMap<&str, String> = values.into_iter().map(|(field, value)| (field, mark(&value))).collect();
        values.insert("email", mark(&email));
        let mail = fill(&text, kind, &marketing(&["guide"]), &values);
        let mail = mail.map_err(|fault| TestCaseError::fail(format!("{fault}: {text}")))?;
        for marked in mail.split('⟦').skip(1) {
            let (value, _) = marked.split_once('⟧').unwrap();
            prop_assert!(!value.contains(['<', '>', '"', '\'']), "{value}");
        }
    }

    /// Whatever an author types: faults point into the text, and what passes can be filled in.
    #[test]
    fn any_text_gets_faults_inside_it(parts in prop::collection::vec(prop_oneof![
        Just("{{"), Just("}}"), Just("{%"), Just("%}"), Just("{#"), Just("#}"), Just("if "), Just("else"), Just("endif"),
        Just("elif "), Just("for x in y"), Just("email"), Just("first_name"), Just(" or "), Just("\"x\""), Just("\""), Just("'"),
        Just("|default("), Just(")"), Just("("), Just("<mjml>"), Just("<mj-body>"), Just("</mj-body>"), Just("</mjml>"),
        Just("<mj-raw>"), Just("</mj-raw>"), Just("<!--"), Just("-->"), Just("<a href="), Just(">"), Just("é"), Just(" "),
        Just("{{ email }}"), Just("{% if customer %}"), Just("{% endif %}"), Just("raw"), Just("{% if _ %}"), Just("company.domain"), Just("{{ link('guide') }}"), Just("flowtoken0n1z"), Just("-"), Just("\n"),
    ], 0..24), as_mjml: bool) {
        let text = parts.concat();
        let kind = if as_mjml { TemplateKind::Mjml } else { TemplateKind::Html };
        match check(&text, kind, &scope()) {
            Ok(_) => {
                let email = BTreeMap::from([("email", "a@b.example".to_owned())]);
                fill(&text, kind, &scope(), &email).map_err(|fault| TestCaseError::fail(format!("{fault}: {text}")))?;
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
                }
            }
        }
    }
}
