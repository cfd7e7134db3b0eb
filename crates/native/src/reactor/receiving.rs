//! The receiving half of a stream: what has been read and JavaScript has not consumed.
//!
//! It reads while JavaScript has credit left, cuts the bytes into frames, and publishes these as
//! events. A large frame needs a share of the assembly budget of its peer.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use iroh::endpoint::{ReadError, RecvStream, VarInt};

use crate::border::events::Events;
use crate::border::{event_op, limit, record_header, stream_code};
use crate::reactor::frames::{FrameSink, Malformed, Splitter};
use crate::reactor::pieces::Pieces;
use crate::reactor::sending::narrow;
use crate::reactor::shared::Shared;

/// Unread bytes of a node from which its streams have the small window. Bounds the memory of a node
/// with many paused streams.
const NODE_WINDOW_BYTES: usize = 16 * 1024 * 1024;
/// Chunks that one read takes from QUIC, in an array on the stack.
const CHUNKS: usize = 32;

pub struct ReceiveHalf {
    pub handle: u32,
    connection: u32,
    raw: bool,
    half: Option<RecvStream>,
    /// The peer ended its half, and JavaScript has no `FIN` event yet.
    ended: bool,
    splitter: Splitter,
    /// Bytes that were read while the window was full.
    held: BytesMut,
    unread: usize,
    /// Bytes of the frame under way.
    incomplete: usize,
    /// Those that count in `Partial`.
    partial: usize,
    pieces: Pieces,
    /// The code of a stop that came before the half was open.
    stopped: Option<u32>,
    /// The share of the assembly budget that a large frame has.
    pub reserved: usize,
    /// The peer closed the connection: what has arrived is read without credit.
    last: bool,
}

/// The reason why a read returns.
#[derive(PartialEq, Eq)]
pub enum Read {
    /// Nothing to do until data or credit arrives.
    Idle,
    /// A frame of this many bytes needs a share of the assembly budget.
    Reserve(usize),
    /// A large frame is complete: its share is free.
    Release,
}

/// The stream is lost: both of its halves are to be given up with this code.
pub struct Lost(pub u32);

impl ReceiveHalf {
    pub fn new(handle: u32, connection: u32, raw: bool, half: Option<RecvStream>) -> Self {
        Self {
            handle,
            connection,
            raw,
            half,
            ended: false,
            splitter: Splitter::default(),
            held: BytesMut::new(),
            unread: 0,
            incomplete: 0,
            partial: 0,
            pieces: Pieces::default(),
            stopped: None,
            reserved: 0,
            last: false,
        }
    }

    pub fn is_done(&self) -> bool {
        self.half.is_none() && self.held.is_empty() && !self.ended
    }

    /// Opens a half that waited. One that was stopped meanwhile is stopped now.
    pub fn start(&mut self, half: RecvStream, shared: &mut Shared) {
        self.half = Some(half);
        if let Some(code) = self.stopped.take() {
            self.stop(code, shared);
        }
    }

    /// Takes back `bytes` of credit.
    pub fn credit(&mut self, bytes: usize, shared: &mut Shared) {
        let bytes = bytes.min(self.unread);
        self.unread -= bytes;
        shared.unread -= bytes;
    }

    /// Takes back all credit and what is held: the stream is about to be freed.
    pub fn credit_all(&mut self, shared: &mut Shared) {
        self.credit(self.unread, shared);
        self.drop_held(shared);
        self.splitter = Splitter::default();
        self.count_incomplete(shared);
    }

    fn hold(&mut self, piece: &[u8], shared: &mut Shared) {
        self.held.extend_from_slice(piece);
        shared.held.take(self.connection, piece.len());
        shared.arriving.add(self.connection, piece.len());
    }

    /// Counts the frame under way. Called once per read, because a read has many chunks.
    fn count_incomplete(&mut self, shared: &mut Shared) {
        let bytes = self.splitter.incomplete();
        if bytes == self.incomplete {
            return;
        }
        shared.arriving.replace(self.connection, self.incomplete, bytes);
        self.incomplete = bytes;
        let partial = if self.splitter.pending() < limit::LARGE_BYTES { bytes } else { 0 };
        shared.partial.replace(self.connection, self.partial, partial);
        self.partial = partial;
    }

    fn drop_held(&mut self, shared: &mut Shared) {
        if !self.held.is_empty() {
            shared.held.give(self.connection, self.held.len());
            shared.arriving.remove(self.connection, self.held.len());
            self.held = BytesMut::new();
        }
    }

    /// Makes the next polls read without credit, unless JavaScript is far behind.
    pub fn read_without_credit(&mut self, shared: &mut Shared) {
        self.last = self.held.is_empty();
        self.drop_held(shared);
    }

    fn is_full(&self, shared: &Shared) -> bool {
        let small = shared.unread >= NODE_WINDOW_BYTES;
        let window = if small { limit::SMALL_WINDOW_BYTES } else { limit::WINDOW_BYTES };
        !self.last && self.unread >= window
    }

