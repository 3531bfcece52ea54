//! Chaos, live: whatever machines, networks and operators do, the books of Flow and of the mail server agree in the end.
//!
//! Whole processes of the real command serve the project of every construct, while by a seed its mail server (a process of its own) defers,
//! refuses, hangs, drops and says nonsense, people do things, the process is killed and stopped, the clocks are set forwards and back, the
//! disk fills up and is freed, folders go away and come back. Then it calms down, all of it: everything leaves that is to leave, and what the
//! store says of each message is compared with what the mail server took. What the policy allows where nobody can know is counted on both
//! sides.
//!
//! Ten minutes by hand, or as long as somebody wants (CONTRIBUTING.md, "Force"):
//!
//! ```text
//! FLOW_CHAOS_SEED=7 FLOW_CHAOS_SECONDS=600 cargo test --test chaos -- --ignored ten_minutes --nocapture
//! ```
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod clock;
mod disk;
#[path = "../force/mod.rs"]
mod force;
#[path = "../guide/mod.rs"]
mod guide;
#[path = "../world/mod.rs"]
mod world;

use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use clock::{Clock, clear_up_after};
use disk::Disk;
use force::chance::Chance;
use force::every::any_happening;
use force::live::{Agreement, DISK, Life, Live, Policy, compare};
use force::receiver::{Became, Manner, Receiver};
use force::signals::Blow;

/// What a hostile server's hanging costs: a message takes at most four times as long.
const TIMEOUT_SECONDS: u32 = 1;
/// How long a test waits for what must come, on a machine however busy.
const PATIENCE: Duration = Duration::from_secs(120);
/// The exit code of a command that cannot go on, and says why.
const FAILED: i32 = 3;
/// The exit code of one whose project is not in order.
const FINDINGS: i32 = 1;
/// What happens in one world, before its books are compared and another begins.
const A_WORLD: usize = 120;
/// As many as a continuous integration has time for.
const SHORT: usize = 30;
/// Each round of a journey takes a step of the clocks, and journeys of one person may wait behind each other.
const STEPS_MORE_MAX: usize = 100;
const UNDER_WAY: &str = "SELECT count(*) FROM journey_view WHERE status <> 'ended'";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// In milliseconds.
const MINUTE_MS: i64 = 60_000;
const DAY: i64 = 24 * HOUR;

/// No test: the mail server of the others, in a process of its own.
#[test]
#[ignore = "the mail server of the other tests"]
fn mail_server() {
    force::receiver::serve_if_asked();
}

#[test]
fn some_seconds_of_chaos_leave_books_that_agree() {
    let Some(agreement) = play(20_261_127, SHORT, false) else { return };
    assert!(agreement.sent > 0, "{agreement:?}");
}

/// World after world, each by a seed of its own, until the time is up.
#[test]
#[ignore = "takes ten minutes"]
fn ten_minutes_of_chaos_leave_books_that_agree() {
    let (seconds, first) = (asked("FLOW_CHAOS_SECONDS").unwrap_or(600), asked("FLOW_CHAOS_SEED").unwrap_or(1));
    let began = now();
    let mut all = Agreement::default();
    let mut worlds = 0;
    while began.elapsed() < Duration::from_secs(seconds) {
        let Some(agreement) = play(first + worlds, A_WORLD, true) else { return };
        worlds += 1;
        all += agreement;
        eprintln!("{worlds} worlds in {} s: {agreement:?}", began.elapsed().as_secs());
    }
    eprintln!("{worlds} worlds of {A_WORLD} troubles, seeds from {first}: {all:?}");
}

/// A world and its end. None where this machine cannot show a process other clocks.
fn play(seed: u64, troubles: usize, has_own_disk: bool) -> Option<Agreement> {
    let Some(mut chaos) = Chaos::begin(seed, has_own_disk) else {
        eprintln!("libfaketime is not there (Debian: apt-get install libfaketime): this test steps aside");
        return None;
    };
    let mut run = || {
        chaos.first_life()?;
        (0..troubles).try_for_each(|_| chaos.trouble())?;
        chaos.calm_down()?;
        let agreement = compare(&chaos.live, &chaos.receiver, chaos.rough)?;
        let was_kind = chaos.receiver.book().iter().all(|entry| entry.became == Became::Taken);
        if was_kind { Err("the mail server took whatever it was given".to_owned()) } else { Ok(agreement) }
    };
    let agreement = run();
    Some(agreement.unwrap_or_else(|why| {
        let timeline = &chaos.timeline;
        panic!("{why}\nagain: FLOW_CHAOS_SEED={seed} FLOW_CHAOS_SECONDS=1 cargo test --test chaos -- --ignored ten_minutes\n{timeline}")
    }))
}

