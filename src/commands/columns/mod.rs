//! Facts as cells. A column is defined once, for heading, JSON key and `-o` word at once.
//!
//! A record of a kind has the fields every object has (`object`) and those of its kind (`msgq`, `sem`, `shm`), in that
//! order, everywhere.

mod msgq;
pub mod object;
mod sem;
mod shm;

use crate::ipc::object::Object;
use crate::refs::Kind;
use crate::render::{Cell, Column};

/// The columns that one list can show.
pub struct View<T: 'static> {
    /// All of them, in order.
    pub all: Vec<&'static Column<T>>,
    /// Those shown unless the user chooses.
    pub default: &'static [&'static str],
    /// Those that `-l` shows.
    pub long: &'static [&'static str],
}

/// The view of one kind.
pub fn of_kind(kind: Kind) -> View<Object> {
    let (own, default, long) = match kind {
        Kind::Msgq => (msgq::COLUMNS, msgq::DEFAULT, msgq::LONG),
        Kind::Sem => (sem::COLUMNS, sem::DEFAULT, sem::LONG),
        _ => (shm::COLUMNS, shm::DEFAULT, shm::LONG),
    };
    View { all: object::COLUMNS.iter().chain(own).collect(), default, long }
}

/// The view of a list of several kinds; a column that a kind does not have stays empty there.
pub fn mixed() -> View<Object> {
    let all = [object::COLUMNS, msgq::COLUMNS, sem::COLUMNS, shm::COLUMNS];
    View { all: all.into_iter().flatten().collect(), default: object::DEFAULT, long: object::LONG }
}

/// A column's declaration.
const fn column(name: &'static str, help: &'static str, show: fn(&Object) -> Cell) -> Column<Object> {
    Column { name, help, show }
}

fn time(seconds: Option<i64>) -> Cell {
    seconds.map_or(Cell::Absent, Cell::Time)
}

fn pid(pid: Option<i32>) -> Cell {
    pid.map_or(Cell::Absent, |pid| Cell::Id(pid.into()))
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into().into_bytes())
}
