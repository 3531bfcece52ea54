//! A million people, made as they are read.

use crate::Outcome;
use flow_ir::Program;
use flow_runtime::inbound::{Arrival, EventReader, Tally, accept};
use flow_runtime::time::Instant;
use std::fmt::Write as _;
use std::io::Cursor;

pub(crate) const DAY_MS: i64 = 86_400_000;
/// 2026-03-02
pub(crate) const START: Instant = Instant(1_772_409_600_000);
/// How long the visits of a round take.
pub(crate) const VISITS_MS: i64 = 600_000;
/// So many are made at once.
const TOGETHER: u64 = 50_000;

pub(crate) struct People {
    contacts: u64,
}

impl People {
    pub(crate) fn new(contacts: u64) -> People {
        People { contacts }
    }

    /// A number below so many, by a number, as good as drawn.
    fn draw(turn: u64, below: u64) -> u64 {
        let mut word = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        word ^= word >> 29;
        word = word.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (word ^ (word >> 32)) % below
    }

    /// Everybody is told of, in the order of their numbers, and then signs up within thirty days, in another one.
    pub(crate) fn all(
        &self,
        program: &Program,
        take: &mut dyn FnMut(Instant, Vec<Arrival>) -> Outcome<()>,
    ) -> Outcome<()> {
        let day = |turn: u64| START.0 + (turn as f64 / self.contacts as f64 * DAY_MS as f64) as i64;
        self.each(program, take, &|turn| (turn, identify(turn), format!("i{turn}"), day(turn)))?;
        // A step that has no divisor in common with a power of ten.
        let signs_up = |turn: u64| turn.wrapping_mul(7_368_787) % self.contacts;
        let at = |turn: u64| START.0 + DAY_MS + (turn as f64 / self.contacts as f64 * 30.0 * DAY_MS as f64) as i64;
        let said = || "\"type\":\"track\",\"event\":\"signed_up\",\"properties\":{\"plan\":\"team\"}".to_owned();
        self.each(program, take, &|turn| (signs_up(turn), said(), format!("s{turn}"), at(turn)))
    }

    fn each(
        &self,
        program: &Program,
        take: &mut dyn FnMut(Instant, Vec<Arrival>) -> Outcome<()>,
        line_of: &dyn Fn(u64) -> (u64, String, String, i64),
    ) -> Outcome<()> {
        let mut turn = 0;
        while turn < self.contacts {
            let end = (turn + TOGETHER).min(self.contacts);
            let mut text = String::new();
            let mut last = START.0;
            for turn in turn..end {
                let (contact, said, message, at) = line_of(turn);
                line(&mut text, contact, &said, &message, at);
                last = at;
            }
            take(Instant(last), read(program, text)?)?;
            turn = end;
        }
        Ok(())
    }

    /// When the first of them is woken.
    pub(crate) fn first_wake(&self) -> Instant {
        Instant(START.0 + 31 * DAY_MS)
    }

    /// Visits of random people, a third of them to a page that counts.
    pub(crate) fn visits(&self, program: &Program, from: Instant, round: u64, count: u64) -> Outcome<Vec<Arrival>> {
        let mut text = String::new();
        for turn in 0..count {
            let contact = People::draw(round << 32 | turn, self.contacts);
            let page = if turn % 3 == 0 { "/pricing" } else { "/blog/a-post" };
            let said = format!("\"type\":\"track\",\"event\":\"visited\",\"properties\":{{\"page\":\"{page}\"}}");
            let at = from.0 + (turn as f64 / count as f64 * VISITS_MS as f64) as i64;
            line(&mut text, contact, &said, &format!("v{round}-{turn}"), at);
        }
        read(program, text)
    }
}

fn identify(turn: u64) -> String {
    let industry = ["saas", "fintech", "ecommerce", "education"][(turn % 4) as usize];
    let region = ["EMEA", "AMER", "APAC"][(turn % 3) as usize];
    let mut said = "\"type\":\"identify\",\"traits\":{".to_owned();
    // Writing into a string never fails.
    let _ = write!(
        said,
        "\"email\":\"person{turn}@company{}.example\",\"first_name\":\"Kim\",\"last_name\":\"Miller{}\",\"company_name\":\"Company {}\",\
         \"job_title\":\"Buyer\",\"phone\":\"+49 30 {turn}\",\"country\":\"DE\",\"region\":\"{region}\",\"industry\":\"{industry}\",\
         \"employees\":{},\"renewal_date\":\"2027-0{}-11\",\"has_open_deal\":false,\"timezone\":\"Europe/Berlin\"}}",
        turn / 20,
        turn % 977,
        turn / 20,
        turn % 400,
        turn % 9 + 1,
    );
    said
}

fn line(text: &mut String, contact: u64, said: &str, message: &str, at: i64) {
    let at = Instant(at).to_string();
    let _ = writeln!(
        text,
        "{{{said},\"messageId\":\"{message}\",\"userId\":\"u-{contact}\",\"timestamp\":\"{at}\",\"receivedAt\":\"{at}\"}}"
    );
}

fn read(program: &Program, lines: String) -> Outcome<Vec<Arrival>> {
    let arrivals = EventReader::open(Cursor::new(lines.into_bytes()), "events.jsonl", program)?;
    Ok(accept(arrivals, &mut Tally::default(), &mut |_| Ok(())).collect::<Result<_, _>>()?)
}
