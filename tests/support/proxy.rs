//! A line between Curbside and a server that a test can cut and mend, watch for a word, and spoil by dice.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// How long words on a line are waited for.
const PATIENCE: Duration = Duration::from_secs(40);

/// Bytes remembered of what Curbside says.
const MOST_HEARD: usize = 64 * 1024;

/// Passes bytes on to a server while it is up.
pub struct Proxy {
    /// Where Curbside connects.
    pub port: u16,
    shared: Arc<Shared>,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From Curbside to the server.
    There,
    /// From the server to Curbside.
    Back,
}

/// What a test wants to do when certain bytes come by (on a line without TLS).
pub struct Trap {
    /// On which way.
    pub way: Way,
    /// The bytes.
    pub words: &'static [u8],
    /// How often they may come by before.
    pub spare: usize,
    /// Whether they are passed on before the trap springs, or only afterwards.
    pub passed: bool,
    /// What happens; the line stands still until it returns.
    pub spring: Box<dyn FnOnce() + Send>,
}

/// A line that stands still as long as this lives.
pub struct Hold {
    reached: mpsc::Receiver<()>,
    _release: mpsc::Sender<()>,
}

impl Hold {
    /// True when the bytes came by, or do so in a moment.
    pub fn is_reached(&self) -> bool {
        self.reached.recv_timeout(Duration::from_millis(50)).is_ok()
    }

    /// Waits until the bytes came by.
    pub fn wait(&self) {
        self.reached.recv_timeout(PATIENCE).expect("the words come by");
    }
}

/// What becomes of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing bad.
    Whole,
    /// After so many bytes on this way the whole line is closed; what was to follow is lost.
    Cut(Way, usize),
    /// The same, with a reset instead of an orderly end.
    Reset(Way, usize),
    /// After so many bytes this way ends, and the other goes on.
    HalfClosed(Way, usize),
    /// After so many bytes nothing passes any more, and nobody is told.
    Silent(Way, usize),
    /// After so many bytes this way is held up for so long, once.
    Held(Way, usize, Duration),
}

#[derive(Default)]
struct Shared {
    target: AtomicU16,
    down: AtomicBool,
    made: AtomicUsize,
    lines: Mutex<HashMap<usize, [TcpStream; 2]>>,
    trap: Mutex<Option<Trap>>,
    /// Words of Curbside that the server is not to see.
    hidden: Mutex<Option<&'static [u8]>>,
    /// The start of what Curbside said.
    heard: Mutex<Vec<u8>>,
    fates: Mutex<VecDeque<Fate>>,
}

