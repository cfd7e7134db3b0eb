"""pyfory as the reference implementation of the codec, with requests and answers as JSON lines.

Types and values are in the notation of fixtures/fory/notation.py. A request has `compatible`, `ref`,
`types`, `root`, and `value`, `hex` or both. The answer has `hex`, the encoding of the value, and `value`,
decoded from the given bytes; or `error`.

A request with `reader` has the types of another version. Then `value` is decoded with them from the given
bytes and `own` from pyfory's own encoding; `refused` and `own_refused` are the errors of these decodings.
The installed pyfory determines the profile.
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
            # a new World, so that encoding leaves nothing that helps decoding
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
