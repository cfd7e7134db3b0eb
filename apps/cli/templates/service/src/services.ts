import {
  AsterServer,
  type AsterServerOptions,
  implement,
  openGate,
  RpcError,
  StatusCode,
} from "@aster/rpc";
import { Member, Room } from "./contract.ts";
import { RoomState } from "./room.ts";

/** Returns the services over one room. */
export function roomServices(state: RoomState): object[] {
  const room = implement(Room, {
    post: (message) => ({ number: state.add(message) }),
    async *read({ limit }) {
      yield* state.latest(limit);
    },
  });
  // one instance for each session
  const member = implement(Member, () => {
    let author: string | undefined;
    return {
      join({ name }, context) {
        if (!state.enter(name)) throw context.error("NameTaken", { name });
        if (author !== undefined) state.leave(author);
        author = name;
        return { members: state.members };
      },
      say({ text }) {
        if (author !== undefined) return { number: state.add({ author, text }) };
        throw new RpcError(StatusCode.FAILED_PRECONDITION, "join the room first");
      },
      onSessionClose() {
        if (author !== undefined) state.leave(author);
      },
    };
  });
  return [room, member];
}

/** Starts the server, which admits everyone. The caller closes it. */
export function startServer(options: Partial<AsterServerOptions> = {}): Promise<AsterServer> {
  const services = roomServices(new RoomState());
  return AsterServer.start({ services, gate: openGate(), ...options });
}
