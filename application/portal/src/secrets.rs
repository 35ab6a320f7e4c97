//! Tokens, passwords and ids: everything that needs the operating system's random numbers.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::PortalError;

/// A secret a program or browser holds, and the hash we keep of it.
pub(crate) struct Token {
    /// Shown once.
    pub(crate) secret: String,
    /// Kept.
    pub(crate) hash: String,
}

/// 32 random bytes as text, behind a prefix that tells what kind of secret leaked.
pub(crate) fn new_token(prefix: &str) -> Result<Token, PortalError> {
    let secret = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>()?));
    let hash = token_hash(&secret);
    Ok(Token { secret, hash })
}

/// SHA-256 in hex. Tokens have 256 random bits, so a slow hash would add nothing; and looking up
/// by hash leaks no timing about the token.
pub(crate) fn token_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// 100 random bits as a code that people type from paper: twenty digits and capital letters in
/// groups of five, without those that look alike (Crockford's base 32).
pub(crate) fn new_code() -> Result<Token, PortalError> {
    let mut secret = String::with_capacity(23);
    for (at, byte) in random_bytes::<20>()?.into_iter().enumerate() {
        if at > 0 && at % 5 == 0 {
            secret.push('-');
        }
        let digit = usize::from(byte % 32);
        secret.push(CODE_DIGITS.get(digit).copied().map_or('0', char::from));
    }
    let hash = code_hash(&secret);
    Ok(Token { secret, hash })
}

/// A code that the clean-up tools of a unit sign with.
pub(crate) fn new_enrolment() -> Result<results::EnrolmentCode, PortalError> {
    Ok(results::EnrolmentCode::from_random(random_bytes::<20>()?))
}

const CODE_DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The hash of a code however it was typed: case, spaces, hyphens and look-alikes do not matter.
pub(crate) fn code_hash(typed: &str) -> String {
    let normal: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    token_hash(&normal)
}

/// SHA-256 of bytes, in hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Argon2id with the library's default cost (19 MiB, 2 passes), in a thread of its own.
pub(crate) async fn hash_password(password: String) -> Result<String, PortalError> {
    run_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| PortalError::Internal(format!("argon2: {error}")))
    })
    .await?
}

/// Whether the password fits; a missing hash costs the same time as a wrong password.
pub(crate) async fn verify_password(
    password: String,
    stored: Option<String>,
) -> Result<bool, PortalError> {
    // Hash of a password nobody knows.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS0x\
                          $K0mPkxUCRlFh6UKuSCLwKcLsUeZMYOBRGMGRZ/nXqZQ";
    run_blocking(move || {
        let has_password = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&stored).is_ok_and(|hash| {
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        has_password && fits
    })
    .await
}

/// A version 7 UUID of this moment.
pub(crate) fn new_uuid(at: Timestamp) -> uuid::Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    // The operating system's generator does not fail once it has started; a fixed fallback would
    // make ids collide, so a failure ends the program.
    #[expect(clippy::expect_used, reason = "see above")]
    let random = random_bytes::<10>().expect("the operating system gives random numbers");
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

fn random_bytes<const N: usize>() -> Result<[u8; N], PortalError> {
    let mut bytes = [0_u8; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| PortalError::Internal(format!("random numbers: {error}")))?;
    Ok(bytes)
}

/// How many passwords are hashed at once: each takes 19 MiB and a processor.
static HASHING: Semaphore = Semaphore::const_new(4);

async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PortalError> {
    let _turn = HASHING
        .acquire()
        .await
        .map_err(|error| PortalError::Internal(format!("hashing: {error}")))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| PortalError::Internal(format!("worker thread: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_was_typed() {
        let hash = code_hash("ABCDE-FGH01-23456-789XY");
        for typed in ["abcdefgh0123456789xy", "ABCDE FGHOI 23456 789XY", "abcde-fghol-23456-789xy "]
        {
            assert_eq!(code_hash(typed), hash, "{typed}");
        }
        assert_ne!(code_hash("ABCDE-FGH01-23456-789XZ"), hash);
        let (one, other) = (new_code().unwrap(), new_code().unwrap());
        assert_eq!(one.secret.len(), 23);
        assert_ne!(one.secret, other.secret);
        assert_eq!(one.hash, code_hash(&one.secret));
    }
}
