//! Where a segment's pages are, and how often the kernel counts a huge one.

use crate::ipc::memory::page_size;
use crate::proc::hugepages;
use crate::proc::sysvipc::ShmRow;

/// Where a segment's pages are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resident {
    /// In memory.
    pub rss: u64,
    /// Swapped out.
    pub swap: u64,
}

impl Resident {
    /// What a row of /proc/sysvipc/shm tells, if it does.
    pub(super) fn of(row: &ShmRow) -> Option<Resident> {
        Some(Resident { rss: row.rss?, swap: row.swap? }.counted_once(row.size))
    }

    /// The same for a segment of `segsz` bytes, each huge page counted once.
    ///
    /// Since Linux 6.7 the kernel multiplies by the small pages in a huge one what is counted in small pages already
    /// (`shm_add_rss_swap` in ipc/shm.c, and the page cache of mm/filemap.c): 2 MiB in memory are told as 1 GiB.
    pub(super) fn counted_once(&self, segsz: u64) -> Resident {
        let page = page_size();
        if self.rss <= segsz.next_multiple_of(page) {
            return *self;
        }
        Resident { rss: once(self.rss, segsz, page, &hugepages::sizes()), ..*self }
    }
}

/// `rss` of a segment of `segsz` bytes, which are fewer; as it is where no size of huge pages explains it.
fn once(rss: u64, segsz: u64, page: u64, sizes: &[u64]) -> u64 {
    let explained = sizes.iter().find_map(|huge| {
        let times = huge / page;
        let told = huge.checked_mul(times)?;
        let real = rss.checked_div(times)?;
        (rss.is_multiple_of(told) && real <= segsz.checked_next_multiple_of(*huge)?).then_some(real)
    });
    explained.unwrap_or(rss)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const GIB: u64 = 1 << 30;

    #[test]
    fn a_huge_page_is_counted_once() {
        let once = |rss, segsz| once(rss, segsz, 4096, &[2 * MIB, GIB]);
        assert_eq!(once(GIB, 4 * MIB), 2 * MIB);
        assert_eq!(once(2 * GIB, 3 * MIB), 4 * MIB);
        assert_eq!(once(2 * GIB, 4 * MIB), 4 * MIB);
        // As an older kernel tells it: the last page goes past the end.
        assert_eq!(once(4 * MIB, 3 * MIB), 4 * MIB);
        assert_eq!(once(GIB << 18, GIB), GIB);
        // What nothing explains is left to the reader.
        assert_eq!(once(3 * GIB + 4096, 4 * MIB), 3 * GIB + 4096);
        assert_eq!(super::once(GIB, 4 * MIB, 4096, &[]), GIB);
    }
}
