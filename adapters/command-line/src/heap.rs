//! The heap of a program, told what suits it before there are threads. Where the C library is not glibc
//! nothing is told.

/// From this size on, in bytes, a piece is asked of the system: what glibc begins with.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: libc::c_int = 128 << 10;

/// Lets all threads take memory from one heap. A heap for each thread, as glibc gives them, holds what each
/// once needed: a tenth of the memory of a scan by two threads.
pub fn share_one() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "the standard library tells its allocator nothing")]
    // SAFETY: sets a number of the allocator, and takes no pointer.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Returns large pieces to the system when they are freed. glibc takes a piece that was freed as a sign that more of
/// its size will come, and keeps them from then on: an eighth of the memory of `match` while it makes an index of lists.
pub fn return_large_pieces() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "the standard library tells its allocator nothing")]
    // SAFETY: as above.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
    }
}
