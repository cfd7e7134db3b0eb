//! Figures and addresses for JavaScript, read when it asks for them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;

use iroh::{Endpoint, TransportAddr};
use napi_derive::napi;

use crate::keys;
use crate::node::Node;

/// The figures of a node.
#[napi(object)]
pub struct NativeNodeStats {
    /// Those of the linked protocols included.
    pub connections: u32,
    /// Connections of the linked protocols.
    pub linked_connections: u32,
    /// Connections that the gate refused since the start.
    pub refused: f64,
    pub streams: u32,
    /// Bytes read but not consumed, written but not sent, and events not drained.
    pub queued_bytes: f64,
    /// Connections, closing ones included, streams, open documents, their subscriptions and the
    /// endpoint.
    pub handles: u32,
    /// The bytes of the packets of all connections, those over relays included.
    pub sent_bytes: f64,
    pub received_bytes: f64,
}

/// One network path of a connection.
#[napi(object)]
pub struct NativePathStats {
    /// `ip:port` or a relay URL.
    pub address: String,
    pub relay: bool,
    pub selected: bool,
    pub rtt_ms: f64,
}

/// The figures of a connection.
#[napi(object)]
pub struct NativeConnectionStats {
    pub sent_bytes: f64,
    pub received_bytes: f64,
    pub rtt_ms: f64,
    pub paths: Vec<NativePathStats>,
}

/// The addresses of a node.
#[napi(object)]
pub struct NativeNodeAddress {
    pub id: String,
    /// `ip:port`, most useful first.
    pub direct: Vec<String>,
    pub relay: Option<String>,
}

pub fn node(node: &Node) -> NativeNodeStats {
    let linked = node.protocols.connections();
    let connections = (node.connections_open.load(Ordering::Relaxed) + linked) as u32;
    let streams = node.streams_open.load(Ordering::Relaxed) as u32;
    let queued = node.bytes_queued.load(Ordering::Relaxed) + node.queue.len();
    let traffic = node.endpoint.lock().as_ref().map(traffic);
    let endpoint = u32::from(traffic.is_some());
    let (sent, received) = traffic.unwrap_or_default();
    // After the close they wait for JavaScript to collect them, and hold nothing.
    let documents = if endpoint == 0 { 0 } else { node.services.documents.objects() as u32 };
    let closing = *node.closing_connections.borrow() as u32;
    NativeNodeStats {
        connections,
        linked_connections: linked as u32,
        refused: node.gate.refused() as f64,
        streams,
        queued_bytes: queued as f64,
        handles: connections + closing + streams + endpoint + documents,
        sent_bytes: sent as f64,
        received_bytes: received as f64,
    }
}

/// Returns the bytes that an endpoint has sent and received since its start.
fn traffic(endpoint: &Endpoint) -> (u64, u64) {
    let socket = &endpoint.metrics().socket;
    let sent = socket.send_ipv4.get() + socket.send_ipv6.get() + socket.send_relay.get();
    let received = socket.recv_data_ipv4.get() + socket.recv_data_ipv6.get() + socket.recv_data_relay.get();
    (sent, received)
}

pub fn connection(node: &Node, id: u32) -> Option<NativeConnectionStats> {
    let connection = node.connections.lock().get(&id).cloned()?;
    let stats = connection.stats();
    let paths: Vec<NativePathStats> = connection
        .paths()
        .iter()
        .map(|path| NativePathStats {
            address: match path.remote_addr() {
                TransportAddr::Ip(address) => address.to_string(),
                TransportAddr::Relay(url) => url.to_string(),
                _ => String::new(),
            },
            relay: path.is_relay(),
            selected: path.is_selected(),
            rtt_ms: path.rtt().as_secs_f64() * 1000.0,
        })
        .collect();
    let rtt_ms = paths.iter().find(|path| path.selected).or(paths.first()).map_or(0.0, |path| path.rtt_ms);
    Some(NativeConnectionStats {
        sent_bytes: stats.udp_tx.bytes as f64,
        received_bytes: stats.udp_rx.bytes as f64,
        rtt_ms,
        paths,
    })
}

/// Returns the addresses of a node. Without a relay, peers may be on the same machine, so loopback
/// is included.
pub fn address(node: &Node) -> Option<NativeNodeAddress> {
    let endpoint = node.endpoint.lock().clone()?;
    let known = endpoint.addr();
    let mut direct: Vec<SocketAddr> = known.ip_addrs().copied().collect();
    let relay = known.relay_urls().next().map(ToString::to_string);
    let mut unspecified = None;
    if relay.is_none() {
        for bound in endpoint.bound_sockets() {
            let address = match bound.ip() {
                IpAddr::V4(ip) if ip.is_unspecified() => {
                    SocketAddr::from((Ipv4Addr::LOCALHOST, bound.port()))
                }
                IpAddr::V6(ip) if ip.is_unspecified() => {
                    unspecified = Some(bound);
                    continue;
                }
                _ => bound,
            };
            if !direct.contains(&address) {
                direct.push(address);
            }
        }
    }
    // Only a node that is bound to IPv6 alone has no address by now. The unspecified address stands
    // for those of all interfaces, which JavaScript lists.
    if direct.is_empty() {
        direct.extend(unspecified);
    }
    Some(NativeNodeAddress {
        id: keys::hex(endpoint.id()),
        direct: direct.iter().map(ToString::to_string).collect(),
        relay,
    })
}
