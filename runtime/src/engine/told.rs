//! Happenings: gathered with the batch that they belong to, and told once it is durable, so that a log never says what no store has. What breaks
//! an item off is told at once: nothing of its batch is kept.

use super::Engine;
use super::error::EngineError;
use crate::happening::{Happening, JourneyName, Level, Message, Told, said};
use crate::store::{OutboxKind, OutboxRecord, Store};
use crate::time::Instant;
use flow_ir::{EmailId, Program, StepId, WorkflowId};

/// Who is told.
pub(super) type Watcher = Box<dyn FnMut(Told) + Send>;

/// What has happened in a batch, as far as somebody wants to know.
#[derive(Debug, Default)]
pub(super) struct Happened {
    /// From which level on; none where nobody watches.
    from: Option<Level>,
    all: Vec<Told>,
}

impl Happened {
    /// Whether somebody wants to know what happens at this level: what is ordinary need not be put into words for nobody.
    pub(super) fn hears(&self, level: Level) -> bool {
        self.from.is_some_and(|from| from <= level)
    }

    pub(super) fn note(&mut self, at: i64, what: Happening) {
        if self.hears(what.kind().level) {
            self.all.push(Told { at: Instant(at), what });
        }
    }

    pub(super) fn take(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.all)
    }
}

impl<S: Store> Engine<S> {
    /// From now on `watcher` is told what happens, from a level on, in its order, each once it is kept. It decides nothing.
    pub fn watch(&mut self, from: Level, watcher: impl FnMut(Told) + Send + 'static) {
        self.batch.happened.from = Some(from);
        self.watcher = Box::new(watcher);
    }

    pub(super) fn tell_all(&mut self, happened: Vec<Told>) {
        happened.into_iter().for_each(|told| (self.watcher)(told));
    }

    /// A step that could not be run.
    pub(super) fn tell_broken_off(&mut self, error: &EngineError) {
        if let EngineError::Step { contact, workflow, run, problem } = error
            && self.batch.happened.hears(Level::Error)
        {
            let journey = JourneyName { contact: contact.0, workflow: workflow.clone(), run: *run };
            let what = Happening::BrokenOff { journey, problem: said(problem, []) };
            let at = self.now();
            (self.watcher)(Told { at, what });
        }
    }

    /// An attempt at a message, in words: `what` makes a happening of its message and of what was said.
    pub(super) fn note_of(&mut self, row: &OutboxRecord, said: &str, what: impl FnOnce(Message, String) -> Happening) {
        if self.batch.happened.from.is_some() {
            let now = self.now().0;
            let what = what(message(&self.plan.program, row), said_of(row, said));
            self.batch.happened.note(now, what);
        }
    }
}

/// What somebody said of a message, fit for a log.
pub(super) fn said_of(row: &OutboxRecord, words: &str) -> String {
    said(words, [row.recipient.as_str()])
}

/// A message as everything that is told of it names it.
pub(super) fn message(program: &Program, row: &OutboxRecord) -> Message {
    let workflow = program.workflows.get(WorkflowId(row.workflow));
    let step = workflow.and_then(|workflow| workflow.steps.get(StepId(row.step)));
    let email = program.emails.get(EmailId(row.email)).filter(|_| row.kind == OutboxKind::Mail);
    Message {
        journey: JourneyName {
            contact: row.written_for().0,
            workflow: workflow.map(|workflow| workflow.name.clone()).unwrap_or_default(),
            run: row.run,
        },
        key: row.key.clone(),
        contact: row.contact.0,
        step: said(&step.map(ToString::to_string).unwrap_or_default(), []),
        email: email.map(|email| email.name.clone()),
    }
}
