//! Listening: HTTPS, or plain HTTP on loopback behind a proxy.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::crypto::{CryptoProvider, ring};

use crate::{AppState, router};

/// How the portal listens.
#[derive(Clone, Debug)]
pub enum Listen {
    /// Plain HTTP; the caller makes sure that it is loopback or behind a proxy.
    Http,
    /// HTTPS, from [`Listen::https`].
    Https(RustlsConfig),
}

impl Listen {
    /// HTTPS with a certificate chain and a private key in PEM files.
    ///
    /// # Errors
    /// When they cannot be read or do not belong together.
    pub async fn https(certificate: &Path, key: &Path) -> io::Result<Self> {
        if CryptoProvider::get_default().is_none() {
            // Somebody else was faster, which serves as well.
            drop(ring::default_provider().install_default());
        }
        Ok(Self::Https(RustlsConfig::from_pem_file(certificate, key).await?))
    }
}

/// Serves on an already bound socket until `stop` ends, then lets open requests finish.
///
/// # Errors
/// When the socket fails.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    listen: Listen,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let handle = Handle::<SocketAddr>::new();
    let stopper = handle.clone();
    tokio::spawn(async move {
        stop.await;
        stopper.graceful_shutdown(Some(Duration::from_secs(10)));
    });
    let service = router(state).into_make_service();
    match listen {
        Listen::Http => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
        Listen::Https(config) => {
            axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(service).await
        }
    }
}
