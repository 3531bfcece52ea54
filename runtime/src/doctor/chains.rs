//! Each record of the log names the one before it of the same contact, and the contact the newest.

use super::context::Context;
use super::finding::{Findings, Kind, Mend, Subject};
use super::mark::Mark;
use super::{Check, People};
use crate::store::{ContactId, ContactRecord};

/// How far the chain of each contact of the window has been followed.
#[derive(Default)]
pub(super) struct Chains {
    of: People<Chain>,
}

#[derive(Debug)]
struct Chain {
    newest: u64,
    last: u64,
    is_broken: bool,
}

impl Chains {
    fn take(&mut self, contact: ContactId, number: u64, previous: u64, found: &mut Findings) {
        let Some(chain) = self.of.get_mut(contact) else { return };
        let before = std::mem::replace(&mut chain.last, number);
        if previous != before {
            found.mend(Mend::Previous(number, before));
        }
        // Of one contact the first break says it.
        if previous != before && !std::mem::replace(&mut chain.is_broken, true) {
            let words =
                format!("names record {previous} as the one before it of contact {}, and that is {before}", contact.0);
            found.add(Kind::BrokenChain, Subject::Record(number), words);
        }
    }
}

impl Check for Chains {
    fn contact(&mut self, _: &Context<'_>, id: ContactId, contact: Option<&ContactRecord>, _: &mut Findings) {
        if let Some(contact) = contact {
            self.of.push(id, Chain { newest: contact.newest, last: 0, is_broken: false });
        }
    }

    fn mark(&mut self, _: &Context<'_>, contact: ContactId, mark: Mark, found: &mut Findings) {
        if let Mark::Record { number, previous } = mark {
            self.take(contact, number, previous, found);
        }
    }

    fn window_over(&mut self, _: &Context<'_>, found: &mut Findings) {
        for (contact, chain) in self.of.take() {
            if chain.newest != chain.last {
                found.mend(Mend::Newest(contact, chain.last));
            }
            if chain.newest != chain.last && !chain.is_broken {
                let words = format!("names record {} as their newest, and that is {}", chain.newest, chain.last);
                found.add(Kind::BrokenChain, Subject::Contact(contact), words);
            }
        }
    }
}
