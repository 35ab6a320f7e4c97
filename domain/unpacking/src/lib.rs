//! Compressed bytes into bytes, under limits; the only crate that calls a decompressor.
//!
//! [`Unpacker`] reads any stream: gzip, zstd, xz and bzip2 are told by their first bytes and unpacked
//! on the way, everything else passes through unchanged. Several members or frames behind one
//! another, as log rotation leaves them, are one stream. Memory is bounded by the decompressor's
//! window (gzip 32 KiB, bzip2 4 MiB, zstd at most 128 MiB, xz 160 MiB, as much as the file asks for),
//! whatever the size.
//!
//! ```
//! use std::io::Read as _;
//! use unpacking::{Limits, Unpacker};
//!
//! let mut text = String::new();
//! let mut unpacker = Unpacker::new(&b"plain text"[..], Limits::default());
//! unpacker.read_to_string(&mut text)?;
//! assert_eq!((text.as_str(), unpacker.compression()?), ("plain text", None));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`unpack_block`] unpacks one block of a file that compresses its blocks by themselves.
//! [`ZipReader`] reads the members of a zip as they come, without seeking.
//! [`each_part`] takes archives and documents apart, and what is in them, and says what it could not
//! open.
//!
//! What it deliberately does not do: guess passwords, run programs that unpack themselves. Where
//! reading starts: [`Unpacker`], then `members.rs` and `zst.rs`; [`each_part`], then `parts/`. In a
//! browser, where there is no C, `zst_rust.rs` takes the place of the decompressor of `zst.rs`.

mod block;
mod error;
mod limits;
mod lzo;
mod members;
#[cfg(not(target_family = "wasm"))]
mod parts;
mod source;
mod unpacker;
mod zip_reader;
mod zst;
#[cfg(any(test, target_family = "wasm"))]
mod zst_rust;

pub use block::{BlockCompression, BlockError, Inflater, unpack_block};
pub use error::UnpackError;
pub use limits::Limits;
#[cfg(not(target_family = "wasm"))]
pub use parts::{NotOpened, Part, PartLimits, PartReason, each_part};
pub use unpacker::{Compression, Unpacker};
pub use zip_reader::{ZipMember, ZipReader, ZipRefusal, ZipTime, is_zip};
