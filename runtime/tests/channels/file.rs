//! Folders that cannot be written.

use std::fs;

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
fn what_a_killed_process_left_behind_goes_when_its_message_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let month = folder.path().join("2026-03");
    fs::create_dir(&month).unwrap();
    for name in [".j1.s1.v0.0.tmp", ".j1.s1.v0.7.tmp", ".j2.s1.v0.0.tmp", ".j1.s1.v0.tmp", "notes.tmp"] {
        fs::write(month.join(name), "half a mess").unwrap();
    }
    let connector = FileChannel::open(folder.path()).unwrap();
    receipt(connector.send(&mail("j1.s1.v0"), 1));
    let mut names: Vec<_> = fs::read_dir(&month).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".j1.s1.v0.tmp", ".j2.s1.v0.0.tmp", "j1.s1.v0.eml", "notes.tmp"], "what is another's stays");
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
