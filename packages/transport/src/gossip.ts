// Gossip: messages to all members of a topic.

export type { Gossip, JoinOptions, Topic, TopicEvent } from "./gossip/topic.ts";
export { gossipOf } from "./gossip/topic.ts";
