/** A demand a line: its id, its kind and what is asked for. Written by scripts/demands.mjs. */
export const CTX = `
CTX-1.1 runtime Results are cached by content (SHA-256 of text or URL); a repeat answers in under 50 ms
CTX-1.2 runtime If-None-Match with the content's hash gives 304 with X-Cache: HIT and ETag; new content gives 200 with X-Cache: MISS, ETag (the content hash) and Cache-Control: public, max-age=3600
CTX-1.3 runtime TTL 1-24 h, configurable; invalidation by hand and by time; kept in Redis
CTX-1.4 runtime POST /v1/collections/{id}/documents with features[] (feature_extractor_id, version, payload) processes a document and returns its enrichments: the route that caching, batch, async and versioning are about
CTX-1.5 runtime The cache's effect is measured: at 80 % hits, processing and cost fall by 80 % (1,000,000 requests a month at 0.01 USD: 10,000 to 2,000 USD, 416 to 83 compute-hours)
CTX-2.1 template CDN with edge compute in front of the API, and each edge region has a cache layer and an origin API of its own
CTX-2.2 template The six regions can each run the platform: us-east-1, us-west-2, eu-west-1, eu-central-1, ap-southeast-1, ap-northeast-1
CTX-2.3 template Anycast DNS and geo-routing send a client to the nearest healthy region, and to the lawful one where the law asks for regional processing
CTX-2.4 template Models replicate across regions
CTX-2.5 template Latency targets by geography: North America < 50 ms, Europe < 80, Asia-Pacific < 100, South America < 120, and < 100 ms end to end for real-time bidding: watched
CTX-2.6 process The edge's effect stands beside its cost: latency from 300 ms to 50 ms, capacity 3-5 times, cost about 20 % more, each as estimated and as measured
CTX-3.1 runtime POST /v1/collections/{id}/documents/batch takes documents[] of object_id and features, works them in parallel on a worker pool with pooled connections, and answers per item with partial success, about 2,000 ms for all where one takes 1,500 ms
CTX-4.1 runtime POST /v1/collections/{id}/documents?async=true with document and webhook_url returns at once with job_id, status queued and estimated_time_ms
CTX-4.2 runtime The job's end is posted to the webhook_url with job_id, status (completed), document_id, enrichments and processing_time_ms
CTX-4.3 runtime GET /v1/jobs/{id} tells status and result
CTX-4.4 template Job queue with a worker pool that scales
CTX-5.1 runtime Token bucket per API key with tiers: Free 100, Starter 1,000, Pro 10,000, Business 100,000 requests an hour, Enterprise custom, with burst
CTX-5.2 runtime Every answer carries X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset (epoch seconds) and X-RateLimit-Tier (the tier's name in lower case)
CTX-5.3 runtime 429 carries Retry-After in seconds and a JSON body: error (rate_limit_exceeded), limit, window (such as 1h) and retry_after, equal to the header
CTX-5.4 runtime Limits degrade gracefully: past a limit a caller gets a clear 429 or a cached answer, and with the limiter's store away requests are served as AST-1.4 says, never failed by the limiter itself
CTX-6.1 template Three performance modes watched as objectives, target at p95 / SLA at p99: standard < 1,500 / < 3,000 ms, fast < 500 / < 1,000, real-time < 100 / < 250
CTX-6.2 runtime GET /v1/status/performance answers latency.p50, .p95, .p99 (ms), availability.uptime_pct, availability.incidents_24h and cache_hit_rate
CTX-6.3 runtime A request can choose standard, fast or real-time mode, and real-time is served by lighter models or from the cache only
CTX-6.4 process Rate limits per tier and latency target and SLA per mode are documented for callers
CTX-7.1 runtime A model registry; a request pins a version by features[].feature_extractor_id and .version, a collection by PUT /v1/collections/{id} with feature_extractors.{name}.version and .auto_upgrade, which can be false
CTX-7.2 runtime Requests are routed to model versions by traffic split, for A/B tests and gradual rollout, and a version with problems is rolled back
CTX-8.1 runtime PUT /v1/collections/{id}/settings takes retention.documents, retention.enrichments and retention.analytics (samples 30d, 90d, 365d), and what is older is deleted automatically
CTX-8.2 runtime With privacy.pii_filtering true in those settings, PII is detected and stripped before processing
CTX-8.3 runtime privacy.regional_processing (such as eu-west-1) and privacy.data_residency (such as eu) pin processing and storage; a request elsewhere is refused or routed
CTX-8.4 runtime DELETE /v1/collections/{id}/documents/{doc_id}?permanent=true erases for good (GDPR article 17), including caches, replicas and derived data, with proof
CTX-9.1 runtime Indexes serve equality of metadata->>'url', containment (@>) in enrichments->'taxonomies' and recent documents by created_at descending, shown by the query plan; analytics have materialized views
CTX-9.2 template Read replicas for scale
CTX-10.1 runtime POST /v1/webhooks registers url, events (document.completed and enrichment.failed among them), retry_policy (max_attempts, backoff, timeout in ms) and security (signature_header, hmac_secret)
CTX-10.2 runtime Retries with exponential backoff (1, 2, 4 s ...), 3 attempts by default, 10 s timeout
CTX-10.3 runtime Deliveries are signed by HMAC with the endpoint's secret, in a header whose name the endpoint chooses (signature_header, X-Mixpeek-Signature in the sample)
CTX-10.4 runtime GET /v1/webhooks/{id}/deliveries answers deliveries[] with id, status (success, failed), attempts, latency_ms of a success and last_error of a failure
CTX-11.1 template Isolation levels shared, isolated and dedicated per tenant: dedicated nodes in a chosen region, a dedicated database, customer-managed keys
CTX-11.2 runtime POST /v1/organizations/{org_id}/infrastructure takes isolation_level (shared, isolated, dedicated), compute.dedicated_nodes, compute.region, storage.dedicated_db and storage.encryption (customer_managed_keys)
CTX-12.1 runtime GET /v1/analytics/usage answers period (such as last_30_days), metrics.api_calls, .documents_processed, .cache_hit_rate, .avg_latency_ms, .cost_estimate and by_feature (a count per feature)
CTX-12.2 runtime GET /v1/analytics/realtime answers requests_per_second, active_connections and queue_depth
CTX-12.3 template Analytics dashboard
CTX-13.1 runtime GET /v1/health?deep=true answers status, version, dependencies (database: status, latency_ms; model_service: status, latency_ms, circuit_breaker; cache: status, hit_rate; status healthy or degraded among others) and capacity.current_load, capacity.available_slots
CTX-13.2 runtime Circuit breaker per dependency with graceful degradation
`;
