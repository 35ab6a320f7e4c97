//! Which elements of a template are read, by their numbers in IANA's registry of IPFIX elements;
//! NetFlow 9 has the same numbers.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Role {
    Source4,
    Target4,
    Source6,
    Target6,
    SourcePort,
    TargetPort,
    Protocol,
    Flags,
    Bytes,
    Packets,
    BackFlags,
    BackBytes,
    BackPackets,
    /// What was sent by whoever opened the connection, which then is the source.
    ByInitiator,
    /// Type and code in two bytes.
    IcmpTypeAndCode,
    IcmpType,
    /// Milliseconds since the exporter began.
    StartUptime,
    EndUptime,
    StartSeconds,
    EndSeconds,
    StartMillis,
    EndMillis,
    /// A moment of NTP: seconds since 1900 and a fraction, four bytes each.
    StartNtp,
    EndNtp,
    /// Microseconds before the message was sent.
    StartDelta,
    EndDelta,
    /// When something happened to the connection.
    EventSeconds,
    EventMillis,
    EventNtp,
    /// When the exporter began.
    BootMillis,
    /// What a firewall did.
    FirewallEvent,
    /// Who opened a connection.
    Direction,
    /// Where the packets went behind address translation.
    InnerTarget4,
    InnerTarget6,
    InnerTargetPort,
}

/// How many roles there are.
pub(crate) const ROLES: usize = Role::InnerTargetPort as usize + 1;

/// RFC 5103: the elements of the registry, of what came back.
const REVERSE: u32 = 29305;

/// What an element holds; `None` for what is not read. `enterprise` is 0 for those of the registry.
///
/// Not read as an answer: elements 23 and 24, which are the way back with some exporters and the same
/// packets behind a device that changed them by the registry.
pub(crate) fn role(enterprise: u32, element: u16) -> Option<Role> {
    if enterprise == REVERSE {
        return match element {
            1 | 85 => Some(Role::BackBytes),
            2 | 86 => Some(Role::BackPackets),
            6 => Some(Role::BackFlags),
            _ => None,
        };
    }
    if enterprise != 0 {
        return None;
    }
    Some(match element {
        1 | 85 => Role::Bytes,
        2 | 86 => Role::Packets,
        231 | 298 => Role::ByInitiator,
        4 => Role::Protocol,
        6 => Role::Flags,
        // One each for TCP and UDP too, which some exporters send instead.
        7 | 180 | 182 => Role::SourcePort,
        11 | 181 | 183 => Role::TargetPort,
        8 => Role::Source4,
        12 => Role::Target4,
        27 => Role::Source6,
        28 => Role::Target6,
        32 | 139 => Role::IcmpTypeAndCode,
        176 | 178 => Role::IcmpType,
        21 => Role::EndUptime,
        22 => Role::StartUptime,
        150 => Role::StartSeconds,
        151 => Role::EndSeconds,
        152 => Role::StartMillis,
        153 => Role::EndMillis,
        154 | 156 => Role::StartNtp,
        155 | 157 => Role::EndNtp,
        158 => Role::StartDelta,
        159 => Role::EndDelta,
        160 => Role::BootMillis,
        225..=228 | 281 | 282 => return translated(element),
        232 => Role::BackBytes,
        233 => Role::FirewallEvent,
        239 => Role::Direction,
        299 => Role::BackPackets,
        322 => Role::EventSeconds,
        323 => Role::EventMillis,
        324 | 325 => Role::EventNtp,
        _ => return None,
    })
}

/// Address translation: only where packets went, since a device is known by its inner address.
fn translated(element: u16) -> Option<Role> {
    match element {
        226 => Some(Role::InnerTarget4),
        282 => Some(Role::InnerTarget6),
        228 => Some(Role::InnerTargetPort),
        _ => None,
    }
}
