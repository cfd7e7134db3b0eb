"""An agent in Python: asks the server at the address in the first argument for its status."""

import asyncio
import sys

from aster.runtime import AsterClient


async def main() -> None:
    client = AsterClient(address=sys.argv[1])
    await client.connect()
    # a proxy needs no types: it learns the methods from the server
    mission = client.proxy("MissionControl")
    reply = await mission.getStatus({"agent_id": "edge-node-7"})
    print(f"{reply['agent_id']} is {reply['status']}", flush=True)
    await client.close()


asyncio.run(main())
