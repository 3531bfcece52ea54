//! One person's way through one workflow.

use crate::calendar::Ms;
use jiff::civil::DateTime;

/// In the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workflow {
    GuideNurture,
    PricingInterest,
    QuietLeads,
}

impl Workflow {
    pub(crate) const ALL: [Workflow; 3] = [Workflow::GuideNurture, Workflow::PricingInterest, Workflow::QuietLeads];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Workflow::GuideNurture => "guide_nurture",
            Workflow::PricingInterest => "pricing_interest",
            Workflow::QuietLeads => "quiet_leads",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Held at a send until the window opens.
    Held { email: &'static str, since: Ms },
    /// `wait N days`: the hour on the wall at which it is over.
    Wait { until: DateTime },
    /// `wait until … up to N days`
    WaitUntil { until: DateTime },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Converted,
    ExitedWhen,
    ExitedByStep,
    Finished,
    HandedOff(&'static str),
}

/// From where on a journey counts what people do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since {
    pub(crate) triggered: Ms,
    pub(crate) line: u64,
}

#[derive(Debug)]
pub(crate) struct Journey {
    pub(crate) workflow: Workflow,
    pub(crate) entered: Ms,
    /// When what let them in occurred, and the line by which they came.
    pub(crate) since: Since,
    /// None before the first wait and after the end.
    pub(crate) place: Option<Place>,
    pub(crate) sent: Vec<(&'static str, Ms)>,
    /// E-mails and links that a person clicked.
    pub(crate) clicks: Vec<(String, Option<String>)>,
    /// E-mails whose pictures were loaded.
    pub(crate) opened: Vec<String>,
    pub(crate) end: Option<(End, Ms)>,
    pub(crate) is_attributed: bool,
}

impl Journey {
    pub(crate) fn new(workflow: Workflow, entered: Ms, since: Since) -> Journey {
        Journey {
            workflow,
            entered,
            since,
            place: None,
            sent: Vec::new(),
            clicks: Vec::new(),
            opened: Vec::new(),
            end: None,
            is_attributed: false,
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.end.is_none()
    }

    pub(crate) fn clicked(&self, email: &str) -> bool {
        self.clicks.iter().any(|(clicked, _)| clicked == email)
    }

    pub(crate) fn clicked_link(&self, email: &str, link: &str) -> bool {
        self.clicks.iter().any(|(clicked, at)| clicked == email && at.as_deref() == Some(link))
    }

    pub(crate) fn sent_at(&self, email: &str) -> Option<Ms> {
        self.sent.iter().rev().find(|(sent, _)| *sent == email).map(|(_, at)| *at)
    }
}
