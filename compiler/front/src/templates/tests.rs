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
        fields: BTreeMap::from(fields.map(|(name, shape)| (name.to_owned(), shape))).into(),
        links: BTreeMap::new(),
        marketing: false,
        ..TemplateScope::default()
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
        "{% if first_name %}{% else %}{{ first_name }}{% endif %}\n{% if first_name %}{% elif industry %}{{ first_name }}{% endif %}\n{% if first_name %}{% endif %}{{ first_name }}\n{% if first_name == \"\" %}{{ first_name }}{% endif %}{{ first_name }}"
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

/// How a template says that it lacks a way to unsubscribe or an address, or nothing where it has both.
fn unseen(html: &str) -> Vec<String> {
    check(html, TemplateKind::Html, &marketing(&[]))
        .err()
        .into_iter()
        .flatten()
        .map(|fault| fault.kind.to_string())
        .collect()
}

const WAY_OUT: &str = "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>";

#[test]
fn a_way_out_counts_only_where_a_reader_sees_and_follows_it() {
    for (place, why) in [
        ("<title>{{ unsubscribe_url }}</title>", "is in `<title>`, which"),
        ("<style>/* {{ unsubscribe_url }} */</style>", "is in `<style>`, which"),
        ("<STYLE>/* {{ unsubscribe_url }} */</STYLE>x", "is in `<style>`, which"),
        ("<script>// {{ unsubscribe_url }}\n</script>", "is in `<script>`, which"),
        ("<!-- {{ unsubscribe_url }} -->", "is in a comment"),
        ("<img alt=\"{{ unsubscribe_url }}\" src=\"a.png\">", "is in `alt=\"..\"`, where"),
        ("<p title='{{ unsubscribe_url }}'>a</p>", "is in `title=\"..\"`, where"),
        ("<img src=\"{{ unsubscribe_url }}\">", "is in `src=\"..\"`, where"),
        ("<link href=\"{{ unsubscribe_url }}\">", "is in `href=\"..\"`, where"),
        ("<div style=\"display: none\"><p>WAY</p></div>", "is hidden by `display:none`"),
        ("<div style=\"color:red;DISPLAY:NONE!important\">WAY</div>", "is hidden by `display:none`"),
        ("<p style='visibility:hidden'>WAY</p>", "is hidden by `visibility:hidden`"),
        ("<p style='font-size:0px'>WAY</p>", "is hidden by `font-size:0px`"),
        ("<p style='font:0/0 a'>WAY</p>", "is hidden by `font:0/0 a`"),
        ("<p style='opacity:0'>WAY</p>", "is hidden by `opacity:0`"),
        ("<p style='max-height:0;overflow:hidden'>WAY</p>", "is hidden by `max-height:0`"),
        ("<p hidden>WAY</p>", "is hidden by `hidden`"),
        ("<p>a<p hidden>WAY", "is hidden by `hidden`"),
        ("<template>WAY</template>", "is in `<template>`, which"),
        ("<textarea>WAY</textarea>", "is in `<textarea>`, which"),
        ("<a href=\"{{ unsubscribe_url }}\"></a>", "belongs to `<a>` with nothing"),
        ("<a href=\"{{ unsubscribe_url }}\">&nbsp; &#8203;<br></a>", "belongs to `<a>` with nothing"),
        ("<a href=\"{{ unsubscribe_url }}\"><img src=\"x.gif\" width=\"1\" height=\"1\"></a>", "with nothing"),
        ("<a href=\"{{ unsubscribe_url }}\"><b hidden>Unsubscribe</b></a>", "belongs to `<a>` with nothing"),
        ("<a href=\"{{ unsubscribe_url }}\"><a href=\"x\">Unsubscribe</a>", "belongs to `<a>` with nothing"),
        ("<a style=\"display&#58;none\" href=\"{{ unsubscribe_url }}\">a</a>", "is hidden by `display:none`"),
        ("<a style=\"displ\\61y:n\\6f ne\" href=\"{{ unsubscribe_url }}\">a</a>", "is hidden by `display:none`"),
        (
            "<style>.\\6fut { display:none }</style><a class=out href=\"{{ unsubscribe_url }}\">a</a>",
            "is hidden by the rule",
        ),
        (
            "<a style=\"color:hsl(0 0% 100%)\" href=\"{{ unsubscribe_url }}\">a</a>",
            "has the colour of what is behind it",
        ),
        ("<a style=\"color:floralwhite;background:#fffaf0\" href=\"{{ unsubscribe_url }}\">a</a>", "has the colour of"),
        (
            "<a style=\"-webkit-text-fill-color:transparent;color:black\" href=\"{{ unsubscribe_url }}\">a</a>",
            "is hidden by `-webkit-text-fill-color:transparent`",
        ),
        ("<a style=\"filter:opacity(0%)\" href=\"{{ unsubscribe_url }}\">a</a>", "is hidden by `filter:opacity(0%)`"),
        ("<a style=\"pointer-events:none\" href=\"{{ unsubscribe_url }}\">a</a>", "cannot be clicked because of"),
        ("<div inert><a href=\"{{ unsubscribe_url }}\">a</a></div>", "cannot be clicked because of `inert`"),
        ("<a href=\"https://x.example\" href=\"{{ unsubscribe_url }}\">a</a>", "is in a second `href` of its tag"),
        ("<map name=m><area href=\"{{ unsubscribe_url }}\"></map>", "belongs to `<area>` with nothing"),
        ("<a href=\"https://x.example/{{ unsubscribe_url }}\">a</a>", "has other text before it in `href"),
        ("<a href=\"x{{ unsubscribe_url }}\">a</a>", "has other text before it in `href"),
        ("<!--[if mso]>WAY<![endif]-->", "reaches only some readers"),
        ("<!--[if !mso]><!-->WAY<!--<![endif]-->", "reaches only some readers"),
        ("<!--[if gte mso 15]>WAY<![endif]--><!--[if !mso]><!-->WAY<!--<![endif]-->", "reaches only some readers"),
        ("{% if customer %}WAY{% endif %}", "reaches only some readers"),
        ("<a href=\"{{ unsubscribe_url }}", "is in a `<a` without its `>`"),
    ] {
        let html = format!("<p>{{{{ sender_address }}}}</p>{}", place.replace("WAY", WAY_OUT));
        let found = unseen(&html);
        assert!(found.len() == 1 && found[0].contains(why), "{html}: {found:?}");
    }
}

