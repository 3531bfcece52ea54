//! The events of a project, as its file grows.

use std::sync::Arc;

use flow_ir::Program;
use flow_runtime::engine::Engine;
use flow_runtime::inbound::{Arrival, Finding, Followed, Follower, Tally, accept};
use flow_runtime::settings::Settings;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;

use crate::output::Failure;
use crate::run::data::{Notebook, file_name};
use crate::run::failure::{from_engine, from_inbound};

/// The name under which the store keeps how far the file has been read.
const PLACE: &str = "events.place";

/// The file of events; none where the project has none.
pub(crate) struct Events<'p> {
    follower: Option<Follower<'p>>,
    tally: Tally,
    kept: Option<Followed>,
}

impl<'p> Events<'p> {
    /// Goes on where the store says that it was.
    pub(crate) fn open(
        settings: &Settings,
        program: &'p Arc<Program>,
        engine: &mut Engine<SqliteStore>,
    ) -> Result<Events<'p>, Failure> {
        let place = engine.recall(PLACE).map_err(from_engine)?;
        let kept = place.as_deref().and_then(Followed::from_bytes);
        let follow = |path: &std::path::PathBuf| Follower::new(path, &file_name(path), program, kept.clone());
        Ok(Events { follower: settings.data.events.as_ref().map(follow), tally: Tally::default(), kept })
    }

    /// The new ones.
    pub(crate) fn read_new(&mut self, now: Instant, notebook: &Notebook) -> Result<Vec<Arrival>, Failure> {
        let Some(follower) = &mut self.follower else { return Ok(Vec::new()) };
        let items = follower.read_new(now).map_err(|error| from_inbound(&error))?;
        let mut note = |finding: Finding<'_>| notebook.note(finding);
        let taken = accept(items.into_iter().map(Ok), &mut self.tally, &mut note);
        taken.collect::<Result<_, _>>().map_err(|error| from_inbound(&error))
    }

    /// Keeps how far the file has been read, with the next commit: the events before it are kept by then.
    pub(crate) fn keep_place(&mut self, engine: &mut Engine<SqliteStore>) {
        let place = self.follower.as_ref().and_then(Follower::place);
        if place != self.kept.as_ref()
            && let Some(place) = place
        {
            engine.remember(PLACE, place.to_bytes());
            self.kept = Some(place.clone());
        }
    }

    /// What has become of the lines.
    pub(crate) fn tally(self) -> Tally {
        self.tally
    }
}
