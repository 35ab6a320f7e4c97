//! Frames onto a pair of virtual interfaces without a socket: a program that the system runs itself copies
//! them from a table into buffers of its own, and hands those across the pair.

use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::ptr;

use crate::ring::{index_of, number};

/// The longest frame, in bytes: one has to fit into a page, with what the system keeps beside it.
const LONGEST: usize = 3_000;
/// The shortest: a header of Ethernet.
const SHORTEST: usize = 14;

// `linux/bpf.h`.
const MAP_CREATE: libc::c_int = 0;
const PROG_LOAD: libc::c_int = 5;
const PROG_TEST_RUN: libc::c_int = 10;
const LINK_CREATE: libc::c_int = 28;
const MAP_TYPE_ARRAY: u32 = 2;
const MAPPABLE: u32 = 1 << 10;
const PROG_TYPE_XDP: u32 = 6;
const ATTACH_XDP: u32 = 37;
const LIVE_FRAMES: u32 = 1 << 1;
/// So many frames are handed over at once.
const BATCH: u32 = 64;
/// What a program answers.
const DROP: i32 = 1;
const PASS: i32 = 2;
/// Functions that a program may call.
const LOOK_UP: i32 = 1;
const REDIRECT: i32 = 23;
const ADJUST_TAIL: i32 = 65;
const STORE_BYTES: i32 = 190;
/// What a step that holds an address means by its descriptor.
const MAP: u8 = 1;
const MAP_VALUE: u8 = 2;

/// Before each frame of the table stands its length.
const HEAD_BYTES: usize = 8;
/// In place of a jump's length: to the last two steps of a program.
const TO_DROP: i16 = i16::MAX;

/// Puts frames on one end of a pair of virtual interfaces, over and over, faster than [`crate::Sender`]: nothing is
/// asked of the system for each of them. They come in bursts, as fast as they go.
///
/// Needs Linux 5.18, root, and no longer frames than 3,000 bytes; both ends need an MTU below 3,500.
#[derive(Debug)]
pub struct Injector {
    program: OwnedFd,
    /// The other end takes frames of a program when it has one itself; this holds it there.
    _accepting: OwnedFd,
    longest: usize,
}

impl Injector {
    /// Takes frames, whole with their Ethernet headers, to send from one end to the other.
    pub fn new(near: &str, far: &str, frames: &[&[u8]]) -> io::Result<Self> {
        let longest = frames.iter().map(|it| it.len()).max().unwrap_or_default();
        if longest > LONGEST || frames.iter().any(|it| it.len() < SHORTEST) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no frame for this way"));
        }
        let next = Table::new(size_of::<u64>(), 1)?;
        let table = Table::new(HEAD_BYTES + longest, frames.len())?;
        table.fill(frames)?;
        let accepting = load(&[Step::set(0, PASS), Step::END])?;
        let accepting = attach(&accepting, index_of(far)?)?;
        let [at_next, at_next_2] = Step::address(7, MAP_VALUE, &next.map);
        let [of_table, of_table_2] = Step::address(1, MAP, &table.map);
        let program = load(&[
            Step::copy(6, 1),
            // Which frame is next; behind the last comes the first.
            at_next,
            at_next_2,
            Step::read_64(8, 7),
            Step::copy(9, 8),
            Step::add(9, 1),
            Step::jump_if_below(9, small(frames.len())?, 1),
            Step::set(9, 0),
            Step::write_64(7, 9),
            // Its place in the table.
            Step::write_32_to_stack(8),
            Step::copy(2, 10),
            Step::add(2, -4),
            of_table,
            of_table_2,
            Step::call(LOOK_UP),
            Step::jump_if_equal(0, 0, TO_DROP),
            Step::copy(7, 0),
            Step::read_32(8, 7),
            // The buffer is as long as the longest frame, and becomes as long as this one.
            Step::copy(2, 8),
            Step::add(2, -small(longest)?),
            Step::copy(1, 6),
            Step::call(ADJUST_TAIL),
            Step::jump_if_not_equal(0, 0, TO_DROP),
            // Said once more, for the system to believe it.
            Step::jump_if_above(8, small(longest)?, TO_DROP),
            Step::jump_if_below(8, small(SHORTEST)?, TO_DROP),
            Step::copy(1, 6),
            Step::set(2, 0),
            Step::copy(3, 7),
            Step::add(3, small(HEAD_BYTES)?),
            Step::copy(4, 8),
            Step::call(STORE_BYTES),
            Step::jump_if_not_equal(0, 0, TO_DROP),
            Step::set(1, index_of(near)?.cast_signed()),
            Step::set(2, 0),
            Step::call(REDIRECT),
            Step::END,
            Step::set(0, DROP),
            Step::END,
        ])?;
        Ok(Self { program, _accepting: accepting, longest })
    }

    /// Sends so many frames, those that come next; each call costs some 30 ms of waiting besides.
    pub fn send(&self, count: u32) -> io::Result<()> {
        let frame = vec![0_u8; self.longest];
        let asked = TestRun {
            program: self.program.as_raw_fd().cast_unsigned(),
            frame_length: number(frame.len())?,
            frame: frame.as_ptr().expose_provenance() as u64,
            repeat: count,
            flags: LIVE_FRAMES,
            batch: BATCH,
            ..TestRun::default()
        };
        call(PROG_TEST_RUN, &asked).map(drop)
    }
}

