//! A list of devices that people keep: CSV with a header that names at least two of address,
//! hardware address, name and role; optionally from, until and site. Separated by `;`, `,` or tab.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{LONGEST_LINE, address, line_of};
use crate::builder::{Reading, Said, Told, site_key};
use crate::{Intermediary, Mac, Reason, host_key, identity};

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Ip,
    Mac,
    Name,
    From,
    Until,
    Site,
    Role,
}

/// The column of a heading, in English or Vietnamese, marks or not.
fn column(heading: &[u8]) -> Option<Column> {
    let heading = host_key(&String::from_utf8_lossy(heading));
    let words: String = heading.chars().filter(|it| it.is_alphanumeric()).collect();
    Some(match words.as_str() {
        "ip" | "ipaddress" | "address" | "địachỉip" | "diachiip" | "địachỉ" | "diachi" => {
            Column::Ip
        }
        "mac" | "macaddress" | "địachỉmac" | "diachimac" => Column::Mac,
        "name" | "host" | "hostname" | "device" | "tên" | "ten" | "tênmáy" | "tenmay"
        | "tênthiếtbị" | "tenthietbi" | "thiếtbị" | "thietbi" => Column::Name,
        "from" | "validfrom" | "từ" | "tu" | "từngày" | "tungay" => Column::From,
        "until" | "to" | "validuntil" | "đến" | "den" | "đếnngày" | "denngay" => {
            Column::Until
        }
        "role" | "vaitrò" | "vaitro" => Column::Role,
        "site" | "địađiểm" | "diadiem" | "nơi" | "noi" => Column::Site,
        _ => return None,
    })
}

/// The separator of a heading, the one that gives most columns.
fn separator(line: &[u8]) -> u8 {
    let columns = |it: &u8| line.split(|b| b == it).filter(|it| column(it).is_some()).count();
    [b';', b',', b'\t'].into_iter().rev().max_by_key(columns).unwrap_or(b',')
}

pub(super) fn is_header(line: &[u8]) -> bool {
    let separator = separator(line);
    let found: Vec<Column> = line.split(|b| *b == separator).filter_map(column).collect();
    let has = |column| found.contains(&column);
    let identities = [Column::Ip, Column::Mac, Column::Name].into_iter().filter(|it| has(*it));
    let identities = identities.count();
    identities >= 2 || (identities == 1 && has(Column::Role))
}

struct Row<'r> {
    ip: &'r [u8],
    mac: &'r [u8],
    name: &'r [u8],
    from: &'r [u8],
    until: &'r [u8],
    site: &'r [u8],
    role: &'r [u8],
}

pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) {
    let start = bytes.iter().position(|it| !it.is_ascii_whitespace()).unwrap_or(0);
    let bytes = bytes.get(start..).unwrap_or_default();
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let reader = || {
        csv::ReaderBuilder::new()
            .flexible(true)
            .delimiter(separator(first))
            .trim(csv::Trim::All)
            .from_reader(bytes)
    };
    let mut rows = reader();
    let Ok(header) = rows.byte_headers().cloned() else { return };
    let place = |wanted| header.iter().position(|it| column(it) == Some(wanted));
    let site_at = place(Column::Site);
    let places = [Column::Ip, Column::Mac, Column::Name, Column::From, Column::Until, Column::Role];
    let places = places.map(place);
    let has_several_sites = || {
        let mut sites = BTreeSet::new();
        for row in reader().byte_records().flatten() {
            let site = site_at.and_then(|at| row.get(at)).unwrap_or_default();
            let site = site_key(&String::from_utf8_lossy(site));
            if !site.is_empty() {
                sites.insert(site);
            }
            if sites.len() > 1 {
                return true;
            }
        }
        false
    };
    let mut is_of_several = None;
    for row in rows.byte_records() {
        if reading.is_full() {
            return;
        }
        reading.report.lines += 1;
        let Ok(row) = row else { continue };
        let line = line_of(&row, bytes);
        let text = row.iter().collect::<Vec<_>>().join(&b","[..]);
        if text.len() > LONGEST_LINE {
            reading.report.refuse(line, &text, Reason::TooLong);
            continue;
        }
        if row.iter().all(<[u8]>::is_empty) {
            continue;
        }
        let get = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default();
        let [ip, mac, name, from, until, role] = places.map(get);
        let row = Row { ip, mac, name, from, until, site: get(site_at), role };
        let site = String::from_utf8_lossy(row.site);
        if !site.trim().is_empty() {
            match reading.is_of_run(&site) {
                Some(false) => {
                    reading.report.of_other_sites += 1;
                    continue;
                }
                // The same private address may be another device at each of them.
                None if *is_of_several.get_or_insert_with(has_several_sites) => {
                    reading.report.refuse(line, &text, Reason::NeedsSite);
                    continue;
                }
                Some(true) | None => {}
            }
        }
        if let Err(reason) = take((line, &text), &row, reading) {
            reading.report.refuse(line, &text, reason);
        }
    }
}

