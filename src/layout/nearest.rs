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
            let other = bare(name);
            let most = (wanted.len().max(3) / 3).min(wanted.len().saturating_sub(1));
            let contained = name.contains(wanted.as_str()) && wanted.len() > 2;
            // Names of very different length are not compared letter by letter.
            if !contained && wanted.len().abs_diff(other.len()) > most {
                return None;
            }
            let distance = distance(&wanted, &other);
            (distance <= most || contained).then_some((distance, name))
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

/// How many letters must be added, removed, changed or swapped with their neighbour to get from one name to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let changed = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
                    changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1)
                }
            };
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[from.len()][to.len()]
}
