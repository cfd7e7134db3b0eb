import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Contender } from "../contender.ts";
import type { PlainSuiteName } from "../suite.ts";
import { suites } from "../suite.ts";
import { FloatsSchema, MissionSchema, OrderSchema, PointsSchema } from "./codec_pb.ts";

function contender<Desc extends DescMessage>(
  schema: Desc,
  value: MessageInitShape<Desc>,
): Contender {
  // created once, because creation is not measured
  const message = create(schema, value);
  return {
    encode: () => toBinary(schema, message),
    decode: (bytes) => fromBinary(schema, bytes),
  };
}

/** Code of protoc-gen-es. */
export function protobufEs(suite: PlainSuiteName): Contender {
  switch (suite) {
    case "small":
      return contender(OrderSchema, suites.small);
    case "mission":
      return contender(MissionSchema, suites.mission);
    case "list1000":
      return contender(PointsSchema, suites.list1000);
    case "floats":
      return contender(FloatsSchema, { values: Array.from(suites.floats.values) });
  }
}
