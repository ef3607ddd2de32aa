//! What is run for a signal.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Instant;

use os_display::Quotable;

use crate::child::{Command, Ends, Facts, Variable};
use crate::commands::report;
use crate::fault::Fault;
use crate::ipc::sig::{Code, Received, Signal};
use crate::status::Status;
use crate::wait::{Wait, cancel};

/// `--on SIGNAL=COMMAND`.
pub struct OnSignal {
    /// For this signal.
    pub signal: Signal,
    /// The shell's text.
    script: OsString,
}

impl OnSignal {
    /// Reads it.
    ///
    /// # Errors
    /// A usage fault: no `=`, or no such signal before it.
    pub fn parse(text: &OsStr) -> Result<OnSignal, Fault> {
        let wrong = |why: String| Fault::usage(format!("--on {}: {why}", text.quote()));
        let mut parts = text.as_bytes().splitn(2, |byte| *byte == b'=');
        let (Some(signal), Some(script)) = (parts.next(), parts.next()) else {
            return Err(wrong("no command".to_owned()).hint("write --on USR1='echo hello'"));
        };
        let signal = Signal::parse(&String::from_utf8_lossy(signal)).map_err(wrong)?;
        Ok(OnSignal { signal, script: OsStr::from_bytes(script).to_os_string() })
    }
}

/// Commands by signal.
pub struct Actions {
    /// For every signal.
    all: Option<Command>,
    by_signal: Vec<(Signal, Command)>,
    reference: OsString,
    runs: u64,
    failed: bool,
    /// The process of the last run: its CHLD is nobody's news.
    last: Option<i32>,
}

impl Actions {
    /// `command` for every signal, or those of `on` for theirs.
    ///
    /// # Errors
    /// A command is not there (127) or cannot be executed (126). A usage fault for a signal that is named twice.
    pub fn new(command: &[OsString], on: &[OnSignal]) -> Result<Actions, Fault> {
        let all = if command.is_empty() { None } else { Some(Command::resolve(command)?) };
        let mut by_signal: Vec<(Signal, Command)> = Vec::new();
        for OnSignal { signal, script } in on {
            if by_signal.iter().any(|(known, _)| known == signal) {
                return Err(Fault::usage(format!("--on names {signal} twice")));
            }
            let argv = [OsString::from("sh"), OsString::from("-c"), script.clone()];
            by_signal.push((*signal, Command::resolve(&argv)?));
        }
        let reference = format!("sig:{}", std::process::id()).into();
        Ok(Actions { all, by_signal, reference, runs: 0, failed: false, last: None })
    }

    /// What is run for `signal`.
    pub fn command(&self, signal: Signal) -> Option<&Command> {
        let by_signal = self.by_signal.iter().find(|(known, _)| *known == signal);
        by_signal.map(|(_, command)| command).or(self.all.as_ref())
    }

    /// Whether there is no command at all.
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.by_signal.is_empty()
    }

    /// Whether some run has failed.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Whether a signal only says that a command of ours ended.
    pub fn is_own_child(&self, received: &Received) -> bool {
        matches!(received.code, Code::Child(_)) && received.pid.is_some() && received.pid == self.last
    }

    /// Runs what is to be run for a signal, with `line` as its input and outside of `wait`'s time; false if nothing is.
    ///
    /// # Errors
    /// The command could not be started. One that fails is reported, and no error.
    pub fn run(&mut self, received: &Received, line: &[u8], wait: &mut Wait) -> Result<bool, Fault> {
        let Some(command) = self.command(received.signal).cloned() else { return Ok(false) };
        self.runs += 1;
        let began = Instant::now();
        let lost = |fault: Fault| fault.besides("1 signal was taken and not delivered");
        let ends = Ends { stdin: true, ..Ends::default() };
        let mut child = command.begin(ends, &self.variables(received, line)).map_err(lost)?;
        self.last = Some(child.pid());
        child.feed(&[line, b"\n"].concat())?;
        let status = child.wait()?;
        wait.extend(began.elapsed());
        if status != Status::OK && cancel::caught().is_none() {
            let what = format!("deliver {} (signal {})", received.signal, self.runs);
            report::fault_line(&Fault::new(what, format!("the command's status is {}", status.code())));
        }
        self.failed |= status != Status::OK;
        Ok(true)
    }

    fn variables(&self, received: &Received, line: &[u8]) -> Vec<Variable> {
        let number = |value: Option<i64>| value.map(|value| OsString::from(value.to_string()));
        let facts = Facts {
            reference: &self.reference,
            kind: Some(received.signal.number().into()),
            priority: None,
            size: line.len(),
            seq: self.runs,
        };
        let own = [
            ("IPCTOOL_SIGNAL", Some(received.signal.to_string().into())),
            ("IPCTOOL_CODE", Some(received.code.word().into())),
            ("IPCTOOL_VALUE", number(received.value.map(i64::from))),
            ("IPCTOOL_PID", number(received.pid.map(i64::from))),
            ("IPCTOOL_UID", number(received.uid.map(i64::from))),
        ];
        facts.variables().into_iter().chain(own).collect()
    }
}
