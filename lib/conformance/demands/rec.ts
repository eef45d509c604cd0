/** A demand a line: its id, its kind and what is asked for. Written by scripts/demands.mjs. */
export const REC = `
REC-1.1 template Serverless managed container orchestration: ECS on Fargate, no instances to manage
REC-1.2 template Containers scale automatically on CPU and on memory
REC-1.3 template Runs Docker images; an image can come from a registry, from ECR or be built from a folder
REC-1.4 template Liveness probe (container health check) and readiness probe (target group) are both wired
REC-1.5 template Rolling deployments without downtime: never below 100 % healthy, circuit breaker with rollback
REC-1.6 template Tasks run in at least 2 availability zones
REC-1.7 template 1-2 vCPU and 2-4 GB per container; other sizes need an explicit opt-out
REC-1.8 template 2 tasks at least; 10-20 at most
REC-1.9 template Targets: CPU 70 %, memory 80 %
REC-1.10 template Scale up after 2 minutes of sustained high load, down after 5 minutes of sustained low load
REC-1.11 runtime Containers serve a liveness path and GET /api/health/ready, which succeeds only while the container can serve
REC-2.1 template Managed PostgreSQL 14 or later
REC-2.2 runtime pgvector is installed by the deployment itself (CREATE EXTENSION), idempotently, with upgrade and clear failure
REC-2.3 runtime Cosine-distance similarity search works, with an index that serves it
REC-2.4 template ACID: no parameter weakens durability (fsync, full_page_writes, synchronous_commit)
REC-2.5 template Automated daily backups kept at least 7 days, point-in-time recovery on
REC-2.6 template Multi-AZ database with automatic failover
REC-2.7 template Read replicas on request
REC-2.8 template Database class: dev 2 vCPU / 4 GB, prod 4 vCPU / 16 GB
REC-2.9 template SSD storage, 100 GB at least, 3,000+ IOPS in prod, storage autoscaling on
REC-2.10 template max_connections 200-500 by instance size
REC-2.11 runtime Application-level connection pooling: min 10, max 50 per container, connection timeout 30 s
REC-2.12 runtime Vector search under 100 ms over 1,348 categories; other queries under 50 ms on average
REC-2.13 runtime Indexes on category_id and on the embedding
REC-2.14 process A manual snapshot before a major change is one command, and the pipeline takes one before a production deploy
REC-2.15 template Cross-region backup replication on request
REC-3.1 template Managed Redis 6+ or compatible cache
REC-3.2 template Cluster mode for horizontal scaling
REC-3.3 template Primary plus 1-2 read replicas in several zones with automatic failover (its 30 s are REC-3.10)
REC-3.4 template Cache data is persistent, by append-only file (AOF) and by RDB snapshots
REC-3.5 template Size: dev 1 GB, prod 4-8 GB
REC-3.6 template LRU eviction
REC-3.7 runtime Sessions live 24 h and take about 1-5 KB each
REC-3.8 runtime API responses are cached for 5-15 min, configurable, at about 10-50 KB each
REC-3.9 runtime Rate-limit data in a 1 h sliding window, under 1 KB per user
REC-3.10 runtime After the loss of the cache's primary, clients read and write again in under 30 s
REC-4.1 template Layer-7 load balancer terminating TLS, HTTPS only
REC-4.2 template Health check GET /api/health/ready every 30 s, timeout 5 s, healthy after 2, unhealthy after 3
REC-4.3 template Sticky sessions on request
REC-4.4 template Cross-zone balancing
REC-4.5 template Connection draining 30-60 s
REC-4.6 template Routing by path and by host
REC-4.7 template Idle timeout 60 s
REC-4.8 runtime Request timeout: 30 s for API calls, 120 s for long-polling (chatbot) routes
REC-5.1 template CPU: scale up at 70 %, down at 30 %; memory: up at 80 %, down at 40 %
REC-5.2 template Scale up at 1,000 requests a minute per container
REC-5.3 template Scale up when p95 latency is over 500 ms
REC-5.4 template Scale-up adds 1-2 containers, cooldown 3 min; scale-down removes 1, cooldown 10 min
REC-5.5 template Between 2 and 20 containers
REC-5.6 runtime Database storage grows at 85 % use by 20 % or 10 GB, whichever is larger, up to 1 TB
REC-5.7 template Database compute is scaled on a schedule for known traffic patterns (and containers, where that is cheaper)
REC-5.8 process The database's instance class is scaled by hand on CPU and memory metrics: alarm, runbook and one prop to change
REC-6.1 template Own VPC over at least 2 zones: public subnets for the load balancer and the NAT gateways only, private subnets for containers, private (isolated) subnets for database and cache, with security groups between them
REC-6.2 template NAT for outbound calls
REC-6.3 template Load balancer: inbound 443 from the internet
REC-6.4 template Containers: inbound from the load balancer only
REC-6.5 template Database: 5432 from containers only. Cache: 6379 from containers only (platform functions that need them are named exceptions)
REC-6.6 template Network ACLs that deny all but what is required, per subnet tier
REC-7.1 template CPU, memory, disk and network metrics for every tier, on a dashboard
REC-7.2 template Request rate, error rate and latency (RED)
REC-7.3 template Database query performance is recorded (Database Insights, slow query log over 500 ms)
REC-7.4 template Cache hit and miss ratio
REC-7.5 runtime Latency and errors of calls to the model provider (OpenAI)
REC-7.6 runtime Structured JSON logs with levels ERROR, WARN, INFO, DEBUG, from every container and function
REC-7.7 template Log retention of 30 days or more, and four separate log types: application (business logic), access (HTTP requests), error (exceptions, failures), audit (user actions)
REC-7.8 template Critical alarms: service down (health checks fail), database connection failures, errors over 5 % of requests, p95 over 1 s
REC-7.9 template Warning alarms: CPU or memory over 80 %, cache evictions high, queries over 500 ms, model provider rate limiting
REC-7.10 template Critical alarms notify immediately, warning alarms with a delay, and the two go to different places
REC-7.11 runtime User actions are written to the audit log by the service (who, what, when, on what), apart from the administrative trail of REC-13.3
REC-8.1 template TLS 1.2 or later only, certificate renewed automatically; encrypted all the way (containers, database, cache)
REC-8.2 template HSTS with max-age 31536000
REC-8.3 template Secrets encrypted; database credentials rotate automatically; values injected as environment variables at run time; every access audited
REC-8.4 template HTTP is redirected to HTTPS
REC-8.5 template Secrets held: database credentials, OpenAI key, Redis password, internal API keys, session key
REC-8.6 template 100 requests a minute per IP at the firewall
REC-8.7 template WAF rules, IP allow and deny lists, geographic restrictions on request
REC-9.1 template Backups kept 7 days in dev, 30 in prod, encrypted, cross-region on request
REC-9.2 process Configuration is backed up: infrastructure as code in version control and snapshots of the environment variables that can be put back
REC-9.3 process RTO 1 h, RPO 24 h, with recovery procedures written and rehearsed
REC-9.4 template Database read replica in another region on request
REC-9.5 template Container images are versioned: tags immutable, earlier versions kept so that a rollback can pull them
REC-10.1 process Every commit: build, compile, lint, test, image build, image scan
REC-10.2 template Blue-green or rolling deployments with health checks before traffic moves and automatic rollback
REC-10.3 process Dev deploys on commit, staging by manual approval, prod by manual approval plus smoke tests
REC-11.1 template Spot capacity for non-critical work; scheduled scale-down in quiet hours; smaller sizes in dev
REC-11.2 template Old data moves to cheaper storage
REC-11.3 template Monthly budget with alerts at 50, 80 and 100 %; cost per service
REC-11.4 template Cost allocation tags on everything: environment (dev, staging, prod), service (api, database, cache), team, project
REC-11.5 process Monthly cost: dev 100-200 USD, prod 400-800 USD, high traffic 800-1,500 USD
REC-11.6 process Monthly production cost by component: containers 50-150 USD (2-10 of them), PostgreSQL of 4 vCPU and 16 GB 200-400, 100 GB SSD 10-20, backups 5-10, Redis of 4-8 GB 50-100, load balancer 20-30, data transfer 10-50, logs and metrics 20-50
REC-11.7 process Advice from use: containers sized by actual use, cache sized by its hit ratio, replicas only if needed, reserved instances for predictable load (also VEC-11.3, DOC-6.2)
REC-12.1 template API latency p50 < 200 ms, p95 < 500 ms, p99 < 1 s, watched as objectives
REC-12.2 runtime 100-500 requests a second at peak; 10,000-50,000 a day
REC-12.3 template 99.9 % availability, watched as an objective with an error budget
REC-12.4 runtime Vector search < 100 ms, simple queries < 50 ms, joins < 200 ms
REC-12.5 template Cache hit ratio > 80 % for frequently accessed data, latency < 5 ms, evictions < 10 % of requests: each alarmed
REC-13.1 template Data stays in one region unless replication is asked for
REC-13.2 template Encrypted at rest and in transit, everywhere
REC-13.3 template Audit trail: all administrative actions and all data reads and writes, immutable, kept 1 year or more
REC-13.4 process A page maps the duties of GDPR and CCPA, and of HIPAA and SOC 2 for dedicated tenants (CTX-11.1), to the demands that meet them, and says what is left to the operator
REC-14.1 runtime Model provider client: at most 10,000 requests a minute (a setting, as it depends on the account's tier), 30 s timeout a request, at most 3 retries with exponential backoff, breaker opens after 5 failures
REC-14.2 runtime When the provider is out: cached answers for common queries, else a clear message
REC-15.1 process A detailed architecture diagram, a load test that checks REC-12.1 and REC-12.2 under the expected load, a disaster recovery test that restores a backup, and written architecture, runbooks and procedures, each a file or a command of its own
`;
