//! What a store is for, and what it is called: both are settled when it is made, and stay.

use crate::store::sqlite::SqliteStore;
use crate::store::{Charter, Store, StoreError, StoreFault};
use ring::digest::{SHA256, digest};
use std::path::Path;

/// What a store is for (E13): what happened on a virtual clock must never be taken for what happened to people, nor the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `flow run`.
    Rehearsal,
    /// `flow serve`.
    Live,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Rehearsal => "rehearsal",
            Kind::Live => Charter::LIVE,
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Kind> {
        [Kind::Rehearsal, Kind::Live].into_iter().find(|kind| kind.word() == word)
    }
}

/// Sees to it that a store is of this kind, before anything else is written to it; a new one is from now on.
pub(super) fn dedicate(store: &mut SqliteStore, kind: Kind, path: &Path) -> Result<(), StoreError> {
    if check(store, kind, path)?.is_none() {
        store.settle(&Charter { kind: Some(kind.word().to_owned()), ..Charter::default() })?;
    }
    Ok(())
}

/// An error where a store is of the other kind; none where it has not been said yet. Nothing is written.
pub(super) fn check(store: &mut SqliteStore, kind: Kind, path: &Path) -> Result<Option<Kind>, StoreError> {
    let kept = store.charter()?.kind;
    if kept.as_deref().is_none_or(|kept| kept == kind.word()) {
        return Ok(kept.map(|_| kind));
    }
    let (is, asked, command) = match kind {
        Kind::Live => ("a rehearsal of `flow run`", "`flow serve` writes to real people", "serve"),
        Kind::Rehearsal => ("what happened to real people", "`flow run` only rehearses", "run"),
    };
    Err(StoreError {
        fault: StoreFault::Other,
        message: format!("`{}` holds {is}, and {asked}", path.display()),
        help: format!("leave `--store` out, or name another file: `flow {command}` has a store of its own"),
        path: Some(path.to_owned()),
    })
}

/// A store's own name: eight characters behind the key of everything that leaves, so that no two stores ever send under one key (E9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreName(String);

impl StoreName {
    /// A name made of chance.
    pub fn of(chance: u64) -> StoreName {
        let hash = digest(&SHA256, &chance.to_le_bytes());
        StoreName(hash.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect())
    }

    /// A key as the world sees it.
    pub fn key(&self, key: &str) -> String {
        format!("{key}{}", self.ending())
    }

    /// In what all of its keys end, and no other store's.
    pub fn ending(&self) -> String {
        format!(".{}", self.0)
    }
}

/// The name of a store; one that has none yet takes this one, for ever.
pub fn name(store: &mut impl Store, new: &StoreName) -> Result<StoreName, StoreError> {
    if let Some(kept) = store.charter()?.name {
        return Ok(StoreName(kept));
    }
    store.settle(&Charter { name: Some(new.0.clone()), ..Charter::default() })?;
    Ok(new.clone())
}
