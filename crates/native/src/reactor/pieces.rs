//! The pieces in which a stream arrives.
//!
//! A stream of which nothing is read fills its receive window. QUIC merges the pieces of a full
//! window when they are more than 2048, and closes the connection when more than 1024 are left. It
//! does not merge a piece that fills most of its packet. This file estimates from the pieces that
//! were read if that can happen, so that only such a stream is read on while its reader is paused.

/// More pieces in a full window than this make QUIC merge them. QUIC's bound is 2048; the rest is a
/// margin for what arrives between two turns.
const MERGED_FROM: u64 = 1900;
/// More lasting pieces in a full window than this may be too many. Each can have a merged one
/// beside it, and QUIC's bound is 1024.
const LASTING: u64 = 450;
/// A piece of this size fills five sixths of a packet that has nothing else, so QUIC keeps it as it
/// is. After the first 16 KiB of a stream, the header of a piece has at least 6 bytes.
const LASTING_BYTES: usize = 30;

#[derive(Default)]
pub struct Pieces {
    bytes: u64,
    count: u64,
    lasting: u64,
}

impl Pieces {
    pub fn add(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        self.count += 1;
        self.lasting += u64::from(bytes >= LASTING_BYTES);
    }

    /// Returns true when a full window of such pieces may be more than QUIC reassembles.
    pub fn are_too_many(&self, window: u64) -> bool {
        self.count * window > self.bytes * MERGED_FROM && self.lasting * window > self.bytes * LASTING
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: u64 = 64 * 1024;

    fn of(sizes: &[usize]) -> Pieces {
        let mut pieces = Pieces::default();
        for _ in 0..1_000 {
            sizes.iter().for_each(|bytes| pieces.add(*bytes));
        }
        pieces
    }

    #[test]
    fn small_pieces_that_are_merged_and_large_ones_are_never_too_many() {
        for sizes in [&[1][..], &[11], &[25], &[29], &[43], &[1200], &[20, 20, 20, 100]] {
            assert!(!of(sizes).are_too_many(WINDOW), "{sizes:?}");
        }
        assert!(!Pieces::default().are_too_many(WINDOW));
    }

    #[test]
    fn pieces_that_are_not_merged_can_be_too_many() {
        for sizes in [&[30][..], &[33], &[40, 6], &[35, 6, 6]] {
            assert!(of(sizes).are_too_many(WINDOW), "{sizes:?}");
        }
        assert!(of(&[205]).are_too_many(1_250_000));
    }
}
