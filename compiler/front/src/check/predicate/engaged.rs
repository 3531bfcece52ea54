//! `clicked`, `opened`, `replied`, `bounced`: of a mail that can have been sent before.

use super::super::cx::Cx;
use super::super::flow::Journey;
use super::super::named;
use super::super::text::fixed_text;
use super::Asked;
use crate::diagnostics::messages::{self, JourneyOnly};
use crate::diagnostics::names;
use crate::source::{Location, Span};
use crate::syntax::ast::{self, Engaged, With};
use crate::typed::{Cond, Part};
use flow_ir::{EmailId, EngagementKind};

/// `clicked guide_delivery link "case-study"`, or `clicked` alone for the last email sent.
pub(super) fn check(cx: &mut Cx<'_>, engaged: &Engaged, span: Span, asked: Asked<'_>) -> Cond {
    let (kind, verb) = (engaged.verb.kind(), engaged.verb.word());
    let journey = match asked {
        Asked::InJourney(journey) | Asked::Goal(journey) | Asked::Waiting(journey) => journey,
        Asked::Entry | Asked::Anywhere(_) => {
            let what = match engaged.with {
                With::Any if engaged.link.is_none() => JourneyOnly::AnyMail(verb),
                With::Any | With::One(_) | With::AnyOf(_) | With::Last => JourneyOnly::Mail(verb),
            };
            cx.report(messages::journey_only(what, cx.at(span), asked.words()));
            return Cond::Unknown;
        }
    };
    let email = match &engaged.with {
        With::One(name) => engaged_email(cx, verb, name, journey),
        With::Last => last_email(cx, verb, journey, span),
        With::AnyOf(names) => {
            let emails = names.iter().map(|name| (engaged_email(cx, verb, name, journey), cx.at(name.span)));
            let emails: Vec<_> = emails.collect();
            return any_of(cx, kind, emails, engaged.link.as_ref());
        }
        With::Any => {
            let sent: Vec<EmailId> = journey.may_have_been_sent().collect();
            if sent.is_empty() && !journey.blind {
                cx.report(messages::nothing_sent_before(verb, cx.at(span)));
            }
            // Of a link, those mails that have it; where none has, the first says so.
            let linked = sent.iter().copied().filter(|email| has_link(cx, *email, engaged.link.as_ref()));
            let linked: Vec<EmailId> = linked.collect();
            let meant = if linked.is_empty() { sent.into_iter().take(1).collect() } else { linked };
            let emails = meant.into_iter().map(|email| (Some(email), cx.at(span))).collect();
            return any_of(cx, kind, emails, engaged.link.as_ref());
        }
    };
    email.map_or(Cond::Unknown, |email| with_link(cx, kind, email, engaged.link.as_ref()))
}

fn with_link(cx: &mut Cx<'_>, kind: EngagementKind, email: EmailId, link: Option<&ast::Literal>) -> Cond {
    match link {
        None => Cond::Engaged { kind, email, link: None },
        Some(link) => match engaged_link(cx, email, link) {
            Some(link) => Cond::Engaged { kind, email, link: Some(link) },
            None => Cond::Unknown,
        },
    }
}

/// That it happened to one of them; unknown where one is, or where there is none.
fn any_of(
    cx: &mut Cx<'_>,
    kind: EngagementKind,
    emails: Vec<(Option<EmailId>, Location)>,
    link: Option<&ast::Literal>,
) -> Cond {
    let one = |(email, at): (Option<EmailId>, Location)| {
        let cond = email.map_or(Cond::Unknown, |email| with_link(cx, kind, email, link));
        Part { cond, at }
    };
    let mut parts: Vec<Part> = emails.into_iter().map(one).collect();
    match parts.len() {
        0 => Cond::Unknown,
        1 => parts.remove(0).cond,
        _ => Cond::Any(parts),
    }
}

/// Whether an email has the link, as far as can be read. Each has none in particular.
fn has_link(cx: &Cx<'_>, email: EmailId, link: Option<&ast::Literal>) -> bool {
    let declared = &cx.env.scope.emails.at(email).node;
    let Some(alias) = link.and_then(ast::Literal::plain) else { return true };
    declared.broken || declared.links().any(|(known, _)| known.alias.plain().as_ref() == Some(&alias))
}

pub(in super::super) fn engaged_email(
    cx: &mut Cx<'_>,
    verb: &str,
    name: &ast::Name,
    journey: &Journey,
) -> Option<EmailId> {
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
            let beside = named_beside(cx, span);
            let diagnostic = messages::unclear_engagement(verb, &beside, &named, cx.at(span));
            cx.report(diagnostic);
        }
    }
    None
}

/// `opened guide and not clicked`: the emails that the same line names.
fn named_beside(cx: &Cx<'_>, span: Span) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in cx.line_before(span).split(|sign: char| !(sign.is_alphanumeric() || sign == '_')) {
        if cx.env.emails.contains_key(word) && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

fn engaged_link(cx: &mut Cx<'_>, email: EmailId, link: &ast::Literal) -> Option<String> {
    let ast::Literal::Text(text) = link else { return None };
    let alias = fixed_text(cx, text)?;
    let declared = cx.env.scope.emails.at(email);
    let links = cx.env.links.at(email);
    if links.known.contains(&alias) || declared.node.broken {
        return Some(alias);
    }
    let known = cx.suggesting().listed(links.written.iter().map(String::as_str));
    let name = &declared.node.name;
    let diagnostic = names::unknown_link(&name.text, &alias, &known, cx.at(text.span), declared.at(name.span));
    cx.report(diagnostic);
    None
}
