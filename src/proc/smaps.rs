//! How much memory each mapping of a process takes: `/proc/PID/smaps` (proc_pid_smaps(5)).

use nix::errno::Errno;

use super::maps::{self, Mapping};
use super::{Listing, Odd, field, file};

/// What a mapping has in memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Resident: in memory now, shared with others or not. Pages of hugetlbfs count here too.
    pub rss: u64,
    /// Pages that are no file's: of anonymous memory, and those that a private mapping of a file made its own by writing.
    pub anonymous: u64,
    /// Swapped out.
    pub swap: u64,
}

impl Usage {
    /// What a private mapping made its own, in memory or swapped out.
    pub fn own(self) -> u64 {
        self.anonymous.saturating_add(self.swap)
    }

    /// Takes up one line behind a mapping's. The kernel may add lines, so that others are passed over.
    fn take(&mut self, name: &[u8], value: &[u8]) -> Result<(), &'static str> {
        let (sum, what) = match name {
            b"Rss:" => (&mut self.rss, "Rss"),
            b"Shared_Hugetlb:" => (&mut self.rss, "Shared_Hugetlb"),
            b"Private_Hugetlb:" => (&mut self.rss, "Private_Hugetlb"),
            b"Anonymous:" => (&mut self.anonymous, "Anonymous"),
            b"Swap:" => (&mut self.swap, "Swap"),
            _ => return Ok(()),
        };
        let kilobytes: u64 = field::words(value).next().and_then(field::decimal).ok_or(what)?;
        *sum = kilobytes.checked_mul(1024).and_then(|bytes| sum.checked_add(bytes)).ok_or(what)?;
        Ok(())
    }
}

/// A process's mappings in the order of their addresses, each with what it has in memory; `None` when it has ended.
///
/// # Errors
/// EACCES without the right to trace it (PTRACE_MODE_READ). The kernel walks the page tables: this costs some 10 µs a mapping.
pub fn usages(pid: i32) -> Result<Option<Listing<(Mapping, Usage)>>, Errno> {
    let path = format!("/proc/{pid}/smaps");
    Ok(file::unless_gone(file::whole(path.as_str()))?.map(|text| parse(&text, &path)))
}

/// The text of an smaps file; `file` names it in faults.
pub fn parse(text: &[u8], file: &str) -> Listing<(Mapping, Usage)> {
    let mut listing: Listing<(Mapping, Usage)> = Listing { rows: Vec::new(), odd: Vec::new() };
    for (line, content) in (1..).zip(field::lines(text)) {
        let end = content.iter().position(|byte| *byte == b' ').unwrap_or(content.len());
        let (name, value) = content.split_at(end);
        let read = match (name.ends_with(b":"), listing.rows.last_mut()) {
            (true, Some((_, usage))) => usage.take(name, value),
            (true, None) => Err("address"),
            (false, _) => {
                maps::parse_line(content).map(|mapping| listing.rows.push((mapping, Usage::default())))
            }
        };
        if let Err(field) = read {
            listing.odd.push(Odd { line, field }.fault(file));
        }
    }
    listing
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"\
7f0000000000-7f0000002000 rw-p 00001000 08:01 42                         /srv/a b:c\n\
Size:                  8 kB\n\
Rss:                   8 kB\n\
Anonymous:             4 kB\n\
Swap:                 12 kB\n\
VmFlags: rd wr mr mw me ac \n\
7f0000002000-7f0000003000 ---s 00000000 00:01 7                          /SYSV00000000 (deleted)\n\
Rss:                   0 kB\n\
Shared_Hugetlb:     2048 kB\n";

    #[test]
    fn each_mapping_has_the_lines_behind_it() {
        let listing = parse(TEXT, "smaps");
        assert_eq!(listing.odd, []);
        let [(first, used), (second, huge)] = listing.rows.as_slice() else { panic!("{:?}", listing.rows) };
        assert_eq!((first.inode, first.path.as_slice()), (42, &b"/srv/a b:c"[..]));
        assert_eq!((used.rss, used.own()), (8192, 16384));
        assert_eq!((second.inode, second.shared, huge.rss), (7, true, 2 << 20));
    }

    #[test]
    fn odd_lines_are_named() {
        let odd = |text: &[u8]| parse(text, "smaps").odd.first().map(ToString::to_string).unwrap_or_default();
        assert!(odd(b"Rss: 4 kB\n").contains("line 1: field address"));
        assert!(odd(b"1000-2000 rw-p 0 0:0 0 \nRss: x kB\n").contains("line 2: field Rss"));
        assert!(odd(b"1000-2000 rw-p 0 0:0 0 \nSwap: 18446744073709551615 kB\n").contains("Swap"));
    }

    #[test]
    fn a_page_written_to_is_our_own() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(8192).unwrap();
        let pid = std::process::id().cast_signed();
        let listing = usages(pid).unwrap().unwrap();
        assert_eq!(listing.odd, []);
        assert!(listing.rows.iter().any(|(mapping, usage)| mapping.path == b"[stack]" && usage.own() > 0));
        assert_eq!(usages(i32::MAX), Ok(None));
    }
}
