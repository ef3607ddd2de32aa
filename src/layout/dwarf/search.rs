//! Finding a type by name among all units.

use gimli::{DwTag, UnitOffset};

use super::units::{Entry, Place, Units};
use super::{Outcome, broken, types};
use crate::layout::types::{Shape, Type};

/// The namespaces and classes around an entry, each with its depth.
type Scopes = Vec<(isize, String)>;

/// A name as the user gave it.
struct Wanted<'n> {
    /// Without `struct` and the like.
    name: &'n str,
    /// What may have this name.
    tags: &'static [DwTag],
}

const RECORDS: [DwTag; 3] =
    [gimli::DW_TAG_structure_type, gimli::DW_TAG_union_type, gimli::DW_TAG_class_type];
const ALL: [DwTag; 4] =
    [gimli::DW_TAG_structure_type, gimli::DW_TAG_union_type, gimli::DW_TAG_class_type, gimli::DW_TAG_typedef];

impl Wanted<'_> {
    fn new(name: &str) -> Wanted<'_> {
        let name = name.trim();
        let words: [(&str, &'static [DwTag]); 3] =
            [("struct ", &RECORDS), ("class ", &RECORDS), ("union ", &[gimli::DW_TAG_union_type])];
        let found =
            words.iter().find_map(|(word, tags)| Some((name.strip_prefix(word)?.trim_start(), *tags)));
        let (name, tags) = found.unwrap_or((name, &ALL));
        Wanted { name, tags }
    }

    /// Whether an entry of this name, inside these namespaces and classes, is meant.
    fn is(&self, scopes: &Scopes, name: &str) -> bool {
        if !self.name.contains("::") {
            return name == self.name;
        }
        let outer = scopes.iter().map(|(_, scope)| scope.as_str());
        let full = outer.chain([name]).collect::<Vec<_>>().join("::");
        full == self.name || full.ends_with(&format!("::{}", self.name))
    }
}

/// The first complete struct, union, class or typedef of one, of this name.
pub fn find(units: &Units, name: &str) -> Outcome<Option<Type>> {
    let wanted = Wanted::new(name);
    for unit in 0..units.count() {
        let mut found = None;
        walk(units, unit, &mut |scopes, entry, name| {
            if !wanted.tags.contains(&entry.tag()) || !wanted.is(scopes, name) || Units::declares(entry) {
                return Ok(false);
            }
            units.restart();
            let place = Place { unit, offset: entry.offset() };
            found = types::complete(units, place, 0)?.filter(|ty| matches!(ty.shape, Shape::Record(_)));
            Ok(found.is_some())
        })?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whether some unit declares a type of this name without its members.
pub fn declared(units: &Units, name: &str) -> bool {
    let wanted = Wanted::new(name);
    (0..units.count()).any(|unit| {
        let mut found = false;
        let whole = walk(units, unit, &mut |scopes, entry, name| {
            found = wanted.tags.contains(&entry.tag()) && wanted.is(scopes, name) && Units::declares(entry);
            Ok(found)
        });
        found && whole.is_ok()
    })
}

/// The names of all structs, unions, classes and typedefs; what is damaged is left out.
pub fn names(units: &Units) -> Vec<String> {
    let mut names = Vec::new();
    for unit in 0..units.count() {
        let whole = walk(units, unit, &mut |_, entry, name| {
            if ALL.contains(&entry.tag()) && !Units::declares(entry) {
                names.push(name.to_string());
            }
            Ok(false)
        });
        if whole.is_err() {
            break;
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Calls `each` with every named type of a unit and the namespaces and classes around it, until it answers true.
fn walk<'d>(
    units: &Units<'d>,
    unit: usize,
    each: &mut dyn FnMut(&Scopes, &Entry<'d>, &str) -> Outcome<bool>,
) -> Outcome<()> {
    let mut entries = units.unit(unit)?.entries_raw(None::<UnitOffset>).map_err(broken)?;
    let mut scopes = Scopes::new();
    let mut entry = Entry::null();
    while !entries.is_empty() {
        let mut ahead = entries.clone();
        let depth = ahead.next_depth();
        let Some(kind) = ahead.read_abbreviation().map_err(broken)? else {
            entries = ahead;
            continue;
        };
        let scope = kind.tag() == gimli::DW_TAG_namespace;
        if !scope && !ALL.contains(&kind.tag()) {
            ahead.skip_attributes(kind.attributes()).map_err(broken)?;
            entries = ahead;
            continue;
        }
        entries.read_entry(&mut entry).map_err(broken)?;
        let name = units.name(unit, &entry);
        while scopes.last().is_some_and(|(outer, _)| *outer >= depth) {
            scopes.pop();
        }
        if !scope && !name.is_empty() && each(&scopes, &entry, &name)? {
            return Ok(());
        }
        if !name.is_empty() && entry.tag() != gimli::DW_TAG_typedef {
            scopes.push((depth, name));
        }
    }
    Ok(())
}