fn take(line: (u64, &[u8]), row: &Row<'_>, reading: &mut Reading<'_>) -> Result<(), Reason> {
    let ip = match row.ip {
        b"" => None,
        text => Some(address(text).ok_or(Reason::BadAddress)?),
    };
    let mac = match row.mac {
        b"" => None,
        text => Some(Mac::parse(text).ok_or(Reason::BadMac)?),
    };
    let from = moment(row.from, reading, false)?;
    let until = moment(row.until, reading, true)?;
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err(Reason::BadInterval);
    }
    let stands_as = match role(row.role) {
        Ok(kind) => kind,
        Err(reason) => {
            reading.report.refuse(line.0, line.1, reason);
            None
        }
    };
    let told = Told { mac, client: None, name: identity::name(row.name), stands_as };
    reading.take(line, ip, told, Said::Fixed { from, until });
    Ok(())
}

/// For whom else a device stands, by what people write; devices that stand for themselves are many.
fn role(text: &[u8]) -> Result<Option<Intermediary>, Reason> {
    let text = host_key(&String::from_utf8_lossy(text));
    let words: String = text.chars().filter(|it| it.is_alphanumeric()).collect();
    Ok(match words.as_str() {
        "dns"
        | "dnsforwarder"
        | "dnsserver"
        | "forwarder"
        | "resolver"
        | "nameserver"
        | "máychủdns"
        | "maychudns"
        | "máychủtênmiền"
        | "maychutenmien"
        | "domaincontroller" => Some(Intermediary::DnsForwarder),
        "proxy" | "proxyserver" | "webproxy" | "máychủproxy" | "maychuproxy" => {
            Some(Intermediary::Proxy)
        }
        "nat" | "router" | "gateway" | "firewall" | "bộđịnhtuyến" | "bodinhtuyen" | "tườnglửa"
        | "tuonglua" => Some(Intermediary::Nat),
        "" | "device" | "thiếtbị" | "thietbi" | "client" | "computer" | "pc" | "desktop"
        | "laptop" | "workstation" | "máytính" | "maytinh" | "máytrạm" | "maytram" | "server"
        | "máychủ" | "maychu" | "printer" | "máyin" | "mayin" | "camera" | "phone"
        | "điệnthoại" | "dienthoai" | "switch" | "other" | "khác" | "khac" => None,
        _ => return Err(Reason::UnknownRole),
    })
}

/// A moment, or a day: from its start, or up to its end.
fn moment(text: &[u8], reading: &Reading<'_>, is_end: bool) -> Result<Option<Timestamp>, Reason> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    let day = std::str::from_utf8(text).ok().and_then(|text| {
        let read = |format| Date::strptime(format, text).ok();
        read("%Y-%m-%d").or_else(|| read("%d/%m/%Y")).or_else(|| read("%d-%m-%Y"))
    });
    let moment = match day {
        Some(day) => {
            let day = if is_end { day.tomorrow().map_err(|_| Reason::BadTime)? } else { day };
            reading.times.moment(day.to_datetime(jiff::civil::Time::midnight()))
        }
        None => reading.times.of_text(text),
    };
    moment.map(Some).ok_or(Reason::BadTime)
}
