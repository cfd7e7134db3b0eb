//! The sending half of a stream: what JavaScript sent and QUIC has not taken yet.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use iroh::endpoint::{SendStream, StoppedError, VarInt, WriteError};

use crate::border::{event_flag, event_op, limit};
use crate::reactor::closing::Closing;
use crate::reactor::shared::Shared;

type Stopped = Pin<Box<dyn Future<Output = Result<Option<VarInt>, StoppedError>> + Send>>;

enum State {
    /// The peer allows no further stream yet.
    Waiting,
    Open(SendStream),
    Done,
}

pub struct SendHalf {
    pub handle: u32,
    connection: u32,
    state: State,
    backlog: BytesMut,
    /// JavaScript ended the half: it ends when the backlog is empty.
    fin: bool,
    /// JavaScript waits for a `WRITABLE` event.
    notify: bool,
    /// JavaScript waits for a `SENT` event.
    awaited: bool,
    stopped: Option<Stopped>,
}

impl SendHalf {
    pub fn new(handle: u32, connection: u32, half: Option<SendStream>) -> Self {
        Self {
            handle,
            connection,
            state: half.map_or(State::Waiting, State::Open),
            backlog: BytesMut::new(),
            fin: false,
            notify: false,
            awaited: false,
            stopped: None,
        }
    }

    pub fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// Opens a half that waited.
    pub fn start(&mut self, half: SendStream, shared: &mut Shared) {
        self.state = State::Open(half);
        self.finish(shared);
    }

    /// Sends bytes that are framed already. What QUIC does not take now waits in the backlog.
    pub fn push(&mut self, cx: &mut Context<'_>, mut data: &[u8], fin: bool, shared: &mut Shared) {
        if self.fin || self.is_done() {
            return;
        }
        self.fin = fin;
        if self.backlog.is_empty()
            && let State::Open(half) = &mut self.state
        {
            match write(half, cx, &mut data) {
                Ok(()) => {}
                Err(error) => return self.lose(error, shared),
            }
        }
        if !data.is_empty() {
            self.backlog.extend_from_slice(data);
            shared.unsent.add(self.connection, data.len());
        }
        // Of a stream that waits to be opened, JavaScript does not need it.
        if fin
            && !self.backlog.is_empty()
            && matches!(self.state, State::Open(_))
            && shared.unsent.observes(self.connection)
        {
            self.awaited = true;
            self.report_unsent(0, shared);
        }
        self.finish(shared);
    }

    /// Ends the half, and reports when all of it has left.
    pub fn end_awaited(&mut self, shared: &mut Shared) {
        if self.fin || self.is_done() {
            return;
        }
        self.fin = true;
        self.notify = false;
        self.awaited = true;
        self.finish(shared);
    }

    /// Reports the bytes in the send buffer. Of a half that is done, the end has been reported.
    pub fn measure(&self, shared: &mut Shared) {
        if !self.is_done() {
            self.report_unsent(event_flag::ANSWER, shared);
        }
    }

    fn report_unsent(&self, flags: u8, shared: &mut Shared) {
        let bytes = (self.backlog.len() as u32).to_le_bytes();
        shared.events.push_lazy(
            self.connection,
            event_op::UNSENT,
            flags,
            self.handle,
            self.connection,
            &[&bytes],
        );
    }

    /// Asks for a `WRITABLE` event.
    pub fn notify(&mut self, shared: &mut Shared) {
        self.notify = true;
        self.report_writable(shared);
    }

    pub fn poll(&mut self, cx: &mut Context<'_>, shared: &mut Shared) {
        if let Some(stopped) = &mut self.stopped
            && let Poll::Ready(outcome) = stopped.as_mut().poll(cx)
        {
            self.stopped = None;
            if let Ok(Some(code)) = outcome {
                return self.lose(WriteError::Stopped(code), shared);
            }
        }
        if let State::Open(half) = &mut self.state
            && !self.backlog.is_empty()
        {
            let mut data: &[u8] = &self.backlog;
            let before = data.len();
            let outcome = write(half, cx, &mut data);
            let written = before - data.len();
            self.backlog.advance(written);
            shared.unsent.remove(self.connection, written);
            if let Err(error) = outcome {
                return self.lose(error, shared);
            }
            self.report_writable(shared);
            self.finish(shared);
        }
    }

