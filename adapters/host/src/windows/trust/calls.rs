//! The calls of Windows about signatures, loaded from the system's own folder.

use std::ffi::c_void;
use std::io;

use windows_sys::Win32::Foundation::{HANDLE, HWND};
use windows_sys::Win32::Security::Cryptography::Catalog::CATALOG_INFO;
use windows_sys::Win32::Security::Cryptography::{
    CERT_CHAIN_CONTEXT, CERT_CHAIN_POLICY_PARA, CERT_CHAIN_POLICY_STATUS, CERT_CONTEXT, CTL_USAGE,
};
use windows_sys::Win32::Security::WinTrust::CRYPT_PROVIDER_SGNR;
use windows_sys::core::{BOOL, GUID, PCSTR, PCWSTR, PWSTR, s, w};

use super::super::library::function;

type Verify = unsafe extern "system" fn(HWND, *mut GUID, *mut c_void) -> i32;
type ProviderOf = unsafe extern "system" fn(HANDLE) -> *mut c_void;
type SignerOf = unsafe extern "system" fn(*mut c_void, u32, BOOL, u32) -> *mut CRYPT_PROVIDER_SGNR;
type ChainPolicy = unsafe extern "system" fn(
    PCSTR,
    *const CERT_CHAIN_CONTEXT,
    *const CERT_CHAIN_POLICY_PARA,
    *mut CERT_CHAIN_POLICY_STATUS,
) -> BOOL;
type NameOf =
    unsafe extern "system" fn(*const CERT_CONTEXT, u32, u32, *const c_void, PWSTR, u32) -> u32;
type UsagesOf =
    unsafe extern "system" fn(*const CERT_CONTEXT, u32, *mut CTL_USAGE, *mut u32) -> BOOL;
type OpenCatalogs = unsafe extern "system" fn(*mut isize, *const GUID, u32) -> BOOL;
type OpenCatalogsBy =
    unsafe extern "system" fn(*mut isize, *const GUID, PCWSTR, *const c_void, u32) -> BOOL;
type Digest = unsafe extern "system" fn(HANDLE, *mut u32, *mut u8, u32) -> BOOL;
type DigestBy = unsafe extern "system" fn(isize, HANDLE, *mut u32, *mut u8, u32) -> BOOL;
type FindCatalog = unsafe extern "system" fn(isize, *const u8, u32, u32, *mut isize) -> isize;
type CatalogFacts = unsafe extern "system" fn(isize, *mut CATALOG_INFO, u32) -> BOOL;
type LeaveCatalog = unsafe extern "system" fn(isize, isize, u32) -> BOOL;
type LeaveCatalogs = unsafe extern "system" fn(isize, u32) -> BOOL;

/// Functions of `wintrust.dll` and `crypt32.dll`.
pub(super) struct Calls {
    /// `WinVerifyTrust`.
    pub(super) verify: Verify,
    /// `WTHelperProvDataFromStateData`.
    pub(super) provider_of: ProviderOf,
    /// `WTHelperGetProvSignerFromChain`.
    pub(super) signer_of: SignerOf,
    /// `CertVerifyCertificateChainPolicy`.
    pub(super) chain_policy: ChainPolicy,
    /// `CertGetNameStringW`.
    pub(super) name_of: NameOf,
    /// `CertGetEnhancedKeyUsage`.
    pub(super) usages_of: UsagesOf,
    /// `CryptCATAdminAcquireContext`, whose digests are SHA-1.
    pub(super) open_catalogs: OpenCatalogs,
    /// `CryptCATAdminCalcHashFromFileHandle`.
    pub(super) digest: Digest,
    /// `CryptCATAdminAcquireContext2` and `CryptCATAdminCalcHashFromFileHandle2`, since Windows 8.
    pub(super) by_algorithm: Option<(OpenCatalogsBy, DigestBy)>,
    /// `CryptCATAdminEnumCatalogFromHash`.
    pub(super) find_catalog: FindCatalog,
    /// `CryptCATCatalogInfoFromContext`.
    pub(super) catalog_facts: CatalogFacts,
    /// `CryptCATAdminReleaseCatalogContext`.
    pub(super) leave_catalog: LeaveCatalog,
    /// `CryptCATAdminReleaseContext`.
    pub(super) leave_catalogs: LeaveCatalogs,
}

/// A function as what it is.
macro_rules! of {
    ($library:expr, $name:literal as $kind:ty) => {{
        let found = function($library, s!($name))?;
        // SAFETY: the type is that of Microsoft's documentation of the function of this name.
        unsafe { std::mem::transmute::<unsafe extern "system" fn() -> isize, $kind>(found) }
    }};
}

impl Calls {
    pub(super) fn load() -> io::Result<Self> {
        let (trust, certificates) = (w!("wintrust.dll"), w!("crypt32.dll"));
        Ok(Self {
            verify: of!(trust, "WinVerifyTrust" as Verify),
            provider_of: of!(trust, "WTHelperProvDataFromStateData" as ProviderOf),
            signer_of: of!(trust, "WTHelperGetProvSignerFromChain" as SignerOf),
            chain_policy: of!(certificates, "CertVerifyCertificateChainPolicy" as ChainPolicy),
            name_of: of!(certificates, "CertGetNameStringW" as NameOf),
            usages_of: of!(certificates, "CertGetEnhancedKeyUsage" as UsagesOf),
            open_catalogs: of!(trust, "CryptCATAdminAcquireContext" as OpenCatalogs),
            digest: of!(trust, "CryptCATAdminCalcHashFromFileHandle" as Digest),
            by_algorithm: by_algorithm(trust).ok(),
            find_catalog: of!(trust, "CryptCATAdminEnumCatalogFromHash" as FindCatalog),
            catalog_facts: of!(trust, "CryptCATCatalogInfoFromContext" as CatalogFacts),
            leave_catalog: of!(trust, "CryptCATAdminReleaseCatalogContext" as LeaveCatalog),
            leave_catalogs: of!(trust, "CryptCATAdminReleaseContext" as LeaveCatalogs),
        })
    }
}

fn by_algorithm(trust: PCWSTR) -> io::Result<(OpenCatalogsBy, DigestBy)> {
    let open = of!(trust, "CryptCATAdminAcquireContext2" as OpenCatalogsBy);
    Ok((open, of!(trust, "CryptCATAdminCalcHashFromFileHandle2" as DigestBy)))
}
