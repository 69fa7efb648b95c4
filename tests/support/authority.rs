//! An authorization server on loopback (RFC 6749, 7636, 7662, 8628): each test has a desk of its own there, and the mail
//! servers ask it whether a token is good.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use oauth2::url::form_urlencoded;
use serde_json::{Value, json};

/// What the owner answers when the provider asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// Curbside may.
    #[default]
    Yes,
    /// Curbside may not.
    No,
}

/// What one test wants of the server, and what came of it.
#[derive(Debug, Default)]
pub struct Desk {
    /// Whose mailbox.
    pub user: String,
    /// What the owner answers.
    pub answer: Answer,
    /// Another account that the owner chooses in the browser.
    pub chosen: Option<String>,
    /// Seconds an access token lasts.
    pub lasts: u64,
    /// What the next questions for a device's tokens get instead of tokens.
    pub not_yet: VecDeque<&'static str>,
    /// The sign-in has been withdrawn.
    pub is_revoked: bool,
    /// The server is unwell: it answers 503 without a word of JSON.
    pub is_unwell: bool,
    /// Grants that were asked for, in order.
    pub grants: Vec<String>,
    /// Every token and code ever given.
    pub given: Vec<String>,
    codes: HashMap<String, (String, String)>,
    live: HashSet<String>,
    refresh: Option<String>,
    /// Refresh tokens of the same sign-in that were used already.
    used: HashSet<String>,
}

impl Desk {
    /// Ends the access tokens given so far, as their time does.
    pub fn end_access(&mut self) {
        self.live.clear();
    }

    /// How many times tokens were renewed.
    pub fn renewals(&self) -> usize {
        self.grants.iter().filter(|grant| *grant == "refresh_token").count()
    }

    fn tokens(&mut self) -> Value {
        let [access, refresh] =
            ["access", "refresh"].map(|kind| format!("{kind}-{}-{}", NUMBER.fetch_add(1, Ordering::Relaxed), "x".repeat(24)));
        self.given.extend([access.clone(), refresh.clone()]);
        self.live.insert(access.clone());
        self.refresh = Some(refresh.clone());
        json!({ "access_token": access, "token_type": "Bearer", "expires_in": self.lasts, "refresh_token": refresh })
    }
}

static NUMBER: AtomicU32 = AtomicU32::new(1);
static DESKS: LazyLock<Mutex<HashMap<String, Desk>>> = LazyLock::new(Mutex::default);
static PORT: LazyLock<u16> = LazyLock::new(listen);

/// The port it listens on; started at the first call.
pub fn port() -> u16 {
    *PORT
}

