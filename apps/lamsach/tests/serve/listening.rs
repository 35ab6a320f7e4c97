//! How it listens, what it logs, how it stops.

use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::program::Serving;

#[test]
fn it_serves_until_it_is_told_to_stop_and_logs_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(folder.path(), &[]);
    let url = serving.url.clone();
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    let page = agent.get(&url).call().unwrap().body_mut().read_to_string().unwrap();
    // An empty portal asks for its first administrator.
    assert!(page.contains("Thiết lập lần đầu"), "{page}");
    assert!(!page.contains("MINH HỌA"));
    agent.get(format!("{url}/sign-in?then=bi-mat")).call().unwrap();
    agent.get(format!("{url}/invitations/bi-mat")).call().unwrap();
    let (status, _, log) = serving.stop();
    assert_eq!(status, Some(0), "{log}");
    assert!(log.contains("request") && log.contains("/sign-in"), "{log}");
    assert!(!log.contains("bi-mat"), "{log}");
}

#[test]
fn it_speaks_https_and_sets_secure_cookies() {
    let folder = tempfile::tempdir().unwrap();
    let testdata = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/serve/testdata");
    let (certificate, key) = (format!("{testdata}/certificate.pem"), format!("{testdata}/key.pem"));
    let more = ["--tls-certificate", &certificate, "--tls-key", &key];
    let serving = Serving::start(folder.path(), &more);
    assert!(serving.url.starts_with("https://127.0.0.1:"), "{}", serving.url);
    let pem = std::fs::read(&certificate).unwrap();
    let roots = RootCerts::new_with_certs(&[Certificate::from_pem(&pem).unwrap()]);
    let agent: Agent = Agent::config_builder()
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .timeout_global(Some(Duration::from_secs(20)))
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into();
    let response = agent
        .post(format!("{}/language", serving.url))
        .header("sec-fetch-site", "same-origin")
        .send_form([("language", "en"), ("then", "/")])
        .unwrap();
    let cookie = response.headers().get("set-cookie").unwrap().to_str().unwrap();
    assert!(cookie.contains("Secure"), "{cookie}");
    assert_eq!(serving.stop().0, Some(0));
}
