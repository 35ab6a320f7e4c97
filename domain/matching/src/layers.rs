//! Several indexes used as one: a large one that stays and small ones that change.

use std::sync::LazyLock;

use crate::index::Described;
use crate::{Index, IndexBuilder, IndicatorId};

/// The most indexes used as one.
const MOST: usize = 16;

/// Indexes used as one. A change of a small list makes a new small index; the large one beside it
/// is not read again, not copied and not held twice.
///
/// Where two layers name the same indicator, the first is the one reported.
#[derive(Clone, Debug, Default)]
pub struct Layers(Vec<Index>);

/// There were more indexes than are used as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MOST} indexes cannot be used as one")]
pub struct TooManyLayers;

impl Layers {
    /// These indexes; to clone one copies no indicator.
    pub fn new(indexes: Vec<Index>) -> Result<Self, TooManyLayers> {
        if indexes.len() > MOST { Err(TooManyLayers) } else { Ok(Self(indexes)) }
    }

    /// Each index, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Index> {
        self.0.iter()
    }

    /// How many indicators they hold, those of several layers counted in each.
    pub fn indicators(&self) -> usize {
        self.iter().map(Index::len).sum()
    }
}

impl From<Index> for Layers {
    fn from(index: Index) -> Self {
        Self(vec![index])
    }
}

/// Knows indicators by their ids.
pub trait Describe {
    /// What is known of an indicator; `None` for an id from elsewhere.
    fn describe(&self, id: IndicatorId) -> Option<Described<'_>>;
}

impl Describe for Index {
    fn describe(&self, id: IndicatorId) -> Option<Described<'_>> {
        Self::describe(self, id)
    }
}

impl Describe for Layers {
    fn describe(&self, id: IndicatorId) -> Option<Described<'_>> {
        self.0.get(usize::from(id.2))?.describe(id)
    }
}

impl Index {
    /// An index that holds nothing.
    pub(crate) fn none() -> &'static Self {
        static NONE: LazyLock<Index> = LazyLock::new(|| IndexBuilder::default().build());
        &NONE
    }
}
