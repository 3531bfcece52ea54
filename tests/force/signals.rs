//! How a process is ended from outside, and what it may make of that.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

use super::chance::Chance;

/// What a shell says of a process that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;
const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGKILL: i32 = 9;
const SIGTERM: i32 = 15;

/// How somebody ends a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// It has no say.
    Kill,
    /// A wish, by this signal.
    Wish(&'static str),
    /// A wish and, so many milliseconds later, the same again: an order.
    Twice(&'static str, u64),
    /// A wish, and no patience: SIGKILL so many milliseconds later, while it is ending its work.
    NoPatience(&'static str, u64),
}

impl Blow {
    pub(crate) fn draw(chance: &mut Chance) -> Blow {
        let wish = *chance.of(&["-TERM", "-INT"]);
        let soon = u64::try_from(chance.below(60)).unwrap();
        match chance.below(8) {
            0..4 => Blow::Kill,
            4..6 => Blow::Wish(wish),
            6 => Blow::Twice(wish, soon),
            _ => Blow::NoPatience(wish, soon),
        }
    }

    /// Whether it may leave something in doubt.
    pub(crate) fn is_rough(self) -> bool {
        !matches!(self, Blow::Wish(_))
    }

    /// Deals it. True where the process listens for it by then: it must end as it says.
    pub(crate) fn deal(self, child: &Child) -> bool {
        // The last that it begins to listen for.
        let listens = is_in(child, "SigCgt:", SIGHUP);
        // Whoever runs the tests in the background may have had their shell ignore SIGINT, and so does a process that does not listen yet.
        let heard = |signal| if signal == "-INT" && is_in(child, "SigIgn:", SIGINT) { "-TERM" } else { signal };
        match self {
            Blow::Kill => send("-KILL", child),
            Blow::Wish(signal) => send(heard(signal), child),
            Blow::Twice(signal, soon) => {
                send(heard(signal), child);
                thread::sleep(Duration::from_millis(soon));
                send(heard(signal), child);
            }
            Blow::NoPatience(signal, soon) => {
                send(heard(signal), child);
                thread::sleep(Duration::from_millis(soon));
                send("-KILL", child);
            }
        }
        listens
    }

    /// Whether this is how it may end by it: `wished` is the exit code of the first signal, `done` that of one that came to its end by itself.
    pub(crate) fn allows(self, status: ExitStatus, listened: bool, wished: i32, done: Option<i32>) -> bool {
        let by = |signal| status.signal() == Some(signal);
        let is = |code: Option<i32>| code.is_some() && status.code() == code;
        let by_wish = !listened && (by(SIGTERM) || by(SIGINT));
        is(done)
            || match self {
                Blow::Kill => by(SIGKILL),
                Blow::Wish(_) => is(Some(wished)) || by_wish,
                Blow::Twice(..) => is(Some(wished)) || is(Some(INTERRUPTED)) || by_wish,
                Blow::NoPatience(..) => is(Some(wished)) || by(SIGKILL) || by_wish,
            }
    }
}

/// To one that may be gone by now.
fn send(signal: &str, child: &Child) {
    let mut kill = Command::new("kill");
    let _ = kill.args([signal, &child.id().to_string()]).stderr(std::process::Stdio::null()).status();
}

/// Whether a process has a signal among those that it catches or ignores; where the system does not tell, nobody knows, and it counts as no.
fn is_in(child: &Child, which: &str, signal: i32) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(which));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}
