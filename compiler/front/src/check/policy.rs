//! `policy`: how many mails anybody gets, when they may leave, and which workflows go first.

use super::come_back::check_comes_back;
use super::cx::Cx;
use super::days::check_day_span;
use super::duration::look_back_ms;
use super::holdout::percent_of;
use super::late::check_windows;
use super::named;
use super::text::report_repeated;
use super::window::check_clock;
use crate::diagnostics::{names, time};
use crate::source::Span;
use crate::syntax::ast::{self, Duration, Name, PolicyClause};
use crate::typed::TypedEntry;
use crate::values::whole_of;
use flow_ir::CONFIRMED;
use flow_ir::limits::{MAX_FACT_DEPTH, MAX_HOLD_DAYS, MAX_LATE_BY_DAYS};
use flow_ir::units::DAY_MS;
use flow_ir::{Cap, Over, Policy, Quiet};

/// A policy, and what lets whoever a step has suppressed get mail again.
pub(super) fn check_policy(cx: &mut Cx<'_>, node: &ast::Policy) -> (Policy, Option<TypedEntry>) {
    let mut repeated = ast::repeated(&node.clauses).into_iter().peekable();
    let (mut policy, mut comes_back) = (Policy::default(), None);
    for clause in &node.clauses {
        match repeated.next_if(|repeated| std::ptr::eq(repeated.again, clause)) {
            Some(found) => report_repeated(cx, "policy", found.word, found.again.span, Some(found.first.span)),
            None => match &clause.kind {
                PolicyClause::ComesBack(when) => comes_back = check_comes_back(cx, when, clause.span),
                kind => check_clause(cx, kind, clause.span, &mut policy),
            },
        }
    }
    (policy, comes_back)
}

/// The rules of several blocks are one policy. What may be said once is what the first of them says: that another one says it too is reported.
pub(super) fn join(policy: &mut Policy, more: Policy) {
    policy.consent = policy.consent.or(more.consent);
    policy.confirms |= more.confirms;
    policy.caps.extend(more.caps);
    policy.blackouts.extend(more.blackouts);
    policy.quiet = policy.quiet.or(more.quiet);
    policy.hold_ms = policy.hold_ms.or(more.hold_ms);
    policy.holdout = policy.holdout.or(more.holdout);
    policy.late = policy.late.or(more.late);
    policy.late_by_ms = policy.late_by_ms.or(more.late_by_ms);
    if policy.first.is_empty() {
        policy.first = more.first;
    }
}

fn check_clause(cx: &mut Cx<'_>, clause: &PolicyClause, at: Span, policy: &mut Policy) {
    match clause {
        PolicyClause::Consent(consent) => policy.consent = Some(consent.meaning()),
        PolicyClause::Confirm(email) => policy.confirms = check_confirm(cx, email, at),
        PolicyClause::Cap(cap) => policy.caps.extend(check_cap(cx, cap)),
        PolicyClause::Quiet(quiet) => policy.quiet = check_quiet(cx, quiet, at),
        PolicyClause::Blackout(blackout) => policy.blackouts.extend(check_day_span(cx, blackout)),
        PolicyClause::Hold(longest) => policy.hold_ms = check_hold(cx, longest),
        PolicyClause::Holdout(holdout) => policy.holdout = percent_of(cx, holdout),
        PolicyClause::LateBy(longest) => policy.late_by_ms = check_late_by(cx, longest),
        PolicyClause::Late(late) => {
            check_windows(cx, *late, at);
            policy.late = Some(late.0);
        }
        PolicyClause::First(first) => check_first(cx, &first.groups, policy),
        PolicyClause::ComesBack(_) => {}
    }
}

