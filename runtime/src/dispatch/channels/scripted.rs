//! A channel that does as a script says, on the clock of a rehearsal: every answer is known when the attempt is made, and comes when the
//! script says. So a case with late, wrong or missing answers is a test of milliseconds.
//!
//! ```text
//! # who, which attempts, after how long, what, and in which words; the first line that fits holds, and who has none is mailed at once
//! ana@x.example 1-6 0s  later     451 4.7.1 greylisted
//! *@gone.example *  0s  bounced   550 5.1.1 no such user
//! *             1   90m delivered
//! ```

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Channel, Fate, Foreseen, RefusedKind, Uncertain};
use crate::mail::Mail;

/// What becomes of an attempt: the mail and the number of the attempt, from 1.
pub type Script = dyn Fn(&Mail, u32) -> Foreseen + Send + Sync;

/// Answers by a script, and remembers what was handed to it.
pub struct ScriptedChannel {
    policy: Uncertain,
    script: Box<Script>,
    /// Where what is delivered goes.
    behind: Option<Arc<dyn Channel>>,
    handed: Mutex<Vec<Mail>>,
}

impl ScriptedChannel {
    /// A channel of this policy.
    pub fn new(policy: Uncertain, script: impl Fn(&Mail, u32) -> Foreseen + Send + Sync + 'static) -> ScriptedChannel {
        ScriptedChannel { policy, script: Box::new(script), behind: None, handed: Mutex::default() }
    }

    /// The same by rules as text; what they let through goes on to another channel. Fails with the line that cannot be read.
    pub fn read(text: &str, behind: Arc<dyn Channel>) -> Result<ScriptedChannel, String> {
        let lines =
            (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let rule = |(number, line): (u32, &str)| Rule::read(line).ok_or_else(|| format!("line {number}: `{line}`"));
        let rules = lines.map(rule).collect::<Result<Vec<Rule>, String>>()?;
        let answer = move |mail: &Mail, attempt: u32| {
            let rule = rules.iter().find(|rule| rule.fits(mail.to.address().as_str(), attempt));
            rule.map_or_else(delivered, |rule| rule.answer.clone())
        };
        Ok(ScriptedChannel { behind: Some(behind), ..ScriptedChannel::new(Uncertain::Resend, answer) })
    }

    /// Every attempt that was made, whatever became of it, by key: threads make them in any order.
    pub fn handed(&self) -> Vec<Mail> {
        let mut handed = self.handed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        handed.sort_by(|one, other| one.key.cmp(&other.key));
        handed
    }
}

impl std::fmt::Debug for ScriptedChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScriptedChannel").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// The answer of a mail server that takes everything at once.
pub fn delivered() -> Foreseen {
    Foreseen { after: Duration::ZERO, fate: Fate::Delivered { receipt: "taken".to_owned() } }
}

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    /// An address, or what it ends with behind a star.
    to: String,
    attempts: std::ops::RangeInclusive<u32>,
    answer: Foreseen,
}

impl Rule {
    fn read(line: &str) -> Option<Rule> {
        let mut words = line.split_whitespace();
        let (to, attempts, after, what) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let reason = words.collect::<Vec<_>>().join(" ");
        let fate = match what {
            "delivered" => Fate::Delivered { receipt: reason },
            "later" => Fate::RetryLater { reason },
            "bounced" => Fate::Refused { reason, kind: RefusedKind::HardBounce },
            "blocked" => Fate::Refused { reason, kind: RefusedKind::Blocked },
            "unknown" => Fate::Unknown { reason },
            "down" => Fate::Down { reason },
            "stop" => Fate::Stop { reason },
            _ => return None,
        };
        let attempts = match attempts.split_once('-') {
            _ if attempts == "*" => 1..=u32::MAX,
            Some((first, last)) => first.parse().ok()?..=last.parse().ok()?,
            None => attempts.parse().ok().map(|one: u32| one..=one)?,
        };
        Some(Rule { to: to.to_lowercase(), attempts, answer: Foreseen { after: span(after)?, fate } })
    }

    fn fits(&self, to: &str, attempt: u32) -> bool {
        let to = to.to_lowercase();
        let is_to = self.to.strip_prefix('*').map_or(self.to == to, |end| to.ends_with(end));
        is_to && self.attempts.contains(&attempt)
    }
}

/// `90s`, `15m`, `2h`.
fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))
}

impl Channel for ScriptedChannel {
    fn name(&self) -> &str {
        "scripted"
    }

    fn uncertain(&self) -> Uncertain {
        self.policy
    }

    fn at_once(&self) -> usize {
        usize::MAX
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn clear_up(&self, ending: &str) {
        self.behind.iter().for_each(|behind| behind.clear_up(ending));
    }

    fn foresee(&self, mail: &Mail, attempt: u32) -> Option<Foreseen> {
        Some((self.script)(mail, attempt))
    }

    /// The engine goes by what was foreseen; this is the attempt itself.
    fn send(&self, mail: &Mail, attempt: u32) -> Fate {
        if let Err(error) = mail.written() {
            return Fate::unbuilt(&error);
        }
        self.handed.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        let fate = (self.script)(mail, attempt).fate;
        match (&fate, &self.behind) {
            (Fate::Delivered { .. }, Some(behind)) => behind.send(mail, attempt),
            _ => fate,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn rules_are_lines_and_the_first_that_fits_holds() {
        let rule = Rule::read("*@X.example 2-3 90m later 451 4.7.1 not now").unwrap();
        assert!(rule.fits("ana@x.example", 2) && rule.fits("ANA@x.example", 3));
        assert!(!rule.fits("ana@x.example", 1) && !rule.fits("ana@y.example", 2));
        assert_eq!(rule.answer.after, Duration::from_secs(5_400));
        assert_eq!(rule.answer.fate, Fate::RetryLater { reason: "451 4.7.1 not now".to_owned() });
        for wrong in ["ana@x.example", "* 1 2 later", "* x 0s later", "* 1 0s perhaps", "* 1 s later", "* 1 5d later"] {
            assert_eq!(Rule::read(wrong), None, "{wrong}");
        }
    }
}
