import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";
import { Bench, BlobSchema, CountSchema, NoteSchema } from "./bench_pb.ts";

function serializer<Desc extends DescMessage>(schema: Desc) {
  return (message: MessageShape<Desc>): Buffer => {
    const bytes = toBinary(schema, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

function method<Req extends DescMessage, Res extends DescMessage>(
  name: string,
  request: Req,
  response: Res,
  streams: { readonly requestStream: boolean; readonly responseStream: boolean },
): MethodDefinition<MessageShape<Req>, MessageShape<Res>> {
  return {
    path: `/${Bench.typeName}/${name}`,
    requestSerialize: serializer(request),
    requestDeserialize: (bytes) => fromBinary(request, bytes),
    responseSerialize: serializer(response),
    responseDeserialize: (bytes) => fromBinary(response, bytes),
    ...streams,
  };
}

const unary = { requestStream: false, responseStream: false };

/** The generated service in the form of grpc-js. protobuf-es encodes the messages. */
export const benchService = {
  echo: method("Echo", NoteSchema, NoteSchema, unary),
  feed: method("Feed", CountSchema, NoteSchema, { requestStream: false, responseStream: true }),
  collect: method("Collect", NoteSchema, CountSchema, {
    requestStream: true,
    responseStream: false,
  }),
  echoBlob: method("EchoBlob", BlobSchema, BlobSchema, unary),
};
