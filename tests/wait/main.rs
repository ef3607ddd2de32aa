//! Tests of `wait`, `child` and `sys::stdio` in processes of their own, because signals and dispositions are a whole
//! process's. The program starts itself in a role (`roles.rs`), which plays in its main thread and begins as ipctool
//! does; so it has a small harness of its own. `cargo test --test wait [PART OF A NAME]…`.
#![cfg(test)]
#![no_main]

mod commands;
mod delivered;
mod ends;
mod peer;
mod races;
mod roles;

use std::ffi::OsString;

/// A test's name and its function.
type Test = (&'static str, fn());

ipctool::program!(play_or_test);

fn play_or_test(words: Vec<OsString>) -> u8 {
    let arguments: Vec<String> =
        words.into_iter().skip(1).filter_map(|word| word.into_string().ok()).collect();
    if let Some((role, arguments)) = arguments.split_first()
        && let Some(role) = role.strip_prefix(peer::ROLE)
    {
        return roles::play(role, arguments);
    }
    let tests = [races::TESTS, ends::TESTS, delivered::TESTS, commands::TESTS].concat();
    let parts: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let chosen = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part.as_str()));
    let chosen: Vec<Test> = tests.into_iter().filter(|(name, _)| chosen(name)).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        chosen.iter().for_each(|(name, _)| println!("{name}: test"));
        return 0;
    }
    run(&chosen)
}

/// Runs the tests side by side: each waits for its peers most of the time.
fn run(tests: &[Test]) -> u8 {
    let running: Vec<_> = tests.iter().map(|(name, test)| (name, std::thread::spawn(*test))).collect();
    let mut failed = 0;
    for (name, test) in running {
        let passed = test.join().is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += usize::from(!passed);
    }
    println!("\ntest result: {} passed; {failed} failed\n", tests.len() - failed);
    u8::from(failed > 0)
}