#[test]
fn an_address_counts_only_where_a_reader_reads_it() {
    for (place, why) in [
        ("<title>{{ sender_address }}</title>", "is in `<title>`"),
        ("<p title=\"{{ sender_address }}\">a</p>", "is in `title=\"..\"`"),
        ("<a href=\"{{ sender_address }}\">a</a>", "is in `href=\"..\"`"),
        ("<p style=\"display:none\">{{ sender_address }}</p>", "is hidden by `display:none`"),
        ("<td style=\"font-size:0\">{{ sender_address }}</td>", "is hidden by `font-size:0`"),
        ("<!-- {{ sender_address }} -->", "is in a comment"),
    ] {
        let found = unseen(&format!("{WAY_OUT}{place}"));
        assert!(found.len() == 1 && found[0].contains(why), "{place}: {found:?}");
    }
}

#[test]
fn a_way_out_that_is_seen_is_taken_however_it_is_written() {
    for place in [
        "<p>{{ unsubscribe_url }}</p>",
        "<a href = ' {{ unsubscribe_url }}#a'>x</a>",
        "<p style=\"pointer-events:none\"><a style=\"pointer-events:auto\" href=\"{{ unsubscribe_url }}\">x</a></p>",
        "<img src=a.png usemap='#m'><map name=m><area href=\"{{ unsubscribe_url }}\"></map>",
        "<a style=\"filter:opacity(90%)\" href=\"{{ unsubscribe_url }}\">x</a>",
        "<A HREF=\"{{ unsubscribe_url }}\"><IMG SRC=\"out.png\" width=\"120\"></A>",
        "<a href=\"{{ unsubscribe_url }}\">{{ first_name or \"you\" }}</a>",
        "<td style=\"font-size:0px\"><span style=\"font-size:13px\">WAY</span></td>",
        "<p style=\"visibility:hidden\"><span style=\"visibility:visible\">WAY</span></p>",
        "<p style=\"display:none;display:block\">WAY</p>",
        "<p style=\"display:none\">a</p>WAY",
        "<p style=\"display:none\">a<div>WAY</div>",
        "<li hidden>a<li>WAY",
        "<div style=\"display:none\"><div>a</div></div>WAY",
        "<span hidden></b></span>WAY",
        "<br hidden>WAY",
        "<!--[if !mso]><!-->WAY<!--<![endif]--><!--[if mso]>WAY<![endif]-->",
        "<!--[if gte mso 9]>WAY<![endif]--><span style=\"mso-hide:all\">WAY</span>",
        "<!--[if !mso]><!-->a<!--<![endif]-->WAY",
        "<details open><summary>a</summary>WAY</details>",
        "<details><summary>WAY</summary>a</details>",
        "<style>.out { display: none } @media print { p { display: none } }</style>WAY",
        "<style>@media (max-width: 480px) { .out { display: none } }</style><p class=\"out\">WAY</p>",
        "<style>.out:hover { display: none } .out::before { display: none }</style><p class=\"out\">WAY</p>",
        "<style>.out { display: none } #in { display: block }</style><p class=\"out\" id=\"in\">WAY</p>",
        "<style>.a .out { display: none }</style><p class=\"out\">WAY</p>",
        "<style>a { color: #fff }</style><p style=\"background:#0b6e4f\">WAY</p>",
        "<style>@font-face { font-family: a; src: url(a) } @keyframes b { from { opacity: 0 } }</style>WAY",
        "<svg><a href=\"x\"></a></svg>WAY",
        "<a href=\"{% if customer %}{{ unsubscribe_url }}{% else %}{{ unsubscribe_url }}{% endif %}\">x</a>",
    ] {
        let html = format!("<p>{{{{ sender_address }}}}</p>{}", place.replace("WAY", WAY_OUT));
        assert_eq!(unseen(&html), [""; 0], "{html}");
    }
}

