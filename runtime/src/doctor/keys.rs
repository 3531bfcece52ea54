//! Whoever is there can be found: by the user id that they are known by, and by the address that their mail goes to. Whoever cannot is taken for
//! somebody new when they are named again, and gets everything a second time (E11).

use super::Check;
use super::context::{Bits, Context, or_found};
use super::finding::{Findings, Kind, Mend, Subject};
use crate::inbound::{Mark, email_key, is_address, is_device, is_user};
use crate::store::{ContactId, ContactRecord, Records, StoreError};
use flow_ir::{Id as _, Program, SlotId};

/// Who has a key at all, and who a user id.
pub(super) struct Keys {
    identified: SlotId,
    found: Bits,
    users: Bits,
}

impl Keys {
    pub(super) fn new(program: &Program) -> Keys {
        Keys { identified: program.system.identified, found: Bits::default(), users: Bits::default() }
    }
}

impl Check for Keys {
    fn key(&mut self, cx: &Context<'_>, key: &str, contact: ContactId, _: &mut Findings) {
        let stayed = cx.stayed(contact);
        // Beside them stands what is kept of an address, whoever has it.
        if is_user(key) || is_device(key) || is_address(key) {
            self.found.insert(stayed.0);
        }
        if is_user(key) {
            self.users.insert(stayed.0);
        }
    }

    fn contact(&mut self, cx: &Context<'_>, id: ContactId, contact: Option<&ContactRecord>, found: &mut Findings) {
        if cx.joined.contains_key(&id) {
            return;
        }
        let is_identified = contact.is_some_and(|contact| cx.is_set(contact, self.identified));
        let words = match (self.found.contains(id.0), self.users.contains(id.0)) {
            (false, _) => "is found by nothing: no user id, device or address leads to them",
            (true, false) if is_identified => "is known by a user id, and none leads to them",
            _ => return,
        };
        found.add(Kind::WithoutKey, Subject::Contact(id), words);
    }
}

/// Sees to it that the addresses of these contacts lead to them, and that what is kept of an address is so of whoever has it (E7).
pub(super) fn examine_addresses(
    records: &mut dyn Records,
    cx: &Context<'_>,
    contacts: &[(ContactId, Option<ContactRecord>)],
    found: &mut Findings,
) -> Result<(), StoreError> {
    let field = cx.program.email_field().and_then(|field| cx.program.fields.get(field));
    let Some(address) = field.and_then(|field| field.text) else { return Ok(()) };
    let there = contacts.iter().filter_map(|(_, contact)| contact.as_ref());
    let named: Vec<(&ContactRecord, String)> = there
        .filter(|contact| !cx.joined.contains_key(&contact.id))
        .filter_map(|contact| Some((contact, email_key(contact.texts.get(address.index())?))))
        .collect();
    let asked = |key: &String| [Some(key.clone()), Mark::Bounced.key(key), Mark::Refused.key(key)];
    let keys: Vec<String> = named.iter().flat_map(|(_, key)| asked(key)).flatten().collect();
    let Some(owners) = or_found(records.owners(&keys), "keys", found)? else { return Ok(()) };
    for ((contact, key), owners) in named.into_iter().zip(owners.chunks(3)) {
        let [owner, bounced, refused] = owners else { break };
        examine_address(contact.id, key, *owner, found);
        let system = &cx.program.system;
        let has = |slots: &[SlotId]| slots.iter().any(|slot| cx.is_set(contact, *slot));
        let refusals = [system.unsubscribed, system.complained, system.do_not_contact];
        let lost = (refused.is_some() && !has(&refusals)).then_some("refused mail");
        // What somebody else has said of it is no more than a note for whoever has it next.
        let has_bounced = *bounced == Some(contact.id) && !has(&[system.hard_bounced]);
        let lost = lost.or_else(|| has_bounced.then_some("bounced"));
        if let Some(lost) = lost {
            let words = format!("has an address that has {lost}, and would be written to");
            found.add(Kind::LostRefusal, Subject::Contact(contact.id), words);
        }
    }
    Ok(())
}

fn examine_address(id: ContactId, key: String, owner: Option<ContactId>, found: &mut Findings) {
    match owner {
        Some(owner) if owner == id => {}
        Some(owner) => {
            let words = format!("has an address that leads to contact {}", owner.0);
            found.add(Kind::AddressOfAnother, Subject::Contact(id), words);
        }
        None => {
            found.add(Kind::AddressAstray, Subject::Contact(id), "has an address that leads to nobody");
            found.mend(Mend::Key(key, id));
        }
    }
}
