interface Visit {
  readonly node: string;
  readonly next: Iterator<string>;
}

/**
 * Returns the strongly connected components of a graph, each before those that have edges to it.
 *
 * `order` lists the nodes and `edges` their successors; both determine the order of the result.
 */
export function componentsOf(
  order: Iterable<string>,
  edges: (node: string) => readonly string[],
): readonly (readonly string[])[] {
  const search = new ComponentSearch(edges);
  for (const root of order) search.visit(root);
  return search.components;
}

/** Tarjan's algorithm without recursion, so that a long chain of types cannot exhaust the stack. */
class ComponentSearch {
  readonly components: string[][] = [];
  readonly #edges: (node: string) => readonly string[];
  readonly #index = new Map<string, number>();
  readonly #low = new Map<string, number>();
  readonly #open: string[] = [];
  readonly #isOpen = new Set<string>();

  constructor(edges: (node: string) => readonly string[]) {
    this.#edges = edges;
  }

  visit(root: string): void {
    if (this.#index.has(root)) return;
    const path: Visit[] = [this.#enter(root)];
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { value: target, done } = visit.next.next();
      if (done) {
        path.pop();
        this.#leave(visit.node);
        const parent = path.at(-1);
        if (parent) this.#lower(parent.node, this.#low.get(visit.node) ?? 0);
      } else if (!this.#index.has(target)) {
        path.push(this.#enter(target));
      } else if (this.#isOpen.has(target)) {
        this.#lower(visit.node, this.#index.get(target) ?? 0);
      }
    }
  }

  #enter(node: string): Visit {
    this.#index.set(node, this.#index.size);
    this.#lower(node, this.#index.size - 1);
    this.#open.push(node);
    this.#isOpen.add(node);
    return { node, next: this.#edges(node)[Symbol.iterator]() };
  }

  #leave(node: string): void {
    if (this.#low.get(node) !== this.#index.get(node)) return;
    const component = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of component) this.#isOpen.delete(member);
    this.components.push(component);
  }

  #lower(node: string, value: number): void {
    this.#low.set(node, Math.min(this.#low.get(node) ?? value, value));
  }
}
