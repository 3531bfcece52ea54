//! The seven workflows of `campaigns.flow`, by hand.

use jiff::Span;
use jiff::civil::{Date, DateTime, Weekday, date, time};

use crate::calendar::{self, DAY, Ms};
use crate::journey::Since;
use crate::people::{Person, Stage, What};

/// `in the last 21 days`
const READ_WITHIN: Ms = 21 * DAY;
/// `in the last 2 days`
const DOWNLOADED_WITHIN: Ms = 2 * DAY;
/// `at least 2 times in the last 7 days`
const KEEN_WITHIN: Ms = 7 * DAY;

/// In the order of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Campaign {
    Launch,
    Pricing,
    Promoted,
    Renewal,
    Trial,
    Webinar,
    Weekly,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Send(Mail),
    WaitDays(i64),
}

/// An email by its name and its subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mail {
    pub(super) name: &'static str,
    pub(super) subject: &'static str,
}

impl Mail {
    /// Its topic.
    pub(super) fn about(self) -> Option<&'static str> {
        match self.name {
            "digest" | "launch_day" => Some("letters"),
            "renewal_offer" | "plans" => Some("offers"),
            _ => None,
        }
    }
}

const fn send(name: &'static str, subject: &'static str) -> Step {
    Step::Send(Mail { name, subject })
}

impl Campaign {
    pub(super) const ALL: [Campaign; 7] = [
        Campaign::Launch,
        Campaign::Pricing,
        Campaign::Promoted,
        Campaign::Renewal,
        Campaign::Trial,
        Campaign::Webinar,
        Campaign::Weekly,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Campaign::Launch => "launch",
            Campaign::Pricing => "pricing",
            Campaign::Promoted => "promoted",
            Campaign::Renewal => "renewal",
            Campaign::Trial => "trial",
            Campaign::Webinar => "webinar",
            Campaign::Weekly => "weekly",
        }
    }

    pub(super) fn steps(self) -> &'static [Step] {
        const LAUNCH: &[Step] = &[send("launch_day", "It is here")];
        const PRICING: &[Step] = &[send("plans", "Which plan fits")];
        const PROMOTED: &[Step] = &[send("shall_we_talk", "Shall we talk")];
        const RENEWAL: &[Step] = &[send("renewal_offer", "Your renewal")];
        const WEEKLY: &[Step] = &[send("digest", "What others read")];
        const WEBINAR: &[Step] =
            &[send("thanks", "Thank you for coming"), Step::WaitDays(3), send("recording", "The recording")];
        const TRIAL: &[Step] = &[
            send("hello", "Hello"),
            Step::WaitDays(1),
            send("first_steps", "Your first steps"),
            Step::WaitDays(4),
            send("next_steps", "What comes next"),
        ];
        match self {
            Campaign::Launch => LAUNCH,
            Campaign::Pricing => PRICING,
            Campaign::Promoted => PROMOTED,
            Campaign::Renewal => RENEWAL,
            Campaign::Trial => TRIAL,
            Campaign::Webinar => WEBINAR,
            Campaign::Weekly => WEEKLY,
        }
    }

    /// Its place in the policy's order; those that it does not name are last.
    pub(super) fn rank(self) -> u8 {
        match self {
            Campaign::Launch => 0,
            Campaign::Webinar => 1,
            _ => 2,
        }
    }

    pub(super) fn skips(self, person: &Person, now: Ms) -> bool {
        match self {
            Campaign::Weekly | Campaign::Renewal | Campaign::Pricing => person.has_open_deal(),
            Campaign::Webinar => person
                .past
                .iter()
                .any(|past| matches!(past.what, What::Downloaded { .. }) && past.occurred > now - DOWNLOADED_WITHIN),
            Campaign::Launch | Campaign::Promoted | Campaign::Trial => false,
        }
    }

    /// The exit clause, where it holds.
    pub(super) fn exit(self, person: &Person) -> Option<&'static str> {
        let holds = person.is_opportunity_or_later() || person.is_disqualified();
        (self == Campaign::Webinar && holds).then_some("stage >= opportunity or disqualified")
    }

    pub(super) fn goal_holds(self, person: &Person, since: Since) -> bool {
        self == Campaign::Trial && person.did_since(since, |what| *what == What::RequestedDemo)
    }

    /// How many days after the entry the goal counts when the journey is over.
    pub(super) fn goal_days(self) -> i64 {
        14
    }

    /// When somebody whose last journey ended then may come in again.
    pub(super) fn again(self, ended: Ms, person: &Person) -> Option<Ms> {
        let days = match self {
            Campaign::Webinar => 14,
            Campaign::Pricing => 10,
            Campaign::Trial | Campaign::Promoted => return None,
            Campaign::Launch | Campaign::Renewal | Campaign::Weekly => return Some(ended),
        };
        Some(calendar::plus_days(ended, days, &person.zone()))
    }

    /// Whether an event begins a journey of it.
    pub(super) fn is_begun_by(self, what: &What) -> bool {
        match self {
            Campaign::Webinar => *what == What::Attended,
            Campaign::Trial => *what == What::SignedUp,
            _ => false,
        }
    }
}

/// Whether somebody is among the readers at that instant.
pub(super) fn reads(person: &Person, now: Ms) -> bool {
    person.pricing_visits().last().is_some_and(|last| *last > now - READ_WITHIN) && !person.is_customer()
}

pub(super) fn is_keen(person: &Person, now: Ms) -> bool {
    second_last(person).is_some_and(|visit| visit > now - KEEN_WITHIN) && !person.is_customer()
}

/// When somebody who is keen by their visits is so no longer.
pub(super) fn keen_until(person: &Person) -> Option<Ms> {
    second_last(person).map(|visit| visit + KEEN_WITHIN)
}

fn second_last(person: &Person) -> Option<Ms> {
    person.pricing_visits().iter().rev().nth(1).copied()
}

/// What `promoted` waits for.
pub(super) const PROMOTED_TO: Stage = Stage::Opportunity;

/// The first tuesday at 09:00 by the project's clocks behind that instant.
pub(super) fn next_issue(after: Ms) -> Ms {
    let zone = crate::people::project_zone();
    let mut day = calendar::local(after, &zone).date();
    loop {
        let at = calendar::instant(day.to_datetime(time(9, 0, 0, 0)), &zone);
        if day.weekday() == Weekday::Tuesday && at > after {
            return at;
        }
        day += Span::new().days(1);
    }
}

/// The launch, wherever somebody lives.
pub(super) fn launch_at(person: &Person) -> Ms {
    calendar::instant(date(2026, 4, 14).to_datetime(time(10, 0, 0, 0)), &person.zone())
}

/// Thirty days before a renewal, at 09:00 at home.
pub(super) fn offered_at(renewal: Date, person: &Person) -> Ms {
    let at: DateTime = (renewal - Span::new().days(30)).to_datetime(time(9, 0, 0, 0));
    calendar::instant(at, &person.zone())
}
