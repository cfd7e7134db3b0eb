//! Executes the commands of JavaScript.

use std::task::Context;

use iroh::endpoint::VarInt;

use crate::border::command_op;
use crate::border::commands::{self, Command};
use crate::reactor::Reactor;
use crate::reactor::stream::Stream;

impl Reactor {
    /// Executes the commands that the inbox had.
    pub fn execute_batch(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        let mut rest = batch.as_slice();
        while let Some(command) = commands::next(&mut rest) {
            self.execute(&command);
        }
        self.batch = batch;
        self.batch.clear();
    }

    fn execute(&mut self, command: &Command<'_>) {
        match command.op {
            command_op::OPEN => self.open(command),
            command_op::CLOSE if command.arg == 0 => self.close(command.handle, command.payload),
            command_op::CLOSE => {
                if let Some(connection) = self.connections.get(&command.handle) {
                    connection.quic.close(VarInt::from_u32(command.arg), command.payload);
                    // JavaScript waits for the end alone
                    self.node.queue.discard(command.handle);
                }
            }
            command_op::TAKE => {
                if let Some(connection) = self.connections.get_mut(&command.handle) {
                    connection.accept_slot = None;
                }
            }
            command_op::OBSERVE if self.connections.contains_key(&command.handle) => {
                self.shared.observe(command.handle);
            }
            command_op::MEASURE_ALL => self.shared.unsent.answer(command.handle, &mut self.shared.events),
            command_op::ADMIT => self.node.gate.answer(command.handle, command.flag),
            _ => self.execute_on_stream(command),
        }
    }

    fn execute_on_stream(&mut self, command: &Command<'_>) {
        let Some(index) = self.streams.index_of(command.handle) else { return };
        let Some((waker, stream)) = self.streams.with_waker(index) else { return };
        let shared = &mut self.shared;
        match command.op {
            command_op::SEND => {
                stream.send.push(&mut Context::from_waker(waker), command.payload, command.flag, shared);
            }
            command_op::NOTIFY => stream.send.notify(shared),
            command_op::FINISH => stream.send.end_awaited(shared),
            command_op::MEASURE => stream.send.measure(shared),
            command_op::STOP => {
                stream.receive.stop(command.arg, shared);
                self.leave_assembly(index);
                return self.poll_stream(index);
            }
            command_op::CREDIT => {
                stream.receive.credit(command.arg as usize, shared);
                return self.poll_stream(index);
            }
            command_op::RESET => {
                stream.abandon(command.arg, shared);
                return self.remove(index);
            }
            _ => {}
        }
        self.settle(index);
    }

    fn open(&mut self, command: &Command<'_>) {
        let Some(connection) = self.connections.get_mut(&command.arg) else { return };
        let halves = if connection.has_waiting() { None } else { connection.poll_open() };
        let waits = halves.is_none();
        let stream = Stream::new(command.handle, command.arg, connection.raw, halves);
        let index = self.add(stream);
        if let Some((waker, stream)) = self.streams.with_waker(index) {
            if waits && let Some(connection) = self.connections.get_mut(&command.arg) {
                stream.queued = connection.wait(index);
            }
            let cx = &mut Context::from_waker(waker);
            stream.send.push(cx, command.payload, command.flag, &mut self.shared);
        }
        self.poll_stream(index);
    }
}
