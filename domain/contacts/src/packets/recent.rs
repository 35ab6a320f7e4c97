//! A table that forgets what was not asked for lately.

use std::collections::HashMap;
use std::hash::Hash;

/// Holds between half and all of so many entries: the ones that were asked for last.
pub(crate) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K: Eq + Hash + Copy, V> Recent<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: (most / 2).max(1) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.young.is_empty() && self.old.is_empty()
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key)
            && let Some(value) = self.old.remove(key)
        {
            // It was one of the old: when they must go, it is young again already.
            if self.young.len() >= self.half {
                self.old.insert(*key, value);
                return self.old.get_mut(key);
            }
            self.young.insert(*key, value);
        }
        self.young.get_mut(key)
    }

    /// Looks a value up without asking for it.
    pub(crate) fn peek(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    /// Puts a value in; gives what had to make room.
    pub(crate) fn insert(&mut self, key: K, value: V) -> HashMap<K, V> {
        let mut forgotten = HashMap::new();
        if self.young.len() >= self.half {
            forgotten = std::mem::replace(&mut self.old, std::mem::take(&mut self.young));
        }
        self.young.insert(key, value);
        forgotten
    }

    /// What was put in under a key, the default for what there is not.
    pub(crate) fn get_or_insert(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        if self.old.contains_key(&key) {
            return self.old.entry(key).or_default();
        }
        self.young.entry(key).or_default()
    }

    /// Everything, in no order.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Everything with its keys, in no order.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.old.iter_mut().chain(self.young.iter_mut())
    }

    /// Takes everything out.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = V> {
        self.old.drain().chain(self.young.drain()).map(|(_, value)| value)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let old = self.old.remove(key);
        self.young.remove(key).or(old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_last_stays() {
        let mut recent = Recent::new(4);
        let mut forgotten = Vec::new();
        for key in 0..100 {
            forgotten.extend(recent.insert(key, key).into_values());
            assert_eq!(recent.get_mut(&0).copied(), Some(0), "after {key}");
            assert!(recent.young.len() + recent.old.len() <= 4);
        }
        assert_eq!(recent.get_mut(&50), None);
        assert_eq!(recent.remove(&0), Some(0));
        assert_eq!(recent.remove(&0), None);
        forgotten.extend(recent.drain());
        forgotten.sort_unstable();
        assert_eq!(forgotten, (1..100).collect::<Vec<_>>());
    }
}
