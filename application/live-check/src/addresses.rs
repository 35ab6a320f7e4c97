//! The addresses that are looked for.

use std::io::{BufReader, Read};
use std::sync::OnceLock;

use detection::WithoutFiles;
use indicators::{Indicator, Judgement};
use jiff::civil::Date;
use log_check::{
    IndicatorInput, ListInput, ListReport, LoadedGuard, ReadOptions, load_indicators_by,
};
use matching::{Described, Index, Layers};
use observables::ObservableKind;
use unpacking::{Limits, Unpacker};

/// Why addresses cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressesError {
    /// The addresses of a pack cannot be read.
    #[error("the section `addresses` of the pack {0} is damaged")]
    Damaged(String),
    /// There are more than an index can hold.
    #[error("the addresses are more than an index can hold")]
    TooMany,
}

/// Addresses, names and URLs of lists and packs.
#[derive(Debug, Default)]
pub struct Addresses {
    pub(crate) layers: Layers,
    has_names: bool,
    guard: OnceLock<LoadedGuard>,
}

impl Addresses {
    /// Of lists, by name, and of the compiled addresses of packs, by the pack's name. Tells what became
    /// of each list; hashes and names of files in it are passed over. What would do harm, such as a
    /// private range, is refused in lists, and never matches where it stands in a pack.
    pub fn load(
        lists: Vec<(String, Box<dyn Read + Send>)>,
        packed: Vec<(String, Vec<u8>)>,
        today: Date,
    ) -> Result<(Self, Vec<(String, ListReport)>), AddressesError> {
        let guard = OnceLock::new();
        let mut indexes = Vec::new();
        let mut reports = Vec::new();
        if !lists.is_empty() {
            let inputs = lists.into_iter().map(|(name, list)| {
                let whole = BufReader::new(Unpacker::new(list, Limits::default()));
                let bytes: Box<dyn Read + Send> = Box::new(WithoutFiles::of(whole));
                IndicatorInput::List(ListInput { name, bytes: Ok(bytes) })
            });
            let options = ReadOptions { format: None, today: Some(today) };
            let guard = guard.get_or_init(LoadedGuard::hard_stops);
            let loaded = load_indicators_by(inputs.collect(), options, guard)
                .map_err(|_| AddressesError::TooMany)?;
            indexes.push(loaded.index);
            reports = loaded.reports;
        }
        for (name, bytes) in packed {
            let index = Index::from_bytes(bytes).map_err(|_| AddressesError::Damaged(name))?;
            indexes.push(index);
        }
        indexes.retain(|it| !it.is_empty());
        let has_names = indexes
            .iter()
            .flat_map(Index::counts)
            .any(|(kind, count)| count > 0 && kind == ObservableKind::Domain);
        let layers = Layers::new(indexes).map_err(|_| AddressesError::TooMany)?;
        Ok((Self { layers, has_names, guard }, reports))
    }

    /// How many there are, those of several lists in each.
    pub fn len(&self) -> usize {
        self.layers.indicators()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there are names among them.
    pub fn has_names(&self) -> bool {
        self.has_names
    }

    /// Whether an indicator would do harm, whoever put it into a pack.
    pub(crate) fn refuses(&self, described: &Described<'_>) -> bool {
        let Described { observable, scope, .. } = described.clone();
        let indicator = Indicator { observable, scope, family: None, valid_until: None };
        let guard = self.guard.get_or_init(LoadedGuard::hard_stops);
        matches!(guard.judge(&indicator), Judgement::Refuse(_))
    }
}
