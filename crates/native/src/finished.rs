//! Halves that have ended: nothing is written to them any more, but the peer may not have everything yet.

use iroh::endpoint::SendStream;

/// Below this nobody looks what has been acknowledged meanwhile.
const FEW: usize = 256;

/// The finished halves of all connections. Kept until they are acknowledged and a little longer, so that a call costs one
/// look at its stream and no task.
pub struct Finished {
    halves: Vec<(u32, SendStream)>,
    limit: usize,
}

impl Default for Finished {
    fn default() -> Self {
        Self { halves: Vec::new(), limit: FEW }
    }
}

impl Finished {
    pub fn push(&mut self, connection: u32, half: SendStream) {
        if self.halves.len() >= self.limit {
            self.halves.retain(|(_, half)| is_owed(half));
            self.limit = FEW.max(self.halves.len() * 2);
        }
        self.halves.push((connection, half));
    }

    /// Takes out what the peer of this connection has not acknowledged.
    pub fn take(&mut self, connection: u32) -> Vec<SendStream> {
        let of_it = self.halves.extract_if(.., |(of, _)| *of == connection);
        of_it.map(|(_, half)| half).filter(is_owed).collect()
    }
}

/// QUIC forgets a half when all of it has been acknowledged, and has no priority of it then.
fn is_owed(half: &SendStream) -> bool {
    half.priority().is_ok()
}
