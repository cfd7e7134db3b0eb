//! The options of a node: read on the JavaScript thread, used once by the bind of its endpoint.
//!
//! The defaults are in `packages/transport/src/defaults.ts`.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use iroh::address_lookup::memory::MemoryLookup;
use iroh::address_lookup::{AddrFilter, DnsAddressLookup, PkarrPublisher, PkarrResolver};
use iroh::dns::DnsResolver;
use iroh::endpoint::{
    Builder, IdleTimeout, NetReportConfig, PortmapperConfig, QuicTransportConfig, QuicTransportConfigBuilder,
    RelayMode, VarInt, presets,
};
use iroh::{Endpoint, RelayUrl, SecretKey};
use iroh_mdns_address_lookup::MdnsAddressLookup;
use napi::Status;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use url::Url;

use crate::keys;
use crate::node::alpns_of;
use crate::node::services::Storage;

/// Unidirectional streams of a peer, when the node serves linked protocols. Gossip opens one per
/// topic, Aster itself opens none.
const MAX_UNI_STREAMS: u32 = 16;
/// The receive window of a stream. QUIC reassembles at most 2048 pieces of a stream and closes the
/// connection over more. Within this window, pieces of 32 bytes cannot be too many, however late
/// they are read.
const STREAM_WINDOW: u32 = 64 * 1024;
/// The same with `bulk`: what fills 100 Mbit/s at a round trip of 100 ms.
const BULK_STREAM_WINDOW: u32 = 1_250_000;
/// The receive window of a connection in excess of its streams' windows. Streams whose large frames
/// wait for the assembly budget leave data unread. Without the excess they could fill the window of
/// the connection, and the streams that have their share could not go on.
const SPARE_WINDOW: u64 = 16 * 1024 * 1024;
/// Unacknowledged bytes of a connection.
const SEND_WINDOW: u64 = 4 * 1024 * 1024;
/// An idle timeout must outlast two lost keep-alives.
const KEEP_ALIVES_PER_IDLE_TIMEOUT: u32 = 3;

/// The options of a new node.
#[napi(object)]
pub struct NativeNodeInit {
    /// 32 bytes.
    pub secret_key: Uint8Array,
    /// `ip:port`. Default: any port on all interfaces.
    pub bind_address: Option<String>,
    #[napi(ts_type = "'n0' | 'staging' | 'none' | 'relays'")]
    pub network: String,
    /// URLs, for network `relays`.
    pub relays: Option<Vec<String>>,
    /// The URL of a pkarr server, for network `relays`.
    pub pkarr: Option<String>,
    /// A domain whose names are endpoint ids, for network `relays`.
    pub dns_origin: Option<String>,
    /// The `ip:port` of the DNS server of this domain. Default: those of the system.
    pub nameserver: Option<String>,
    #[napi(ts_type = "'any' | 'direct' | 'relayed'")]
    pub paths: String,
    /// Asks the router for a port, unless the network is `none`.
    pub port_mapping: bool,
    /// The URL of an HTTP proxy on the way to relays, or `environment`.
    pub proxy: Option<String>,
    /// Finds and announces endpoints in the local network by mDNS.
    pub local_discovery: bool,
    pub idle_timeout_ms: u32,
    pub keep_alive_ms: u32,
    /// Streams that a peer may have open at a time on one connection.
    pub max_streams: u32,
    /// Larger windows per stream, for few streams over long distances.
    pub bulk: bool,
    /// Protocols of iroh that the node serves: `blobs`, `docs`, `gossip`.
    pub protocols: Vec<String>,
    /// The directory of blobs and documents. Default: they are kept in memory.
    pub storage_directory: Option<String>,
    /// The time between two runs of the garbage collection of blobs.
    pub collect_interval_ms: u32,
}

enum Network {
    N0,
    Staging,
    None,
    Own(OwnNetwork),
}

/// Relays and discovery that the program names.
struct OwnNetwork {
    relays: Vec<RelayUrl>,
    pkarr: Option<Url>,
    dns_origin: Option<String>,
    nameserver: Option<SocketAddr>,
}

