//! `ipctool ls mmap`: what processes have mapped.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use super::columns;
use super::place::Place;
use crate::commands::facts::{self, Columns, Output};
use crate::commands::{filter, report};
use crate::fault::Fault;
use crate::ipc::mmap::survey::{self, Mapped};
use crate::proc::Found;
use crate::proc::backing::Backing;
use crate::refs::MappingName;
use crate::render::{Look, Selection};
use crate::status::Status;
use crate::sys::fnmatch::fnmatch;

/// Which mappings are meant, beside the filters of all kinds.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Mappings")]
pub struct Args {
    /// Mappings that are shared: writes reach others
    #[arg(long)]
    shared: bool,
    /// Mappings of this kind; several with commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = parse_backing)]
    kind: Vec<Backing>,
}

fn parse_backing(word: &str) -> Result<Backing, String> {
    Backing::ALL.into_iter().find(|backing| backing.word() == word).ok_or_else(|| {
        let words: Vec<_> = Backing::ALL.iter().map(|backing| backing.word()).collect();
        format!("the kinds are {}", words.join(", "))
    })
}

impl Args {
    /// Whether one of the flags was given: they are for this kind only.
    pub fn is_any(&self) -> bool {
        self.shared || !self.kind.is_empty()
    }
}

/// What is listed and how: checked before anything is looked at.
pub struct List {
    places: Vec<Place>,
    args: Args,
    uid: Option<u32>,
    name: Option<CString>,
    filter: filter::Args,
    selection: Selection<Mapped>,
    look: Look,
}

impl List {
    /// A list of what `places` name; of none: of every process's shared mappings.
    ///
    /// # Errors
    /// A usage fault for a filter or column that this kind does not have.
    pub fn new(
        places: Vec<Place>,
        (args, filter): (&Args, &filter::Args),
        (output, wanted): (&Output, &Columns),
    ) -> Result<List, Fault> {
        let uid = filter.owner_and("ls mmap", &["--name", "--deleted", "--min-size", "--sysv", "--posix"])?;
        let name = filter.name.as_ref().map(|glob| CString::new(glob.as_bytes())).transpose();
        let name = name.map_err(|_| Fault::usage("a pattern cannot hold a NUL byte"))?;
        let look = output.list_look(wanted);
        let usual = match places.as_slice() {
            _ if wanted.long => columns::LONG,
            [Place::Process(_)] => columns::OF_PROCESS,
            _ => columns::OF_MANY,
        };
        let selection = Selection::new(columns::COLUMNS, usual, &wanted.output, look.format)?
            .sorted(wanted.sort.as_deref())?;
        Ok(List { places, args: args.clone(), uid, name, filter: filter.clone(), selection, look })
    }

    /// Lists once; with `again`, more is to come.
    pub fn once(&self, again: bool) -> anyhow::Result<Status> {
        let (mut found, status) = self.found();
        found.retain(|mapped| self.keeps(mapped));
        let written = facts::listed(&self.look, again, |out, look| self.selection.write(out, found, look))?;
        Ok(status.or(written))
    }

    /// All that the places name; what failed is reported.
    fn found(&self) -> (Vec<Mapped>, Status) {
        let used = ["rss", "copied"].iter().any(|name| self.selection.names().contains(name));
        if self.places.is_empty() {
            return told(survey::shared(used));
        }
        let mut all = Vec::new();
        let mut status = Status::OK;
        for place in &self.places {
            let (found, failed) = match place {
                Place::Process(process) => match survey::of_process(*process) {
                    Ok((found, odd)) => (found, report::all(&odd)),
                    Err(fault) => (Vec::new(), report::fault_line(&fault)),
                },
                Place::Mapping(MappingName::At { process, start, .. }) => {
                    match survey::at(*process, *start) {
                        Ok(mapped) => (vec![mapped], Status::OK),
                        Err(fault) => (Vec::new(), report::fault_line(&fault)),
                    }
                }
                Place::Mapping(MappingName::File(path)) => told(survey::of_file(path, used)),
            };
            all.extend(found);
            status = status.or(failed);
        }
        (all, status)
    }

    fn keeps(&self, mapped: &Mapped) -> bool {
        let (filter, backing) = (&self.filter, mapped.backing());
        let path = || CString::new(mapped.mapping.path.as_slice()).unwrap_or_default();
        (!self.args.shared || mapped.mapping.shared)
            && (self.args.kind.is_empty() || self.args.kind.contains(&backing))
            && (!filter.sysv || backing == Backing::Sysv)
            && (!filter.posix || backing == Backing::Posix)
            && (!filter.deleted || backing == Backing::Deleted)
            && filter.min_size.is_none_or(|size| mapped.mapping.size() >= size)
            && self.uid.is_none_or(|uid| mapped.uid == Some(uid))
            && self.name.as_deref().is_none_or(|glob| fnmatch(glob, path().as_bytes()))
    }
}

/// The hits of a search through the processes; how many could not be looked at is news.
fn told(found: Result<Found<Mapped>, Fault>) -> (Vec<Mapped>, Status) {
    let found = match found {
        Ok(found) => found,
        Err(fault) => return (Vec::new(), report::fault_line(&fault)),
    };
    report::unseen(found.visible, "what they have mapped is missing");
    (found.hits, report::all(&found.odd))
}
