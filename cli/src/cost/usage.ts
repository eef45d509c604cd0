import { DAYS } from './price';

/** What a month brings, which no template says. Amounts are a month's for the whole stage unless they say otherwise. */
export interface Usage {
  readonly requestsPerDay: number;
  readonly requestKb: number;
  readonly responseKb: number;
  /** Fargate task-hours over the scaling minimum, of each scaled service: deployments, peaks. */
  readonly addedTaskHours: number;
  /** What a task on Spot costs of its list price: it moves between 0.3 and 0.5. */
  readonly spotShareOfPrice: number;
  /** Through all NAT gateways: model calls, image pulls, AWS services without an endpoint. */
  readonly natGb: number;
  /** Through each interface endpoint. */
  readonly endpointGb: number;
  /** Between tasks and data in the other zone. */
  readonly crossZoneGb: number;
  /** Into each log group of a container. */
  readonly containerLogKbPerRequest: number;
  readonly flowLogGb: number;
  readonly firewallLogGb: number;
  /** Into each log group of a function. */
  readonly functionLogGb: number;
  /** Into each log group of a database. */
  readonly databaseLogGb: number;
  /** Into each log group of a cache. */
  readonly cacheLogGb: number;
  readonly trailLogGb: number;
  /** Into each log group of any other kind. */
  readonly otherLogGb: number;
  /** The month of storage that a GB of logs takes once it is compressed, in GB. */
  readonly logCompression: number;
  /** Metrics of its own that each container service emits. */
  readonly metricsPerService: number;
  /** Of each key and of each secret. */
  readonly keyRequests: number;
  readonly secretRequests: number;
  /** Rows and indexes in each database, and what a day changes. */
  readonly databaseUsedGb: number;
  readonly databaseChangedGbPerDay: number;
  /** Data in each cache: the size of one snapshot. */
  readonly cacheDataGb: number;
  /** Of each serverless cache. */
  readonly cacheMillionEcpus: number;
  /** Of each function that events call, and of each that only deployments, rotations and operators call. */
  readonly functionInvocations: number;
  readonly rareFunctionInvocations: number;
  readonly functionMs: number;
  /** Of each bucket. */
  readonly bucketGb: number;
  readonly bucketWrites: number;
  /** Of each table. */
  readonly tableGb: number;
  readonly tableMillionWrites: number;
  readonly tableMillionReads: number;
  /** Of each queue, and each topic. */
  readonly queueMillionRequests: number;
  readonly topicMillionRequests: number;
  /** In each image repository. */
  readonly imageGb: number;
  readonly trailMillionDataEvents: number;
}

export type Profile = 'dev' | 'staging' | 'production' | 'highTraffic';

const production: Usage = {
  requestsPerDay: 50_000,
  requestKb: 2,
  responseKb: 20,
  addedTaskHours: 20,
  spotShareOfPrice: 0.3,
  natGb: 20,
  endpointGb: 10,
  crossZoneGb: 50,
  containerLogKbPerRequest: 1,
  flowLogGb: 5,
  firewallLogGb: 1,
  functionLogGb: 0.05,
  databaseLogGb: 0.5,
  cacheLogGb: 0.1,
  trailLogGb: 1,
  otherLogGb: 0.1,
  logCompression: 0.15,
  metricsPerService: 9,
  keyRequests: 100_000,
  secretRequests: 50_000,
  databaseUsedGb: 50,
  databaseChangedGbPerDay: 1,
  cacheDataGb: 1,
  cacheMillionEcpus: 10,
  functionInvocations: 200_000,
  rareFunctionInvocations: 200,
  functionMs: 200,
  bucketGb: 10,
  bucketWrites: 50_000,
  tableGb: 2,
  tableMillionWrites: 2,
  tableMillionReads: 2,
  queueMillionRequests: 1,
  topicMillionRequests: 0.1,
  imageGb: 2,
  trailMillionDataEvents: 1,
};

const dev: Usage = {
  ...production,
  requestsPerDay: 10_000,
  addedTaskHours: 5,
  natGb: 5,
  endpointGb: 2,
  crossZoneGb: 5,
  flowLogGb: 1,
  firewallLogGb: 0.1,
  functionLogGb: 0.01,
  databaseLogGb: 0.1,
  cacheLogGb: 0.02,
  trailLogGb: 0.2,
  otherLogGb: 0.02,
  keyRequests: 20_000,
  secretRequests: 10_000,
  databaseUsedGb: 10,
  databaseChangedGbPerDay: 0.1,
  cacheDataGb: 0.1,
  cacheMillionEcpus: 1,
  functionInvocations: 20_000,
  bucketGb: 2,
  bucketWrites: 10_000,
  tableGb: 0.2,
  tableMillionWrites: 0.2,
  tableMillionReads: 0.2,
  queueMillionRequests: 0.2,
  topicMillionRequests: 0.01,
  trailMillionDataEvents: 0.1,
};

const highTraffic: Usage = {
  ...production,
  requestsPerDay: 500_000,
  addedTaskHours: 100,
  natGb: 50,
  endpointGb: 50,
  crossZoneGb: 300,
  flowLogGb: 15,
  firewallLogGb: 5,
  databaseLogGb: 1,
  keyRequests: 500_000,
  secretRequests: 100_000,
  databaseUsedGb: 80,
  databaseChangedGbPerDay: 2,
  cacheDataGb: 3,
  cacheMillionEcpus: 100,
  functionInvocations: 1_000_000,
  bucketGb: 50,
  bucketWrites: 500_000,
  tableGb: 10,
  tableMillionWrites: 10,
  tableMillionReads: 10,
  queueMillionRequests: 5,
  topicMillionRequests: 0.5,
  trailMillionDataEvents: 10,
};

/** What is assumed of a stage unless a usage file says otherwise. */
export const USAGE: { readonly [profile in Profile]: Usage } = { dev, staging: dev, production, highTraffic };

/** Requests a month, in millions. */
export function millionRequests({ requestsPerDay }: Usage): number {
  return (requestsPerDay * DAYS) / 1e6;
}
