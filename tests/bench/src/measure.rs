//! One figure.

use std::fmt;

use serde::Serialize;

/// One figure, and the same of another tool where there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    #[serde(flatten)]
    pub(crate) peer: Option<Peer>,
}

/// The figure of another tool.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Peer {
    #[serde(rename = "peer")]
    pub(crate) tool: String,
    #[serde(rename = "peer_value")]
    pub(crate) value: f64,
    /// Ours divided by the peer's.
    pub(crate) ratio: f64,
}

impl Measure {
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, peer: None }
    }

    pub(crate) fn beside(mut self, tool: impl Into<String>, value: f64) -> Self {
        let ratio = self.value / value;
        self.peer = Some(Peer { tool: tool.into(), value, ratio });
        self
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<44} {:>14} {}", self.name, short(self.value), self.unit)?;
        match &self.peer {
            Some(it) => write!(f, "   {} {}, ratio {:.2}", it.tool, short(it.value), it.ratio),
            None => Ok(()),
        }
    }
}

fn short(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_peer_fields_only_where_there_is_a_peer() {
        let check = |measure: Measure, expected: &str| {
            assert_eq!(serde_json::to_string(&measure).unwrap(), expected);
        };
        let alone = Measure::new("index/size", 35.5, "bytes/indicator");
        check(alone.clone(), r#"{"name":"index/size","value":35.5,"unit":"bytes/indicator"}"#);
        check(
            alone.beside("text", 71.0),
            r#"{"name":"index/size","value":35.5,"unit":"bytes/indicator","peer":"text","peer_value":71.0,"ratio":0.5}"#,
        );
    }
}
