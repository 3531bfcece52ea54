//! The events of a project, as its file grows.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

use flow_ir::Program;
use flow_runtime::engine::{Engine, EngineError};
use flow_runtime::inbound::{Arrival, Finding, Followed, Follower, InboundError, Reason, Tally, accept};
use flow_runtime::settings::Settings;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;

use crate::output::Failure;
use crate::run::data::{Notebook, file_name};
use crate::run::failure::{from_engine, from_inbound};
use crate::run::report::subjects;

/// The name under which the store keeps how far the file has been read.
const PLACE: &str = "events.place";

/// The file of events; none where the project has none.
pub(crate) struct Events<'p> {
    follower: Option<Follower<'p>>,
    tally: Tally,
    /// The names that sound like a refusal, are none that Flow knows, and have been told.
    told: BTreeSet<String>,
    kept: Option<Followed>,
}

impl<'p> Events<'p> {
    /// Goes on where the store says that it was.
    pub(crate) fn open(
        settings: &Settings,
        program: &'p Arc<Program>,
        engine: &mut Engine<SqliteStore>,
    ) -> Result<Events<'p>, Failure> {
        let kept = engine.recall(PLACE).and_then(Followed::from_bytes);
        let follow = |path: &std::path::PathBuf| Follower::new(path, &file_name(path), program, kept.clone());
        Ok(Events {
            follower: settings.data.events.as_ref().map(follow),
            tally: Tally::default(),
            told: BTreeSet::new(),
            kept,
        })
    }

    /// Hands the new ones over, to the end of the file. True where there were some.
    pub(crate) fn hand_over(
        &mut self,
        now: Instant,
        notebook: &Notebook,
        take: impl FnOnce(&mut dyn Iterator<Item = Arrival>) -> Result<(), EngineError>,
    ) -> Result<bool, Failure> {
        let (mut failure, mut had_some) = (None, false);
        let mut chunks = std::iter::from_fn(|| match self.read_new(now, notebook) {
            Ok(arrivals) => arrivals,
            Err(error) => {
                failure = Some(error);
                None
            }
        });
        let mut arrivals = chunks.by_ref().flatten().inspect(|_| had_some = true);
        let taken = take(&mut arrivals);
        drop(arrivals);
        taken.map_err(from_engine)?;
        failure.map_or(Ok(had_some), Err)
    }

    /// The next ones; none at the end of the file, and while there is no file: whoever writes it may be putting another in its place.
    fn read_new(&mut self, now: Instant, notebook: &Notebook) -> Result<Option<Vec<Arrival>>, Failure> {
        let Some(follower) = &mut self.follower else { return Ok(None) };
        let items = match follower.read_new(now) {
            Err(InboundError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => return Ok(None),
            items => items.map_err(|error| from_inbound(&error))?,
        };
        if items.is_empty() {
            return Ok(None);
        }
        let mut note = |finding: Finding<'_>| notebook.note(finding);
        let taken = accept(items.into_iter().map(Ok), &mut self.tally, &mut note);
        taken.collect::<Result<Vec<_>, _>>().map(Some).map_err(|error| from_inbound(&error))
    }

    /// The names that sound like a refusal and are none that Flow knows, each once: as many as a tally tells apart.
    pub(crate) fn unheard(&mut self) -> Vec<String> {
        let names = subjects(&self.tally, Reason::UnknownConsent).into_keys();
        names.filter(|name| self.told.insert(name.clone())).collect()
    }

    /// Keeps how far the file has been read, with the next commit: the events before it are kept by then, and what was not taken is written
    /// down.
    pub(crate) fn keep_place(&mut self, engine: &mut Engine<SqliteStore>, notebook: &Notebook) -> Result<(), Failure> {
        let place = self.follower.as_ref().and_then(Follower::place);
        if place != self.kept.as_ref()
            && let Some(place) = place
        {
            notebook.flush()?;
            engine.remember(PLACE, place.to_bytes());
            self.kept = Some(place.clone());
        }
        Ok(())
    }

    /// What has become of the lines.
    pub(crate) fn tally(self) -> Tally {
        self.tally
    }
}
