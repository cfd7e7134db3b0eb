//! One QUIC stream of the reactor: what waits to be sent, and what has been read but not consumed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use iroh::endpoint::{ReadError, RecvStream, SendStream, StoppedError, VarInt, WriteError};

use crate::events::{self, Frames};
use crate::farewell::Farewell;
use crate::frames::{LARGE, Malformed, Splitter};
use crate::shared::Shared;

/// QUIC application codes (docs/wire.md, "Stream codes").
pub const CANCELLED: u32 = 1;
pub const REFUSED: u32 = 8;
pub const INTERNAL: u32 = 13;

/// Bytes delivered to JavaScript and not credited back, per stream.
const WINDOW: usize = 256 * 1024;
/// The same once the node as a whole holds [`NODE_WINDOW`]. JavaScript credits in steps of less than this.
const SMALL_WINDOW: usize = 32 * 1024;
const NODE_WINDOW: usize = 16 * 1024 * 1024;
/// What a stream of tiny messages may pile up behind a paused reader before it is given up.
const HELD: usize = 8 * 1024 * 1024;
/// JavaScript may send on below this.
const WRITABLE: usize = 128 * 1024;
const CHUNKS: usize = 32;

type Stopped = Pin<Box<dyn Future<Output = Result<Option<VarInt>, StoppedError>> + Send>>;

pub struct Stream {
    pub handle: u32,
    pub connection: u32,
    raw: bool,
    send: Sending,
    backlog: BytesMut,
    fin: bool,
    notify: bool,
    recv: Option<RecvStream>,
    ended: bool,
    splitter: Splitter,
    held: BytesMut,
    unread: usize,
    read_bytes: u64,
    read_chunks: u64,
    /// Bytes of the assembly budget of the connection that a large frame has taken.
    pub reserved: usize,
    /// Waits in a queue of its connection, to be opened or for a share of the assembly budget.
    pub queued: bool,
    /// The peer has closed the connection: what has arrived is read, whatever the credit.
    last: bool,
    stopped: Option<Stopped>,
}

enum Sending {
    /// Waits for the peer to allow another stream.
    Waiting,
    Open(SendStream),
    Done,
}

/// Why [`Stream::poll_recv`] came back.
#[derive(PartialEq, Eq)]
pub enum Read {
    /// Nothing to do until the network or JavaScript moves.
    Idle,
    /// A frame of this many bytes wants a share of the connection's assembly budget.
    Reserve(usize),
    /// A large frame is complete: its share goes back.
    Release,
}

impl Stream {
    pub fn new(handle: u32, connection: u32, raw: bool, halves: Option<(SendStream, RecvStream)>) -> Self {
        let (send, recv) = match halves {
            Some((send, recv)) => (Sending::Open(send), Some(recv)),
            None => (Sending::Waiting, None),
        };
        Self {
            handle,
            connection,
            raw,
            send,
            backlog: BytesMut::new(),
            fin: false,
            notify: false,
            recv,
            ended: false,
            splitter: Splitter::default(),
            held: BytesMut::new(),
            unread: 0,
            read_bytes: 0,
            read_chunks: 0,
            reserved: 0,
            queued: false,
            last: false,
            stopped: None,
        }
    }

    pub fn is_over(&self) -> bool {
        self.recv.is_none() && self.held.is_empty() && !self.ended && matches!(self.send, Sending::Done)
    }

    /// Gives a stream that waited for its turn its two halves.
    pub fn start(&mut self, send: SendStream, recv: RecvStream, shared: &mut Shared) {
        self.send = Sending::Open(send);
        self.recv = Some(recv);
        self.queued = false;
        self.finish(shared);
    }

    /// Bytes to send, framed already; what QUIC does not take now waits in the backlog.
    pub fn push(&mut self, cx: &mut Context<'_>, mut data: &[u8], fin: bool, shared: &mut Shared) {
        if self.fin || matches!(self.send, Sending::Done) {
            return;
        }
        self.fin = fin;
        if self.backlog.is_empty()
            && let Sending::Open(send) = &mut self.send
        {
            match write(send, cx, &mut data) {
                Ok(()) => {}
                Err(error) => return self.lose_send(error, shared),
            }
        }
        if !data.is_empty() {
            self.backlog.extend_from_slice(data);
            shared.unsent += data.len();
        }
        self.finish(shared);
    }

