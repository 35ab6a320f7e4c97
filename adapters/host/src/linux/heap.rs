//! The heap of this program.

/// Lets all threads take memory from one heap. A heap for each thread, as glibc gives them, holds what each
/// once needed: a tenth of the memory of a scan by two threads. To be called before there are threads.
pub fn share_one_heap() {
    #[cfg(target_env = "gnu")]
    // SAFETY: sets a number of the allocator, and takes no pointer.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
