//! One malicious address.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use observables::Observable;

/// One malicious address, as a list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// What is malicious.
    pub observable: Observable,
    /// How far a domain name reaches; means nothing for the other kinds.
    pub scope: Scope,
    /// Malware family, when the list names one.
    pub family: Option<String>,
    /// Last day it holds.
    pub valid_until: Option<Date>,
}

/// How far a domain name reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The name and every name below it.
    #[default]
    Subdomains,
    /// The name alone.
    Exact,
}

impl Scope {
    /// The code used in lists: `subdomains` or `exact`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Subdomains => "subdomains",
            Self::Exact => "exact",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Scope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "subdomains" | "subdomain" | "suffix" => Ok(Self::Subdomains),
            "exact" | "host" | "fqdn" => Ok(Self::Exact),
            _ => Err(()),
        }
    }
}
