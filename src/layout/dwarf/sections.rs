//! The debug sections of an ELF file, and why they are not there.

use gimli::{Dwarf, EndianSlice, RunTimeEndian};
use object::read::File;
use object::{Architecture, CompressionFormat, Object, ObjectKind, ObjectSection};

use crate::fault::Fault;
use crate::layout::target::FloatFormat;

/// Bytes of a section, in the file's own order.
pub type Slice<'d> = EndianSlice<'d, RunTimeEndian>;

/// The debug information of one file.
pub struct Sections<'d> {
    /// The sections.
    pub dwarf: Dwarf<Slice<'d>>,
    /// What a floating-point type wider than `double` is, where that is known.
    pub wide_float: Option<FloatFormat>,
    /// The file is for a big-endian machine.
    pub big_endian: bool,
}

/// Finds the debug sections in the bytes of an ELF file.
///
/// # Errors
/// No ELF file; no debug information, or it is compressed, elsewhere, or not linked yet: with what to do about it.
pub fn load(binary: &[u8]) -> Result<Sections<'_>, Fault> {
    let refuse = |cause: &str| Fault::new("read the debug information", cause);
    let file = File::parse(binary).map_err(|cause| refuse(&format!("this is no whole ELF file: {cause}")))?;
    if file.kind() == ObjectKind::Relocatable {
        return Err(
            refuse("the file is not linked yet").hint("give the program or library that it is linked into")
        );
    }
    let Some(info) = file.section_by_name(".debug_info") else {
        return Err(none(&file));
    };
    let range = info.compressed_file_range().map_err(|cause| refuse(&cause.to_string()))?;
    if range.format != CompressionFormat::None {
        let hint = "objcopy --decompress-debug-sections BINARY PLAIN, or compile with -gz=none";
        return Err(refuse("its debug sections are compressed").hint(hint));
    }
    let endian = if file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let section = |id: gimli::SectionId| -> Result<Slice<'_>, object::Error> {
        let data = match file.section_by_name(id.name()) {
            Some(section) => section.data()?,
            None => &[],
        };
        Ok(EndianSlice::new(data, endian))
    };
    let dwarf = Dwarf::load(section).map_err(|cause: object::Error| refuse(&cause.to_string()))?;
    Ok(Sections { dwarf, wide_float: wide_float(file.architecture()), big_endian: !file.is_little_endian() })
}

/// The fault of a file without debug information.
fn none(file: &File<'_>) -> Fault {
    let fault = Fault::new("read the debug information", "the binary has none");
    match file.gnu_debuglink() {
        Ok(Some((name, _))) => {
            let name = String::from_utf8_lossy(name);
            fault.hint(format!("it is in a file of its own, {:?}: give that one", name))
        }
        _ => fault.hint("compile with -g, and do not strip"),
    }
}

fn wide_float(machine: Architecture) -> Option<FloatFormat> {
    match machine {
        Architecture::X86_64 | Architecture::X86_64_X32 | Architecture::I386 => Some(FloatFormat::Extended),
        Architecture::Aarch64 | Architecture::Riscv64 | Architecture::S390x | Architecture::LoongArch64 => {
            Some(FloatFormat::Quad)
        }
        _ => None,
    }
}
