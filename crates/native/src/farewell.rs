//! Closing a connection without losing what was sent: whatever had ended is delivered first, for a second at most.

use std::time::Duration;

use bytes::Bytes;
use iroh::endpoint::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::runtime::guarded;
use crate::stream::REFUSED;

/// How long a peer that does not answer may hold up the end.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the streams of a connection hold when it is closed.
#[derive(Default)]
pub struct Farewell {
    /// Ended, but not acknowledged.
    pub finished: Vec<SendStream>,
    /// Ended by JavaScript, with bytes that QUIC has not taken yet; without a stream, not opened yet.
    pub unsent: Vec<(Option<SendStream>, Bytes)>,
    /// The other halves. Dropped earlier, they would end or stop in the eyes of the peer.
    pub rest: (Vec<SendStream>, Vec<RecvStream>),
}

impl Farewell {
    /// Closes the connection with code 0, at once if nothing is owed. `open` counts those that take longer.
    pub fn say(self, connection: Connection, reason: &[u8], open: &watch::Sender<usize>) {
        if self.finished.is_empty() && self.unsent.is_empty() {
            return connection.close(VarInt::from_u32(0), reason);
        }
        let reason = reason.to_vec();
        let counted = Counted::new(open.clone());
        tokio::spawn(guarded(async move {
            self.deliver(&connection, &reason).await;
            drop(counted);
        }));
    }

    async fn deliver(mut self, connection: &Connection, reason: &[u8]) {
        let mut writers = JoinSet::new();
        for (half, bytes) in self.unsent.drain(..) {
            writers.spawn(guarded(write(connection.clone(), half, bytes)));
        }
        let delivered = async {
            for half in &self.finished {
                // Whether it was acknowledged or stopped, nothing is owed any more.
                let _ = half.stopped().await;
            }
            while writers.join_next().await.is_some() {}
        };
        tokio::select! {
            _ = timeout(PATIENCE, delivered) => {}
            () = refuse_streams(connection) => {}
        }
        // Before the halves are dropped, which ends them.
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

/// Nobody looks at streams that come now: the peer may try them again elsewhere. Ends with the connection.
async fn refuse_streams(connection: &Connection) {
    while let Ok((mut send, mut receive)) = connection.accept_bi().await {
        // Fails only where the peer has given up already.
        let _ = send.reset(VarInt::from_u32(REFUSED));
        let _ = receive.stop(VarInt::from_u32(REFUSED));
    }
}

/// One more as long as this lives.
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