    /// JavaScript wants to hear when there is room again.
    pub fn notify(&mut self, shared: &mut Shared) {
        self.notify = true;
        self.tell_writable(shared);
    }

    pub fn poll_send(&mut self, cx: &mut Context<'_>, shared: &mut Shared) {
        if let Some(stopped) = &mut self.stopped
            && let Poll::Ready(outcome) = stopped.as_mut().poll(cx)
        {
            self.stopped = None;
            if let Ok(Some(code)) = outcome {
                return self.lose_send(WriteError::Stopped(code), shared);
            }
        }
        if let Sending::Open(send) = &mut self.send
            && !self.backlog.is_empty()
        {
            let mut data: &[u8] = &self.backlog;
            let before = data.len();
            let outcome = write(send, cx, &mut data);
            let written = before - data.len();
            self.backlog.advance(written);
            shared.unsent -= written;
            if let Err(error) = outcome {
                return self.lose_send(error, shared);
            }
            self.tell_writable(shared);
            self.finish(shared);
        }
    }

    fn tell_writable(&mut self, shared: &mut Shared) {
        if self.notify && self.backlog.len() <= WRITABLE {
            self.notify = false;
            shared.events.push(events::WRITABLE, 0, self.handle, 0, &[]);
        }
    }

    fn finish(&mut self, shared: &mut Shared) {
        if self.fin
            && self.backlog.is_empty()
            && let Sending::Open(send) = &mut self.send
        {
            // Fails only where the stream has ended already, which is what is asked for.
            let _ = send.finish();
            if let Sending::Open(send) = std::mem::replace(&mut self.send, Sending::Done) {
                shared.finished.push(self.connection, send);
            }
            self.stopped = None;
        }
    }

    fn lose_send(&mut self, error: WriteError, shared: &mut Shared) {
        if let WriteError::Stopped(code) = error {
            shared.events.push(events::STOPPED, 0, self.handle, narrow(code), &[]);
            if let Sending::Open(send) = &mut self.send {
                let _ = send.reset(code);
            }
        }
        self.end_send(shared);
    }

    fn end_send(&mut self, shared: &mut Shared) {
        self.send = Sending::Done;
        self.stopped = None;
        shared.unsent -= self.backlog.len();
        self.backlog = BytesMut::new();
    }

    /// Watches for STOP_SENDING while nothing is written. Only for streams that live long enough to need it.
    pub fn watch(&mut self, cx: &mut Context<'_>, shared: &mut Shared) {
        if let Sending::Open(send) = &self.send
            && self.stopped.is_none()
        {
            self.stopped = Some(Box::pin(send.stopped()));
            self.poll_send(cx, shared);
        }
    }

    /// Takes back `bytes` of credit.
    pub fn credit(&mut self, bytes: usize, shared: &mut Shared) {
        let bytes = bytes.min(self.unread);
        self.unread -= bytes;
        shared.unread -= bytes;
    }

    fn is_full(&self, shared: &Shared) -> bool {
        let window = if shared.unread < NODE_WINDOW { WINDOW } else { SMALL_WINDOW };
        !self.last && self.unread >= window
    }

