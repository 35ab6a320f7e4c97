//! A system for which there is no `Computer` yet: scanning works, changing does not.

use std::convert::Infallible;
use std::io::Read;
use std::path::{Path, PathBuf};

use artifacts::{Disk, DiskError, DiskPath, EntryKind, LiveHive};
use cleaning::{Host, HostError, KeyTree, Node, Process, Signature, Times, Value};

use crate::SignatureCheck;
use crate::running::Running;

/// Disks of this computer: everything is taken to lie below one top.
pub fn disks() -> Vec<PathBuf> {
    vec![PathBuf::from("/")]
}

/// Sticks that are plugged in; they have to be named here.
pub fn sticks() -> Vec<PathBuf> {
    Vec::new()
}

/// A computer that can be changed; there is none of this system yet.
#[derive(Debug)]
pub struct Computer(Infallible);

impl Computer {
    /// Refuses: it cannot be done here.
    pub fn open(_: Option<&Path>) -> Result<Self, HostError> {
        Err(HostError::Unsupported)
    }

    /// With another way to tell who signed a file.
    #[must_use]
    pub fn with_signature_check(self, _: Box<dyn SignatureCheck>) -> Self {
        match self.0 {}
    }

    /// Whether programs run on it.
    pub fn is_live(&self) -> bool {
        match self.0 {}
    }

    /// Where the system's own folders are.
    pub fn system_top(&self) -> DiskPath {
        match self.0 {}
    }

    /// The registry as it is in use.
    pub fn live_hives(&self) -> Vec<LiveHive> {
        match self.0 {}
    }

    /// Programs that run.
    pub fn processes(&self) -> Vec<Process> {
        match self.0 {}
    }

    /// Interpreters that run, with the script that each of them runs.
    pub fn scripts(&self) -> Vec<(Process, DiskPath)> {
        match self.0 {}
    }

    /// Programs, sockets and names that were asked for.
    pub fn running(&self) -> Option<Running> {
        match self.0 {}
    }

    /// The path that a path stands for when links among its folders are followed.
    pub fn resolved(&self, _: &DiskPath) -> Option<DiskPath> {
        match self.0 {}
    }

    /// The same for a path as this system writes it.
    pub fn disk_path(&self, _: &Path) -> Option<DiskPath> {
        match self.0 {}
    }
}

impl Disk for Computer {
    fn list(&mut self, _: &DiskPath) -> Result<Vec<(Vec<u8>, EntryKind)>, DiskError> {
        match self.0 {}
    }

    fn read(&mut self, _: &DiskPath, _: usize) -> Result<Vec<u8>, DiskError> {
        match self.0 {}
    }
}

impl Host for Computer {
    fn node(&mut self, _: &DiskPath) -> Result<Option<Node>, HostError> {
        match self.0 {}
    }

    fn list(&mut self, _: &DiskPath) -> Result<Vec<Vec<u8>>, HostError> {
        match self.0 {}
    }

    fn read<'h>(&'h mut self, _: &DiskPath) -> Result<Box<dyn Read + 'h>, HostError> {
        match self.0 {}
    }

    fn signature(&mut self, _: &DiskPath, _: &Node) -> Result<Option<Signature>, HostError> {
        match self.0 {}
    }

    fn remove(&mut self, _: &DiskPath, _: &Node) -> Result<(), HostError> {
        match self.0 {}
    }

    fn create(
        &mut self,
        _: &DiskPath,
        _: &Node,
        _: &str,
        _: &mut dyn Read,
    ) -> Result<(), HostError> {
        match self.0 {}
    }

    fn replace(
        &mut self,
        _: &DiskPath,
        _: &Node,
        _: &Node,
        _: &str,
        _: &[u8],
    ) -> Result<(), HostError> {
        match self.0 {}
    }

    fn rename(&mut self, _: &DiskPath, _: &DiskPath) -> Result<(), HostError> {
        match self.0 {}
    }

    fn set_attributes(&mut self, _: &DiskPath, _: u32) -> Result<(), HostError> {
        match self.0 {}
    }

    fn set_times(&mut self, _: &DiskPath, _: &Times) -> Result<(), HostError> {
        match self.0 {}
    }

    fn remove_at_next_start(&mut self, _: &DiskPath) -> Result<(), HostError> {
        match self.0 {}
    }

    fn cancel_next_start(&mut self, _: &DiskPath) -> Result<(), HostError> {
        match self.0 {}
    }

    fn value(&mut self, _: &str, _: &str) -> Result<Option<Value>, HostError> {
        match self.0 {}
    }

    fn set_value(&mut self, _: &str, _: &str, _: Option<&Value>) -> Result<(), HostError> {
        match self.0 {}
    }

    fn key_tree(&mut self, _: &str) -> Result<Option<KeyTree>, HostError> {
        match self.0 {}
    }

    fn create_key(&mut self, _: &str, _: &KeyTree) -> Result<(), HostError> {
        match self.0 {}
    }

    fn delete_key(&mut self, _: &str) -> Result<(), HostError> {
        match self.0 {}
    }

    fn stop(&mut self, _: &Process) -> Result<(), HostError> {
        match self.0 {}
    }
}