#[test]
fn mjml_hides_as_html_does() {
    let way_out = "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>";
    let address = "<mj-text>{{ sender_address }}</mj-text>";
    for (head, body, why) in [
        ("<mj-title>{{ unsubscribe_url }}</mj-title>", "<mj-text>a</mj-text>", "is in `<mj-title>`"),
        ("<mj-preview>{{ unsubscribe_url }}</mj-preview>", "<mj-text>a</mj-text>", "is in `<mj-preview>`"),
        ("", "<mj-raw><div style=\"display:none\">WAY</div></mj-raw>", "is hidden by `display:none`"),
        // The columns of MJML have a size of nothing, and what it makes of other tags sets another.
        ("", "<mj-raw><p>WAY</p></mj-raw>", "is hidden by `font-size:0px`"),
        ("", "<mj-text font-size=\"0\">WAY</mj-text>", "is hidden by `font-size:0`"),
        ("", "<mj-button href=\"{{ unsubscribe_url }}\"></mj-button>", "belongs to `<mj-button>` with nothing"),
        ("", "<mj-image src=\"a.png\" alt=\"{{ unsubscribe_url }}\" />", "is in `alt=\"..\"`"),
        (
            "<mj-style inline=\"inline\">.out { display: none }</mj-style>",
            "<mj-text><span class=\"out\">WAY</span></mj-text>",
            "is hidden by `display:none`",
        ),
        (
            "<mj-style>.out { display: none }</mj-style>",
            "<mj-text><span class=\"out\">WAY</span></mj-text>",
            "is hidden by the rule `.out { display: none }`",
        ),
        (
            "<mj-style>.out div { visibility: hidden }</mj-style>",
            "<mj-text css-class=\"out\">WAY</mj-text>",
            "is hidden by the rule `.out div { visibility: hidden }`",
        ),
        (
            "<mj-attributes><mj-class name=\"out\" font-size=\"0px\" /></mj-attributes>",
            "<mj-text mj-class=\"out\">WAY</mj-text>",
            "is hidden by `font-size:0px`",
        ),
        (
            "<mj-attributes><mj-button color=\"#ffffff\" background-color=\"#ffffff\" /></mj-attributes>",
            "<mj-button href=\"{{ unsubscribe_url }}\">Unsubscribe</mj-button>",
            "has the colour of what is behind it by `color:#ffffff`",
        ),
        (
            "",
            "<mj-accordion><mj-accordion-element><mj-accordion-title>a</mj-accordion-title><mj-accordion-text>WAY</mj-accordion-text></mj-accordion-element></mj-accordion>",
            "is in `<mj-accordion-text>`",
        ),
    ] {
        let body = column(&format!("{}{address}", body.replace("WAY", way_out)));
        let text = format!("<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>");
        let faults = check(&text, TemplateKind::Mjml, &marketing(&[])).unwrap_err();
        assert!(faults.len() == 1 && faults[0].kind.to_string().contains(why), "{text}: {faults:?}");
    }
    for body in [
        "<mj-button href=\"{{ unsubscribe_url }}\">Unsubscribe</mj-button>",
        "<mj-image src=\"a.png\" href=\"{{ unsubscribe_url }}\" />",
        "<mj-raw><p style=\"font-size:13px\">WAY</p></mj-raw>",
        "<mj-table><tr><td>WAY</td></tr></mj-table>",
    ] {
        let body = column(&format!("{}{address}", body.replace("WAY", way_out)));
        let text = format!("<mjml><mj-body>{body}</mj-body></mjml>");
        let checked = check(&text, TemplateKind::Mjml, &marketing(&[]));
        assert!(checked.is_ok(), "{text}: {checked:?}");
    }
}

