import { TypeId } from "../../bytes/type-id.ts";
import { recordMaker } from "../../codegen/record-maker.ts";
import { canGenerate, Source } from "../../codegen/source.ts";
import { firstSmallId, NativeId, zeroId } from "../native-id.ts";
import { numberBytes, putInteger, putLongNumber } from "../native-number.ts";
import type { ReadRecord, Shape, WriteRecord, WriteRecords } from "./shape.ts";

/**
 * Number of records of a shape that are handled before code is generated for it: generating costs
 * as much as hundreds of records.
 */
const patience = 16;
/** Larger records are rare, and their code would be long. */
const maxKeys = 64;

/**
 * Generated functions live as long as the process, and peers can send any number of shapes: writers
 * and readers have a fixed budget each.
 */
const maxGenerated = 1_024;
let writersLeft = maxGenerated;
let readersLeft = maxGenerated;

/** Returns the generated writer of a shape once the shape is frequent enough. */
export function writerOf(shape: Shape): WriteRecord | undefined {
  if (++shape.writes !== patience || writersLeft === 0 || !isGenerable(shape)) return undefined;
  writersLeft--;
  shape.write = generateWriter(shape);
  shape.writeAll = generateListWriter(shape);
  return shape.write;
}

/** Returns the generated reader of a shape once the shape is frequent enough. */
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
    !keys.includes("__proto__") &&
    canGenerate()
  );
}

/**
 * Generates the writer of one record. In the code `w` is the writer, `o` the object, `d` the depth
 * of its values, `b` the bytes, `p` the position.
 */
function generateWriter({ keys }: Shape): WriteRecord {
  const source = new Source();
  source.add(`let v,p=w.pos,${roomFor(keys)}`);
  source.add(valueWriters(source, keys));
  source.add("w.pos=p;");
  return source.compile("w,o,d") as WriteRecord;
}

/**
 * Generates the writer of a list `a` of `n` items from `i` on. It stops at an item that is not a
 * plain object with exactly these keys.
 */
function generateListWriter(shape: Shape): WriteRecords {
  const { keys } = shape;
  const source = new Source();
  const prototypeOf = source.constant(Object.getPrototypeOf);
  const plain = source.constant(Object.prototype);
  const cases = keys.map(
    (key, place) => `case ${place}:if(k!==${source.constant(key)})break all;break;`,
  );
  source.add(
    `const h=w.headOf(${source.constant(shape)});if(h<0||d>w.maxDepth)return i;` +
      "const s=w.identities;let b=w.bytes,p=w.pos,o,v,j;d++;" +
      `all:for(;i<n;i++){o=a[i];if(typeof o!=="object"||o===null||${prototypeOf}(o)!==${plain})break;` +
      `j=0;for(const k in o)switch(j++){${cases.join("")}default:break all;}if(j!==${keys.length})break;` +
      `if((j=s.add(o,undefined))>=0){if(w.keeps){w.pos=p;w.refer(j);p=w.pos;continue;}s.again(o,undefined);}${roomFor(keys)}b[p++]=h;`,
  );
  source.add(valueWriters(source, keys));
  source.add("}w.pos=p;return i;");
  return source.compile("w,a,i,n,d") as WriteRecords;
}

function roomFor(keys: readonly string[]): string {
  return `b=w.room(p,${keys.length * numberBytes + 1});`;
}

function valueWriters(source: Source, keys: readonly string[]): string {
  const small = source.constant(putInteger);
  const large = source.constant(putLongNumber);
  const room = roomFor(keys);
  return keys
    .map(
      (key) =>
        `v=${source.property("o", key)};if(typeof v==="number"){if((v|0)===v&&(v!==0||1/v>0))p=${small}(b,p,v);else p=${large}(b,p,v);}` +
        `else if(typeof v==="string"){p=w.textAt(p,v);${room}}else{w.pos=p;w.value(v,d);p=w.pos;${room}}`,
    )
    .join("\n");
}

/**
 * Ids up to this one, and some others, are of values without references. The object need not exist
 * before they are read.
 */
const lastPlainId = TypeId.string;
const plainIds = [TypeId.none, NativeId.undefined, NativeId.textAgain];

/**
 * Generates the reader of one record, with the same names and `r` as the reader. The object is made
 * when all its values are read, or before the first one that may refer to it. Reading behind the
 * end gives undefined, which is not an id.
 */
function generateReader({ keys }: Shape): ReadRecord {
  const source = new Source();
  const maker = source.constant(recordMaker(keys));
  const values = keys.map(() => source.variable());
  const nests = [`c>${lastPlainId}`, ...plainIds.map((id) => `c!==${id}`)].join("&&");
  source.add("const b=r.bytes,e=r.end,s=r.objects,i=s.push(undefined)-1;let p=r.pos,c,n,o;");
  for (const x of values) {
    source.add(
      `let ${x};c=b[p];if(c>=${firstSmallId}){${x}=c-${zeroId};p++;}else if(c===${TypeId.string}){c=b[p+1];` +
        // Latin-1 with a head of one byte
        `if((c&131)===0&&(n=c>>2)<=e-p-2){${x}=r.shortText(p+2,n);p+=n+2;}` +
        `else{r.pos=p+1;${x}=r.text();p=r.pos;}}` +
        // a number of one byte
        `else if(c===${NativeId.reference}&&(n=b[p+1])<128&&(n=s[n])!==undefined){${x}=n;p+=2;r.repeats=true;}` +
        `else{if(o===undefined&&${nests})s[i]=o=new ${maker}();r.pos=p;${x}=r.value(d);p=r.pos;}`,
    );
  }
  source.add(
    `r.pos=p;if(o===undefined)return s[i]=new ${maker}(${values.join(",")});` +
      `${keys.map((key, place) => source.set("o", key, values[place] as string)).join("")}return o;`,
  );
  return source.compile("r,d") as ReadRecord;
}
