//! The text of a type as C writes it, from its entry; nothing is completed, so that a struct may point to itself.

use gimli::DwTag;

use super::units::{Entry, Place, Units};
use super::{Outcome, types};
use crate::layout::decl::base::basic;
use crate::layout::decl::specifiers::Qualifiers;
use crate::layout::target::Target;
use crate::layout::types::{MAX_DEPTH, TypeName};

/// A type's text, and the qualifiers that count only behind a pointer.
pub struct Named {
    /// The text without the qualifiers.
    pub name: TypeName,
    /// `const` and the like.
    pub qualifiers: Qualifiers,
}

impl Named {
    fn plain(name: &str) -> Named {
        Named { name: TypeName::plain(name), qualifiers: Qualifiers::default() }
    }

    fn whole(&self) -> TypeName {
        self.qualifiers.apply(&self.name)
    }
}

/// The text of the type at `place`; none is `void`.
pub fn named(units: &Units, place: Option<Place>, depth: u32) -> Outcome<Named> {
    let Some(place) = place else {
        return Ok(Named::plain("void"));
    };
    if depth > MAX_DEPTH {
        return Err("a type is nested too deeply".to_string());
    }
    let entry = units.entry(place)?;
    let tag = entry.tag();
    let inner = || named(units, units.type_of(place.unit, &entry)?, depth + 1);
    if let Some(word) = qualifier(tag) {
        let mut inner = inner()?;
        inner.qualifiers.add(word);
        return Ok(inner);
    }
    if let Some(sign) = pointer(tag) {
        return Ok(Named { name: inner()?.whole().pointer(sign), qualifiers: Qualifiers::default() });
    }
    match tag {
        gimli::DW_TAG_ptr_to_member_type => {
            let class = match units.target(place.unit, &entry, gimli::DW_AT_containing_type)? {
                Some(class) => units.name(class.unit, &units.entry(class)?),
                None => String::new(),
            };
            let name = inner()?.whole().pointer(&format!("{class}::*"));
            Ok(Named { name, qualifiers: Qualifiers::default() })
        }
        gimli::DW_TAG_array_type => {
            let Named { mut name, qualifiers } = inner()?;
            for count in types::counts(units, place)?.into_iter().rev() {
                name = name.array(count);
            }
            Ok(Named { name, qualifiers })
        }
        gimli::DW_TAG_subroutine_type => {
            let result = inner()?.whole();
            let parameters = parameters(units, place, &entry, depth)?;
            Ok(Named { name: result.function(&parameters), qualifiers: Qualifiers::default() })
        }
        _ => Ok(Named::plain(&own(units, place, &entry))),
    }
}

/// The name of what has one by itself: a basic type, a struct, a typedef.
pub fn own<'d>(units: &Units<'d>, place: Place, entry: &Entry<'d>) -> String {
    let name = units.name(place.unit, entry);
    let word = match entry.tag() {
        gimli::DW_TAG_base_type => {
            let basic = basic(name.split(' '), &Target::X86_64);
            return basic.map_or(name, |ty| ty.name.to_string());
        }
        gimli::DW_TAG_structure_type => "struct",
        gimli::DW_TAG_class_type => "class",
        gimli::DW_TAG_union_type => "union",
        gimli::DW_TAG_enumeration_type => "enum",
        _ => return name,
    };
    match name.is_empty() {
        true => format!("{word} {{...}}"),
        false if units.cplusplus(place.unit) => name,
        false => format!("{word} {name}"),
    }
}

/// The qualifier that an entry adds to its type.
pub fn qualifier(tag: DwTag) -> Option<&'static str> {
    match tag {
        gimli::DW_TAG_const_type => Some("const"),
        gimli::DW_TAG_volatile_type => Some("volatile"),
        gimli::DW_TAG_restrict_type => Some("restrict"),
        gimli::DW_TAG_atomic_type => Some("_Atomic"),
        _ => None,
    }
}

/// The sign of a pointer or reference.
pub fn pointer(tag: DwTag) -> Option<&'static str> {
    match tag {
        gimli::DW_TAG_pointer_type => Some("*"),
        gimli::DW_TAG_reference_type => Some("&"),
        gimli::DW_TAG_rvalue_reference_type => Some("&&"),
        _ => None,
    }
}

fn parameters<'d>(units: &Units<'d>, place: Place, entry: &Entry<'d>, depth: u32) -> Outcome<Vec<String>> {
    let mut texts = Vec::new();
    units.children(place, |child| {
        match child.tag() {
            gimli::DW_TAG_formal_parameter => {
                let ty = units.type_of(place.unit, &child)?;
                texts.push(named(units, ty, depth + 1)?.name.to_string());
            }
            gimli::DW_TAG_unspecified_parameters => texts.push("...".to_string()),
            _ => {}
        }
        Ok(())
    })?;
    if texts.is_empty() && entry.has_attr(gimli::DW_AT_prototyped) {
        texts.push("void".to_string());
    }
    Ok(texts)
}
