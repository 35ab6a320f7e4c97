//! What is listened at: opened before anything is read, while the program may still do so.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use capture::{Capture, RightsError};
use command_line::bilingual::failure;
use listeners::{
    DatagramListener, ServerTls, Sinkhole, SinkholeSettings, SyslogAddress, SyslogListener,
    server_tls,
};

const DNS_PORT: u16 = 53;
/// The answer that says that there is no such name.
const NO_SUCH_NAME: &str = "nxdomain";

/// Where to listen.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    pub(super) syslog: Vec<SyslogAddress>,
    pub(super) netflow: Vec<SocketAddr>,
    pub(super) interfaces: Vec<String>,
    pub(super) sinkhole: Option<(SocketAddr, SinkholeSettings)>,
    /// Certificate chain and key, as PEM files.
    pub(super) tls: Option<(PathBuf, PathBuf)>,
}

/// Sockets that are bound.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) syslog: Vec<SyslogListener>,
    pub(super) netflow: Vec<DatagramListener>,
    pub(super) sinkhole: Option<Sinkhole>,
    pub(super) interfaces: Vec<Capture>,
}

impl Sockets {
    pub(super) fn is_empty(&self) -> bool {
        self.syslog.is_empty()
            && self.netflow.is_empty()
            && self.sinkhole.is_none()
            && self.interfaces.is_empty()
    }

    /// Binds all of them.
    pub(super) fn open(&self) -> anyhow::Result<Open> {
        let is_tls = |it: &SyslogAddress| matches!(it, SyslogAddress::Tls(_));
        let tls = match &self.tls {
            Some((certificate, key)) => Some(tls(certificate, key)?),
            None if self.syslog.iter().any(is_tls) => {
                return Err(failure("watch-tls-no-certificate", &[]));
            }
            None => None,
        };
        let mut open = Open::default();
        for address in &self.syslog {
            let listener = SyslogListener::bind(*address, tls.clone());
            open.syslog.push(listener.map_err(|error| not_opened(&address.to_string(), &error))?);
        }
        for address in &self.netflow {
            let listener = DatagramListener::bind(*address);
            open.netflow.push(listener.map_err(|error| not_opened(&address.to_string(), &error))?);
        }
        if let Some((address, settings)) = &self.sinkhole {
            let sinkhole = Sinkhole::bind(*address, settings.clone());
            open.sinkhole =
                Some(sinkhole.map_err(|error| not_opened(&address.to_string(), &error))?);
        }
        for name in &self.interfaces {
            open.interfaces.push(Capture::open(name).map_err(|error| {
                let values = [("name", name.clone().into()), ("why", command_line::why(&error))];
                failure("watch-interface", &values)
            })?);
        }
        Ok(open)
    }
}

/// Gives up what was needed to open sockets. Who only follows files keeps what reading them may need,
/// unless a user is named.
pub(super) fn give_up_rights(sockets: &Sockets, user: Option<&str>) -> anyhow::Result<()> {
    if sockets.is_empty() && user.is_none() {
        return Ok(());
    }
    capture::give_up_rights(user).map_err(|error| match error {
        RightsError::NoUser(name) => failure("watch-no-user", &[("name", name.into())]),
        RightsError::System(error) => {
            failure("watch-rights", &[("why", command_line::why(&error))])
        }
    })
}

/// Where to listen for syslog messages, as a person writes it.
pub(super) fn syslog_address(text: &str) -> anyhow::Result<SyslogAddress> {
    text.parse().map_err(|_| failure("watch-syslog-address", &[("address", text.into())]))
}

/// Where to listen for anything else.
pub(super) fn address(text: &str) -> anyhow::Result<SocketAddr> {
    text.parse().map_err(|_| failure("watch-address", &[("address", text.into())]))
}

/// How to answer questions for names, as a person writes it.
pub(super) fn sinkhole(
    listen: Option<String>,
    forward: Option<String>,
    answers: &[String],
    clients: &[String],
) -> anyhow::Result<Option<(SocketAddr, SinkholeSettings)>> {
    let (Some(listen), Some(forward)) = (listen, forward) else { return Ok(None) };
    let upstream = forward
        .parse()
        .or_else(|_| forward.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS_PORT)));
    let upstream =
        upstream.map_err(|_| failure("watch-forward", &[("address", forward.into())]))?;
    let settings = SinkholeSettings {
        upstream,
        answers: answers
            .iter()
            .filter(|text| *text != NO_SUCH_NAME)
            .map(|text| {
                text.parse()
                    .map_err(|_| failure("watch-answer", &[("value", text.as_str().into())]))
            })
            .collect::<Result<_, _>>()?,
        clients: clients
            .iter()
            .map(|text| {
                text.parse()
                    .map_err(|_| failure("watch-clients", &[("value", text.as_str().into())]))
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Some((address(&listen)?, settings)))
}

fn tls(certificate: &Path, key: &Path) -> anyhow::Result<ServerTls> {
    let read = |path: &Path| fs::read(path).map_err(|error| unusable_tls(path, &error));
    let (chain, secret) = (read(certificate)?, read(key)?);
    server_tls(&chain, &secret).map_err(|error| unusable_tls(certificate, &error))
}

fn unusable_tls(path: &Path, error: &std::io::Error) -> anyhow::Error {
    let values = [("file", path.display().to_string().into()), ("why", command_line::why(error))];
    failure("watch-tls-file", &values)
}

fn not_opened(address: &str, error: &std::io::Error) -> anyhow::Error {
    let values = [("address", address.to_owned().into()), ("why", command_line::why(error))];
    failure("watch-cannot-listen", &values)
}
