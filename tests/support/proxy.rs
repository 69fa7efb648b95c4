//! A line between Curbside and a server that a test can cut and mend.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Passes bytes on to a server while it is up.
pub struct Proxy {
    /// Where Curbside connects.
    pub port: u16,
    up: Arc<AtomicBool>,
    lines: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    /// A line to a port of this machine.
    pub fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
        let proxy = Self {
            port: listener.local_addr().expect("bound").port(),
            up: Arc::new(AtomicBool::new(true)),
            lines: Arc::new(Mutex::new(Vec::new())),
        };
        let (up, lines) = (Arc::clone(&proxy.up), Arc::clone(&proxy.lines));
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // Somebody who hangs up at once is what a dead server looks like.
                if up.load(Ordering::SeqCst)
                    && let Ok(far) = TcpStream::connect(("127.0.0.1", target))
                {
                    let twin = |line: &TcpStream| line.try_clone().expect("a second handle");
                    lines.lock().expect("no panic").extend([twin(&near), twin(&far)]);
                    let (near_too, far_too) = (twin(&near), twin(&far));
                    thread::spawn(move || pass(near, far));
                    thread::spawn(move || pass(far_too, near_too));
                }
            }
        });
        proxy
    }

    /// Cuts every line, and each new one at once.
    pub fn cut(&self) {
        self.up.store(false, Ordering::SeqCst);
        for line in self.lines.lock().expect("no panic").drain(..) {
            let _gone_already = line.shutdown(Shutdown::Both);
        }
    }

    /// The server is there again.
    pub fn mend(&self) {
        self.up.store(true, Ordering::SeqCst);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
