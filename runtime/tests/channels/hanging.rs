//! A channel that never comes back from a message: the others leave all the same.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flow_runtime::dispatch::channels::{Channel, Fate, Uncertain};
use flow_runtime::dispatch::{Attempt, Dispatch};
use flow_runtime::mail::Mail;

use crate::support::mail;

/// Hangs on the first message for as long as somebody holds the other end.
struct Hanging {
    released: Mutex<Receiver<()>>,
}

impl Channel for Hanging {
    fn name(&self) -> &str {
        "hanging"
    }

    fn uncertain(&self) -> Uncertain {
        Uncertain::GiveUp
    }

    fn at_once(&self) -> usize {
        1
    }

    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn send(&self, mail: &Mail, _: u32) -> Fate {
        if mail.key == "first" {
            let _ = self.released.lock().unwrap().recv();
        }
        Fate::Delivered { receipt: mail.key.clone() }
    }
}

#[test]
fn what_waits_behind_a_message_that_hangs_leaves_when_patience_is_over() {
    let (release, released) = channel::<()>();
    let mut dispatch = Dispatch::new(Arc::new(Hanging { released: Mutex::new(released) }));
    let [first, second] = [1, 2].map(|row| Attempt { row, number: 1 });
    dispatch.hand_over([(first, mail("first")), (second, mail("second"))]);
    let late = loop {
        let late = dispatch.lose_patience();
        if !late.is_empty() {
            break late;
        }
        std::thread::yield_now();
    };
    assert_eq!(late.iter().map(|answer| answer.attempt).collect::<Vec<_>>(), [first]);
    assert!(matches!(late[0].fate, Fate::Unknown { .. }));
    let answer = loop {
        if let Some(answer) = dispatch.wait(Duration::from_secs(1)) {
            break answer;
        }
    };
    assert_eq!((answer.attempt, answer.fate), (second, Fate::Delivered { receipt: "second".to_owned() }));
    assert_eq!(dispatch.count(), 0);
    drop(release);
}
