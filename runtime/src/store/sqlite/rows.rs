//! Every row of a store in a file, in pages. The statements stand with their areas.

use super::records::SqliteRecords;
use super::{charter, contacts, decisions, events, handoffs, ledgers, outbox, slots, totals};
use crate::store::{
    Astray, Charter, ContactId, ContactRecord, DecisionRecord, EventRecord, HandoffRecord, JourneyKey, JourneyRecord,
    KeptProgram, OutboxRecord, Placed, Rows, ScoreRecord, StageRecord, StoreError, Total,
};
use std::collections::BTreeMap;

impl Rows for SqliteRecords {
    fn charter(&mut self) -> Result<Charter, StoreError> {
        self.read(charter::read)
    }

    fn program(&mut self, version: u32) -> Result<Option<KeptProgram>, StoreError> {
        self.read(|connection| charter::version(connection, version))
    }

    fn versions(&mut self) -> Result<Vec<u32>, StoreError> {
        self.read(charter::versions)
    }

    fn whole_contacts(
        &mut self,
        after: Option<ContactId>,
    ) -> Result<Vec<(ContactId, Option<ContactRecord>)>, StoreError> {
        self.read_all(|connection| contacts::whole(connection, after))
    }

    fn keys(&mut self, after: Option<&str>) -> Result<Vec<(String, ContactId)>, StoreError> {
        self.read_all(|connection| contacts::keys(connection, after))
    }

    fn owners(&mut self, keys: &[String]) -> Result<Vec<Option<ContactId>>, StoreError> {
        self.read_all(|connection| contacts::find(connection, keys))
    }

    fn joined(&mut self, after: Option<ContactId>) -> Result<Vec<(ContactId, ContactId)>, StoreError> {
        self.read(|connection| contacts::joined(connection, after))
    }

    fn ended(&mut self, after: Option<JourneyKey>) -> Result<Vec<JourneyRecord>, StoreError> {
        self.read(|connection| contacts::ended(connection, after))
    }

    fn events(&mut self, after: u64) -> Result<Vec<EventRecord>, StoreError> {
        self.read(|connection| events::page(connection, after))
    }

    fn decisions(&mut self, after: u64) -> Result<Vec<DecisionRecord>, StoreError> {
        self.read(|connection| decisions::page(connection, after))
    }

    fn outbox(&mut self, after: u64) -> Result<Vec<OutboxRecord>, StoreError> {
        self.read(|connection| outbox::page(connection, after))
    }

    fn handoffs(&mut self, after: u64) -> Result<Vec<Placed<HandoffRecord>>, StoreError> {
        self.read(|connection| handoffs::page(connection, after))
    }

    fn stages(&mut self, after: u64) -> Result<Vec<Placed<StageRecord>>, StoreError> {
        self.read(|connection| ledgers::stages(connection, after))
    }

    fn scores(&mut self, after: u64) -> Result<Vec<Placed<ScoreRecord>>, StoreError> {
        self.read(|connection| ledgers::scores(connection, after))
    }

    fn totals(&mut self) -> Result<BTreeMap<Total, i64>, StoreError> {
        self.read(totals::all)
    }

    fn reads(&mut self) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        self.read(slots::reads)
    }

    fn repeated_keys(&mut self, show: &mut dyn FnMut(String)) -> Result<(), StoreError> {
        self.read(|connection| outbox::repeated_keys(connection, show))
    }

    fn astray_messages(&mut self, show: &mut dyn FnMut(Astray)) -> Result<(), StoreError> {
        self.read_all(|connection| events::astray(connection, show))
    }
}