/// A new desk for this user; its name.
pub fn desk(user: &str) -> String {
    let name = format!("desk{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    desks().insert(name.clone(), Desk { user: user.to_owned(), lasts: 3600, ..Desk::default() });
    name
}

/// What a desk is told to the settings as.
pub fn url(desk: &str) -> String {
    format!("http://127.0.0.1:{}/{desk}", port())
}

/// Looks at a desk, or changes what it does.
pub fn at<T>(desk: &str, look: impl FnOnce(&mut Desk) -> T) -> T {
    look(desks().get_mut(desk).expect("a desk of ours"))
}

fn desks() -> MutexGuard<'static, HashMap<String, Desk>> {
    DESKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Goes to an address as a browser does, to the last page; where it ended, and the page.
pub fn browse(address: &str) -> (String, String) {
    let mut address = address.to_owned();
    loop {
        let answer = get(&address);
        let next = answer.lines().find_map(|line| line.strip_prefix("Location: ").map(str::to_owned));
        match next {
            Some(next) => address = next,
            None => return (address, answer),
        }
    }
}

/// One GET; the whole answer.
pub fn get(address: &str) -> String {
    let rest = address.strip_prefix("http://").expect("a page of this machine");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut line = TcpStream::connect(host.replace("localhost", "127.0.0.1")).expect("somebody listens");
    write!(line, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it listens");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("an answer");
    answer
}

fn listen() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let port = listener.local_addr().expect("bound").port();
    thread::spawn(move || {
        for line in listener.incoming().flatten() {
            thread::spawn(move || serve(line));
        }
    });
    port
}

fn serve(line: TcpStream) {
    let mut heard = BufReader::new(line.try_clone().expect("a second handle"));
    let mut first = String::new();
    let mut length = 0;
    heard.read_line(&mut first).unwrap_or_default();
    loop {
        let mut header = String::new();
        if heard.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
            break;
        }
        if let Some(count) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = count.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    if heard.read_exact(&mut body).is_err() {
        return;
    }
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut fields = parsed(query.as_bytes());
    fields.extend(parsed(&body));
    let _hung_up = (&line).write_all(answer(path, &fields).as_bytes());
}

fn parsed(text: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn answer(path: &str, fields: &HashMap<String, String>) -> String {
    let mut desks = desks();
    if path == "/introspect" {
        return told(&introspect(&desks, &field(fields, "token")));
    }
    let mut parts = path.trim_matches('/').split('/');
    let (name, what) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match (desks.get_mut(name), what) {
        (None, _) => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        (Some(desk), _) if desk.is_unwell => {
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy".to_owned()
        }
        (Some(desk), "authorize") => authorize(desk, fields),
        (Some(_), "device") => told(&json!({
            "device_code": "device-1", "user_code": "WDJB-MJHT", "verification_uri": "https://provider.example/device",
            "expires_in": 600, "interval": 1,
        })),
        (Some(desk), _) => token(desk, fields),
    }
}

fn field(fields: &HashMap<String, String>, name: &str) -> String {
    fields.get(name).cloned().unwrap_or_default()
}

fn introspect(desks: &HashMap<String, Desk>, token: &str) -> Value {
    match desks.values().find(|desk| desk.live.contains(token) && !desk.is_revoked) {
        Some(desk) => json!({ "active": true, "username": desk.chosen.as_ref().unwrap_or(&desk.user) }),
        None => json!({ "active": false }),
    }
}

/// The page that asks the owner.
fn authorize(desk: &mut Desk, fields: &HashMap<String, String>) -> String {
    let want = [("response_type", "code"), ("code_challenge_method", "S256"), ("login_hint", desk.user.as_str())];
    let wrong: Vec<&str> = want.iter().filter(|(name, value)| field(fields, name) != *value).map(|(name, _)| *name).collect();
    let missing = ["state", "code_challenge", "client_id", "scope", "redirect_uri"].iter().find(|name| field(fields, name).len() < 4);
    if !wrong.is_empty() || missing.is_some() {
        return format!("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{wrong:?} {missing:?}");
    }
    redirect(desk, fields)
}

fn redirect(desk: &mut Desk, fields: &HashMap<String, String>) -> String {
    let mut to = format!("{}?", field(fields, "redirect_uri"));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("state", &field(fields, "state"));
    if desk.answer == Answer::No {
        query.append_pair("error", "access_denied");
    } else {
        let code = format!("code-{}-{}", NUMBER.fetch_add(1, Ordering::Relaxed), "y".repeat(24));
        desk.given.push(code.clone());
        desk.codes.insert(code.clone(), (field(fields, "code_challenge"), field(fields, "redirect_uri")));
        query.append_pair("code", &code);
    }
    write!(to, "{}", query.finish()).expect("memory");
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn token(desk: &mut Desk, fields: &HashMap<String, String>) -> String {
    let grant = field(fields, "grant_type");
    desk.grants.push(grant.rsplit(':').next().unwrap_or_default().to_owned());
    let is_good = match grant.as_str() {
        "authorization_code" => desk.codes.remove(&field(fields, "code")).is_some_and(|(challenge, redirect)| {
            let digest = ring::digest::digest(&ring::digest::SHA256, field(fields, "code_verifier").as_bytes());
            challenge == BASE64_URL_SAFE_NO_PAD.encode(digest) && redirect == field(fields, "redirect_uri")
        }),
        "refresh_token" => {
            // A refresh token is good once; one that comes back is taken for stolen, and its sign-in ends.
            let given = field(fields, "refresh_token");
            desk.is_revoked |= desk.used.contains(&given);
            let is_last = desk.refresh.as_ref() == Some(&given);
            desk.used.insert(given);
            is_last
        }
        _ => match desk.not_yet.pop_front() {
            Some(error) => return refused(error),
            None => true,
        },
    };
    if grant != "refresh_token" {
        desk.used.clear(); // another sign-in
    }
    if is_good && !desk.is_revoked { told(&desk.tokens()) } else { refused("invalid_grant") }
}

fn refused(error: &str) -> String {
    let body = json!({ "error": error, "error_description": "AADSTS1: for leah@mail.example. Trace ID: 1" }).to_string();
    format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn told(value: &Value) -> String {
    let body = value.to_string();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
