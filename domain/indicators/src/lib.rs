//! Lists of malicious addresses: reading them, merging them, saying what was refused.
