//! `reenter never`, `reenter after D`, `reenter always`, `reenter per EVENT.PROPERTY`: whether people come in again.

use super::cx::Cx;
use super::duration::check_duration;
use super::header::Around;
use super::named;
use crate::diagnostics::{names, several};
use crate::meaning::Meaning;
use crate::syntax::ast::{self, Header};
use crate::typed::TypedWorkflow;
use flow_ir::{FieldType, Reenter};

pub(super) fn reenter(cx: &mut Cx<'_>, reenter: &ast::Reenter, _: &Around<'_>, typed: &mut TypedWorkflow) {
    typed.reenter = match reenter {
        ast::Reenter::Never => Reenter::Never,
        ast::Reenter::Always => Reenter::Always,
        ast::Reenter::After(after) => check_duration(cx, after).map_or(Reenter::Never, Reenter::After),
        ast::Reenter::Per(per) => {
            let again = per.again.as_ref().and_then(|again| check_duration(cx, again));
            typed.several = Some(per.property.text.clone());
            Reenter::Per { again }
        }
    };
}

/// That whoever comes in has a value by which their journey is told apart.
pub(super) fn per_value(cx: &mut Cx<'_>, node: &ast::Workflow, per: &ast::PerValue) {
    let Some(event) = named::event(cx, &per.event) else { return };
    let declared = cx.env.schema.events.at(event);
    let Some(place) = declared.property_places.get(&per.property.text).copied() else {
        let known = cx.suggesting().listed(declared.shape.properties.iter().map(|known| known.name.as_str()));
        let at = cx.at(per.property.span);
        if !declared.broken {
            cx.report(names::unknown_property(&per.event.text, &per.property.text, &known, at));
        }
        return;
    };
    cx.means(per.property.span, Meaning::Property(event, place as u32));
    let ty = declared.shape.properties.get(place).map(|property| property.ty.clone());
    let (name, said, at) = (&node.name.text, cx.text_at(per.span), cx.at(per.span));
    if ty == Some(FieldType::YesNo) {
        return cx.report(several::two_values_alone(&said, at));
    }
    if !node.headers().any(|header| matches!(header.kind, Header::Enter(_))) {
        return;
    }
    if !cx.env.triggers.lets_into_workflow(name, event) {
        return cx.report(several::lets_nobody_in(name, &per.event.text, at));
    }
    if let Some(way) = cx.env.triggers.way_without(&cx.env.schema, name, &per.property.text) {
        return cx.report(several::comes_without(&per.property.text, at, way));
    }
    if let Some(rate) = node.headers().find(|header| matches!(header.kind, Header::Rate(_))) {
        cx.report(several::beside_a_rate(at, cx.at(rate.span)));
    }
}
