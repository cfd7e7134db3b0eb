//! How endings of iroh read on the other side of the border: a kind, an application code, a text.

use iroh::endpoint::{ConnectError, ConnectWithOptsError, ConnectingError, ConnectionError};

/// `CLOSED` and `FAILED` kinds; `packages/transport/src/quic/reactor.ts` knows the same numbers.
pub const CLOSED: u8 = 1;
pub const CONNECT: u8 = 2;
pub const TIMEOUT: u8 = 3;
pub const ADDRESS: u8 = 4;
pub const NATIVE: u8 = 5;

#[derive(Debug, Clone)]
pub struct Ending {
    pub kind: u8,
    pub code: u32,
    pub text: String,
}

impl Ending {
    pub fn new(kind: u8, text: impl Into<String>) -> Self {
        Self { kind, code: NO_CODE, text: text.into() }
    }
}

/// No application code came with this ending.
pub const NO_CODE: u32 = u32::MAX;
const REASON_BYTES: usize = 256;
/// TLS alert "no application protocol" as a QUIC error.
const NO_ALPN: u64 = 0x178;

impl From<&ConnectionError> for Ending {
    fn from(error: &ConnectionError) -> Self {
        match error {
            ConnectionError::ApplicationClosed(close) => {
                let reason = printable(&close.reason);
                let code = u32::try_from(close.error_code.into_inner()).unwrap_or(NO_CODE);
                let text = if reason.is_empty() {
                    format!("the peer closed the connection (code {})", close.error_code)
                } else {
                    format!("the peer closed the connection: {reason} (code {})", close.error_code)
                };
                Self { kind: CLOSED, code, text }
            }
            ConnectionError::LocallyClosed => Self::new(CLOSED, "the connection was closed by this side"),
            ConnectionError::TimedOut => {
                Self::new(TIMEOUT, "the peer has not answered within the idle timeout")
            }
            ConnectionError::ConnectionClosed(close) if u64::from(close.error_code) == NO_ALPN => {
                Self::new(CONNECT, "the peer does not answer this protocol (ALPN)")
            }
            ConnectionError::Reset => {
                Self::new(CLOSED, "the peer no longer knows this connection: it restarted")
            }
            other => Self::new(CLOSED, format!("the connection failed: {other}")),
        }
    }
}

impl From<ConnectError> for Ending {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Connecting { source: ConnectingError::ConnectionError { source, .. }, .. }
            | ConnectError::Connection { source, .. } => {
                let ending = Self::from(&source);
                let kind = if ending.kind == CLOSED { CONNECT } else { ending.kind };
                Self { kind, ..ending }
            }
            ConnectError::Connecting { source: ConnectingError::HandshakeFailure { .. }, .. } => {
                Self::new(CONNECT, "the peer could not prove its key")
            }
            ConnectError::Connect { source: ConnectWithOptsError::SelfConnect { .. }, .. } => {
                Self::new(CONNECT, "a node cannot connect to itself")
            }
            ConnectError::Connect { source: ConnectWithOptsError::NoAddress { .. }, .. } => Self::new(
                CONNECT,
                "no address of this peer is known: dial with a ticket or an address that names one",
            ),
            ConnectError::Connect { source: ConnectWithOptsError::InvalidAlpn { .. }, .. } => {
                Self::new(ADDRESS, "an ALPN has 1 to 255 bytes")
            }
            ConnectError::Connect { source: ConnectWithOptsError::EndpointClosed { .. }, .. } => {
                Self::new(CLOSED, "the node is closed")
            }
            _ => Self::new(CONNECT, "the peer could not be reached"),
        }
    }
}

/// A peer's words, cut and without control characters.
fn printable(bytes: &[u8]) -> String {
    let cut = bytes.get(..REASON_BYTES).unwrap_or(bytes);
    String::from_utf8_lossy(cut).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
