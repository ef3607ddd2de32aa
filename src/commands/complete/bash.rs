//! TAB in bash.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

/// Bash, with references as one word. It cuts words at `:` and `=` too (COMP_WORDBREAKS), hands them over so, and puts
/// what is offered behind the last cut; `msgq:0` and `--field=qnum` would never be completed.
#[derive(Debug)]
pub struct Bash;

/// What bash runs for TAB: puts the words together again, up to the cursor, and takes off what bash keeps itself. A word
/// in quotes is not cut.
const SCRIPT: &str = r#"
_NAME_complete() {
    local IFS=$'\013' line=${COMP_LINE:0:COMP_POINT} words=() word blanks i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        blanks=${line%%[![:space:]]*}
        line=${line#"$blanks"}
        if ((i == COMP_CWORD)); then
            [[ $word == [\"\']* ]] && word=$2 || word=$line
        fi
        line=${line#"$word"}
        if ((i > 0)) && [[ -z $blanks ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
    done
    word=${words[${#words[@]} - 1]}
    read -r -d '' -a COMPREPLY < <(VAR=bash _CLAP_IFS=$IFS _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) \
        "COMPLETER" -- "${words[@]}")
    COMPREPLY=("${COMPREPLY[@]#"${word%"$2"}"}")
    [[ ${COMPREPLY-} != *[=/:] ]] || compopt -o nospace
}
complete -o bashdefault -o nosort -F _NAME_complete BIN
"#;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        env::Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        env::Bash.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        // Between double quotes these four keep a meaning.
        let quoted: String = completer
            .chars()
            .flat_map(|c| "\"\\$`".contains(c).then_some('\\').into_iter().chain([c]))
            .collect();
        let named = SCRIPT.replace("NAME", &name.replace('-', "_")).replace("BIN", bin).replace("VAR", var);
        buf.write_all(named.replace("COMPLETER", &quoted).as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        env::Bash.write_complete(command, args, current_dir, buf)
    }
}
