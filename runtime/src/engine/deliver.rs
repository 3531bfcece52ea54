//! Delivery: what the outbox holds leaves, and what becomes of it comes back as a change of its contact.
//!
//! A row is committed before it leaves, and its answer is committed after. Between the two a crash hides the answer. A connector
//! that may send again simply does, under the same key (E9); for one that may not, rows are claimed durably first, in small groups, so
//! that a crash leaves few of them unknown.

use super::cache::Cache;
use super::error::EngineError;
use super::outgoing::queued;
use super::plan::Plan;
use super::react::Cause;
use super::reason::{Suppressed, Undelivered, Withheld};
use super::suppress::forbidden;
use super::touch::Touch;
use super::view::ContactView;
use super::{Engine, counter};
use crate::connectors::{Connector, Outcome, RefusedKind, Uncertain, backoff};
use crate::mail::Mail;
use crate::store::{
    ContactId, DecisionCode, DecisionRecord, OutboxKind, OutboxRecord, OutboxSettlement, OutboxState, Store,
};
use flow_ir::backend::Backend;
use flow_ir::{EmailId, EngagementKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How many messages are on their way at once.
pub(crate) const DELIVERY_THREADS: usize = 4;
/// How many rows are read and delivered at a time.
pub(crate) const DELIVERY_ROWS: usize = 1_000;
/// How many rows are claimed at a time, for a connector that does not send twice: what a crash may leave unknown.
pub(crate) const CLAIM_ROWS: usize = 32;

/// Writes messages. Called from a few threads at once.
pub trait Composer: Send + Sync {
    /// The message of an outbox row: a mail to the contact or, for a [`Notice`](OutboxKind::Notice), what its payload says. It must
    /// depend on nothing but these two, so that a repeated attempt sends the very same message.
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Mail, String>;
}

/// How messages leave.
#[derive(Clone)]
pub struct Delivery {
    /// What takes the mail away.
    pub connector: Arc<dyn Connector>,
    /// What fills it in.
    pub composer: Arc<dyn Composer>,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("connector", &self.connector.name()).finish_non_exhaustive()
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    /// Not let out at the last check (E5).
    Withheld(Withheld),
    NotComposed(String),
    Connector(Outcome),
}

impl<S: Store> Engine<S> {
    /// At start: what a crash left in the outbox.
    pub(super) fn recover_outbox(&mut self) -> Result<(), EngineError> {
        let Some(delivery) = self.delivery.clone() else { return Ok(()) };
        for row in self.store.claimed()? {
            self.resolve_claimed(&row, delivery.connector.uncertain());
        }
        self.commit()?;
        let now = self.now().0;
        for row in self.store.queued(i64::MAX, ALL_ROWS)? {
            // A first attempt follows the commit of its row at once. A later one takes its turn after the events of its instant.
            if row.attempts == 0 || row.due_at < now {
                self.outgoing.ripen(queued(&row));
            } else {
                self.outgoing.wait(row.due_at, row.id, row.contact);
            }
        }
        Ok(())
    }

    /// Nobody knows whether a claimed row left: the connector's policy says what that means.
    fn resolve_claimed(&mut self, row: &OutboxRecord, policy: Uncertain) {
        match policy {
            Uncertain::Resend => {
                let detail = "sent again, because nobody knows whether it left".to_owned();
                self.batch.settle(settlement(row, OutboxState::Queued, row.attempts, row.due_at, detail));
            }
            Uncertain::GiveUp => {
                self.give_up(row, Undelivered::Unknown, "Flow stopped while it was on its way".to_owned());
            }
        }
    }

    /// Lets everything out that the last commit allows. The answers belong to the next batch.
    pub(super) fn deliver(&mut self) -> Result<(), EngineError> {
        let Some(delivery) = self.delivery.clone() else { return Ok(()) };
        let claims = delivery.connector.uncertain() == Uncertain::GiveUp;
        let group = if claims { CLAIM_ROWS } else { DELIVERY_ROWS };
        let committed = self.outgoing.last_ripe();
        loop {
            let rows = self.ripe_rows(group)?;
            if rows.is_empty() {
                return self.outgoing.check_gone(committed);
            }
            self.deliver_group(&delivery, &rows, claims)?;
            // The answers of a group are kept before the next leaves: a crash leaves no more than one group unknown, and the queue
            // does not show them again.
            if claims || rows.len() == group {
                self.commit()?;
            }
        }
    }

    /// The next rows that may leave, in the order of the items behind them. Rows queued by answers meanwhile are not committed yet, so they are not among them.
    fn ripe_rows(&mut self, group: usize) -> Result<Vec<OutboxRecord>, EngineError> {
        if !self.outgoing.has_ripe() {
            return Ok(Vec::new());
        }
        let now = self.now().0;
        // Answers already here are in the store only after the next commit.
        let answered = self.batch.changes.settled.len();
        let limit = group.saturating_add(self.outgoing.unripe_until(now)).saturating_add(answered);
        let mut rows = self.store.queued(now, limit)?;
        rows.retain(|row| self.outgoing.order_of(row.id).is_some());
        rows.truncate(group);
        rows.sort_by_key(|row| self.outgoing.order_of(row.id));
        Ok(rows)
    }

    fn deliver_group(&mut self, delivery: &Delivery, rows: &[OutboxRecord], claims: bool) -> Result<(), EngineError> {
        let contacts: Vec<ContactId> = rows.iter().map(|row| row.contact).collect();
        self.load(&contacts)?;
        let objections: Vec<Option<Withheld>> = rows.iter().map(|row| self.last_check(row)).collect();
        if claims {
            let leaving = rows.iter().zip(&objections).filter(|(_, objection)| objection.is_none());
            let ids: Vec<u64> = leaving.map(|(row, _)| row.id).collect();
            self.store.claim(&ids)?;
        }
        let courier = Courier { plan: &self.plan, backend: &*self.backend, cache: &self.cache, delivery };
        let answers = courier.send_all(rows, &objections);
        for (row, answer) in rows.iter().zip(answers) {
            self.outgoing.answered(row);
            self.take_answer(row, answer, delivery.connector.uncertain())?;
        }
        Ok(())
    }

    /// Consent once more, as it is now.
    fn last_check(&self, row: &OutboxRecord) -> Option<Withheld> {
        if row.kind == OutboxKind::Notice {
            return None;
        }
        let contact = self.cache.get(row.contact)?;
        let email = self.plan.program.emails.get(EmailId(row.email))?;
        forbidden(&self.plan, &contact.frame, email.kind)
    }

    /// What an answer means, at the mail's own instant.
    fn take_answer(&mut self, row: &OutboxRecord, answer: Answer, policy: Uncertain) -> Result<(), EngineError> {
        match answer {
            Answer::Withheld(reason) => {
                let detail = reason.words().to_owned();
                self.batch.settle(settlement(row, OutboxState::Withheld, row.attempts, row.due_at, detail));
                self.batch.decide(decision(row, DecisionCode::Withheld, reason.number()));
            }
            Answer::NotComposed(detail) => self.give_up(row, Undelivered::NotComposed, detail),
            Answer::Connector(Outcome::Delivered { receipt }) => {
                self.batch.tally.mails += u64::from(row.kind == OutboxKind::Mail);
                self.batch.settle(settlement(row, OutboxState::Delivered, row.attempts + 1, row.due_at, receipt));
                self.batch.decide(decision(row, DecisionCode::Delivered, 0));
            }
            Answer::Connector(Outcome::RetryLater { reason, after }) => self.retry(row, after, reason),
            Answer::Connector(Outcome::Stop { reason }) => return Err(EngineError::Mail { reason }),
            Answer::Connector(Outcome::Unknown { reason }) => match policy {
                Uncertain::Resend => self.retry(row, None, reason),
                Uncertain::GiveUp => self.give_up(row, Undelivered::Unknown, reason),
            },
            Answer::Connector(Outcome::Refused { reason, kind }) => {
                self.give_up(row, undelivered(kind), reason);
                if kind == RefusedKind::HardBounce && row.kind == OutboxKind::Mail {
                    self.take_bounce(row)?;
                }
            }
        }
        Ok(())
    }

    /// Records that a message will not be delivered.
    fn give_up(&mut self, row: &OutboxRecord, reason: Undelivered, detail: String) {
        self.mail_trouble = Some(detail.clone());
        let state = if reason == Undelivered::Unknown { OutboxState::Unknown } else { OutboxState::Failed };
        self.batch.settle(settlement(row, state, row.attempts + 1, row.due_at, detail));
        self.batch.decide(decision(row, DecisionCode::Undelivered, reason.number()));
    }

    /// Queues a row for another attempt, unless there were enough.
    fn retry(&mut self, row: &OutboxRecord, wished: Option<Duration>, reason: String) {
        let tried = row.attempts + 1;
        let Some(scheduled) = backoff::next_attempt(tried, &row.key) else {
            return self.give_up(row, Undelivered::OutOfRetries, reason);
        };
        self.mail_trouble = Some(reason.clone());
        let wait = i64::try_from(wished.unwrap_or(scheduled).as_millis()).unwrap_or(i64::MAX).max(1);
        let due_at = row.due_at.saturating_add(wait);
        self.batch.count(counter::RETRIES);
        self.batch.settle(settlement(row, OutboxState::Queued, tried, due_at, reason));
        self.outgoing.wait(due_at, row.id, row.contact);
    }

    /// The address takes no mail: that is something that happened to the contact when the mail left.
    fn take_bounce(&mut self, row: &OutboxRecord) -> Result<(), EngineError> {
        let email = EmailId(row.email);
        // Answers come in the order of the items behind them, so a handoff that follows from one takes its turn at once.
        self.touch_from(None, Some(row.contact), row.due_at, |touch: &mut Touch<'_>| {
            touch.note(EngagementKind::Bounced, email, None, row.due_at);
            touch.suppress(Suppressed::HardBounced, row.due_at);
            Cause::Change(Vec::new())
        })?;
        Ok(())
    }
}

