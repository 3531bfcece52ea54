//! Folders that cannot be written.

use std::{fs, path::Path};

use flow_runtime::dispatch::channels::{Channel, file::FileChannel};

use crate::support::{mail, receipt, retry_reason};

#[test]
fn a_message_lies_under_its_month_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let connector = FileChannel::open(folder.path()).unwrap();
    let receipt = receipt(connector.send(&mail("j1.s1.v0"), 1));
    assert_eq!(receipt, folder.path().join("2026-03/j1.s1.v0.eml").display().to_string());
    let names: Vec<_> =
        fs::read_dir(folder.path().join("2026-03")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["j1.s1.v0.eml"], "and no temporary file beside it");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_first_message_under_a_key_stays() {
    let folder = tempfile::tempdir().unwrap();
    let connector = FileChannel::open(folder.path()).unwrap();
    let first = receipt(connector.send(&mail("j1.s1.v0"), 1));
    let content = fs::read(&first).unwrap();
    let mut changed = mail("j1.s1.v0");
    changed.subject = "Another".to_owned();
    assert_eq!(receipt(connector.send(&changed, 1)), first);
    assert_eq!(fs::read(&first).unwrap(), content);
}

#[test]
fn what_a_killed_process_left_behind_goes_at_the_next_start_of_its_store() {
    let folder = tempfile::tempdir().unwrap();
    let month = folder.path().join("2026-03");
    fs::create_dir(&month).unwrap();
    let ours = [".c1.w.1.s1.v0.1a2b3c4d.0.tmp", ".c2.w.1.s1.v0.1a2b3c4d.17.tmp"];
    let others =
        [".c1.w.1.s1.v0.1a2b3c4d.eml.tmp", ".c1.w.1.s1.v0.99999999.0.tmp", "c1.w.1.s1.v0.1a2b3c4d.eml", "notes.tmp"];
    for name in ours.into_iter().chain(others) {
        fs::write(month.join(name), "half a mess").unwrap();
    }
    let connector = FileChannel::open(folder.path()).unwrap();
    connector.clear_up(".1a2b3c4d");
    assert_eq!(names(&month), others, "what is another's stays");
}

#[test]
fn a_probe_that_was_left_behind_goes_and_nobody_elses_file_does() {
    let folder = tempfile::tempdir().unwrap();
    for name in [".flow-probe", ".flow-probe-4711", ".flow-probe-4712"] {
        fs::write(folder.path().join(name), "flow").unwrap();
    }
    fs::write(folder.path().join(".flow-probe-4713"), "").unwrap();
    fs::write(folder.path().join(".flow-probe-of-mine"), "flowers for Ana").unwrap();
    FileChannel::open(folder.path()).unwrap().ready().unwrap();
    assert_eq!(names(folder.path()), [".flow-probe-of-mine"]);
    // Not even under the name that it had once.
    fs::rename(folder.path().join(".flow-probe-of-mine"), folder.path().join(".flow-probe")).unwrap();
    FileChannel::open(folder.path()).unwrap().ready().unwrap();
    assert_eq!(fs::read_to_string(folder.path().join(".flow-probe")).unwrap(), "flowers for Ana");
}

/// In their order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn opening_says_what_to_do_about_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (path, advice) in [
        (folder.path().join("no/such"), "the folder around it does not exist, create it"),
        (file.clone(), "a file stands where a folder is needed, move it away"),
        (file.join("below"), "a file stands where a folder is needed, move it away"),
    ] {
        let error = FileChannel::open(&path).unwrap_err();
        assert_eq!(error.to_string(), format!("mail cannot be written to the folder `{}`: {advice}", path.display()));
    }
}

#[test]
fn a_file_in_the_place_of_a_month_can_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let connector = FileChannel::open(folder.path()).unwrap();
    fs::write(folder.path().join("2026-03"), "").unwrap();
    let reason = retry_reason(connector.send(&mail("j1.s1.v0"), 1));
    assert!(reason.ends_with("a file stands where a folder is needed, move it away"), "{reason}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_stops_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let connector = FileChannel::open(folder.path()).unwrap();
    let month = folder.path().join("2026-03");
    fs::create_dir(&month).unwrap();
    // What is written to the first temporary name of this key goes to the device that is always full.
    std::os::unix::fs::symlink("/dev/full", month.join(".j1.s1.v0.0.tmp")).unwrap();
    let reason = retry_reason(connector.send(&mail("j1.s1.v0"), 1));
    assert!(reason.ends_with("the disk is full, make room on it"), "{reason}");
    assert_eq!(fs::read_dir(&month).unwrap().count(), 0);
    receipt(connector.send(&mail("j1.s1.v0"), 1));
}
