//! Columns into values: the one place that knows how ids, moments, days and flags are stored.

use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use sqlx::{Row, any::AnyRow};

use crate::StorageError;

/// Reads a row's columns as the values they stand for.
pub(crate) trait Columns {
    /// Text.
    fn text(&self, column: &'static str) -> Result<String, StorageError>;
    /// Text or nothing.
    fn text_opt(&self, column: &'static str) -> Result<Option<String>, StorageError>;
    /// A whole number.
    fn number(&self, column: &'static str) -> Result<i64, StorageError>;
    /// A whole number or nothing.
    fn number_opt(&self, column: &'static str) -> Result<Option<i64>, StorageError>;

    /// A value that is stored as its text: an id, an enum.
    fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StorageError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StorageError::Column { column, value: text })
    }

    /// A value that is stored as its text, or nothing.
    fn parsed_opt<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StorageError> {
        let Some(text) = self.text_opt(column)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| StorageError::Column { column, value: text })
    }

    /// 0 or 1.
    fn flag(&self, column: &'static str) -> Result<bool, StorageError> {
        Ok(self.number(column)? != 0)
    }

    /// UTC microseconds.
    fn moment(&self, column: &'static str) -> Result<Timestamp, StorageError> {
        to_moment(column, self.number(column)?)
    }

    /// UTC microseconds or nothing.
    fn moment_opt(&self, column: &'static str) -> Result<Option<Timestamp>, StorageError> {
        self.number_opt(column)?.map(|value| to_moment(column, value)).transpose()
    }

    /// `YYYY-MM-DD`.
    fn day(&self, column: &'static str) -> Result<Date, StorageError> {
        self.parsed(column)
    }

    /// `YYYY-MM-DD` or nothing.
    fn day_opt(&self, column: &'static str) -> Result<Option<Date>, StorageError> {
        self.parsed_opt(column)
    }
}

fn to_moment(column: &'static str, microseconds: i64) -> Result<Timestamp, StorageError> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|_| StorageError::Column { column, value: microseconds.to_string() })
}

impl Columns for AnyRow {
    fn text(&self, column: &'static str) -> Result<String, StorageError> {
        Ok(self.try_get(column)?)
    }

    fn text_opt(&self, column: &'static str) -> Result<Option<String>, StorageError> {
        Ok(self.try_get(column)?)
    }

    fn number(&self, column: &'static str) -> Result<i64, StorageError> {
        Ok(self.try_get(column)?)
    }

    fn number_opt(&self, column: &'static str) -> Result<Option<i64>, StorageError> {
        Ok(self.try_get(column)?)
    }
}
