//! What an operator is told: each happening of the engine, once it is durable, at the engine's instant, with the journey's id.

use crate::support::{Crash, World, at, program, world};
use flow_ir::backend::{Backend, Columns, Host, Memory, Moment, Stop, Verdict, View};
use flow_ir::columns::OneByOne;
use flow_ir::interpret::Interpreter;
use flow_ir::{CivilSpan, PredicateId, Program, Reenter, WorkflowId};
use flow_runtime::dispatch::channels::Uncertain;
use flow_runtime::engine::EngineError;
use flow_runtime::happening::{Happening, Level, Told, Value};
use flow_runtime::store::OutboxState;
use flow_runtime::time::Zones;
use serde_json::json;
use std::sync::{Arc, Mutex};

const GO: &str = "workflow go {\n enter when signed_up\n reenter never\n send hello\n wait 90 days\n}";

/// What has been told of a world.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Told>>>);

impl Heard {
    /// Listens to the engine that the world has now.
    fn listen(&self, world: &mut World, from: Level) {
        let heard = self.clone();
        world.engine().watch(from, move |told| heard.0.lock().unwrap().push(told));
    }

    /// The instant, the word and the words of all that was told since the last time.
    fn lines(&self) -> Vec<String> {
        let line = |Told { at, what }: Told| {
            let about = what.about().map(|about| format!(" {about}")).unwrap_or_default();
            let time = at.to_string().get(5..16).unwrap_or_default().to_owned();
            format!("{time} {}{about} | {}", what.kind().word, what.words(at, Zones::utc()))
        };
        self.0.lock().unwrap().drain(..).map(line).collect()
    }
}

