//! The ends of connections and dials, as JavaScript reads them: a kind, an application code, a
//! text.

use iroh::endpoint::{ConnectError, ConnectWithOptsError, ConnectingError, ConnectionError};

use crate::border::{NO_CODE, ending_kind, limit};

/// The TLS alert "no application protocol" as a QUIC error code: 0x100 plus the alert (RFC 9001).
const NO_ALPN: u64 = 0x178;
/// The QUIC error CONNECTION_REFUSED (RFC 9000).
const REFUSED: u64 = 0x2;

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
                Self { kind: ending_kind::CLOSED, code, text }
            }
            ConnectionError::LocallyClosed => {
                Self::new(ending_kind::CLOSED, "this side closed the connection")
            }
            ConnectionError::TimedOut => {
                Self::new(ending_kind::TIMEOUT, "the peer did not answer within the idle timeout")
            }
            ConnectionError::ConnectionClosed(close) if u64::from(close.error_code) == NO_ALPN => {
                Self::new(ending_kind::CONNECT, "the peer does not accept this protocol (ALPN)")
            }
            ConnectionError::ConnectionClosed(close) if u64::from(close.error_code) == REFUSED => Self::new(
                ending_kind::CONNECT,
                "the peer does not accept this protocol (ALPN), or no connection",
            ),
            ConnectionError::Reset => {
                Self::new(ending_kind::CLOSED, "the peer restarted and lost this connection")
            }
            other => Self::new(ending_kind::CLOSED, format!("the connection failed: {other}")),
        }
    }
}

impl From<ConnectError> for Ending {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Connecting { source: ConnectingError::ConnectionError { source, .. }, .. }
            | ConnectError::Connection { source, .. } => {
                let ending = Self::from(&source);
                let kind =
                    if ending.kind == ending_kind::CLOSED { ending_kind::CONNECT } else { ending.kind };
                Self { kind, ..ending }
            }
            ConnectError::Connecting { source: ConnectingError::HandshakeFailure { .. }, .. } => {
                Self::new(ending_kind::CONNECT, "the peer did not prove its key")
            }
            ConnectError::Connect { source, .. } => Self::from(source),
            _ => not_reached(),
        }
    }
}

impl From<ConnectWithOptsError> for Ending {
    fn from(error: ConnectWithOptsError) -> Self {
        match error {
            ConnectWithOptsError::SelfConnect { .. } => {
                Self::new(ending_kind::CONNECT, "a node cannot connect to itself")
            }
            ConnectWithOptsError::NoAddress { .. } => Self::new(
                ending_kind::CONNECT,
                "no address of this peer is known; dial a ticket or an address that contains one",
            ),
            ConnectWithOptsError::InvalidAlpn { .. } => {
                Self::new(ending_kind::ADDRESS, "an ALPN must have 1 to 255 bytes")
            }
            ConnectWithOptsError::EndpointClosed { .. } => {
                Self::new(ending_kind::CLOSED, "the node is closed")
            }
            _ => not_reached(),
        }
    }
}

fn not_reached() -> Ending {
    Ending::new(ending_kind::CONNECT, "the peer could not be reached")
}

/// A text of the peer, shortened and without control characters.
fn printable(bytes: &[u8]) -> String {
    let cut = bytes.get(..limit::REASON_BYTES).unwrap_or(bytes);
    String::from_utf8_lossy(cut).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