impl Proxy {
    /// A line to a port of this machine.
    pub fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let proxy = Self { port: listener.local_addr().expect("bound").port(), shared: Arc::default() };
        proxy.leads_to(target);
        let shared = Arc::clone(&proxy.shared);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // Somebody who hangs up at once is what a dead server looks like.
                if !shared.down.load(Ordering::SeqCst)
                    && let Ok(far) = TcpStream::connect(("127.0.0.1", shared.target.load(Ordering::SeqCst)))
                {
                    join(&shared, &near, &far);
                }
            }
        });
        proxy
    }

    /// Says something to Curbside in the server's name, on every line there is, and hangs up.
    pub fn say(&self, words: &[u8]) {
        for (_, [near, far]) in lock(&self.shared.lines).drain() {
            let _gone_already = (&near).write_all(words);
            let _ = near.shutdown(Shutdown::Write);
            let _ = far.shutdown(Shutdown::Both);
        }
    }

    /// New lines go to another port of this machine.
    pub fn leads_to(&self, target: u16) {
        self.shared.target.store(target, Ordering::SeqCst);
    }

    /// Cuts every line, and each new one at once.
    pub fn cut(&self) {
        self.shared.down.store(true, Ordering::SeqCst);
        self.drop_lines();
    }

    /// Cuts every line there is; new ones are served.
    pub fn drop_lines(&self) {
        for (_, ends) in lock(&self.shared.lines).drain() {
            for line in ends {
                let _gone_already = line.shutdown(Shutdown::Both);
            }
        }
    }

    /// The server is there again.
    pub fn mend(&self) {
        self.shared.down.store(false, Ordering::SeqCst);
    }

    /// Sets a trap, in the place of an earlier one.
    pub fn set_trap(&self, trap: Trap) {
        *lock(&self.shared.trap) = Some(trap);
    }

    /// Stops the line where certain bytes come by, until the returned hold is dropped.
    pub fn hold(&self, way: Way, words: &'static [u8], passed: bool) -> Hold {
        let ((tell, reached), (release, released)) = (mpsc::channel(), mpsc::channel::<()>());
        let spring = move || {
            let _nobody_waits = tell.send(());
            let _dropped = released.recv();
        };
        self.set_trap(Trap { way, words, spare: 0, passed, spring: Box::new(spring) });
        Hold { reached, _release: release }
    }

    /// From now on the server sees these words of Curbside garbled: somebody on the way does not want them.
    pub fn hide(&self, words: &'static [u8]) {
        *lock(&self.shared.hidden) = Some(words);
    }

    /// The server sees all words of Curbside again.
    pub fn show_all(&self) {
        *lock(&self.shared.hidden) = None;
    }

    /// The start of what Curbside said, over all lines.
    pub fn heard(&self) -> Vec<u8> {
        lock(&self.shared.heard).clone()
    }

    /// Takes a trap away that has not sprung.
    pub fn disarm(&self) {
        *lock(&self.shared.trap) = None;
    }

    /// What becomes of the next connections; those after them are whole.
    pub fn decree(&self, fates: impl IntoIterator<Item = Fate>) {
        *lock(&self.shared.fates) = fates.into_iter().collect();
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.shared.made.load(Ordering::SeqCst)
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

fn join(shared: &Arc<Shared>, near: &TcpStream, far: &TcpStream) {
    let number = shared.made.fetch_add(1, Ordering::SeqCst);
    let twin = |line: &TcpStream| line.try_clone().expect("a second handle");
    let fate = lock(&shared.fates).pop_front().unwrap_or(Fate::Whole);
    lock(&shared.lines).insert(number, [twin(near), twin(far)]);
    for (way, from, to) in [(Way::There, near, far), (Way::Back, far, near)] {
        let (from, to, shared) = (twin(from), twin(to), Arc::clone(shared));
        let pipe = Pipe { number, way, from, to, shared, passed: 0, tail: Vec::new(), silent: false };
        thread::spawn(move || pipe.run(fate));
    }
}

/// One way of one connection.
struct Pipe {
    number: usize,
    way: Way,
    from: TcpStream,
    to: TcpStream,
    shared: Arc<Shared>,
    passed: usize,
    /// The last bytes passed, in which the words of a trap may begin.
    tail: Vec<u8>,
    silent: bool,
}

impl Pipe {
    fn run(mut self, fate: Fate) {
        let mut bytes = [0; 8192];
        while let Ok(count @ 1..) = self.from.read(&mut bytes) {
            if self.way == Way::There {
                self.listen(&mut bytes[..count]);
            }
            if self.pass(&bytes[..count], fate).is_err() {
                break;
            }
        }
        let _ = self.to.shutdown(Shutdown::Both);
        let _ = self.from.shutdown(Shutdown::Both);
        lock(&self.shared.lines).remove(&self.number);
    }

    fn listen(&self, bytes: &mut [u8]) {
        let mut heard = lock(&self.shared.heard);
        if heard.len() < MOST_HEARD {
            heard.extend_from_slice(bytes);
        }
        if let Some(words) = *lock(&self.shared.hidden)
            && let Some(at) = memchr::memmem::find(bytes, words)
        {
            bytes[at..at + words.len()].fill(b'X');
        }
    }

    fn pass(&mut self, bytes: &[u8], fate: Fate) -> io::Result<()> {
        let at = match fate {
            Fate::Cut(way, at) | Fate::Reset(way, at) | Fate::HalfClosed(way, at) | Fate::Silent(way, at) | Fate::Held(way, at, _)
                if way == self.way && self.passed + bytes.len() >= at =>
            {
                at
            }
            _ => return self.watch(bytes),
        };
        let (before, after) = bytes.split_at(at.saturating_sub(self.passed).min(bytes.len()));
        let is_now = self.passed <= at;
        self.watch(before)?;
        match fate {
            Fate::Reset(..) => {
                for line in [&self.to, &self.from] {
                    let _gone_already = SockRef::from(line).set_linger(Some(Duration::ZERO));
                }
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Fate::HalfClosed(..) => {
                let _gone_already = self.to.shutdown(Shutdown::Write);
                self.silent = true;
                Ok(())
            }
            Fate::Silent(..) => {
                self.silent = true;
                Ok(())
            }
            Fate::Held(_, _, delay) => {
                if is_now {
                    self.passed += 1;
                    thread::park_timeout(delay);
                }
                self.watch(after)
            }
            Fate::Whole | Fate::Cut(..) => Err(io::ErrorKind::ConnectionAborted.into()),
        }
    }

    /// Passes bytes on; where a trap's words come by, it springs before or after them.
    fn watch(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some((end, trap)) = self.trapped(bytes) else { return self.put(bytes) };
        let at = if trap.passed { end } else { end.saturating_sub(trap.words.len()) };
        self.put(&bytes[..at])?;
        (trap.spring)();
        self.tail.clear();
        self.put(&bytes[at..])
    }

    /// The trap whose words end in these bytes, and where they end.
    fn trapped(&self, bytes: &[u8]) -> Option<(usize, Trap)> {
        let mut held = lock(&self.shared.trap);
        let trap = held.as_mut().filter(|trap| trap.way == self.way)?;
        let seen = [&self.tail, bytes].concat();
        let ends: Vec<usize> = memchr::memmem::find_iter(&seen, trap.words)
            .filter_map(|start| (start + trap.words.len()).checked_sub(self.tail.len()).filter(|end| *end > 0))
            .collect();
        let Some(end) = ends.get(trap.spare) else {
            trap.spare -= ends.len();
            return None;
        };
        Some((*end, held.take()?))
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.silent {
            self.to.write_all(bytes)?;
        }
        self.passed += bytes.len();
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(64)..]);
        self.tail.drain(..self.tail.len().saturating_sub(64));
        Ok(())
    }
}
