//! `notify owner "…"`, `notify sales "…"`, `notify "ana@acme.example" "…"`.

use super::{Pair, Reader, Rule, child};
use crate::syntax::ast::{Notified, NotifyStep};

pub(super) fn parse(reader: &mut Reader<'_>, pair: &Pair<'_>) -> NotifyStep {
    let to = match child(pair, Rule::notified) {
        Some(to) if child(&to, Rule::name).is_some() => Notified::Team(reader.name_of(&to, Rule::name)),
        Some(to) if child(&to, Rule::string).is_some() => Notified::Member(reader.text_of(&to)),
        _ => Notified::Owner,
    };
    NotifyStep { to, text: reader.text_of(pair) }
}
