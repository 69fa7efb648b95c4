//! What we stand on: no banned library, no second version without a reason, no licence we may not ship.
//!
//! Runs offline. Advisories need the network; where `cargo deny` is installed, `.ci/run` asks it besides.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A second way to do TLS or to pull C toolchains in.
const BANNED: [&str; 5] = ["openssl-sys", "native-tls", "aws-lc-sys", "aws-lc-rs", "libdbus-sys"];

/// Two versions of one crate, each with its reason.
const TWICE: &[(&str, &str)] = &[
    ("base64", "imap is an alpha pinned to 0.22, lettre has moved on"),
    ("bit-vec", "test tools"),
    ("block-buffer", "follows sha2"),
    ("core-foundation", "other platforms"),
    ("cpufeatures", "follows sha2"),
    ("crypto-common", "follows sha2"),
    ("digest", "follows sha2"),
    ("getrandom", "ring stays at 0.2, tempfile has moved on"),
    ("heck", "imap's ouroboros and clap's macros, at build time"),
    ("nom", "imap-proto 0.16 needs 7, lettre 8"),
    ("phf", "calcard's time zones have moved on, cron has not"),
    ("phf_shared", "follows phf"),
    ("r-efi", "follows getrandom, on another platform"),
    ("rand", "phf's generator at build time, and test tools"),
    ("rand_core", "follows rand"),
    ("sha2", "oauth2 stays at 0.10, the keyring has moved on"),
    ("syn", "some procedural macros have not moved yet, at build time"),
    ("synstructure", "follows syn, at build time"),
    ("thiserror", "oauth2 stays at 1"),
    ("thiserror-impl", "follows thiserror"),
    ("windows-sys", "other platforms"),
    ("winnow", "cron and toml differ"),
];

/// The list by which the notices of a package are written, too.
const ABOUT: &str = include_str!("../../data/package/about.toml");

/// Only what is built here has been fetched.
const TARGET: &str = "x86_64-unknown-linux-gnu";

#[test]
fn no_banned_library_and_no_second_version_without_a_reason() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).expect("a lock file");
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut name = String::new();
    for line in lock.lines() {
        if let Some(found) = line.strip_prefix("name = ") {
            name = found.trim_matches('"').to_owned();
        } else if let Some(version) = line.strip_prefix("version = ") {
            versions.entry(name.clone()).or_default().insert(version.to_owned());
        }
    }
    let banned: Vec<&str> = BANNED.into_iter().filter(|name| versions.contains_key(*name)).collect();
    assert!(banned.is_empty(), "banned: {banned:?}");
    let twice: Vec<&String> = versions
        .iter()
        .filter(|(name, found)| found.len() > 1 && !TWICE.iter().any(|(known, _)| known == name))
        .map(|(name, _)| name)
        .collect();
    assert!(twice.is_empty(), "in two versions without a reason: {twice:?}");
    let gone: Vec<&str> =
        TWICE.iter().map(|(name, _)| *name).filter(|name| versions.get(*name).is_none_or(|found| found.len() < 2)).collect();
    assert!(gone.is_empty(), "no longer in two versions, take them off the list: {gone:?}");
}

#[test]
fn every_licence_is_one_we_may_ship() {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", TARGET])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&out.stdout).expect("metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let about: toml::Table = ABOUT.parse().expect("the list of licences");
    let accepted: Vec<&str> = about["accepted"].as_array().expect("a list").iter().filter_map(toml::Value::as_str).collect();
    let bad: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(package, &accepted))
        .map(|package| format!("{} ({})", package["name"], package["license"]))
        .collect();
    assert!(packages.len() > 100 && bad.is_empty(), "licences: {}", bad.join(", "));
}

/// `A OR B` needs one of them, `A AND B` both.
fn is_allowed(package: &Value, accepted: &[&str]) -> bool {
    let text = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
    let plain = text.replace(['(', ')'], "");
    plain.split(" OR ").any(|choice| choice.split(" AND ").all(|one| accepted.contains(&one.trim())))
}
