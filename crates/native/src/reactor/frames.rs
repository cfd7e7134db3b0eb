//! Cuts a byte stream into frames (docs/wire.md, "Frames"): u32 LE length of flags and payload, one
//! byte of flags, payload.
//!
//! The receiving half of each stream has a [`Splitter`], from the first byte to the last.

use crate::border::limit::{LARGE_BYTES, MAX_FRAME_BYTES};

const LENGTH_BYTES: usize = 4;
/// The length and the flags.
const HEADER_BYTES: usize = 5;

/// Receives the frames that the splitter cuts.
pub trait FrameSink {
    fn frame(&mut self, flags: u8, payload: &[u8]);
    fn large(&mut self, flags: u8, payload: Vec<u8>);
}

/// Bytes that are not a frame. The text is sent to the peer, so docs/wire.md fixes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub String);

/// The state between two pieces of one stream. Never allocates more than twice what has arrived.
#[derive(Default)]
pub struct Splitter {
    header: [u8; HEADER_BYTES],
    have: usize,
    body: Vec<u8>,
}

impl Splitter {
    /// The payload length of the frame under way, once its header is complete.
    pub fn pending(&self) -> usize {
        if self.have == HEADER_BYTES { self.length().saturating_sub(1) } else { 0 }
    }

    /// The bytes of the frame under way that are here.
    pub fn incomplete(&self) -> usize {
        self.body.len()
    }

    fn length(&self) -> usize {
        let [a, b, c, d, _] = self.header;
        u32::from_le_bytes([a, b, c, d]) as usize
    }

    /// Cuts `chunk`. Frames that lie in it whole are passed on without a copy.
    pub fn feed(&mut self, mut chunk: &[u8], sink: &mut impl FrameSink) -> Result<(), Malformed> {
        while !chunk.is_empty() {
            if self.have == 0
                && let Some((header, rest)) = chunk.split_first_chunk::<HEADER_BYTES>()
            {
                let [a, b, c, d, flags] = *header;
                let payload = checked(u32::from_le_bytes([a, b, c, d]) as usize)? - 1;
                if payload < LARGE_BYTES
                    && let Some((payload, rest)) = rest.split_at_checked(payload)
                {
                    sink.frame(flags, payload);
                    chunk = rest;
                    continue;
                }
            }
            chunk = if self.have < HEADER_BYTES { self.feed_header(chunk)? } else { self.feed_body(chunk) };
            if self.have == HEADER_BYTES && self.body.len() == self.pending() {
                self.emit(sink);
            }
        }
        Ok(())
    }

    fn feed_header<'a>(&mut self, chunk: &'a [u8]) -> Result<&'a [u8], Malformed> {
        let before = self.have;
        let mut rest = chunk;
        while let (Some(slot), Some((byte, tail))) = (self.header.get_mut(self.have), rest.split_first()) {
            *slot = *byte;
            self.have += 1;
            rest = tail;
            if self.have == LENGTH_BYTES {
                checked(self.length())?;
            }
        }
        if before < HEADER_BYTES && self.have == HEADER_BYTES {
            self.body = Vec::with_capacity(self.pending().min(LARGE_BYTES));
        }
        Ok(rest)
    }

    fn feed_body<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
        let missing = self.pending() - self.body.len();
        let (mine, rest) = chunk.split_at_checked(missing).unwrap_or((chunk, &[]));
        let room = self.body.capacity() - self.body.len();
        if room < mine.len() {
            // Doubles the body, but never beyond the length of the frame.
            let want = self.body.len().max(mine.len()).min(missing);
            self.body.reserve_exact(want);
        }
        self.body.extend_from_slice(mine);
        rest
    }

    fn emit(&mut self, sink: &mut impl FrameSink) {
        let [.., flags] = self.header;
        let body = std::mem::take(&mut self.body);
        self.have = 0;
        if body.len() < LARGE_BYTES { sink.frame(flags, &body) } else { sink.large(flags, body) }
    }

    /// Checks that the stream may end here. Within the length field that is a clean end.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.have < LENGTH_BYTES {
            return Ok(());
        }
        let got = self.body.len() + (self.have - LENGTH_BYTES);
        Err(Malformed(format!("incomplete frame: expected {} bytes, got {got}", self.length())))
    }
}

