use super::*;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::unistd::{pipe, pipe2, read};
use std::io::{Read, Seek};
use std::os::fd::OwnedFd;

/// What `fill` makes a writer write to a file.
fn written(format: Format, cstr: bool, fill: impl FnOnce(&mut Writer<std::fs::File>)) -> Vec<u8> {
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = Writer::new(Exit::new(file.try_clone().unwrap()), format).cstr(cstr);
    fill(&mut writer);
    writer.flush().unwrap();
    let mut all = vec![];
    file.rewind().unwrap();
    file.read_to_end(&mut all).unwrap();
    all
}

/// Receives `body` as a kernel call would: a type over the head, the body after it.
fn receive<F: AsFd>(writer: &mut Writer<F>, body: &[u8]) {
    let room = writer.room(body.len()).unwrap();
    room[..HEAD].fill(0xee);
    room[HEAD..].copy_from_slice(body);
    writer.commit(&[("type", Value::Int(1))], body.len()).unwrap();
}

#[test]
fn records_received_in_place_keep_their_neighbours() {
    let fill = |writer: &mut Writer<std::fs::File>| {
        receive(writer, b"first one");
        writer.put(&[], b"put").unwrap();
        writer.room(5).unwrap().fill(0xff);
        receive(writer, b"");
        receive(writer, b"c\0d");
    };
    assert_eq!(written(Format::Lines, false, fill), b"first one\nput\n\nc\0d\n");
    assert_eq!(written(Format::Lines, true, fill), b"first one\nput\n\nc\n");
    assert_eq!(written(Format::Raw, false, fill), b"first oneputc\0d");
    let json = written(Format::JsonLines, true, |writer| receive(writer, b"a\0b"));
    assert_eq!(json, b"{\"type\":1,\"data\":\"a\"}\n");
}

#[test]
fn many_and_large_records_go_through_the_one_buffer() {
    let big = vec![b'x'; 3 * FULL];
    let all = written(Format::Lines, false, |writer| {
        (0..20_000).for_each(|_| receive(writer, b"12345678"));
        receive(writer, &big);
        writer.put(&[], &big).unwrap();
    });
    assert_eq!(all.len(), 20_000 * 9 + 2 * (big.len() + 1));
    assert!(all.starts_with(b"12345678\n12345678\n") && all.ends_with(b"x\n"));
}

#[test]
fn a_reader_that_left_is_seen_before_the_take_and_the_loss_is_counted() {
    let (reader, writer) = pipe().unwrap();
    let mut writer = Writer::new(Exit::new(writer), Format::Lines);
    assert_eq!(writer.ready(), Ok(()));
    receive(&mut writer, b"a");
    drop(reader);
    let fault = writer.ready().unwrap_err();
    let line = "cannot write to standard output: broken pipe; 1 record was taken and not written (EPIPE)";
    assert_eq!((fault.to_string().as_str(), fault.exit_status().code()), (line, 1));
    let fault = writer.ready().unwrap_err();
    assert_eq!(fault.to_string(), "cannot write to standard output: broken pipe (EPIPE)");
}

#[test]
fn a_full_disk_is_told_with_the_loss() {
    let full = open("/dev/full", OFlag::O_WRONLY, Mode::empty()).unwrap();
    let mut writer = Writer::new(Exit::new(full), Format::Lines);
    (0..3).for_each(|_| receive(&mut writer, b"a"));
    let line = writer.flush().unwrap_err().to_string();
    assert!(
        line.ends_with("no space left on device; 3 records were taken and not written (ENOSPC)"),
        "{line}"
    );
}

#[test]
fn a_reader_leaving_in_the_middle_loses_only_what_did_not_go() {
    let (reader, writer) = pipe().unwrap();
    let reading = std::thread::spawn(move || {
        let mut taken = 0;
        while taken < 3000 {
            taken += read(&reader, &mut [0; 100]).unwrap();
        }
    });
    let mut writer = Writer::new(Exit::new(writer), Format::Lines);
    let record = vec![b'x'; 999];
    let lost = (0..5000).find_map(|_| writer.put(&[], &record).err()).unwrap().to_string();
    reading.join().unwrap();
    let lost: usize = lost.split(' ').find_map(|word| word.parse().ok()).unwrap();
    assert!((1..=66).contains(&lost), "{lost}");
}

#[test]
fn a_nonblocking_output_is_waited_for() {
    let (reader, writer) = pipe2(OFlag::O_NONBLOCK).unwrap();
    let writing = std::thread::spawn(move || {
        let mut writer = Writer::new(Exit::new(writer), Format::Raw);
        (0..300).for_each(|_| writer.put(&[], &[7; 1000]).unwrap());
        writer.flush()
    });
    let mut total = 0;
    let wait = crate::wait::Wait::forever();
    while let Ok(count @ 1..) = crate::wait::read(&reader, &mut [0; 5000], &wait) {
        total += count;
    }
    assert_eq!((total, writing.join().unwrap()), (300_000, Ok(())));
}

#[test]
fn a_terminal_gets_safe_payload_unless_raw() {
    let shown = |format: Format| {
        let pty = nix::pty::openpty(None, None).unwrap();
        let mut writer = Writer::<OwnedFd>::new(Exit::new(pty.slave), format);
        writer.put(&[], b"\x1b[31m\ta").unwrap();
        writer.flush().unwrap();
        let mut room = [0; 99];
        let count = read(&pty.master, &mut room).unwrap();
        String::from_utf8_lossy(&room[..count]).into_owned()
    };
    assert_eq!(shown(Format::Lines), "\\x1b[31m\ta\r\n");
    assert_eq!(shown(Format::LengthPrefix), "\\x00\\x00\\x00\\x07\\x1b[31m\ta");
    assert_eq!(shown(Format::Raw), "\x1b[31m\ta");
}

#[test]
fn dropping_delivers_too() {
    let (reader, writer) = pipe().unwrap();
    let mut writer = Writer::new(Exit::new(writer), Format::Lines);
    receive(&mut writer, b"a");
    drop(writer);
    let mut room = [0; 9];
    assert_eq!(read(&reader, &mut room), Ok(2));
}