#[test]
fn a_value_never_says_where_a_click_leads_and_never_stands_in_code() {
    for (html, why) in [
        ("<a href=\"{{ email }}\">a</a>", "where `href"),
        ("<a href=\" {{ email }}/x\">a</a>", "where `href"),
        ("<a href=\"https://{{ email }}/\">a</a>", "where `href"),
        ("<a href=\"https://x.{{ email }}\">a</a>", "where `href"),
        ("<a href=\"javascript:a('{{ email }}')\">a</a>", "where `href"),
        ("<a href=\"javascript:a?{{ email }}\">a</a>", "where `href"),
        ("<a href=\"mailto:{{ email }}\">a</a>", "where `href"),
        ("<a href=\"{{ link(\"guide\") }}{{ email }}\">a</a>", "where `href"),
        ("<a href=\"{% if customer %}https://x.example/{% else %}{{ email }}{% endif %}\">a</a>", "where `href"),
        ("<a href=\"{% if customer %}https://x.example/{% endif %}{{ email }}\">a</a>", "where `href"),
        ("<img src=\"{{ email }}\">", "where `src"),
        ("<table background=\"{{ email }}\">", "where `background"),
        ("<form action=\"{{ email }}\">", "where `action"),
        ("<img srcset=\"https://x.example/{{ email }} 2x\">", "in `srcset"),
        ("<p style=\"color:{{ email }}\">a</p>", "in `style"),
        ("<p onclick=\"a('{{ email }}')\">a</p>", "in `onclick"),
        ("<meta http-equiv=\"refresh\" content=\"0;url={{ email }}\">", "in `content"),
        ("<style>a { color: {{ email }} }</style>", "in `<style>"),
        ("<Script>a('{{ email }}')</Script>", "in `<script>"),
        ("<!--[if mso]><v:rect href=\"{{ email }}\"/><![endif]-->", "where `href"),
        ("<!--[if mso]><style>a { b: {{ email }} }</style><![endif]-->", "in `<style>"),
        ("<p style=\"background:url({{ link(\"guide\") }})\">a</p>", "in `style"),
        ("<a href=\"https://{{ link(\"guide\") }}\">a</a>", "other text stands before it"),
    ] {
        let faults = check(html, TemplateKind::Html, &links(&["guide"])).unwrap_err();
        let own: Vec<_> = faults.iter().filter(|fault| matches!(fault.kind, FaultKind::NotAllowed(_))).collect();
        assert!(own.len() == 1 && own[0].kind.to_string().contains(why), "{html}: {faults:?}");
    }
    let button =
        mjml(&column("<mj-button background-color=\"{{ email }}\" href=\"{{ email }}\">a</mj-button>"), &scope());
    assert!(button.contains("in `background-color") && button.contains("where `href"), "{button}");
}

