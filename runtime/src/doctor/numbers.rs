//! Every number below a slot's next one was given once, and none above it.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind, Subject};
use crate::store::{ContactId, ContactRecord, OutboxRecord, SlotState, number_in_slot};

/// The last number of each kind.
#[derive(Default)]
pub(super) struct Numbers {
    contacts: Sequence,
    messages: Sequence,
    records: Sequence,
}

#[derive(Default)]
struct Sequence {
    last: u64,
}

impl Sequence {
    /// A number, ascending. Numbers of another slot begin anew.
    fn take(&mut self, cx: &Context<'_>, number: u64, of: &Numbered, found: &mut Findings) {
        let is_of_next_slot = number - number_in_slot(number) != self.last - number_in_slot(self.last);
        if is_of_next_slot {
            self.end(cx, of, found);
            self.last = number - number_in_slot(number);
        }
        if number == self.last && number_in_slot(number) > 0 {
            found.add(Kind::MissingRow, (of.subject)(number), "was given to an event and to a decision");
        } else if number > self.last + 1 {
            missing(self.last + 1, number - 1, of, found);
        }
        self.last = number;
        if cx.slot_of(number).is_none_or(|slot| number_in_slot(number) >= (of.next)(slot)) {
            found.add(Kind::NumberNotGiven, (of.subject)(number), "has a number that no batch has given");
        }
    }

    /// The end of a slot.
    fn end(&self, cx: &Context<'_>, of: &Numbered, found: &mut Findings) {
        let next = cx.slot_of(self.last).map_or(1, |slot| (of.next)(slot));
        let last = number_in_slot(self.last);
        if last + 1 < next {
            missing(self.last + 1, self.last + (next - last - 1), of, found);
        }
    }
}

fn missing(first: u64, last: u64, of: &Numbered, found: &mut Findings) {
    let words = if first == last { "is not there".to_owned() } else { format!("to {last} are not there") };
    found.add(Kind::MissingRow, (of.subject)(first), words);
}

/// What is numbered.
struct Numbered {
    next: fn(&SlotState) -> u64,
    subject: fn(u64) -> Subject,
}

const CONTACTS: Numbered =
    Numbered { next: |slot| slot.next_contact, subject: |number| Subject::Contact(ContactId(number)) };
const MESSAGES: Numbered = Numbered { next: |slot| slot.next_outbox, subject: Subject::Message };
const RECORDS: Numbered = Numbered { next: |slot| slot.next_record, subject: Subject::Record };

impl Check for Numbers {
    fn message(&mut self, cx: &Context<'_>, row: &OutboxRecord, found: &mut Findings) {
        self.messages.take(cx, row.id, &MESSAGES, found);
    }

    fn contact(&mut self, cx: &Context<'_>, id: ContactId, _: Option<&ContactRecord>, found: &mut Findings) {
        self.contacts.take(cx, id.0, &CONTACTS, found);
    }

    fn number(&mut self, cx: &Context<'_>, number: u64, found: &mut Findings) {
        self.records.take(cx, number, &RECORDS, found);
    }

    fn over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        self.contacts.end(cx, &CONTACTS, found);
        self.messages.end(cx, &MESSAGES, found);
        self.records.end(cx, &RECORDS, found);
    }
}
