//! Lines of words, as `ls`, `show` and `rm` take them.

use std::ffi::OsString;

use crate::refs::{Kind, RefError, Words, parse_words};

fn read(line: &str, noun: Option<Kind>) -> Result<Words, RefError> {
    let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    parse_words(&words, noun)
}

#[test]
fn a_kind_word_holds_up_to_the_next() {
    use Kind::{Fifo, Msgq, Sem, Shm};
    let rows: [(Option<Kind>, &str, &str, &[Kind]); 14] = [
        (None, "shm 42 43 msgq /jobs", "shm:42 shm:43 msgq:/jobs", &[]),
        (None, "msgq:1 sem:2 shm 3", "msgq:1 sem:2 shm:3", &[]),
        (None, "shm shm:42 x:shm:/a", "shm:42 shm:/a", &[]),
        (None, "msgq shm", "", &[Msgq, Shm]),
        (None, "msgq msgq 1 msgq", "msgq:1", &[Msgq]),
        (None, "shm 42 msgq", "shm:42", &[Msgq]),
        (None, "", "", &[]),
        (None, "fifo ./shm shm 1", "fifo:./shm shm:1", &[]),
        (None, "fifo fifo:shm", "fifo:shm", &[]),
        (Some(Msgq), "", "", &[Msgq]),
        (Some(Msgq), "42 /jobs", "msgq:42 msgq:/jobs", &[]),
        (Some(Msgq), "42 sem 7", "msgq:42 sem:7", &[]),
        (Some(Msgq), "sem 7 shm", "sem:7", &[Msgq, Shm]),
        (Some(Fifo), "sem fifo sem", "", &[Fifo, Sem]),
    ];
    for (noun, line, refs, bare) in rows {
        let words = read(line, noun).unwrap();
        let printed: Vec<String> = words.refs.iter().map(ToString::to_string).collect();
        assert_eq!((printed.join(" ").as_str(), words.bare_kinds.as_slice()), (refs, bare), "{line}");
    }
}

#[test]
fn the_first_wrong_word_is_told() {
    assert!(matches!(read("msgq 1 shm:2 0X3", None), Err(RefError::KindDiffers { named: Kind::Shm, .. })));
    assert!(matches!(read("sem:1 42", None), Err(RefError::KindMissing { text, .. }) if text == "42"));
    // It may be a slip: nothing is removed that the word before it does not name.
    let hint = |line, noun| read(line, noun).unwrap_err().hint_line().unwrap();
    let told = "'shm' holds for all behind it: write sem:2 before it, or 'sem sem:2'";
    assert_eq!(hint("shm 1 sem:2", None), told);
    assert_eq!(hint("1 shm 3 sem:2", Some(Kind::Msgq)), told);
    assert!(hint("sem:2", Some(Kind::Msgq)).starts_with("a message queue is "));
    let said = read("shm 1 0X3", None).unwrap_err().to_string();
    assert!(said.starts_with("cannot read 0X3 as shared memory: "), "{said}");
}
