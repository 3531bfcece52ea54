//! Delivery: what the outbox holds is handed over once it is committed, and what becomes of it comes back as an input like any other.
//!
//! A row is committed before its message leaves, claimed in the batch that lets it out, and its answer is committed after. Between the two a
//! crash hides the answer: a channel that may send again does, under the same key (E9); for one that may not, the fate is unknown. No more are
//! claimed than may be on their way, so that a crash leaves few in doubt. Every attempt at a mail is a wake of its journey, so
//! goal, exit, consent, skip and window are asked again before it (E5).

use super::error::EngineError;
use super::outbox::{Down, Leaving, Posted};
use super::reason::{Suppressed, Undelivered};
use super::touch::Touch;
use super::view::ContactView;
use super::{ANSWER_WAIT, Engine, counter};
use crate::dispatch::channels::{Channel, Fate, RefusedKind, Uncertain};
use crate::dispatch::{Answer, Attempt, backoff};
use crate::happening::{Happening, Level};
use crate::inbound::email_key;
use crate::mail::{Mail, Mailbox};
use crate::store::{DecisionCode, DecisionRecord, OutboxKind, OutboxRecord, OutboxState, Store};
use crate::time::Instant;
use flow_ir::WorkflowId;
use std::sync::Arc;

/// How many messages are handed over and not answered before the engine waits for some: what a channel has promised to take has no
/// other limit.
pub(crate) const ON_THEIR_WAY_MAX: usize = 1_000;

/// How often a message of which nobody knows whether it left is sent again as soon as the process is back; then it waits as after any attempt.
const SENT_AGAIN_AT_ONCE: u32 = 3;

/// What is said of an attempt whose process was ended.
const STOPPED: &str = "Flow stopped while it was on its way";

/// Writes messages.
pub trait Composer: Send + Sync {
    /// The message of an outbox row: a mail to the contact or, for a [`Notice`](OutboxKind::Notice), what its payload says. A row whose
    /// payload an earlier attempt has written says the same again, whatever the contact has become meanwhile.
    fn compose(&self, row: &OutboxRecord, contact: &ContactView<'_>) -> Result<Composed, String>;
}

/// A message, and what its row keeps so that each attempt says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// To hand over.
    pub mail: Mail,
    /// The row's payload from now on.
    pub payload: String,
}

/// How messages leave.
#[derive(Clone)]
pub struct Delivery {
    /// What takes the mail away.
    pub channel: Arc<dyn Channel>,
    /// What fills it in.
    pub composer: Arc<dyn Composer>,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("channel", &self.channel.name()).finish_non_exhaustive()
    }
}

impl<S: Store> Engine<S> {
    /// At start: what a crash left on its way.
    pub(super) fn recover_outbox(&mut self) -> Result<(), EngineError> {
        let mut recovered = Recovered::default();
        for id in std::mem::take(&mut self.recovering) {
            match self.outbox.row(id).map(|row| row.state) {
                Some(OutboxState::Promised) => self.keep_promise(id)?,
                Some(OutboxState::Claimed) => recovered.count(self.resolve_claimed(id)?),
                _ => {}
            }
        }
        let now = self.now().0;
        recovered.happening().into_iter().for_each(|what| self.batch.happened.note(now, what));
        Ok(())
    }

    /// Nobody knows whether a claimed row left: the channel's policy says what that means.
    fn resolve_claimed(&mut self, id: u64) -> Result<Resolved, EngineError> {
        let now = self.now().0;
        match self.outbox.delivery.channel.uncertain() {
            Uncertain::Resend if self.foresee_again(id)? => {}
            // It did not leave, so it is no attempt.
            _ if !self.may_have_left(id)? => {
                // It is due since then: whether it is late by now does not hang on when Flow was stopped.
                let due_at = self.outbox.row(id).map_or(now, |row| row.due_at.min(now));
                self.come_back(id, due_at, false, "Flow stopped before it was handed over".to_owned())?;
                return Ok(Resolved::NotBegun);
            }
            Uncertain::Resend => {
                let detail = STOPPED.to_owned();
                let Some(row) = self.outbox.row(id).cloned() else { return Ok(Resolved::SentAgain) };
                self.doubt(&row, &detail);
                // It counts, and after a few times it waits: whoever is killed again and again must not mail the same people each time.
                match row.attempts >= SENT_AGAIN_AT_ONCE {
                    true => self.retry(&row, detail)?,
                    false => self.come_back(id, now, true, detail)?,
                }
            }
            Uncertain::GiveUp => {
                let reason = STOPPED.to_owned();
                let attempt = Attempt { row: id, number: 0 };
                self.take_answer(Answer { attempt, fate: Fate::Unknown { reason } })?;
                return Ok(Resolved::GivenUp);
            }
        }
        Ok(Resolved::SentAgain)
    }