fn links(aliases: &[&str]) -> TemplateScope {
    TemplateScope { marketing: false, ..marketing(aliases) }
}

#[test]
fn values_in_an_address_are_encoded() {
    let person = BTreeMap::from([("first_name", "A & B/ü?".to_owned()), ("email", "a+b@x.example".to_owned())]);
    let guide = "<a href=\"{{ link(\"guide\") }}\">g</a>";
    for (html, filled) in [
        (
            "<a href=\"https://x.example/?n={{ first_name or \"-\" }}\">a</a>",
            "href=\"https://x.example/?n=A%20%26%20B%2F%C3%BC%3F\"",
        ),
        ("<a href='/{{- email -}}/?a={{email}}'>a</a>", "href='/{{- email -}}/"),
        (
            "<a href='https://x.example/{{- email -}}/?a={{email}}'>a</a>",
            "href='https://x.example/a%2Bb%40x.example/?a=a%2Bb%40x.example'",
        ),
        ("<a href=\"?n={{ first_name | upper | default(\"-\") }}\">a</a>", ""),
        (
            "<a href=\"{{ link(\"guide\") }}?n={{ email | upper }}\">a</a>",
            "href=\"https://acme.example/guide?n=A%2BB%40X.EXAMPLE\"",
        ),
        ("<a href=\"https://c.example/?to={{ link(\"guide\") }}\">a</a>", "?to=https%3A%2F%2Facme.example%2Fguide\""),
        (
            "<a href=\"mailto:a@x.example?subject={{ first_name or 'b c' }}\">a</a>",
            "?subject=A%20%26%20B%2F%C3%BC%3F\"",
        ),
        (
            "<img src=\"https://x.example/{{ email }}.png\" alt=\"{{ email }}\">",
            "src=\"https://x.example/a%2Bb%40x.example.png\" alt=\"a+b@x.example\"",
        ),
        ("<!--[if mso]><v:rect href=\"https://x.example/?a={{ email }}\"/><![endif]-->", "?a=a%2Bb%40x.example\""),
        (
            "<p title=\"https://x.example/?a={{ email }}\">https://x.example/?a={{ email }}</p>",
            "?a=a+b@x.example\">https://x.example/?a=a+b@x.example<",
        ),
        (
            "<a href=\"https://x.example/?n={% if first_name %}{{ first_name }}{% else %}-{% endif %}\">a</a>",
            "?n=A%20%26%20B%2F%C3%BC%3F\"",
        ),
    ] {
        let html = format!("{guide}{html}");
        match check(&html, TemplateKind::Html, &links(&["guide"])) {
            Ok(_) => {
                let mail = fill(&html, TemplateKind::Html, &links(&["guide"]), &person).unwrap();
                assert!(mail.contains(filled), "{html}: {mail}");
            }
            Err(faults) => assert!(filled.is_empty() || filled.contains("{{"), "{html}: {faults:?}"),
        }
    }
    let body = column("<mj-button href=\"https://x.example/?n={{ first_name or 'b c' }}\">a</mj-button>");
    let text = format!("<mjml><mj-body>{body}</mj-body></mjml>");
    let mail = fill(&text, TemplateKind::Mjml, &scope(), &BTreeMap::new()).unwrap();
    assert!(mail.contains("href=\"https://x.example/?n=b%20c\""), "{mail}");
}

