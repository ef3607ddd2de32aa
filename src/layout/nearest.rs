//! The names nearest to one that does not exist, for a hint.

use crate::fault::Fault;

/// Longer names are not compared.
const LONGEST: usize = 64;

/// `fault` with a hint that names what the user may have meant, if anything is near.
pub fn hint<'a>(fault: Fault, wanted: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let near = nearest(wanted, known);
    match near.is_empty() {
        true => fault,
        false => fault.hint(format!("the nearest names are {}", near.join(", "))),
    }
}

/// At most three names, nearest first, that differ in no more than a third of their letters or contain each other.
fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = bare(wanted);
    let mut near: Vec<(usize, &str)> = known
        .filter(|name| name.len() <= LONGEST && wanted.len() <= LONGEST && !name.is_empty())
        .filter_map(|name| {
            let distance = distance(&wanted, &bare(name));
            let contained = name.contains(wanted.as_str()) && wanted.len() > 2;
            (distance <= wanted.len().max(3) / 3 || contained).then_some((distance, name))
        })
        .collect();
    near.sort();
    near.dedup();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The name without `struct` and the like, in lower case.
fn bare(name: &str) -> String {
    let words = ["struct ", "union ", "enum "];
    let bare = words.iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
    bare.to_ascii_lowercase()
}

/// How many letters must be added, removed or changed to get from one name to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
