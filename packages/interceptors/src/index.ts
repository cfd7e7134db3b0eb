export type { AuditLog, AuditLogOptions } from "./audit-log.ts";
export { AuditLogInterceptor, auditLog } from "./audit-log.ts";
export type { AuditLogger, AuditLogStats, AuditSink } from "./audit-sink.ts";
export type { AuthOptions, IdentityOptions } from "./auth.ts";
export { AUTHORIZATION_KEY, AuthInterceptor, auth } from "./auth.ts";
export type { CapabilityOptions } from "./capability.ts";
export { CapabilityInterceptor, capability } from "./capability.ts";
export type { DeadlineOptions } from "./deadline.ts";
export { DeadlineInterceptor, deadline } from "./deadline.ts";
// openTelemetry is in ./open-telemetry only, because it needs the package @opentelemetry/api
export type { MethodMetrics, MetricsOptions } from "./metrics.ts";
export { DURATION_BUCKETS_MS, MetricsInterceptor, metrics } from "./metrics.ts";
export type { RequestLogOptions } from "./request-log.ts";
export { RequestLogInterceptor, requestLog } from "./request-log.ts";
export type { ExpiringToken, TokenProvider } from "./token-source.ts";