#[test]
fn an_end_of_nothing_is_told_in_mjml_too() {
    for end in ["raw", "for", "block", "set", "with", "macro", "call", "filter", "if", "autoescape", "x"] {
        let tag = format!("{{% end{end} %}}");
        let body = column(&format!("<mj-text>a {tag}</mj-text>"));
        for (text, kind) in [
            (format!("a {tag} b"), TemplateKind::Html),
            (format!("<mjml><mj-body>{body}</mj-body></mjml>"), TemplateKind::Mjml),
        ] {
            let faults = check(&text, kind, &scope()).unwrap_err();
            assert_eq!(
                faults.iter().map(|fault| &text[fault.span.clone()]).collect::<Vec<_>>(),
                [tag.as_str()],
                "{text}"
            );
        }
    }
    // Its beginning was refused; the end follows from it, once.
    let text = "{% for a in b %}{% endfor %}{% endfor %}";
    let spans = check(text, TemplateKind::Html, &scope()).unwrap_err().into_iter().map(|fault| fault.span.start);
    assert_eq!(spans.collect::<Vec<_>>(), [0, 28]);
}

#[test]
fn one_slip_is_one_message() {
    let cases = [
        ("{{ unsubscribe_link }} {{ sender_address }}", 1),
        ("{{ unsubscribe }} {{ sender_address }}", 1),
        ("<a href=\"{{ optout_url }}\">x</a> {{ postal_address }}", 2),
        ("{{#if first_name}}{{ first_name }}{{/if}}", 1),
        ("{{#unless (eq industry \"saas\")}}a{{else}}b{{/unless}}", 1),
        ("{{#each x}}{{ this }}{{/each}}", 2),
        ("{% if industry == “saas” %}a{% endif %}", 1),
        ("{% if contact.firstname %}a{% endif %}", 1),
        ("{{ link(case-study) }}", 1),
        ("{{ first_name or “there\" }}", 1),
    ];
    for (text, most) in cases {
        let faults = check(text, TemplateKind::Html, &marketing(&["case-study"])).unwrap_err();
        let found: Vec<_> = faults.iter().map(|fault| fault.kind.to_string()).collect();
        let own =
            found.iter().filter(|found| !found.contains("this template has no") && !found.contains("is declared but"));
        assert!(own.count() <= most && !found.is_empty(), "{text}: {found:?}");
    }
}

/// Whoever follows the mended lines has a template that says what they meant.
#[test]
fn slips_are_mended_as_they_were_meant() {
    for (written, meant) in [
        ("{{ contact.firstname }}", "{{ first_name or \"there\" }}"),
        ("{{ contact.firstname|default(\"you\") }}", "{{ first_name or \"you\" }}"),
        ("{{ frist_name or \"you\" }}", "{{ first_name or \"you\" }}"),
        ("{{ first_name | default: \"you\" }}", "{{ first_name or \"you\" }}"),
        ("{{ first_name or you }}", "{{ first_name or \"you\" }}"),
        ("{{ first_name or “you” }}", "{{ first_name or \"you\" }}"),
        ("{{ first_name or \"you” }}", "{{ first_name or \"you\" }}"),
        ("{{ first_name or „you“ }}", "{{ first_name or \"you\" }}"),
        ("{{{ first_name }}}", "{{ first_name or \"there\" }}"),
        ("{{-contact.firstname-}}", "{{-first_name or \"there\"-}}"),
        ("{% if firstName %}{{ firstName }}{% endif %}", "{% if first_name %}{{ first_name }}{% endif %}"),
        ("{{#if firstname}}{{ first_name }}{{/if}}", "{% if first_name %}{{ first_name }}{% endif %}"),
        ("{{#if first_name}}a{{else if industry}}b{{/if}}", "{% if first_name %}a{% elif industry %}b{% endif %}"),
        ("{{#if Industry == \"saas\"}}a{{else}}b{{/if}}", "{% if industry == \"saas\" %}a{% else %}b{% endif %}"),
        ("{{#if (eq industry \"saas\")}}a{{else}}b{{/if}}", "{% if industry == \"saas\" %}a{% else %}b{% endif %}"),
        ("{{#unless first_name}}a{{/unless}}", "{% if first_name %}{% else %}a{% endif %}"),
        ("{% if industry == “saas” %}a{% endif %}", "{% if industry == \"saas\" %}a{% endif %}"),
        ("{{ link(case-study) }}{{ link(\"guide\") }}", "{{ link(\"case-study\") }}{{ link(\"guide\") }}"),
        ("{{ link.case_study }}{{ links.guide }}", "{{ link(\"case-study\") }}{{ link(\"guide\") }}"),
        ("a{% endraw %}b", "ab"),
        ("{{ unsubscribeLink }}", "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>"),
        ("<a href=\"{{ unsubscribe_link }}\">x</a>", "<a href=\"{{ unsubscribe_url }}\">x</a>"),
    ] {
        let scope = links(&["case-study", "guide"]);
        let mut mended = written.to_owned();
        let mut edits: Vec<_> = check(written, TemplateKind::Html, &scope)
            .unwrap_err()
            .into_iter()
            .filter(|fault| !matches!(fault.kind, FaultKind::UnusedLink { .. }))
            .flat_map(|fault| fault.edits)
            .collect();
        edits.sort_by_key(|(place, _)| place.start);
        for (place, text) in edits.into_iter().rev() {
            mended.replace_range(place, &text);
        }
        assert_eq!(mended, meant, "{written}");
        let left = check(&mended, TemplateKind::Html, &TemplateScope { links: BTreeMap::new(), ..scope.clone() });
        let left = if mended.contains("link(") { check(&mended, TemplateKind::Html, &scope) } else { left };
        assert!(left.is_ok(), "{mended}: {left:?}");
    }
}

