//! A list whose columns are found by their headings.

use super::super::{Listing, Odd, field};
use super::Owned;
use crate::fault::Fault;

/// A file, and the headings that we know of it: the first seven make [`Owned`].
pub struct Table<const N: usize> {
    pub file: &'static str,
    pub columns: [&'static str; N],
    /// How many of them every kernel has.
    pub needed: usize,
}

impl<const N: usize> Table<N> {
    /// Rows and faults of a whole text. Ends with the text, whatever it holds.
    pub fn parse<T>(
        &self,
        text: &[u8],
        row_of: impl Fn(&Row<'_, N>) -> Result<T, &'static str>,
    ) -> Listing<T> {
        let mut listing = Listing { rows: Vec::new(), odd: Vec::new() };
        let mut lines = (1..).zip(field::lines(text));
        let Some((_, heading)) = lines.next() else {
            // Every kernel with System V IPC writes a heading: without one this is not "no objects".
            listing.odd.push(Odd { line: 1, field: "heading" }.fault(self.file));
            return listing;
        };
        let places = self.places(heading);
        if let Some(missing) = (0..self.needed).find(|column| places[*column].is_none()) {
            listing.odd.push(self.no_column(missing, lines.count()));
            return listing;
        }
        let mut words = Vec::new();
        for (line, content) in lines {
            words.clear();
            words.extend(field::words(content));
            match row_of(&Row { table: self, places: &places, words: &words }) {
                Ok(row) => listing.rows.push(row),
                Err(field) => listing.odd.push(Odd { line, field }.fault(self.file)),
            }
        }
        listing
    }

    /// Where in a line each column stands.
    fn places(&self, heading: &[u8]) -> [Option<usize>; N] {
        self.columns.map(|column| field::words(heading).position(|word| word == column.as_bytes()))
    }

    /// The fault of a heading without a column that we need: it costs every line.
    fn no_column(&self, column: usize, lines: usize) -> Fault {
        let column = self.columns[column];
        Fault::new(
            format_args!("read {}", self.file),
            format_args!("line 1: no column {column}; {lines} objects are not shown"),
        )
    }
}

/// One line, parted into words.
pub struct Row<'a, const N: usize> {
    table: &'a Table<N>,
    places: &'a [Option<usize>; N],
    words: &'a [&'a [u8]],
}

impl<const N: usize> Row<'_, N> {
    /// The word of a column, or the column's name if the line ends before it.
    fn word(&self, column: usize) -> Result<&[u8], &'static str> {
        let word = self.places[column].and_then(|place| self.words.get(place));
        word.copied().ok_or(self.table.columns[column])
    }

    /// A number without a sign.
    pub fn decimal<T: TryFrom<u64>>(&self, column: usize) -> Result<T, &'static str> {
        field::decimal(self.word(column)?).ok_or(self.table.columns[column])
    }

    /// As [`Row::decimal`], or `None` where the heading has no such column.
    pub fn if_there(&self, column: usize) -> Result<Option<u64>, &'static str> {
        self.places[column].map(|_| self.decimal(column)).transpose()
    }

    /// The kernel prints its signed time without sign: the bits are what counts.
    pub fn time(&self, column: usize) -> Result<i64, &'static str> {
        self.decimal::<u64>(column).map(u64::cast_signed)
    }

    /// The kernel prints the key's bits as a signed number.
    fn key(&self) -> Result<u32, &'static str> {
        let number: i64 = field::signed(self.word(0)?).ok_or(self.table.columns[0])?;
        let signed = i32::try_from(number).map(i32::cast_unsigned);
        signed.or_else(|_| u32::try_from(number)).map_err(|_| self.table.columns[0])
    }

    /// The seven columns of [`Owned`].
    pub fn owned(&self) -> Result<Owned, &'static str> {
        Ok(Owned {
            key: self.key()?,
            id: self.decimal(1)?,
            mode: field::octal(self.word(2)?).ok_or(self.table.columns[2])?,
            uid: self.decimal(3)?,
            gid: self.decimal(4)?,
            cuid: self.decimal(5)?,
            cgid: self.decimal(6)?,
        })
    }
}
