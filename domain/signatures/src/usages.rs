//! What a certificate is for.

/// What certificates under the vendor's roots say when the vendor vouches for somebody else's work:
/// drivers of others, after a test (three times), by their makers' word, and before the system
/// starts; programs of its shop.
const FOR_OTHERS: [&str; 6] = [
    "1.3.6.1.4.1.311.10.3.5",
    "1.3.6.1.4.1.311.10.3.7",
    "1.3.6.1.4.1.311.10.3.39",
    "1.3.6.1.4.1.311.10.3.5.1",
    "1.3.6.1.4.1.311.61.4.1",
    "1.3.6.1.4.1.311.76.3.1",
];
/// A part of the operating system.
const OF_SYSTEM: &str = "1.3.6.1.4.1.311.10.3.6";

/// Whether a signer under a root of the vendor's signs what others made, by the usages of its
/// certificate. Malware was signed so: a driver that its maker sent in.
pub fn signs_for_others<'u>(usages: impl IntoIterator<Item = &'u str>) -> bool {
    let (mut of_system, mut for_others) = (false, false);
    for usage in usages {
        of_system |= usage == OF_SYSTEM;
        for_others |= FOR_OTHERS.contains(&usage);
    }
    for_others && !of_system
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_and_programs_of_others_are_not_the_vendors() {
        let check = |usages: &[&str], expected| {
            assert_eq!(signs_for_others(usages.iter().copied()), expected, "{usages:?}");
        };
        let code_signing = "1.3.6.1.5.5.7.3.3";
        check(&[], false);
        check(&[code_signing], false);
        check(&[code_signing, OF_SYSTEM], false);
        check(&[code_signing, "1.3.6.1.4.1.311.10.3.5"], true);
        check(&["1.3.6.1.4.1.311.10.3.5.1", code_signing], true);
        check(&[code_signing, "1.3.6.1.4.1.311.76.3.1"], true);
        check(&["1.3.6.1.4.1.311.10.3.5", OF_SYSTEM], false);
        check(&["1.3.6.1.4.1.311.10.3.50"], false);
    }
}
