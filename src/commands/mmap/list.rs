//! `ipctool ls mmap`: what processes have mapped.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use super::columns;
use super::place::Place;
use crate::commands::facts::{self, Columns, Output};
use crate::commands::ls::again::Told;
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
        let words: Vec<_> = backings().collect();
        format!("the kinds are {}", words.join(", "))
    })
}

/// The words for the kinds of mappings.
pub fn backings() -> impl Iterator<Item = &'static str> {
    Backing::ALL.into_iter().map(Backing::word)
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
    pub fn once(&self, again: bool, told: &mut Told) -> anyhow::Result<Status> {
        let (mut found, status) = self.found(told);
        found.retain(|mapped| self.keeps(mapped));
        let written = facts::listed(&self.look, again, |out, look| self.selection.write(out, found, look))?;
        Ok(status.or(written))
    }

    /// All that the places name; what failed is reported.
    fn found(&self, told: &mut Told) -> (Vec<Mapped>, Status) {
        let used = ["rss", "copied"].iter().any(|name| self.selection.names().contains(name));
        if self.places.is_empty() {
            return match survey::shared(used) {
                Ok(found) => hits(found),
                Err(fault) => (Vec::new(), report::fault_line(&fault)),
            };
        }
        let mut all = Vec::new();
        let mut status = Status::OK;
        for (at, place) in self.places.iter().enumerate() {
            let found = match place {
                Place::Process(process) => {
                    survey::of_process(*process).map(|(found, odd)| (found, report::all(&odd)))
                }
                Place::Mapping(MappingName::At { process, start, .. }) => {
                    survey::at(*process, *start).map(|mapped| (vec![mapped], Status::OK))
                }
                Place::Mapping(MappingName::File(path)) => survey::of_file(path, used).map(hits),
            };
            let failed = match told.look(at, found) {
                Ok((found, failed)) => {
                    all.extend(found);
                    failed
                }
                Err(failed) => failed,
            };
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
fn hits(found: Found<Mapped>) -> (Vec<Mapped>, Status) {
    report::unseen(found.visible, "what they have mapped is missing");
    (found.hits, report::all(&found.odd))
}
