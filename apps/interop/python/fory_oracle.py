"""pyfory as a judge: JSON lines on stdin and stdout, types and values as fixtures/fory/notation.py says.

A line has `compatible`, `ref`, `types`, `root`, and `value`, `hex` or both. The answer has `hex`, the value
as pyfory writes it, and `value`, what pyfory reads from the bytes given; or `error`. With `reader`, the
types that the reader has in place of `types`, `value` is read from the bytes given, `own` from pyfory's; where
it refuses to read, `refused` and `own_refused` say why.
Which generation of Fory speaks is a matter of which pyfory is installed.
"""

import json
import pathlib
import sys

from json_lines import claim_stdout

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "fixtures" / "fory"))
from notation import World  # noqa: E402


def answer(line):
    try:
        world = World(line["types"], line["compatible"], line["ref"])
        out = {}
        if "value" in line:
            out["hex"] = world.encode(line["value"], line["root"]).hex()
        if "reader" in line:
            out |= evolved(line, out["hex"])
        elif "hex" in line:
            # what was written must not help to read
            reader = World(line["types"], line["compatible"], line["ref"])
            out["value"] = reader.decode(bytes.fromhex(line["hex"]))
        return out
    except Exception as reason:
        return {"error": f"{type(reason).__name__}: {reason}"[:500]}


def evolved(line, own):
    out = {}
    for name, prefix, data in (("value", "", line["hex"]), ("own", "own_", own)):
        try:
            out[name] = World(line["reader"], line["compatible"], line["ref"]).decode(bytes.fromhex(data))
        except Exception as reason:
            out[prefix + "refused"] = f"{type(reason).__name__}: {reason}"[:300]
    return out


def main():
    emit = claim_stdout()
    for text in sys.stdin:
        if text.strip():
            emit(answer(json.loads(text)))


if __name__ == "__main__":
    main()
