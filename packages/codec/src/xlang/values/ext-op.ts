import { TypeId } from "../../bytes/type-id.ts";
import { extForm, extValue } from "../../schema/ext-value.ts";
import type { ExtType } from "../../schema/field-type.ts";
import type { TypeScope } from "../../schema/type-scope.ts";
import type { Bind } from "../binding.ts";
import { identityOf } from "../identity-of.ts";
import { nameReader, nameWriter } from "../name-info.ts";
import { Flag, readFlagged } from "../references.ts";
import { plainOp, type ValueOp, withInfo } from "./value-op.ts";

/**
 * The op of an ext: instances of a class of the program's, in the form of another type
 * (docs/fory.md, "Own types").
 */
export function extOp(type: ExtType, scope: TypeScope, bind: Bind): ValueOp {
  const { named, form } = type;
  let made: ValueOp | undefined;
  const inner = (): ValueOp => {
    if (!made) {
      const op = bind.ops.of(form.type, scope);
      made = form.type.kind === "struct" ? withInfo(op) : op;
    }
    return made;
  };
  const op = plainOp(
    TypeId.ext,
    (w, value, depth, keeps) => {
      const given = extForm(type, value);
      if (!form.nullable) inner().write(w, given, depth + 1, keeps);
      else if (given === null || given === undefined) w.putByte(Flag.null);
      else {
        w.putByte(Flag.value);
        inner().write(w, given, depth + 1, keeps);
      }
    },
    (r, depth, keeps) => {
      const empty = form.optional ? undefined : null;
      const given = form.nullable
        ? readFlagged(r, inner(), depth + 1, empty, keeps)
        : inner().read(r, depth + 1, keeps);
      return extValue(type, given);
    },
    64,
    `ext ${named.tag} ${identityOf(named)}`,
  );
  const readOwnInfo = nameReader("ext", named, bind.profile);
  const self: ValueOp = {
    ...op,
    writeInfo: nameWriter("ext", named, bind.profile),
    readInfo(r) {
      readOwnInfo(r);
      return self;
    },
  };
  return self;
}
