//! Consent, as the sender sees it (E7): who may get which kind of mail, and how that is lost.

use super::plan::Plan;
use super::reason::{Suppressed, Withheld};
use super::touch::Touch;
use crate::inbound::{Mark, email_key};
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
    pub(super) fn suppress(&mut self, reason: Suppressed, occurred_at: i64) -> bool {
        let plan = self.plan;
        let system = &plan.program.system;
        match reason {
            Suppressed::HardBounced => self.mark_address(Mark::Bounced, self.address_key()),
            Suppressed::Unsubscribed | Suppressed::Complained | Suppressed::DoNotContact => {
                self.mark_address(Mark::Refused, self.address_key());
            }
        }
        if reason != Suppressed::HardBounced && occurred_at > self.contact.read(plan, system.refused_at) {
            self.contact.write(plan, system.refused_at, occurred_at);
        }
        if self.contact.write(plan, slot_of(system, reason), 1) {
            self.decide(DecisionCode::Suppressed, reason.number());
        }
        true
    }

    /// The person's own act, the only one that lifts what they refused before it (E7). Whoever is marked as not to be contacted stays so:
    /// that is the company's own word.
    pub(super) fn consent(&mut self, address: Option<&str>, occurred_at: i64) -> bool {
        let plan = self.plan;
        let system = &plan.program.system;
        // Consent for another address says nothing of theirs.
        let is_theirs = address.is_none() || address == self.address_key().as_deref();
        if is_theirs && occurred_at > self.contact.read(plan, system.refused_at) {
            let lifted = [system.unsubscribed, system.complained]
                .map(|slot| self.contact.is(plan, slot) && self.contact.write(plan, slot, 0));
            if lifted.contains(&true) {
                self.decide(DecisionCode::Consented, 0);
                let mark = self.address_key().and_then(|key| Mark::Refused.key(&key));
                self.batch.changes.keys.extend(mark.map(|key| (key, None)));
            }
        }
        true
    }

    /// A mail came back for good: that is said of the address it went to, and of the person for as long as they have that address.
    pub(super) fn bounced(&mut self, address: Option<String>) {
        match (address, self.address_key()) {
            (Some(to), own) if own.as_ref() != Some(&to) => self.mark_address(Mark::Bounced, Some(to)),
            _ => drop(self.suppress(Suppressed::HardBounced, self.now)),
        }
    }

    /// The person does not want to be written to, nor does whoever has the address that they name.
    pub(super) fn opt_out(&mut self, reason: Suppressed, address: Option<String>, occurred_at: i64) -> bool {
        self.mark_address(Mark::Refused, address);
        self.suppress(reason, occurred_at)
    }

    /// Keeps something of an address, whoever has it from now on.
    fn mark_address(&mut self, mark: Mark, key: Option<String>) {
        let id = self.contact.id;
        self.batch.changes.keys.extend(key.and_then(|key| mark.key(&key)).map(|key| (key, Some(id))));
    }

    fn address_key(&self) -> Option<String> {
        self.contact.text(self.plan, self.plan.email_field?).map(email_key)
    }
}
