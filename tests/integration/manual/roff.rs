//! Text in the language of man(7): escaped, in source lines of at most 80 columns.

/// Characters that roff takes for its own, and those outside ASCII, spelled out. Every hyphen is one that can be copied.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out += "\\e",
            '-' => out += "\\-",
            '\'' => out += "\\(aq",
            '^' => out += "\\(ha",
            '~' => out += "\\(ti",
            '`' => out += "\\(ga",
            c if c.is_ascii() => out.push(c),
            c => out += &format!("\\[u{:04X}]", u32::from(c)),
        }
    }
    out
}

/// Text in bold.
pub fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

/// A paragraph as a person reads it: `words in backticks` are bold.
pub fn prose(text: &str) -> String {
    let mut out = String::new();
    for (place, part) in text.split('`').enumerate() {
        out += &if place % 2 == 1 { bold(part) } else { escaped(part) };
    }
    wrapped(&out)
}

/// A usage or the name of a value: `<REF>` is a word to be replaced.
pub fn placeholders(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive(['<', '>']) {
        match part.strip_suffix('>') {
            Some(name) => out += &format!("\\fI{}\\fR", escaped(name)),
            None => out += &escaped(part.trim_end_matches('<')),
        }
    }
    out
}

/// Source lines of at most 80 bytes, none of which roff takes for a request.
pub fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= 78 => *line += &format!(" {word}"),
            _ => lines.push(word.to_string()),
        }
    }
    for line in lines.iter_mut().filter(|line| line.starts_with('.')) {
        line.insert_str(0, "\\&");
    }
    lines.join("\n")
}

/// A command line or more, as typed.
pub fn literal(text: &str) -> String {
    format!(".nf\n{}\n.fi\n", text.lines().map(escaped).collect::<Vec<_>>().join("\n"))
}