/// What a thread needs to send.
struct Courier<'e> {
    plan: &'e Plan,
    backend: &'e dyn Backend,
    cache: &'e Cache,
    delivery: &'e Delivery,
}

impl Courier<'_> {
    /// Sends in a few threads, of which this is one; the answers stand in the order of the rows, whoever was first.
    fn send_all(&self, rows: &[OutboxRecord], objections: &[Option<Withheld>]) -> Vec<Answer> {
        let jobs: Vec<(&OutboxRecord, &Option<Withheld>)> = rows.iter().zip(objections).collect();
        let threads = DELIVERY_THREADS.min(self.delivery.connector.at_once()).min(jobs.len());
        if threads <= 1 {
            return jobs.into_iter().map(|job| self.send(job)).collect();
        }
        let answers: Vec<OnceLock<Answer>> = jobs.iter().map(|_| OnceLock::new()).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some((job, answer)) = take_next(&next, &jobs, &answers) {
                answer.get_or_init(|| self.send(job));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        let lost = || Answer::Connector(Outcome::Unknown { reason: "no answer was kept".to_owned() });
        answers.into_iter().map(|answer| answer.into_inner().unwrap_or_else(lost)).collect()
    }

    fn send(&self, (row, objection): (&OutboxRecord, &Option<Withheld>)) -> Answer {
        if let Some(reason) = objection {
            return Answer::Withheld(*reason);
        }
        let Some(contact) = self.cache.get(row.contact) else {
            return Answer::NotComposed("the contact is not there".to_owned());
        };
        let view = ContactView::new(self.plan, self.backend, contact);
        match self.delivery.composer.compose(row, &view) {
            Ok(mail) => Answer::Connector(self.delivery.connector.send(&mail)),
            Err(reason) => Answer::NotComposed(reason),
        }
    }
}

/// More rows than any store holds.
const ALL_ROWS: usize = i64::MAX as usize;

fn take_next<'j, J: Copy, A>(next: &AtomicUsize, jobs: &[J], answers: &'j [A]) -> Option<(J, &'j A)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    Some((*jobs.get(place)?, answers.get(place)?))
}

fn undelivered(kind: RefusedKind) -> Undelivered {
    match kind {
        RefusedKind::HardBounce => Undelivered::HardBounce,
        RefusedKind::Blocked => Undelivered::Blocked,
        RefusedKind::Invalid => Undelivered::Invalid,
    }
}

fn settlement(row: &OutboxRecord, state: OutboxState, attempts: u32, due_at: i64, detail: String) -> OutboxSettlement {
    OutboxSettlement { id: row.id, state, attempts, due_at, detail }
}

fn decision(row: &OutboxRecord, code: DecisionCode, reason: u32) -> DecisionRecord {
    DecisionRecord {
        contact: row.contact,
        workflow: Some(row.workflow),
        run: row.run,
        at: row.due_at,
        code,
        step: Some(row.step),
        reason,
        trace: Vec::new(),
    }
}
