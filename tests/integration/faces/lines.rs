//! Command lines by the hundred.

/// Every choice of `count` of the words, in the order of the list, behind `program`.
pub fn choices(program: &str, words: &[&str], count: usize) -> String {
    let mut lines = String::new();
    let mut chosen: Vec<usize> = Vec::new();
    choose(program, words, count, 0, &mut chosen, &mut lines);
    lines
}

fn choose(
    program: &str,
    words: &[&str],
    count: usize,
    from: usize,
    chosen: &mut Vec<usize>,
    lines: &mut String,
) {
    if chosen.len() == count {
        let typed: Vec<&str> = chosen.iter().map(|place| words[*place]).collect();
        *lines += &format!("{program} {}\n", typed.join(" "));
        return;
    }
    for place in from..words.len() {
        chosen.push(place);
        choose(program, words, count, place + 1, chosen, lines);
        chosen.pop();
    }
}

/// Each line once more with this in front: `TZ=Europe/Berlin`.
pub fn under(environment: &str, lines: &str) -> String {
    lines.lines().map(|line| format!("{environment} {line}\n")).collect()
}
