//! Blocks that are compressed by themselves (`testdata/README.md`).

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers may panic")]

use proptest::prelude::*;
use unpacking::{BlockCompression, BlockError, unpack_block};

const LZO: &[u8] = include_bytes!("../testdata/block.lzo");
const LZ4: &[u8] = include_bytes!("../testdata/block.lz4");
const BZIP2: &[u8] = include_bytes!("../testdata/block.bz2");
const ALL: [(BlockCompression, &[u8]); 3] =
    [(BlockCompression::Lzo, LZO), (BlockCompression::Lz4, LZ4), (BlockCompression::Bzip2, BZIP2)];

fn unpack(
    compression: BlockCompression,
    packed: &[u8],
    most: usize,
) -> Result<Vec<u8>, BlockError> {
    let mut unpacked = Vec::new();
    unpack_block(compression, packed, most, &mut unpacked).map(|()| unpacked)
}

#[test]
fn one_block_is_the_same_in_every_compression() {
    let plain = unpack(BlockCompression::Bzip2, BZIP2, 1 << 20).unwrap();
    assert!(plain.len() > 4_000);
    for (compression, packed) in ALL {
        assert_eq!(unpack(compression, packed, 1 << 20).as_ref(), Ok(&plain), "{compression:?}");
        // Behind what is there already.
        let mut unpacked = b"before".to_vec();
        unpack_block(compression, packed, plain.len(), &mut unpacked).unwrap();
        assert_eq!(unpacked, [b"before", plain.as_slice()].concat(), "{compression:?}");
    }
    let zstd = include_bytes!("../testdata/one-frame.zst");
    assert!(!unpack(BlockCompression::Zstd, zstd, 1 << 20).unwrap().is_empty());
}

#[test]
fn no_more_comes_out_than_is_taken() {
    let length = unpack(BlockCompression::Lzo, LZO, 1 << 20).unwrap().len();
    for (compression, packed) in ALL {
        let most = length - 1;
        assert_eq!(unpack(compression, packed, most), Err(BlockError::TooLarge { most }));
        assert_eq!(unpack(compression, packed, 0), Err(BlockError::TooLarge { most: 0 }));
    }
    // One byte, and then itself again and again: a length without end.
    let bomb = [&[18, b'x', 32][..], &vec![0; 1 << 16], &[1, 0, 0, 17, 0, 0]].concat();
    let most = 1 << 20;
    assert_eq!(unpack(BlockCompression::Lzo, &bomb, most), Err(BlockError::TooLarge { most }));
}

#[test]
fn a_block_that_breaks_off_or_goes_on_is_damaged() {
    for (compression, packed) in ALL {
        for end in 0..packed.len() {
            let cut = unpack(compression, &packed[..end], 1 << 20);
            // LZ4 has no mark of its end: what is there is all.
            assert!(
                cut == Err(BlockError::Damaged) || compression == BlockCompression::Lz4,
                "{end}"
            );
        }
    }
    let more = [LZO, b"x"].concat();
    assert_eq!(unpack(BlockCompression::Lzo, &more, 1 << 20), Err(BlockError::Damaged));
    // Farther back than the block goes.
    let mut unpacked = b"before".to_vec();
    let far = [18, b'x', 64 | 4, 0, 17, 0, 0];
    let result = unpack_block(BlockCompression::Lzo, &far, 1 << 20, &mut unpacked);
    assert_eq!(result, Err(BlockError::Damaged));
    assert_eq!(
        unpack(BlockCompression::Lzo, &[18, b'x', 64, 0, 17, 0, 0], 9),
        Ok(b"xxxx".to_vec())
    );
    assert_eq!(unpack(BlockCompression::Zstd, b"", 9), Err(BlockError::Damaged));
}

proptest! {
    #[test]
    fn any_bytes_end_within_the_limit(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for (compression, _) in ALL {
            if let Ok(unpacked) = unpack(compression, &bytes, 5_000) {
                prop_assert!(unpacked.len() <= 5_000);
            }
        }
    }
}
