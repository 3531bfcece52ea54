//! A channel for benches that do not measure how mail leaves.

use flow_runtime::dispatch::channels::{Channel, Fate, Foreseen, Uncertain};
use flow_runtime::mail::Mail;
use std::time::Duration;

/// Takes every mail at once.
pub(crate) struct AcceptsAll;

impl Channel for AcceptsAll {
    fn name(&self) -> &str {
        "accepts all"
    }

    fn uncertain(&self) -> Uncertain {
        Uncertain::Resend
    }

    /// It never waits, so threads would only cost their making.
    fn at_once(&self) -> usize {
        1
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn foresee(&self, mail: &Mail, attempt: u32) -> Option<Foreseen> {
        let _ = attempt;
        Some(Foreseen { after: Duration::ZERO, fate: Fate::Delivered { receipt: mail.key.clone() } })
    }

    /// Every mail is written, as by a channel that sends it.
    fn send(&self, mail: &Mail, _: u32) -> Fate {
        let _ = std::hint::black_box(mail.html.text());
        Fate::Delivered { receipt: mail.key.clone() }
    }
}
