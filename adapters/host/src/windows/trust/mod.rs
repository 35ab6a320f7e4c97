//! Who signed a file, asked of Windows: by the signature in it, else by the catalogs.
//!
//! Nothing is shown and nothing fetched: whether a certificate was called back is known as far as this
//! computer knows it already.

mod calls;
mod catalogs;

use std::ffi::{CStr, c_void};
use std::fs::File;
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

use cleaning::{NotVerified, Signature};
use signatures::{carries_more, signs_for_others};
use windows_sys::Win32::Foundation::{
    CERT_E_CHAINING, CERT_E_EXPIRED, CERT_E_REVOKED, CERT_E_UNTRUSTEDROOT,
    CERT_E_UNTRUSTEDTESTROOT, CRYPT_E_BAD_MSG, CRYPT_E_FILE_ERROR, CRYPT_E_HASH_VALUE,
    CRYPT_E_REVOKED, HANDLE, INVALID_HANDLE_VALUE, NTE_BAD_SIGNATURE, TRUST_E_BAD_DIGEST,
    TRUST_E_CERT_SIGNATURE, TRUST_E_EXPLICIT_DISTRUST, TRUST_E_MALFORMED_SIGNATURE,
    TRUST_E_NOSIGNATURE, TRUST_E_PROVIDER_UNKNOWN, TRUST_E_SUBJECT_FORM_UNKNOWN,
};
use windows_sys::Win32::Security::Cryptography::{
    CERT_CHAIN_CONTEXT, CERT_CHAIN_POLICY_MICROSOFT_ROOT, CERT_CHAIN_POLICY_PARA,
    CERT_CHAIN_POLICY_STATUS, CERT_CONTEXT, CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG,
    CERT_NAME_SIMPLE_DISPLAY_TYPE, CERT_TRUST_IS_PARTIAL_CHAIN, CERT_TRUST_IS_UNTRUSTED_ROOT,
    CTL_USAGE, MICROSOFT_ROOT_CERT_CHAIN_POLICY_CHECK_APPLICATION_ROOT_FLAG,
};
use windows_sys::Win32::Security::WinTrust::{
    WINTRUST_ACTION_GENERIC_VERIFY_V2, WINTRUST_DATA, WINTRUST_DATA_0, WINTRUST_FILE_INFO,
    WTD_CACHE_ONLY_URL_RETRIEVAL, WTD_CHOICE_FILE, WTD_DISABLE_MD2_MD4, WTD_REVOCATION_CHECK_NONE,
    WTD_REVOKE_NONE, WTD_STATEACTION_CLOSE, WTD_STATEACTION_VERIFY, WTD_UI_NONE,
};

use super::place::wide;
use crate::SignatureCheck;
use calls::Calls;

/// UTF-16 units of a signer's name.
const MAX_NAME_UNITS: usize = 512;
/// Bytes of the list of what a certificate is for.
const MAX_USAGE_BYTES: u32 = 64 << 10;

/// Windows itself.
#[derive(Debug)]
pub(super) struct WindowsSignatures;

impl SignatureCheck for WindowsSignatures {
    fn signature(&self, file: &File, path: &Path) -> Signature {
        static CALLS: OnceLock<Option<Calls>> = OnceLock::new();
        let Some(calls) = CALLS.get_or_init(|| Calls::load().ok()) else {
            let why = NotVerified::NoMeans;
            return Signature::NotVerified { by: None, why, has_vendors_root: false };
        };
        let in_it = match embedded(calls, file, path) {
            // The signature says nothing of what else stands where it stands.
            Signature::Vendor { by } if has_more(file) => Signature::Altered { by },
            signature => signature,
        };
        if matches!(in_it, Signature::Vendor { .. } | Signature::Altered { .. }) {
            return in_it;
        }
        match catalogs::signature(calls, file, path) {
            Some(signature @ Signature::Vendor { .. }) => signature,
            Some(signature) if in_it == Signature::Unsigned => signature,
            _ => in_it,
        }
    }
}

