/** A demand a line: its id, its kind and what is asked for. Written by scripts/demands.mjs. */
export const VEC = `
VEC-1.1 runtime Histogram vector_search_duration_seconds with labels query_type and result_count gives p50, p95 and p99 of vector search
VEC-1.2 runtime Metrics: index memory (gauge faiss_index_memory_bytes in the document) and its growth, embedding success rate, read and write time of vectors in the store, search result quality
VEC-1.3 template Prometheus metrics are collected and shown on Grafana dashboards in real time, traces are collected by OpenTelemetry, critical failures alert through PagerDuty
VEC-1.4 runtime Vector operations emit OpenTelemetry spans and the Prometheus metrics of VEC-1.1 and VEC-1.2
VEC-2.1 template Daily automated export to object storage of vectors, their metadata and mappings, and search analytics data (index state optional, it can be rebuilt); point-in-time recovery; backups stored in another region
VEC-2.2 template Recovery is tested on a schedule
VEC-2.3 process Four recovery plans, each with the command that carries it out: corrupt store (restore the latest backup), corrupt index (rebuild from the stored vectors), provider outage (cached embeddings or a mock provider), complete loss (rebuild from the source content)
VEC-2.4 runtime While the embedding provider is out, search goes on with cached embeddings or a mock provider, and returns when it is back
VEC-3.1 runtime Breakers for the embedding provider (rate limits, outages), vector write failures, index memory exhaustion and search timeouts open after 5 failures and stay open for 60 s (60,000 ms)
VEC-4.1 runtime Move to another vector store in four phases switched by configuration: dual write, shadow traffic, gradual reads, full cut-over with rollback
VEC-5.1 template Main backend (posts, sign-in, feed), vector service (embedding, vector store, index) and search service (query, ranking, search API) run, scale, deploy and fail apart, with service discovery and traces across them, and with the choice of gRPC or REST and the consistency between them written down
VEC-6.1 template CDN caches popular search results by query hash, search suggestions, static search assets and embedding responses, distributed geographically, with invalidation
VEC-7.1 template Multi-region: one write region with read replicas in others, the index in step across regions, and the consistency of results stated
VEC-8.1 template Search scales from 2 to 20 on CPU 70 % and memory 80 %, on request volume and on index size; embedding on its queue's backlog; memory-intensive work scales vertically; scaling is predictive besides
VEC-9.1 template ML operations: feature extraction from search interactions, a feature store for search signals, a training pipeline for ranking models, a registry with model versions and their deployment
VEC-9.2 runtime Ranking models are served online, A/B tested against each other and monitored for their performance
VEC-10.1 runtime Search at the edge: vector index near the user, embeddings made there, local search that keeps the query private
VEC-11.1 template Vectors encrypted at rest and in transit, access control on administrative operations, audit of sensitive operations and of access to search data, rate limits and DDoS protection on the vector API
VEC-11.2 process Infrastructure as code, deployment runbooks and procedures, disaster recovery playbooks, performance tuning guide
VEC-11.3 template Spot for batch work, reserved capacity advice, cost monitoring and alerts
VEC-11.4 runtime Vectors and search data have a retention period, and go when the content or the person they come from is erased (GDPR)
VEC-11.5 runtime Search is personalized only for users who consented; without consent, or after its withdrawal, personal signals are not used
`;
