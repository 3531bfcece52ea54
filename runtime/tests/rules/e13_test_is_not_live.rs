//! E13 Test is not live.
//!
//! Not there yet: test people. That `flow run` writes into a folder and opens no connection is shown by the commands' own tests.

use crate::support::program;
use flow_runtime::open::{Kind, open};

#[test]
fn e13_a_store_is_a_rehearsals_or_of_real_people_and_never_becomes_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let program = program("workflow go { enter when signed_up; reenter never; send hello }");
    for (first, other) in [(Kind::Rehearsal, Kind::Live), (Kind::Live, Kind::Rehearsal)] {
        let path = folder.path().join(format!("{first:?}.db"));
        drop(open(&program, &path, first).unwrap());
        let refused = open(&program, &path, other).map(|_| ()).unwrap_err();
        assert!(refused.message.contains("holds"), "{}", refused.message);
        assert!(open(&program, &path, first).is_ok(), "it stays what it was");
    }
}
