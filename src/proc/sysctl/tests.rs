use proptest::prelude::*;

use super::super::testing::in_own_ipc;
use super::*;
use crate::status::Status;

const MSGMNI: Sysctl = Sysctl("kernel/msgmni");

#[test]
fn one_number_and_four_and_the_largest() {
    assert_eq!(parse(b"32000\n"), Ok(vec![32000]));
    assert_eq!(parse(b"32000\t1024000000\t500\t32000\n"), Ok(vec![32000, 1_024_000_000, 500, 32000]));
    assert_eq!(parse(b"18446744073692774399\n"), Ok(vec![18_446_744_073_692_774_399]));
    assert_eq!(parse(b"-1\n"), Ok(vec![-1]));
    for odd in [&b""[..], b"\n", b"x\n", b"1 x\n", b"1\n2\n", b"18446744073709551616\n", b"\xff"] {
        assert_eq!(parse(odd), Err(Odd { line: 1, field: "number" }), "{odd:?}");
    }
}

#[test]
fn the_kernels_settings_are_numbers() {
    let names = [
        "msgmni",
        "msgmax",
        "msgmnb",
        "msg_next_id",
        "sem_next_id",
        "shm_next_id",
        "shmmax",
        "shmall",
        "shmmni",
        "shm_rmid_forced",
        "pid_max",
    ];
    for name in names {
        let setting = Sysctl(String::leak(format!("kernel/{name}")));
        assert!(matches!(setting.number(), Ok(Some(-1..))), "{name}: {:?}", setting.number());
    }
    let sem = Sysctl("kernel/sem");
    assert_eq!(sem.numbers().unwrap().map(|numbers| numbers.len()), Some(4));
    let line = sem.number().unwrap_err().to_string();
    assert_eq!(line, "cannot read /proc/sys/kernel/sem: line 1: field number is missing or odd");
    assert_eq!(Sysctl("kernel/no_such_setting").number(), Ok(None));
    assert_eq!(MSGMNI.name(), "kernel.msgmni");
}

#[test]
fn a_setting_is_set_and_what_the_kernel_refuses_is_told() {
    in_own_ipc("proc::sysctl::tests::a_setting_is_set_and_what_the_kernel_refuses_is_told", || {
        match MSGMNI.set(&[17]) {
            Ok(()) => assert_eq!(MSGMNI.number(), Ok(Some(17))),
            // Kernels before 5.19 keep these files to the superuser of the machine.
            Err(fault) => assert_eq!(fault.exit_status(), Status::DENIED, "{fault}"),
        }
        if MSGMNI.number() == Ok(Some(17)) {
            let fault = MSGMNI.set(&[-5]).unwrap_err();
            assert_eq!(
                fault.to_string(),
                "cannot set kernel.msgmni to -5: out of the kernel's range (EINVAL)"
            );
            let sem = Sysctl("kernel/sem");
            sem.set(&[250, 32000, 32, 128]).unwrap();
            assert_eq!(sem.numbers(), Ok(Some(vec![250, 32000, 32, 128])));
        }
        let missing = Sysctl("kernel/no_such_setting").set(&[1]).unwrap_err();
        assert_eq!(missing.exit_status(), Status::NOT_FOUND);
    });
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(numbers in proptest::collection::vec(i128::from(i64::MIN)..=i128::from(u64::MAX), 1..5)) {
        prop_assert_eq!(parse(text(&numbers).as_bytes()), Ok(numbers));
    }

    #[test]
    fn any_bytes_end(text in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = parse(&text);
    }
}
