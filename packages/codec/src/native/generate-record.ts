import { canGenerate } from "../fory/generated-engine.ts";
import { Source } from "../fory/source.ts";
import { TypeId } from "../fory/type-id.ts";
import { firstSmallId, zeroId } from "./native-id.ts";
import { numberBytes, putNumber } from "./native-number.ts";
import type { ReadRecord, Shape, WriteRecord } from "./shape.ts";

/** Only plain names become code, as the names of properties; `__proto__` would not be one. */
const plainName = /^(?!__proto__$)[A-Za-z_$][\w$]{0,63}$/;
/** Records of a shape before code is generated for it. */
const patience = 16;
const maxKeys = 64;

/** Code lives as long as the process, and shapes come from peers too: each side gets a fixed amount of it. */
const maxGenerated = 1_024;
let writersLeft = maxGenerated;
let readersLeft = maxGenerated;

/** The generated writer of a shape, once it is worth it. */
export function writerOf(shape: Shape): WriteRecord | undefined {
  if (++shape.writes !== patience || writersLeft === 0 || !isGenerable(shape)) return undefined;
  writersLeft--;
  shape.write = generateWriter(shape);
  return shape.write;
}

/** The generated reader of a shape, once it is worth it. */
export function readerOf(shape: Shape): ReadRecord | undefined {
  if (++shape.reads !== patience || readersLeft === 0 || !isGenerable(shape)) return undefined;
  readersLeft--;
  shape.read = generateReader(shape);
  return shape.read;
}

function isGenerable({ keys, tag }: Shape): boolean {
  return (
    tag === undefined &&
    keys.length > 0 &&
    keys.length <= maxKeys &&
    keys.every((key) => plainName.test(key)) &&
    canGenerate()
  );
}

/** In the code `w` is the writer, `o` the object, `d` the depth of its values, `b` the bytes, `p` the place. */
function generateWriter({ keys }: Shape): WriteRecord {
  const source = new Source();
  const put = source.constant(putNumber);
  const room = `b=w.room(p,${keys.length * numberBytes});`;
  source.add(`let v,p=w.pos,${room}`);
  for (const key of keys) {
    source.add(
      `v=o.${key};if(typeof v==="number")p=${put}(b,p,v);` +
        `else{w.pos=p;if(typeof v==="string")w.text(v);else w.value(v,d);p=w.pos;${room}}`,
    );
  }
  source.add("w.pos=p;");
  return source.compile("w,o,d") as WriteRecord;
}

/**
 * The same names for `r`, the reader. The object exists before its values, which may refer to it;
 * reading behind the end gives undefined, which is no id.
 */
function generateReader({ keys }: Shape): ReadRecord {
  const source = new Source();
  const empty = keys.map((key) => `${key}:undefined`).join(",");
  source.add(`const b=r.bytes,o={${empty}};let p=r.pos,c;r.objects.push(o);`);
  for (const key of keys) {
    source.add(
      `c=b[p];if(c>=${firstSmallId}){o.${key}=c-${zeroId};p++;}` +
        `else{r.pos=p;if(c===${TypeId.string}){r.pos=p+1;o.${key}=r.text();}else o.${key}=r.value(d);p=r.pos;}`,
    );
  }
  source.add("r.pos=p;return o;");
  return source.compile("r,d") as ReadRecord;
}
