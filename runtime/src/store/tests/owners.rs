//! Two processes on one store in memory: what was taken over is lost to whoever had it.

use super::rows::*;
use crate::store::memory::MemoryStore;
use crate::store::*;

#[test]
fn whoever_was_replaced_writes_nothing_more() {
    let mut first = MemoryStore::new();
    let mut one = Hand::take(&mut first);
    one.commit(&mut first, everything());
    let mut second = first.another();
    let mut other = Hand::take(&mut second);
    assert_eq!(other.state, one.state, "it goes on where the other stopped");
    let late = one.batch(people(3));
    assert_eq!(first.begin(late).unwrap_err().fault, StoreFault::Lost);
    assert_eq!(first.open(Slot::FIRST, 0, &mut Pages::default()).unwrap_err().fault, StoreFault::Lost);
    other.commit(&mut second, people(3));
    // As may the first, once it has taken the slot back.
    let mut again = Hand::take(&mut first);
    assert_eq!(again.state, other.state);
    again.commit(&mut first, people(4));
    assert_eq!(second.begin(other.batch(people(5))).unwrap_err().fault, StoreFault::Lost);
    assert_eq!(first.snapshot().contacts.len(), 4);
}

#[test]
fn slots_are_numbered_and_owned_by_themselves() {
    let mut store = MemoryStore::new();
    let owner = store.tend(Wish { slots: 2 }).unwrap().owner;
    let slots = [0, 1].map(|slot| Slot::new(slot).unwrap());
    let person = |slot: Slot| ContactWrite { id: ContactId::new(slot, 1), ..contact(1) };
    let batch = |slot: Slot| SlotBatch {
        slot,
        state: SlotState { number: 1, next_contact: 2, ..SlotState::default() },
        changes: Changes {
            contacts: vec![person(slot)].into(),
            totals: vec![counter("sent", 2)],
            ..Changes::default()
        },
    };
    store.commit(Batch { owner, slots: slots.map(batch).to_vec() }).unwrap();
    let mut records = store.records().unwrap();
    assert_eq!(records.contacts_after(None).unwrap(), slots.map(|slot| ContactId::new(slot, 1)));
    assert_eq!(records.counters().unwrap(), [("sent".to_owned(), 4)], "each slot counts for itself");
    for slot in slots {
        let mut pages = Pages::default();
        store.open(slot, 2, &mut pages).unwrap();
        assert_eq!(pages.contacts.iter().map(|due| due.id.slot()).collect::<Vec<_>>(), [Some(slot)]);
    }
    // All or nothing, over all slots.
    let mut twice = batch(slots[0]);
    twice.state.number = 2;
    let slots = vec![twice, batch(slots[1])];
    assert_eq!(store.begin(Batch { owner, slots }).unwrap_err().fault, StoreFault::Lost);
    assert!(records.slots().unwrap().iter().all(|state| state.number == 1));
}
