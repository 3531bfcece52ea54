//! Who lives in a world, and what they do: rows of a contacts file, and lines of a stream.

use flow_fuzz::Random;
use serde_json::{Map, Value, json};

use super::program::{EVENTS, MAILS, STAGES};

/// 2026-03-02 00:00 UTC, a Monday: the first day.
pub const START: i64 = 1_772_409_600_000;
/// A minute.
pub const MINUTE: i64 = 60_000;
/// An hour.
pub const HOUR: i64 = 60 * MINUTE;
/// A day.
pub const DAY: i64 = 24 * HOUR;

/// Zones that people live in: with and without a change of clocks in the days of a world, and off by half an hour.
const ZONES: [&str; 5] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"];

/// A name for which no mail can be written.
pub const NAMELESS: &str = "Nameless";

/// Who an arrival says it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// The user.
    pub user: Option<u32>,
    /// The device.
    pub device: Option<u32>,
    /// The number of an address, in the traits.
    pub address: Option<u32>,
}

/// A line of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When it arrived.
    pub at: i64,
    /// When it happened, by the sender.
    pub occurred: i64,
    /// The number of its message: one that is sent again has the same.
    pub message: u32,
    /// About whom.
    pub who: Who,
    /// The event; none where it says what is known of the person.
    pub event: Option<String>,
    /// Properties or traits.
    pub said: Map<String, Value>,
}

/// A row of the contacts file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The user.
    pub user: u32,
    /// The number of the address; none where the cell is empty.
    pub address: Option<u32>,
    /// Cells in the order of [`COLUMNS`] behind the first two.
    pub cells: [String; 8],
}

/// The columns of the contacts file.
pub const COLUMNS: &str = "User ID,Email,Time Zone,Region,Industry,Stage,Score,Unsubscribed,Disqualified,Has Open Deal";

/// What is known and done in a world.
#[derive(Debug, Clone, PartialEq)]
pub struct People {
    /// Rows of the first file.
    pub rows: Vec<Row>,
    /// Rows that the file has grown by later.
    pub grown: Vec<Row>,
    /// In the order of their arrival.
    pub lines: Vec<Line>,
}

impl Line {
    /// As a line of JSON, without its end.
    pub fn text(&self) -> String {
        let mut line = Map::new();
        let kind = if self.event.is_some() { "track" } else { "identify" };
        line.insert("type".to_owned(), json!(kind));
        line.insert("messageId".to_owned(), json!(format!("m{}", self.message)));
        if let Some(user) = self.who.user {
            line.insert("userId".to_owned(), json!(format!("u{user}")));
        }
        if let Some(device) = self.who.device {
            line.insert("anonymousId".to_owned(), json!(format!("d{device}")));
        }
        if let Some(event) = &self.event {
            line.insert("event".to_owned(), json!(event));
        }
        let mut said = self.said.clone();
        if let (Some(address), None) = (self.who.address, &self.event) {
            said.insert("email".to_owned(), json!(address_of(address)));
        }
        line.insert(if self.event.is_some() { "properties" } else { "traits" }.to_owned(), Value::Object(said));
        line.insert("timestamp".to_owned(), json!(moment(self.occurred)));
        line.insert("receivedAt".to_owned(), json!(moment(self.at)));
        Value::Object(line).to_string()
    }
}

impl Row {
    fn text(&self) -> String {
        let address = self.address.map(address_of).unwrap_or_default();
        format!("u{},{address},{}", self.user, self.cells.join(","))
    }
}

/// A contacts file of these rows.
pub fn file_of(rows: &[Row]) -> String {
    let rows: Vec<String> = rows.iter().map(Row::text).collect();
    format!("{COLUMNS}\n{}\n", rows.join("\n"))
}

/// The address of a number.
pub fn address_of(number: u32) -> String {
    format!("p{number}@people.example")
}

/// An instant as streams write it.
pub fn moment(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}

/// Makes people.
pub struct Maker<'r> {
    random: &'r mut Random,
    users: u32,
    days: i64,
    /// How often people share a device or exchange addresses, in a hundred; in a calm world nobody proves to be another.
    mixing: usize,
}

impl<'r> Maker<'r> {
    /// So many people who do so much within so many days.
    pub fn people(random: &'r mut Random, users: u32, days: i64, events: usize, mixing: usize) -> People {
        let mut maker = Maker { random, users, days, mixing };
        let known: Vec<u32> = (0..users).filter(|_| !maker.random.once_in(3)).collect();
        let rows = known.iter().map(|user| maker.row(*user)).collect();
        let grown = match maker.random.once_in(3) {
            true => (0..maker.random.below(3) + 1).map(|_| maker.later_row()).collect(),
            false => Vec::new(),
        };
        let lines = maker.lines(events);
        People { rows, grown, lines }
    }

    fn chance(&mut self, in_hundred: usize) -> bool {
        self.random.below(100) < in_hundred
    }

    fn row(&mut self, user: u32) -> Row {
        let some = |random: &mut Random, of: &[&str], empty: usize| match random.below(100) < empty {
            true => String::new(),
            false => (*random.pick(of)).to_owned(),
        };
        let random = &mut *self.random;
        let cells = [
            some(random, &ZONES, 30),
            some(random, &["EMEA", "AMER", "APAC"], 30),
            some(random, &["saas", "fintech", "education"], 30),
            some(random, &STAGES, 60),
            some(random, &["0", "10", "30"], 60),
            some(random, &["false", "true"], 90),
            some(random, &["no", "yes"], 85),
            some(random, &["no", "yes"], 85),
        ];
        Row { user, address: (!random.once_in(8)).then_some(user), cells }
    }