    /// Reads what the network has and JavaScript has room for.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>, shared: &mut Shared) -> Read {
        while !self.queued {
            let full = self.is_full(shared);
            if !full && !self.held.is_empty() {
                let piece = self.held.split_to(self.held.len().min(LARGE));
                if let Some(read) = self.deliver(&piece, shared) {
                    return read;
                }
                continue;
            }
            if self.ended && self.held.is_empty() {
                self.end_recv(shared);
                return Read::Idle;
            }
            if full && (self.read_bytes >= self.read_chunks * shared.small_chunk) {
                return Read::Idle;
            }
            let Some(recv) = &mut self.recv else { return Read::Idle };
            let mut chunks: [Bytes; CHUNKS] = Default::default();
            let polled = pin!(recv.read_many_chunks(&mut chunks)).poll(cx);
            match polled {
                Poll::Pending => return Read::Idle,
                Poll::Ready(Ok(Some(count))) => {
                    if let Some(read) = self.take(chunks.get(..count).unwrap_or_default(), full, shared) {
                        return read;
                    }
                }
                Poll::Ready(Ok(None)) => {
                    self.recv = None;
                    self.ended = true;
                }
                Poll::Ready(Err(ReadError::Reset(code))) => {
                    shared.events.push(events::RESET, 0, self.handle, narrow(code), &[]);
                    self.abandon(CANCELLED, shared);
                    return Read::Idle;
                }
                // The connection is lost: its own event tells.
                Poll::Ready(Err(_)) => return Read::Idle,
            }
        }
        Read::Idle
    }

    /// Reads what had arrived before the peer closed the connection.
    pub fn read_rest(&mut self, cx: &mut Context<'_>, shared: &mut Shared) {
        self.last = true;
        self.queued = false;
        self.poll_recv(cx, shared);
    }

    fn take(&mut self, chunks: &[Bytes], full: bool, shared: &mut Shared) -> Option<Read> {
        let mut outcome = None;
        for chunk in chunks {
            self.read_chunks += 1;
            self.read_bytes += chunk.len() as u64;
            if full || outcome.is_some() {
                self.held.extend_from_slice(chunk);
                continue;
            }
            outcome = self.deliver(chunk, shared);
            if self.recv.is_none() {
                return outcome;
            }
        }
        if self.held.len() > HELD {
            shared.events.push(events::OVERRUN, 0, self.handle, 0, &[]);
            self.abandon(INTERNAL, shared);
            return Some(Read::Idle);
        }
        outcome
    }

    fn deliver(&mut self, bytes: &[u8], shared: &mut Shared) -> Option<Read> {
        let mut frames = Frames { events: &mut shared.events, handle: self.handle, weight: 0 };
        let outcome = if self.raw {
            crate::frames::FrameSink::frame(&mut frames, 0, bytes);
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
            (pending, 0) if pending >= LARGE => Some(Read::Reserve(pending)),
            (pending, reserved) if reserved > 0 && pending != reserved => Some(Read::Release),
            _ => None,
        }
    }

    fn end_recv(&mut self, shared: &mut Shared) {
        self.ended = false;
        match self.splitter.finish() {
            Ok(()) => shared.events.push(events::FIN, 0, self.handle, 0, &[]),
            Err(error) => self.refuse(&error, shared),
        }
    }

    fn refuse(&mut self, error: &Malformed, shared: &mut Shared) {
        shared.events.push(events::MALFORMED, 0, self.handle, 0, &[error.0.as_bytes()]);
        self.stop(INTERNAL);
    }

    /// Reads no more and says so.
    pub fn stop(&mut self, code: u32) {
        if let Some(recv) = &mut self.recv {
            let _ = recv.stop(VarInt::from_u32(code));
        }
        self.recv = None;
        self.ended = false;
        self.held = BytesMut::new();
        self.splitter = Splitter::default();
    }

    /// Gives both halves up. The caller frees the stream.
    pub fn abandon(&mut self, code: u32, shared: &mut Shared) {
        if let Sending::Open(send) = &mut self.send {
            let _ = send.reset(VarInt::from_u32(code));
        }
        self.end_send(shared);
        self.stop(code);
    }

    /// Leaves both halves to the farewell of the connection. The caller frees the stream.
    pub fn part(&mut self, farewell: &mut Farewell, shared: &mut Shared) {
        let send = match std::mem::replace(&mut self.send, Sending::Done) {
            Sending::Done => None,
            Sending::Waiting => Some(None),
            Sending::Open(send) => Some(Some(send)),
        };
        shared.unsent -= self.backlog.len();
        let unsent = std::mem::take(&mut self.backlog).freeze();
        match send {
            Some(send) if self.fin => farewell.unsent.push((send, unsent)),
            Some(Some(send)) => farewell.rest.0.push(send),
            Some(None) | None => {}
        }
        farewell.rest.1.extend(self.recv.take());
    }

    /// The last thing that happens to a stream.
    pub fn free(mut self, shared: &mut Shared) {
        let unread = self.unread;
        self.credit(unread, shared);
        self.end_send(shared);
    }
}

fn write(send: &mut SendStream, cx: &mut Context<'_>, data: &mut &[u8]) -> Result<(), WriteError> {
    while !data.is_empty() {
        match Pin::new(&mut *send).poll_write(cx, data) {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(count)) => *data = data.get(count..).unwrap_or_default(),
            Poll::Ready(Err(error)) => return Err(error),
        }
    }
    Ok(())
}

fn narrow(code: VarInt) -> u32 {
    u32::try_from(code.into_inner()).unwrap_or(u32::MAX)
}
