//! One block that is compressed by itself, as files of flow records hold them.

use std::io::Read as _;

use flate2::{Decompress, FlushDecompress, Status};

use crate::{Limits, Unpacker, lzo};

/// How a block is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockCompression {
    /// LZO1X.
    Lzo,
    /// LZ4 without a frame.
    Lz4,
    /// bzip2.
    Bzip2,
    /// RFC 8878.
    Zstd,
}

/// Why a block was not unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// It is not what it should be.
    #[error("the block is damaged")]
    Damaged,
    /// It unpacks to more than is taken.
    #[error("the block unpacks to more than {most} bytes")]
    TooLarge {
        /// The limit it went beyond.
        most: usize,
    },
}

/// Unpacks a block, of no more than `most` bytes, behind what `unpacked` holds.
pub fn unpack_block(
    compression: BlockCompression,
    packed: &[u8],
    most: usize,
    unpacked: &mut Vec<u8>,
) -> Result<(), BlockError> {
    match compression {
        BlockCompression::Lzo => lzo::unpack(packed, most, unpacked),
        BlockCompression::Lz4 => unpack_lz4(packed, most, unpacked),
        BlockCompression::Bzip2 | BlockCompression::Zstd => {
            let mut reader = Unpacker::new(packed, Limits::default());
            if !matches!(reader.compression(), Ok(Some(_))) {
                return Err(BlockError::Damaged);
            }
            let start = unpacked.len();
            let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            reader.take(limit).read_to_end(unpacked).map_err(|_| BlockError::Damaged)?;
            if unpacked.len() - start > most { Err(BlockError::TooLarge { most }) } else { Ok(()) }
        }
    }
}

/// Unpacks many small blocks of deflate without a header (RFC 1951): making a decompressor takes longer
/// than such a block.
#[derive(Debug)]
pub struct Inflater(Decompress);

impl Default for Inflater {
    fn default() -> Self {
        Self(Decompress::new(false))
    }
}

impl Inflater {
    /// Unpacks a block, of no more than `most` bytes, in place of what `unpacked` holds.
    pub fn unpack(
        &mut self,
        packed: &[u8],
        most: usize,
        unpacked: &mut Vec<u8>,
    ) -> Result<(), BlockError> {
        self.0.reset(false);
        unpacked.clear();
        loop {
            if unpacked.len() == unpacked.capacity() {
                let room = unpacked.len().max(packed.len()).max(4_096);
                // One byte more than is taken tells that there is more.
                let room = room.min(most.saturating_add(1).saturating_sub(unpacked.len()));
                unpacked.reserve(room);
            }
            let read = usize::try_from(self.0.total_in()).unwrap_or(usize::MAX);
            let rest = packed.get(read..).unwrap_or_default();
            let status = self.0.decompress_vec(rest, unpacked, FlushDecompress::Finish);
            match status {
                Ok(Status::StreamEnd) if unpacked.len() <= most => return Ok(()),
                Ok(_) if unpacked.len() > most => return Err(BlockError::TooLarge { most }),
                // All was read, there was room, and still it is not the end.
                Ok(_) if unpacked.len() < unpacked.capacity() => return Err(BlockError::Damaged),
                Ok(_) => {}
                Err(_) => return Err(BlockError::Damaged),
            }
        }
    }
}

/// Blocks do not say how large they become: room is made in steps.
fn unpack_lz4(packed: &[u8], most: usize, unpacked: &mut Vec<u8>) -> Result<(), BlockError> {
    let start = unpacked.len();
    let mut room = packed.len().saturating_mul(4).max(1 << 20).min(most);
    loop {
        unpacked.resize(start + room, 0);
        let target = unpacked.get_mut(start..).unwrap_or_default();
        match lz4_flex::block::decompress_into(packed, target) {
            Ok(length) => {
                unpacked.truncate(start + length);
                return Ok(());
            }
            Err(lz4_flex::block::DecompressError::OutputTooSmall { .. }) => {
                if room >= most {
                    unpacked.truncate(start);
                    return Err(BlockError::TooLarge { most });
                }
                room = room.saturating_mul(4).min(most);
            }
            Err(_) => {
                unpacked.truncate(start);
                return Err(BlockError::Damaged);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::DeflateEncoder};
    use proptest::prelude::*;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    proptest! {
        #[test]
        fn blocks_come_back_one_after_another(
            blocks in prop::collection::vec(prop::collection::vec(0_u8..4, 0..20_000), 1..5),
        ) {
            let (mut inflater, mut unpacked) = (Inflater::default(), vec![7]);
            for block in blocks {
                inflater.unpack(&packed(&block), block.len(), &mut unpacked).unwrap();
                prop_assert_eq!(&unpacked, &block);
            }
        }

        #[test]
        fn any_bytes_end_within_the_limit(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            most in 0_usize..5_000,
        ) {
            let mut unpacked = Vec::new();
            if Inflater::default().unpack(&bytes, most, &mut unpacked).is_ok() {
                prop_assert!(unpacked.len() <= most);
            }
        }
    }

    #[test]
    fn what_is_cut_short_or_too_large_is_refused() {
        let (mut inflater, mut unpacked) = (Inflater::default(), Vec::new());
        let zeros = packed(&vec![0; 1 << 20]);
        let cut = &zeros[..zeros.len() - 3];
        assert_eq!(inflater.unpack(cut, 1 << 20, &mut unpacked), Err(BlockError::Damaged));
        assert_eq!(inflater.unpack(b"", 9, &mut unpacked), Err(BlockError::Damaged));
        let most = (1 << 20) - 1;
        assert_eq!(
            inflater.unpack(&zeros, most, &mut unpacked),
            Err(BlockError::TooLarge { most })
        );
        assert!(unpacked.capacity() < 3 << 20);
        inflater.unpack(&zeros, 1 << 20, &mut unpacked).unwrap();
        assert_eq!(unpacked, vec![0; 1 << 20]);
    }
}
