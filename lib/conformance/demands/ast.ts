/** A demand a line: its id, its kind and what is asked for. Written by scripts/demands.mjs. */
export const AST = `
AST-1.1 runtime Per-user limits of 10 a minute, 100 an hour and 500 a day in Redis-backed sliding windows, each limit a setting
AST-1.2 runtime Global limits: 100 concurrent, 1,000 an hour
AST-1.3 runtime Cost limits: 5 USD a day per user, 100 USD a day in all; cost is computed and tracked per call
AST-1.4 runtime 429 with Retry-After; when Redis is away, requests pass (fail open) and it is measured
AST-1.5 runtime GET /assistant/stats (a user's use) and GET /assistant/health
AST-1.6 runtime Under 5 ms added per request
AST-2.1 runtime Query cache: full responses in Redis for 24 h, keyed by a hash of user id, query and top sources; a hit answers in under 1 s
AST-2.2 runtime Embedding cache: Redis, 7 days, keyed by text
AST-2.3 runtime Context cache: in memory, LRU, 1 h, keyed by user id and chunk ids
AST-2.4 runtime Invalidation: per user when notes change, all by a version key, selective or full by an administrator
AST-2.5 template Watched per cache level: hit rate (target over 60 % for the query cache), memory (alarm over 500 MB), eviction rate, savings of cached against uncached requests
AST-3.1 runtime GET /metrics exposes histograms assistant_query_duration_seconds (endpoint, user_tier) and assistant_token_usage (token_type); counters assistant_queries_total (endpoint, status, cached), assistant_errors_total (endpoint, error_type), assistant_api_cost_usd_total (user_id, model), assistant_rate_limit_exceeded_total (limit_type); gauges assistant_cache_hit_rate (cache_level) and assistant_concurrent_queries
AST-3.2 template Dashboard of four panels: requests (p50, p95, p99, queries a second, error %), cost (per hour, top 10 users, 24 h forecast), cache (hit rate of query, embedding and context, memory, evictions), system health (concurrent queries, rate limit events, breaker state, Redis connection)
AST-3.3 template Alarms: error rate > 5 % for 5 min, p99 > 10 s for 5 min and daily cost > 100 USD are critical and go to PagerDuty; cache hit rate < 50 % for 30 min and rate limit events > 10 a minute are warnings and go to Slack
AST-3.4 runtime Over the daily cost, the feature switches itself off, and can be switched on again
AST-3.5 runtime A user whose cost passes 5 USD in a day is mailed
AST-4.1 runtime Breaker closed, open, half-open: 5 failures (provider timeouts, 500s, connection errors) in 60 s open it for 30 s, one success closes it; while open it falls back to the cached answer of a similar query, else to a message that the service is temporarily unavailable and may be tried again in a moment
AST-5.1 runtime Models, tokenizers and embedding clients load once per process and are shared, not loaded per request: about 2 s the first time, under 0.2 s after it
AST-6.1 runtime Trace spans assistant.query over assistant.embed, assistant.retrieve, assistant.build_context, assistant.generate (over hf.chat_completion and hf.response_parse) and assistant.post_process, with attributes user_id, query_length, chunks_retrieved, tokens.query, tokens.context, tokens.output, cost_usd, cached
AST-7.1 runtime user_api_costs keeps one row per user_id and date: query_count, total_cost_usd and avg_cost_per_query as decimal(10,8), created_at; GET /api/v1/admin/costs/daily, GET /api/v1/admin/costs/users/top (10 users) and GET /api/v1/user/costs/me read it
AST-7.2 template Cost dashboard: daily trend over 7 days, histogram of cost per user, cost per query type, projection to the end of the month
AST-8.1 process Load test: 1,000 concurrent users, 100 queries a second for 1 hour, a spike to 500 a second, and the limits hold under it
AST-8.2 runtime Failure test: a simulated provider outage opens the breaker, cached answers are served, and recovery is automatic
AST-8.3 runtime Cost test over 1,000 requests: cost is tracked, cache savings and limits are shown, actual stands beside projected (0.00026 USD a request: 0.26 USD a day without cache, 0.104 with 60 % hits; at 10,000 a day 78 and 31.20 USD a month)
AST-8.4 process Integration tests run all assistant features together, and rate limiting is documented with curl examples and a load test template
AST-9.1 template Objectives of the assistant, watched: cached answers < 1 s, uncached < 5 s, p99 < 5 s, error rate < 1 %
AST-9.2 template Model cost under 50 USD a day is an objective, watched below the 100 USD limit
AST-9.3 runtime With the provider out, under 20 % of requests go unanswered
AST-9.4 process Time to recovery under 5 minutes, measured in the failure rehearsals from alarm to recovered
`;