    /// Whether a claimed message may have begun to go over.
    fn may_have_left(&mut self, id: u64) -> Result<bool, EngineError> {
        let Some(row) = self.outbox.row(id).cloned() else { return Ok(true) };
        let channel = Arc::clone(&self.outbox.delivery.channel);
        Ok(self.compose(&row)?.map_or(true, |composed| channel.may_have_left(&composed.mail.key, row.attempts + 1)))
    }

    /// An attempt whose answer was foreseen is made once more, and comes to the same.
    fn foresee_again(&mut self, id: u64) -> Result<bool, EngineError> {
        let Some(row) = self.outbox.row(id).cloned() else { return Ok(false) };
        let composed = self.compose(&row)?;
        Ok(composed.is_ok_and(|composed| self.outbox.foresee_again(&row, composed.mail)))
    }

    /// A promised message that was not handed over, or whose answer was lost: the channel knows it by its key.
    fn keep_promise(&mut self, id: u64) -> Result<(), EngineError> {
        let Some(row) = self.outbox.row(id).cloned() else { return Ok(()) };
        // Its journey has gone on: where it cannot be written, that is told, and nothing waits for it.
        let written = |composed: Composed| match composed.mail.html.text() {
            Err(problem) => Err(problem.to_owned()),
            Ok(_) => Ok(composed),
        };
        match self.compose(&row)?.and_then(written) {
            Ok(Composed { mut mail, .. }) => {
                // It was promised to the address of then, whatever the person has by now.
                if mail.to.address().as_str() != row.recipient
                    && let Ok(to) = Mailbox::parse(&row.recipient)
                {
                    mail.to = to;
                }
                if !self.outbox.leave_again(&row, mail) {
                    let channel = self.outbox.delivery.channel.name();
                    let reason =
                        format!("a mail that a folder was to take is not in it, and mail leaves by {channel} now");
                    self.stopped_for.get_or_insert(format!("{reason}: go on once with the folder in `[mail]`"));
                }
            }
            Err(detail) => self.give_up(&row, Undelivered::NotComposed, detail),
        }
        Ok(())
    }

    fn compose(&mut self, row: &OutboxRecord) -> Result<Result<Composed, String>, EngineError> {
        self.load(&[row.contact])?;
        let missing = || EngineError::Fault {
            problem: format!("contact {} of outbox row {} is not there", row.contact.0, row.id),
        };
        let contact = self.cache.get(row.contact).ok_or_else(missing)?;
        let seated = contact.seated_for(&self.plan, WorkflowId(row.workflow), row.run);
        let view = ContactView::new(&self.plan, &*self.backend, seated.as_ref().unwrap_or(contact));
        Ok(self.outbox.delivery.composer.compose(row, &view))
    }

    /// Hands over what is durable by now.
    pub(super) fn hand_over(&mut self, leaving: Vec<Leaving>) {
        self.dispatch.hand_over(leaving.into_iter().map(|Leaving { attempt, mail }| (attempt, mail)));
        while self.dispatch.count() > ON_THEIR_WAY_MAX {
            self.await_answer(ANSWER_WAIT);
        }
    }

    /// Takes in the answers that are here.
    pub(super) fn collect_answers(&mut self) {
        if self.dispatch.count() > 0 {
            let answers = self.dispatch.answers();
            answers.into_iter().for_each(|answer| self.outbox.arrive(answer));
        }
    }

