//! The reactor: the one task that owns every stream of a node.
//!
//! It starts with the endpoint and ends with the node. Each turn it takes commands and messages
//! from the inbox, polls the streams and connections that were woken, and publishes the events of
//! the turn. There is no task per stream and no lock around a stream.

mod assembly;
pub mod closing;
mod connection;
mod delay;
mod execute;
mod finished;
mod frames;
mod long_lived;
mod partial;
mod pieces;
mod receiving;
mod sending;
mod shared;
mod stalled;
mod stream;
mod streams;
mod sums;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use iroh::endpoint::{Connection as QuicConnection, ConnectionError};
use rustc_hash::FxHashMap;

use crate::border::events::NODE;
use crate::border::{ending_kind, event_flag, event_op};
use crate::error::Ending;
use crate::node::Node;
use crate::node::inbox::{CONNECTION_BIT, Message, Origin, Signal};
use assembly::Assembly;
use closing::Closing;
use connection::Connection;
use delay::Delay;
use long_lived::LongLived;
use receiving::Read;
use shared::Shared;
use stalled::Stalled;
use stream::{Queued, Stream};
use streams::Streams;

pub struct Reactor {
    node: Arc<Node>,
    shared: Shared,
    connections: FxHashMap<u32, Connection>,
    last_connection: u32,
    streams: Streams,
    assembly: Assembly,
    batch: Vec<u8>,
    ready: Vec<u32>,
    long_lived: LongLived,
    stalled: Stalled,
    delay: Delay,
}

impl Reactor {
    pub fn new(node: Arc<Node>, stream_window: u32) -> Self {
        Self {
            node,
            shared: Shared::new(stream_window),
            connections: FxHashMap::default(),
            last_connection: 0,
            streams: Streams::default(),
            assembly: Assembly::default(),
            batch: Vec::new(),
            ready: Vec::new(),
            long_lived: LongLived::new(),
            stalled: Stalled::default(),
            delay: Delay::new(),
        }
    }

    /// Runs until the node is down.
    pub async fn run(mut self) {
        std::future::poll_fn(|cx| self.turn(cx)).await;
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let node = Arc::clone(&self.node);
        node.inbox.register(cx.waker());
        let messages = node.inbox.take(&mut self.batch);
        let mut down = false;
        for message in messages {
            down |= matches!(message, Message::Down(_));
            self.handle(message);
        }
        self.execute_batch();
        self.resume_stalled();
        self.poll_ready();
        self.poll_long_lived(cx);
        node.connections_open.store(self.connections.len(), Ordering::Relaxed);
        node.streams_open.store(self.streams.len(), Ordering::Relaxed);
        let Shared { unread, arriving, unsent, .. } = &self.shared;
        node.bytes_queued.store(unread + arriving.total + unsent.total, Ordering::Relaxed);
        self.publish(cx);
        if down { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Publishes the events of the turn, unless all of them can wait for others: each wake of
    /// JavaScript costs more than its events.
    fn publish(&mut self, cx: &mut Context<'_>) {
        let urgent = self.shared.is_urgent();
        let late = self.delay.poll(cx, !urgent && self.shared.has_events());
        if urgent || late {
            self.shared.report();
            self.node.publish(&mut self.shared.events);
        }
    }

    fn poll_ready(&mut self) {
        let mut ready = std::mem::take(&mut self.ready);
        self.node.inbox.take_ready(&mut ready);
        for key in &ready {
            if key & CONNECTION_BIT != 0 {
                self.poll_connection(key & !CONNECTION_BIT);
            } else {
                self.poll_stream(*key);
            }
        }
        self.ready = ready;
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Adopt { connection, raw, origin } => self.adopt(connection, raw, origin),
            Message::Event { op, flags, handle, arg, payload } => {
                let connection = if op == event_op::GONE { handle } else { NODE };
                self.shared.events.push(connection, op, flags, handle, arg, &[&payload]);
            }
            Message::Shutdown(done) => {
                let ids: Vec<u32> = self.connections.keys().copied().collect();
                for id in ids {
                    self.close(id, b"");
                }
                // Fails when the close of the node has timed out.
                let _ = done.send(());
            }
            Message::Down(fault) => {
                let ids: Vec<u32> = self.connections.keys().copied().collect();
                for id in ids {
                    self.end_connection(id, &ConnectionError::LocallyClosed);
                }
                let flags = if fault.is_some() { event_flag::FAULT } else { 0 };
                let text = fault.as_deref().unwrap_or_default();
                self.shared.events.push(NODE, event_op::DOWN, flags, 0, 0, &[text.as_bytes()]);
            }
        }
    }

    fn adopt(&mut self, quic: QuicConnection, raw: bool, origin: Origin) {
        let id = self.next_connection();
        let waker = Signal::waker(id | CONNECTION_BIT, &self.node.inbox);
        let peer = quic.remote_id();
        let events = &mut self.shared.events;
        let slot = match origin {
            Origin::Dialed(dial) => {
                events.push(NODE, event_op::DIALED, 0, dial, id, &[peer.as_bytes()]);
                None
            }
            Origin::Accepted { remote, slot } => {
                let flags = if raw { event_flag::RAW } else { 0 };
                let alpn = quic.alpn();
                let remote = remote.map(|address| address.to_string()).unwrap_or_default();
                let payload = [peer.as_bytes(), alpn, remote.as_bytes()];
                events.push(NODE, event_op::CONNECTION, flags, id, alpn.len() as u32, &payload);
                Some(slot)
            }
        };
        self.node.connections.lock().insert(id, quic.clone());
        self.shared.partial.adopt(id, peer);
        self.connections.insert(id, Connection::new(quic, raw, waker, slot));
        self.poll_connection(id);
    }

    /// Returns a handle that no connection has.
    fn next_connection(&mut self) -> u32 {
        loop {
            self.last_connection = (self.last_connection + 1) & !CONNECTION_BIT;
            if !self.connections.contains_key(&self.last_connection) {
                return self.last_connection;
            }
        }
    }

    fn poll_connection(&mut self, id: u32) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let raw = connection.raw;
        let (accepted, end) = connection.poll_accept();
        for halves in accepted {
            let handle = self.streams.next_inbound();
            self.shared.events.push(id, event_op::STREAM, 0, handle, id, &[]);
            let index = self.add(Stream::new(handle, id, raw, Some(halves)));
            self.poll_stream(index);
        }
        if let Some(error) = end {
            return self.end_connection(id, &error);
        }
        while let Some((index, (send, receive))) =
            self.connections.get_mut(&id).and_then(Connection::open_waiting)
        {
            if let Some(stream) = self.streams.get(index) {
                stream.start(send, receive, &mut self.shared);
            }
            self.poll_stream(index);
        }
    }

