import { AsterClient, AsterServer, implement, type RpcError, statusName } from "@aster/rpc";
import { generateRootKeypair, signCredential } from "@aster/trust";
import { newIdentity } from "@aster/trust/files";
import { missionControlServices } from "../services/definitions.ts";
import { MissionControlHandlers } from "../services/mission-control.ts";

const { MissionControl } = missionControlServices({ auth: true });

// the operator: an offline root key signs a credential for the key of each node
const root = await generateRootKeypair();
const edge = newIdentity();
const ops = newIdentity();
const edgeCredential = await signCredential(root.secretKey, {
  endpointId: edge.endpointId,
  roles: ["status", "ingest"],
  expiresIn: "30d",
});
const opsCredential = await signCredential(root.secretKey, {
  endpointId: ops.endpointId,
  roles: ["status", "logs", "admin", "ingest"],
  expiresIn: "30d",
});

// the server knows the public root key only
const denied: string[] = [];
await using server = await AsterServer.start({
  services: [implement(MissionControl, new MissionControlHandlers())],
  rootPubkey: root.publicKey,
  onDenied: ({ gate, cause }) => denied.push(`gate ${gate}: ${cause}`),
});
const outcome = (call: PromiseLike<unknown>) =>
  call.then(
    () => "OK",
    ({ code }: RpcError) => statusName(code),
  );

console.log("no credential:", await outcome(AsterClient.connect(server.address)));

const edgeKey = { secretKey: edge.secretKey.expose(), credential: edgeCredential };
await using edgeClient = await AsterClient.connect(server.address, edgeKey);
const agent = edgeClient.client(MissionControl);
console.log("edge, getStatus:", await outcome(agent.getStatus({ agent_id: "edge-node-7" })));
console.log("edge, tailLogs:", await outcome(agent.tailLogs({}).next()));

// any of "logs" and "admin" is enough
const opsKey = { secretKey: ops.secretKey.expose(), credential: opsCredential };
await using opsClient = await AsterClient.connect(server.address, opsKey);
await using tail = opsClient.client(MissionControl).tailLogs({});
const entry = tail.next();
const reporting = setInterval(() => void agent.submitLog({ message: "link is up" }), 20);
console.log("ops, tailLogs:", (await entry).value?.message);
clearInterval(reporting);

console.log("denied:", denied.join(", "));
