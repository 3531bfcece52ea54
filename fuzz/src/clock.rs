//! The time that work takes, for who compares it with other work.

#![expect(
    clippy::disallowed_methods,
    reason = "what is told is compared with its like, and decides no result of the product"
)]

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// How long this thread has worked; on other systems than Linux, how long it is since the first call.
pub fn own_time() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    // The system counts when a thread gives up its processor.
    std::thread::yield_now();
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next().and_then(|first| first.parse().ok()));
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
