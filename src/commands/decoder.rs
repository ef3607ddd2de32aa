//! Taken bodies as C structs: a table, bare values, or a JSON object each.

use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Map, Value as Json};

use crate::commands::delivery::Label;
use crate::commands::facts;
use crate::commands::structure::{self, Structure};
use crate::fault::{Fault, counted};
use crate::layout::{Field, Value};
use crate::render::{self, Cell, Record};

/// How bodies are read.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Struct")]
pub struct Args {
    #[command(flatten)]
    structure: structure::Args,
    /// Print this field's bare value only; several: with tabs between
    #[arg(long, value_name = "FIELD", requires = "declarations")]
    get: Vec<String>,
}

impl Args {
    /// The decoder that the flags describe, if they name a struct; `json` for one object a line.
    ///
    /// # Errors
    /// A usage fault: declarations that are not understood, no such field.
    pub fn decoder(&self, json: bool) -> Result<Option<Decoder>, Fault> {
        let Some(structure) = self.structure.structure()? else { return Ok(None) };
        let fields = self.get.iter().map(|path| structure.layout.field(path));
        Ok(Some(Decoder { fields: fields.collect::<Result<_, _>>()?, structure, json }))
    }
}

/// Makes text of bodies. Of a short one the fields that are there, the others null; what lies behind the struct is shown too,
/// unless single fields were asked for.
#[derive(Debug)]
pub struct Decoder {
    structure: Structure,
    fields: Vec<Field>,
    json: bool,
}

impl Decoder {
    /// The struct's size in bytes.
    pub fn size(&self) -> usize {
        usize::try_from(self.structure.layout.size()).unwrap_or(usize::MAX)
    }

    /// Whether bodies become tables, of several lines each.
    pub fn is_table(&self) -> bool {
        !self.json && self.fields.is_empty()
    }

    /// Adds the text of `body` to `out`, without a line's end; `shown` is a label to be put in front.
    pub fn write(&self, body: &[u8], label: Label, shown: bool, out: &mut Vec<u8>) {
        match (self.json, self.fields.as_slice()) {
            (true, _) => out.extend_from_slice(self.object(body, label).to_string().as_bytes()),
            (false, []) => self.table(body, if shown { label.named() } else { None }, out),
            (false, fields) => {
                if shown {
                    out.extend_from_slice(label.prefix().as_bytes());
                }
                self.values(body, fields, out);
            }
        }
    }

    /// The field asked for that `body` is too short for, if there is one.
    pub fn missing(&self, body: &[u8]) -> Option<&Field> {
        self.fields.iter().find(|field| field.value(body, self.structure.endian) == Value::Absent)
    }

    fn table(&self, body: &[u8], label: Option<(&str, i64)>, out: &mut Vec<u8>) {
        if let Some((name, number)) = label {
            out.extend_from_slice(format!("{name} {number}\n").as_bytes());
        }
        let mut records = self.structure.records(body);
        records.extend(body.get(self.size()..).filter(|rest| !rest.is_empty()).map(|rest| self.rest(rest)));
        // A Vec takes everything.
        let _ = render::list(out, &records, &facts::Output::default().look());
        out.pop_if(|byte| *byte == b'\n');
    }

    /// What lies behind the struct; no member of a C struct has such a name.
    fn rest(&self, rest: &[u8]) -> Record {
        let text = |text: String| Cell::Text(text.into_bytes());
        Record {
            fields: vec![
                ("field", Cell::Word("(rest)")),
                ("offset", text(self.size().to_string())),
                ("type", text(counted(rest.len(), "byte"))),
                ("value", text(HEXLOWER.encode(rest))),
            ],
        }
    }

    /// One value is as it is in memory; several are one safe line.
    fn values(&self, body: &[u8], fields: &[Field], out: &mut Vec<u8>) {
        let endian = self.structure.endian;
        if let [field] = fields {
            out.extend_from_slice(&field.value(body, endian).bare());
            return;
        }
        for (at, field) in fields.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"" } else { b"\t" });
            out.extend_from_slice(field.value(body, endian).to_string().as_bytes());
        }
    }

    /// `{"type":1,"data":{…}}`, as a body of bytes has it.
    fn object(&self, body: &[u8], label: Label) -> Json {
        let mut object = Map::new();
        if let Some((name, number)) = label.named() {
            object.insert(name.to_string(), number.into());
        }
        let endian = self.structure.endian;
        let field = |field: &Field| (field.path.clone(), structure::json(&field.value(body, endian)));
        let data = match self.fields.as_slice() {
            [] => self.structure.json(body),
            fields => Json::Object(fields.iter().map(field).collect()),
        };
        object.insert("data".to_string(), data);
        if let Some(rest) = body.get(self.size()..).filter(|rest| !rest.is_empty() && self.fields.is_empty())
        {
            object.insert("rest_base64".to_string(), BASE64.encode(rest).into());
        }
        Json::Object(object)
    }
}
