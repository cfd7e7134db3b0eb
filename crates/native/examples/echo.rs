//! The baseline of `apps/bench`: the same frames over the same transport, without JavaScript.
//!
//! There are two processes of one thread each. Every call has a stream of its own: it sends header
//! and message, and receives message and trailer.
//!
//! `echo server` prints its id and address. `echo client ID ADDRESS` prints an empty line when it
//! is connected. Then the client reads lines of load, concurrency and milliseconds, such as `unary
//! 64 800`, and answers each with a line of JSON. Both end with their standard input.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, stdin};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use iroh::endpoint::{
    Connection, NetReportConfig, PortmapperConfig, QuicTransportConfig, RelayMode, presets,
};
use iroh::{Endpoint, EndpointAddr, EndpointId, TransportAddr};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{LocalSet, spawn_local};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ALPN: &[u8] = b"aster-bench-echo";
const HEADER: u8 = 0x04;
const TRAILER: u8 = 0x02;
/// The sizes of header and trailer in the calls of `apps/bench`.
const HEADER_BYTES: usize = 40;
const TRAILER_BYTES: usize = 20;
/// The size of the small message of `apps/bench` in XLANG.
const SMALL: usize = 168;
const BULK: usize = 256 * 1024;
/// More than the largest message and its frames.
const LARGEST: usize = 2 * BULK;
const LENGTH_AND_FLAGS: usize = 5;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut arguments = std::env::args().skip(1);
        match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
            (Some("server"), None, None) => serve(lines()).await,
            (Some("client"), Some(id), Some(address)) => ask(lines(), &id, &address).await,
            _ => Err("usage: echo server | echo client ID ADDRESS".into()),
        }
    })
}

