//! Which sizes huge pages can have here: the directories of `/sys/kernel/mm/hugepages`.

use std::fs;

/// Their sizes in bytes, the smallest first; none where the kernel has no huge pages.
pub fn sizes() -> Vec<u64> {
    let Ok(entries) = fs::read_dir("/sys/kernel/mm/hugepages") else { return Vec::new() };
    let mut sizes: Vec<u64> = entries.filter_map(|entry| parse(entry.ok()?.file_name().to_str()?)).collect();
    sizes.sort_unstable();
    sizes
}

/// `hugepages-2048kB`, in bytes.
fn parse(name: &str) -> Option<u64> {
    let kib: u64 = name.strip_prefix("hugepages-")?.strip_suffix("kB")?.parse().ok()?;
    kib.checked_mul(1024).filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_directories() {
        assert_eq!(parse("hugepages-2048kB"), Some(2 << 20));
        assert_eq!(parse("hugepages-1048576kB"), Some(1 << 30));
        for name in
            ["", "hugepages-", "hugepages-kB", "hugepages-0kB", "hugepages-2048", "2048kB", "hugepages--1kB"]
        {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
