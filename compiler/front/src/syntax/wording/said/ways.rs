//! Ways that people part on, and mails that come again.

use super::Row;

const AGAIN: &str = "the same mail, once more:";

pub(super) const ROWS: &[Row] = &[
    ("^ resend|re-send [the] [email|mail] $e:name $", "send $e again", AGAIN),
    ("^ send $e:name once more $", "send $e again", AGAIN),
    ("^ send $e:name one more time $", "send $e again", AGAIN),
    ("^ send $e:name a second time $", "send $e again", AGAIN),
    ("^ send again $e:name $", "send $e again", AGAIN),
];
