import type { ApiKeyOptions } from '../access/api-keys';
import type { Migrations } from '../data/database/migrations';
import type { Ingress } from '../gateway/ingress';
import type { JobOptions } from '../jobs/job-options';
import type { LoadBalancerOptions } from '../service/api-service';
import type { ContainerOptions } from '../service/container-options';
import type { Domain } from '../service/domain';
import type { FirewallProps } from '../service/firewall';
import type { ServiceImage } from '../service/service-image';
import type { WebhookOptions } from '../webhooks/webhook-options';
import type { BackupCopies } from './backup-copies';
import type { StageSizing } from './stage-sizing';

/**
 * Who the cost of a platform is told to (REC-11.4).
 *
 * @example
 * import type { CostAllocation } from 'plinth';
 *
 * const costAllocation: CostAllocation = { project: 'recommendations', team: 'platform' };
 */
export interface CostAllocation {
  /** The project, as the tag `project` of every resource. */
  readonly project: string;

  /** The team, as the tag `team` of every resource. */
  readonly team: string;
}

/**
 * What a platform is made from, whatever its stage.
 *
 * @example
 * import { Domain, type PlatformProps, ServiceImage } from 'plinth';
 *
 * const props: PlatformProps = {
 *   image: ServiceImage.fromRegistry('registry.example.com/team/api:1.4.2'),
 *   domain: Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com'),
 *   costAllocation: { project: 'recommendations', team: 'platform' },
 * };
 */
export interface PlatformProps {
  /** The image that holds the API. */
  readonly image: ServiceImage;

  /** The tags that tell whose cost it is. */
  readonly costAllocation: CostAllocation;

  /**
   * The name that clients call.
   * @default - none: allowed in dev only, whose load balancer is then internal and speaks HTTP
   */
  readonly domain?: Domain;

  /**
   * The numbers of the stage.
   * @default - those that go with the stage's name
   */
  readonly sizing?: StageSizing;

  /**
   * How the app container runs.
   * @default - user 1000, read-only root with /tmp in memory, no environment but PORT
   */
  readonly container?: ContainerOptions;

  /**
   * What stands between the load balancer and the app, and the limits of its routes.
   * @default Ingress.gateway()
   */
  readonly ingress?: Ingress;

  /**
   * Which requests need an API key; the keys lie in a table of the stage.
   * @default - none does: everybody may call everything
   */
  readonly access?: ApiKeyOptions;

  /**
   * Work that takes longer than a request, submitted on `/v1/jobs`; it takes API keys.
   * @default - none
   */
  readonly jobs?: JobOptions;

  /**
   * What happens, told to the endpoints of tenants, which they manage on `/v1/webhooks`; it takes API keys.
   * @default - none
   */
  readonly webhooks?: WebhookOptions;

  /**
   * The firewall's settings.
   * @default - the firewall's defaults
   */
  readonly firewall?: FirewallProps;

  /**
   * The load balancer's settings; whether it refuses to be deleted is the sizing's.
   * @default - TLS 1.2, port 80 redirects, not sticky
   */
  readonly loadBalancer?: LoadBalancerOptions;

  /**
   * The migrations that every deployment brings the database to before the service.
   * @default - extension, roles and schema only
   */
  readonly migrations?: Migrations;

  /**
   * Where else backups are kept, which takes data that is retained.
   * @default - data stays in its region
   */
  readonly backupCopies?: BackupCopies;

  /**
   * The address range of the network, /16 to /20.
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;
}