/// Returns the lines of standard input. A separate thread reads them, so that connections stay
/// alive in the meantime.
fn lines() -> Receiver<String> {
    let (sender, receiver) = channel(1);
    std::thread::spawn(move || {
        for line in stdin().lock().lines().map_while(std::io::Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

async fn bind() -> Result<Endpoint> {
    let transport = QuicTransportConfig::builder().keep_alive_interval(Duration::from_secs(5)).build();
    Ok(Endpoint::builder(presets::Minimal)
        .relay_mode(RelayMode::Disabled)
        .portmapper_config(PortmapperConfig::Disabled)
        .net_report_config(NetReportConfig::minimal())
        .clear_ip_transports()
        .bind_addr("127.0.0.1:0")?
        .alpns(vec![ALPN.to_vec()])
        .transport_config(transport)
        .bind()
        .await?)
}

/// Returns the start of a frame, without the payload (docs/wire.md, "Frames").
fn frame_head(flags: u8, payload: usize) -> Result<[u8; LENGTH_AND_FLAGS]> {
    let [a, b, c, d] = u32::try_from(payload + 1)?.to_le_bytes();
    Ok([a, b, c, d, flags])
}

fn frame(flags: u8, payload: &[u8]) -> Result<Bytes> {
    let mut bytes = BytesMut::with_capacity(LENGTH_AND_FLAGS + payload.len());
    bytes.extend_from_slice(&frame_head(flags, payload.len())?);
    bytes.extend_from_slice(payload);
    Ok(bytes.freeze())
}

/// Takes the first frame off `bytes`.
fn take_frame(bytes: &mut Bytes) -> Result<(u8, Bytes)> {
    let Some(&[a, b, c, d, flags]) = bytes.first_chunk::<LENGTH_AND_FLAGS>() else {
        return Err("incomplete frame".into());
    };
    let end = u32::from_le_bytes([a, b, c, d]) as usize + LENGTH_AND_FLAGS - 1;
    if end < LENGTH_AND_FLAGS || end > bytes.len() {
        return Err("invalid frame length".into());
    }
    Ok((flags, bytes.split_to(end).slice(LENGTH_AND_FLAGS..)))
}

async fn serve(mut input: Receiver<String>) -> Result<()> {
    let endpoint = bind().await?;
    let address = endpoint.bound_sockets().into_iter().next().ok_or("no socket is bound")?;
    println!("{} {address}", endpoint.id());
    let trailer = frame(TRAILER, &[0; TRAILER_BYTES])?;
    loop {
        tokio::select! {
            incoming = endpoint.accept() => {
                let Some(incoming) = incoming else { return Ok(()) };
                let connection = incoming.await?;
                let trailer = trailer.clone();
                spawn_local(async move {
                    while let Ok((mut send, mut receive)) = connection.accept_bi().await {
                        let trailer = trailer.clone();
                        spawn_local(async move {
                            let mut request = Bytes::from(receive.read_to_end(LARGEST).await?);
                            take_frame(&mut request)?;
                            let (flags, message) = take_frame(&mut request)?;
                            let head = Bytes::copy_from_slice(&frame_head(flags, message.len())?);
                            send.write_all_chunks(&mut [head, message, trailer]).await?;
                            send.finish()?;
                            Result::Ok(())
                        });
                    }
                });
            }
            line = input.recv() => if line.is_none() { return Ok(()) },
        }
    }
}

async fn ask(mut input: Receiver<String>, id: &str, address: &str) -> Result<()> {
    let endpoint = bind().await?;
    let id: EndpointId = id.parse()?;
    let server = EndpointAddr::from_parts(id, [TransportAddr::Ip(address.parse::<SocketAddr>()?)]);
    let connection = Rc::new(endpoint.connect(server, ALPN).await?);
    println!();
    while let Some(line) = input.recv().await {
        let mut words = line.split(' ');
        let (load, concurrency, milliseconds) = (words.next(), words.next(), words.next());
        let bytes = if load == Some("bulk") { BULK } else { SMALL };
        let concurrency: usize = concurrency.ok_or("missing concurrency")?.parse()?;
        let window = Duration::from_millis(milliseconds.ok_or("missing milliseconds")?.parse()?);
        println!("{}", run(&connection, bytes, concurrency, window).await?);
    }
    connection.close(0u32.into(), b"done");
    endpoint.close().await;
    Ok(())
}

/// Runs a closed loop. The amount counts calls for small messages and bytes for large ones, as in
/// `apps/bench`.
async fn run(
    connection: &Rc<Connection>,
    bytes: usize,
    concurrency: usize,
    window: Duration,
) -> Result<String> {
    let header = frame(HEADER, &[1; HEADER_BYTES])?;
    let message = frame(0, &vec![7; bytes])?;
    let started = Instant::now();
    let loops: Vec<_> = (0..concurrency)
        .map(|_| {
            let (connection, header, message) = (Rc::clone(connection), header.clone(), message.clone());
            spawn_local(async move {
                let mut latencies: Vec<Duration> = Vec::new();
                let mut before = started;
                while before - started < window {
                    call(&connection, &header, &message).await.map_err(|error| error.to_string())?;
                    let now = Instant::now();
                    latencies.push(now - before);
                    before = now;
                }
                std::result::Result::<_, String>::Ok(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for one in loops {
        latencies.extend(one.await??);
    }
    let seconds = started.elapsed().as_secs_f64();
    let amount = latencies.len() * if bytes == BULK { BULK } else { 1 };
    let mut micros = String::new();
    if concurrency == 1 {
        for latency in latencies {
            let comma = if micros.is_empty() { "" } else { "," };
            write!(micros, "{comma}{:.1}", latency.as_secs_f64() * 1e6)?;
        }
    }
    Ok(format!(r#"{{"amount":{amount},"seconds":{seconds},"latenciesUs":[{micros}]}}"#))
}

async fn call(connection: &Connection, header: &Bytes, message: &Bytes) -> Result<()> {
    let (mut send, mut receive) = connection.open_bi().await?;
    send.write_all_chunks(&mut [header.clone(), message.clone()]).await?;
    send.finish()?;
    let mut reply = Bytes::from(receive.read_to_end(LARGEST).await?);
    let (_, echoed) = take_frame(&mut reply)?;
    let (flags, _) = take_frame(&mut reply)?;
    if echoed.len() + LENGTH_AND_FLAGS != message.len() || flags != TRAILER {
        return Err("the reply differs from the request".into());
    }
    Ok(())
}
