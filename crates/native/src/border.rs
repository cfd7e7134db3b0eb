//! The numbers that both sides of the native border use.
//!
//! This file is their only source. [`border`] hands them to JavaScript as a table, and
//! `packages/transport/src/quic/border.ts` is generated from that table by
//! `packages/transport/test/quic/border.test.ts`, which fails when the two differ.
//!
//! A record is a header and a payload. The header has 16 bytes, little endian: op u8, flags u8,
//! unused u16, handle u32, arg u32, payload length u32. Commands go from JavaScript to the reactor,
//! events from the reactor to JavaScript.

pub mod commands;
pub mod events;
pub mod wake;

use napi_derive::napi;

/// Numbers of the native border that belong together.
#[napi(object)]
pub struct BorderGroup {
    pub name: String,
    pub about: String,
    pub constants: Vec<BorderConstant>,
}

/// One number of the native border.
#[napi(object)]
pub struct BorderConstant {
    pub name: String,
    pub about: String,
    pub value: u32,
}

/// Declares each group as a module of constants, and all of them as the table of [`border`].
macro_rules! border {
    ($(
        $(#[doc = $about:literal])+
        $group:ident: $type:ty {
            $( $(#[doc = $text:literal])+ $name:ident = $value:expr; )+
        }
    )+) => {
        $(
            $(#[doc = $about])+
            pub mod $group {
                $( $(#[doc = $text])+ pub const $name: $type = $value; )+
            }
        )+

        /// Returns every number that both sides of the native border use.
        #[napi]
        pub fn border() -> Vec<BorderGroup> {
            vec![$(
                BorderGroup {
                    name: stringify!($group).to_owned(),
                    about: [$($about),+].concat().trim().to_owned(),
                    constants: vec![$(
                        BorderConstant {
                            name: stringify!($name).to_owned(),
                            about: [$($text),+].concat().trim().to_owned(),
                            value: $group::$name as u32,
                        },
                    )+],
                },
            )+]
        }
    };
}

border! {
    /// The offsets of the fields in the header of a record.
    record_header: usize {
        /// One of `CommandOp` or `EventOp`, u8.
        OP_AT = 0;
        /// u8; the meaning depends on the op.
        FLAGS_AT = 1;
        /// The stream, connection, dial or gate question, u32.
        HANDLE_AT = 4;
        /// u32; the meaning depends on the op.
        ARG_AT = 8;
        /// The length of the payload, u32.
        LENGTH_AT = 12;
        /// The length of the whole header.
        BYTES = 16;
    }

    /// Commands from JavaScript to the reactor.
    command_op: u8 {
        /// Opens stream `handle` on connection `arg` and sends the payload.
        OPEN = 1;
        /// Sends the payload on stream `handle`.
        SEND = 2;
        /// Resets both halves of stream `handle` with application code `arg`.
        RESET = 3;
        /// Asks the peer of stream `handle` to stop sending, with application code `arg`.
        STOP = 4;
        /// Returns `arg` bytes of read credit to stream `handle`.
        CREDIT = 5;
        /// Closes connection `handle` with application code `arg`; the payload is the reason.
        CLOSE = 6;
        /// Answers gate question `handle`.
        ADMIT = 7;
        /// Asks for a `WRITABLE` event of stream `handle`.
        NOTIFY = 8;
        /// The program took connection `handle`: its accept slot is free again.
        TAKE = 9;
        /// Ends the sending half of stream `handle`, and asks for a `SENT` event.
        FINISH = 10;
        /// Asks for an `UNSENT` event of stream `handle`.
        MEASURE = 11;
        /// Asks for a `BACKLOG` event of connection `handle`.
        MEASURE_ALL = 12;
        /// Reports what connection `handle` keeps: `BACKLOG`, `ARRIVING`,
        /// `UNSENT` of ended streams.
        OBSERVE = 13;
    }

    /// The bits of the flags of a command.
    command_flag: u8 {
        /// On `OPEN` and `SEND`: the sending half ends after this payload.
        END = 1;
        /// On `ADMIT`: the peer may connect.
        ADMITTED = 1;
    }

    /// Events from the reactor to JavaScript.
    event_op: u8 {
        /// A frame of stream `handle` with the flags of the record.
        FRAME = 1;
        /// As `FRAME`, with the token for `takeLarge` in `arg` instead of a payload.
        LARGE = 2;
        /// The peer ended its half of stream `handle`.
        FIN = 3;
        /// The peer reset stream `handle` with code `arg`; the stream is freed.
        RESET = 4;
        /// The peer stopped reading stream `handle`, code `arg`. Its sending half is freed.
        STOPPED = 5;
        /// The send buffer of stream `handle` has shrunk to `WRITABLE_BYTES`.
        WRITABLE = 6;
        /// Stream `handle` broke the framing rules (payload: text). Its receiving half is freed.
        MALFORMED = 7;
        /// The peer opened stream `handle` on connection `arg`.
        STREAM = 8;
        /// Connection `handle` arrived. Payload: endpoint id, ALPN of `arg` bytes, address.
        CONNECTION = 9;
        /// Connection `handle` ended. Flags: `EndingKind`, `arg`: application code, payload: text.
        CLOSED = 10;
        /// The gate decides about question `handle`. Payload: endpoint id and ALPN.
        ASK = 11;
        /// Dial `handle` became connection `arg`. Payload: endpoint id.
        DIALED = 12;
        /// Dial `handle` failed. Flags, `arg` and payload as for `CLOSED`.
        FAILED = 13;
        /// The endpoint is bound.
        OPENED = 14;
        /// The last event of a node.
        DOWN = 15;
        /// Stream `handle` is freed: its peer made this side keep too much.
        OVERRUN = 16;
        /// The close handshake of connection `handle` is over, after `CLOSED` with `CLOSING`.
        GONE = 17;
        /// The gate refused `handle` connections. Payload of some: id, length of ALPN (u8), ALPN.
        REFUSED = 18;
        /// The send buffer of stream `handle` on connection `arg`. Payload: its bytes, u32.
        UNSENT = 19;
        /// The sending half of stream `handle` has ended, and all of it has left.
        SENT = 20;
        /// The send buffers of connection `handle` hold `arg` bytes.
        BACKLOG = 21;
        /// Connection `handle` holds `arg` bytes of incomplete frames or without credit.
        ARRIVING = 22;
        /// Connection `handle` has events to drain.
        READY = 23;
    }

    /// The bits of the flags of an event.
    event_flag: u8 {
        /// On `CONNECTION`: streams carry plain bytes instead of frames.
        RAW = 1;
        /// On `DOWN`: the native module failed; the payload is a text.
        FAULT = 1;
        /// Answers `MEASURE_ALL`, or `MEASURE`; without it, `UNSENT` is of an ended stream.
        ANSWER = 1;
    }

    /// The reasons for the end of a connection or dial.
    ending_kind: u8 {
        /// One side closed the connection, or it failed.
        CLOSED = 1;
        /// The peer could not be reached, or refused the connection.
        CONNECT = 2;
        /// The peer did not answer in time.
        TIMEOUT = 3;
        /// The address or the ALPN is not valid.
        ADDRESS = 4;
        /// The native module failed.
        NATIVE = 5;
        /// This side closed the connection; its close handshake is under way.
        CLOSING = 6;
    }

    /// Application codes of streams (docs/wire.md, "Stream codes").
    stream_code: u32 {
        /// The call was cancelled.
        CANCELLED = 1;
        /// The stream was not processed and can be tried again.
        REFUSED_STREAM = 8;
        /// The receiver failed; the connection stays open.
        INTERNAL_ERROR = 13;
    }

    /// Sizes and bounds.
    limit: usize {
        /// The length of an endpoint id, an ed25519 public key.
        ENDPOINT_ID_BYTES = 32;
        /// The largest handle that JavaScript chooses. Streams of the peer have the highest bit.
        MAX_HANDLE = 0x7fff_ffff;
        /// The application code of an ending without one.
        NO_CODE = 0xffff_ffff;
        /// The longest reason of a close, so that it fits one QUIC packet.
        REASON_BYTES = 256;
        /// The largest frame, flags byte included (docs/wire.md, "Frames").
        MAX_FRAME_BYTES = 16 * 1024 * 1024;
        /// Payloads from this size on are not copied into records but have their own buffers.
        LARGE_BYTES = 64 * 1024;
        /// Unread bytes a stream may deliver while the node as a whole holds little.
        WINDOW_BYTES = 256 * 1024;
        /// The same while it holds much. More than `CREDIT_STEP_BYTES`, or reading would stop.
        SMALL_WINDOW_BYTES = 32 * 1024;
        /// JavaScript returns credit in steps of this size, so that a small frame costs no command.
        CREDIT_STEP_BYTES = 16 * 1024;
        /// A `NOTIFY` command is answered when the send buffer is at most this.
        WRITABLE_BYTES = 128 * 1024;
        /// Bytes sent before a sender waits. More than `WRITABLE_BYTES`: the network stays busy.
        SEND_WINDOW_BYTES = 256 * 1024;
        /// The bit in the result of `drain` that says that more events are left.
        MORE_BIT = 0x8000_0000;
        /// Bytes of small messages that a paused stream holds before it is reset.
        HELD_BYTES = 2 * 1024 * 1024;
    }
}

const _: () = assert!(limit::CREDIT_STEP_BYTES < limit::SMALL_WINDOW_BYTES);
const _: () = assert!(limit::SMALL_WINDOW_BYTES < limit::WINDOW_BYTES);
const _: () = assert!(limit::WRITABLE_BYTES < limit::SEND_WINDOW_BYTES);
const _: () = assert!(limit::LARGE_BYTES < limit::MAX_FRAME_BYTES);

/// The application code of an ending without one, in the type of application codes.
pub const NO_CODE: u32 = limit::NO_CODE as u32;

/// Writes the header of a record.
pub fn header(op: u8, flags: u8, handle: u32, arg: u32, length: usize) -> [u8; record_header::BYTES] {
    let [h0, h1, h2, h3] = handle.to_le_bytes();
    let [a0, a1, a2, a3] = arg.to_le_bytes();
    let [l0, l1, l2, l3] = (length as u32).to_le_bytes();
    [op, flags, 0, 0, h0, h1, h2, h3, a0, a1, a2, a3, l0, l1, l2, l3]
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn writes_every_field_of_a_header_at_its_offset() {
        let bytes = header(7, 1, 0x0403_0201, 0x1413_1211, 0x2423_2221);
        assert_eq!(bytes[record_header::OP_AT], 7);
        assert_eq!(bytes[record_header::FLAGS_AT], 1);
        assert_eq!(bytes[record_header::HANDLE_AT..record_header::ARG_AT], [1, 2, 3, 4]);
        assert_eq!(bytes[record_header::ARG_AT..record_header::LENGTH_AT], [0x11, 0x12, 0x13, 0x14]);
        assert_eq!(bytes[record_header::LENGTH_AT..], [0x21, 0x22, 0x23, 0x24]);
    }

    #[test]
    fn lists_every_group_with_its_numbers_and_texts() {
        let table = border();
        let ops = table.iter().find(|group| group.name == "command_op").map(|group| &group.constants);
        let take = ops.and_then(|ops| ops.iter().find(|op| op.name == "TAKE"));
        assert!(take.is_some_and(|op| op.value == 9 && op.about.starts_with("The program took")));
        assert!(table.iter().flat_map(|group| &group.constants).all(|constant| !constant.about.is_empty()));
    }
}
