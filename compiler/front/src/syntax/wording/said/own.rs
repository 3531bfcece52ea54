//! The person's own: whether they want mail, their address, their segments.

use super::{Row, SAY};

pub(super) const ROWS: &[Row] = &[
    (
        "unsubscribed|unsubscribes|unsubscribe from|to [all|any|our|my|the] emails|mails|email|mail|list|lists|marketing|newsletter|everything",
        "unsubscribed",
        SAY,
    ),
    ("unsubscribed|unsubscribes|unsubscribe from|to all|us|any", "unsubscribed", SAY),
    (
        "[has|have] opted|opts|opt out|off [of|from] [all] [emails|mails|email|mail|marketing|everything]",
        "unsubscribed",
        SAY,
    ),
    ("[has|have] consented|consents [to] [marketing|emails|mails|email|mail]", "allows email", SAY),
    ("[has|have] opted|opts in [to] [marketing|emails|mails|email|mail|newsletter]", "allows email", SAY),
    ("[has|have] opted - in [to] [marketing|emails|mails|email|mail|newsletter]", "allows email", SAY),
    ("is|are|was opted_in|subscribed", "allows email", SAY),
    (
        "opted_in|optedin|optin|marketing_consent|email_consent|has_consent [is|=] [yes|true|granted]",
        "allows email",
        SAY,
    ),
    ("[marketing|email|mail] consent|permission is|=|was [granted|given|yes|true|known]", "allows email", SAY),
    ("has|have [given|granted] [marketing|email|mail] consent|permission", "allows email", SAY),
    ("emails|email|mail|mails|marketing [is|are] allowed|permitted", "allows email", SAY),
    ("accepts|allows marketing|emails|mails|mail", "allows email", SAY),
    ("can be emailed|mailed|contacted", "allows email", SAY),
    ("email is allowed|permitted", "allows email", SAY),
    ("[is|are] subscribed to [the] [topic|list|newsletter] $t:text", "subscribed to $t@", SAY),
    ("[is|are] subscribed to [the] topic|list|newsletter $t:name", "subscribed to $t", SAY),
    ("is|are|has subscribed to $t:name", "subscribed to $t", SAY),
    ("has|have confirmed", "confirmed", SAY),
    ("[has|have] confirmed [the] topic|newsletter|list $t:name", "confirmed $t", SAY),
    ("has|have confirmed $t:name", "confirmed $t", SAY),
    ("subscribes|subscribe to [the] [topic] $t:name", "subscribed to $t", SAY),
    ("subscribed to $a:name or $b:name", "subscribed to $a or subscribed to $b", SAY),
    ("subscribed to $a:name and $b:name", "subscribed to $a and subscribed to $b", SAY),
    ("topics contains|contain|includes|include $t:text", "subscribed to $t@", SAY),
    ("email|mail address|adress|addresses", "email", SAY),
    ("email_address|emailaddress|mail_address", "email", SAY),
    ("segment is|=|in|: $s:text", "$s@", "a segment is named alone:"),
    ("segment is|= $s:name", "$s", "a segment is named alone:"),
    ("in|of [the] segment|audience $s:text", "$s@", "a segment is named alone:"),
];
