//! What lies behind a mapping, told by its line in maps alone.

use super::maps::Mapping;

/// What a mapping is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backing {
    /// Memory of the process's own: heap, stack, MAP_PRIVATE | MAP_ANONYMOUS; also the kernel's `[vdso]` and `[vvar]`.
    Anonymous,
    /// MAP_SHARED | MAP_ANONYMOUS: `/dev/zero (deleted)`, `[anon_shmem:…]`, or `/anon_hugepage (deleted)`.
    AnonymousShared,
    /// memfd_create(2).
    Memfd,
    /// A System V segment.
    Sysv,
    /// A POSIX shared memory object: a file in `/dev/shm`.
    Posix,
    /// A file that has a name.
    File,
    /// A device, or memory that a driver or subsystem hands out (`anon_inode:…`).
    Device,
    /// A file or POSIX object without a name any more.
    Deleted,
}

impl Backing {
    /// All of them.
    pub const ALL: [Backing; 8] = [
        Backing::Anonymous,
        Backing::AnonymousShared,
        Backing::Memfd,
        Backing::Sysv,
        Backing::Posix,
        Backing::File,
        Backing::Device,
        Backing::Deleted,
    ];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Backing::Anonymous => "anonymous",
            Backing::AnonymousShared => "anonymous-shared",
            Backing::Memfd => "memfd",
            Backing::Sysv => "sysv",
            Backing::Posix => "posix",
            Backing::File => "file",
            Backing::Device => "device",
            Backing::Deleted => "deleted",
        }
    }

    /// What `mapping` is of. A file below `/dev` counts as a device, unless it lies where files of memory do.
    pub fn of(mapping: &Mapping) -> Backing {
        let path = mapping.path.as_slice();
        let begins = |prefix: &str| path.starts_with(prefix.as_bytes());
        let anonymous = if mapping.shared { Backing::AnonymousShared } else { Backing::Anonymous };
        match (path, mapping.deleted) {
            (b"" | [b'[', ..], _) | (b"/dev/zero" | b"/anon_hugepage", true) => anonymous,
            _ if begins("/memfd:") => Backing::Memfd,
            _ if super::attached::is_segment(mapping) => Backing::Sysv,
            _ if begins("anon_inode:") || begins("socket:") => Backing::Device,
            (_, true) => Backing::Deleted,
            _ if begins("/dev/shm/") => Backing::Posix,
            _ if begins("/dev/") && !begins("/dev/hugepages/") => Backing::Device,
            _ => Backing::File,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proc::maps::parse_line;

    #[test]
    fn each_line_tells_its_kind() {
        for (line, word) in [
            ("rw-p 0 00:00 0 ", "anonymous"),
            ("rw-p 0 00:00 0 [heap]", "anonymous"),
            ("rw-s 0 00:01 7 /dev/zero (deleted)", "anonymous-shared"),
            ("rw-s 0 00:01 7 [anon_shmem:pool]", "anonymous-shared"),
            ("rw-s 0 00:0f 7 /anon_hugepage (deleted)", "anonymous-shared"),
            ("rw-p 0 00:0f 7 /anon_hugepage (deleted)", "anonymous"),
            ("rw-p 0 00:06 7 /dev/zero", "device"),
            ("rw-s 0 00:01 7 /memfd:x (deleted)", "memfd"),
            ("rw-s 0 00:01 7 /SYSV000004d2 (deleted)", "sysv"),
            ("rw-p 0 08:01 7 /SYSV000004d2 (deleted)", "deleted"),
            ("rw-s 0 08:01 7 /SYSV000004d2", "file"),
            ("rw-s 0 00:18 7 /dev/shm/x", "posix"),
            ("rw-s 0 00:18 7 /dev/shm/x (deleted)", "deleted"),
            ("rw-s 0 00:19 7 /dev/hugepages/x", "file"),
            ("rw-s 0 00:06 7 /dev/mem", "device"),
            ("rw-s 0 00:0e 7 anon_inode:[io_uring]", "device"),
            ("r-xp 0 08:01 7 /bin/true", "file"),
            ("r-xp 0 08:01 7 /bin/true (deleted)", "deleted"),
        ] {
            let mapping = parse_line(format!("1000-2000 {line}").as_bytes()).unwrap();
            assert_eq!(Backing::of(&mapping).word(), word, "{line}");
        }
    }
}
