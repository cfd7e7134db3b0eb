"""The registry of aster-rpc, by commands on stdin."""

import asyncio
import dataclasses
import os

os.environ.setdefault("ASTER_RELAY_MODE", "disabled")

from aster import blobs_client, docs_client, gossip_client  # noqa: E402
from aster.contract import identity  # noqa: E402
from aster.registry.acl import RegistryACL  # noqa: E402
from aster.registry.client import RegistryClient  # noqa: E402
from aster.registry.gossip import RegistryGossip  # noqa: E402
from aster.registry.publisher import RegistryPublisher  # noqa: E402
from aster.runtime import AsterServer  # noqa: E402

import commands  # noqa: E402
from iroh_node import NODES, start  # noqa: E402
from testkit_service import Testkit  # noqa: E402

OPEN = {}


class Server:
    """A server that the runner of the commands can close."""

    def __init__(self, server):
        self.server = server

    async def close(self):
        await self.server.close()


async def create(command):
    """Creates a registry; returns its namespace, its author and a writer ticket."""
    docs = docs_client(NODES["node"].node)
    OPEN["doc"] = await docs.create()
    OPEN["author"] = await docs.create_author()
    ticket = await OPEN["doc"].share_with_addr("write")
    return {"namespace": OPEN["doc"].doc_id(), "author": OPEN["author"], "ticket": ticket}


async def join(command):
    """Joins the registry of a writer ticket; returns its author."""
    docs = docs_client(NODES["node"].node)
    OPEN["doc"], OPEN["events"] = await docs.join_and_subscribe(command["ticket"])
    OPEN["author"] = await docs.create_author()
    return {"author": OPEN["author"]}


async def join_topic(command):
    """Joins the topic of the registry's gossip."""
    gossip = gossip_client(NODES["node"].node)
    topic = await gossip.subscribe(bytes.fromhex(command["topic"]), command["peers"])
    OPEN["gossip"] = RegistryGossip(topic)


async def next_event(command):
    """Returns the next gossip event of a type."""
    async for event in OPEN["gossip"].listen():
        if int(event.type) == command["type"]:
            return {"service": event.service, "endpointId": event.endpoint_id, "version": event.version}


def publisher():
    """The publisher of the node's author."""
    if "publisher" not in OPEN:
        blobs = blobs_client(NODES["node"].node)
        OPEN["publisher"] = RegistryPublisher(OPEN["doc"], OPEN["author"], OPEN.get("gossip"), blobs)
    return OPEN["publisher"]


async def publish(command):
    """Publishes the contract of the Testkit service; returns its id."""
    info = Testkit.__aster_service_info__
    roots = [t for m in info.methods.values() for t in (m.request_type, m.response_type)]
    defs = identity.resolve_with_cycles(identity.build_type_graph(roots))
    hashes = {
        name: identity.compute_type_hash(identity.canonical_xlang_bytes(one)) for name, one in defs.items()
    }
    contract = identity.ServiceContract.from_service_info(info, hashes)
    return await publisher().publish_contract(
        identity.canonical_xlang_bytes(contract),
        info.name,
        info.version,
        channel=command.get("channel"),
        type_defs=defs if command.get("collection") else None,
    )


async def advertise(command):
    """Writes a lease for an endpoint."""
    await publisher().register_endpoint(
        command["contractId"],
        command["service"],
        command["version"],
        endpoint_id=command["endpointId"],
        direct_addrs=command.get("directAddresses", []),
        health_status=command.get("health", "ready"),
    )


async def set_health(command):
    """Changes the health of the lease."""
    await publisher().set_health(command["health"])


async def withdraw(command):
    """Ends the lease."""
    await publisher().withdraw(0)


def client():
    """The client of the registry, which remembers the numbers of leases."""
    if "client" not in OPEN:
        blobs = blobs_client(NODES["node"].node)
        OPEN["client"] = RegistryClient(OPEN["doc"], acl=OPEN.get("acl"), blobs=blobs)
    return OPEN["client"]


async def resolve(command):
    """Resolves a service; returns the lease, or null."""
    try:
        lease = await asyncio.wait_for(
            client().resolve(
                command["service"], version=command.get("version"), channel=command.get("channel")
            ),
            5,
        )
    except (LookupError, asyncio.TimeoutError):
        return None
    return dataclasses.asdict(lease)


async def fetch(command):
    """Downloads the collection of a contract and returns its bytes as hex."""
    blobs = blobs_client(NODES["node"].node)
    await blobs.download_collection_hash(command["collectionHash"], command["endpointId"])
    content = await client().fetch_contract(command["contractId"])
    return content.hex()


async def reload_acl(command):
    """Reads the access lists; returns the writers."""
    OPEN["acl"] = RegistryACL(OPEN["doc"], OPEN["author"])
    await OPEN["acl"].reload()
    return sorted(await OPEN["acl"].get_writers())


async def add_writer(command):
    """Adds a writer to the access list."""
    acl = RegistryACL(OPEN["doc"], OPEN["author"])
    await acl.add_writer(command["author"])


async def serve(command):
    """Starts a server; returns its address and the namespace of its registry."""
    server = AsterServer([Testkit()], allow_all_consumers=True)
    await server.start()
    server.serve()
    NODES["server"] = Server(server)
    return {"address": server.endpoint_addr_b64, "namespace": server._registry_namespace}


OPERATIONS = {
    "start": start,
    "create": create,
    "join": join,
    "joinTopic": join_topic,
    "nextEvent": next_event,
    "publish": publish,
    "advertise": advertise,
    "setHealth": set_health,
    "withdraw": withdraw,
    "resolve": resolve,
    "fetch": fetch,
    "reloadAcl": reload_acl,
    "addWriter": add_writer,
    "serve": serve,
}

asyncio.run(commands.serve(OPERATIONS, NODES))
