//! The typedefs, structs and constants that C's and Linux' usual headers declare, so that no header needs to be read.

use crate::layout::target::Target;
use crate::layout::types::{Shape, Type};

/// Typedef names and the integer each one is on an LP64 Linux with glibc.
const INTEGERS: [(&str, &str); 30] = [
    ("char", "atomic_char"),
    ("bool", "atomic_bool"),
    ("signed char", "int8_t int_least8_t int_fast8_t __s8 s8 __int8_t atomic_schar"),
    (
        "unsigned char",
        "uint8_t uint_least8_t uint_fast8_t u_int8_t u_char uchar __u8 u8 __uint8_t cc_t atomic_uchar",
    ),
    ("short", "int16_t int_least16_t __s16 s16 __int16_t atomic_short"),
    ("unsigned short", "uint16_t uint_least16_t u_int16_t u_short ushort __u16 u16 __uint16_t"),
    ("unsigned short", "char16_t in_port_t sa_family_t __le16 __be16 atomic_ushort"),
    ("int", "int32_t int_least32_t __s32 s32 __int32_t pid_t key_t clockid_t mqd_t sig_atomic_t __pid_t"),
    ("int", "nl_item pthread_once_t pthread_spinlock_t atomic_int __key_t"),
    ("unsigned int", "uint32_t uint_least32_t u_int32_t u_int uint __u32 u32 __uint32_t char32_t wint_t"),
    ("unsigned int", "uid_t gid_t mode_t id_t useconds_t socklen_t in_addr_t pthread_key_t speed_t tcflag_t"),
    ("unsigned int", "__le32 __be32 __uid_t __gid_t __mode_t atomic_uint"),
    ("long", "int64_t int_least64_t int_fast16_t int_fast32_t int_fast64_t intmax_t intptr_t ptrdiff_t"),
    ("long", "ssize_t time_t off_t off64_t loff_t quad_t clock_t suseconds_t blkcnt_t register_t __int64_t"),
    ("long", "__time_t __off_t __ssize_t __suseconds_t __syscall_slong_t atomic_long atomic_intptr_t"),
    (
        "unsigned long",
        "uint64_t uint_least64_t uint_fast16_t uint_fast32_t uint_fast64_t uintmax_t uintptr_t",
    ),
    (
        "unsigned long",
        "size_t ulong u_long u_quad_t u_int64_t dev_t ino_t ino64_t rlim_t fsblkcnt_t fsfilcnt_t pthread_t",
    ),
    ("unsigned long", "msgqnum_t msglen_t shmatt_t __uint64_t __dev_t __ino_t __syscall_ulong_t nfds_t"),
    ("unsigned long", "atomic_ulong atomic_size_t atomic_uintptr_t"),
    ("long long", "__s64 s64 atomic_llong"),
    ("unsigned long long", "__u64 u64 __le64 __be64 atomic_ullong"),
    ("__int128", "__int128_t"),
    ("unsigned __int128", "__uint128_t"),
    ("float", "float_t _Float32"),
    ("double", "double_t _Float64 _Float32x"),
    ("long double", "_Float64x"),
    ("_Float128", "__float128"),
    ("wchar", "wchar_t"),
    ("narrow", "nlink_t"),
    ("narrow signed", "blksize_t"),
];

/// Types that are bytes to us: name, size and alignment.
const OPAQUE: [(&str, u64, u64); 14] = [
    ("sem_t", 32, 8),
    ("pthread_mutexattr_t", 4, 4),
    ("pthread_cond_t", 48, 8),
    ("pthread_condattr_t", 4, 4),
    ("pthread_rwlock_t", 56, 8),
    ("pthread_rwlockattr_t", 8, 8),
    ("pthread_barrier_t", 32, 8),
    ("pthread_barrierattr_t", 4, 4),
    ("sigset_t", 128, 8),
    ("fd_set", 128, 8),
    ("cpu_set_t", 128, 8),
    ("max_align_t", 32, 16),
    ("mbstate_t", 8, 4),
    ("fpos_t", 16, 8),
];

/// Constants that a Linux compiler or its usual headers define, and that people use as array sizes or ask for.
const CONSTANTS: [(&str, u32); 12] = [
    ("__linux__", 1),
    ("__unix__", 1),
    ("__LP64__", 1),
    ("_LP64", 1),
    ("__GNUC__", 12),
    ("__STDC__", 1),
    ("CHAR_BIT", 8),
    ("PATH_MAX", 4096),
    ("NAME_MAX", 255),
    ("BUFSIZ", 8192),
    ("true", 1),
    ("false", 0),
];

/// Structs of the usual headers, as C text.
const STRUCTS: [(&str, &str); 5] = [
    ("struct timespec", "struct timespec { time_t tv_sec; long tv_nsec; };"),
    ("struct timeval", "struct timeval { time_t tv_sec; suseconds_t tv_usec; };"),
    ("struct itimerspec", "struct itimerspec { struct timespec it_interval; struct timespec it_value; };"),
    ("struct itimerval", "struct itimerval { struct timeval it_interval; struct timeval it_value; };"),
    ("struct in_addr", "struct in_addr { in_addr_t s_addr; };"),
];

/// The type of a typedef name that no text declared.
pub fn typedef(name: &str, target: &Target) -> Option<Type> {
    let opaque = |size, align| Some(Type { align, ..Type::scalar(name, size, Shape::Opaque) });
    match name {
        "pthread_mutex_t" => return opaque(target.mutex_size, 8),
        "pthread_attr_t" => return opaque(target.thread_attr_size, 8),
        "timer_t" => return Some(Type::scalar(name, 8, Shape::Pointer)),
        _ => {}
    }
    if let Some((_, size, align)) = OPAQUE.iter().find(|(known, ..)| *known == name) {
        return opaque(*size, *align);
    }
    let (basic, _) = INTEGERS.iter().find(|(_, names)| names.split(' ').any(|known| known == name))?;
    let integer = |size, signed| Some(Type::scalar(name, size, Shape::Int { signed }));
    match *basic {
        "wchar" => integer(4, target.wchar_signed),
        "narrow" => integer(if target.narrow_stat { 4 } else { 8 }, false),
        "narrow signed" => integer(if target.narrow_stat { 4 } else { 8 }, true),
        basic => super::base::basic(basic.split(' '), target).map(|ty| ty.renamed(name)),
    }
}

/// The value of a constant that no text defined.
pub fn constant(name: &str) -> Option<u32> {
    CONSTANTS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// The declaration of a struct that no text declared.
pub fn declaration(tag: &str) -> Option<&'static str> {
    STRUCTS.iter().find(|(known, _)| *known == tag).map(|(_, text)| *text)
}
