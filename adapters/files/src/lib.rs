//! Files, folders and standard input as blocks of bytes.
