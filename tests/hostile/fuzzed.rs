//! What the fuzzer found worth keeping is eaten again by every test run.

use std::fs;
use std::path::PathBuf;

use super::eaters::ALL;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/inputs").join(name)
}

/// Holds P18.
#[test]
fn p18_what_the_fuzzer_kept_is_still_digested() {
    for (name, eat) in ALL {
        let files: Vec<PathBuf> =
            fs::read_dir(folder(name)).unwrap_or_else(|_| panic!("no inputs for {name}")).flatten().map(|entry| entry.path()).collect();
        assert!(!files.is_empty(), "no inputs for {name}");
        for file in files {
            let bytes = fs::read(&file).expect("a file of ours");
            let done = std::panic::catch_unwind(|| eat(&bytes));
            assert!(done.is_ok(), "{}", file.display());
        }
    }
}

#[test]
fn every_door_has_a_target_and_the_inputs_stay_small() {
    let targets = folder("..").join("targets");
    let mut total = 0;
    for (name, _) in ALL {
        assert!(targets.join(format!("{name}.rs")).is_file(), "{name} has no target");
        total += fs::read_dir(folder(name))
            .expect("a folder")
            .flatten()
            .map(|entry| entry.metadata().map_or(0, |about| about.len()))
            .sum::<u64>();
    }
    assert!(total < 200_000, "{total} bytes of inputs");
}
