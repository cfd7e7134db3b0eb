//! Commands: the records that JavaScript writes for the reactor, many to one batch.
//!
//! JavaScript collects the commands of one turn of its event loop in a buffer and submits them with
//! one call. The reactor reads them with [`next`].

use crate::border::{command_flag, record_header};

#[derive(Debug, PartialEq, Eq)]
pub struct Command<'a> {
    pub op: u8,
    /// `command_flag::END` or `command_flag::ADMITTED`, which are the same bit.
    pub flag: bool,
    pub handle: u32,
    pub arg: u32,
    pub payload: &'a [u8],
}

const _: () = assert!(command_flag::END == command_flag::ADMITTED);

/// Takes the first command off `batch`. `None` when no whole command is left.
pub fn next<'a>(batch: &mut &'a [u8]) -> Option<Command<'a>> {
    let (header, rest) = batch.split_first_chunk::<{ record_header::BYTES }>()?;
    let [op, flags, _, _, h0, h1, h2, h3, a0, a1, a2, a3, l0, l1, l2, l3] = *header;
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let (payload, rest) = rest.split_at_checked(length)?;
    *batch = rest;
    Some(Command {
        op,
        flag: flags & command_flag::END != 0,
        handle: u32::from_le_bytes([h0, h1, h2, h3]),
        arg: u32::from_le_bytes([a0, a1, a2, a3]),
        payload,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::border::{command_op, header};

    #[test]
    fn reads_back_what_was_written_and_stops_at_an_incomplete_record() {
        let mut bytes = header(command_op::OPEN, command_flag::END, 7, 0x8000_0001, 3).to_vec();
        bytes.extend_from_slice(b"abc");
        bytes.extend_from_slice(&header(command_op::CREDIT, 0, u32::MAX, 65_536, 0));
        bytes.extend_from_slice(&header(command_op::SEND, 0, 7, 0, 10));
        let mut batch = bytes.as_slice();
        let open = Command { op: command_op::OPEN, flag: true, handle: 7, arg: 0x8000_0001, payload: b"abc" };
        let credit =
            Command { op: command_op::CREDIT, flag: false, handle: u32::MAX, arg: 65_536, payload: b"" };
        assert_eq!(next(&mut batch), Some(open));
        assert_eq!(next(&mut batch), Some(credit));
        assert_eq!(next(&mut batch), None);
        assert_eq!(batch.len(), record_header::BYTES);
    }
}
