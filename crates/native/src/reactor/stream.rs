//! One stream of the reactor: a sending and a receiving half.
//!
//! The reactor creates it for an `OPEN` command or a stream of the peer, polls it when its waker
//! fires, and frees it when both halves are done or its connection ends.

use std::task::Context;

use iroh::endpoint::{RecvStream, SendStream};

use crate::reactor::closing::Closing;
use crate::reactor::receiving::{Lost, Read, ReceiveHalf};
use crate::reactor::sending::SendHalf;
use crate::reactor::shared::Shared;
use crate::reactor::streams::INBOUND_BIT;

pub struct Stream {
    pub handle: u32,
    pub connection: u32,
    pub send: SendHalf,
    pub receive: ReceiveHalf,
    pub queued: Queued,
    /// It is polled when JavaScript has drained the events of its connection.
    pub stalled: bool,
}

/// The queue of the connection in which a stream waits, with its place there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    No,
    /// Until the peer allows another stream.
    ToOpen(u64),
    /// For a share of the assembly budget.
    ToAssemble(u64),
}

impl Stream {
    /// Without `halves` the stream waits until [`Stream::start`].
    pub fn new(handle: u32, connection: u32, raw: bool, halves: Option<(SendStream, RecvStream)>) -> Self {
        let (send, receive) = halves.unzip();
        Self {
            handle,
            connection,
            send: SendHalf::new(handle, connection, send),
            receive: ReceiveHalf::new(handle, connection, raw, receive),
            queued: Queued::No,
            stalled: false,
        }
    }

    /// Takes the handle away: JavaScript has forgotten the stream and uses the handle again. The
    /// events that are left go to handle 0, which nothing has.
    pub fn disown(&mut self) {
        self.handle = 0;
        self.send.handle = 0;
        self.receive.handle = 0;
    }

    pub fn is_inbound(&self) -> bool {
        self.handle & INBOUND_BIT != 0
    }

    pub fn is_over(&self) -> bool {
        self.receive.is_done() && self.send.is_done()
    }

    /// Opens a stream that waited until the peer allowed it.
    pub fn start(&mut self, send: SendStream, receive: RecvStream, shared: &mut Shared) {
        self.queued = Queued::No;
        self.receive.start(receive, shared);
        self.send.start(send, shared);
    }

    /// Reads what the network has and the window allows.
    pub fn poll_receive(&mut self, cx: &mut Context<'_>, shared: &mut Shared) -> Read {
        if self.queued != Queued::No {
            return Read::Idle;
        }
        match self.receive.poll(cx, shared) {
            Ok(read) => read,
            Err(Lost(code)) => {
                self.abandon(code, shared);
                Read::Idle
            }
        }
    }

    /// Reads what had arrived before the peer closed the connection.
    pub fn read_rest(&mut self, cx: &mut Context<'_>, shared: &mut Shared) {
        self.queued = Queued::No;
        self.receive.read_without_credit(shared);
        self.poll_receive(cx, shared);
    }

    /// Gives both halves up. The caller frees the stream.
    pub fn abandon(&mut self, code: u32, shared: &mut Shared) {
        self.send.reset(code, shared);
        self.receive.stop(code, shared);
    }

    /// Moves both halves to the close handshake of the connection. The caller frees the stream.
    pub fn hand_over(&mut self, closing: &mut Closing, shared: &mut Shared) {
        self.send.hand_over(closing, shared);
        closing.rest.1.extend(self.receive.hand_over());
    }

    /// Returns what the stream holds of the sums of the node. The caller drops it.
    pub fn free(mut self, shared: &mut Shared) {
        self.receive.credit_all(shared);
        self.send.end(shared);
    }
}
