//! The events of a project, as its file grows.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant as WallClock};

use flow_ir::Program;
use flow_runtime::engine::{self, Engine};
use flow_runtime::happening::Happening;
use flow_runtime::inbound::{
    Arrival, EventItem, Finding, Followed, Follower, InboundError, Piece, Reason, Tally, accept,
};
use flow_runtime::settings::Settings;
use flow_runtime::store::sqlite::SqliteStore;
use flow_runtime::time::Instant;

use crate::output::Failure;
use crate::run;
use crate::run::data::{cause, file_name};
use crate::run::failure::{from_engine, from_inbound};
use crate::run::notebook::Notebook;
use crate::run::report::subjects;
use crate::run::strangers::Met;
use crate::signals::Signals;

/// The name under which the store keeps how far the file has been read.
const PLACE: &str = "events.place";
/// How long the file may be away without a word: whoever writes it may be putting another in its place.
const TOLD_AFTER: Duration = Duration::from_secs(2);
/// And how long mail leaves without it: a refusal may wait there.
const ENDS_AFTER: Duration = Duration::from_secs(60);

/// The file of events; none where the project has none.
pub(crate) struct Events<'p> {
    follower: Option<Follower<'p>>,
    /// What findings call it.
    name: String,
    tally: Tally,
    /// The names that sound like a refusal, are none that Flow knows, and have been told.
    told: BTreeSet<String>,
    kept: Option<Followed>,
    outage: Option<Outage>,
    /// That it cannot be read, or can again, until it is told.
    news: Option<Happening>,
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
            name: settings.data.events.as_deref().map(file_name).unwrap_or_default(),
            tally: Tally::default(),
            told: BTreeSet::new(),
            kept,
            outage: None,
            news: None,
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
        let Some(until) = self.length()?.filter(|_| !signals.stop()) else { return Ok(false) };
        let Some(mut follower) = self.follower.take() else { return Ok(false) };
        let (mut had_some, mut is_readable) = (false, true);
        let done = follower.each_piece(now, until, |piece| {
            let Some(Piece { items, place }) = self.as_far_as_borne(piece)? else {
                is_readable = false;
                return Ok(ControlFlow::Break(()));
            };
            self.can_be_read();
            let arrivals = self.taken(items, notebook)?;
            had_some = true;
            arrivals.iter().for_each(|arrival| met.look(arrival));
            engine.hear(now, arrivals, progress).map_err(from_engine)?;
            met.keep(engine);
            self.keep_place(place, engine, notebook)?;
            Ok(if signals.stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        self.follower = Some(follower);
        if is_readable && done.is_ok() {
            self.can_be_read();
        }
        done.map(|()| had_some)
    }

    /// How long the file is; none while it cannot be read.
    fn length(&mut self) -> Result<Option<u64>, Failure> {
        let Some(follower) = &self.follower else { return Ok(None) };
        let found = follower.length();
        self.as_far_as_borne(found)
    }

    /// What of the lines counts; what is wrong with them is noted.
    fn taken(&mut self, items: Vec<EventItem>, notebook: &Notebook) -> Result<Vec<Arrival>, Failure> {
        let mut note = |finding: Finding<'_>| notebook.note(finding);
        let taken = accept(items.into_iter().map(Ok), &mut self.tally, &mut note);
        taken.collect::<Result<Vec<_>, _>>().map_err(|error| from_inbound(&error))
    }

    /// None of a file that cannot be read, for whatever reason, for as long as that is borne.
    fn as_far_as_borne<T>(&mut self, found: Result<T, InboundError>) -> Result<Option<T>, Failure> {
        let (at, source) = match found {
            Ok(found) => return Ok(Some(found)),
            Err(InboundError::Read { at, source }) => (at, source),
            Err(error) => return Err(from_inbound(&error)),
        };
        let now = run::now();
        let outage = self.outage.get_or_insert(Outage { since: now, is_told: false });
        match outage.look(now) {
            Look::Borne => {}
            Look::News => {
                self.news = Some(Happening::Unreadable { file: at.file.to_string(), reason: cause(&source) });
            }
            Look::TooLong => return Err(too_long(InboundError::Read { at, source })),
        }
        Ok(None)
    }

    /// An end of what could not be read is news where it was told.
    fn can_be_read(&mut self) {
        let Some(Outage { since, is_told: true }) = self.outage.take() else { return };
        let file = self.name.clone();
        let after_ms = u64::try_from((run::now() - since).as_millis()).unwrap_or(u64::MAX);
        self.news = Some(Happening::Readable { file, after_ms });
    }

    /// That the file cannot be read, or can again: each once.
    pub(crate) fn news(&mut self) -> Option<Happening> {
        self.news.take()
    }

    /// The names that sound like a refusal and are none that Flow knows, each once: as many as a tally tells apart.
    pub(crate) fn unheard(&mut self) -> Vec<String> {
        let names = subjects(&self.tally, Reason::UnknownConsent).into_keys();
        names.filter(|name| self.told.insert(name.clone())).collect()
    }

    /// Keeps how far the file has been read, with the next commit: the events before it are kept by then, and what was not taken is written
    /// down.
    fn keep_place(
        &mut self,
        place: Followed,
        engine: &mut Engine<SqliteStore>,
        notebook: &Notebook,
    ) -> Result<(), Failure> {
        if self.kept.as_ref() != Some(&place) {
            notebook.flush()?;
            engine.remember(PLACE, place.to_bytes());
            self.kept = Some(place);
        }
        Ok(())
    }

    /// What has become of the lines.
    pub(crate) fn tally(self) -> Tally {
        self.tally
    }
}

/// A time in which the file cannot be read.
#[derive(Debug, Clone, Copy)]
struct Outage {
    since: WallClock,
    is_told: bool,
}

/// What follows from one look more at a file that cannot be read.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    Borne,
    /// It has to be told, once.
    News,
    /// No mail may leave any more.
    TooLong,
}

impl Outage {
    /// It ends nothing that was not told by an earlier look: two looks may lie far apart, and each meet the file while another is put in its
    /// place.
    fn look(&mut self, now: WallClock) -> Look {
        let lasts = now - self.since;
        match self.is_told {
            false if lasts >= TOLD_AFTER => {
                self.is_told = true;
                Look::News
            }
            true if lasts >= ENDS_AFTER => Look::TooLong,
            _ => Look::Borne,
        }
    }
}

fn too_long(error: InboundError) -> Failure {
    let Failure { message, help } = from_inbound(&error);
    let minute = ENDS_AFTER.as_secs();
    Failure::new(format!("{message}; it was so for {minute} seconds, and somebody's refusal may wait there"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_told_after_moments_and_borne_for_a_minute() {
        let since = run::now();
        let mut outage = Outage { since, is_told: false };
        let mut at = |ms: u64| outage.look(since + Duration::from_millis(ms));
        let looks = [at(0), at(1_999), at(2_000), at(2_200), at(59_999), at(60_000)];
        assert_eq!(looks, [Look::Borne, Look::Borne, Look::News, Look::Borne, Look::Borne, Look::TooLong]);
    }

    #[test]
    fn two_looks_that_lie_far_apart_end_nothing() {
        let since = run::now();
        let mut outage = Outage { since, is_told: false };
        assert_eq!(outage.look(since + 10 * ENDS_AFTER), Look::News);
        assert_eq!(outage.look(since + 10 * ENDS_AFTER), Look::TooLong);
    }
}
