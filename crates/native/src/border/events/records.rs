//! The records that one connection, or the node, has for JavaScript.

use super::RECORD_COST;
use crate::border::record_header;

/// The events of one connection.
#[derive(Default)]
pub struct Records {
    pub bytes: Vec<u8>,
    pub start: usize,
    /// The records behind `start`.
    pub count: usize,
    pub large_bytes: usize,
    /// JavaScript has a `READY` event, and has not found the queue empty since.
    pub announced: bool,
    /// The streams of the connection are not read until the rest costs so little.
    pub resume_at: Option<usize>,
}

impl Records {
    pub fn len(&self) -> usize {
        self.bytes.len() - self.start + self.large_bytes
    }

    pub fn cost(&self) -> usize {
        self.len() + self.count * RECORD_COST
    }

    pub fn append(&mut self, bytes: &mut Vec<u8>) {
        if self.bytes.is_empty() {
            std::mem::swap(&mut self.bytes, bytes);
            return;
        }
        // what was drained must not grow while some records are always left
        if self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.append(bytes);
    }

    pub fn drain(&mut self, target: &mut [u8]) -> usize {
        let waiting = self.bytes.get(self.start..).unwrap_or_default();
        let (size, left) = whole_records(waiting, target.len(), self.count);
        if let (Some(from), Some(to)) = (waiting.get(..size), target.get_mut(..size)) {
            to.copy_from_slice(from);
        }
        self.start += size;
        self.count = left;
        if self.start == self.bytes.len() {
            self.bytes.clear();
            self.start = 0;
        }
        size
    }
}

/// Returns the length of the whole records at the start of `bytes` that fit into `room` bytes, and
/// how many of `count` records are left.
fn whole_records(bytes: &[u8], room: usize, count: usize) -> (usize, usize) {
    if bytes.len() <= room {
        return (bytes.len(), 0);
    }
    let (mut end, mut left) = (0, count);
    for next in ends(bytes) {
        if next > room {
            break;
        }
        (end, left) = (next, left - 1);
    }
    (end, left)
}

/// The ends of records that follow each other.
pub fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut end = 0;
    std::iter::from_fn(move || {
        let header = bytes.get(end..)?.first_chunk::<{ record_header::BYTES }>()?;
        let [.., l0, l1, l2, l3] = *header;
        end += record_header::BYTES + u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        Some(end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::border::{event_op, header};

    #[test]
    fn keeps_little_of_what_was_drained_while_records_are_always_left() {
        let record = header(event_op::FIN, 0, 1, 0, 0);
        let mut records = Records { bytes: record.to_vec(), count: 1, ..Records::default() };
        let mut arena = [0; 4 * record_header::BYTES];
        for _ in 0..100_000 {
            records.append(&mut record.repeat(4));
            records.count += 4;
            assert_eq!(records.drain(&mut arena), arena.len());
            assert_eq!(records.count, 1);
        }
        assert!(records.bytes.capacity() < 10_000);
    }
}
