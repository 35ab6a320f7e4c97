//! One object of Defender: the fields that tell something, each once.

use std::borrow::Cow;

use super::best_resource;

/// A field that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    ActionSuccess,
    AmProductVersion,
    CategoryId,
    CleaningActionId,
    DetectionId,
    DomainUser,
    InitialDetectionTime,
    IsActive,
    LastThreatStatusChangeTime,
    PsComputerName,
    RemediationTime,
    Resources,
    ThreatId,
    ThreatName,
    ThreatStatusId,
}

impl Field {
    /// Every field, by its name.
    const NAMES: [(&str, Self); 15] = [
        ("ActionSuccess", Self::ActionSuccess),
        ("AMProductVersion", Self::AmProductVersion),
        ("CategoryID", Self::CategoryId),
        ("CleaningActionID", Self::CleaningActionId),
        ("DetectionID", Self::DetectionId),
        ("DomainUser", Self::DomainUser),
        ("InitialDetectionTime", Self::InitialDetectionTime),
        ("IsActive", Self::IsActive),
        ("LastThreatStatusChangeTime", Self::LastThreatStatusChangeTime),
        ("PSComputerName", Self::PsComputerName),
        ("RemediationTime", Self::RemediationTime),
        ("Resources", Self::Resources),
        ("ThreatID", Self::ThreatId),
        ("ThreatName", Self::ThreatName),
        ("ThreatStatusID", Self::ThreatStatusId),
    ];

    pub(super) fn of(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|it| it.0.eq_ignore_ascii_case(name));
        found.map(|it| it.1)
    }

    /// Whether only Defender's objects have it.
    pub(super) fn is_telling(self) -> bool {
        matches!(self, Self::ThreatId | Self::DetectionId | Self::ThreatName | Self::ThreatStatusId)
    }
}

/// One object. Of a list the first value is kept, of resources the most telling, so that an object is
/// never more than a value for each field, whatever a file repeats.
#[derive(Debug, Default)]
pub(super) struct Object<'t> {
    /// Where it stands, from 1.
    pub(super) place: u64,
    values: Vec<(Field, Cow<'t, str>)>,
}

impl<'t> Object<'t> {
    pub(super) fn at(place: u64) -> Self {
        Self { place, ..Self::default() }
    }

    /// The value of a field, or nothing.
    pub(super) fn get(&self, field: Field) -> &str {
        self.values.iter().find(|it| it.0 == field).map_or("", |it| it.1.trim())
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.values.iter().any(|it| it.0 == field)
    }

    pub(super) fn has_value(&self, field: Field) -> bool {
        !self.get(field).is_empty()
    }

    /// Takes a value by the name of its field; others are passed over.
    pub(super) fn push(&mut self, name: &str, value: impl Into<Cow<'t, str>>) {
        if let Some(field) = Field::of(name) {
            self.put(field, value.into());
        }
    }

    pub(super) fn put(&mut self, field: Field, value: Cow<'t, str>) {
        let rank = |it: &str| best_resource(it).map_or(usize::MAX, |it| it.0);
        match self.values.iter_mut().find(|it| it.0 == field) {
            None => self.values.push((field, value)),
            Some((Field::Resources, known)) if rank(&value) < rank(known) => *known = value,
            Some(_) => {}
        }
    }

    pub(super) fn is_defenders(&self) -> bool {
        self.values.iter().any(|it| it.0.is_telling())
    }

    /// When the last thing happened to it.
    pub(super) fn moment(&self) -> &str {
        let fields = [
            Field::LastThreatStatusChangeTime,
            Field::RemediationTime,
            Field::InitialDetectionTime,
        ];
        let is_set = |it: &&str| !it.is_empty() && !it.starts_with("01/01/0001");
        fields.into_iter().map(|it| self.get(it)).find(is_set).unwrap_or_default()
    }
}
