import type { ClientStack, ServerStack, StackName } from "./stack.ts";

/** Loads one stack, so that a process contains only the stack that it measures. */
export function loadServer(name: StackName): Promise<ServerStack> {
  switch (name) {
    case "ours":
      return import("./aster/server.ts");
    case "ours-closed":
      return import("./aster/closed-server.ts");
    case "ours-intercepted":
      return import("./aster/intercepted-server.ts");
    case "grpc-js":
      return import("./grpc/server.ts");
    case "connect-node":
      return import("./connect/server.ts");
    case "trpc-ws":
      return import("./trpc/server.ts");
  }
}

export function loadClient(name: StackName): Promise<ClientStack> {
  switch (name) {
    case "ours":
      return import("./aster/client.ts");
    case "ours-closed":
      return import("./aster/closed-client.ts");
    case "ours-intercepted":
      return import("./aster/intercepted-client.ts");
    case "grpc-js":
      return import("./grpc/client.ts");
    case "connect-node":
      return import("./connect/client.ts");
    case "trpc-ws":
      return import("./trpc/client.ts");
  }
}
