// The contract: values that servers and clients import.
import { defineService, serverStream, unary, wireType } from "@aster/rpc/contract";
import { z } from "zod";

export const Post = wireType("room/Post", {
  author: z.string().min(1),
  text: z.string().min(1).max(1000),
});
export const Posted = wireType("room/Posted", { number: z.int() });
export const ReadRequest = wireType("room/ReadRequest", { limit: z.int().positive().default(20) });
export const Join = wireType("room/Join", { name: z.string().min(1) });
export const Say = wireType("room/Say", { text: z.string().min(1).max(1000) });
export const Joined = wireType("room/Joined", { members: z.array(z.string()) });

/** The data of the error of `join` for a name that a member has. */
export const NameTaken = wireType("room/NameTaken", { name: z.string() });

export const Room = defineService(
  "Room",
  { version: 1 },
  { post: unary(Post, Posted, { timeoutMs: 5_000 }), read: serverStream(ReadRequest, Post) },
);

/** One session is one member: it has a name from `join` until it ends. */
export const Member = defineService(
  "Member",
  { version: 1, scoped: "session" },
  {
    join: unary(Join, Joined, { errors: { NameTaken } }),
    say: unary(Say, Posted),
  },
);
