//! What a command said, and how it ended.

use std::process::Output;

use serde_json::Value;

/// How a command ended.
#[derive(Debug)]
pub struct Said {
    /// Exit code; -1 when killed.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Said {
    /// The objects it printed, one a line.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    /// Fails the test unless it ended with this code.
    pub fn must(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }

    /// Fails the test unless it ended with this code and one clear sentence on standard error.
    pub fn complains(self, code: i32) -> String {
        let said = self.must(code);
        assert!(said.err.starts_with("curbside: ") || code == 2, "{}", said.err);
        assert!(!said.err.contains("panicked") && !said.err.contains("RUST_BACKTRACE"), "{}", said.err);
        assert!(said.err.trim().len() > 20, "says nothing: {}", said.err);
        said.err
    }
}
