//! `team`.

use super::Known;
use super::cx::Cx;
use super::days::check_day_span;
use super::predicate::Asked;
use super::predicate::check_predicate;
use super::text::{check_address, fixed_text, report_repeated};
use super::window::check_clock;
use crate::diagnostics::{names, team as wrong};
use crate::source::Span;
use crate::syntax::ast;
use crate::typed::{Part, TypedMember, TypedTeam};
use crate::values::whole_of;
use flow_ir::Capacity;
use flow_ir::limits::MAX_CAPACITY;

pub(super) fn check_team(cx: &mut Cx<'_>, node: &ast::Team) -> TypedTeam {
    let what = format!("team `{}`", node.name.text);
    for repeated in ast::repeated(&node.clauses) {
        report_repeated(cx, &what, repeated.word, repeated.again.span, Some(repeated.first.span));
    }
    if node.members().next().is_none() && node.backup().is_none() && !node.broken {
        let diagnostic = names::missing_clause(&what, "member", "member \"ana@acme.example\"", cx.at(node.name.span));
        cx.report(diagnostic);
    }
    let mut members = Vec::new();
    let mut firsts: Vec<(String, Span)> = Vec::new();
    for member in node.members() {
        let covers = member.covers.as_ref().map(|covers| Part {
            cond: check_predicate(cx, covers, Asked::Anywhere("a team"), &Known::new()),
            at: cx.at(covers.span()),
        });
        let capacity = member.limits.capacity.as_ref().map(|capacity| check_capacity(cx, capacity)).unwrap_or_default();
        let away = member.limits.away.iter().filter_map(|days| check_day_span(cx, days)).collect();
        let home = member.limits.home.as_ref().and_then(|home| check_home(cx, home));
        let address = check_address(cx, &member.address, false);
        if let Some(address) = &address {
            let key = address.to_lowercase();
            match firsts.iter().find(|(known, _)| *known == key) {
                Some((_, first)) => {
                    cx.report(wrong::member_twice(address, cx.at(member.address.span), cx.at(*first)));
                }
                None => firsts.push((key, member.address.span)),
            }
        }
        members.extend(address.map(|address| TypedMember { address, covers, capacity, away, home }));
    }
    TypedTeam {
        hours: node.hours().and_then(|(hours, at)| check_hours(cx, hours, at)),
        name: node.name.text.clone(),
        members,
        backup: node.backup().and_then(|backup| check_address(cx, backup, false)),
    }
}

/// The zone of a member's clocks.
fn check_home(cx: &mut Cx<'_>, home: &ast::Text) -> Option<String> {
    let zone = fixed_text(cx, home)?;
    if cx.env.project.zones.knows.is_some_and(|knows| !knows(&zone)) {
        let diagnostic = wrong::unknown_home(&zone, cx.at(home.span));
        cx.report(diagnostic);
        return None;
    }
    Some(zone)
}

const NOON_MIN: u16 = 12 * 60;

/// From which minute of a day to which a team is there.
fn check_hours(cx: &mut Cx<'_>, hours: &ast::Hours, at: Span) -> Option<(u16, u16)> {
    let (from, to) = (check_clock(cx, &hours.from), check_clock(cx, &hours.to));
    let (from, to) = (from?, to?);
    if from >= to {
        // `9:00 to 5:00`
        let later = to + NOON_MIN;
        let is_spoken = to < from && from <= NOON_MIN && from < later;
        let later = is_spoken.then(|| format!("{:02}:{:02}", later / 60, later % 60));
        let diagnostic = wrong::bad_hours(&hours.from.text, &hours.to.text, cx.at(at), later.as_deref());
        cx.report(diagnostic);
        return None;
    }
    Some((from, to))
}

/// How many somebody may have, and may be given in a day.
fn check_capacity(cx: &mut Cx<'_>, capacity: &ast::Capacity) -> Capacity {
    let open = capacity.open.as_ref().and_then(|most| check_most(cx, most));
    if let Some(most) = &capacity.open
        && !cx.env.schema.events.values().any(|event| event.shape.answer.is_some())
    {
        cx.report(wrong::nobody_closes(&most.text, cx.at(most.span)));
    }
    Capacity { open, a_day: capacity.a_day.as_ref().and_then(|most| check_most(cx, most)) }
}

fn check_most(cx: &mut Cx<'_>, most: &ast::Name) -> Option<u32> {
    let people = whole_of(&most.text);
    let fits =
        people.and_then(|people| u32::try_from(people).ok()).filter(|people| (1..=MAX_CAPACITY).contains(people));
    if fits.is_none() {
        let why = match people {
            None => "people are handed over whole",
            Some(people) if people < 1 => "nobody would ever be handed to them",
            Some(_) => "more than anybody can have",
        };
        let instead = if people.is_some_and(|people| people > 1) { MAX_CAPACITY } else { 1 };
        cx.report(wrong::bad_capacity(&most.text, why, cx.at(most.span), instead));
    }
    fits
}
