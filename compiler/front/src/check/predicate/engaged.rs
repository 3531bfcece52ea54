//! `clicked`, `opened`, `replied`, `bounced`: of a mail that can have been sent before.

use super::super::cx::Cx;
use super::super::flow::Journey;
use super::super::named;
use super::super::text::fixed_text;
use super::Asked;
use crate::diagnostics::{messages, names};
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Engaged};
use crate::typed::Cond;
use flow_ir::{EmailId, EngagementKind};

/// `clicked guide_delivery link "case-study"`, or `clicked` alone for the last email sent.
pub(super) fn check(cx: &mut Cx<'_>, engaged: &Engaged, span: Span, asked: Asked<'_>) -> Cond {
    let (kind, verb) = match engaged.verb {
        ast::EngagementVerb::Clicked => (EngagementKind::Clicked, "clicked"),
        ast::EngagementVerb::Opened => (EngagementKind::Opened, "opened"),
        ast::EngagementVerb::Replied => (EngagementKind::Replied, "replied"),
        ast::EngagementVerb::Bounced => (EngagementKind::Bounced, "bounced"),
    };
    let journey = match asked {
        Asked::InJourney(journey) | Asked::Goal(journey) | Asked::Waiting(journey) => journey,
        Asked::Entry | Asked::Anywhere(_) => {
            let words = if let Asked::Anywhere(words) = asked { words } else { "an `enter when`" };
            let diagnostic = messages::journey_only(verb, cx.at(span), words);
            cx.report(diagnostic);
            return Cond::Unknown;
        }
    };
    let email = match &engaged.email {
        Some(name) => engaged_email(cx, verb, name, journey),
        None => last_email(cx, verb, journey, span),
    };
    let Some(email) = email else { return Cond::Unknown };
    match &engaged.link {
        None => Cond::Engaged { kind, email, link: None },
        Some(link) => match engaged_link(cx, email, link) {
            Some(link) => Cond::Engaged { kind, email, link: Some(link) },
            None => Cond::Unknown,
        },
    }
}

fn engaged_email(cx: &mut Cx<'_>, verb: &str, name: &ast::Name, journey: &Journey) -> Option<EmailId> {
    let email = named::email(cx, name)?;
    if journey.blind || journey.may_have_sent(email) {
        return Some(email);
    }
    let diagnostic = messages::not_sent_before(verb, &name.text, cx.at(name.span), journey.sent_anywhere(email));
    cx.report(diagnostic);
    None
}

fn last_email(cx: &mut Cx<'_>, verb: &str, journey: &Journey, span: Span) -> Option<EmailId> {
    if journey.blind {
        return None;
    }
    let sent: Vec<(EmailId, Location)> = journey.last.iter().flatten().map(|(at, email)| (*email, *at)).collect();
    let agree = sent.iter().zip(sent.iter().skip(1)).all(|((one, _), (next, _))| one == next);
    match (sent.as_slice(), journey.last.contains(&None)) {
        ([(email, _), ..], false) if agree => return Some(*email),
        ([], _) => {
            let diagnostic = messages::nothing_sent_before(verb, cx.at(span));
            cx.report(diagnostic);
        }
        (several, _) => {
            let mut named: Vec<(String, Location)> = Vec::new();
            for (email, at) in several {
                let name = cx.env.scope.emails.at(*email).node.name.text.clone();
                if !named.iter().any(|(known, _)| *known == name) {
                    named.push((name, *at));
                }
            }
            let diagnostic = messages::unclear_engagement(verb, &named, cx.at(span));
            cx.report(diagnostic);
        }
    }
    None
}

fn engaged_link(cx: &mut Cx<'_>, email: EmailId, link: &ast::Literal) -> Option<String> {
    let ast::Literal::Text(text) = link else { return None };
    let alias = fixed_text(cx, text)?;
    let declared = cx.env.scope.emails.at(email);
    let aliases: Vec<String> = declared.node.links().filter_map(|(known, _)| known.alias.plain()).collect();
    if aliases.contains(&alias) || declared.node.broken {
        return Some(alias);
    }
    let known: Vec<&str> = aliases.iter().map(String::as_str).collect();
    let name = &declared.node.name;
    let diagnostic = names::unknown_link(&name.text, &alias, &known, cx.at(text.span), declared.at(name.span));
    cx.report(diagnostic);
    None
}
