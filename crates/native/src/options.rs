//! How an endpoint is set up.

use std::net::SocketAddr;
use std::time::Duration;

use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::{
    IdleTimeout, NetReportConfig, PortmapperConfig, QuicTransportConfig, RelayMode, VarInt, presets,
};
use iroh::{Endpoint, RelayUrl, SecretKey};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;

use crate::keys;

const MAX_UNI_STREAMS: u32 = 16;
// QUIC's reassembly holds 2048 pieces of a stream and loses the connection over more: with this window pieces of 32 bytes
// cannot be too many, however late they are read
const WINDOW: u32 = 64 * 1024;
const BULK_WINDOW: u32 = 1_250_000;
// beyond what streams leave unread whose large frames wait for a share of the assembly budget: without it these could fill the
// connection's window, and those that have their share would wait for ever
const RECEIVE_SPARE: u64 = 16 * 1024 * 1024;
const SEND_WINDOW: u64 = 4 * 1024 * 1024;

/// What JavaScript says about a new node; everything left out has a default.
#[napi(object)]
pub struct NodeInit {
    pub secret_key: Option<Uint8Array>,
    /// `ip:port`; any port on all interfaces without it.
    pub bind_address: Option<String>,
    /// `"n0"`, `"none"` or `"relays"`.
    pub network: Option<String>,
    pub relays: Option<Vec<String>>,
    pub idle_timeout_ms: Option<u32>,
    pub keep_alive_ms: Option<u32>,
    pub max_streams: Option<u32>,
    /// Larger windows per stream, for few streams over long distances.
    pub bulk: Option<bool>,
}

pub enum Network {
    N0,
    None,
    Relays(Vec<RelayUrl>),
}

pub struct Options {
    secret_key: SecretKey,
    bind_address: Option<SocketAddr>,
    network: Network,
    transport: QuicTransportConfig,
    pub stream_window: u32,
}

impl Options {
    pub fn read(init: &NodeInit) -> napi::Result<Self> {
        let secret_key = match &init.secret_key {
            Some(bytes) => keys::secret(bytes)?,
            None => SecretKey::generate(),
        };
        let idle = init.idle_timeout_ms.unwrap_or(15_000);
        let idle_timeout = IdleTimeout::try_from(Duration::from_millis(u64::from(idle))).map_err(wrong)?;
        let keep_alive = init.keep_alive_ms.unwrap_or(5_000).min(idle / 3);
        let stream_window = if init.bulk.unwrap_or(false) { BULK_WINDOW } else { WINDOW };
        let max_streams = init.max_streams.unwrap_or(1024);
        let receive_window = u64::from(max_streams) * u64::from(stream_window) + RECEIVE_SPARE;
        let transport = QuicTransportConfig::builder()
            .max_concurrent_bidi_streams(VarInt::from_u32(max_streams))
            .max_concurrent_uni_streams(VarInt::from_u32(MAX_UNI_STREAMS))
            .stream_receive_window(VarInt::from_u32(stream_window))
            .receive_window(VarInt::from_u64(receive_window).unwrap_or(VarInt::MAX))
            .send_window(SEND_WINDOW)
            .max_idle_timeout(Some(idle_timeout))
            .keep_alive_interval(Duration::from_millis(u64::from(keep_alive)))
            .build();
        let bind_address =
            init.bind_address.as_deref().map(|text| text.parse().map_err(wrong)).transpose()?;
        let network = match init.network.as_deref() {
            None | Some("none") => Network::None,
            Some("n0") => Network::N0,
            Some("relays") => {
                let relays = init.relays.iter().flatten().map(|url| url.parse().map_err(wrong));
                Network::Relays(relays.collect::<napi::Result<_>>()?)
            }
            Some(other) => return Err(wrong(format!("no network is called {other:?}"))),
        };
        Ok(Self { secret_key, bind_address, network, transport, stream_window })
    }

    /// Binds; the error is a text for people.
    pub async fn bind(self, lookup: MemoryLookup) -> Result<Endpoint, String> {
        let mut builder = match self.network {
            Network::N0 => Endpoint::builder(presets::N0),
            Network::None => Endpoint::builder(presets::Minimal)
                .relay_mode(RelayMode::Disabled)
                .portmapper_config(PortmapperConfig::Disabled)
                .net_report_config(NetReportConfig::minimal()),
            Network::Relays(relays) => {
                Endpoint::builder(presets::Minimal).relay_mode(RelayMode::custom(relays))
            }
        };
        if let Some(address) = self.bind_address {
            builder = builder.clear_ip_transports().bind_addr(address).map_err(|error| error.to_string())?;
        }
        let bound = builder
            .secret_key(self.secret_key)
            .transport_config(self.transport)
            .address_lookup(lookup)
            .bind()
            .await;
        bound.map_err(|error| match self.bind_address {
            Some(address) => format!("cannot bind {address}: {error}"),
            None => format!("cannot bind: {error}"),
        })
    }
}

fn wrong(error: impl std::fmt::Display) -> napi::Error {
    napi::Error::from_reason(error.to_string())
}