#[test]
fn inline_rules_are_in_the_elements_and_no_longer_in_the_head() {
    let head =
        "<mj-style inline=\"inline\">.red { color: #ff0000; }</mj-style><mj-style>.blue { color: #0000ff; }</mj-style>";
    let body = column(
        "<mj-text><span class=\"red\">Hello {{ first_name or \"you\" }}</span></mj-text><mj-button hreff=\"\">a</mj-button>",
    );
    let text = format!("<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>");
    let checked = check(&text.replace(" hreff=\"\"", ""), TemplateKind::Mjml, &scope()).unwrap();
    assert!(
        checked.html.contains("<span style=\"color: #ff0000\" class=\"red\">Hello {{ first_name or \"you\" }}</span>")
    );
    assert!(!checked.html.contains(".red") && checked.html.contains(".blue"), "{}", checked.html);
    // What stands behind keeps its place.
    let broken = text.replace("<mj-text>", "<mj-text a=\"b\"c>");
    let faults = check(&broken, TemplateKind::Mjml, &scope()).unwrap_err();
    assert!(faults[0].span.start > broken.find("<mj-text").unwrap(), "{faults:?}");
    let asking = text.replace(".red {", "{% if customer %}.red {");
    let asking = asking.replace("; }</mj-style><mj", "; }{% endif %}</mj-style><mj");
    assert!(check(&asking, TemplateKind::Mjml, &scope()).is_err());
}

#[test]
fn a_mail_that_no_server_takes_is_an_error() {
    let huge = check(&"x".repeat(MAX_MAIL_BYTES + 1), TemplateKind::Html, &scope()).unwrap_err();
    assert_snapshot!(huge[0].kind.to_string(), @"the mail is 513 KB long before any field is filled in; at most 512 KB are sent");
    assert!(check(&"x".repeat(MAX_MAIL_BYTES), TemplateKind::Html, &scope()).is_ok());
    // Each is filled in with up to 900 bytes.
    let links = WAY_OUT.repeat(600);
    assert!(check(&links, TemplateKind::Html, &scope()).is_err());
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
    let urls = SendUrls {
        unsubscribe_url: "https://u.example/?a=1&b=2",
        confirm_url: "",
        sender_address: "Acme & Co",
        links: &scope.links,
    };
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
    let urls = SendUrls { unsubscribe_url: "", confirm_url: "", sender_address: "", links: &BTreeMap::new() };
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
        "{% if company.domain == \"x\" %}a{% elif industry == \"saas\" %}b{% elif first_name %}c{% else %}d{% endif %}";
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
        Just("{% endraw %}"), Just("{% endfor %}"), Just("{{#if email}}"), Just("{{/if}}"), Just("link("), Just("<a href='"), Just("https://x.example/?"), Just("<style>"), Just("</style>"), Just("<mj-style inline='inline'>"), Just("</mj-style>"), Just("a{b:c}"), Just("“"),
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