    /// Watches for STOP_SENDING while nothing is written.
    pub fn watch(&mut self, cx: &mut Context<'_>, shared: &mut Shared) {
        if let State::Open(half) = &self.state
            && self.stopped.is_none()
        {
            self.stopped = Some(Box::pin(half.stopped()));
            self.poll(cx, shared);
        }
    }

    /// Gives the half up.
    pub fn reset(&mut self, code: u32, shared: &mut Shared) {
        if let State::Open(half) = &mut self.state {
            let _ = half.reset(VarInt::from_u32(code));
        }
        // JavaScript may see the end of a half that it has reset before.
        self.report_sent(shared);
        self.end(shared);
    }

    /// Moves the half and its backlog to the close handshake of the connection.
    pub fn hand_over(&mut self, closing: &mut Closing, shared: &mut Shared) {
        let half = match std::mem::replace(&mut self.state, State::Done) {
            State::Done => None,
            State::Waiting => Some(None),
            State::Open(half) => Some(Some(half)),
        };
        shared.unsent.remove(self.connection, self.backlog.len());
        let unsent = std::mem::take(&mut self.backlog).freeze();
        match half {
            Some(half) if self.fin => closing.unsent.push((half, unsent)),
            Some(Some(half)) => closing.rest.0.push(half),
            Some(None) | None => {}
        }
    }

    /// Drops the half and its backlog.
    pub fn end(&mut self, shared: &mut Shared) {
        self.state = State::Done;
        self.stopped = None;
        shared.unsent.remove(self.connection, self.backlog.len());
        self.backlog = BytesMut::new();
    }

    fn report_writable(&mut self, shared: &mut Shared) {
        if self.notify && self.backlog.len() <= limit::WRITABLE_BYTES {
            self.notify = false;
            shared.events.push(self.connection, event_op::WRITABLE, 0, self.handle, 0, &[]);
        }
    }

    fn report_sent(&mut self, shared: &mut Shared) {
        if std::mem::take(&mut self.awaited) {
            shared.events.push_lazy(self.connection, event_op::SENT, 0, self.handle, 0, &[]);
        }
    }

    fn finish(&mut self, shared: &mut Shared) {
        if self.fin
            && self.backlog.is_empty()
            && let State::Open(half) = &mut self.state
        {
            // Fails only when the stream has ended already.
            let _ = half.finish();
            if let State::Open(half) = std::mem::replace(&mut self.state, State::Done) {
                shared.finished.push(self.connection, half);
            }
            self.report_sent(shared);
            self.stopped = None;
        }
    }

    fn lose(&mut self, error: WriteError, shared: &mut Shared) {
        if let WriteError::Stopped(code) = error {
            shared.events.push(self.connection, event_op::STOPPED, 0, self.handle, narrow(code), &[]);
            if let State::Open(half) = &mut self.state {
                let _ = half.reset(code);
            }
        }
        self.end(shared);
    }
}

fn write(half: &mut SendStream, cx: &mut Context<'_>, data: &mut &[u8]) -> Result<(), WriteError> {
    while !data.is_empty() {
        match Pin::new(&mut *half).poll_write(cx, data) {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(count)) => *data = data.get(count..).unwrap_or_default(),
            Poll::Ready(Err(error)) => return Err(error),
        }
    }
    Ok(())
}

/// An application code as a record carries it.
pub fn narrow(code: VarInt) -> u32 {
    u32::try_from(code.into_inner()).unwrap_or(u32::MAX)
}