/// One instruction, as `linux/bpf.h` has it.
#[derive(Clone, Copy)]
#[repr(C)]
struct Step {
    code: u8,
    registers: u8,
    offset: i16,
    value: i32,
}

impl Step {
    const END: Self = Self::new(0x95, 0, 0, 0, 0);

    const fn new(code: u8, to: u8, from: u8, offset: i16, value: i32) -> Self {
        let registers = if cfg!(target_endian = "big") { to << 4 | from } else { from << 4 | to };
        Self { code, registers, offset, value }
    }

    const fn set(to: u8, value: i32) -> Self {
        Self::new(0xb7, to, 0, 0, value)
    }

    const fn copy(to: u8, from: u8) -> Self {
        Self::new(0xbf, to, from, 0, 0)
    }

    const fn add(to: u8, value: i32) -> Self {
        Self::new(0x07, to, 0, 0, value)
    }

    const fn read_32(to: u8, at: u8) -> Self {
        Self::new(0x61, to, at, 0, 0)
    }

    const fn read_64(to: u8, at: u8) -> Self {
        Self::new(0x79, to, at, 0, 0)
    }

    const fn write_64(at: u8, from: u8) -> Self {
        Self::new(0x7b, at, from, 0, 0)
    }

    const fn write_32_to_stack(from: u8) -> Self {
        Self::new(0x63, 10, from, -4, 0)
    }

    const fn call(function: i32) -> Self {
        Self::new(0x85, 0, 0, 0, function)
    }

    const fn jump_if_equal(register: u8, value: i32, over: i16) -> Self {
        Self::new(0x15, register, 0, over, value)
    }

    const fn jump_if_not_equal(register: u8, value: i32, over: i16) -> Self {
        Self::new(0x55, register, 0, over, value)
    }

    const fn jump_if_above(register: u8, value: i32, over: i16) -> Self {
        Self::new(0x25, register, 0, over, value)
    }

    const fn jump_if_below(register: u8, value: i32, over: i16) -> Self {
        Self::new(0xa5, register, 0, over, value)
    }

    /// The address of a map, or of its first value.
    fn address(to: u8, of: u8, map: &OwnedFd) -> [Self; 2] {
        [Self::new(0x18, to, of, 0, map.as_raw_fd()), Self::new(0, 0, 0, 0, 0)]
    }
}

/// A table of slots of one size that programs read.
struct Table {
    map: OwnedFd,
    slot: usize,
    slots: usize,
}

impl Table {
    fn new(slot: usize, slots: usize) -> io::Result<Self> {
        let slot = slot.next_multiple_of(8);
        let asked = MapCreate {
            kind: MAP_TYPE_ARRAY,
            key: number(size_of::<u32>())?,
            slot: number(slot)?,
            slots: number(slots)?,
            flags: MAPPABLE,
        };
        Ok(Self { map: made(call(MAP_CREATE, &asked)?)?, slot, slots })
    }

