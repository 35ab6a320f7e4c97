//! How much may come out.

use crate::UnpackError;

/// How much may come out of compressed bytes. Bytes that are not compressed have no limit.
///
/// The defaults let every log through: text logs unpack to 5–40 times their size, the most uniform
/// ones to a few hundred. A bomb of zeroes reaches 1,030 with gzip and far more with zstd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many times its compressed size a stream may unpack to.
    pub ratio: u64,
    /// How many bytes may come out before the ratio counts: small uniform files are no bombs.
    pub ratio_from_bytes: u64,
    /// How many bytes may come out at all.
    pub output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { ratio: 1_000, ratio_from_bytes: 64 << 20, output_bytes: 4 << 40 }
    }
}

impl Limits {
    /// Whether so many bytes may have come out of so many.
    pub(crate) fn check(self, packed: u64, unpacked: u64) -> Result<(), UnpackError> {
        if unpacked > self.output_bytes {
            return Err(UnpackError::TooLarge { bytes: self.output_bytes });
        }
        if unpacked > self.ratio_from_bytes && unpacked > packed.saturating_mul(self.ratio) {
            return Err(UnpackError::RatioTooHigh { ratio: self.ratio });
        }
        Ok(())
    }
}