/// The signature in a file.
fn embedded(calls: &Calls, file: &File, path: &Path) -> Signature {
    let path = wide(path);
    let mut subject = WINTRUST_FILE_INFO {
        cbStruct: size_of_u32::<WINTRUST_FILE_INFO>(),
        pcwszFilePath: path.as_ptr(),
        hFile: file.as_raw_handle(),
        pgKnownSubject: ptr::null_mut(),
    };
    let subject = WINTRUST_DATA_0 { pFile: &raw mut subject };
    // SAFETY: the subject is a file's, as is said, and it, the path and the handle outlive the call.
    unsafe { verified(calls, WTD_CHOICE_FILE, subject) }
}

/// Asks about a file or a member of a catalog.
///
/// # Safety
/// `subject` is of the kind that `choice` says, and everything in it lives until this returns.
unsafe fn verified(calls: &Calls, choice: u32, subject: WINTRUST_DATA_0) -> Signature {
    let data = WINTRUST_DATA {
        cbStruct: size_of_u32::<WINTRUST_DATA>(),
        dwUIChoice: WTD_UI_NONE,
        fdwRevocationChecks: WTD_REVOKE_NONE,
        dwUnionChoice: choice,
        Anonymous: subject,
        dwStateAction: WTD_STATEACTION_VERIFY,
        dwProvFlags: WTD_REVOCATION_CHECK_NONE | WTD_CACHE_ONLY_URL_RETRIEVAL | WTD_DISABLE_MD2_MD4,
        ..WINTRUST_DATA::default()
    };
    let mut asked = Asked { calls, data };
    let status = asked.ask();
    // SAFETY: the state is that of this question, and is closed when `asked` is dropped.
    let signer = unsafe { signer(calls, asked.data.hWVTStateData) };
    judged(status, signer)
}

/// A question to `WinVerifyTrust`, whose state is closed when it is dropped.
struct Asked<'c> {
    calls: &'c Calls,
    data: WINTRUST_DATA,
}

impl Asked<'_> {
    fn ask(&mut self) -> i32 {
        let mut action = WINTRUST_ACTION_GENERIC_VERIFY_V2;
        // There is no window, and nobody is asked anything.
        let window = INVALID_HANDLE_VALUE;
        // SAFETY: the structures are whole, and what they point to lives, by `verified`.
        unsafe { (self.calls.verify)(window, &raw mut action, (&raw mut self.data).cast()) }
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.data.dwStateAction = WTD_STATEACTION_CLOSE;
        self.ask();
    }
}

/// Who signed.
struct Signer {
    by: Option<String>,
    /// Whether the chain ends in a root of the vendor's, and the signer signs the vendor's own.
    is_vendors: bool,
    /// Whether the chain ends in a root that this computer trusts. Windows asks for it by itself, Wine
    /// takes a signature for valid without.
    is_known: bool,
}

/// The signer of a state; `None` where it did not come so far.
///
/// # Safety
/// `state` is null or that of a question that is not closed.
unsafe fn signer(calls: &Calls, state: HANDLE) -> Option<Signer> {
    if state.is_null() {
        return None;
    }
    // SAFETY: each is null or lives as long as the state.
    unsafe {
        let provider = (calls.provider_of)(state);
        if provider.is_null() {
            return None;
        }
        let signer = (calls.signer_of)(provider, 0, 0, 0).as_ref()?;
        let certificate = match signer.pasCertChain.as_ref() {
            Some(first) if signer.csCertChain > 0 => first.pCert,
            _ => ptr::null(),
        };
        if certificate.is_null() {
            return None;
        }
        let is_vendors = has_vendors_root(calls, signer.pChainContext)
            && !signs_for_others(usages(calls, certificate).iter().map(String::as_str));
        let unknown = CERT_TRUST_IS_UNTRUSTED_ROOT | CERT_TRUST_IS_PARTIAL_CHAIN;
        let chain = signer.pChainContext.as_ref();
        let is_known = chain.is_some_and(|it| it.TrustStatus.dwErrorStatus & unknown == 0);
        Some(Signer { by: name(calls, certificate), is_vendors, is_known })
    }
}

