//! The close handshake: closes a connection after what was sent and ended has been delivered.
//!
//! For JavaScript the connection is over at once. A separate task waits for the peer, for one
//! second at most.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use iroh::endpoint::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::border::{event_op, stream_code};
use crate::node::Node;
use crate::node::inbox::Message;
use crate::runtime::guarded;

/// The time a peer has to acknowledge. `Connection.close` in `packages/transport` documents it.
pub const TIMEOUT: Duration = Duration::from_secs(1);

/// The halves of the streams of a connection that closes.
#[derive(Default)]
pub struct Closing {
    /// Ended, but not acknowledged.
    pub finished: Vec<SendStream>,
    /// Ended by JavaScript, with bytes that QUIC has not taken yet. Without a half, the stream is
    /// still to be opened.
    pub unsent: Vec<(Option<SendStream>, Bytes)>,
    /// The other halves. To drop them earlier would end or stop them for the peer.
    pub rest: (Vec<SendStream>, Vec<RecvStream>),
}

impl Closing {
    /// Closes the connection with code 0, at once if nothing is unacknowledged. Otherwise returns
    /// false, and the handle follows in a `GONE` event.
    pub fn start(self, connection: Connection, handle: u32, reason: &[u8], node: &Arc<Node>) -> bool {
        if self.finished.is_empty() && self.unsent.is_empty() {
            connection.close(VarInt::from_u32(0), reason);
            return true;
        }
        let reason = reason.to_vec();
        let counted = Counted::new(node.closing_connections.clone());
        let node = Arc::clone(node);
        tokio::spawn(async move {
            guarded(self.deliver(&connection, &reason)).await;
            drop(counted);
            let (op, payload) = (event_op::GONE, Vec::new());
            node.inbox.send(Message::Event { op, flags: 0, handle, arg: 0, payload });
        });
        false
    }

    async fn deliver(mut self, connection: &Connection, reason: &[u8]) {
        let mut writers = JoinSet::new();
        for (half, bytes) in self.unsent.drain(..) {
            writers.spawn(guarded(write(connection.clone(), half, bytes)));
        }
        let delivered = async {
            for half in &self.finished {
                // Acknowledged or stopped: in both cases nothing is left to deliver.
                let _ = half.stopped().await;
            }
            while writers.join_next().await.is_some() {}
        };
        tokio::select! {
            _ = timeout(TIMEOUT, delivered) => {}
            () = refuse_streams(connection) => {}
        }
        // Before the halves are dropped, which would end them.
        connection.close(VarInt::from_u32(0), reason);
    }
}

async fn write(connection: Connection, half: Option<SendStream>, bytes: Bytes) {
    let (mut half, _receiving) = match half {
        Some(half) => (half, None),
        None => match connection.open_bi().await {
            Ok((half, receiving)) => (half, Some(receiving)),
            Err(_) => return,
        },
    };
    if half.write_all(&bytes).await.is_ok() && half.finish().is_ok() {
        // As above.
        let _ = half.stopped().await;
    }
}

/// Refuses streams that the peer opens during the close, so that it may try them again elsewhere.
/// Ends with the connection.
async fn refuse_streams(connection: &Connection) {
    let refused = VarInt::from_u32(stream_code::REFUSED_STREAM);
    while let Ok((mut send, mut receive)) = connection.accept_bi().await {
        // Both fail only when the peer has reset or stopped the stream.
        let _ = send.reset(refused);
        let _ = receive.stop(refused);
    }
}

/// Adds one to a count for as long as this exists.
struct Counted(watch::Sender<usize>);

impl Counted {
    fn new(count: watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
