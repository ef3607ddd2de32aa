//! What a process that ended, and was not reaped yet, leaves for its parent.

use nix::unistd::geteuid;

use super::{field, file, status};

/// The wait status of the zombie `pid`, as wait(2) has it; `None` where there is no zombie or no right to see it.
///
/// Field 52 of `/proc/PID/stat`. The kernel shows 0 there to those who may not trace the process, so that it is
/// believed only of our own user's processes, or by root.
pub fn wait_status(pid: i32) -> Option<i32> {
    let status = status::status(pid).ok()??;
    let own = geteuid().as_raw();
    if status.state != 'Z' || !(own == 0 || status.uid.iter().all(|uid| *uid == own)) {
        return None;
    }
    parse(&file::whole(format!("/proc/{pid}/stat").as_str()).ok()?)
}

/// The wait status in the text of `/proc/PID/stat`, if that is of a zombie.
pub fn parse(text: &[u8]) -> Option<i32> {
    // A command may hold `)`; nothing behind it can, so that the last `)` ends it.
    let close = text.iter().rposition(|byte| *byte == b')')?;
    let words: Vec<&[u8]> = field::words(text.get(close + 1..)?.trim_ascii_end()).collect();
    let is_zombie = words.first() == Some(&b"Z".as_slice());
    words.get(52 - 3).filter(|_| is_zombie).and_then(|word| field::decimal(word))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Held, until};
    use super::*;
    use std::process::Command;

    #[test]
    fn a_zombie_tells_its_status_until_it_is_reaped() {
        let mut held = Held::spawn(Command::new("sh").args(["-c", "exit 7"]));
        let pid = held.pid();
        until(|| status::status(pid).unwrap().is_some_and(|status| status.state == 'Z'));
        assert_eq!(wait_status(pid), Some(0x700));
        held.end();
        assert_eq!(wait_status(pid), None);
    }

    #[test]
    fn only_zombies_are_believed() {
        let line = |state| format!("7 (a) b) {state} {} 256\n", "0 ".repeat(47).trim_end());
        assert_eq!(parse(line("Z 1").as_bytes()), Some(256));
        assert_eq!(parse(line("S 1").as_bytes()), None);
        assert_eq!(parse(b"7 (a) Z 1 2\n"), None);
        assert_eq!(parse(b""), None);
    }
}
