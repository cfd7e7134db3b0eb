const site = { region: "eu-west", zone: "b", host: "node-17.example.org" };

/** 100 nodes that share one object. */
export const graph = {
  nodes: Array.from({ length: 100 }, (_, id) => ({ id, site })),
};
