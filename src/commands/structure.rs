//! Bytes as C structs: the flags that say which, and values as a person or a script reads them.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use serde_json::{Map, Number, Value as Json};

use crate::fault::Fault;
use crate::layout::{Endian, Float, Layout, Target, Value};
use crate::render::{Cell, Record};

/// Which struct the bytes are.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Struct")]
pub struct Args {
    /// The bytes are this C struct: declarations, @FILE, or NAME with --from
    #[arg(long = "struct", value_name = "DECLS|@FILE|NAME")]
    declarations: Option<OsString>,
    /// Where NAME is declared: a binary with debug information, or C text
    #[arg(long, value_name = "FILE", requires = "declarations")]
    from: Option<PathBuf>,
    /// Byte order of the memory: little or big
    #[arg(long, value_name = "ORDER", requires = "declarations", value_parser = parse_endian)]
    endian: Option<Endian>,
}

/// A struct and its byte order.
#[derive(Debug, Clone)]
pub struct Structure {
    /// How it lies in memory.
    pub layout: Layout,
    /// Its byte order.
    pub endian: Endian,
}

/// A struct is read whole: 1 GiB.
const MOST: u64 = 1 << 30;

/// The first bytes of every ELF file.
const ELF: &[u8] = b"\x7fELF";

impl Args {
    /// The struct that the flags name, if they name one.
    ///
    /// # Errors
    /// A usage fault with line, column and token of what is not understood; status 1 or 3 for a file that cannot be read.
    pub fn structure(&self) -> Result<Option<Structure>, Fault> {
        let Some(words) = &self.declarations else { return Ok(None) };
        let layout = match (&self.from, words.as_bytes().strip_prefix(b"@")) {
            (Some(from), _) => named(from, &words.to_string_lossy())?,
            (None, Some(path)) => {
                let path = PathBuf::from(OsString::from_vec(path.to_vec()));
                Layout::parse(&read(&path)?, None, &Target::HOST)?
            }
            (None, None) => Layout::parse(words.as_bytes(), None, &Target::HOST)?,
        };
        if layout.size() > MOST {
            return Err(Fault::usage(format!(
                "the struct is {} bytes, {MOST} at most can be read",
                layout.size()
            )));
        }
        Ok(Some(Structure { layout, endian: self.endian.unwrap_or(Endian::Little) }))
    }

    /// As [`Args::structure`], for what makes sense with one only; `flag` is what was given.
    ///
    /// # Errors
    /// A usage fault without one.
    pub fn required(&self, flag: &str) -> Result<Structure, Fault> {
        self.structure()?
            .ok_or_else(|| Fault::usage(format!("{flag} goes with --struct, which says what the bytes are")))
    }
}

fn named(from: &Path, name: &str) -> Result<Layout, Fault> {
    let bytes = read(from)?;
    if !bytes.starts_with(ELF) {
        return Layout::parse(&bytes, Some(name), &Target::HOST);
    }
    from_binary(&bytes, name)
}

#[cfg(feature = "dwarf")]
fn from_binary(bytes: &[u8], name: &str) -> Result<Layout, Fault> {
    Layout::from_elf(bytes, name)
}

#[cfg(not(feature = "dwarf"))]
fn from_binary(_: &[u8], name: &str) -> Result<Layout, Fault> {
    Err(Fault::new(format_args!("find {name}"), "this ipctool was built without the feature dwarf"))
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let shown = os_display::Quotable::maybe_quote(path);
    let bytes = fs::read(path).map_err(|error| {
        let errno = match error.kind() {
            ErrorKind::OutOfMemory => libc::ENOMEM,
            _ => error.raw_os_error().unwrap_or(libc::EIO),
        };
        Fault::os(format_args!("read {shown}"), Errno::from_raw(errno))
    })?;
    // Editors of other systems begin a text with a mark of its byte order; gcc takes it too.
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes))
}

fn parse_endian(word: &str) -> Result<Endian, String> {
    match word {
        "little" => Ok(Endian::Little),
        "big" => Ok(Endian::Big),
        _ => Err("a byte order is little or big".to_string()),
    }
}

impl Structure {
    /// The leaf fields of one struct as records: field, offset, type, value.
    pub fn records(&self, bytes: &[u8]) -> Vec<Record> {
        let rows = self.layout.rows(bytes, self.endian);
        rows.map(|(field, value)| Record {
            fields: vec![
                ("field", text(&field.path)),
                ("offset", text(&field.offset_text())),
                ("type", text(&field.type_text())),
                ("value", Cell::Text(value.table_bytes())),
            ],
        })
        .collect()
    }

