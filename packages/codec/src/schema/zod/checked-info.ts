import type { TypeScope } from "../type-scope.ts";
import { hasChecks, type WireDefinition } from "../wire-definition.ts";
import type { WireField, WireType, WireTypeInfo } from "../wire-type.ts";

/** The same type through a schema with checks or metadata of its own. */
export class CheckedInfo implements WireTypeInfo {
  readonly base: WireDefinition;
  readonly schema: WireType;

  constructor(base: WireDefinition, schema: WireType) {
    this.base = base;
    this.schema = schema;
  }

  get tag(): string {
    return this.base.tag;
  }
  get namespace(): string {
    return this.base.namespace;
  }
  get name(): string {
    return this.base.name;
  }
  get fields(): readonly WireField[] {
    return this.base.fields;
  }
  get class(): (new (...args: never[]) => unknown) | undefined {
    return this.base.class;
  }
  get scope(): TypeScope {
    return this.base.scope;
  }
  get refs(): boolean {
    return this.base.refs;
  }
  get typeId(): number | undefined {
    return this.base.typeId;
  }
  get hasRefinements(): boolean {
    return hasChecks(this.schema) || this.base.hasRefinements;
  }
}
