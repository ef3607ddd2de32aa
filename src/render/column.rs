//! A column, defined once: heading, JSON key and `-o` word are one name.

use super::Cell;

/// One column of a listing whose rows are of type `T`.
pub struct Column<T: 'static> {
    /// In lower case: the JSON key and the `-o` word; in upper case: the heading.
    pub name: &'static str,
    /// What it says, for the help text: a few words without a full stop.
    pub help: &'static str,
    /// Its value in a row.
    pub show: fn(&T) -> Cell,
}

/// The columns as lines of help: two blanks, the name, what it says.
pub fn describe<T>(columns: &[Column<T>]) -> String {
    let width = columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
    columns.iter().map(|column| format!("  {:width$}  {}\n", column.name, column.help)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lines_are_aligned() {
        let columns: [Column<()>; 2] = [
            Column { name: "ref", help: "its reference", show: |_| Cell::Absent },
            Column { name: "cbytes", help: "bytes in it", show: |_| Cell::Absent },
        ];
        assert_eq!(describe(&columns), "  ref     its reference\n  cbytes  bytes in it\n");
    }
}
