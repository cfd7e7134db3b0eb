/** A status report of an agent: nested, with lists and a map, about 450 bytes. */
export const mission = {
  agentId: "agent-7f3a-eu-west-12",
  state: "running",
  sinceMs: 1_795_251_600_123,
  loads: [0.12, 0.5, 0.25, 0.975],
  capabilities: ["edge", "eu-west", "gpu"],
  attributes: { owner: "mission control", image: "agent:4.2.1", channel: "stable" },
  place: { region: "eu-west", zone: "b", x: 1.5, y: -2.25 },
  tasks: [
    { id: 101, title: "collect the readings", progress: 0.5, urgent: false, labels: ["sensor"] },
    { id: 102, title: "compact the journal", progress: 0, urgent: false, labels: [] },
    {
      id: 103,
      title: "report to the fleet",
      progress: 0.875,
      urgent: true,
      labels: ["fleet", "hourly"],
    },
  ],
};
