//! The units of the debug information, and the entries in them.

use std::cell::{Cell, OnceCell};

use gimli::{
    AttributeValue, DebugInfoOffset, DebugTypeSignature, DwAt, DwLang, UnitHeader, UnitOffset, UnitType,
};

use super::sections::{Sections, Slice};
use super::{Outcome, broken};
use crate::layout::escape::safe;
use crate::layout::target::FloatFormat;

/// So many entries are read for one type at most: a damaged file may refer round and round.
const MOST_STEPS: u32 = 1 << 18;

/// Longer names are cut.
const LONGEST_NAME: usize = 500;

/// An entry with its attributes.
pub type Entry<'d> = gimli::DebuggingInformationEntry<Slice<'d>>;
type Unit<'d> = gimli::Unit<Slice<'d>>;

/// Where an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The unit, by its index.
    pub unit: usize,
    /// The entry in it.
    pub offset: UnitOffset,
}

/// All units; each is read when it is first asked for.
pub struct Units<'d> {
    sections: Sections<'d>,
    headers: Vec<UnitHeader<Slice<'d>>>,
    read: Vec<OnceCell<Unit<'d>>>,
    steps: Cell<u32>,
}

impl<'d> Units<'d> {
    /// Lists the units.
    pub fn new(sections: Sections<'d>) -> Outcome<Units<'d>> {
        let mut headers = Vec::new();
        let mut units = sections.dwarf.units();
        while let Some(header) = units.next().map_err(broken)? {
            headers.push(header);
        }
        let mut units = sections.dwarf.type_units();
        while let Some(header) = units.next().map_err(broken)? {
            headers.push(header);
        }
        let read = headers.iter().map(|_| OnceCell::new()).collect();
        Ok(Units { sections, headers, read, steps: Cell::new(0) })
    }

    /// How many units there are.
    pub fn count(&self) -> usize {
        self.headers.len()
    }

    /// The unit of this index.
    pub fn unit(&self, index: usize) -> Outcome<&Unit<'d>> {
        let (Some(cell), Some(header)) = (self.read.get(index), self.headers.get(index)) else {
            return Err("it is damaged: a reference leads nowhere".to_string());
        };
        if let Some(unit) = cell.get() {
            return Ok(unit);
        }
        let unit = self.sections.dwarf.unit(*header).map_err(broken)?;
        Ok(cell.get_or_init(|| unit))
    }

    /// What a floating-point type wider than `double` is.
    pub fn wide_float(&self) -> Option<FloatFormat> {
        self.sections.wide_float
    }

    /// Whether the file is for a big-endian machine.
    pub fn big_endian(&self) -> bool {
        self.sections.big_endian
    }

    /// Whether some unit's information is in a `.dwo` file.
    pub fn split(&self) -> bool {
        (0..self.count()).any(|at| self.unit(at).is_ok_and(|unit| matches!(unit.dwo_name(), Ok(Some(_)))))
    }

