//! `schema/` says what the JSON output holds: the output is held against it.

use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::sandbox::{NONE, Sandbox, source};

/// Panics unless `value` is what `schema/NAME.json` describes.
#[track_caller]
pub fn assert_valid(name: &str, value: &Value) {
    let path = source(&format!("schema/{name}.json"));
    let mut schemas = Schemas::new();
    let schema = Compiler::new().compile(path.to_str().unwrap(), &mut schemas).unwrap();
    if let Err(error) = schemas.validate(value, schema) {
        panic!("schema/{name}.json does not describe {value:#}\n{error:#}");
    }
}

#[test]
fn lists_and_objects_are_as_described() {
    let sb = Sandbox::new();
    assert_valid("ls", &sb.ipctool(["ls", "--json"]).run().status(0).json());
    let maker = sb.cc(crate::ls::STATES, []);
    sb.command(maker, NONE).run().status(0);
    let list = sb.ipctool(["ls", "--json"]).run().status(0).json();
    assert_eq!(list.as_array().unwrap().len(), 6);
    assert_valid("ls", &list);
    for kind in ["msgq", "sem", "shm"] {
        assert_valid("ls", &sb.ipctool(["ls", kind, "--json"]).run().status(0).json());
        let refs = sb.ipctool(["ls", kind, "-q"]).run().status(0).text();
        for reference in refs.lines() {
            assert_valid("show", &sb.ipctool(["show", reference, "-J"]).run().status(0).json());
        }
    }
    assert_valid("ftok", &sb.ipctool(["ftok", "/etc/passwd", "A", "-J"]).run().status(0).json());
}