impl OwnNetwork {
    fn apply(self, mut builder: Builder) -> Builder {
        if let Some(url) = self.pkarr {
            // The server belongs to the program, so it may know the addresses of the machine.
            let publisher = PkarrPublisher::builder(url.clone()).addr_filter(AddrFilter::unfiltered());
            builder = builder.address_lookup(publisher).address_lookup(PkarrResolver::builder(url));
        }
        if let Some(origin) = self.dns_origin {
            let mut lookup = DnsAddressLookup::builder(origin);
            if let Some(nameserver) = self.nameserver {
                lookup = lookup.dns_resolver(DnsResolver::with_nameserver(nameserver));
            }
            builder = builder.address_lookup(lookup);
        }
        if self.relays.is_empty() {
            unrelayed(builder)
        } else {
            builder.relay_mode(RelayMode::custom(self.relays))
        }
    }
}

/// Turns relays and the probes for them off.
fn unrelayed(builder: Builder) -> Builder {
    builder.relay_mode(RelayMode::Disabled).net_report_config(NetReportConfig::minimal())
}

/// The transports of an endpoint.
enum Paths {
    Any,
    Direct,
    Relayed,
}

/// The HTTP proxy on the way to relays.
enum Proxy {
    None,
    Environment,
    Url(Url),
}

pub struct Options {
    secret_key: SecretKey,
    bind_address: Option<SocketAddr>,
    network: Network,
    paths: Paths,
    port_mapping: bool,
    proxy: Proxy,
    local_discovery: bool,
    transport: QuicTransportConfig,
    pub stream_window: u32,
    /// The ALPNs of the linked protocols.
    pub linked: Vec<&'static [u8]>,
    pub storage: Storage,
    /// The settings of connections that download blobs.
    pub downloads: QuicTransportConfig,
}

impl Options {
    /// Checks the options. The error has the status `InvalidArg`.
    pub fn read(init: &NativeNodeInit) -> napi::Result<Self> {
        let secret_key = keys::secret(&init.secret_key)
            .ok_or_else(|| wrong("secretKey", "32 bytes", init.secret_key.len()))?;
        let bind_address = match &init.bind_address {
            Some(text) => {
                Some(text.parse().map_err(|_| wrong("bindAddress", "ip:port", format!("{text:?}")))?)
            }
            None => None,
        };
        let stream_window = if init.bulk { BULK_STREAM_WINDOW } else { STREAM_WINDOW };
        Ok(Self {
            secret_key,
            bind_address,
            network: read_network(init)?,
            paths: read_paths(init)?,
            port_mapping: init.port_mapping,
            proxy: read_proxy(init)?,
            local_discovery: init.local_discovery,
            transport: transport(init, stream_window),
            stream_window,
            linked: read_protocols(init)?,
            downloads: download_transport(init),
            storage: Storage {
                directory: init.storage_directory.as_ref().map(PathBuf::from),
                collect_interval: Duration::from_millis(u64::from(init.collect_interval_ms)),
            },
        })
    }

    /// Binds the endpoint. The error is a text for the user.
    pub async fn bind(self, lookup: MemoryLookup) -> Result<Endpoint, String> {
        let mut builder = match self.network {
            Network::N0 => Endpoint::builder(presets::N0),
            Network::Staging => Endpoint::builder(presets::N0).relay_mode(RelayMode::Staging),
            Network::None => {
                unrelayed(Endpoint::builder(presets::Minimal)).portmapper_config(PortmapperConfig::Disabled)
            }
            Network::Own(own) => own.apply(Endpoint::builder(presets::Minimal)),
        };
        if !self.port_mapping {
            builder = builder.portmapper_config(PortmapperConfig::Disabled);
        }
        builder = match self.proxy {
            Proxy::None => builder,
            Proxy::Environment => builder.proxy_from_env(),
            Proxy::Url(url) => builder.proxy_url(url),
        };
        if self.local_discovery {
            builder = builder.address_lookup(MdnsAddressLookup::builder());
        }
        if let Some(address) = self.bind_address {
            builder = builder.clear_ip_transports().bind_addr(address).map_err(|error| error.to_string())?;
        }
        builder = match self.paths {
            Paths::Any => builder,
            Paths::Direct => builder.clear_relay_transports(),
            Paths::Relayed => builder.clear_ip_transports(),
        };
        let bound = builder
            .secret_key(self.secret_key)
            .transport_config(self.transport)
            .address_lookup(lookup)
            .bind()
            .await;
        bound.map_err(|error| match self.bind_address {
            Some(address) => format!(
                "option bindAddress: cannot bind {address}; use an address of this machine and a free \
                 port, or port 0: {}",
                chain(&error)
            ),
            None => format!("cannot bind a port on all interfaces: {}", chain(&error)),
        })
    }
}

