//! `send EMAIL`.

use flow_ir::EmailId;
use flow_ir::effect::send::Send;

pub(super) fn send(email: EmailId) -> Send {
    Send { email }
}
