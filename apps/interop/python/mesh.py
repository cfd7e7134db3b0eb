"""A producer of aster-rpc in a mesh, by commands on stdin. Payloads are texts."""

import asyncio
import json
import os
import time

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import EndpointConfig, IrohNode, gossip_client, net_client  # noqa: E402
from aster.runtime import _coerce_node_addr  # noqa: E402
from aster.trust.bootstrap import (  # noqa: E402
    handle_producer_admission_connection,
    make_ephemeral_mesh_state,
)
from aster.trust.gossip import (  # noqa: E402
    derive_gossip_topic,
    handle_producer_message,
    sign_producer_message,
    verify_producer_message,
)
from aster.trust.mesh import ClockDriftConfig, ProducerMessage  # noqa: E402

import commands  # noqa: E402
from iroh_node import NODES, Node  # noqa: E402

ALPN = b"aster.producer_admission"
MESH = {}


async def start(command):
    """Opens the node, founds a mesh and admits producers; returns its address and the topic."""
    secret = bytes.fromhex(command["secretKey"])
    config = EndpointConfig(
        alpns=[], relay_mode="disabled", bind_addr="127.0.0.1:0", secret_key=secret
    )
    node = await IrohNode.memory_with_alpns([ALPN], config)
    root = bytes.fromhex(command["root"])
    NODES["node"] = Node(node)
    MESH.update(secret=secret, root=root, state=make_ephemeral_mesh_state(root))
    MESH["accepting"] = asyncio.create_task(accept(node))
    info = node.node_addr_info()
    MESH["id"] = info.endpoint_id
    MESH["state"].accepted_producers.add(info.endpoint_id)
    return {
        "address": {
            "endpointId": info.endpoint_id,
            "directAddresses": list(info.direct_addresses),
        },
        "topic": MESH["state"].topic_id.hex(),
    }


async def accept(node):
    while True:
        _, connection = await node.accept_aster()
        asyncio.create_task(
            handle_producer_admission_connection(
                connection,
                own_root_pubkey=MESH["root"],
                own_state=MESH["state"],
                persist_state=False,
            )
        )


async def listen(command):
    """Joins the topic of the mesh, without peers."""
    await subscribe([])


async def join(command):
    """Requests admission at a producer and joins its topic; returns the answer."""
    address = _coerce_node_addr(command["address"])
    connection = await net_client(NODES["node"].node).connect_node_addr(address, ALPN)
    send, recv = await connection.open_bi()
    request = {"credential_json": command["credential"], "iid_token": ""}
    await send.write_all(json.dumps(request).encode())
    await send.finish()
    answer = json.loads(bytes(await recv.read_to_end(64 * 1024)))
    state = MESH["state"]
    state.accepted_producers.update(answer["accepted_producers"])
    state.salt = bytes.fromhex(answer["salt"])
    state.topic_id = derive_gossip_topic(MESH["root"], state.salt)
    MESH["connection"] = connection
    await subscribe([command["peer"]])
    return {**answer, "topic": state.topic_id.hex()}


async def subscribe(peers):
    gossip = gossip_client(NODES["node"].node)
    MESH["topic"] = await gossip.subscribe(bytes(MESH["state"].topic_id), peers)


async def say(command):
    """Signs and broadcasts a message."""
    message = sign_producer_message(
        command["type"],
        command["payload"].encode(),
        MESH["id"],
        int(time.time() * 1000),
        MESH["secret"],
    )
    wire = {
        "type": message.type,
        "payload": message.payload.hex(),
        "sender": message.sender,
        "epoch_ms": message.epoch_ms,
        "signature": message.signature.hex(),
    }
    await MESH["topic"].broadcast(json.dumps(wire, separators=(",", ":")).encode())


async def hear(command):
    """Waits for a message of a type; returns what the package makes of it."""
    while True:
        kind, content = await MESH["topic"].recv()
        if kind != "received":
            continue
        wire = json.loads(bytes(content))
        message = ProducerMessage(
            type=wire["type"],
            payload=bytes.fromhex(wire["payload"]),
            sender=wire["sender"],
            epoch_ms=wire["epoch_ms"],
            signature=bytes.fromhex(wire["signature"]),
        )
        key = bytes.fromhex(message.sender)
        events = []
        await handle_producer_message(
            message,
            MESH["state"],
            ClockDriftConfig(),
            {message.sender: key},
            lambda event, payload: events.append([event, vars(payload)]),
        )
        if message.type == command["type"]:
            return {
                "sender": message.sender,
                "isSigned": verify_producer_message(message, key),
                "events": events,
                "members": sorted(MESH["state"].accepted_producers),
            }


OPERATIONS = {"start": start, "listen": listen, "join": join, "say": say, "hear": hear}

asyncio.run(commands.serve(OPERATIONS, NODES))
