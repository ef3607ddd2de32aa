use super::*;
use proptest::prelude::*;

/// All records of `stream`, which arrives `step` bytes at a time.
fn split(splitter: Splitter, stream: &[u8], step: usize) -> Result<Vec<Vec<u8>>, BadRecord> {
    let mut splitter = splitter;
    let mut records = vec![];
    for part in stream.chunks(step) {
        splitter.room()[..part.len()].copy_from_slice(part);
        splitter.filled(part.len());
        while let Some(mut record) = splitter.next_record()? {
            records.push(record.body().to_vec());
            record.with_head()[..HEAD].fill(0xee);
        }
    }
    records.extend(splitter.last_record()?.map(|record| record.body().to_vec()));
    Ok(records)
}

fn lines(stream: &str) -> Vec<String> {
    let records = split(Splitter::new(Format::Lines), stream.as_bytes(), 3).unwrap();
    records.into_iter().map(|record| String::from_utf8(record).unwrap()).collect()
}

#[test]
fn lines_lose_their_newline_only() {
    assert_eq!(lines("a\nbb\r\n\nccc\n"), ["a", "bb\r", "", "ccc"]);
    assert_eq!(lines("unterminated\nlast"), ["unterminated", "last"]);
    assert_eq!(lines("\n"), [""]);
    assert!(lines("").is_empty());
}

#[test]
fn raw_is_one_record_also_an_empty_one() {
    assert_eq!(split(Splitter::new(Format::Raw), b"a\nb\n", 2), Ok(vec![b"a\nb\n".to_vec()]));
    assert_eq!(split(Splitter::new(Format::Raw), b"", 1), Ok(vec![vec![]]));
}

#[test]
fn a_cut_length_prefixed_record_is_an_error_after_the_whole_ones() {
    let cut =
        |stream: &[u8]| split(Splitter::new(Format::LengthPrefix), stream, 5).map_err(|bad| bad.to_string());
    assert_eq!(cut(b"\0\0\0\x01a\0\0\0\0"), Ok(vec![b"a".to_vec(), vec![]]));
    assert_eq!(cut(b"\0\0\0\0\0\0"), Err("record 2: the input ends after 2 of 4 bytes of its length".into()));
    let huge = cut(b"\xff\xff\xff\xffabc");
    assert_eq!(huge, Err("record 1: the input ends after 3 of 4294967295 bytes of the record".into()));
}

#[test]
fn json_lines_carry_type_and_priority() {
    let mut splitter = Splitter::new(Format::JsonLines);
    let line = b"\n  \n{\"type\":5,\"priority\":2,\"data_base64\":\"AA==\"}\n{\"data\":1}\n";
    splitter.room()[..line.len()].copy_from_slice(line);
    splitter.filled(line.len());
    let record = splitter.next_record().unwrap().unwrap();
    assert_eq!((record.body(), record.kind, record.priority), (&[0][..], Some(5), Some(2)));
    assert_eq!(splitter.next_record().unwrap_err().number, 2);
}

#[test]
fn bodies_are_shaped() {
    let shaped = |cstr, pad| {
        let mut splitter = Splitter::new(Format::Lines);
        splitter.set_shape(Shape { cstr, pad });
        split(splitter, b"ab\n\n", 4).map_err(|bad| bad.to_string())
    };
    assert_eq!(shaped(true, None), Ok(vec![b"ab\0".to_vec(), b"\0".to_vec()]));
    assert_eq!(shaped(false, Some(3)), Ok(vec![b"ab\0".to_vec(), b"\0\0\0".to_vec()]));
    assert_eq!(shaped(true, Some(3)), Ok(vec![b"ab\0".to_vec(), b"\0\0\0".to_vec()]));
    assert_eq!(shaped(true, Some(2)), Err("record 1: 3 bytes are more than the 2 to pad to".into()));
}

#[test]
fn a_record_larger_than_the_buffer_grows_it() {
    let mut stream = vec![b'x'; 5 * READ];
    stream.push(b'\n');
    stream.extend_from_slice(b"y\n");
    let records = split(Splitter::new(Format::Lines), &stream, READ).unwrap();
    assert_eq!((records[0].len(), records[1].as_slice()), (5 * READ, &b"y"[..]));
}

proptest! {
    #[test]
    fn what_is_encoded_is_split_again(bodies: Vec<Vec<u8>>, step in 1..50_usize, which in 0..3_usize) {
        let format = [Format::LengthPrefix, Format::JsonLines, Format::Null][which];
        let bodies: Vec<Vec<u8>> = match format {
            Format::Null => bodies.iter().map(|b| b.iter().copied().filter(|b| *b != 0).collect()).collect(),
            _ => bodies,
        };
        let mut stream = vec![];
        for body in &bodies {
            super::super::encode(format, &[], body, &mut stream).unwrap();
        }
        prop_assert_eq!(split(Splitter::new(format), &stream, step), Ok(bodies));
    }
}

#[test]
fn the_bytes_of_the_next_records_are_known_before_they_are_taken() {
    let mut splitter = Splitter::new(Format::Lines);
    splitter.room()[..4].copy_from_slice(b"a\nbc");
    splitter.filled(4);
    assert!(splitter.next_record().unwrap().is_some());
    let more = b"d\ne\nf";
    assert_eq!(splitter.bytes_of(1, more), Some(2));
    assert_eq!(splitter.bytes_of(2, more), Some(4));
    assert_eq!(splitter.bytes_of(3, more), None);
    assert_eq!(Splitter::new(Format::LengthPrefix).bytes_of(1, b"\0\0\0\x01xy"), Some(5));
    assert_eq!(Splitter::new(Format::Raw).bytes_of(1, b"xy"), None);
}

#[test]
fn a_record_without_an_end_is_refused_before_all_of_it_is_gathered() {
    for (format, ending) in [(Format::Raw, b'x'), (Format::Lines, b'\n'), (Format::Null, 0)] {
        let mut splitter = Splitter::new(format);
        splitter.set_most(3);
        let bad = split(splitter, &[b'a', b'b', ending, b'x', b'y', b'z', b'!'], 1).unwrap_err();
        assert_eq!(bad.cause, "it goes on after 3 bytes, and none can be so long");
    }
}
