//! When to try again.
//!
//! Waits grow, because what has been down for an hour will not be up in a second, and each is spread by a share that depends on the
//! key, so that a thousand messages refused together do not come back together. The share is hashed and not drawn, so a replay waits
//! as long as the first run did (rule E2).

use std::time::Duration;

use ring::digest;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The wait after each failed attempt. Together about two days, in which an outage is noticed and mended, and after which most
/// marketing messages are no longer worth sending.
const WAITS: [Duration; 9] = [
    MINUTE,
    MINUTE.saturating_mul(5),
    MINUTE.saturating_mul(15),
    MINUTE.saturating_mul(45),
    HOUR.saturating_mul(2),
    HOUR.saturating_mul(4),
    HOUR.saturating_mul(8),
    HOUR.saturating_mul(12),
    HOUR.saturating_mul(20),
];
/// The first attempt and one after each wait.
pub const ATTEMPTS_MAX: u32 = WAITS.len() as u32 + 1;
/// A wait is longer than its entry by up to this share, never shorter.
const JITTER_MAX_PERCENT: u32 = 20;

/// How long to wait after `attempt` attempts have failed; `None` when it is time to give up.
pub fn next_attempt(attempt: u32, key: &str) -> Option<Duration> {
    let Some(failed_before) = attempt.checked_sub(1) else { return Some(Duration::ZERO) };
    let wait = WAITS.get(usize::try_from(failed_before).ok()?)?;
    Some(*wait + *wait * jitter(attempt, key) / PARTS * JITTER_MAX_PERCENT / 100)
}

/// The steps in which a share is counted.
const PARTS: u32 = 1000;

/// Evenly spread over `0..PARTS`, another one for each key and attempt.
fn jitter(attempt: u32, key: &str) -> u32 {
    let digest = digest::digest(&digest::SHA256, format!("{attempt}:{key}").as_bytes());
    let number = digest.as_ref().iter().take(4).fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
    number % PARTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_within_their_limits_and_end() {
        for (attempt, wait) in (1..).zip(WAITS) {
            for journey in 0..200 {
                let next = next_attempt(attempt, &format!("j{journey}.s1.v0")).unwrap();
                assert!(next >= wait && next <= wait * (100 + JITTER_MAX_PERCENT) / 100, "{attempt} {next:?}");
            }
        }
        assert_eq!(next_attempt(0, "j1"), Some(Duration::ZERO));
        assert_eq!(next_attempt(ATTEMPTS_MAX, "j1"), None);
        assert_eq!(next_attempt(u32::MAX, "j1"), None);
    }

    #[test]
    fn the_same_key_waits_the_same_and_others_are_spread() {
        assert_eq!(next_attempt(3, "j1.s1.v0"), next_attempt(3, "j1.s1.v0"));
        let mut waits: Vec<_> = (0..500).filter_map(|journey| next_attempt(3, &format!("j{journey}.s1.v0"))).collect();
        waits.sort_unstable();
        let (first, middle, last) = (waits[0], waits[250], waits[499]);
        let span = WAITS[2] * JITTER_MAX_PERCENT / 100;
        assert!(last - first > span * 9 / 10 && middle - first > span / 3 && last - middle > span / 3);
    }

    #[test]
    fn a_repeated_attempt_under_one_key_is_spread_anew() {
        assert_ne!(jitter(1, "j1"), jitter(2, "j1"));
    }
}
