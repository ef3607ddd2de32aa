//! The words of kinds.

use std::ffi::OsStr;

use super::super::grammar;
use crate::refs::Kind;

#[test]
fn a_word_is_its_kind_in_lower_case_only() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_word(OsStr::new(kind.word())), Some(kind));
        assert_eq!(Kind::from_word(OsStr::new(&kind.word().to_uppercase())), None);
        assert_eq!(format!("{kind:>6}"), format!("{:>6}", kind.word()), "padding is kept");
    }
    for word in ["", "msg", "msgq ", "queue", "all"] {
        assert_eq!(Kind::from_word(OsStr::new(word)), None, "{word}");
    }
}

#[test]
fn the_nearest_word_is_found() {
    let rows = [
        ("MSGQ", Some(Kind::Msgq)),
        ("msg", Some(Kind::Msgq)),
        ("mgsq", Some(Kind::Msgq)),
        ("queue", Some(Kind::Msgq)),
        ("Semaphore", Some(Kind::Sem)),
        ("sen", Some(Kind::Sem)),
        ("shmm", Some(Kind::Shm)),
        ("shmem", Some(Kind::Shm)),
        ("ffo", Some(Kind::Fifo)),
        ("pip", Some(Kind::Pipe)),
        ("map", Some(Kind::Mmap)),
        ("signal", Some(Kind::Sig)),
        ("jobs", None),
        ("", None),
        ("socket", None),
    ];
    for (word, kind) in rows {
        assert_eq!(Kind::nearest(OsStr::new(word)), kind, "{word}");
    }
}

#[test]
fn each_grammar_names_its_kind_in_one_line() {
    for kind in Kind::ALL {
        assert!(grammar(kind).starts_with(kind.title()), "{}", grammar(kind));
        assert!(grammar(kind).len() <= 110 && !grammar(kind).contains('\n'));
    }
}