#[expect(clippy::disallowed_methods, reason = "how somebody asks by hand for more of this test")]
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[expect(
    clippy::disallowed_methods,
    reason = "chaos happens in real time; what it must not change is compared without it"
)]
fn now() -> Instant {
    Instant::now()
}

/// What ails the place where Flow works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ail {
    /// No file may be longer than some are already.
    Full,
    /// The disk of the store is full.
    DiskFull,
    /// The folder with the contacts and the stream has another name.
    WithoutData,
    /// That of the store has another name, for a process that is at work on it.
    WithoutStore,
    ReadOnly,
}

/// A world in which things go wrong.
struct Chaos {
    seed: u64,
    chance: Chance,
    receiver: Receiver,
    clock: Clock,
    // Before the folder that it lies in goes away.
    disk: Disk,
    live: Live,
    life: Option<Life>,
    /// Whether this life has met anything that it may stop for.
    is_excused: bool,
    is_hostile: bool,
    ail: Option<Ail>,
    /// Ends that may leave something in doubt.
    rough: usize,
    began: Instant,
    timeline: String,
}

type Done = Result<(), String>;

impl Chaos {
    fn begin(seed: u64, has_own_disk: bool) -> Option<Chaos> {
        let receiver = Receiver::start("mail_server", Manner::Calm);
        let mut live = Live::new(seed, Policy::of(seed), receiver.port(), TIMEOUT_SECONDS);
        let clock = Clock::new(live.path("clock"))?;
        live.environment = clock.environment();
        let disk = Disk::over(live.path(DISK), has_own_disk);
        Some(Chaos {
            seed,
            chance: Chance(seed),
            receiver,
            clock,
            disk,
            live,
            life: None,
            is_excused: false,
            is_hostile: false,
            ail: None,
            rough: 0,
            began: now(),
            timeline: String::new(),
        })
    }

    fn tell(&mut self, what: impl std::fmt::Display) {
        let _ = writeln!(
            self.timeline,
            "{:8.3} s, clocks {:+} s: {what}",
            self.began.elapsed().as_secs_f64(),
            self.clock.ahead()
        );
    }

    /// What happens before it has served once would be history.
    fn first_life(&mut self) -> Done {
        self.be_alive()?;
        self.behave(true);
        Ok(())
    }

    /// One thing more that goes wrong, or that people do.
    fn trouble(&mut self) -> Done {
        match self.chance.below(20) {
            0..9 => self.people(),
            9..11 => self.blow()?,
            11..14 => self.step_clocks(),
            14 => {
                let is_hostile = self.chance.one_in(2);
                self.behave(is_hostile);
            }
            15..18 => self.ail_or_mend()?,
            _ => {}
        }
        let moment = u64::try_from(self.chance.below(300)).unwrap();
        thread::sleep(Duration::from_millis(moment));
        self.be_alive()
    }

    fn people(&mut self) {
        let happenings: Vec<_> = (0..=self.chance.below(40)).map(|_| any_happening(&mut self.chance)).collect();
        self.tell(format_args!("{} people do something", happenings.len()));
        if self.ail == Some(Ail::WithoutData) {
            self.mend();
        }
        let at = self.clock.now();
        self.live.happen_at(&happenings, &at);
    }

    fn behave(&mut self, is_hostile: bool) {
        self.tell(if is_hostile { "the mail server is hostile" } else { "the mail server is kind" });
        self.is_hostile = is_hostile;
        self.is_excused |= is_hostile;
        self.receiver.behave(if is_hostile { Manner::Hostile(self.seed) } else { Manner::Calm });
    }

    fn step_clocks(&mut self) {
        let seconds = match self.chance.below(6) {
            0 => -i64::try_from(self.chance.below(7_200)).unwrap(),
            1 => DAY,
            2 => 3 * HOUR,
            _ => i64::try_from(self.chance.below(1_800)).unwrap(),
        };
        self.clock.step(seconds);
        self.tell(format_args!("the clocks are set by {seconds} s"));
    }

