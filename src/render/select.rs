//! Which columns, in which order: `-o COL,…`, `-o +COL`, `--sort COL`, `--sort -COL`.

use std::io::{self, Write};

use super::compare::Place;
use super::{Cell, Column, Format, Look, Sheet};
use crate::fault::Fault;

/// The columns that were chosen, and the order of the rows. Only these columns are ever computed.
pub struct Selection<T: 'static> {
    all: Vec<&'static Column<T>>,
    chosen: Vec<&'static Column<T>>,
    order: Option<Order<T>>,
}

struct Order<T: 'static> {
    column: &'static Column<T>,
    descending: bool,
}

impl<T> Selection<T> {
    /// The columns for `format`: those named in `wanted` (each may be a list with commas; case does not matter), else
    /// the `default` ones. When the first is written `+COL`, they are added to the default ones.
    ///
    /// JSON has every column unless some are named without `+`. [`Format::RefsOnly`] has the column `ref` only.
    ///
    /// # Errors
    /// A usage fault for a column that does not exist; it names the nearest one, its hint all of them.
    pub fn new<S: AsRef<str>>(
        all: impl IntoIterator<Item = &'static Column<T>>,
        default: &[&str],
        wanted: &[S],
        format: Format,
    ) -> Result<Selection<T>, Fault> {
        let all: Vec<_> = all.into_iter().collect();
        let words: Vec<&str> =
            wanted.iter().flat_map(|list| list.as_ref().split(',')).map(str::trim).collect();
        let added = words.first().is_none_or(|word| word.starts_with('+'));
        let mut chosen: Vec<&'static Column<T>> = match format {
            _ if !added => Vec::new(),
            Format::Json | Format::JsonLines => all.clone(),
            _ => default.iter().map(|name| find(&all, name)).collect::<Result<_, _>>()?,
        };
        for word in words {
            let column = find(&all, word.strip_prefix('+').unwrap_or(word))?;
            if !chosen.iter().any(|present| present.name == column.name) {
                chosen.push(column);
            }
        }
        if format == Format::RefsOnly {
            chosen = vec![find(&all, "ref")?];
        }
        Ok(Selection { all, chosen, order: None })
    }

    /// The chosen columns that are among `present`, in their order: for rows that have no others.
    pub fn among(&self, present: &[&'static Column<T>]) -> Selection<T> {
        let is_present =
            |column: &&'static Column<T>| present.iter().any(|present| std::ptr::eq(*present, *column));
        let chosen = self.chosen.iter().copied().filter(is_present).collect();
        Selection { all: self.all.clone(), chosen, order: None }
    }

    /// The same selection with its rows sorted by the value of `COL`, or from the largest down by `-COL`; `None` leaves
    /// them as they come. Rows of equal value stay in their order, those without a value come last.
    ///
    /// # Errors
    /// A usage fault for a column that does not exist.
    pub fn sorted(mut self, column: Option<&str>) -> Result<Selection<T>, Fault> {
        self.order = match column {
            None => None,
            Some(name) => {
                let (name, descending) = name.strip_prefix('-').map_or((name, false), |name| (name, true));
                Some(Order { column: find(&self.all, name)?, descending })
            }
        };
        Ok(self)
    }

    /// Whether an order was asked for: then all rows must be there before the first is written.
    pub fn is_sorted(&self) -> bool {
        self.order.is_some()
    }

    /// The names of the chosen columns, for [`Sheet::new`].
    pub fn names(&self) -> Vec<&'static str> {
        self.chosen.iter().map(|column| column.name).collect()
    }

    /// A row's values in the chosen columns, for [`Sheet::row`].
    pub fn cells<'r>(&'r self, row: &'r T) -> impl Iterator<Item = Cell> + 'r {
        self.chosen.iter().map(move |column| (column.show)(row))
    }

    /// Put rows in the order that was asked for.
    pub fn arrange(&self, rows: &mut [T]) {
        if let Some(order) = &self.order {
            rows.sort_by_cached_key(|row| Place::of((order.column.show)(row), order.descending));
        }
    }

    /// Sort `rows` and write all of them.
    ///
    /// # Errors
    /// What `out` answered.
    pub fn write(&self, out: &mut dyn Write, mut rows: Vec<T>, look: &Look) -> io::Result<()> {
        self.arrange(&mut rows);
        let mut sheet = Sheet::new(self.names(), look, out);
        for row in &rows {
            sheet.row(self.cells(row))?;
        }
        sheet.finish()
    }
}

