//! Who signed a file, as far as the computer that holds it can tell.

/// What the computer says of a file's signature, in the file or in a catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signature {
    /// The vendor of the operating system signed it, by a chain that ends in a root of the vendor's,
    /// and it is what was signed.
    Vendor {
        /// The signer's name, which proves nothing by itself.
        by: Option<String>,
    },
    /// Somebody else signed it whom this computer trusts, and it is what was signed.
    Other {
        /// The signer's name.
        by: Option<String>,
    },
    /// It carries no signature and stands in no catalog.
    Unsigned,
    /// It is not what was signed: something was changed in it, or the signature is another file's.
    Altered {
        /// The signer's name, where it could be read.
        by: Option<String>,
    },
    /// What became of it could not be told.
    NotVerified {
        /// The signer's name, where it could be read.
        by: Option<String>,
        /// Why.
        why: NotVerified,
        /// Whether the chain ends in a root of the vendor's all the same.
        has_vendors_root: bool,
    },
}

/// Why a signature could not be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotVerified {
    /// This computer does not know who vouches for the signer.
    UnknownIssuer,
    /// It was valid once, and nobody vouches for when it was made.
    Expired,
    /// The signer's certificate was called back or is distrusted.
    Withdrawn,
    /// The signature itself cannot be read.
    Malformed,
    /// The file cannot be read.
    Unreadable,
    /// There is nothing here that verifies signatures.
    NoMeans,
    /// The system's own number of the failure.
    Failed(u32),
}

impl NotVerified {
    /// The codes of all reasons.
    pub const CODES: [&str; 7] =
        ["unknown-issuer", "expired", "withdrawn", "malformed", "unreadable", "no-means", "failed"];

    /// Short name, for files and messages.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownIssuer => "unknown-issuer",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Malformed => "malformed",
            Self::Unreadable => "unreadable",
            Self::NoMeans => "no-means",
            Self::Failed(_) => "failed",
        }
    }
}

impl Signature {
    /// The codes of all answers.
    pub const CODES: [&str; 5] = ["vendor", "other", "unsigned", "altered", "not-verified"];

    /// Short name, for files and messages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Vendor { .. } => "vendor",
            Self::Other { .. } => "other",
            Self::Unsigned => "unsigned",
            Self::Altered { .. } => "altered",
            Self::NotVerified { .. } => "not-verified",
        }
    }

    /// The signer's name, where it is known.
    pub fn by(&self) -> Option<&str> {
        match self {
            Self::Vendor { by }
            | Self::Other { by }
            | Self::Altered { by }
            | Self::NotVerified { by, .. } => by.as_deref(),
            Self::Unsigned => None,
        }
    }

    /// Whether the file is never changed for who signed it, whatever was found in it and wherever it
    /// lies. What the vendor signed is not lost because a clock is wrong or a list is missing here.
    pub fn protects(&self) -> bool {
        matches!(self, Self::Vendor { .. } | Self::NotVerified { has_vendors_root: true, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_vendor_signed_is_protected_and_nothing_else() {
        let by = || Some("Microsoft Corporation".to_owned());
        let not_verified = |has_vendors_root| Signature::NotVerified {
            by: by(),
            why: NotVerified::Expired,
            has_vendors_root,
        };
        let check = |signature: Signature, code, expected| {
            assert_eq!((signature.code(), signature.protects()), (code, expected));
            assert!(Signature::CODES.contains(&code));
        };
        check(Signature::Vendor { by: None }, "vendor", true);
        check(not_verified(true), "not-verified", true);
        // A name is only a name.
        check(Signature::Other { by: by() }, "other", false);
        check(Signature::Altered { by: by() }, "altered", false);
        check(not_verified(false), "not-verified", false);
        check(Signature::Unsigned, "unsigned", false);
    }
}
