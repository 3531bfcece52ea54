//! Messages on their way: threads that live as long as the engine, each with one message at a time in the hands of a channel.
//!
//! In: a message whose row is committed, under the row's number. Out: what became of it, as an input of the engine like any other.
//! Nothing here decides whether a message may leave, and nothing here knows the store: the engine claims a row in its own transaction
//! before it hands the message over, and records the answer in another.
//!
//! ```text
//! engine: commit (rows claimed) -> hand over -> thread -> channel -> answer -> engine: next batch
//! ```

pub mod backoff;
pub mod channels;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::mail::Mail;
use channels::{Channel, Outcome};

/// How many threads hand messages to a channel at most.
pub const THREADS_MAX: usize = 4;

/// A message to hand over.
struct Job {
    attempt: Attempt,
    mail: Mail,
}

/// Which attempt at which outbox row: an answer that comes when nobody waits for it any more must not be taken for that of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// The outbox row.
    pub row: u64,
    /// From 1.
    pub number: u32,
}

/// What became of the message of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// To what.
    pub attempt: Attempt,
    /// What the channel said.
    pub outcome: Outcome,
}

/// The threads of one channel.
pub struct Dispatch {
    channel: Arc<dyn Channel>,
    jobs: Option<Sender<Job>>,
    shared: Arc<Mutex<Receiver<Job>>>,
    answer: Sender<Answer>,
    answers: Receiver<Answer>,
    threads: usize,
    /// Attempts that are on their way, each with the instant at which it was handed over.
    on_their_way: BTreeMap<Attempt, i64>,
}

impl std::fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (channel, count) = (self.channel.name(), self.on_their_way.len());
        f.debug_struct("Dispatch").field("channel", &channel).field("on_their_way", &count).finish_non_exhaustive()
    }
}

impl Dispatch {
    /// Nothing is started before the first message.
    pub fn new(channel: Arc<dyn Channel>) -> Dispatch {
        let (jobs, shared) = mpsc::channel();
        let (answer, answers) = mpsc::channel();
        let shared = Arc::new(Mutex::new(shared));
        Dispatch { channel, jobs: Some(jobs), shared, answer, answers, threads: 0, on_their_way: BTreeMap::new() }
    }

    /// Hands a message over. Its row must be committed, and claimed where the channel cannot repeat safely.
    pub fn hand_over(&mut self, attempt: Attempt, mail: Mail, now: i64) {
        self.on_their_way.insert(attempt, now);
        if self.threads < THREADS_MAX.min(self.channel.at_once()).min(self.on_their_way.len()) {
            self.start_thread();
        }
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(Job { attempt, mail }).is_ok());
        if !sent {
            // The receiver lives in this value, so this cannot be; an answer is owed all the same.
            self.answer_for(attempt, "no thread took it".to_owned());
        } else if self.threads == 0 {
            // The system gives no thread: this one does it.
            drain(&self.shared, &self.answer, &*self.channel);
        }
    }

    /// How many messages are on their way.
    pub fn count(&self) -> usize {
        self.on_their_way.len()
    }

    /// Whether an attempt has no answer yet.
    pub fn is_on_its_way(&self, attempt: Attempt) -> bool {
        self.on_their_way.contains_key(&attempt)
    }

    /// The answers that are here, in the order in which they came.
    pub fn answers(&mut self) -> Vec<Answer> {
        let answers: Vec<Answer> = self.answers.try_iter().collect();
        answers.into_iter().filter(|answer| self.take(answer)).collect()
    }

    /// Waits for an answer, at most so long.
    pub fn wait(&mut self, at_most: Duration) -> Option<Answer> {
        match self.answers.recv_timeout(at_most) {
            Ok(answer) => self.take(&answer).then_some(answer),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Gives up waiting for attempts that take longer than the channel ever needs. What they come to is not heard any more.
    pub fn lose_patience(&mut self, now: i64) -> Vec<Answer> {
        let patience = i64::try_from(self.channel.patience().as_millis()).unwrap_or(i64::MAX);
        let is_late = |began: &i64| now.saturating_sub(*began) > patience;
        let late = self.on_their_way.iter().filter(|(_, began)| is_late(began)).map(|(attempt, _)| *attempt);
        let late: Vec<Attempt> = late.collect();
        let silent = |attempt: Attempt| {
            self.on_their_way.remove(&attempt);
            // Its thread may never come back: another one takes its place.
            self.threads = self.threads.saturating_sub(1);
            let seconds = patience / 1_000;
            Answer { attempt, outcome: Outcome::Unknown { reason: format!("no answer within {seconds} s") } }
        };
        late.into_iter().map(silent).collect()
    }

    /// Whether somebody still waits for this answer; then nobody does any more.
    fn take(&mut self, answer: &Answer) -> bool {
        self.on_their_way.remove(&answer.attempt).is_some()
    }

    fn start_thread(&mut self) {
        let (jobs, answers, channel) = (Arc::clone(&self.shared), self.answer.clone(), Arc::clone(&self.channel));
        let work = move || work(&jobs, &answers, &*channel);
        // Where the system gives no thread, those that are there take the message in their turn.
        let started = thread::Builder::new().name(format!("flow-{}", self.channel.name())).spawn(work);
        self.threads += usize::from(started.is_ok());
    }

    fn answer_for(&self, attempt: Attempt, reason: String) {
        // The receiver lives in this value.
        let _ = self.answer.send(Answer { attempt, outcome: Outcome::Unknown { reason } });
    }
}

/// Takes one message after another until there are none to come.
fn work(jobs: &Mutex<Receiver<Job>>, answers: &Sender<Answer>, channel: &dyn Channel) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if !make(job, answers, channel) {
            return;
        }
    }
}

fn drain(jobs: &Mutex<Receiver<Job>>, answers: &Sender<Answer>, channel: &dyn Channel) {
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok();
    while let Some(job) = next() {
        make(job, answers, channel);
    }
}

/// One attempt. False where nobody waits for answers any more.
fn make(job: Job, answers: &Sender<Answer>, channel: &dyn Channel) -> bool {
    // Channels do not panic. Should one do so all the same, its message must not be waited for for ever.
    let outcome = catch_unwind(AssertUnwindSafe(|| channel.send(&job.mail, job.attempt.number)));
    let outcome =
        outcome.unwrap_or_else(|_| Outcome::Unknown { reason: "the attempt broke off in Flow itself".to_owned() });
    answers.send(Answer { attempt: job.attempt, outcome }).is_ok()
}
