interface Visit {
  readonly node: string;
  readonly next: Iterator<string>;
}

/**
 * Strongly connected components of a graph (Tarjan), each before those that lead to it. Without
 * recursion, so that a long chain of types does not exhaust the stack.
 *
 * `order` gives the nodes and `edges` their successors; both decide the order of the result.
 */
export function componentsOf(
  order: Iterable<string>,
  edges: (node: string) => readonly string[],
): readonly (readonly string[])[] {
  const components: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();

  const lower = (node: string, value: number) => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };
  const enter = (node: string): Visit => {
    index.set(node, index.size);
    lower(node, index.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, next: edges(node)[Symbol.iterator]() };
  };
  const leave = (node: string) => {
    if (low.get(node) !== index.get(node)) return;
    const start = open.lastIndexOf(node);
    const component = open.splice(start);
    for (const member of component) isOpen.delete(member);
    components.push(component);
  };

  for (const root of order) {
    if (index.has(root)) continue;
    const path: Visit[] = [enter(root)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { value: target, done } = visit.next.next();
      if (done) {
        path.pop();
        leave(visit.node);
        const parent = path.at(-1);
        if (parent) lower(parent.node, low.get(visit.node) ?? 0);
      } else if (!index.has(target)) {
        path.push(enter(target));
      } else if (isOpen.has(target)) {
        lower(visit.node, index.get(target) ?? 0);
      }
    }
  }
  return components;
}
