//! What differs between the machines whose layouts we compute, and the two orders of bytes.

/// The order of the bytes of a number in memory; of bit-fields too, which big-endian compilers fill from the top bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Endian {
    /// The low byte first: x86_64, aarch64 and nearly all others.
    #[default]
    Little,
    /// The high byte first: network order, s390x.
    Big,
}

/// How a floating-point number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatFormat {
    /// IEEE 754 binary32, C's `float`.
    Single,
    /// IEEE 754 binary64, C's `double`.
    Double,
    /// The x87 80-bit format with an explicit integer bit, C's `long double` on x86; the bytes after the tenth are padding.
    Extended,
    /// IEEE 754 binary128, C's `long double` on aarch64 and `_Float128` everywhere.
    Quad,
}

/// A C compiler's target, as far as layouts depend on it. All are LP64.
///
/// The facts are those of the System V x86_64 and the AArch64 procedure call standards, with glibc's types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The order of bytes in memory.
    pub endian: Endian,
    /// Plain `char` is signed.
    pub char_signed: bool,
    /// `wchar_t` is signed.
    pub wchar_signed: bool,
    /// What `long double` is.
    pub long_double: FloatFormat,
    /// An unnamed bit-field raises the alignment of its struct too, also one of width 0.
    pub unnamed_bits_align: bool,
    /// Size of glibc's `pthread_mutex_t`.
    pub mutex_size: u64,
    /// Size of glibc's `pthread_attr_t`.
    pub thread_attr_size: u64,
    /// `nlink_t` and `blksize_t` are 32 bits wide.
    pub narrow_stat: bool,
}

impl Target {
    /// gcc on x86_64 Linux with glibc.
    pub const X86_64: Target = Target {
        endian: Endian::Little,
        char_signed: true,
        wchar_signed: true,
        long_double: FloatFormat::Extended,
        unnamed_bits_align: false,
        mutex_size: 40,
        thread_attr_size: 56,
        narrow_stat: false,
    };

    /// gcc on aarch64 Linux with glibc.
    pub const AARCH64: Target = Target {
        endian: Endian::Little,
        char_signed: false,
        wchar_signed: false,
        long_double: FloatFormat::Quad,
        unnamed_bits_align: true,
        mutex_size: 48,
        thread_attr_size: 64,
        narrow_stat: true,
    };

    /// The machine that this program was built for; one that is neither counts as aarch64, in its own order of bytes.
    pub const HOST: Target = match () {
        () if cfg!(target_arch = "x86_64") => Target::X86_64,
        () if cfg!(target_endian = "big") => Target { endian: Endian::Big, ..Target::AARCH64 },
        () => Target::AARCH64,
    };
}
