//! The one task that owns every stream of a node: executes batches of JavaScript, polls what the
//! network woke, publishes events. No task per stream, no lock around a stream.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use iroh::endpoint::{Connection, ConnectionError, RecvStream, SendStream, VarInt};
use rustc_hash::FxHashMap;
use tokio::time::{Instant, Sleep, sleep};

use crate::commands::{self, Command};
use crate::connection::Link;
use crate::error::Ending;
use crate::events;
use crate::farewell::Farewell;
use crate::inbox::{LINK, Message, Signal};
use crate::listeners::Seat;
use crate::node::Node;
use crate::shared::Shared;
use crate::stream::{Read, Stream};

/// Inbound handles have this bit, those JavaScript chose have not.
const INBOUND: u32 = 1 << 31;
/// Reading stops while JavaScript has more than this to drain.
const STALL: usize = 32 * 1024 * 1024;
/// How long a stream lives before it is watched for STOP_SENDING, which costs an allocation.
const YOUNG: Duration = Duration::from_millis(10);

struct Slot {
    waker: Waker,
    stream: Option<Stream>,
}

pub struct Reactor {
    node: Arc<Node>,
    shared: Shared,
    links: FxHashMap<u32, Link>,
    next_link: u32,
    slots: Vec<Slot>,
    free: Vec<u32>,
    handles: FxHashMap<u32, u32>,
    next_handle: u32,
    batch: Vec<u8>,
    ready: Vec<u32>,
    young: Vec<(u32, u32)>,
    older: Vec<(u32, u32)>,
    tick: Pin<Box<Sleep>>,
}

impl Reactor {
    pub fn new(node: Arc<Node>, stream_window: u32) -> Self {
        Self {
            node,
            shared: Shared { small_chunk: u64::from(stream_window) / 1900, ..Shared::default() },
            links: FxHashMap::default(),
            next_link: 0,
            slots: Vec::new(),
            free: Vec::new(),
            handles: FxHashMap::default(),
            next_handle: INBOUND,
            batch: Vec::new(),
            ready: Vec::new(),
            young: Vec::new(),
            older: Vec::new(),
            tick: Box::pin(sleep(YOUNG)),
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
        let batch = std::mem::take(&mut self.batch);
        let mut rest = batch.as_slice();
        while let Some(command) = commands::next(&mut rest) {
            self.execute(&command);
        }
        self.batch = batch;
        self.batch.clear();

        if node.inbox.stall(|| node.queue.len() > STALL) {
            node.inbox.take_ready(&mut self.ready, false);
        } else {
            node.inbox.take_ready(&mut self.ready, true);
            let ready = std::mem::take(&mut self.ready);
            for key in &ready {
                if key & LINK != 0 { self.poll_link(key & !LINK) } else { self.poll_slot(*key) }
            }
            self.ready = ready;
        }
        self.poll_tick(cx);
        node.connections_open.store(self.links.len(), Ordering::Relaxed);
        node.streams_open.store(self.handles.len(), Ordering::Relaxed);
        node.bytes_queued.store(self.shared.unread + self.shared.unsent, Ordering::Relaxed);
        node.publish(&mut self.shared.events);
        if down { Poll::Ready(()) } else { Poll::Pending }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Adopt { connection, raw, ticket, seat } => self.adopt(connection, raw, ticket, seat),
            Message::Event { op, flags, handle, arg, payload } => {
                self.shared.events.push(op, flags, handle, arg, &[&payload]);
            }
            Message::Shutdown(done) => {
                let ids: Vec<u32> = self.links.keys().copied().collect();
                for id in ids {
                    self.close(id, b"");
                }
                // Whoever waited may have lost patience.
                let _ = done.send(());
            }
            Message::Down(ending) => {
                let ids: Vec<u32> = self.links.keys().copied().collect();
                for id in ids {
                    self.end_link(id, &ConnectionError::LocallyClosed);
                }
                let text = ending.as_deref().unwrap_or_default();
                self.shared.events.push(events::DOWN, u8::from(ending.is_some()), 0, 0, &[text.as_bytes()]);
            }
        }
    }

    fn adopt(&mut self, connection: Connection, raw: bool, ticket: Option<u32>, seat: Option<Seat>) {
        self.next_link = (self.next_link + 1) & !LINK;
        let id = self.next_link;
        let waker = Signal::waker(id | LINK, &self.node.inbox);
        let peer = connection.remote_id();
        match ticket {
            Some(ticket) => self.shared.events.push(events::DIALED, 0, ticket, id, &[peer.as_bytes()]),
            None => {
                let parts: [&[u8]; 2] = [peer.as_bytes(), connection.alpn()];
                self.shared.events.push(events::CONNECTION, u8::from(raw), id, 0, &parts);
            }
        }
        self.node.connections.lock().insert(id, connection.clone());
        self.links.insert(id, Link::new(connection, raw, waker, seat));
        self.poll_link(id);
    }

