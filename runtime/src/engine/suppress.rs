//! Consent, as the sender sees it (E7): who may get which kind of mail, and how that is lost.

use super::plan::Plan;
use super::reason::{Suppressed, Withheld};
use super::touch::Touch;
use crate::store::DecisionCode;
use flow_ir::{EmailKind, SlotId, SystemSlots};

/// Why this kind of mail must not go to whoever this frame belongs to. Asked when a step sends, and again when the mail leaves (E5).
pub(super) fn forbidden(plan: &Plan, frame: &[u8], kind: EmailKind) -> Option<Withheld> {
    let slots = &plan.program.system;
    let is = |slot: SlotId| plan.program.frame.read(frame, slot) != 0;
    let for_all = [(slots.hard_bounced, Withheld::HardBounced)];
    let for_marketing = [
        (slots.unsubscribed, Withheld::Unsubscribed),
        (slots.hard_bounced, Withheld::HardBounced),
        (slots.complained, Withheld::Complained),
        (slots.do_not_contact, Withheld::DoNotContact),
    ];
    let reasons: &[(SlotId, Withheld)] = match kind {
        EmailKind::Marketing => &for_marketing,
        EmailKind::Transactional => &for_all,
    };
    if !is(slots.reachable) {
        return Some(Withheld::NoAddress);
    }
    reasons.iter().find(|(slot, _)| is(*slot)).map(|(_, reason)| *reason)
}

/// What it means that this slot says yes, if it forbids mail.
pub(super) fn suppression_of(slots: &SystemSlots, slot: SlotId) -> Option<Suppressed> {
    Suppressed::ALL.iter().copied().find(|reason| slot_of(slots, *reason) == slot)
}

fn slot_of(slots: &SystemSlots, reason: Suppressed) -> SlotId {
    match reason {
        Suppressed::Unsubscribed => slots.unsubscribed,
        Suppressed::HardBounced => slots.hard_bounced,
        Suppressed::Complained => slots.complained,
        Suppressed::DoNotContact => slots.do_not_contact,
    }
}

impl Touch<'_> {
    /// Takes consent or the address away; recorded the first time. Always true: it is something that happened.
    pub(super) fn suppress(&mut self, reason: Suppressed) -> bool {
        let slot = slot_of(&self.plan.program.system, reason);
        if self.contact.write(self.plan, slot, 1) {
            self.decide(DecisionCode::Suppressed, reason.number());
        }
        true
    }
}
