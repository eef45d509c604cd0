import { accessRequirements } from '../data/access-requirements';
import { backupRequirements } from '../data/backup-requirements';
import { cacheRequirements } from '../data/cache-requirements';
import { databaseRequirements } from '../data/database-requirements';
import { residencyRequirements } from '../data/residency-requirements';
import { costTagRequirements } from '../governance/cost-tag-requirements';
import { encryptionRequirements } from '../governance/encryption-requirements';
import { jobRequirements } from '../jobs/job-requirements';
import { networkRequirements } from '../network/network-requirements';
import { firewallRequirements } from '../service/firewall-requirements';
import { loadBalancerRequirements } from '../service/load-balancer-requirements';
import { scalingRequirements } from '../service/scaling-requirements';
import { gatewayRequirements, serviceRequirements } from '../service/service-requirements';
import type { Requirement } from './requirement';

/** Every capability's list: a line each. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...networkRequirements,
  ...serviceRequirements,
  ...gatewayRequirements,
  ...scalingRequirements,
  ...loadBalancerRequirements,
  ...firewallRequirements,
  ...databaseRequirements,
  ...cacheRequirements,
  ...accessRequirements,
  ...backupRequirements,
  ...jobRequirements,
  ...residencyRequirements,
  ...encryptionRequirements,
  ...costTagRequirements,
];
