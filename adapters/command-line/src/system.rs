//! Why the system refused something, in the reader's language.

use std::error::Error;
use std::io::{self, ErrorKind};

use language::{Language, Value, text};

/// Kinds of failures that have words of ours: `system-CODE` in the messages.
const KINDS: [(ErrorKind, &str); 24] = [
    (ErrorKind::NotFound, "not-found"),
    (ErrorKind::PermissionDenied, "denied"),
    (ErrorKind::AlreadyExists, "exists"),
    (ErrorKind::IsADirectory, "is-folder"),
    (ErrorKind::NotADirectory, "no-folder"),
    (ErrorKind::DirectoryNotEmpty, "not-empty"),
    (ErrorKind::StorageFull, "full"),
    (ErrorKind::QuotaExceeded, "full"),
    (ErrorKind::ReadOnlyFilesystem, "read-only"),
    (ErrorKind::FileTooLarge, "too-large"),
    (ErrorKind::ResourceBusy, "busy"),
    (ErrorKind::ExecutableFileBusy, "busy"),
    (ErrorKind::InvalidFilename, "name"),
    (ErrorKind::AddrInUse, "address-in-use"),
    (ErrorKind::AddrNotAvailable, "no-address"),
    (ErrorKind::ConnectionRefused, "refused"),
    (ErrorKind::ConnectionReset, "cut"),
    (ErrorKind::ConnectionAborted, "cut"),
    (ErrorKind::BrokenPipe, "cut"),
    (ErrorKind::HostUnreachable, "unreachable"),
    (ErrorKind::NetworkUnreachable, "unreachable"),
    (ErrorKind::NetworkDown, "unreachable"),
    (ErrorKind::TimedOut, "timed-out"),
    (ErrorKind::UnexpectedEof, "ends-early"),
];

/// What an error says, to be set into a sentence: in the sentence's language where the system is behind
/// it and gave no words of its own, else as it is.
pub fn why(error: &(dyn Error + 'static)) -> Value<'static> {
    let Some(code) = code(error) else { return Value::from(error.to_string()) };
    let told = |language| text(language, &format!("system-{code}")).into();
    Value::InEach { vi: told(Language::Vi), en: told(Language::En) }
}

/// The code of the failure of the system that an error is.
fn code(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let error = error.downcast_ref::<io::Error>()?;
    if error.get_ref().is_some() {
        return None;
    }
    KINDS.iter().find(|it| it.0 == error.kind()).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use language::{has_text, text_with};

    use super::*;

    #[test]
    fn what_the_system_says_is_told_in_both_languages() {
        for (_, code) in KINDS {
            let key = format!("system-{code}");
            assert!([Language::Vi, Language::En].iter().all(|it| has_text(*it, &key)), "{key}");
        }
        let missing = io::Error::from_raw_os_error(2);
        let said = |error: &(dyn Error + 'static), language| {
            text_with(language, "clean-not-written", &[("why", why(error))])
        };
        let vi = said(&missing, Language::Vi);
        assert!(vi.contains("không tìm thấy tệp hoặc thư mục") && !vi.contains("os error"), "{vi}");
        assert!(said(&missing, Language::En).contains("there is no such file or folder"));
        // Words of somebody's own are kept, whatever kind they are given.
        let own = io::Error::new(ErrorKind::NotFound, "the third line is missing");
        assert!(said(&own, Language::Vi).contains("the third line is missing"));
    }
}
