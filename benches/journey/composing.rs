//! How much of the engine's time goes into writing mails.

use flow_runtime::engine::{Composed, Composer, ContactView};
use flow_runtime::store::OutboxRecord;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A composer whose time is kept.
pub(crate) struct Composing {
    composer: Arc<dyn Composer>,
    nanoseconds: AtomicU64,
}

impl Composing {
    pub(crate) fn new(composer: Arc<dyn Composer>) -> Composing {
        Composing { composer, nanoseconds: AtomicU64::new(0) }
    }

    /// What it has taken since it was asked last.
    pub(crate) fn take(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.swap(0, Ordering::Relaxed))
    }
}

impl Composer for Composing {
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Composed, String> {
        let (time, composed) = crate::timed(|| self.composer.compose(row, contact));
        self.nanoseconds.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        composed
    }
}
