//! PROCMAP_QUERY: one mapping of a process by a question on its open maps file, without text (Linux 6.11, linux/fs.h).

use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;

/// The mapping can be read.
pub const VMA_READABLE: u64 = 0x01;
/// The mapping can be written.
pub const VMA_WRITABLE: u64 = 0x02;
/// The mapping can be executed.
pub const VMA_EXECUTABLE: u64 = 0x04;
/// The mapping is MAP_SHARED; in a question: only such ones.
pub const VMA_SHARED: u64 = 0x08;
/// In a question: the mapping at the address, or else the next one behind it.
pub const COVERING_OR_NEXT_VMA: u64 = 0x10;
/// In a question: only mappings of files, which System V segments are too.
pub const FILE_BACKED_VMA: u64 = 0x20;

/// The kernel's struct procmap_query.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
struct Query {
    size: u64,
    query_flags: u64,
    query_addr: u64,
    vma_start: u64,
    vma_end: u64,
    vma_flags: u64,
    vma_page_size: u64,
    vma_offset: u64,
    inode: u64,
    dev_major: u32,
    dev_minor: u32,
    vma_name_size: u32,
    build_id_size: u32,
    vma_name_addr: u64,
    build_id_addr: u64,
}

/// What the kernel tells of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vma {
    /// First address.
    pub start: u64,
    /// First address behind it.
    pub end: u64,
    /// The `VMA_` bits that hold.
    pub flags: u64,
    /// Where in the file it starts, in bytes.
    pub offset: u64,
    /// Major and minor number of the file's device.
    pub device: (u32, u32),
    /// The file's inode.
    pub inode: u64,
    /// How many bytes of `name` were filled, without a NUL.
    pub name_length: usize,
}

nix::ioctl_readwrite! {
    /// The bare ioctl.
    procmap_query_ioctl, b'f', 17, Query
}

/// Asks the open maps file of a process for a mapping; its name goes into `name`, as it is, with ` (deleted)` behind it for
/// a file without a link. An empty `name` asks for none, which is cheaper.
///
/// ENOENT: there is no (further) such mapping. ESRCH: the process has no memory (any more). ENAMETOOLONG: `name` is too
/// short. ENOTTY: the kernel is older than 6.11.
pub fn procmap_query(maps: impl AsFd, flags: u64, address: u64, name: &mut [u8]) -> Result<Vma, Errno> {
    let mut query = Query {
        size: size_of::<Query>() as u64,
        query_flags: flags,
        query_addr: address,
        vma_name_size: u32::try_from(name.len()).map_err(|_| Errno::EINVAL)?,
        vma_name_addr: if name.is_empty() { 0 } else { name.as_mut_ptr().expose_provenance() as u64 },
        ..Query::default()
    };
    // SAFETY: `query` is the kernel's structure and says its own size; the name's address and size are those of `name`,
    // which is borrowed mutably until the call is over; the kernel keeps neither.
    unsafe { procmap_query_ioctl(maps.as_fd().as_raw_fd(), &raw mut query) }?;
    Ok(Vma {
        start: query.vma_start,
        end: query.vma_end,
        flags: query.vma_flags,
        offset: query.vma_offset,
        device: (query.dev_major, query.dev_minor),
        inode: query.inode,
        // The kernel counts the NUL; a mapping without a name has size 0.
        name_length: (query.vma_name_size as usize).saturating_sub(1).min(name.len()),
    })
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn the_structure_has_the_kernels_size() {
        assert_eq!(size_of::<Query>(), 104);
    }

    #[test]
    fn our_own_program_is_mapped_from_its_file() {
        use std::os::unix::fs::MetadataExt;
        let maps = File::open("/proc/self/maps").unwrap();
        let inode = std::fs::metadata("/proc/self/exe").unwrap().ino();
        let mut address = 0;
        let mut name = [0; 4096];
        loop {
            match procmap_query(&maps, COVERING_OR_NEXT_VMA | FILE_BACKED_VMA, address, &mut name) {
                Err(Errno::ENOTTY) => return,
                found => {
                    let vma = found.expect("a mapping of the program before the last one");
                    if vma.inode == inode {
                        let path = std::fs::read_link("/proc/self/exe").unwrap();
                        assert_eq!(&name[..vma.name_length], path.as_os_str().as_encoded_bytes());
                        assert!(vma.start < vma.end && vma.flags & VMA_SHARED == 0);
                        return;
                    }
                    address = vma.end;
                }
            }
        }
    }
}
