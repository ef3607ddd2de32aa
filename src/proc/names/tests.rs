use proptest::prelude::*;

use super::sources::Elsewhere;
use super::*;

#[test]
fn the_first_of_two_names_counts_and_odd_lines_are_no_entries() {
    let text = b"root:x:0:0:root:/root:/bin/bash\ntoor:x:0:0::/:\n\n#c:x:1:\n+::::::\n+@net:x:7:\nbad:x:abc:\n  big:x:4294967295:\n\xff\x01:x:9:0";
    let entries: Vec<_> = parse(text).collect();
    let names: Vec<_> = entries.iter().map(|entry| (entry.name, entry.id)).collect();
    assert_eq!(names, [(&b"root"[..], 0), (b"toor", 0), (b"big", u32::MAX), (b"\xff\x01", 9)]);
}

#[test]
fn a_plain_machine_asks_nobody() {
    for plain in ["", "passwd: files", "passwd:files compat", "group: ldap\npasswd: files # sss"] {
        assert_eq!(Elsewhere::of(plain.as_bytes(), "passwd", false), Elsewhere::Nobody, "{plain}");
    }
}

#[test]
fn a_directory_service_is_asked_for_any_id() {
    for text in [
        "passwd: files sss",
        " passwd :\tfiles [NOTFOUND=return] ldap",
        "passwd: files [ !UNAVAIL = return ] sss systemd",
    ] {
        assert_eq!(Elsewhere::of(text.as_bytes(), "passwd", true), Elsewhere::Anybody, "{text}");
    }
    assert_eq!(Elsewhere::of(b"passwd: files [SUCCESS=continue x]", "passwd", true), Elsewhere::Nobody);
    assert!(Elsewhere::Anybody.may_know(1234));
    assert!(!Elsewhere::Anybody.may_know(u32::MAX));
}

#[test]
fn systemd_is_asked_for_its_own_ids_only() {
    let systemd = Elsewhere::of(b"passwd: files systemd", "passwd", true);
    assert_eq!(systemd, Elsewhere::Systemd);
    assert!(systemd.may_know(61184));
    assert!(!systemd.may_know(1000));
    let asleep = Elsewhere::of(b"passwd: files systemd", "passwd", false);
    assert!(asleep.may_know(0) && asleep.may_know(65534) && systemd.may_know(65534));
    assert!(!asleep.may_know(61184) && !asleep.has_names());
}

#[test]
fn root_is_found_both_ways_and_a_number_is_no_name() {
    let names = Names::new();
    assert_eq!(names.user(0).as_deref(), Some(&b"root"[..]));
    assert_eq!(names.group(0).as_deref(), Some(&b"root"[..]));
    assert_eq!((names.uid(b"root"), names.gid(b"root")), (Some(0), Some(0)));
    assert_eq!(names.uid(b"0"), None);
    assert_eq!(names.user(u32::MAX), None);
}

#[test]
fn the_shortcut_does_not_mix_ids_up() {
    let names = Names::new();
    let unknown = 3_999_999_999;
    for _ in 0..2 {
        assert_eq!(names.user(0).as_deref(), Some(&b"root"[..]));
        assert_eq!(names.user(unknown), None);
        assert_eq!(names.user(unknown), None);
    }
}

#[test]
fn another_source_is_asked_once_an_id() {
    if sources::ask("passwd", b"0").is_none() {
        eprintln!("skipped: there is no getent here");
        return;
    }
    let nothing = Database { word: "passwd", file: "/dev/null" };
    let base = Base { elsewhere: OnceCell::from(Elsewhere::Anybody), ..Base::default() };
    assert_eq!(base.name(0, &nothing).as_deref(), Some(&b"root"[..]));
    assert_eq!(base.name(3_999_999_999, &nothing), None);
    assert_eq!(base.id(b"root", &nothing), Some(0));
    // What was asked is known: another answer for 0 would have to come from there.
    base.asked.borrow_mut().insert(0, Some(Rc::from(&b"remembered"[..])));
    assert_eq!(base.name(0, &nothing).as_deref(), Some(&b"remembered"[..]));
    assert!(base.asked.borrow().get(&3_999_999_999).is_some_and(Option::is_none));
}

#[test]
fn a_number_or_an_option_is_never_asked_for_as_a_name() {
    let nothing = Database { word: "passwd", file: "/dev/null" };
    let base = Base { elsewhere: OnceCell::from(Elsewhere::Anybody), ..Base::default() };
    for name in [&b"0"[..], b"-0", b"--help", b"-s"] {
        assert_eq!(base.id(name, &nothing), None);
    }
}

proptest! {
    #[test]
    fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        parse(&text).count();
        Elsewhere::of(&text, "passwd", true);
        Elsewhere::of(&[b"passwd: [", &text[..]].concat(), "passwd", true);
    }
}