/// Somebody whose mailbox answers as their address says, and has just signed up.
fn mailed(address: &str, policy: Uncertain) -> (World, Heard) {
    let (mut world, heard) = (world(GO).policy(policy), Heard::default());
    heard.listen(&mut world, Level::Info);
    world.contact("ada", &[("email", address)]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    (world, heard)
}

#[test]
fn an_attempt_that_is_put_off_is_told_with_its_next_and_a_delivery_only_to_those_who_ask() {
    let (mut world, heard) = mailed("busy@x.example", Uncertain::Resend);
    let told = heard.0.lock().unwrap().clone();
    let [Told { at: instant, what: Happening::PutOff { message, attempt: 1, next_at, said } }] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((instant.0, next_at.0), (at("2026-03-02 10:00"), world.engine().next_due().unwrap().0));
    assert_eq!((message.journey.to_string(), message.key.as_str()), ("c1.go.1".to_owned(), "c1.go.1.s0.v0"));
    assert_eq!(
        (message.step.as_str(), message.email.as_deref(), said.as_str()),
        ("send hello", Some("hello"), "because")
    );
    let fields = told[0].what.fields();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let all = ["journey", "message", "contact", "workflow", "step", "email", "attempt", "next_at", "said"];
    assert_eq!((names.as_slice(), &fields[2].1), (all.as_slice(), &Value::Number(1)));
    let line = heard.lines().remove(0);
    assert!(
        line.starts_with("03-02T10:00 message.put_off c1.go.1.s0.v0 | `send hello`, attempt 1, next 10:0"),
        "{line}"
    );
    world.at("2026-03-02 12:00").run();
    assert_eq!(heard.lines(), [""; 0], "it left: that is no news");

    let (mut world, heard) = (crate::support::world(GO), Heard::default());
    heard.listen(&mut world, Level::Debug);
    world.contact("ada", &[("email", "ada@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({})).run();
    let lines = heard.lines();
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("03-02T10:00 message.sent c1.go.1.s0.v0 | `send hello`, attempt 1"), "{lines:?}");
}

#[test]
fn what_is_given_up_is_told_with_its_reason_and_without_the_address() {
    for (address, reason) in [
        ("dead@x.example", "given up after 1 attempt: the address takes no mail: because"),
        ("mute@x.example", "given up after 0 attempts: the message could not be written: nothing to say"),
    ] {
        let (_, heard) = mailed(address, Uncertain::Resend);
        assert_eq!(heard.lines(), [format!("03-02T10:00 message.undelivered c1.go.1.s0.v0 | `send hello`, {reason}")]);
    }
    let (mut world, heard) = mailed("down@x.example", Uncertain::Resend);
    world.at("2026-03-09").run();
    let lines = heard.lines();
    assert!(
        lines.last().unwrap().contains("message.undelivered c1.go.1.s0.v0 | `send hello`, given up after 10"),
        "{lines:?}"
    );
    assert_eq!(lines.iter().filter(|line| line.contains("message.put_off")).count(), 9);
}

#[test]
fn a_mail_in_doubt_is_told_once_with_what_was_decided() {
    let (_, heard) = mailed("lost@x.example", Uncertain::GiveUp);
    let doubt = "03-02T10:00 message.in_doubt c1.go.1.s0.v0 | `send hello`, attempt 1, may have left:";
    assert_eq!(heard.lines(), [format!("{doubt} given up: because")]);
    let (_, heard) = mailed("lost@x.example", Uncertain::Resend);
    let lines = heard.lines();
    assert_eq!(lines[0], format!("{doubt} sent again: because"));
    assert!(lines[1].contains("message.put_off c1.go.1.s0.v0") && lines.len() == 2, "{lines:?}");
}

/// A mail is put together by the thread that sends it, where nothing can be missing in it. Should it fail all the same, of a channel that was certain
/// to take it, nothing more leaves; the next start gives it up, and goes on.
#[test]
fn a_promised_mail_that_cannot_be_written_stops_mail_until_the_next_start() {
    const TORN: &str = "03-02T10:00 message.undelivered c1.go.1.s0.v0 | `send hello`, given up after 1 attempt: the message could not be written:";
    let state = |world: &World| world.snapshot().outbox.iter().map(|(row, _)| row.state).collect::<Vec<_>>();
    let (mut world, heard) = (crate::support::world(GO), Heard::default());
    world.contact("ada", &[("email", "torn@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
    let stopped = world.run_all("2026-03-02 10:00").unwrap_err().to_string();
    assert!(stopped.contains("to be taken for certain: the HTML could not be written: its template is damaged"));
    assert_eq!(state(&world), [OutboxState::Promised]);
    world.reopen();
    heard.listen(&mut world, Level::Info);
    world.run_all("2026-03-02 10:00").unwrap();
    assert_eq!(heard.lines(), [format!("{TORN} its template is damaged")]);
    assert_eq!(state(&world), [OutboxState::Failed]);
}

/// After a kill each message that was in the hands of the dead process is told, and how many there were.
#[test]
fn a_start_after_a_kill_tells_what_was_in_doubt_and_what_was_decided() {
    for (policy, decided, counted) in [
        (Uncertain::GiveUp, "given up: Flow stopped while it was on its way", "1 in doubt (0 sent again, 1 given up)"),
        (Uncertain::Resend, "sent again", "1 in doubt (1 sent again, 0 given up)"),
    ] {
        let (mut world, heard) = (world(GO).policy(policy), Heard::default());
        heard.listen(&mut world, Level::Info);
        world.contact("ada", &[("email", "down@x.example")]);
        world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
        *world.shared.crash.lock().unwrap() = Crash::AfterCommit(1);
        world.run_all("2026-03-02 10:00").unwrap_err();
        *world.shared.crash.lock().unwrap() = Crash::Never;
        assert_eq!(heard.lines(), [""; 0]);
        world.reopen();
        heard.listen(&mut world, Level::Info);
        world.run_all("2026-03-02 10:00").unwrap();
        let lines = heard.lines();
        assert!(lines.iter().any(|line| line.contains(&format!("messages.recovered | 1 message in the hands of the process that was ended: {counted}, 0 that had not begun to leave"))), "{lines:?}");
        // A scripted mailbox foresees its answer, so its attempt is made once more and comes to the same.
        if policy == Uncertain::GiveUp {
            assert!(lines[0].contains("message.in_doubt c1.go.1.s0.v0") && lines[0].ends_with(decided), "{lines:?}");
        }
    }
}

/// What a crash takes back was never told: a log says nothing that no store has.
#[test]
fn nothing_is_told_before_it_is_kept() {
    let (mut world, heard) = (world(GO), Heard::default());
    heard.listen(&mut world, Level::Debug);
    world.contact("ada", &[("email", "mute@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
    *world.shared.crash.lock().unwrap() = Crash::InCommit(0);
    world.run_all("2026-03-02 10:00").unwrap_err();
    assert_eq!(heard.lines(), [""; 0]);
    *world.shared.crash.lock().unwrap() = Crash::Never;
    world.reopen();
    heard.listen(&mut world, Level::Debug);
    world.run_all("2026-03-02 10:00").unwrap();
    assert_eq!(heard.lines().len(), 1);
}

#[test]
fn a_channel_that_is_down_is_told_now_and_then_and_when_it_is_back() {
    let (mut world, heard) = mailed("gone@x.example", Uncertain::Resend);
    world.at("2026-03-02 11:00").run();
    let lines = heard.lines();
    let down: Vec<&String> = lines.iter().filter(|line| line.contains("channel.down c1.go.1.s0.v0")).collect();
    // Pauses of 5, 10, 20, 40, 80, 160 and 300 s: some seventeen in an hour, told after one, two, four, eight and sixteen.
    assert_eq!((down.len(), lines.len()), (5, 5), "{lines:?}");
    assert!(
        down[4].contains("takes no mail since 10:00, nothing leaves before 1") && down[4].ends_with(": because"),
        "{down:?}"
    );

    world.identify("ada", &[("email", "slow@x.example")]).at("2026-03-02 13:30").run();
    let lines = heard.lines();
    let back = lines.iter().find(|line| line.contains("channel.back c1.go.1.s0.v0")).unwrap();
    assert!(back.ends_with("answers again, after 2 h"), "{back}");

    // Another process only knows that it was.
    let (mut world, heard) = mailed("gone@x.example", Uncertain::Resend);
    world.reopen();
    heard.listen(&mut world, Level::Info);
    heard.lines();
    world.identify("ada", &[("email", "slow@x.example")]).at("2026-03-02 13:30").run();
    let lines = heard.lines();
    assert!(lines.last().unwrap().ends_with("it did not when the process before this one ended"), "{lines:?}");
}

#[test]
fn a_mail_that_is_held_too_long_is_told() {
    let (mut world, heard) = mailed("gone@x.example", Uncertain::Resend);
    world.at("2026-03-10").run();
    let lines = heard.lines();
    let held: Vec<&String> = lines.iter().filter(|line| line.contains("message.held_too_long c1.go.1.s0.v0")).collect();
    assert_eq!(held.len(), 1, "{lines:?}");
    assert!(
        held[0]
            .contains("held since 2026-03-02 10:00, 0 attempts: it could not leave for as long as a mail may be held"),
        "{held:?}"
    );
}

#[test]
fn what_stops_all_mail_is_told_with_the_message_it_was_met_at() {
    let (mut world, heard) = (world(GO), Heard::default());
    heard.listen(&mut world, Level::Error);
    world.contact("ada", &[("email", "broken@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
    assert!(matches!(world.run_all("2026-03-02 11:00"), Err(EngineError::Mail { .. })));
    let lines = heard.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains(" channel.stopped c1.go.1.s0.v0 | no mail leaves by ") && lines[0].ends_with(": because"),
        "{lines:?}"
    );
}

#[test]
fn workflows_without_an_end_are_told_with_their_journeys() {
    let text = "workflow up {\n enter when score < 50 new only\n reenter never\n score += 100\n}
         workflow down {\n enter when has_open_deal new only\n reenter never\n score -= 100\n set has_open_deal = no\n}
         workflow flag {\n enter when score >= 50 new only\n reenter never\n set has_open_deal = yes\n}";
    let mut program = (*program(text)).clone();
    program.workflows.values_mut().for_each(|workflow| workflow.reenter = Reenter::After(CivilSpan::default()));
    let (mut world, heard) = (World::of(Arc::new(program)), Heard::default());
    heard.listen(&mut world, Level::Info);
    world.contact("ada", &[]);
    world.run();
    let lines = heard.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("journey.rounds_exhausted c1 | workflows set each other going without end"), "{lines:?}");
    for workflow in ["up", "down", "flag"] {
        assert!(lines[0].contains(&format!("c1.{workflow}.")), "{lines:?}");
    }
}

/// A back end with a fault in it.
struct Faulty(Interpreter);

impl Backend for Faulty {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn holds(&self, predicate: PredicateId, view: View<'_>, moment: Moment, host: &mut dyn Host) -> Verdict {
        self.0.holds(predicate, view, moment, host)
    }
    fn columns<'b>(&'b self, _: &'b Program, predicates: &[PredicateId]) -> Box<dyn Columns + 'b> {
        Box::new(OneByOne::new(self, predicates))
    }
    fn step(&self, _: WorkflowId, _: Memory<'_>, _: u32, _: i64, _: &mut dyn Host) -> Stop {
        Stop::Failed
    }
}

/// Nothing of the step is kept, so it is told at once.
#[test]
fn a_step_that_breaks_off_is_told_with_its_journey() {
    let (mut world, heard) = (world(GO), Heard::default());
    world.backend = Some(Arc::new(Faulty(Interpreter::new(Arc::clone(&world.program)).unwrap())));
    heard.listen(&mut world, Level::Error);
    world.contact("ada", &[("email", "ada@x.example")]);
    world.at("2026-03-02 10:00").event("ada", "signed_up", json!({}));
    let error = world.run_all("2026-03-02 11:00").unwrap_err();
    assert!(matches!(&error, EngineError::Step { run: 1, .. }), "{error}");
    assert_eq!(
        heard.lines(),
        ["03-02T10:00 journey.broken_off c1.go.1 | a fault in Flow itself in `go`: no journey resumes at block 0"]
    );
}

/// Whoever listens changes nothing.
#[test]
fn a_store_is_the_same_whether_anybody_listens_or_not() {
    let run = |from: Option<Level>| {
        let mut world = world(GO);
        from.into_iter().for_each(|from| Heard::default().listen(&mut world, from));
        for (user, address) in [("ada", "busy@x.example"), ("bob", "dead@x.example"), ("cyd", "gone@x.example")] {
            world.contact(user, &[("email", address)]);
            world.at("2026-03-02 10:00").event(user, "signed_up", json!({}));
        }
        world.at("2026-03-11").run();
        world.snapshot()
    };
    assert_eq!(run(None), run(Some(Level::Debug)));
}
