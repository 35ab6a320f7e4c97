//! Where and how the portal listens: nobody's password travels readable.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use web::Listen;

use command_line::bilingual;

/// A bound socket and what is spoken on it.
#[derive(Debug)]
pub(super) struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    how: Listen,
    is_behind_proxy: bool,
}

impl Listening {
    /// Binds the address. Plain HTTP is for loopback, or for behind a proxy.
    pub(super) async fn open(
        address: &str,
        tls: Option<(&Path, &Path)>,
        is_behind_proxy: bool,
    ) -> anyhow::Result<Self> {
        let wanted: SocketAddr = address.parse().map_err(|_| {
            bilingual::failure("serve-address-unreadable", &[("address", address.into())])
        })?;
        if tls.is_none() && !is_behind_proxy && !wanted.ip().is_loopback() {
            return Err(bilingual::failure("serve-plain-http", &[("address", address.into())]));
        }
        let how = match tls {
            None => Listen::Http,
            Some((certificate, key)) => Listen::https(certificate, key).await.map_err(|error| {
                let shown = |path: &Path| path.display().to_string().into();
                let values = [("certificate", shown(certificate)), ("key", shown(key))];
                anyhow::Error::from(error).context(bilingual::lines("serve-tls-file", &values))
            })?,
        };
        let listener = TcpListener::bind(wanted).map_err(|error| {
            let values = [("address", address.into())];
            if error.kind() == ErrorKind::AddrInUse {
                return bilingual::failure("serve-port-taken", &values);
            }
            anyhow::Error::from(error).context(bilingual::lines("serve-cannot-listen", &values))
        })?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, how, is_behind_proxy })
    }

    /// Whether only this machine can reach the portal: at a loopback address, and no proxy that
    /// lets others in.
    pub(super) fn is_local_only(&self) -> bool {
        self.address.ip().is_loopback() && !self.is_behind_proxy
    }

    /// Whether browsers reach the portal by HTTPS alone.
    pub(super) fn has_secure_cookies(&self) -> bool {
        self.is_behind_proxy || matches!(self.how, Listen::Https(_))
    }

    /// Address for a browser, with the real port.
    pub(super) fn url(&self) -> String {
        let scheme = match self.how {
            Listen::Http => "http",
            Listen::Https(_) => "https",
        };
        format!("{scheme}://{}", self.address)
    }

    /// The socket, and how to serve on it.
    pub(super) fn into_parts(self) -> (TcpListener, Listen) {
        (self.listener, self.how)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn plain_http_stays_on_this_machine() {
        let check = async |address: &str, is_behind_proxy, expected: &str| {
            let said = match Listening::open(address, None, is_behind_proxy).await {
                Ok(listening) if listening.has_secure_cookies() => "secure cookies".to_owned(),
                Ok(_) => "plain".to_owned(),
                Err(error) => error.to_string(),
            };
            assert!(said.contains(expected), "{address}: {said}");
        };
        check("127.0.0.1:0", false, "plain").await;
        check("[::1]:0", false, "plain").await;
        check("127.0.0.1:0", true, "secure cookies").await;
        check("0.0.0.0:0", true, "secure cookies").await;
        check("0.0.0.0:0", false, "--behind-proxy").await;
        check("192.0.2.1:8080", false, "--tls-certificate").await;
        check("localhost", false, "127.0.0.1:8080").await;
    }

    #[tokio::test]
    async fn a_taken_port_is_said() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let said = Listening::open(&address, None, false).await.unwrap_err().to_string();
        assert!(said.contains("--listen") && said.contains(&address), "{said}");
    }
}