    /// Reads what the network has and the window allows.
    pub fn poll(&mut self, cx: &mut Context<'_>, shared: &mut Shared) -> Result<Read, Lost> {
        loop {
            let full = self.is_full(shared);
            if !full && !self.held.is_empty() {
                let piece = self.held.split_to(self.held.len().min(limit::LARGE_BYTES));
                shared.held.give(self.connection, piece.len());
                shared.arriving.remove(self.connection, piece.len());
                let outcome = self.deliver(&piece, shared);
                self.count_incomplete(shared);
                if let Some(read) = outcome {
                    return Ok(read);
                }
                continue;
            }
            if self.ended && self.held.is_empty() {
                self.end(shared);
                return Ok(Read::Idle);
            }
            if full && !self.pieces.are_too_many(shared.stream_window) {
                return Ok(Read::Idle);
            }
            let Some(half) = &mut self.half else { return Ok(Read::Idle) };
            let mut chunks: [Bytes; CHUNKS] = Default::default();
            let polled = pin!(half.read_many_chunks(&mut chunks)).poll(cx);
            match polled {
                Poll::Pending => return Ok(Read::Idle),
                Poll::Ready(Ok(Some(count))) => {
                    if let Some(read) = self.take(chunks.get(..count).unwrap_or_default(), full, shared)? {
                        return Ok(read);
                    }
                }
                Poll::Ready(Ok(None)) => {
                    self.half = None;
                    self.ended = true;
                }
                Poll::Ready(Err(ReadError::Reset(code))) => {
                    shared.events.push(self.connection, event_op::RESET, 0, self.handle, narrow(code), &[]);
                    return Err(Lost(stream_code::CANCELLED));
                }
                // The connection is lost, which has an event of its own.
                Poll::Ready(Err(_)) => return Ok(Read::Idle),
            }
        }
    }

    fn take(&mut self, chunks: &[Bytes], full: bool, shared: &mut Shared) -> Result<Option<Read>, Lost> {
        let mut outcome = None;
        for chunk in chunks {
            self.pieces.add(chunk.len());
            if full || outcome.is_some() {
                self.hold(chunk, shared);
                continue;
            }
            outcome = self.deliver(chunk, shared);
            if self.half.is_none() {
                return Ok(outcome);
            }
        }
        self.count_incomplete(shared);
        let overrun =
            full && (self.held.len() > limit::HELD_BYTES || shared.held.are_too_many(self.connection));
        if overrun || (self.partial > 0 && shared.partial.are_too_many(self.connection)) {
            return Err(self.overrun(shared));
        }
        Ok(outcome)
    }

    /// Reports that the stream is given up because it makes this side keep too much.
    pub fn overrun(&self, shared: &mut Shared) -> Lost {
        shared.events.push(self.connection, event_op::OVERRUN, 0, self.handle, 0, &[]);
        Lost(stream_code::INTERNAL_ERROR)
    }

    fn deliver(&mut self, bytes: &[u8], shared: &mut Shared) -> Option<Read> {
        let (connection, handle) = (self.connection, self.handle);
        let mut frames = FrameEvents { events: &mut shared.events, connection, handle, weight: 0 };
        let outcome = if self.raw {
            frames.frame(0, bytes);
            Ok(())
        } else {
            self.splitter.feed(bytes, &mut frames)
        };
        let weight = frames.weight;
        self.unread += weight;
        shared.unread += weight;
        if let Err(error) = outcome {
            self.refuse(&error, shared);
            return Some(Read::Idle);
        }
        if self.last {
            return None;
        }
        match (self.splitter.pending(), self.reserved) {
            (pending, 0) if pending >= limit::LARGE_BYTES => Some(Read::Reserve(pending)),
            (pending, reserved) if reserved > 0 && pending != reserved => Some(Read::Release),
            _ => None,
        }
    }

    fn end(&mut self, shared: &mut Shared) {
        self.ended = false;
        match self.splitter.finish() {
            Ok(()) => shared.events.push(self.connection, event_op::FIN, 0, self.handle, 0, &[]),
            Err(error) => self.refuse(&error, shared),
        }
    }

    fn refuse(&mut self, error: &Malformed, shared: &mut Shared) {
        shared.events.push(self.connection, event_op::MALFORMED, 0, self.handle, 0, &[error.0.as_bytes()]);
        self.stop(stream_code::INTERNAL_ERROR, shared);
    }

    /// Ends reading and asks the peer to stop sending. A half that is not open yet asks when it
    /// opens.
    pub fn stop(&mut self, code: u32, shared: &mut Shared) {
        match &mut self.half {
            Some(half) => {
                // Fails only when the peer has ended the half.
                let _ = half.stop(VarInt::from_u32(code));
            }
            None => self.stopped = Some(code),
        }
        self.half = None;
        self.ended = false;
        self.drop_held(shared);
        self.splitter = Splitter::default();
        self.count_incomplete(shared);
    }

    /// Takes the half out, for the close handshake of the connection.
    pub fn hand_over(&mut self) -> Option<RecvStream> {
        self.half.take()
    }
}

/// Turns the frames of one stream into events, and counts their bytes against its credit.
struct FrameEvents<'a> {
    events: &'a mut Events,
    connection: u32,
    handle: u32,
    weight: usize,
}

impl FrameSink for FrameEvents<'_> {
    fn frame(&mut self, flags: u8, payload: &[u8]) {
        self.weight += record_header::BYTES + payload.len();
        self.events.push(self.connection, event_op::FRAME, flags, self.handle, 0, &[payload]);
    }

    fn large(&mut self, flags: u8, payload: Vec<u8>) {
        self.weight += record_header::BYTES + payload.len();
        self.events.push_large(self.connection, self.handle, flags, payload);
    }
}
