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
#[command(after_help = "Examples:\n  curbside service install\n  curbside service status")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, clap::Subcommand)]
enum What {
    /// Write the unit file and start it, now and whenever you log in; with lingering it also runs while you are logged out
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
    let reached = reload();
    if reached.is_ok() {
        systemctl(&["enable", UNIT]).and_then(|()| systemctl(&["restart", UNIT])).map_err(|why| {
            Failure::user(format!("the unit file is {}, but it could not be started: {why}", path.display()))
                .hint("journalctl --user -u curbside says more")
        })?;
    }
    frame.say.answer(&json!({ "unit": path, "installed": true, "started": reached.is_ok() }), || {
        let next = match &reached {
            Ok(()) => "It runs, and will whenever you log in; so that it goes on after you log out: loginctl enable-linger".to_owned(),
            Err(why) => format!(
                "It was not started: {why}. Log in and say: systemctl --user enable --now curbside; or keep this going: curbside run"
            ),
        };
        format!("The unit file is {}. {next}", path.display())
    })?;
    Ok(())
}

fn reload() -> Result<(), String> {
    systemctl(&["daemon-reload"])
}

fn uninstall(frame: &Frame, path: &Path) -> Result<(), Failure> {
    let places = frame.places()?;
    let was = path.exists();
    if was {
        let stopped = systemctl(&["disable", "--now", UNIT]);
        std::fs::remove_file(path).map_err(|error| Failure::user(format!("cannot remove {}: {error}", path.display())))?;
        let _ = std::fs::remove_file(path.with_file_name("default.target.wants").join(UNIT));
        if let Err(why) = stopped.and_then(|()| reload()) {
            frame.say.warn(&format!("the unit file is removed, but systemd was not told: {why}"));
        }
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

/// Runs `systemctl --user`; the error says why it did not work.
fn systemctl(args: &[&str]) -> Result<(), String> {
    let done = Command::new("systemctl").arg("--user").args(args).output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no systemctl here".to_owned(),
        _ => format!("systemctl could not be run: {error}"),
    })?;
    let said = String::from_utf8_lossy(&done.stderr);
    if done.status.success() { Ok(()) } else { Err(format!("systemctl --user {}: {}", args.join(" "), said.trim())) }
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
    // A home below /tmp would be hidden from the service.
    let in_tmp = writable.iter().any(|path| path.starts_with("\"/tmp/") || path.starts_with("\"/var/tmp/"));
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
TimeoutStopSec=30
MemoryMax=256M
UMask=0077
NoNewPrivileges=true
{private_tmp}PrivateUsers=true
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
        private_tmp = if in_tmp { "" } else { "PrivateTmp=true\n" },
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