    /// Writes frames into the slots, as many as there are.
    fn fill(&self, frames: &[&[u8]]) -> io::Result<()> {
        let length = self.slot * self.slots;
        #[expect(unsafe_code, reason = "the only way to share memory with the system")]
        // SAFETY: the system chooses the place; the table is so long.
        let place = unsafe {
            libc::mmap(
                ptr::null_mut(),
                length,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                self.map.as_raw_fd(),
                0,
            )
        };
        if place == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        #[expect(unsafe_code, reason = "the table is written where it lies")]
        // SAFETY: the mapping is so long, is this function's alone, and no program reads it yet.
        let bytes = unsafe { std::slice::from_raw_parts_mut(place.cast::<u8>(), length) };
        for (slot, frame) in bytes.chunks_exact_mut(self.slot).zip(frames) {
            let (head, body) = slot.split_at_mut(HEAD_BYTES);
            let length = u64::try_from(frame.len()).unwrap_or_default();
            // Read as 32 bits: of the lower half.
            let length = if cfg!(target_endian = "big") { length << 32 } else { length };
            head.copy_from_slice(&length.to_ne_bytes());
            for (to, from) in body.iter_mut().zip(*frame) {
                *to = *from;
            }
        }
        #[expect(unsafe_code, reason = "the mapping is not the standard library's")]
        // SAFETY: place and length are those of the mapping, and nothing of it is used any more.
        unsafe {
            libc::munmap(place, length);
        }
        Ok(())
    }
}

#[repr(C)]
struct MapCreate {
    kind: u32,
    key: u32,
    slot: u32,
    slots: u32,
    flags: u32,
}

#[repr(C)]
struct ProgLoad {
    kind: u32,
    steps_count: u32,
    steps: u64,
    licence: u64,
    log_level: u32,
    log_length: u32,
    log: u64,
}

#[derive(Default)]
#[repr(C)]
struct TestRun {
    program: u32,
    answer: u32,
    frame_length: u32,
    frame_out_length: u32,
    frame: u64,
    frame_out: u64,
    repeat: u32,
    duration: u32,
    context_length: u32,
    context_out_length: u32,
    context: u64,
    context_out: u64,
    flags: u32,
    processor: u32,
    batch: u32,
    nothing: u32,
}

#[repr(C)]
struct LinkCreate {
    program: u32,
    interface: u32,
    kind: u32,
    flags: u32,
}

fn load(steps: &[Step]) -> io::Result<OwnedFd> {
    let drop_at = steps.len().saturating_sub(2);
    let mut steps = steps.to_vec();
    for (at, step) in steps.iter_mut().enumerate().filter(|(_, it)| it.offset == TO_DROP) {
        step.offset = i16::try_from(drop_at.saturating_sub(at + 1)).map_err(io::Error::other)?;
    }
    // Asked for by the system; what it says of a program of ours that it does not take helps nobody else.
    let licence = c"Dual MIT/GPL";
    let asked = ProgLoad {
        kind: PROG_TYPE_XDP,
        steps_count: number(steps.len())?,
        steps: steps.as_ptr().expose_provenance() as u64,
        licence: licence.as_ptr().expose_provenance() as u64,
        log_level: 0,
        log_length: 0,
        log: 0,
    };
    made(call(PROG_LOAD, &asked)?)
}

/// Puts a program before what an interface receives, as long as the descriptor lives.
fn attach(program: &OwnedFd, interface: u32) -> io::Result<OwnedFd> {
    let program = program.as_raw_fd().cast_unsigned();
    let asked = LinkCreate { program, interface, kind: ATTACH_XDP, flags: 0 };
    made(call(LINK_CREATE, &asked)?)
}

/// Calls the system with a structure that its part of `bpf_attr` begins with.
fn call<T>(command: libc::c_int, asked: &T) -> io::Result<libc::c_long> {
    #[expect(unsafe_code, reason = "the C library has no function for it")]
    // SAFETY: the structure lives until the call returns, as does all that it names; the length is its size, and
    // what the system writes back is within it.
    let answer = unsafe {
        libc::syscall(libc::SYS_bpf, command, ptr::from_ref(asked).cast_mut(), size_of::<T>())
    };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

/// A descriptor that the system has just given.
fn made(descriptor: libc::c_long) -> io::Result<OwnedFd> {
    let descriptor = libc::c_int::try_from(descriptor).map_err(io::Error::other)?;
    #[expect(unsafe_code, reason = "the descriptor is this program's from here on")]
    // SAFETY: the system has just given it, and nobody else has it.
    let descriptor = unsafe { OwnedFd::from_raw_fd(descriptor) };
    Ok(descriptor)
}

fn small(value: usize) -> io::Result<i32> {
    i32::try_from(value).map_err(io::Error::other)
}