/// Whether people can confirm by this email: there is one, a rule of consent that asks for their yes, and no other meaning of what they say.
fn check_confirm(cx: &mut Cx<'_>, email: &Name, at: Span) -> bool {
    let first = cx.env.scope.policy.iter().find_map(|policy| policy.node.confirm_mail());
    if first.is_some_and(|first| !std::ptr::eq(first, email)) {
        // That it is a second one is told.
        return false;
    }
    let found = named::email(cx, email);
    if let Some(meant) = cx.env.confirm_meant.filter(|meant| *meant != email.text) {
        cx.report(names::no_mail_to_confirm_by(&email.text, meant, cx.at(email.span)));
        return false;
    }
    if cx.env.schema.consent.is_none() && !cx.env.scope.policy.iter().any(|policy| policy.node.broken) {
        cx.report(names::confirms_nothing(cx.at(at)));
        return false;
    }
    let own = cx.env.scope.events.iter().find(|event| event.node.name.text == CONFIRMED);
    if let Some(event) = own {
        cx.report(names::own_confirmed(event.at(event.node.name.span), cx.at(at)));
        return false;
    }
    found.is_some()
}

fn check_cap(cx: &mut Cx<'_>, cap: &ast::Cap) -> Option<Cap> {
    let per_ms = look_back_ms(cx, &cap.per);
    let topic = cap.topic.as_ref().map(|topic| named::topic(cx, topic));
    let most = i64::from(MAX_FACT_DEPTH);
    let (why, instead) = match whole_of(&cap.emails.text) {
        Some(emails) if (1..=most).contains(&emails) => {
            let then = if cap.drops { Over::Drop } else { Over::Delay };
            // What bounds the mail about a topic that is not there bounds nothing.
            let topic = topic.map_or(Some(None), |topic| topic.map(Some))?;
            return Some(Cap { emails: u32::try_from(emails).ok()?, topic, per_ms: per_ms?, then });
        }
        Some(emails) if emails > most => ("more than are counted", MAX_FACT_DEPTH),
        Some(_) => ("nobody would ever be written to", 1),
        None => ("mails come whole", 1),
    };
    let text = cx.text_at(cap.capped);
    let diagnostic = time::bad_cap(&text, why, cx.at(cap.capped), instead);
    cx.report(diagnostic);
    None
}

fn check_quiet(cx: &mut Cx<'_>, quiet: &ast::Quiet, at: Span) -> Option<Quiet> {
    let (from, to) = (check_clock(cx, &quiet.from), check_clock(cx, &quiet.to));
    let quiet = Quiet { from_min: from?, to_min: to? };
    // From 24:00 on is from midnight on.
    let begins = if quiet.from_min == Quiet::DAY_MINUTES { 0 } else { quiet.from_min };
    let quiet = Quiet { from_min: begins, ..quiet };
    if quiet.is_all_day() {
        let diagnostic = time::quiet_all_day(cx.at(at));
        cx.report(diagnostic);
        return None;
    }
    Some(quiet)
}

fn check_hold(cx: &mut Cx<'_>, longest: &Duration) -> Option<i64> {
    let ms = look_back_ms(cx, longest)?;
    if ms > i64::from(MAX_HOLD_DAYS) * DAY_MS {
        let text = cx.text_at(longest.span);
        let diagnostic = time::held_too_long(&text, cx.at(longest.span), MAX_HOLD_DAYS);
        cx.report(diagnostic);
        return None;
    }
    Some(ms)
}

fn check_late_by(cx: &mut Cx<'_>, longest: &Duration) -> Option<i64> {
    let ms = look_back_ms(cx, longest)?;
    if ms > i64::from(MAX_LATE_BY_DAYS) * DAY_MS {
        let text = cx.text_at(longest.span);
        let diagnostic = time::counts_too_early(&text, cx.at(longest.span), MAX_LATE_BY_DAYS);
        cx.report(diagnostic);
        return None;
    }
    Some(ms)
}

/// Where the group before one ends.
fn groups_end(groups: &[Name], place: usize) -> u32 {
    groups.iter().take(place).next_back().map_or(0, |before| before.span.end)
}

/// Groups of workflows in the order in which they go, each once.
fn check_first(cx: &mut Cx<'_>, groups: &[Name], policy: &mut Policy) {
    for (place, group) in groups.iter().enumerate() {
        let first = groups.iter().take(place).find(|before| before.text == group.text);
        match first {
            Some(first) => {
                let (at, first) = (Span::new(groups_end(groups, place), group.span.end), first.span);
                let diagnostic = names::group_twice(&group.text, cx.at(group.span), cx.at(first), cx.at(at));
                cx.report(diagnostic);
            }
            None if named::group(cx, group) => policy.first.push(group.text.clone()),
            None => {}
        }
    }
}