    fn blow(&mut self) -> Done {
        let blow = Blow::draw(&mut self.chance);
        self.tell(format_args!("{blow:?}"));
        let Some(mut life) = self.life.take() else { return Ok(()) };
        let listened = blow.deal(life.child());
        let status = life.end()?;
        clear_up_after(life.child().id());
        self.rough += usize::from(blow.is_rough() || !status.success());
        let is_excused = |code| self.is_excused && status.code() == Some(code);
        let is_allowed = (blow.allows(status, listened, 0, None) || is_excused(FAILED) || is_excused(FINDINGS))
            && !life.said().contains("panicked");
        if is_allowed { Ok(()) } else { Err(format!("{blow:?} ended as {status}: {}", life.said())) }
    }

    fn ail_or_mend(&mut self) -> Done {
        if self.ail.is_some() {
            self.mend();
            return Ok(());
        }
        let ail = *self.chance.of(&[Ail::Full, Ail::DiskFull, Ail::WithoutData, Ail::WithoutStore, Ail::ReadOnly]);
        if matches!(ail, Ail::DiskFull | Ail::ReadOnly) && !self.disk.is_mounted() {
            return Ok(());
        }
        self.tell(format_args!("{ail:?}"));
        match ail {
            Ail::Full => {
                self.blow()?;
                let longest = [self.live.store(), self.live.store().with_extension("db-wal")];
                let longest = longest.iter().filter_map(|path| Some(path.metadata().ok()?.len())).max().unwrap_or(0);
                self.live.file_blocks_max = Some(longest / 512 + 1 + u64::try_from(self.chance.below(64)).unwrap());
            }
            Ail::DiskFull => self.disk.fill(self.chance.below(64 << 10)),
            Ail::WithoutData => fs::rename(self.live.path("data"), self.live.path("data.away")).unwrap(),
            // A start without it would begin another store: whoever takes it away from a process that has ended has to put it back first.
            Ail::WithoutStore if self.life.is_none() => return Ok(()),
            Ail::WithoutStore => fs::rename(self.out(), self.out().with_extension("away")).unwrap(),
            Ail::ReadOnly => {
                self.blow()?;
                if !self.disk.read_only(true) {
                    return Ok(());
                }
            }
        }
        (self.ail, self.is_excused) = (Some(ail), true);
        Ok(())
    }

    fn out(&self) -> std::path::PathBuf {
        self.live.path(DISK).join("out")
    }

    fn mend(&mut self) {
        let Some(ail) = self.ail.take() else { return };
        self.tell(format_args!("mended: {ail:?}"));
        match ail {
            // Of the next life.
            Ail::Full => self.live.file_blocks_max = None,
            Ail::DiskFull => self.disk.free(),
            Ail::WithoutData => fs::rename(self.live.path("data.away"), self.live.path("data")).unwrap(),
            Ail::WithoutStore => fs::rename(self.out().with_extension("away"), self.out()).unwrap(),
            Ail::ReadOnly => assert!(self.disk.read_only(false)),
        }
    }

    /// Looks whether it still lives, and starts it where it does not: whoever runs it would.
    fn be_alive(&mut self) -> Done {
        if let Some(life) = &mut self.life {
            if !life.has_ended() {
                return Ok(());
            }
            let status = life.end()?;
            let (said, process) = (life.said(), life.child().id());
            self.life = None;
            clear_up_after(process);
            self.rough += 1;
            self.tell(format_args!("it ended by itself as {status}: {}", said.trim()));
            let is_told = match status.code() {
                Some(FAILED) => said.contains("error: "),
                // What the check of the project has found.
                Some(FINDINGS) => said.contains("error[F1107 data-file]"),
                _ => false,
            };
            if !is_told || !self.is_excused || said.contains("panicked") {
                return Err(format!("it ended by itself as {status}: {said}"));
            }
        }
        if self.ail == Some(Ail::WithoutStore) {
            self.mend();
        }
        self.tell("it starts");
        self.is_excused = self.is_hostile || self.ail.is_some();
        let mut life = self.live.start();
        let serves = life.serves(PATIENCE);
        let has_ended = life.has_ended();
        let said = life.said();
        self.life = Some(life);
        if serves || has_ended { Ok(()) } else { Err(format!("it neither serves nor ends: {said}")) }
    }

