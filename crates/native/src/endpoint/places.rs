//! The places of connections in their handshake, shared between the sources of the dials.
//!
//! The accept loop takes a place per dial. When all are taken, a dial of a source with few replaces
//! one of the source with the most, so that a source that never finishes its dials cannot keep
//! others out.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use iroh::RelayUrl;
use iroh::endpoint::IncomingAddr;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// The same once half of the places are taken.
const CROWDED_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(3);
/// This part of the places may hold accept slots during the handshake, fewer than there are slots.
const SLOT_SHARE: usize = 8;

/// The origin of a dial: an IPv4 address, the network of an IPv6 address, or a relay, because
/// the keys of relayed peers cost nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Ipv4(u32),
    Ipv6Network(u64),
    Relay(RelayUrl),
    Other,
}

impl From<IncomingAddr> for Source {
    fn from(address: IncomingAddr) -> Self {
        match address {
            IncomingAddr::Ip(address) => match address.ip().to_canonical() {
                IpAddr::V4(ip) => Self::Ipv4(ip.to_bits()),
                IpAddr::V6(ip) => Self::Ipv6Network((ip.to_bits() >> 64) as u64),
            },
            IncomingAddr::Relay { url, .. } => Self::Relay(url),
            _ => Self::Other,
        }
    }
}

/// The dials of one source that can lose their place, the oldest first.
type Queue = VecDeque<(u64, Arc<Notify>)>;

#[derive(Default)]
struct State {
    taken: usize,
    next_id: u64,
    unproved: FxHashMap<Source, Queue>,
}

impl State {
    fn remove(&mut self, source: &Source, pick: impl FnOnce(&mut Queue) -> bool) -> bool {
        let Some(queue) = self.unproved.get_mut(source) else { return false };
        let removed = pick(queue);
        if queue.is_empty() {
            self.unproved.remove(source);
        }
        removed
    }

    fn evict_oldest(&mut self, source: &Source) {
        let evicted = self.remove(source, |queue| {
            let oldest = queue.pop_front();
            if let Some((_, evicted)) = &oldest {
                evicted.notify_one();
            }
            oldest.is_some()
        });
        self.taken -= usize::from(evicted);
    }
}

pub struct Places {
    limit: usize,
    state: Mutex<State>,
}

impl Places {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default() })
    }

    pub fn half_full(&self) -> bool {
        self.state.lock().taken >= self.limit / 2
    }

    pub fn handshake_timeout(&self) -> Duration {
        if self.half_full() { CROWDED_HANDSHAKE_TIMEOUT } else { HANDSHAKE_TIMEOUT }
    }

    /// Takes a place. When all are taken, the source with the most dials loses its oldest one.
    /// `None` when no source has more than this one would have.
    pub fn take(self: &Arc<Self>, source: Source) -> Option<Place> {
        let mut state = self.state.lock();
        let own = state.unproved.get(&source).map_or(0, VecDeque::len);
        if state.taken >= self.limit {
            let (crowd, queue) = state.unproved.iter().max_by_key(|(_, queue)| queue.len())?;
            if queue.len() <= own + 1 {
                return None;
            }
            let crowd = crowd.clone();
            state.evict_oldest(&crowd);
        }
        let id = state.next_id;
        state.next_id += 1;
        state.taken += 1;
        let evicted = Arc::new(Notify::new());
        state.unproved.entry(source.clone()).or_default().push_back((id, Arc::clone(&evicted)));
        let holds_slot = state.taken <= self.limit / SLOT_SHARE;
        let proved = AtomicBool::new(false);
        Some(Place { places: Arc::clone(self), source, id, evicted, holds_slot, proved })
    }
}

/// One place. It is free again when this is dropped.
pub struct Place {
    places: Arc<Places>,
    source: Source,
    id: u64,
    evicted: Arc<Notify>,
    /// The dial takes its accept slot before the handshake; otherwise after it.
    pub holds_slot: bool,
    proved: AtomicBool,
}

