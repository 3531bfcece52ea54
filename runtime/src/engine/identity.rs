//! Whose an event or row is (E11).
//!
//! A user id names one person for ever, and nobody has two; a device or an address may be shared, or given up. So a user id decides; a
//! device or an address that only somebody without a user id has brings that history along; and what belongs to another user stays with
//! them. A refusal belongs to the address that it names.

use super::Engine;
use super::ahead::Found;
use super::error::EngineError;
use crate::inbound::{is_device, is_user};
use crate::store::{ContactId, Store};
use std::sync::Arc;

/// Whose something is, and what becomes of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// None for somebody new.
    pub(super) contact: Option<ContactId>,
    /// Somebody without a user id who proves to be the same person.
    pub(super) joins: Vec<ContactId>,
    /// The keys that are theirs from now on.
    pub(super) given: Vec<String>,
    /// Whether the address among the keys is another user's: it is left out.
    pub(super) address_is_anothers: bool,
}

impl Identity {
    /// Whose a refusal is: whoever has the first of its keys, of which the address that it names comes first. It joins nobody.
    pub(super) fn of_refusal(keys: &[Found<'_>]) -> Identity {
        let contact = keys.iter().find_map(|key| key.owner);
        let given = if contact.is_none() { keys.iter().map(|key| key.key.to_owned()).collect() } else { Vec::new() };
        Identity { contact, given, ..Identity::default() }
    }
}

impl<S: Store> Engine<S> {
    /// Whose these keys are.
    pub(super) fn identify(&mut self, keys: &[Found<'_>]) -> Result<Identity, EngineError> {
        let user = keys.iter().find(|key| is_user(key.key));
        let mut identity = Identity { contact: user.and_then(|user| user.owner), ..Identity::default() };
        identity.given.extend(user.filter(|user| user.owner.is_none()).map(|user| user.key.to_owned()));
        for key in keys.iter().filter(|key| !is_user(key.key)) {
            self.follow(key, user.is_some(), &mut identity)?;
        }
        Ok(identity)
    }

    /// Takes a device or an address into account. A person with a user id who is not known by it yet is whoever has one of these, unless
    /// that is another user.
    fn follow(&mut self, key: &Found<'_>, is_user: bool, identity: &mut Identity) -> Result<(), EngineError> {
        let Some(owner) = key.owner else {
            identity.given.push(key.key.to_owned());
            return Ok(());
        };
        // Their device and their address may both be named.
        if identity.contact == Some(owner) || identity.joins.contains(&owner) {
            return Ok(());
        }
        let is_free = !self.has_user_id(owner)?;
        match identity.contact {
            None if is_free || !is_user => identity.contact = Some(owner),
            Some(contact) if is_free => {
                // Nobody's history is split: of two without a user id the older stays.
                let has_user_id = is_user || self.has_user_id(contact)?;
                let (stays, joins) = if has_user_id || contact < owner { (contact, owner) } else { (owner, contact) };
                identity.contact = Some(stays);
                identity.joins.push(joins);
            }
            // A device that another user had: it is whose user id came with it last.
            _ if is_device(key.key) => identity.given.push(key.key.to_owned()),
            _ => identity.address_is_anothers = true,
        }
        Ok(())
    }

    fn has_user_id(&mut self, id: ContactId) -> Result<bool, EngineError> {
        let plan = Arc::clone(&self.plan);
        Ok(self.peek(id)?.is(&plan, plan.program.system.identified))
    }
}