    fn later_row(&mut self) -> Row {
        let user = self.random.below(self.users as usize + 3) as u32;
        self.row(user)
    }

    fn lines(&mut self, events: usize) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let mut at = START + self.random.below(12 * 60) as i64 * MINUTE;
        let pace = (self.days * DAY / events.max(1) as i64).max(MINUTE);
        for number in 0..events {
            // Several may come at one instant.
            if !self.random.once_in(4) {
                at += self.random.below(2 * pace as usize / 1000) as i64 * 1000;
            }
            match self.random.below(30) {
                0 if !lines.is_empty() => {
                    let again = self.random.pick(&lines).clone();
                    lines.push(Line { at, ..again });
                }
                _ => {
                    let line = self.line(number as u32, at);
                    lines.push(line);
                }
            }
        }
        // A sender without an order of its own: what arrives at one instant stays as it is.
        lines.sort_by_key(|line| line.at);
        lines
    }

    fn who(&mut self) -> Who {
        let user = self.random.below(self.users as usize) as u32;
        let mixing = self.mixing;
        let device = self.chance(mixing).then(|| self.random.below(self.users as usize) as u32);
        let is_anonymous = device.is_some() && self.random.once_in(2);
        Who { user: (!is_anonymous).then_some(user), device, address: None }
    }

    fn line(&mut self, message: u32, at: i64) -> Line {
        let late = match self.random.below(10) {
            0 => self.random.below(2 * 24 * 60) as i64 * MINUTE,
            1 => self.random.below(20) as i64 * MINUTE,
            2 if self.random.once_in(3) => -(self.random.below(60) as i64 * MINUTE),
            3 if self.random.once_in(4) => 30 * DAY,
            _ => 0,
        };
        let who = self.who();
        let (event, said) = match self.random.below(20) {
            0..4 => return self.identify(message, at, late),
            4..6 => self.mail_event(),
            6 => {
                let name = *self.random.pick(&[
                    "Unsubscribed",
                    "Subscribed",
                    "Subscribed",
                    "Subscribed",
                    "Email Marked as Spam",
                ]);
                (name.to_owned(), Map::new())
            }
            7 if self.random.once_in(2) => ("Something Else".to_owned(), Map::new()),
            _ => {
                let (name, property) = *self.random.pick(&EVENTS);
                let mut said = Map::new();
                if let Some((property, values)) = property {
                    said.insert(property.to_owned(), json!(self.random.pick(values)));
                }
                (name.to_owned(), said)
            }
        };
        Line { at, occurred: at - late, message, who, event: Some(event), said }
    }

    fn mail_event(&mut self) -> (String, Map<String, Value>) {
        let mut said = Map::new();
        said.insert("email_id".to_owned(), json!(self.random.pick(&MAILS)));
        let name = match self.random.below(8) {
            0..4 => {
                said.insert("link_id".to_owned(), json!("go"));
                "Email Link Clicked"
            }
            4..6 => "Email Opened",
            6 => "Email Replied",
            _ => {
                let kind = if self.random.once_in(2) { "hard" } else { "soft" };
                said.insert("bounce_type".to_owned(), json!(kind));
                "Email Bounced"
            }
        };
        (name.to_owned(), said)
    }

    fn identify(&mut self, message: u32, at: i64, late: i64) -> Line {
        let mut who = self.who();
        let mixing = self.mixing;
        if self.random.once_in(2) {
            let other = self.chance(mixing);
            who.address = match (other, who.user) {
                (false, Some(user)) => Some(user),
                _ if self.mixing > 0 => Some(self.random.below(self.users as usize) as u32),
                _ => None,
            };
        }
        let mut said = Map::new();
        for _ in 0..self.random.below(3) + 1 {
            let (name, value) = match self.random.below(9) {
                0 => ("timezone", json!(self.random.pick(&ZONES))),
                1 => ("region", json!(self.random.pick(&["EMEA", "AMER", "APAC"]))),
                2 => ("industry", json!(self.random.pick(&["saas", "fintech", "education"]))),
                3 => ("stage", json!(self.random.pick(&STAGES))),
                4 => ("score", json!(self.random.below(7) * 10)),
                5 => ("disqualified", json!(self.random.once_in(3))),
                6 => ("has_open_deal", json!(self.random.once_in(2))),
                7 if self.random.once_in(3) => ("unsubscribed", json!(true)),
                7 if self.random.once_in(3) => ("do_not_contact", json!(true)),
                7 if self.random.once_in(2) => {
                    let day = at + (self.random.below(8) as i64 - 1) * DAY;
                    ("paused_until", json!(moment(day)))
                }
                // Nobody can write to them (`run/mail.rs`).
                _ if self.random.once_in(6) => ("first_name", json!(NAMELESS)),
                _ => ("first_name", json!("Ada")),
            };
            said.insert(name.to_owned(), value);
        }
        Line { at, occurred: at - late, message, who, event: None, said }
    }
}
