//! Names of users and groups: `/etc/passwd` and `/etc/group`, each read once, and `getent` for what other sources know.
//!
//! The C library is not asked: a static build has no name services, and both builds must answer alike. Names are bytes.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use super::{field, file};

mod sources;

pub use sources::Elsewhere;

/// A name: bytes, cheap to clone.
pub type Name = Rc<[u8]>;

/// Looks up names and remembers them: files are read at the first question, other sources asked once an unknown id.
#[derive(Debug, Default)]
pub struct Names {
    users: Base,
    groups: Base,
}

impl Names {
    /// Nothing is read yet.
    pub fn new() -> Names {
        Names::default()
    }

    /// The name of a user, `None` if no source has one.
    pub fn user(&self, uid: u32) -> Option<Name> {
        self.users.name(uid, &PASSWD)
    }

    /// The name of a group, `None` if no source has one.
    pub fn group(&self, gid: u32) -> Option<Name> {
        self.groups.name(gid, &GROUP)
    }

    /// The uid of the user with this name; a number is not a name here.
    pub fn uid(&self, name: &[u8]) -> Option<u32> {
        self.users.id(name, &PASSWD)
    }

    /// The gid of the group with this name; a number is not a name here.
    pub fn gid(&self, name: &[u8]) -> Option<u32> {
        self.groups.id(name, &GROUP)
    }
}

/// Where the names of one sort come from.
struct Database {
    /// Its name in `/etc/nsswitch.conf` and for `getent`.
    word: &'static str,
    file: &'static str,
}

const PASSWD: Database = Database { word: "passwd", file: "/etc/passwd" };
const GROUP: Database = Database { word: "group", file: "/etc/group" };

/// The users in `/etc/passwd`; none where it cannot be read.
pub fn users() -> Vec<Name> {
    listed(&PASSWD)
}

/// The groups in `/etc/group`; none where it cannot be read.
pub fn groups() -> Vec<Name> {
    listed(&GROUP)
}

fn listed(database: &Database) -> Vec<Name> {
    let text = file::whole(database.file).unwrap_or_default();
    parse(&text).map(|entry| Rc::from(entry.name)).collect()
}

/// A line of passwd(5) or group(5): the name is its first field, the id its third.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The name.
    pub name: &'a [u8],
    /// The uid or gid.
    pub id: u32,
}

/// The entries in the text of `/etc/passwd` or `/etc/group`, in the file's order. As the C library does, comments, NIS lines
/// (`+`, `-`), lines that are none and blanks before a name are left out.
pub fn parse(text: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    field::lines(text).filter_map(|line| {
        let (name, rest) = field::split_once(line.trim_ascii_start(), b':')?;
        let (_password, rest) = field::split_once(rest, b':')?;
        let id = rest.split(|byte| *byte == b':').next()?;
        let is_name = !name.is_empty() && !matches!(name[0], b'+' | b'-' | b'#');
        Some(Entry { name, id: field::decimal(id)? }).filter(|_| is_name)
    })
}

/// The names of one database, as far as they were needed.
#[derive(Debug, Default)]
struct Base {
    in_file: OnceCell<InFile>,
    elsewhere: OnceCell<Elsewhere>,
    asked: RefCell<BTreeMap<u32, Option<Name>>>,
    /// Lists are full of objects of the same owner.
    last: RefCell<Option<(u32, Option<Name>)>>,
}

impl Base {
    fn name(&self, id: u32, database: &Database) -> Option<Name> {
        if let Some((last, name)) = &*self.last.borrow()
            && *last == id
        {
            return name.clone();
        }
        let in_file = self.in_file.get_or_init(|| InFile::read(database));
        let name = in_file.name(id).map(Rc::from).or_else(|| self.name_elsewhere(id, database));
        self.last.replace(Some((id, name.clone())));
        name
    }

    fn id(&self, name: &[u8], database: &Database) -> Option<u32> {
        let text = file::whole(database.file).unwrap_or_default();
        if let Some(entry) = parse(&text).find(|entry| entry.name == name) {
            return Some(entry.id);
        }
        // getent takes a number for an id, and a dash for an option.
        if field::signed::<i64>(name).is_some()
            || name.starts_with(b"-")
            || !self.elsewhere(database).has_names()
        {
            return None;
        }
        let answer = sources::ask(database.word, name)?;
        parse(&answer).next().map(|entry| entry.id)
    }

    fn name_elsewhere(&self, id: u32, database: &Database) -> Option<Name> {
        if !self.elsewhere(database).may_know(id) {
            return None;
        }
        if let Some(known) = self.asked.borrow().get(&id) {
            return known.clone();
        }
        let answer = sources::ask(database.word, id.to_string().as_bytes());
        let name = answer
            .and_then(|text| parse(&text).find(|entry| entry.id == id).map(|entry| Rc::from(entry.name)));
        self.asked.borrow_mut().insert(id, name.clone());
        name
    }

    fn elsewhere(&self, database: &Database) -> &Elsewhere {
        self.elsewhere.get_or_init(|| {
            let text = file::whole("/etc/nsswitch.conf").unwrap_or_default();
            Elsewhere::of(&text, database.word, sources::systemd_answers())
        })
    }
}

/// The entries of a file by their ids; names stay in its text.
#[derive(Debug, Default)]
struct InFile {
    text: Vec<u8>,
    places: Vec<(u32, Range<usize>)>,
}

impl InFile {
    fn read(database: &Database) -> InFile {
        let text = file::whole(database.file).unwrap_or_default();
        let place = |name: &[u8]| {
            let start = name.as_ptr().addr() - text.as_ptr().addr();
            start..start + name.len()
        };
        let mut places: Vec<_> = parse(&text).map(|entry| (entry.id, place(entry.name))).collect();
        // Keeps the order of the file among equals.
        places.sort_by_key(|(id, _)| *id);
        InFile { text, places }
    }

    /// Of two entries with one id the first counts, as for getpwuid(3).
    fn name(&self, id: u32) -> Option<&[u8]> {
        let first = self.places.partition_point(|(other, _)| *other < id);
        let (_, place) = self.places.get(first).filter(|(found, _)| *found == id)?;
        self.text.get(place.clone())
    }
}

#[cfg(test)]
mod tests;
