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

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::mail::Mail;
use channels::{Channel, Fate};

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
    pub fate: Fate,
}

/// The threads of one channel.
pub struct Dispatch {
    channel: Arc<dyn Channel>,
    waiting: Arc<Waiting>,
    answer: Sender<Answer>,
    answers: Receiver<Answer>,
    threads: usize,
    /// Attempts that are on their way.
    on_their_way: BTreeSet<Attempt>,
    /// Those that a thread has begun, and since when.
    begun: Arc<Mutex<BTreeMap<Attempt, Began>>>,
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
        let (answer, answers) = mpsc::channel();
        Dispatch {
            channel,
            waiting: Arc::default(),
            answer,
            answers,
            threads: 0,
            on_their_way: BTreeSet::new(),
            begun: Arc::default(),
        }
    }

    /// Hands messages over, in their order. Their rows must be committed, as claimed or promised.
    pub fn hand_over(&mut self, messages: impl IntoIterator<Item = (Attempt, Mail)>) {
        let jobs: Vec<Job> = messages.into_iter().map(|(attempt, mail)| Job { attempt, mail }).collect();
        if jobs.is_empty() {
            return;
        }
        self.on_their_way.extend(jobs.iter().map(|job| job.attempt));
        self.waiting.put(jobs);
        self.start_threads();
        if self.threads == 0 {
            // The system gives no thread, or nobody wants one: this one does it.
            drain(&self.waiting, &self.worker());
        }
    }

    /// How many messages are on their way.
    pub fn count(&self) -> usize {
        self.on_their_way.len()
    }

    /// Whether an attempt has no answer yet.
    pub fn is_on_its_way(&self, attempt: Attempt) -> bool {
        self.on_their_way.contains(&attempt)
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

    /// Gives up waiting for attempts that take longer than the channel ever needs. What they come to is not heard any more. Call it behind
    /// [`Dispatch::answers`]: what lies there has come in time.
    pub fn lose_patience(&mut self) -> Vec<Answer> {
        let patience = self.channel.patience();
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let late: Vec<Attempt> =
            begun.iter().filter(|(_, began)| began.elapsed() > patience).map(|(attempt, _)| *attempt).collect();
        begun.retain(|attempt, _| !late.contains(attempt));
        drop(begun);
        let silent = |attempt: Attempt| {
            // Its thread may never come back: another one takes its place.
            self.threads = self.threads.saturating_sub(1);
            let reason = format!("no answer within {} s", patience.as_secs());
            self.on_their_way.remove(&attempt).then_some(Answer { attempt, fate: Fate::Unknown { reason } })
        };
        let answers = late.into_iter().filter_map(silent).collect();
        // What no thread has begun yet is not left to those that hang.
        self.start_threads();
        answers
    }

    /// Whether somebody still waits for this answer; then nobody does any more.
    fn take(&mut self, answer: &Answer) -> bool {
        self.on_their_way.remove(&answer.attempt)
    }

    fn worker(&self) -> Worker {
        let (answers, channel, begun) = (self.answer.clone(), Arc::clone(&self.channel), Arc::clone(&self.begun));
        Worker { channel, answers, begun }
    }

    /// As many as there is work for, at most.
    fn start_threads(&mut self) {
        let is_for_threads = !self.channel.is_in_step();
        let wanted = THREADS_MAX.min(self.channel.at_once()).min(self.on_their_way.len());
        while is_for_threads && self.threads < wanted && self.start_thread() {}
    }

    /// Whether there is one more. Where the system gives no thread, those that are there take the messages in their turn.
    fn start_thread(&mut self) -> bool {
        let (waiting, worker) = (Arc::clone(&self.waiting), self.worker());
        let work = move || work(&waiting, &worker);
        let started = thread::Builder::new().name(format!("flow-{}", self.channel.name())).spawn(work);
        self.threads += usize::from(started.is_ok());
        started.is_ok()
    }
}

impl Drop for Dispatch {
    fn drop(&mut self) {
        self.waiting.close();
    }
}

/// Messages that no thread has taken yet. All that a batch lets out comes at once: to wake a thread for each would cost more than a folder does.
#[derive(Default)]
struct Waiting {
    jobs: Mutex<Jobs>,
    changed: Condvar,
}

#[derive(Default)]
struct Jobs {
    next: VecDeque<Job>,
    /// Nobody hears of answers any more.
    is_closed: bool,
}

impl Waiting {
    fn put(&self, jobs: Vec<Job>) {
        self.lock().next.extend(jobs);
        self.changed.notify_all();
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// The next one, once there is one. None where no more is to be made.
    fn take(&self) -> Option<Job> {
        let is_idle = |jobs: &mut Jobs| jobs.next.is_empty() && !jobs.is_closed;
        let mut jobs = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        if jobs.is_closed { None } else { jobs.next.pop_front() }
    }

    /// The next one, where there is one.
    fn take_now(&self) -> Option<Job> {
        self.lock().next.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, Jobs> {
        // The list is whole between any two statements.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a thread works with.
struct Worker {
    channel: Arc<dyn Channel>,
    answers: Sender<Answer>,
    begun: Arc<Mutex<BTreeMap<Attempt, Began>>>,
}

impl Worker {
    /// One attempt. False where nobody waits for answers any more.
    fn make(&self, Job { attempt, mail }: Job) -> bool {
        self.begun().insert(attempt, began());
        // Channels do not panic. Should one do so all the same, its message must not be waited for for ever.
        let fate = catch_unwind(AssertUnwindSafe(|| self.channel.send(&mail, attempt.number)));
        let broken = || Fate::Unknown { reason: "the attempt broke off in Flow itself".to_owned() };
        let answer = Answer { attempt, fate: fate.unwrap_or_else(|_| broken()) };
        let is_heard = self.answers.send(answer).is_ok();
        // Whoever is not in the list any more has been given up, and another thread works in this one's place.
        self.begun().remove(&attempt).is_some() && is_heard
    }

    fn begun(&self) -> MutexGuard<'_, BTreeMap<Attempt, Began>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one message after another until there are none to come.
fn work(waiting: &Waiting, worker: &Worker) {
    while let Some(job) = waiting.take() {
        if !worker.make(job) {
            return;
        }
    }
}

fn drain(waiting: &Waiting, worker: &Worker) {
    while let Some(job) = waiting.take_now() {
        worker.make(job);
    }
}

/// By a clock that nobody sets, for patience alone: no result depends on when an attempt began.
type Began = std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "how long an attempt takes is told by a clock that nobody sets")]
fn began() -> Began {
    Began::now()
}