fn checked(length: usize) -> Result<usize, Malformed> {
    match length {
        0 => Err(Malformed("received zero-length frame".into())),
        1..=MAX_FRAME_BYTES => Ok(length),
        _ => Err(Malformed(format!("frame size {length} exceeds maximum {MAX_FRAME_BYTES}"))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<(u8, Vec<u8>)>, usize);

    impl FrameSink for Seen {
        fn frame(&mut self, flags: u8, payload: &[u8]) {
            self.0.push((flags, payload.to_vec()));
        }
        fn large(&mut self, flags: u8, payload: Vec<u8>) {
            self.1 += 1;
            self.0.push((flags, payload));
        }
    }

    fn frame(flags: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = (payload.len() as u32 + 1).to_le_bytes().to_vec();
        bytes.push(flags);
        bytes.extend_from_slice(payload);
        bytes
    }

    #[test]
    fn cuts_the_same_frames_wherever_the_pieces_end() {
        let big: Vec<u8> = (0..LARGE_BYTES + 7).map(|i| i as u8).collect();
        let wanted = vec![(0, b"Hello".to_vec()), (2, vec![]), (5, vec![9; 300]), (1, big), (32, vec![])];
        let wire: Vec<u8> = wanted.iter().flat_map(|(flags, payload)| frame(*flags, payload)).collect();
        for step in [1, 2, 3, 4, 5, 6, 7, 11, 1200, 65_536, wire.len()] {
            let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
            for piece in wire.chunks(step) {
                splitter.feed(piece, &mut seen).unwrap();
            }
            splitter.finish().unwrap();
            assert_eq!(seen.0, wanted, "pieces of {step}");
            assert_eq!(seen.1, 1, "one large frame in pieces of {step}");
        }
    }

    #[test]
    fn reads_the_examples_of_the_wire_document() {
        let examples: [(&[u8], u8, &[u8]); 6] = [
            (b"\x06\0\0\0\0Hello", 0, b"Hello"),
            (b"\x01\0\0\0\x02", 2, b""),
            (b"\x01\0\0\0\x20", 32, b""),
            (b"\x05\0\0\0\x04\xde\xad\xbe\xef", 4, b"\xde\xad\xbe\xef"),
            (b"\x09\0\0\0\x05\x01\x02\x03\x04\x05\x06\x07\x08", 5, &[1, 2, 3, 4, 5, 6, 7, 8]),
            (b"\x02\0\0\0\x02\0", 2, &[0]),
        ];
        for (wire, flags, payload) in examples {
            let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
            splitter.feed(wire, &mut seen).unwrap();
            assert_eq!(seen.0, [(flags, payload.to_vec())]);
        }
    }

    #[test]
    fn refuses_wrong_lengths_before_reading_on() {
        for (bytes, text) in [
            (vec![0, 0, 0, 0], "received zero-length frame"),
            (vec![1, 0, 0, 1], "frame size 16777217 exceeds maximum 16777216"),
            (vec![255; 4], "frame size 4294967295 exceeds maximum 16777216"),
            (b"404 page".to_vec(), "frame size 540291124 exceeds maximum 16777216"),
        ] {
            for step in [1, 4, 8] {
                let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
                let error = bytes.chunks(step).find_map(|piece| splitter.feed(piece, &mut seen).err());
                assert_eq!(error, Some(Malformed(text.into())));
                assert!(seen.0.is_empty());
            }
        }
    }

    #[test]
    fn distinguishes_a_clean_end_from_an_incomplete_frame() {
        for (bytes, wanted) in [
            (&[][..], Ok(())),
            (&[9, 0, 0], Ok(())),
            (&[9, 0, 0, 0], Err("incomplete frame: expected 9 bytes, got 0")),
            (&[9, 0, 0, 0, 5, 1, 2], Err("incomplete frame: expected 9 bytes, got 3")),
        ] {
            let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
            splitter.feed(bytes, &mut seen).unwrap();
            assert_eq!(splitter.finish(), wanted.map_err(|text| Malformed(text.into())));
        }
    }

    #[test]
    fn allocates_at_most_twice_what_arrived() {
        let (mut splitter, mut seen) = (Splitter::default(), Seen::default());
        splitter.feed(&(MAX_FRAME_BYTES as u32).to_le_bytes(), &mut seen).unwrap();
        splitter.feed(&[0], &mut seen).unwrap();
        assert!(splitter.body.capacity() <= LARGE_BYTES);
        for _ in 0..200 {
            splitter.feed(&[7; 1024], &mut seen).unwrap();
        }
        assert!(splitter.body.capacity() <= 2 * 200 * 1024);
    }
}
