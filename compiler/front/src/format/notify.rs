//! `notify owner "…"`, `notify sales "…"`, `notify "ana@acme.example" "…"`.

use super::printer::Printer;
use crate::syntax::ast::{Notified, NotifyStep, Step};

pub(super) fn format(printer: &mut Printer<'_>, step: &Step, notify: &NotifyStep) {
    let to = match &notify.to {
        Notified::Owner => "owner".into(),
        Notified::Team(team) => team.text.as_str().into(),
        Notified::Member(address) => printer.quoted(address.span),
    };
    let text = printer.quoted(notify.text.span);
    printer.step(step, &format!("notify {to} {text}"));
}