fn read_protocols(init: &NativeNodeInit) -> napi::Result<Vec<&'static [u8]>> {
    let mut linked = Vec::new();
    for name in &init.protocols {
        let alpns = alpns_of(name)
            .ok_or_else(|| wrong("protocols", "a list of blobs, docs and gossip", format!("{name:?}")))?;
        linked.extend(alpns.iter().filter(|alpn| !linked.contains(*alpn)).copied().collect::<Vec<_>>());
    }
    Ok(linked)
}

fn read_network(init: &NativeNodeInit) -> napi::Result<Network> {
    match init.network.as_str() {
        "none" => Ok(Network::None),
        "n0" => Ok(Network::N0),
        "staging" => Ok(Network::Staging),
        "relays" => Ok(Network::Own(read_own(init)?)),
        other => Err(wrong("network", "n0, staging, none or relays", format!("{other:?}"))),
    }
}

fn read_own(init: &NativeNodeInit) -> napi::Result<OwnNetwork> {
    let relays = init.relays.iter().flatten().map(|url| {
        url.parse().map_err(|_| wrong("network.relays", "http or https URLs", format!("{url:?}")))
    });
    let pkarr = init.pkarr.as_ref().map(|url| {
        url.parse().map_err(|_| wrong("network.pkarr", "an http or https URL", format!("{url:?}")))
    });
    let nameserver = init
        .nameserver
        .as_ref()
        .map(|text| text.parse().map_err(|_| wrong("network.nameserver", "ip:port", format!("{text:?}"))));
    Ok(OwnNetwork {
        relays: relays.collect::<napi::Result<_>>()?,
        pkarr: pkarr.transpose()?,
        dns_origin: init.dns_origin.clone(),
        nameserver: nameserver.transpose()?,
    })
}

fn read_paths(init: &NativeNodeInit) -> napi::Result<Paths> {
    match init.paths.as_str() {
        "any" => Ok(Paths::Any),
        "direct" => Ok(Paths::Direct),
        "relayed" => Ok(Paths::Relayed),
        other => Err(wrong("paths", "any, direct or relayed", format!("{other:?}"))),
    }
}

fn read_proxy(init: &NativeNodeInit) -> napi::Result<Proxy> {
    match init.proxy.as_deref() {
        None => Ok(Proxy::None),
        Some("environment") => Ok(Proxy::Environment),
        // the URL may contain a password
        Some(url) => {
            url.parse().map(Proxy::Url).map_err(|_| wrong("proxy", "an http or https URL", "another text"))
        }
    }
}

fn transport(init: &NativeNodeInit, stream_window: u32) -> QuicTransportConfig {
    let uni_streams = if init.protocols.is_empty() { 0 } else { MAX_UNI_STREAMS };
    let receive_window = u64::from(init.max_streams) * u64::from(stream_window) + SPARE_WINDOW;
    timed_transport(init)
        .max_concurrent_bidi_streams(VarInt::from_u32(init.max_streams))
        .max_concurrent_uni_streams(VarInt::from_u32(uni_streams))
        .stream_receive_window(VarInt::from_u32(stream_window))
        .receive_window(VarInt::from_u64(receive_window).unwrap_or(VarInt::MAX))
        .send_window(SEND_WINDOW)
        .build()
}

/// A download reads few streams, which it opens itself, as fast as it can.
fn download_transport(init: &NativeNodeInit) -> QuicTransportConfig {
    timed_transport(init)
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(BULK_STREAM_WINDOW))
        .receive_window(VarInt::from_u64(SPARE_WINDOW).unwrap_or(VarInt::MAX))
        .build()
}

fn timed_transport(init: &NativeNodeInit) -> QuicTransportConfigBuilder {
    let idle_timeout = IdleTimeout::from(VarInt::from_u32(init.idle_timeout_ms));
    let keep_alive = init.keep_alive_ms.min(init.idle_timeout_ms / KEEP_ALIVES_PER_IDLE_TIMEOUT);
    QuicTransportConfig::builder()
        .max_idle_timeout(Some(idle_timeout))
        .keep_alive_interval(Duration::from_millis(u64::from(keep_alive)))
}

/// An error and its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text
}

fn wrong(name: &str, expected: &str, got: impl Display) -> napi::Error {
    napi::Error::new(Status::InvalidArg, format!("option {name} must be {expected}, got {got}"))
}
