//! Readers of what malware leaves on a disk.

use artifacts::{
    DiskPath, Hive, HiveName, Lnk, Task, Transport, autorun, collect_registry, desktop_ini,
    read_hosts, read_proc_net, read_windows_sockets, registry_risks, url_shortcut, without_lines,
};

/// A link gives its facts or a reason.
pub fn lnk(bytes: &[u8]) {
    let Ok(lnk) = Lnk::parse(bytes) else { return };
    assert!(lnk.overlay_bytes <= bytes.len());
    let _ = lnk.command();
}

/// Every entry of `autorun.inf` and its relatives stands in the file.
pub fn autorun_inf(bytes: &[u8]) {
    let facts = autorun(bytes);
    assert!(facts.commands.len() <= bytes.len());
    let _ = (desktop_ini(bytes), url_shortcut(bytes));
    // Every byte of a hosts file belongs to exactly one line.
    let lines = read_hosts(bytes);
    assert_eq!(without_lines(bytes, &lines, &[]), bytes);
    if let Ok(path) = DiskPath::parse(bytes) {
        assert!(path.names().all(|name| !matches!(name, b"." | b".." | b"")));
    }
}

/// A task gives its facts or a reason.
pub fn task_xml(bytes: &[u8]) {
    if let Ok(task) = Task::parse(bytes) {
        assert!(task.actions.len() <= 256 && task.triggers.len() <= 256);
    }
}

/// Every line of a table of sockets is read or counted.
pub fn sockets(bytes: &[u8]) {
    for transport in [Transport::Tcp, Transport::Udp] {
        let read = read_proc_net(bytes, transport);
        let lines = bytes.split(|byte| *byte == b'\n').skip(1);
        let lines = lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64;
        assert_eq!(read.sockets.len() as u64 + read.refused, lines);
        for is_v6 in [false, true] {
            let read = read_windows_sockets(bytes, transport, is_v6);
            assert!(read.sockets.len() * 12 <= bytes.len());
        }
    }
}

/// A hive is read to its end, whatever points where.
pub fn hive(bytes: &[u8]) {
    let Ok(hive) = Hive::parse(bytes) else { return };
    let mut collected = artifacts::Collected::default();
    for name in [HiveName::Software, HiveName::System, HiveName::User, HiveName::UserClasses] {
        collect_registry(name, Some("x"), &hive, &mut collected);
        let _ = registry_risks(name, &hive);
    }
}