    /// The same; only then gives up on attempts that take too long, which nobody needs to know between any two items.
    pub(super) fn lose_patience(&mut self) {
        self.collect_answers();
        let silent = self.dispatch.lose_patience();
        silent.into_iter().for_each(|answer| self.outbox.arrive(answer));
    }

    /// Another attempt at a row, whose instant has come.
    pub(super) fn handle_attempt(&mut self, at: i64, id: u64) -> Result<(), EngineError> {
        let at = self.advance(at);
        let Some(row) = self.outbox.row(id).map(|row| dated(row, at)) else { return Ok(()) };
        match row.kind {
            OutboxKind::Notice => match self.compose(&row)? {
                Err(detail) => self.give_up(&row, Undelivered::NotComposed, detail),
                Ok(composed) => {
                    if let Posted::Promised(_) = self.outbox.post_again(&mut self.batch, &row, composed.mail, at) {
                        self.batch.decide(decision(&row, DecisionCode::Delivered, at, 0));
                    }
                }
            },
            OutboxKind::Mail => {
                self.touch(Some(row.contact), at, |touch: &mut Touch<'_>| touch.try_again(&row))?;
            }
        }
        Ok(())
    }

    /// An answer, at the instant at which it counts.
    pub(super) fn handle_answer(&mut self, at: i64, attempt: Attempt) -> Result<(), EngineError> {
        // What was foreseen is not believed before it was tried.
        while self.dispatch.is_on_its_way(attempt) {
            self.await_answer(ANSWER_WAIT);
        }
        self.advance(at);
        if let Some(answer) = self.outbox.take_answer(at, attempt) {
            self.take_answer(answer)?;
        }
        self.outbox.forget(attempt.row);
        Ok(())
    }

    fn take_answer(&mut self, answer: Answer) -> Result<(), EngineError> {
        let now = self.now().0;
        let id = answer.attempt.row;
        let is_promised = self.outbox.row(id).is_some_and(|row| row.state == OutboxState::Promised);
        let fate = match answer.fate {
            Fate::Delivered { receipt } if is_promised => {
                self.confirm_promised(id, receipt);
                return Ok(());
            }
            fate => fate,
        };
        let Some(row) = self.outbox.row(id).cloned() else { return Ok(()) };
        use Fate::{Delivered, Refused, RetryLater};
        // Only what came from the other side says that somebody is there. A promise has said so when it was made.
        if !is_promised && matches!(fate, Delivered { .. } | Refused { .. } | RetryLater { .. }) {
            self.note_back(&row);
        }
        if !is_promised {
            self.outbox.note_rules(&fate);
        }
        match fate {
            Fate::Stop { reason } => self.stop_for(&row, reason)?,
            // A channel that breaks its word has something wrong with it; nothing more may be promised.
            other if is_promised => {
                self.stop_for(&row, format!("it was to be taken for certain: {}", other.reason()))?
            }
            Fate::Down { reason } => {
                let down = self.outbox.pause(now);
                self.note_down(&row, down, &reason);
                self.mail_trouble = Some(reason.clone());
                self.come_back(row.id, down.until, false, reason)?;
            }
            Fate::RetryLater { reason } => self.retry(&row, reason)?,
            Fate::Unknown { reason } => match self.outbox.delivery.channel.uncertain() {
                Uncertain::Resend => {
                    self.doubt(&row, &reason);
                    self.retry(&row, reason)?;
                }
                Uncertain::GiveUp => {
                    self.note_doubt(row.id, GIVEN_UP, &reason);
                    self.end_attempts(&row, Undelivered::Unknown, reason)?;
                }
            },
            Fate::Refused { reason, kind } => self.end_attempts(&row, Undelivered::from(kind), reason)?,
            Fate::Delivered { receipt } => {
                self.note_sent(&row, &receipt);
                self.outbox.settle(&mut self.batch, row.id, OutboxState::Delivered, receipt);
                match row.kind {
                    OutboxKind::Notice => self.batch.decide(decision(&row, DecisionCode::Delivered, now, 0)),
                    OutboxKind::Mail => {
                        self.touch(Some(row.contact), now, |touch: &mut Touch<'_>| touch.delivered(&row))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What was promised was taken. That is nearly every answer of a folder, and needs no copy of its row.
    fn confirm_promised(&mut self, id: u64, receipt: String) {
        if self.batch.happened.hears(Level::Debug)
            && let Some(row) = self.outbox.row(id).cloned()
        {
            self.note_sent(&row, &receipt);
        }
        self.outbox.settle(&mut self.batch, id, OutboxState::Delivered, receipt);
    }

    /// Nothing can leave until somebody mends what is wrong. The row stays where it is, and its attempt does not count.
    fn stop_for(&mut self, row: &OutboxRecord, reason: String) -> Result<(), EngineError> {
        if self.stopped_for.is_none() {
            let channel = self.outbox.delivery.channel.name().to_owned();
            self.note_of(row, &reason, |message, said| Happening::ChannelStopped { channel, message, said });
        }
        self.stopped_for.get_or_insert_with(|| reason.clone());
        if row.state == OutboxState::Claimed { self.come_back(row.id, self.now().0, false, reason) } else { Ok(()) }
    }

    /// A message that did not leave waits for its next attempt; whose journey has ended meanwhile gets none. `counts` says whether the
    /// attempt did.
    fn come_back(&mut self, id: u64, due_at: i64, counts: bool, detail: String) -> Result<(), EngineError> {
        let now = self.now().0;
        self.outbox.queue_again(&mut self.batch, id, due_at, counts, detail);
        if let Some(row) = self.outbox.row(id).filter(|row| row.kind == OutboxKind::Mail).cloned() {
            self.touch(Some(row.contact), now, |touch: &mut Touch<'_>| touch.put_off(&row))?;
        }
        Ok(())
    }

    /// Queues a row for another attempt, unless there were enough.
    fn retry(&mut self, row: &OutboxRecord, reason: String) -> Result<(), EngineError> {
        let now = self.now().0;
        let Some(wait) = backoff::next_attempt(row.attempts + 1, &row.key) else {
            return self.end_attempts(row, Undelivered::OutOfRetries, reason);
        };
        self.mail_trouble = Some(reason.clone());
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).max(1);
        self.batch.count(counter::RETRIES);
        let (attempt, next_at) = (row.attempts + 1, Instant(now.saturating_add(wait)));
        self.note_of(row, &reason, |message, said| Happening::PutOff { message, attempt, next_at, said });
        self.come_back(row.id, next_at.0, true, reason)
    }

    /// A message that will not be delivered: its journey goes on without it.
    fn end_attempts(&mut self, row: &OutboxRecord, reason: Undelivered, detail: String) -> Result<(), EngineError> {
        self.give_up(row, reason, detail);
        if row.kind == OutboxKind::Mail {
            let now = self.now().0;
            // Of the address it went to: they may have another one by now, and somebody else this one (E7).
            let to = self.outbox.address_of(row.id).map(email_key);
            let bounced = to.clone().filter(|_| reason == Undelivered::HardBounce);
            self.touch(Some(row.contact), now, |touch: &mut Touch<'_>| touch.undelivered(row, reason, to))?;
            self.refuse_holder(bounced.map(|to| (to, Suppressed::HardBounced)), Some(row.contact), now, now)?;
        }
        Ok(())
    }

    /// Records that a message will not be delivered.
    fn give_up(&mut self, row: &OutboxRecord, reason: Undelivered, detail: String) {
        let now = self.now().0;
        self.mail_trouble = Some(detail.clone());
        let made = matches!(row.state, OutboxState::Claimed | OutboxState::Promised);
        let attempts = row.attempts + u32::from(made);
        // One in doubt has been told as that.
        if reason != Undelivered::Unknown {
            let reason = reason.words();
            self.note_of(row, &detail, |message, said| Happening::Undelivered { message, attempts, reason, said });
        }
        let state = if reason == Undelivered::Unknown { OutboxState::Unknown } else { OutboxState::Failed };
        self.outbox.settle(&mut self.batch, row.id, state, detail);
        self.batch.decide(decision(row, DecisionCode::Undelivered, now, reason.number()));
    }
}

/// What an operator has to know of it.
impl<S: Store> Engine<S> {
    /// An attempt may have left, and there is another one: whatever keeps that back, this one is not forgotten.
    fn doubt(&mut self, row: &OutboxRecord, reason: &str) {
        self.note_doubt(row.id, SENT_AGAIN, reason);
        self.batch.decide(decision(row, DecisionCode::InDoubt, self.now().0, 0));
    }

    /// A message that may have left.
    fn note_doubt(&mut self, id: u64, decision: &'static str, reason: &str) {
        if let Some(row) = self.outbox.row(id).cloned() {
            let attempt = row.attempts + 1;
            self.note_of(&row, reason, |message, said| Happening::InDoubt { message, attempt, decision, said });
        }
    }

    fn note_sent(&mut self, row: &OutboxRecord, receipt: &str) {
        if self.batch.happened.hears(Level::Debug) {
            let attempt = row.attempts + 1;
            self.note_of(row, receipt, |message, said| Happening::Sent { message, attempt, said });
        }
    }

    fn note_down(&mut self, row: &OutboxRecord, Down { until, since, pauses, is_news }: Down, reason: &str) {
        if is_news {
            let channel = self.outbox.delivery.channel.name().to_owned();
            let (since, next_at) = (Instant(since), Instant(until));
            self.note_of(row, reason, |message, said| Happening::ChannelDown {
                channel,
                message,
                since,
                pauses,
                next_at,
                said,
            });
        }
    }

    /// Somebody has answered: it may be that nobody did before.
    fn note_back(&mut self, row: &OutboxRecord) {
        let now = self.now().0;
        if let Some(down_ms) = self.outbox.comes_back(now) {
            let channel = self.outbox.delivery.channel.name().to_owned();
            self.note_of(row, "", |message, _| Happening::ChannelBack { channel, message, down_ms });
        }
    }
}

/// What becomes of a message in doubt.
const SENT_AGAIN: &str = "sent again";
const GIVEN_UP: &str = "given up";

/// What was decided of a message that a process left in its hands.
#[derive(Debug, Clone, Copy)]
enum Resolved {
    SentAgain,
    GivenUp,
    /// It certainly did not leave.
    NotBegun,
}

/// How many messages a process left in its hands, by what was decided.
#[derive(Debug, Default)]
struct Recovered {
    sent_again: u64,
    given_up: u64,
    not_begun: u64,
}

impl Recovered {
    fn count(&mut self, resolved: Resolved) {
        *match resolved {
            Resolved::SentAgain => &mut self.sent_again,
            Resolved::GivenUp => &mut self.given_up,
            Resolved::NotBegun => &mut self.not_begun,
        } += 1;
    }

    /// None where there were none.
    fn happening(self) -> Option<Happening> {
        let Recovered { sent_again, given_up, not_begun } = self;
        let in_doubt = sent_again + given_up;
        (in_doubt + not_begun > 0).then_some(Happening::Recovered { in_doubt, sent_again, given_up, not_begun })
    }
}

impl From<RefusedKind> for Undelivered {
    fn from(kind: RefusedKind) -> Undelivered {
        match kind {
            RefusedKind::HardBounce => Undelivered::HardBounce,
            RefusedKind::Blocked => Undelivered::Blocked,
            RefusedKind::Invalid => Undelivered::Invalid,
            RefusedKind::NotWritten => Undelivered::NotComposed,
        }
    }
}

/// A row that comes to leave: as long as nothing was tried, its message is of this instant.
pub(super) fn dated(row: &OutboxRecord, now: i64) -> OutboxRecord {
    let queued_at = if row.attempts == 0 { now } else { row.queued_at };
    OutboxRecord { queued_at, ..row.clone() }
}

/// A decision about a message.
pub(super) fn decision(row: &OutboxRecord, code: DecisionCode, at: i64, reason: u32) -> DecisionRecord {
    DecisionRecord {
        workflow: Some(row.workflow),
        run: row.run,
        step: Some(row.step),
        reason,
        send: Some(row.id),
        ..DecisionRecord::new(row.contact, at, code)
    }
}
