//! What the command refuses.

use std::process::Command;

#[test]
fn a_folder_in_use_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("thesis.txt"), "mine").expect("a file");
    let run = Command::new(env!("CARGO_BIN_EXE_curbside")).args(["demo", "--home"]).arg(dir.path()).output().expect("it runs");
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("is not empty"));
    assert_eq!(std::fs::read_dir(dir.path()).expect("still there").count(), 1);
}
