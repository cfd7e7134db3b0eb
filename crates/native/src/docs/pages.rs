//! Lists of the engine, which leave in pages. Nothing is read before a page is asked for.

use iroh_docs::api::RpcResult;
use irpc::channel::mpsc::{Receiver, Sender, channel};
use tokio::sync::Mutex;

use super::failed;
use crate::failure::Failure;

/// The most items of one page.
const PAGE: usize = 256;
/// A page ends after this many bytes. The keys of other peers have no limit of their own.
const PAGE_BYTES: usize = 1024 * 1024;
/// Items that wait for the next page.
const QUEUE: usize = 64;

enum State<T> {
    Waiting,
    Started(Receiver<RpcResult<T>>),
    Ended,
}

pub struct Pages<T>(Mutex<State<T>>);

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self(Mutex::new(State::Waiting))
    }
}

impl<T: Send + Sync + 'static> Pages<T> {
    /// Reads the next page. It is empty at the end. `start` asks the engine for the list.
    pub async fn next(
        &self,
        start: impl AsyncFnOnce(Sender<RpcResult<T>>) -> anyhow::Result<()>,
        bytes_of: impl Fn(&T) -> usize,
    ) -> Result<Vec<T>, Failure> {
        let mut state = self.0.lock().await;
        if let State::Waiting = *state {
            let (reply, items) = channel(QUEUE);
            start(reply).await.map_err(failed)?;
            *state = State::Started(items);
        }
        let State::Started(items) = &mut *state else { return Ok(Vec::new()) };
        let (mut page, mut bytes) = (Vec::new(), 0);
        while page.len() < PAGE && bytes < PAGE_BYTES {
            match items.recv().await {
                Ok(Some(Ok(item))) => {
                    bytes += bytes_of(&item);
                    page.push(item);
                }
                Ok(Some(Err(error))) => {
                    *state = State::Ended;
                    return Err(Failure::storage(error));
                }
                Ok(None) | Err(_) => {
                    *state = State::Ended;
                    break;
                }
            }
        }
        Ok(page)
    }

    /// Ends the list, unless a page is being read.
    pub fn close(&self) {
        if let Ok(mut state) = self.0.try_lock() {
            *state = State::Ended;
        }
    }
}