/// Whether a chain ends in one of the roots of Microsoft, by the keys that Windows itself knows.
///
/// # Safety
/// `chain` is null or lives.
unsafe fn has_vendors_root(calls: &Calls, chain: *const CERT_CHAIN_CONTEXT) -> bool {
    if chain.is_null() {
        return false;
    }
    // The flag asks for the newer root in place of the older ones.
    [0, MICROSOFT_ROOT_CERT_CHAIN_POLICY_CHECK_APPLICATION_ROOT_FLAG].into_iter().any(|flags| {
        let how = CERT_CHAIN_POLICY_PARA {
            cbSize: size_of_u32::<CERT_CHAIN_POLICY_PARA>(),
            dwFlags: flags,
            ..CERT_CHAIN_POLICY_PARA::default()
        };
        let mut answer = CERT_CHAIN_POLICY_STATUS {
            cbSize: size_of_u32::<CERT_CHAIN_POLICY_STATUS>(),
            ..CERT_CHAIN_POLICY_STATUS::default()
        };
        let policy = CERT_CHAIN_POLICY_MICROSOFT_ROOT;
        // SAFETY: the chain lives, and both structures are whole.
        let is_told =
            unsafe { (calls.chain_policy)(policy, chain, &raw const how, &raw mut answer) } != 0;
        is_told && answer.dwError == 0
    })
}

/// The name of a certificate's owner.
///
/// # Safety
/// `certificate` lives.
unsafe fn name(calls: &Calls, certificate: *const CERT_CONTEXT) -> Option<String> {
    let mut buffer = vec![0_u16; MAX_NAME_UNITS];
    let room = u32::try_from(buffer.len()).unwrap_or(0);
    let kind = CERT_NAME_SIMPLE_DISPLAY_TYPE;
    // SAFETY: the certificate lives, and the buffer is as long as is said.
    let length =
        unsafe { (calls.name_of)(certificate, kind, 0, ptr::null(), buffer.as_mut_ptr(), room) };
    // The length counts the zero at the end.
    let units = buffer.get(..usize::try_from(length).ok()?.checked_sub(1)?)?;
    Some(String::from_utf16_lossy(units)).filter(|name| !name.is_empty())
}

/// What a certificate says that it is for; nothing where it does not say.
///
/// # Safety
/// `certificate` lives.
unsafe fn usages(calls: &Calls, certificate: *const CERT_CONTEXT) -> Vec<String> {
    let flags = CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG;
    let mut length = 0;
    // SAFETY: the certificate lives, and nothing but the length is written.
    unsafe { (calls.usages_of)(certificate, flags, ptr::null_mut(), &raw mut length) };
    if length < size_of_u32::<CTL_USAGE>() || length > MAX_USAGE_BYTES {
        return Vec::new();
    }
    // Of words, so that the structure stands where it may.
    let mut buffer = vec![0_u64; usize::try_from(length).unwrap_or(0).div_ceil(8)];
    let list = buffer.as_mut_ptr().cast::<CTL_USAGE>();
    // SAFETY: the buffer holds as much as was asked for; what the list points to lies in it.
    unsafe {
        if (calls.usages_of)(certificate, flags, list, &raw mut length) == 0 {
            return Vec::new();
        }
        let count = usize::try_from((*list).cUsageIdentifier).unwrap_or(0);
        if count == 0 || (*list).rgpszUsageIdentifier.is_null() {
            return Vec::new();
        }
        let texts = std::slice::from_raw_parts((*list).rgpszUsageIdentifier, count);
        let texts = texts.iter().filter(|text| !text.is_null());
        texts.map(|text| CStr::from_ptr(text.cast()).to_string_lossy().into_owned()).collect()
    }
}

