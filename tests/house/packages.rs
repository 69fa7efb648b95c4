//! What the packages are made of is there, and what the README tells a newcomer to install is what the script makes.

use std::path::Path;

const BUILD: &str = include_str!("../../data/package/build");
const README: &str = include_str!("../../README.md");

#[test]
fn every_file_of_the_deb_exists_or_is_made_by_the_script() {
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().expect("a manifest");
    let deb = &manifest["package"]["metadata"]["deb"];
    let assets = deb["assets"].as_array().expect("assets");
    let sources = assets.iter().filter_map(|asset| asset[0].as_str()).chain(deb["license-file"][0].as_str());
    let committed: Vec<&str> = sources.filter(|source| !source.starts_with("target/")).collect();
    assert!(committed.len() >= 3, "they are found: {committed:?}");
    for file in committed {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(file).is_file(), "the .deb wants {file}");
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(file).is_file(), "{file}");
    }
}

#[test]
fn the_readme_installs_what_the_script_makes() {
    let version = env!("CARGO_PKG_VERSION");
    for (made, installed) in [
        ("deb=$dist/curbside_$version-1_amd64.deb", format!("sudo apt install ./target/dist/curbside_{version}-1_amd64.deb")),
        ("name=curbside-$version-x86_64-linux\n", format!("tar -xzf target/dist/curbside-{version}-x86_64-linux.tar.gz")),
    ] {
        assert!(BUILD.contains(made), "the script no longer says {made}");
        assert!(README.contains(&installed), "the README does not say: {installed}");
    }
}
