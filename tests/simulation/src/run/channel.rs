//! The other side: it takes messages as the weather has it, and keeps a book of all that was ever handed to it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use flow_fuzz::Random;
use flow_runtime::dispatch::channels::{Channel, Fate, Foreseen, Uncertain};
use flow_runtime::mail::Mail;

use crate::world::faults::{Weather, hash};

/// One attempt, as the other side saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handed {
    /// From 1.
    pub attempt: u32,
    /// To whom.
    pub to: String,
    /// Whether it was taken.
    pub is_taken: bool,
}

/// The attempts of each key.
pub type Book = BTreeMap<String, Vec<Handed>>;

/// A channel that outlives the process that writes to it.
#[derive(Debug)]
pub struct Receiver {
    weather: Weather,
    book: Mutex<Book>,
    /// 0, or what decides which of the messages in hand still come over while the process dies.
    dying: AtomicU64,
}

impl Receiver {
    /// With an empty book.
    pub fn new(weather: Weather) -> Receiver {
        Receiver { weather, book: Mutex::default(), dying: AtomicU64::new(0) }
    }

    fn book_in_hand(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that was handed over, each key's attempts in an order that no thread decides.
    pub fn book(&self) -> Book {
        let mut book = self.book_in_hand().clone();
        book.values_mut().for_each(|handed| handed.sort());
        book
    }

    /// From now on only some messages come over, until [`Receiver::revives`].
    pub fn dies(&self, chance: u64) {
        self.dying.store(chance | 1, Ordering::SeqCst);
    }

    /// A new process.
    pub fn revives(&self) {
        self.dying.store(0, Ordering::SeqCst);
    }
}

impl Channel for Receiver {
    fn name(&self) -> &str {
        "simulated"
    }

    fn uncertain(&self) -> Uncertain {
        self.weather.policy
    }

    fn at_once(&self) -> usize {
        self.weather.at_once
    }

    fn is_in_step(&self) -> bool {
        true
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn may_have_left(&self, key: &str, attempt: u32) -> bool {
        self.book_in_hand().get(key).is_some_and(|handed| handed.iter().any(|handed| handed.attempt == attempt))
    }

    fn foresee(&self, mail: &Mail, attempt: u32) -> Option<Foreseen> {
        Some(self.weather.attempt(&mail.key, attempt).answer)
    }

    fn send(&self, mail: &Mail, attempt: u32) -> Fate {
        let dying = self.dying.load(Ordering::SeqCst);
        if dying != 0 && Random::of(dying, hash(&mail.key)).once_in(2) {
            return Fate::Unknown { reason: "died".to_owned() };
        }
        let attempted = self.weather.attempt(&mail.key, attempt);
        let to = mail.to.address().as_str().to_owned();
        let handed = Handed { attempt, to, is_taken: attempted.is_taken };
        self.book_in_hand().entry(mail.key.clone()).or_default().push(handed);
        attempted.answer.fate
    }
}
