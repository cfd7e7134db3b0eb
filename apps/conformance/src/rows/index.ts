import type { Row } from "../row-kinds/row.ts";
import { basicRows } from "./basic.ts";
import { cancellationRows } from "./cancellation.ts";
import { compressionRows } from "./compression.ts";
import { contractRows } from "./contract.ts";
import { credentialRows } from "./credentials.ts";
import { deadlineRows } from "./deadlines.ts";
import { errorRows } from "./errors.ts";
import { grpcRows } from "./grpc.ts";
import { interceptorRows } from "./interceptors.ts";
import { lifecycleRows } from "./lifecycle.ts";
import { metadataRows } from "./metadata.ts";
import { modeRows } from "./modes.ts";
import { retryRows } from "./retries.ts";
import { scenarioRows } from "./scenarios.ts";
import { inSessionRows } from "./sessions/in-session.ts";
import { sessionFrameRows } from "./sessions/session-frames.ts";
import { sessionRows } from "./sessions/sessions.ts";
import { exactSizeRows, sizeRows } from "./sizes.ts";
import { timeoutRows } from "./timeouts.ts";
import { trailerRows } from "./trailers.ts";
import { unexpectedRequestRows } from "./unexpected/requests.ts";
import { unexpectedResponseRows } from "./unexpected/responses.ts";

/** All rows of the conformance table. */
export const rows: readonly Row[] = [
  ...grpcRows,
  ...compressionRows,
  ...basicRows,
  ...errorRows,
  ...cancellationRows,
  ...timeoutRows,
  ...deadlineRows,
  ...metadataRows,
  ...trailerRows,
  ...sizeRows,
  ...exactSizeRows,
  ...interceptorRows,
  ...retryRows,
  ...lifecycleRows,
  ...inSessionRows,
  ...modeRows,
  ...contractRows,
  ...credentialRows,
  ...scenarioRows,
  ...sessionRows,
  ...sessionFrameRows,
  ...unexpectedRequestRows,
  ...unexpectedResponseRows,
];
