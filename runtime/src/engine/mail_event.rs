//! Events of the mail itself, under the names of Segment's email specification.

/// What happened to a mail, or to the right to send one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailEvent {
    Delivered,
    Opened,
    Clicked,
    Replied,
    Bounced,
    Complained,
    Unsubscribed,
}

impl MailEvent {
    pub(super) fn of(snake_name: &str) -> Option<MailEvent> {
        Some(match snake_name {
            "email_delivered" => MailEvent::Delivered,
            "email_opened" => MailEvent::Opened,
            "email_link_clicked" => MailEvent::Clicked,
            "email_replied" => MailEvent::Replied,
            "email_bounced" => MailEvent::Bounced,
            "email_marked_as_spam" => MailEvent::Complained,
            "unsubscribed" => MailEvent::Unsubscribed,
            _ => return None,
        })
    }

    /// Whether it shows that the person is there. Deliveries and bounces are machines' work and opens too often are; whoever
    /// unsubscribes or complains asks to be left alone, and must not count as back.
    pub(super) fn is_activity(self) -> bool {
        matches!(self, MailEvent::Clicked | MailEvent::Replied)
    }
}
