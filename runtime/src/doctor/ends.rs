//! Of each journey that has ended there is exactly one record of its end, and of one that lives there is none.

use super::Check;
use super::context::Context;
use super::finding::{Findings, Kind};
use super::mark::Mark;
use super::sweep::is_live;
use crate::store::{ContactId, ContactRecord, JourneyKey, JourneyRecord};

/// Journeys and their ends, of one window.
#[derive(Default)]
pub(super) struct Ends {
    /// Each with whether it has ended.
    journeys: Vec<(JourneyKey, bool)>,
    ends: Vec<JourneyKey>,
}

impl Ends {
    fn take(&mut self, cx: &Context<'_>, journey: &JourneyRecord) {
        // Of two who became one, the journeys go on under other runs than they began.
        if !cx.is_of_a_join(journey.contact) {
            self.journeys.push(((journey.contact, journey.workflow, journey.run), !is_live(journey)));
        }
    }
}

impl Check for Ends {
    fn contact(&mut self, cx: &Context<'_>, _: ContactId, contact: Option<&ContactRecord>, _: &mut Findings) {
        contact.into_iter().flat_map(|contact| &contact.kept).for_each(|journey| self.take(cx, journey));
    }

    fn ended(&mut self, cx: &Context<'_>, journey: &JourneyRecord, found: &mut Findings) {
        if is_live(journey) {
            let subject = cx.journey(journey.contact, journey.workflow, journey.run);
            found.add(Kind::WrongEnd, subject, "lives among those that nobody asks for any more");
        }
        self.take(cx, journey);
    }

    fn mark(&mut self, cx: &Context<'_>, contact: ContactId, mark: Mark, _: &mut Findings) {
        if let Mark::Ended((workflow, run)) = mark
            && !cx.is_of_a_join(contact)
        {
            self.ends.push((contact, workflow, run));
        }
    }

    fn window_over(&mut self, cx: &Context<'_>, found: &mut Findings) {
        let (mut journeys, mut ends) = (std::mem::take(&mut self.journeys), std::mem::take(&mut self.ends));
        journeys.sort_unstable();
        ends.sort_unstable();
        let mut ends = ends.into_iter().peekable();
        let mut nobodys = |until: Option<JourneyKey>, found: &mut Findings| {
            while let Some((contact, workflow, run)) = ends.next_if(|end| until.is_none_or(|until| *end < until)) {
                found.add(
                    Kind::WrongEnd,
                    cx.journey(contact, workflow, run),
                    "has a record of its end, and is not there",
                );
            }
            let mut count = 0;
            while ends.next_if(|end| Some(*end) == until).is_some() {
                count += 1;
            }
            count
        };
        for (key @ (contact, workflow, run), has_ended) in journeys {
            let words = match (has_ended, nobodys(Some(key), found)) {
                (true, 1) | (false, 0) => continue,
                (true, 0) => "has ended, and no record says how".to_owned(),
                (true, count) => format!("has ended, and {count} records say how"),
                (false, _) => "lives, and a record says how it ended".to_owned(),
            };
            found.add(Kind::WrongEnd, cx.journey(contact, workflow, run), words);
        }
        nobodys(None, found);
    }
}
