/** A demand a line: its id, its kind and what is asked for. Written by scripts/demands.mjs. */
export const DOC = `
DOC-1.1 template CDN, load balancer, app tier, worker queue, PostgreSQL: one topology
DOC-1.2 runtime Redis holds active documents (short TTL), metadata and ETags (longer TTL), published versions (immutable, no expiry), sessions and limits; reads take under 1 ms
DOC-1.3 template A search cluster (Elasticsearch, here OpenSearch) when asked for; PostgreSQL full-text with a GIN index as the simple default
DOC-1.4 runtime Change log: recent in PostgreSQL, older archived to a document store (MongoDB) with TTL clean-up and long-term retention; one query reads both
DOC-1.5 runtime Large documents: metadata in PostgreSQL, compressed content in S3 behind the CDN, lifecycle rules
DOC-1.6 runtime Very large documents (several MB) are split into chunks: the visible ones load first, more are fetched in parallel, only changed chunks are saved
DOC-1.7 runtime Real-time collaboration: more than 10 simultaneous editors without lost edits, conflicts resolved automatically, offline editing that syncs on reconnection (OT or CRDT over WebSocket)
DOC-1.8 runtime Search over documents tolerates typos, ranks by relevance and highlights matches, in milliseconds over millions of documents; the PostgreSQL default finds and ranks with fewer features
DOC-1.9 template Storage grows in four phases, each switched on by itself: PostgreSQL with Redis and S3; search and archive; chunking; real-time collaboration
DOC-1.10 runtime Without real-time collaboration, a save with a stale ETag is refused as a conflict
DOC-2.1 process Pull request: lint, tests, preview deployment; main: build, tests, staging, production
DOC-2.2 template Blue-green with fast rollback; canary for risky changes
DOC-2.3 runtime Database migrations that stay backward compatible (expand, then contract), run by the deployment
DOC-2.4 process Delivery by GitHub Actions with AWS CodeDeploy; infrastructure versioned and auditable (Terraform)
DOC-3.1 template Sign-in by SSO, OAuth2/OIDC (Cognito or Auth0) with JWT, and MFA set up so that privileged operations can require it (the check itself is DOC-3.6)
DOC-3.2 template AES-256 at rest with managed keys that rotate; TLS 1.3 enforced in transit; all secrets rotate automatically in Secrets Manager
DOC-3.3 template Region-locked deployments
DOC-3.4 runtime User data purge endpoint
DOC-3.5 template Least privilege, MFA for production access, audit logs kept long
DOC-3.6 runtime JWTs are verified, the roles viewer, editor and publisher decide each operation, and a privileged operation without MFA is refused
DOC-3.7 process SOC 2: a readiness page, with the auditor engaged well before launch
DOC-4.1 template App tier scales on CPU between a minimum and a maximum; database read replicas scale on connection pool utilization
DOC-4.2 runtime Backpressure: operations queue under load, oldest dropped if need be; change batches adapt to typing
DOC-4.3 template Failure injection runs regularly (zone loss, task loss, database failover, latency)
DOC-4.4 runtime Typical document operations finish in under 1 s
DOC-5.1 template Golden signals: latency p50, p95, p99; traffic and throughput; error rate; saturation; critical (high errors, severe latency) pages on-call, warning (saturation) opens a ticket, info is logged
DOC-5.2 template Recent logs are in hot storage, older ones in cold storage for the long term
DOC-5.3 template Distributed tracing of critical paths with sampling: all slow requests, a share of fast ones
DOC-5.4 template Dashboards for business (user activity, document operations), operations (service status, deployment frequency) and cost (compute, database, cache, storage, data transfer)
DOC-5.5 runtime Every log line is structured JSON with a trace id; all errors are kept, successful operations are sampled
DOC-6.1 template One region with backups in another; active-active over regions when asked for
DOC-6.2 process Regular right-sizing review (scale down what is underused, merge low-traffic services, reserved instances once a year); on-call rotation with primary and secondary; blameless post-mortem template with action tracking
DOC-6.3 process A disaster recovery runbook for the loss of the region
DOC-6.4 template Runbooks of common issues are automated
DOC-6.5 template Document storage uses intelligent tiering
`;
