//! Operations of the linked protocols: promises, and the reasons for their failure.
//!
//! They are rare and coarse, so each is a promise. Calls do not use this; they have the reactor.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{Object, ToNapiValue};

use crate::node::Node;
use crate::runtime::guarded;

/// The reason for a failed operation. JavaScript reads it as `code: text`; the codes are those of
/// its `TransportError`.
#[derive(Debug, Clone)]
pub struct Failure {
    code: &'static str,
    text: String,
}

impl Failure {
    fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// The node, or the transfer, has been closed.
    pub fn closed() -> Self {
        Self::new("closed", "this node is closed; create a new one")
    }

    pub fn aborted() -> Self {
        Self::new("closed", "the operation was aborted")
    }

    /// A handle of the program, or what it leads to, has ended.
    pub fn ended(text: impl Into<String>) -> Self {
        Self::new("closed", text)
    }

    /// The topic has been left.
    pub fn left() -> Self {
        Self::new("closed", "the topic has been left")
    }

    /// The store does not have it, or the peer does not.
    pub fn missing(text: impl Into<String>) -> Self {
        Self::new("missing", text)
    }

    /// The disk, or the database on it.
    pub fn storage(text: impl Display) -> Self {
        Self::new("storage", text.to_string())
    }

    pub fn timeout(text: impl Into<String>) -> Self {
        Self::new("timeout", text)
    }

    pub fn limit(text: impl Into<String>) -> Self {
        Self::new("limit", text)
    }

    pub fn option(text: impl Into<String>) -> Self {
        Self::new("option", text)
    }

    pub fn address(text: impl Into<String>) -> Self {
        Self::new("address", text)
    }

    pub fn connect(text: impl Into<String>) -> Self {
        Self::new("connect", text)
    }

    /// The bytes of a peer do not have the hash that they should have.
    pub fn frame(text: impl Into<String>) -> Self {
        Self::new("frame", text)
    }

    pub fn native() -> Self {
        Self::new("native", "the operation failed inside the native module")
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.code, self.text)
    }
}

impl From<Failure> for napi::Error {
    fn from(failure: Failure) -> Self {
        Self::from_reason(failure.to_string())
    }
}

/// Returns a promise of the result of `work`. It is rejected when the node closes first. A pending
/// promise keeps the process alive.
pub fn promise<'env, T, F>(env: &'env Env, node: &Arc<Node>, work: F) -> napi::Result<Object<'env>>
where
    T: ToNapiValue + Send + 'static,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let (deferred, promise) = env.create_deferred::<T, Box<dyn FnOnce(Env) -> napi::Result<T>>>()?;
    let ending = Arc::clone(node);
    node.runtime.spawn(async move {
        let outcome = tokio::select! {
            biased;
            () = ending.ended() => Err(Failure::closed()),
            outcome = guarded(work) => outcome.unwrap_or_else(|| Err(Failure::native())),
        };
        match outcome {
            Ok(value) => deferred.resolve(Box::new(move |_| Ok(value))),
            Err(failure) => deferred.reject(failure.into()),
        }
    });
    Ok(promise)
}