    fn poll_link(&mut self, id: u32) {
        let Some(link) = self.links.get_mut(&id) else { return };
        let raw = link.raw;
        let (accepted, end) = link.poll_accept();
        for halves in accepted {
            let handle = self.next_inbound();
            self.shared.events.push(events::STREAM, 0, handle, id, &[]);
            let slot = self.add(Stream::new(handle, id, raw, Some(halves)));
            self.poll_slot(slot);
        }
        if let Some(error) = end {
            return self.end_link(id, &error);
        }
        while let Some((slot, (send, recv))) = self.next_opened(id) {
            let opened = self.slots.get_mut(slot as usize).and_then(|slot| slot.stream.as_mut());
            if let Some(stream) = opened {
                stream.start(send, recv, &mut self.shared);
            }
            self.poll_slot(slot);
        }
    }

    fn next_opened(&mut self, id: u32) -> Option<(u32, (SendStream, RecvStream))> {
        let link = self.links.get_mut(&id)?;
        if link.waiting.is_empty() {
            return None;
        }
        let halves = link.poll_open()?;
        Some((link.waiting.pop_front()?, halves))
    }

    fn slots_of(&self, link: u32) -> Vec<u32> {
        let of_link = |slot: &Slot| slot.stream.as_ref().is_some_and(|stream| stream.connection == link);
        let slots = self.slots.iter().zip(0..).filter(|(slot, _)| of_link(slot));
        slots.map(|(_, at)| at).collect()
    }

    /// Closes with code 0. For JavaScript it is over at once; what was sent and ended is delivered first.
    fn close(&mut self, id: u32, reason: &[u8]) {
        let Some(link) = self.links.get(&id) else { return };
        let connection = link.connection.clone();
        let mut farewell = Farewell { finished: self.shared.finished.take(id), ..Farewell::default() };
        for at in self.slots_of(id) {
            if let Some(stream) = self.slots.get_mut(at as usize).and_then(|slot| slot.stream.as_mut()) {
                stream.part(&mut farewell, &mut self.shared);
            }
        }
        farewell.say(connection, reason, &self.node.farewells);
        self.end_link(id, &ConnectionError::LocallyClosed);
    }

    fn end_link(&mut self, id: u32, error: &ConnectionError) {
        let by_peer = matches!(error, ConnectionError::ApplicationClosed(_));
        for at in self.slots_of(id) {
            match self.slots.get_mut(at as usize) {
                Some(Slot { waker, stream: Some(stream) }) if by_peer => {
                    stream.read_rest(&mut Context::from_waker(waker), &mut self.shared);
                }
                _ => self.poll_slot(at),
            }
            self.remove(at);
        }
        self.links.remove(&id);
        self.node.connections.lock().remove(&id);
        drop(self.shared.finished.take(id));
        let ending = Ending::from(error);
        self.shared.events.push(events::CLOSED, ending.kind, id, ending.code, &[ending.text.as_bytes()]);
    }

    fn execute(&mut self, command: &Command<'_>) {
        match command.op {
            commands::OPEN => return self.open(command),
            commands::CLOSE if command.arg == 0 => return self.close(command.handle, command.payload),
            commands::CLOSE => {
                if let Some(link) = self.links.get(&command.handle) {
                    link.connection.close(VarInt::from_u32(command.arg), command.payload);
                }
                return;
            }
            commands::TAKE => {
                if let Some(link) = self.links.get_mut(&command.handle) {
                    link.seat = None;
                }
                return;
            }
            commands::ADMIT => return self.node.gate.answer(command.handle, command.flag),
            _ => {}
        }
        let Some(&at) = self.handles.get(&command.handle) else { return };
        let Some(slot) = self.slots.get_mut(at as usize) else { return };
        let Some(stream) = slot.stream.as_mut() else { return };
        let (cx, shared) = (&mut Context::from_waker(&slot.waker), &mut self.shared);
        match command.op {
            commands::SEND => stream.push(cx, command.payload, command.flag, shared),
            commands::NOTIFY => stream.notify(shared),
            commands::STOP => stream.stop(command.arg),
            commands::CREDIT => {
                stream.credit(command.arg as usize, shared);
                return self.poll_slot(at);
            }
            commands::RESET => {
                stream.abandon(command.arg, shared);
                return self.remove(at);
            }
            _ => {}
        }
        self.settle(at);
    }

