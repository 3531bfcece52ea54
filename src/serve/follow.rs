//! The events of a project, as its file grows.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

use flow_ir::Program;
use flow_runtime::engine::{self, Engine};
use flow_runtime::inbound::{Arrival, Finding, Followed, Follower, InboundError, Reason, Tally, accept};
use flow_runtime::settings::Settings;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;

use crate::output::Failure;
use crate::run::data::file_name;
use crate::run::failure::{from_engine, from_inbound};
use crate::run::notebook::Notebook;
use crate::run::report::subjects;
use crate::run::strangers::Met;
use crate::signals::Signals;

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

    /// Hands over what stands in the file by now, piece by piece, each with how far the file has been read then; what is written meanwhile
    /// is the next call's. A signal ends it between two pieces. True where there were some.
    pub(crate) fn hand_over(
        &mut self,
        engine: &mut Engine<SqliteStore>,
        now: Instant,
        met: &mut Met<'_>,
        (notebook, signals): (&Notebook, &Signals),
        progress: &mut dyn FnMut(&engine::Progress),
    ) -> Result<bool, Failure> {
        let Some(until) = self.length()? else { return Ok(false) };
        let mut had_some = false;
        while !signals.stop()
            && let Some(arrivals) = self.read_new(now, until, notebook)?
        {
            had_some = true;
            arrivals.iter().for_each(|arrival| met.look(arrival));
            engine.hear(now, arrivals, progress).map_err(from_engine)?;
            met.keep(engine);
            self.keep_place(engine, notebook)?;
        }
        Ok(had_some)
    }

    /// How long the file is; none while there is no file: whoever writes it may be putting another in its place.
    fn length(&self) -> Result<Option<u64>, Failure> {
        let Some(follower) = &self.follower else { return Ok(None) };
        there(follower.length())
    }

    /// The next ones before a byte of the file; none where there are none.
    fn read_new(&mut self, now: Instant, until: u64, notebook: &Notebook) -> Result<Option<Vec<Arrival>>, Failure> {
        let Some(follower) = &mut self.follower else { return Ok(None) };
        let Some(items) = there(follower.read_new(now, until))?.flatten() else { return Ok(None) };
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
    fn keep_place(&mut self, engine: &mut Engine<SqliteStore>, notebook: &Notebook) -> Result<(), Failure> {
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

/// None of a file that is not there.
fn there<T>(found: Result<T, InboundError>) -> Result<Option<T>, Failure> {
    match found {
        Err(InboundError::Read { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some).map_err(|error| from_inbound(&error)),
    }
}
