// npm run call -- ADDRESS [IDENTITY]: reads a sensor, of a server or the best one of a registry.
import { AsterClient } from "@aster/rpc";
import { Sensors } from "./sensors.ts";

const [address = "", identity = "keys/client.identity"] = process.argv.slice(2);
const client = address.includes("@")
  ? await AsterClient.connect({ registry: address, service: Sensors, identity })
  : await AsterClient.connect(address, { identity });
try {
  console.log(await client.client(Sensors).read({}));
} finally {
  await client.close();
}
