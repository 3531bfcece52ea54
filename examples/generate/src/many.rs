//! A project of any number of workflows, for measuring how the compiler's time grows.
//!
//! Realistic in what makes passes look at each other: names of emails, segments and workflows grow with the project; most event
//! patterns are asked for by one workflow and some by all; every workflow has branches with and without effects, a goal, an exit, a
//! skip and a wait for an event.

use std::fmt::Write as _;

/// How many workflows a file holds.
const IN_A_FILE: usize = 25;
/// Workflows that share one email and one segment, as campaigns of one family do.
const SHARERS: usize = 5;
/// What a workflow of this project measures, for reports: the issue's *33 lines*.
pub const LINES: usize = 33;
/// The only template: what one costs is not what grows with workflows.
pub const TEMPLATE: (&str, &str) = (
    "emails/mail.html",
    "<p>Hello {{ first_name or \"there\" }}</p><p><a href=\"{{ link(\"more\") }}\">More</a></p>\n\
     <p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>, {{ sender_address }}</p>\n",
);

const SHARED: &str = r#"use std.b2b

team sales {
  member "ana@acme.example" covers region in ("EMEA")
  member "bo@acme.example"
  backup "lead@acme.example"
  assign round robin
}
"#;

/// The `.flow` files of a project, path and text.
pub fn many(workflows: usize) -> Vec<(String, String)> {
    let mut files = vec![("shared.flow".to_owned(), SHARED.to_owned())];
    for first in (0..workflows).step_by(IN_A_FILE) {
        let mut text = String::new();
        for number in first..workflows.min(first + IN_A_FILE) {
            if number % SHARERS == 0 {
                family(number / SHARERS, &mut text);
            }
            workflow(number, &mut text);
        }
        files.push((format!("campaigns/{:05}.flow", first / IN_A_FILE), text));
    }
    files
}

/// What a few workflows share.
fn family(number: usize, text: &mut String) {
    // Writing into a string never fails.
    let _ = write!(
        text,
        r#"email mail_{number} {{
  subject  when industry is "saas" "Number {number} for SaaS teams"
           otherwise "Number {number}, {{first_name or "there"}}"
  template "emails/mail.html"
  link     "more" to "https://acme.example/more/{number}"
}}

segment keen_{number} = visited(page is "/topic/{number}") at least 2 times in the last 14 days and company_name contains "group {number}"

"#
    );
}

/// One workflow of [`LINES`] lines.
fn workflow(number: usize, text: &mut String) {
    let family = number / SHARERS;
    let _ = write!(
        text,
        r#"workflow campaign_{number} "Campaign {number}" {{
  goal     "Book a demo" when requested_demo within 30 days
  owner    "ops@acme.example"
  reviewed 2026-10-01
  group    nurture
  enter when downloaded(asset is "guide-{number}") and industry in ("saas", "fintech")
  reenter  after 90 days
  exit when stage >= opportunity or disqualified
  skip when stage is customer or has_open_deal
  send on weekdays from 09:00 to 17:00 in contact timezone

  send mail_{family}
  wait 2 days
  if clicked mail_{family} link "more" {{
    score += 10
  }} else if keen_{family} {{
    score += 5
  }} else {{
    score += -1
  }}
  wait until visited(page is "/offer/{number}") up to 5 days
  if timed out {{
    exit
  }}
  if job_title is "role {number}" and employees >= 50 {{
    advance stage to mql
    handoff to sales {{
      note "Read guide {number}"
      task "Call {{first_name or "the contact"}}" due in 24 hours
    }}
  }}
  score += 20
}}

"#
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflow_has_as_many_lines_as_it_says() {
        let mut text = String::new();
        workflow(7, &mut text);
        assert_eq!(text.trim_end().lines().count(), LINES);
    }
}