    /// Reads an entry; each one counts against the bound.
    pub fn entry(&self, place: Place) -> Outcome<Entry<'d>> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MOST_STEPS {
            return Err("it is damaged: a type has no end".to_string());
        }
        self.unit(place.unit)?.entry(place.offset).map_err(broken)
    }

    /// Starts a new type: the bound counts from here.
    pub fn restart(&self) {
        self.steps.set(0);
    }

    /// Calls `each` with the direct children of an entry.
    pub fn children(&self, place: Place, mut each: impl FnMut(Entry<'d>) -> Outcome<()>) -> Outcome<()> {
        let mut entries = self.unit(place.unit)?.entries_raw(Some(place.offset)).map_err(broken)?;
        let mut entry = Entry::null();
        if !entries.read_entry(&mut entry).map_err(broken)? || !entry.has_children() {
            return Ok(());
        }
        while !entries.is_empty() && entries.next_depth() > 0 {
            let direct = entries.next_depth() == 1;
            if direct {
                if entries.read_entry(&mut entry).map_err(broken)? {
                    each(entry.clone())?;
                }
            } else if let Some(kind) = entries.read_abbreviation().map_err(broken)? {
                entries.skip_attributes(kind.attributes()).map_err(broken)?;
            }
        }
        Ok(())
    }

    /// The text of an attribute, safe to print whatever the file holds.
    pub fn text(&self, unit: usize, value: AttributeValue<Slice<'d>>) -> Option<String> {
        let text = self.sections.dwarf.attr_string(self.unit(unit).ok()?, value).ok()?;
        Some(safe(&String::from_utf8_lossy(text.slice()), LONGEST_NAME))
    }

    /// The name of an entry; empty when it has none.
    pub fn name(&self, unit: usize, entry: &Entry<'d>) -> String {
        entry.attr_value(gimli::DW_AT_name).and_then(|value| self.text(unit, value)).unwrap_or_default()
    }

    /// The entry that `gimli::DW_AT_type` or another attribute refers to.
    pub fn target(&self, unit: usize, entry: &Entry<'d>, attribute: DwAt) -> Outcome<Option<Place>> {
        match entry.attr_value(attribute) {
            None => Ok(None),
            Some(AttributeValue::UnitRef(offset)) => Ok(Some(Place { unit, offset })),
            Some(AttributeValue::DebugInfoRef(offset)) => self.locate(offset).map(Some),
            Some(AttributeValue::DebugTypesRef(signature)) => self.signed(signature).map(Some),
            Some(_) => Err("it refers to another file".to_string()),
        }
    }

    /// The type of an entry.
    pub fn type_of(&self, unit: usize, entry: &Entry<'d>) -> Outcome<Option<Place>> {
        self.target(unit, entry, gimli::DW_AT_type)
    }

    /// Whether an entry only declares what is defined elsewhere.
    pub fn declares(entry: &Entry<'d>) -> bool {
        matches!(entry.attr_value(gimli::DW_AT_declaration), Some(AttributeValue::Flag(true)))
    }

    /// Whether the unit is written in C++, where `struct` is no part of a type's name.
    pub fn cplusplus(&self, unit: usize) -> bool {
        let language = self.root(unit).and_then(|root| root.attr_value(gimli::DW_AT_language));
        let AttributeValue::Language(language) = language.unwrap_or(AttributeValue::Flag(false)) else {
            return false;
        };
        let known = [
            gimli::DW_LANG_C_plus_plus,
            gimli::DW_LANG_C_plus_plus_03,
            gimli::DW_LANG_C_plus_plus_11,
            gimli::DW_LANG_C_plus_plus_14,
            gimli::DW_LANG_C_plus_plus_17,
            gimli::DW_LANG_C_plus_plus_20,
        ];
        known.contains(&DwLang(language.0))
    }

    /// The bytes of an address in the unit.
    pub fn address_size(&self, unit: usize) -> u64 {
        self.headers.get(unit).map_or(8, |header| u64::from(header.encoding().address_size))
    }

    fn root(&self, unit: usize) -> Option<Entry<'d>> {
        let unit = self.unit(unit).ok()?;
        unit.entry(unit.header.root_offset()).ok()
    }

    /// The entry at an offset of the whole section.
    fn locate(&self, offset: DebugInfoOffset) -> Outcome<Place> {
        let found = self.headers.iter().enumerate().find_map(|(unit, header)| {
            let offset = offset.to_unit_offset(header)?;
            Some(Place { unit, offset })
        });
        found.ok_or_else(|| "it is damaged: a reference leads nowhere".to_string())
    }

    /// The entry of the type unit with this signature.
    fn signed(&self, wanted: DebugTypeSignature) -> Outcome<Place> {
        let found = self.headers.iter().enumerate().find_map(|(unit, header)| match header.type_() {
            UnitType::Type { type_signature, type_offset } if type_signature == wanted => {
                Some(Place { unit, offset: type_offset })
            }
            _ => None,
        });
        found.ok_or_else(|| "it is damaged: a type's signature leads nowhere".to_string())
    }
}
