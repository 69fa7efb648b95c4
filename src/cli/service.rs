//! `curbside service`

use std::path::{Path, PathBuf};
use std::process::Command;

use etcetera::BaseStrategy as _;
use serde_json::json;

use super::{Failure, Frame, Places};
use crate::daemon::lock;
use crate::model::settings::{Account, SecretSource, Settings};

/// Keep curbside running in the background, as a systemd service of yours
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, clap::Subcommand)]
enum What {
    /// Write the unit file, start it, and start it whenever you log in
    Install,
    /// Stop it and remove the unit file; your data stays
    Uninstall,
    /// Say whether it is installed and running
    Status,
}

const UNIT: &str = "curbside.service";

pub(super) fn run(args: Args, frame: &Frame) -> Result<(), Failure> {
    let base = etcetera::choose_base_strategy().map_err(|_| Failure::user("there is no home folder for the unit file"))?;
    let path = base.config_dir().join("systemd/user").join(UNIT);
    match args.what {
        What::Install => install(frame, &path),
        What::Uninstall => uninstall(frame, &path),
        What::Status => status(frame, &path),
    }
}

fn install(frame: &Frame, path: &Path) -> Result<(), Failure> {
    let (settings, places) = (frame.settings()?, frame.places()?);
    places.make()?;
    let place = |error: std::io::Error| Failure::user(format!("cannot write {}: {error}", path.display()));
    let program = std::env::current_exe().map_err(place)?;
    let text = unit(&program, frame.global.home.is_some().then_some(places.config.as_path()), &writable(&settings, &places));
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).map_err(place)?;
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(place)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(place)?;
    file.persist(path).map_err(|error| place(error.error))?;
    let started = systemctl(&["daemon-reload"])? && systemctl(&["enable", UNIT])? && systemctl(&["restart", UNIT])?;
    frame.say.answer(&json!({ "unit": path, "installed": true, "started": started }), || {
        let next = if started {
            "It runs, and will whenever you log in; so that it runs while you are logged out: loginctl enable-linger"
        } else {
            "There is no systemctl here; keep this running by other means: curbside run"
        };
        format!("The unit file is {}. {next}", path.display())
    })?;
    Ok(())
}

fn uninstall(frame: &Frame, path: &Path) -> Result<(), Failure> {
    let places = frame.places()?;
    let was = path.exists();
    if was {
        systemctl(&["disable", "--now", UNIT])?;
        std::fs::remove_file(path).map_err(|error| Failure::user(format!("cannot remove {}: {error}", path.display())))?;
        systemctl(&["daemon-reload"])?;
    }
    frame.say.answer(
        &json!({ "unit": path, "installed": false, "was_installed": was, "data": places.data, "config": places.config }),
        || {
            let done = if was { "The service is gone." } else { "No service was installed." };
            format!("{done} Your data stays in {}, your settings in {}.", places.data.display(), places.config.display())
        },
    )?;
    Ok(())
}

fn status(frame: &Frame, path: &Path) -> Result<(), Failure> {
    let places = frame.places()?;
    let installed = path.exists();
    let daemon = lock::daemon(&places.database())?;
    frame.say.answer(&json!({ "unit": path, "installed": installed, "running": daemon.is_some(), "pid": daemon }), || {
        let unit = if installed { format!("Installed as {}", path.display()) } else { "Not installed".to_owned() };
        let runs = daemon.map_or_else(|| "curbside is not running.".to_owned(), |pid| format!("curbside runs as process {pid}."));
        format!("{unit}; {runs}")
    })?;
    Ok(())
}

/// Runs `systemctl --user`; `false` where there is none.
fn systemctl(args: &[&str]) -> Result<bool, Failure> {
    let done = match Command::new("systemctl").arg("--user").args(args).output() {
        Ok(done) => done,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Failure::user(format!("systemctl could not be run: {error}"))),
    };
    if done.status.success() {
        return Ok(true);
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let command = args.join(" ");
    Err(Failure::user(format!("the unit file is in place, but systemctl --user {command} failed: {}", said.trim()))
        .hint("the journal says more: journalctl --user -u curbside; without systemd keep curbside run going by other means"))
}

/// What the service may write: its own places, the mail folder, and what a password command needs.
fn writable(settings: &Settings, places: &Places) -> Vec<String> {
    let mut paths: Vec<PathBuf> = vec![places.config.clone(), places.data.clone()];
    let mut others = Vec::new();
    match &settings.account {
        Account::Folder { dir, .. } => paths.push(dir.clone()),
        // gpg and its agent lock files of their own.
        Account::Servers(servers) if matches!(servers.secret, SecretSource::Command(_)) => others.push("-%h/.gnupg".to_owned()),
        Account::Servers(_) => {}
    }
    paths.dedup();
    paths.iter().map(|path| quoted(path)).chain(others).collect()
}

fn unit(program: &Path, home: Option<&Path>, writable: &[String]) -> String {
    let home = home.map_or_else(String::new, |home| format!(" --home {}", quoted(home)));
    format!(
        "[Unit]
Description=Curbside keeps your network warm
Documentation=man:curbside(1)

[Service]
Type=notify
NotifyAccess=main
ExecStart={program}{home} run
Restart=on-failure
RestartSec=30
RestartPreventExitStatus=2 3
WatchdogSec=120
TimeoutStopSec=720
MemoryMax=256M
UMask=0077
NoNewPrivileges=true
PrivateTmp=true
PrivateUsers=true
ProtectSystem=strict
ReadWritePaths={writable}
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectControlGroups=true
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true

[Install]
WantedBy=default.target
",
        program = quoted(program),
        writable = writable.join(" "),
    )
}

/// A path as systemd reads it: quoted, with its own marks escaped.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_blanks_and_marks_survives_the_unit_file() {
        assert_eq!(quoted(Path::new("/home/le ah/100%")), "\"/home/le ah/100%%\"");
        let text = unit(Path::new("/usr/bin/curbside"), Some(Path::new("/home/x")), &[quoted(Path::new("/home/x"))]);
        assert!(text.contains("ExecStart=\"/usr/bin/curbside\" --home \"/home/x\" run\n"));
        assert!(text.contains("ReadWritePaths=\"/home/x\"\n"));
        for line in ["Type=notify", "NoNewPrivileges=true", "ProtectSystem=strict", "PrivateTmp=true", "Restart=on-failure"] {
            assert!(text.lines().any(|found| found == line), "{line}");
        }
    }
}