    fn open(&mut self, command: &Command<'_>) {
        let Some(link) = self.links.get_mut(&command.arg) else { return };
        let halves = if link.waiting.is_empty() { link.poll_open() } else { None };
        let waits = halves.is_none();
        let mut stream = Stream::new(command.handle, command.arg, link.raw, halves);
        stream.queued = waits;
        let at = self.add(stream);
        if waits && let Some(link) = self.links.get_mut(&command.arg) {
            link.waiting.push_back(at);
        }
        let Some(slot) = self.slots.get_mut(at as usize) else { return };
        if let Some(stream) = slot.stream.as_mut() {
            stream.push(
                &mut Context::from_waker(&slot.waker),
                command.payload,
                command.flag,
                &mut self.shared,
            );
        }
        self.poll_slot(at);
    }

    fn poll_slot(&mut self, at: u32) {
        loop {
            let Some(slot) = self.slots.get_mut(at as usize) else { return };
            let Some(stream) = slot.stream.as_mut() else { return };
            let cx = &mut Context::from_waker(&slot.waker);
            stream.poll_send(cx, &mut self.shared);
            match stream.poll_recv(cx, &mut self.shared) {
                Read::Idle => break,
                Read::Reserve(bytes) => {
                    let Some(link) = self.links.get_mut(&stream.connection) else { return };
                    if !link.reserve(at, bytes) {
                        stream.queued = true;
                        break;
                    }
                    stream.reserved = bytes;
                }
                Read::Release => {
                    let (connection, bytes) = (stream.connection, std::mem::take(&mut stream.reserved));
                    self.release(connection, bytes);
                }
            }
        }
        self.settle(at);
    }

    fn release(&mut self, connection: u32, bytes: usize) {
        let Some(link) = self.links.get_mut(&connection) else { return };
        for (slot, bytes) in link.release(bytes) {
            if let Some(stream) = self.stream(slot) {
                stream.reserved = bytes;
                stream.queued = false;
            }
            self.node.inbox.mark_ready(slot);
        }
    }

    fn settle(&mut self, at: u32) {
        if self.stream(at).is_some_and(|stream| stream.is_over()) {
            self.remove(at);
        }
    }

    fn stream(&mut self, at: u32) -> Option<&mut Stream> {
        self.slots.get_mut(at as usize)?.stream.as_mut()
    }

    fn next_inbound(&mut self) -> u32 {
        self.next_handle = self.next_handle.wrapping_add(1) | INBOUND;
        self.next_handle
    }

    fn add(&mut self, stream: Stream) -> u32 {
        let handle = stream.handle;
        let at = self.free.pop().unwrap_or(self.slots.len() as u32);
        match self.slots.get_mut(at as usize) {
            Some(slot) => slot.stream = Some(stream),
            None => {
                self.slots.push(Slot { waker: Signal::waker(at, &self.node.inbox), stream: Some(stream) })
            }
        }
        self.handles.insert(handle, at);
        if self.young.is_empty() && self.older.is_empty() {
            self.tick.as_mut().reset(Instant::now() + YOUNG);
        }
        self.young.push((at, handle));
        at
    }

    fn remove(&mut self, at: u32) {
        let Some(stream) = self.slots.get_mut(at as usize).and_then(|slot| slot.stream.take()) else {
            return;
        };
        self.handles.remove(&stream.handle);
        self.free.push(at);
        let (connection, reserved) = (stream.connection, stream.reserved);
        if stream.queued
            && let Some(link) = self.links.get_mut(&connection)
        {
            link.forget(at);
        }
        stream.free(&mut self.shared);
        if reserved > 0 {
            self.release(connection, reserved);
        }
    }

    /// Streams that outlived two ticks are watched for STOP_SENDING.
    fn poll_tick(&mut self, cx: &mut Context<'_>) {
        while !(self.young.is_empty() && self.older.is_empty()) && self.tick.as_mut().poll(cx).is_ready() {
            for (at, handle) in std::mem::take(&mut self.older) {
                let Some(slot) = self.slots.get_mut(at as usize) else { continue };
                if let Some(stream) = slot.stream.as_mut()
                    && stream.handle == handle
                {
                    stream.watch(&mut Context::from_waker(&slot.waker), &mut self.shared);
                    self.settle(at);
                }
            }
            self.older = std::mem::take(&mut self.young);
            self.tick.as_mut().reset(Instant::now() + YOUNG);
        }
    }
}