/// What an answer of Windows amounts to.
fn judged(status: i32, signer: Option<Signer>) -> Signature {
    let (by, is_vendors, is_known) =
        signer.map_or((None, false, false), |it| (it.by, it.is_vendors, it.is_known));
    let why = match status {
        0 if is_vendors => return Signature::Vendor { by },
        0 if is_known => return Signature::Other { by },
        0 => NotVerified::UnknownIssuer,
        TRUST_E_NOSIGNATURE | TRUST_E_SUBJECT_FORM_UNKNOWN | TRUST_E_PROVIDER_UNKNOWN => {
            return Signature::Unsigned;
        }
        // The second: what was signed is another digest than the one that stands beside.
        TRUST_E_BAD_DIGEST | CRYPT_E_HASH_VALUE => return Signature::Altered { by },
        CERT_E_UNTRUSTEDROOT | CERT_E_UNTRUSTEDTESTROOT | CERT_E_CHAINING => {
            NotVerified::UnknownIssuer
        }
        CERT_E_EXPIRED => NotVerified::Expired,
        CERT_E_REVOKED | CRYPT_E_REVOKED | TRUST_E_EXPLICIT_DISTRUST => NotVerified::Withdrawn,
        TRUST_E_MALFORMED_SIGNATURE
        | TRUST_E_CERT_SIGNATURE
        | NTE_BAD_SIGNATURE
        | CRYPT_E_BAD_MSG => NotVerified::Malformed,
        CRYPT_E_FILE_ERROR => NotVerified::Unreadable,
        other => NotVerified::Failed(other.cast_unsigned()),
    };
    // Whoever made a signature that cannot be read wrote its name too; and what the vendor itself
    // called back is not protected for the vendor's sake.
    let is_told_by_chain = matches!(why, NotVerified::UnknownIssuer | NotVerified::Expired);
    Signature::NotVerified { by, why, has_vendors_root: is_vendors && is_told_by_chain }
}

/// Whether a program carries more than signatures where these stand. One that cannot be read again is
/// what Windows says.
fn has_more(mut file: &File) -> bool {
    carries_more(&mut file).unwrap_or(false)
}

fn size_of_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(0)
}

/// The bytes of a digest as a catalog names its members.
fn member_tag(digest: &[u8]) -> Vec<u16> {
    let digits = digest.iter().flat_map(|byte| format!("{byte:02X}").into_bytes());
    digits.map(u16::from).chain([0]).collect()
}

/// What the calls take that are not used here.
const NOTHING: *const c_void = ptr::null();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_windows_is_one_answer() {
        let check = |status: i32, is_vendors, code, protects| {
            let by = Some("x".to_owned());
            let signature = judged(status, Some(Signer { by, is_vendors, is_known: true }));
            assert_eq!((signature.code(), signature.protects()), (code, protects), "{status:x}");
        };
        check(0, true, "vendor", true);
        check(0, false, "other", false);
        check(TRUST_E_NOSIGNATURE, false, "unsigned", false);
        check(TRUST_E_BAD_DIGEST, true, "altered", false);
        check(CERT_E_UNTRUSTEDROOT, false, "not-verified", false);
        check(CERT_E_EXPIRED, true, "not-verified", true);
        check(CERT_E_EXPIRED, false, "not-verified", false);
        // A driver that Microsoft took back, a signature that somebody wrote by hand.
        check(TRUST_E_EXPLICIT_DISTRUST, true, "not-verified", false);
        check(NTE_BAD_SIGNATURE, true, "not-verified", false);
        check(-1, true, "not-verified", false);
        let nobody = judged(0, Some(Signer { by: None, is_vendors: false, is_known: false }));
        assert_eq!((nobody.code(), judged(0, None).code()), ("not-verified", "not-verified"));
    }

    #[test]
    fn members_of_catalogs_are_named_in_capital_digits() {
        let tag = String::from_utf16(&member_tag(&[0x0a, 0xff, 0x10])).unwrap();
        assert_eq!(tag, "0AFF10\0");
    }
}