    /// Closes with code 0. For JavaScript the connection is over at once; what was sent and ended
    /// is delivered first.
    fn close(&mut self, id: u32, reason: &[u8]) {
        let Some(connection) = self.connections.get(&id) else { return };
        let quic = connection.quic.clone();
        let mut closing = Closing { finished: self.shared.finished.take(id), ..Closing::default() };
        for index in self.streams.of_connection(id) {
            if let Some(stream) = self.streams.get(index) {
                stream.hand_over(&mut closing, &mut self.shared);
            }
        }
        let mut ending = Ending::from(&ConnectionError::LocallyClosed);
        if !closing.start(quic, id, reason, &self.node) {
            ending.kind = ending_kind::CLOSING;
        }
        self.end_connection_with(id, &ConnectionError::LocallyClosed, &ending);
    }

    fn end_connection(&mut self, id: u32, error: &ConnectionError) {
        self.end_connection_with(id, error, &Ending::from(error));
    }

    fn end_connection_with(&mut self, id: u32, error: &ConnectionError, ending: &Ending) {
        let by_peer = matches!(error, ConnectionError::ApplicationClosed(_));
        for index in self.streams.of_connection(id) {
            self.leave_assembly(index);
            let behind = self.node.queue.stalls(id, &self.shared.events);
            match self.streams.with_waker(index) {
                Some((waker, stream)) if by_peer && !(behind && stream.is_inbound()) => {
                    stream.read_rest(&mut Context::from_waker(waker), &mut self.shared);
                }
                _ if behind => {}
                _ => self.read_and_write(index),
            }
            self.remove(index);
        }
        self.connections.remove(&id);
        self.streams.forget_connection(id);
        self.stalled.forget(id);
        self.shared.forget(id);
        self.node.connections.lock().remove(&id);
        drop(self.shared.finished.take(id));
        let text = ending.text.as_bytes();
        self.shared.events.push(id, event_op::CLOSED, ending.kind, id, ending.code, &[text]);
    }

    fn poll_stream(&mut self, index: u32) {
        if !self.stalls(index) {
            self.read_and_write(index);
        }
    }

    fn read_and_write(&mut self, index: u32) {
        loop {
            let Some((waker, stream)) = self.streams.with_waker(index) else { return };
            let cx = &mut Context::from_waker(waker);
            stream.send.poll(cx, &mut self.shared);
            match stream.poll_receive(cx, &mut self.shared) {
                // The frame that the share is for will not be completed.
                Read::Idle if stream.receive.is_done() && stream.receive.reserved > 0 => {
                    self.release_share(index);
                    break;
                }
                Read::Idle => break,
                Read::Reserve(bytes) => {
                    if !self.reserve(index, bytes) {
                        break;
                    }
                }
                Read::Release => self.release_share(index),
            }
        }
        self.settle(index);
    }

    /// Frees a stream that is over.
    fn settle(&mut self, index: u32) {
        if self.streams.get(index).is_some_and(|stream| stream.is_over()) {
            self.remove(index);
        }
    }

    fn add(&mut self, stream: Stream) -> u32 {
        let handle = stream.handle;
        let index = self.streams.add(stream, &self.node.inbox);
        self.long_lived.add((index, handle));
        index
    }

    fn remove(&mut self, index: u32) {
        self.leave_assembly(index);
        let Some(stream) = self.streams.remove(index) else { return };
        let (connection, reserved) = (stream.connection, stream.receive.reserved);
        if let Queued::ToOpen(place) = stream.queued
            && let Some(connection) = self.connections.get_mut(&connection)
        {
            connection.forget(place);
        }
        stream.free(&mut self.shared);
        if reserved > 0 {
            self.release(connection, reserved);
        }
    }

    /// Watches long-lived streams for STOP_SENDING.
    fn poll_long_lived(&mut self, cx: &mut Context<'_>) {
        while let Some(due) = self.long_lived.poll(cx) {
            for (index, handle) in due {
                if let Some((waker, stream)) = self.streams.with_waker(index)
                    && stream.handle == handle
                {
                    stream.send.watch(&mut Context::from_waker(waker), &mut self.shared);
                    self.settle(index);
                }
            }
        }
    }
}