impl Place {
    /// Resolves when another dial has taken the place.
    pub async fn evicted(&self) {
        self.evicted.notified().await;
    }

    pub fn handshake_timeout(&self) -> Duration {
        self.places.handshake_timeout()
    }

    /// The peer has finished its handshake: the dial keeps its place.
    pub fn prove(&self) {
        if self.leave_queue(&mut self.places.state.lock()) {
            self.proved.store(true, Ordering::Relaxed);
        }
    }

    fn leave_queue(&self, state: &mut State) -> bool {
        state.remove(&self.source, |queue| {
            let at = queue.iter().position(|(id, _)| *id == self.id);
            at.and_then(|at| queue.remove(at)).is_some()
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.places.state.lock();
        // An evicted dial has no place to free.
        if self.proved.load(Ordering::Relaxed) || self.leave_queue(&mut state) {
            state.taken -= 1;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn is_evicted(place: &Place) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = place.evicted() => true,
                () = std::future::ready(()) => false,
            }
        })
    }

    fn take(places: &Arc<Places>, source: u32, count: usize) -> Vec<Place> {
        (0..count).map(|_| places.take(Source::Ipv4(source)).unwrap()).collect()
    }

    #[test]
    fn a_source_alone_does_not_replace_its_own_dials() {
        let places = Places::new(8);
        let mut dials = take(&places, 1, 8);
        assert!(places.take(Source::Ipv4(1)).is_none());
        assert_eq!(dials.iter().map(|place| place.holds_slot).position(|holds| !holds), Some(1));
        dials.truncate(3);
        assert_eq!(places.state.lock().taken, 3);
        drop(dials);
        assert!(places.state.lock().unproved.is_empty());
    }

    #[test]
    fn a_newcomer_replaces_a_dial_of_the_largest_crowd() {
        let places = Places::new(8);
        let crowds: Vec<_> = (1..=4).flat_map(|source| take(&places, source, 2)).collect();
        assert!(places.half_full());
        assert_eq!(places.handshake_timeout(), CROWDED_HANDSHAKE_TIMEOUT);
        let newcomer = places.take(Source::Ipv4(9)).unwrap();
        assert_eq!(crowds.iter().filter(|place| is_evicted(place)).count(), 1);
        assert_eq!(places.state.lock().taken, 8);
        drop(newcomer);
        assert_eq!(places.state.lock().taken, 7);
    }

    #[test]
    fn equal_sources_do_not_replace_each_other() {
        let places = Places::new(8);
        let _all: Vec<_> = (1..=8).flat_map(|source| take(&places, source, 1)).collect();
        assert!(places.take(Source::Ipv4(9)).is_none());
    }

    #[test]
    fn a_proved_peer_keeps_its_place() {
        let places = Places::new(8);
        let proved = take(&places, 1, 6);
        proved.iter().for_each(Place::prove);
        let more = take(&places, 1, 2);
        let newcomer = places.take(Source::Ipv4(9)).unwrap();
        assert!(!proved.iter().any(is_evicted));
        assert_eq!(more.iter().map(is_evicted).collect::<Vec<_>>(), [true, false]);
        drop((proved, more, newcomer));
        assert_eq!(places.state.lock().taken, 0);
    }

    #[test]
    fn sources_are_addresses_and_networks() {
        let source = |text: &str| Source::from(IncomingAddr::Ip(text.parse().unwrap()));
        assert_eq!(source("192.0.2.1:1"), source("192.0.2.1:2"));
        assert_eq!(source("192.0.2.1:1"), source("[::ffff:192.0.2.1]:2"));
        assert_ne!(source("192.0.2.1:1"), source("192.0.2.2:1"));
        assert_eq!(source("[2001:db8::1]:1"), source("[2001:db8::2]:1"));
        assert_ne!(source("[2001:db8::1]:1"), source("[2001:db8:0:1::1]:1"));
    }
}