    /// One struct as a JSON object.
    pub fn json(&self, bytes: &[u8]) -> Json {
        json(&self.layout.tree(bytes, self.endian))
    }

    /// The bare value of one field; a line of its own.
    pub fn bare(&self, field: &crate::layout::Field, bytes: &[u8]) -> Vec<u8> {
        let mut line = field.value(bytes, self.endian).bare().into_owned();
        line.push(b'\n');
        line
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.as_bytes().to_vec())
}

/// A value as JSON: what JSON has no number for is text, as it can be typed back: more than 64 bits, NaN, infinities, a
/// `long double` that no double is. Text that is not UTF-8 and bytes are printable text, what is absent is null.
pub fn json(value: &Value) -> Json {
    match value {
        Value::Absent => Json::Null,
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Signed(number) => integer(*number, value),
        Value::Unsigned(number) => {
            i128::try_from(*number).map_or_else(|_| value.to_string().into(), |number| integer(number, value))
        }
        Value::Char(number) => Json::from(*number),
        Value::Float(number) => float(*number),
        Value::Enum { number, name: None } => integer(*number, value),
        Value::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => value.to_string().into(),
        },
        Value::Pointer(_) | Value::Enum { .. } | Value::Bytes(_) => value.to_string().into(),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Struct(fields) => Json::Object(
            fields.iter().map(|(name, value)| (name.clone(), json(value))).collect::<Map<_, _>>(),
        ),
    }
}

fn integer(number: i128, value: &Value) -> Json {
    let signed = i64::try_from(number).map(Json::from).ok();
    signed.or(u64::try_from(number).map(Json::from).ok()).unwrap_or_else(|| value.to_string().into())
}

/// A number, if what is printed reads back as the same one.
fn float(float: Float) -> Json {
    let number = Number::from_f64(float.as_f64());
    let is_same = |number: &Number| {
        Float::parse(float.format(), &number.to_string()).is_ok_and(|read| read.to_bits() == float.to_bits())
    };
    number.filter(is_same).map_or_else(|| float.to_string().into(), Json::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(declaration: &str, bytes: &[u8]) -> String {
        let layout = Layout::parse(declaration.as_bytes(), None, &Target::HOST).unwrap();
        Structure { layout, endian: Endian::Little }.json(bytes).to_string()
    }

    #[test]
    fn numbers_that_json_has() {
        assert_eq!(written("double d", &0.1f64.to_le_bytes()), r#"{"d":0.1}"#);
        assert_eq!(written("double d", &(-0.0f64).to_le_bytes()), r#"{"d":-0.0}"#);
        assert_eq!(written("double d", &f64::MAX.to_le_bytes()), r#"{"d":1.7976931348623157e+308}"#);
        assert_eq!(written("double d", &5e-324f64.to_le_bytes()), r#"{"d":5e-324}"#);
        assert_eq!(written("float f", &0.1f32.to_le_bytes()), r#"{"f":0.1}"#);
        assert_eq!(written("unsigned long n", &[0xff; 8]), r#"{"n":18446744073709551615}"#);
        let one_and_a_half = [0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0x3f, 0, 0, 0, 0, 0, 0];
        assert_eq!(written("long double d", &one_and_a_half), r#"{"d":1.5}"#);
    }

    #[test]
    fn what_json_has_no_number_for_is_text() {
        for (number, text) in [(f64::NAN, "nan"), (f64::INFINITY, "inf"), (f64::NEG_INFINITY, "-inf")] {
            assert_eq!(written("double d", &number.to_le_bytes()), format!(r#"{{"d":"{text}"}}"#));
        }
        assert_eq!(written("float f", &f32::NAN.to_le_bytes()), r#"{"f":"nan"}"#);
        // The largest long double, and the double 0.1 as one, which is not the long double 0.1.
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x7f, 0, 0, 0, 0, 0, 0];
        assert_eq!(written("long double d", &largest), r#"{"d":"1.189731495357231765e+4932"}"#);
        let tenth = [0, 0xd0, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xfb, 0x3f, 0, 0, 0, 0, 0, 0];
        assert_eq!(written("long double d", &tenth), r#"{"d":"0.10000000000000000555"}"#);
        assert_eq!(written("__int128 n", &[0xff; 16]), r#"{"n":-1}"#);
        let wide = written("unsigned __int128 n", &[0xff; 16]);
        assert_eq!(wide, r#"{"n":"340282366920938463463374607431768211455"}"#);
        assert_eq!(written("int n; double d[2]", &[1, 0, 0, 0]), r#"{"n":1,"d":null}"#);
    }
}
