//! Checksums that formats name.

/// Adler-32: RFC 1950 section 9.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    // So many bytes at once do not overflow.
    for piece in bytes.chunks(5_552) {
        for byte in piece {
            low += u32::from(*byte);
            high += low;
        }
        low %= 65_521;
        high %= 65_521;
    }
    high << 16 | low
}
