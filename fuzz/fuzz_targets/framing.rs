//! Records in a stream: however the stream is cut into reads, the same records come out of it; what they are written as
//! is read back the same, in every format; and how many bytes the next records take is counted right.
//!
//! The first byte chooses the format, the second the size of the reads and the format to write, the third the shape and
//! the count; the rest is the stream.

#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use ipctool::framing::{Format, Records, Shape, Splitter, Value, before_nul, encode};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 5] =
    [Format::Lines, Format::Null, Format::Raw, Format::LengthPrefix, Format::JsonLines];

/// A record: its type, its priority, its bytes.
type Taken = (Option<i64>, Option<u32>, Vec<u8>);

fuzz_target!(|data: &[u8]| {
    let Some((&[format, read, shape], stream)) = data.split_first_chunk::<3>() else { return };
    let format = FORMATS[usize::from(format) % FORMATS.len()];
    let whole = split(format, Shape::default(), stream, usize::MAX);
    assert_eq!(split(format, Shape::default(), stream, usize::from(read) + 1), whole);
    let (records, bad) = &whole;
    assert!(!bad.as_ref().is_some_and(|bad| bad.chars().any(char::is_control)), "{bad:?}");
    written_and_read(FORMATS[usize::from(read) % FORMATS.len()], records);
    shaped(format, stream, shape, records);
    counted(format, stream, usize::from(read), u64::from(shape) % 3 + 1);
    hex(stream);
});

/// The records of a stream that comes in reads of `size` bytes, up to its end or to what is none.
fn split(format: Format, shape: Shape, mut stream: &[u8], size: usize) -> (Vec<Taken>, Option<String>) {
    let mut splitter = Splitter::new(format);
    splitter.set_shape(shape);
    let mut records = Vec::new();
    let bad = loop {
        match take_all(&mut splitter, &mut records) {
            Ok(()) if stream.is_empty() => match splitter.last_record() {
                Ok(Some(record)) => records.push((record.kind, record.priority, record.body().to_vec())),
                Ok(None) => break None,
                Err(bad) => break Some(bad.to_string()),
            },
            Ok(()) => {
                let room = splitter.room();
                let count = size.min(room.len()).min(stream.len());
                room[..count].copy_from_slice(&stream[..count]);
                splitter.filled(count);
                stream = &stream[count..];
                continue;
            }
            Err(bad) => break Some(bad),
        }
        break None;
    };
    (records, bad)
}

fn take_all(splitter: &mut Splitter, records: &mut Vec<Taken>) -> Result<(), String> {
    while let Some(mut record) = splitter.next_record().map_err(|bad| bad.to_string())? {
        let taken = (record.kind, record.priority, record.body().to_vec());
        // The head is ours to write over, and harms neither this record nor the next.
        record.with_head()[..8].fill(0xa5);
        assert_eq!(record.body(), taken.2);
        records.push(taken);
    }
    Ok(())
}

fn written_and_read(format: Format, records: &[Taken]) {
    let end: &[u8] = match format {
        Format::Lines => b"\n",
        Format::Null => b"\0",
        _ => b"",
    };
    let holds_end = |body: &[u8]| !end.is_empty() && body.contains(&end[0]);
    if records.iter().any(|(_, _, body)| holds_end(body)) || (format == Format::Raw && records.len() != 1) {
        return;
    }
    let mut stream = Vec::new();
    for (kind, priority, body) in records {
        let kind = kind.map(|kind| ("type", Value::Int(kind)));
        let priority = priority.map(|priority| ("priority", Value::Count(priority.into())));
        let fields: Vec<_> = kind.into_iter().chain(priority).collect();
        encode(format, &fields, body, &mut stream).expect("short enough for a length of 32 bits");
    }
    if format == Format::JsonLines {
        let text = std::str::from_utf8(&stream).expect("JSON is UTF-8");
        assert!(!text.chars().any(|char| char.is_control() && char != '\n'), "{text:?}");
    }
    let (read, bad) = split(format, Shape::default(), &stream, usize::MAX);
    assert_eq!(bad, None);
    let bodies = |records: &[Taken]| records.iter().map(|record| record.2.clone()).collect::<Vec<_>>();
    assert_eq!(bodies(&read), bodies(records));
    assert!(format != Format::JsonLines || read == records);
}

fn shaped(format: Format, stream: &[u8], shape: u8, plain: &[Taken]) {
    let shape = Shape { cstr: shape & 1 == 1, pad: (shape & 2 == 2).then_some(usize::from(shape >> 2)) };
    let (records, _) = split(format, shape, stream, usize::MAX);
    assert!(records.len() <= plain.len());
    for ((.., shaped), (.., plain)) in records.iter().zip(plain) {
        assert!(shaped.starts_with(plain) && shaped[plain.len()..].iter().all(|byte| *byte == 0));
        assert!(
            shape
                .pad
                .map_or(shaped.len() == plain.len() + usize::from(shape.cstr), |pad| shaped.len() == pad)
        );
        assert_eq!(before_nul(shaped), before_nul(plain));
    }
}

/// After all records of a first part were taken: the next ones take as many bytes of the rest as are counted.
fn counted(format: Format, stream: &[u8], at: usize, count: u64) {
    let (first, more) = stream.split_at(stream.len().min(at));
    let mut splitter = Splitter::new(format);
    let fill = |splitter: &mut Splitter, bytes: &[u8]| {
        splitter.room()[..bytes.len()].copy_from_slice(bytes);
        splitter.filled(bytes.len());
    };
    fill(&mut splitter, first);
    if take_all(&mut splitter, &mut Vec::new()).is_err() || more.len() > 1 << 16 {
        return;
    }
    let Some(bytes) = splitter.bytes_of(count, more) else { return };
    let mut again = Splitter::new(format);
    fill(&mut again, first);
    take_all(&mut again, &mut Vec::new()).expect("it was no error before");
    fill(&mut again, &more[..bytes]);
    let mut records = Vec::new();
    take_all(&mut again, &mut records).expect("these are records");
    assert_eq!(records.len() as u64, count);
    assert!(!again.is_unfinished(), "not one byte more than the records take");
}

fn hex(text: &[u8]) {
    let Ok(mut read) = Records::arguments(&[OsStr::from_bytes(text).into()], true) else { return };
    let record = read.next_record().expect("arguments are there").expect("one argument is one record");
    let spelled: String = record.body().iter().map(|byte| format!("{byte:02x}")).collect();
    let typed: Vec<u8> =
        text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect();
    assert_eq!(spelled.as_bytes(), typed);
}
