//! What JavaScript asks for: records of a 16-byte header and a payload, many to one batch.
//! `op u8, flags u8, u16 unused, handle u32, arg u32, length u32`, all little endian.

pub const OPEN: u8 = 1;
pub const SEND: u8 = 2;
pub const RESET: u8 = 3;
pub const STOP: u8 = 4;
pub const CREDIT: u8 = 5;
pub const CLOSE: u8 = 6;
pub const ADMIT: u8 = 7;
pub const NOTIFY: u8 = 8;
pub const TAKE: u8 = 9;

/// On `OPEN` and `SEND`: end our half after this. On `ADMIT`: let the peer in.
pub const FLAG: u8 = 1;
pub const HEADER: usize = 16;

#[derive(Debug, PartialEq, Eq)]
pub struct Command<'a> {
    pub op: u8,
    pub flag: bool,
    /// Stream handle; the connection for `CLOSE` and `TAKE`, the ticket for `ADMIT`.
    pub handle: u32,
    /// The connection for `OPEN`, an application code for `RESET`, `STOP`, `CLOSE`, a byte count for `CREDIT`.
    pub arg: u32,
    pub payload: &'a [u8],
}

/// Takes the first command off `batch`. `None` when nothing whole is left.
pub fn next<'a>(batch: &mut &'a [u8]) -> Option<Command<'a>> {
    let (header, rest) = batch.split_first_chunk::<HEADER>()?;
    let [op, flags, _, _, h0, h1, h2, h3, a0, a1, a2, a3, l0, l1, l2, l3] = *header;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let (payload, rest) = rest.split_at_checked(length)?;
    *batch = rest;
    Some(Command {
        op,
        flag: flags & FLAG != 0,
        handle: u32::from_le_bytes([h0, h1, h2, h3]),
        arg: u32::from_le_bytes([a0, a1, a2, a3]),
        payload,
    })
}

/// Writes one header, for payloads that do not pass through the arena of JavaScript.
pub fn header(op: u8, flag: bool, handle: u32, arg: u32, length: u32) -> [u8; HEADER] {
    let (h, a, l) = (handle.to_le_bytes(), arg.to_le_bytes(), length.to_le_bytes());
    let mut bytes = [0; HEADER];
    let fields = [op, u8::from(flag), 0, 0].into_iter().chain(h).chain(a).chain(l);
    for (slot, byte) in bytes.iter_mut().zip(fields) {
        *slot = byte;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_was_written_and_stops_at_a_cut_record() {
        let mut bytes = header(OPEN, true, 7, 0x8000_0001, 3).to_vec();
        bytes.extend_from_slice(b"abc");
        bytes.extend_from_slice(&header(CREDIT, false, u32::MAX, 65_536, 0));
        bytes.extend_from_slice(&header(SEND, false, 7, 0, 10));
        let mut batch = bytes.as_slice();
        let open = Command { op: OPEN, flag: true, handle: 7, arg: 0x8000_0001, payload: b"abc" };
        let credit = Command { op: CREDIT, flag: false, handle: u32::MAX, arg: 65_536, payload: b"" };
        assert_eq!(next(&mut batch), Some(open));
        assert_eq!(next(&mut batch), Some(credit));
        assert_eq!(next(&mut batch), None);
        assert_eq!(batch.len(), HEADER);
    }
}
