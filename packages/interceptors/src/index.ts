export type { AuditLogOptions, AuditRecord } from "./audit-log.ts";
export { auditLogInterceptor } from "./audit-log.ts";
export type { AuthOptions } from "./auth.ts";
export { AUTHORIZATION_KEY, authInterceptor } from "./auth.ts";
export type { DeadlineOptions } from "./deadline.ts";
export { deadlineInterceptor } from "./deadline.ts";
export type { MethodMetrics, MetricsInterceptor, MetricsOptions } from "./metrics.ts";
export { DURATION_BUCKETS_MS, metricsInterceptor } from "./metrics.ts";
