//! Names, addresses, networks, URLs and hashes in one normal form each.