fn find<T>(all: &[&'static Column<T>], name: &str) -> Result<&'static Column<T>, Fault> {
    let names = || all.iter().map(|column| column.name);
    all.iter()
        .copied()
        .find(|column| column.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| unknown("column", name, names()))
}

/// The usage fault for a name that is none of `names`: it tells the nearest, and in its hint all of them.
pub fn unknown<'n>(what: &str, name: &str, names: impl Iterator<Item = &'n str> + Clone) -> Fault {
    let lower = name.to_ascii_lowercase();
    let nearest = names.clone().map(|known| (distance(&lower, known), known)).min_by_key(|(steps, _)| *steps);
    let shown = os_display::Quoted::native(name).force(true).to_string();
    let line = match nearest {
        Some((steps, known)) if steps <= 1 + known.len() / 3 => {
            format!("no {what} {shown}: the nearest is {known}")
        }
        _ => format!("no {what} {shown}"),
    };
    Fault::usage(line).hint(format!("the {what}s are {}", names.collect::<Vec<_>>().join(", ")))
}

/// How many characters must be put in, taken out or changed to make `left` of `right` (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (index, one) in left.chars().enumerate() {
        let mut corner = row[0];
        row[0] = index + 1;
        for (place, other) in right.chars().enumerate() {
            let changed = corner + usize::from(one != other);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row[right.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Status;

    struct Row(&'static str, Option<u64>, i64);

    static COLUMNS: [Column<Row>; 4] = [
        Column { name: "ref", help: "its reference", show: |row| Cell::text(row.0) },
        Column { name: "size", help: "its size", show: |row| row.1.map_or(Cell::Absent, Cell::Bytes) },
        Column { name: "age", help: "its age", show: |row| Cell::Age(row.2) },
        Column { name: "never", help: "not to be computed", show: |_| panic!("it was not chosen") },
    ];

    fn names(wanted: &[&str], format: Format) -> Vec<&'static str> {
        Selection::new(&COLUMNS, &["ref", "size"], wanted, format).unwrap().names()
    }

    #[test]
    fn default_named_and_added_columns() {
        assert_eq!(names(&[], Format::Table), ["ref", "size"]);
        assert_eq!(names(&["age,REF"], Format::Table), ["age", "ref"]);
        assert_eq!(names(&["age", "ref, age"], Format::Table), ["age", "ref"]);
        assert_eq!(names(&["+age"], Format::Tsv), ["ref", "size", "age"]);
        assert_eq!(names(&["+age,size"], Format::Table), ["ref", "size", "age"]);
        assert_eq!(names(&[], Format::Json), ["ref", "size", "age", "never"]);
        assert_eq!(names(&["+age"], Format::JsonLines), ["ref", "size", "age", "never"]);
        assert_eq!(names(&["age"], Format::Json), ["age"]);
        assert_eq!(names(&["age"], Format::RefsOnly), ["ref"]);
    }

    #[test]
    fn an_unknown_column_is_told_with_the_nearest_and_all() {
        let fault = |wanted: &str| Selection::new(&COLUMNS, &[], &[wanted], Format::Table).err().unwrap();
        assert_eq!(fault("ref,szie").to_string(), "no column 'szie': the nearest is size");
        assert_eq!(fault("ref,szie").hint_line(), Some("the columns are ref, size, age, never"));
        assert_eq!(fault("zzzzzz").to_string(), "no column 'zzzzzz'");
        assert_eq!(fault("").exit_status(), Status::USAGE);
        assert!(!fault("\x1b[2J").to_string().contains('\x1b'));
    }

    fn sorted(by: Option<&str>) -> Vec<&'static str> {
        let mut rows =
            [Row("a", Some(9), 5), Row("b", None, 5), Row("c", Some(10), -1), Row("d", Some(9), 7)];
        let selection =
            Selection::new::<&str>(&COLUMNS, &["ref"], &[], Format::Table).unwrap().sorted(by).unwrap();
        assert_eq!(selection.is_sorted(), by.is_some());
        selection.arrange(&mut rows);
        rows.iter().map(|row| row.0).collect()
    }

    #[test]
    fn rows_are_sorted_by_value_and_absent_ones_come_last() {
        assert_eq!(sorted(None), ["a", "b", "c", "d"]);
        assert_eq!(sorted(Some("size")), ["a", "d", "c", "b"]);
        assert_eq!(sorted(Some("-SIZE")), ["c", "a", "d", "b"]);
        assert_eq!(sorted(Some("age")), ["c", "a", "b", "d"]);
        assert_eq!(sorted(Some("-age")), ["d", "a", "b", "c"]);
        assert_eq!(sorted(Some("-ref")), ["d", "c", "b", "a"]);
        let unknown =
            Selection::new::<&str>(&COLUMNS, &[], &[], Format::Table).unwrap().sorted(Some("-")).err();
        assert_eq!(unknown.unwrap().exit_status(), Status::USAGE);
    }

    #[test]
    fn distances() {
        assert_eq!(distance("size", "size"), 0);
        assert_eq!(distance("szie", "size"), 2);
        assert_eq!(distance("", "size"), 4);
        assert_eq!(distance("cbyte", "cbytes"), 1);
    }
}