    fn calm_step(&mut self, seconds: i64) -> Done {
        self.clock.step(seconds);
        self.tell(format_args!("calm, the clocks are set by {seconds} s"));
        self.rest()
    }

    /// Everything is mended and everybody is kind, until nothing is left to be sent and everybody has come to their end.
    fn calm_down(&mut self) -> Done {
        self.mend();
        self.behave(false);
        self.blow()?;
        self.be_alive()?;
        // Each round of a journey takes a step of the clocks, and a person may have journeys that wait behind each other.
        for step in [3 * HOUR; 8].into_iter().chain([12 * HOUR; 16]).chain([6 * DAY; 43]) {
            self.calm_step(step)?;
        }
        for _ in 0..STEPS_MORE_MAX {
            if self.live.count(UNDER_WAY) == Some(0) {
                break;
            }
            self.calm_step(6 * DAY)?;
        }
        let Some(mut life) = self.life.take() else { return Err("it does not live".to_owned()) };
        let listened = Blow::Wish("-TERM").deal(life.child());
        let status = life.end()?;
        clear_up_after(life.child().id());
        if !(listened && status.success()) {
            return Err(format!("{status}: {}", life.said()));
        }
        let (events, lines) = (self.live.count("SELECT count(*) FROM event"), self.live.lines);
        if events != i64::try_from(lines).ok() {
            return Err(format!("of {lines} lines {events:?} are in the store"));
        }
        match self.live.count(UNDER_WAY) {
            Some(0) => self.leap(),
            still => Err(format!(
                "{still:?} journeys have not come to their end:\n{}",
                self.live.lines_of("SELECT * FROM journey_view WHERE status <> 'ended'")
            )),
        }
    }

    /// The clocks leap by weeks, under who serves and between two lives: nothing is done at that time until they are set right.
    fn leap(&mut self) -> Done {
        let clock = |chaos: &Chaos| chaos.live.count("SELECT max(clock) FROM slot");
        let before = clock(self);
        self.clock.step(HOUR);
        for words in ["in a moment", "served last on"] {
            let mut life = self.live.start();
            if words == "in a moment" {
                if !life.serves(PATIENCE) {
                    return Err(format!("it does not serve: {}", life.said()));
                }
                self.clock.step(30 * DAY);
            }
            let status = life.end()?;
            clear_up_after(life.child().id());
            if status.code() != Some(FAILED) || !life.said().contains(words) {
                return Err(format!("{status} at a leap of the clocks: {}", life.said()));
            }
        }
        let done = clock(self).zip(before).map(|(after, before)| after - before);
        if done.is_none_or(|done| done > DAY * 1_000) {
            return Err(format!("{done:?} ms were done at a leap of the clocks"));
        }
        self.clock.step(-30 * DAY);
        Ok(())
    }

    /// Waits until it has done what is due by its clocks.
    fn rest(&mut self) -> Done {
        let by = self.clock.milliseconds() - 1_000;
        let due = "SELECT min(next_at) FROM contact WHERE next_at IS NOT NULL";
        let mail = "SELECT min(due_at) FROM outbox WHERE state IN (0, 1, 6)";
        let step = Duration::from_millis(20);
        for _ in 0..PATIENCE.as_millis() / step.as_millis() {
            if self.life.as_mut().is_none_or(Life::has_ended) {
                return self.be_alive();
            }
            let lines = i64::try_from(self.live.lines).unwrap();
            // A clock that goes on and nothing else is kept each minute.
            let has_seen_it =
                self.live.count("SELECT max(clock) FROM slot").is_some_and(|clock| clock > by - MINUTE_MS);
            let is_done = |query| self.live.count(query).is_none_or(|at| at > by);
            if has_seen_it
                && self.live.count("SELECT count(*) FROM event") == Some(lines)
                && is_done(due)
                && is_done(mail)
            {
                return Ok(());
            }
            thread::sleep(step);
        }
        let said = self.life.as_ref().map(Life::said);
        Err(format!(
            "it does not come to rest: due {:?} and {:?} by {by}, {said:?}",
            self.live.count(due),
            self.live.count(mail)
        ))
    }
}
