import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ApiService } from '../service/api-service';

/** @internal */
export interface JobProcessorSite {
  /** What is wrong is told of it. */
  readonly path: string;
  readonly kind: string;
  /** The worker's. */
  readonly role: iam.IRole;
  readonly attemptSeconds: number;
  /** Whose path is meant where a processor names no service. */
  readonly service?: ApiService;
}

/** @internal */
export interface BoundProcessor {
  /** As the worker's environment lists it. */
  readonly configuration: { readonly type: string; readonly functionName?: string; readonly url?: string };
  /** Whether the worker has to stand inside the VPC to reach it. */
  readonly isInside: boolean;
}

/**
 * Who does the work of a kind of jobs.
 *
 * @example
 * import { JobProcessor } from 'plinth';
 *
 * const processor = JobProcessor.http('/internal/jobs/reports');
 */
export class JobProcessor {
  /**
   * A function, invoked with the job and waited for.
   * @param processor the function itself; an alias or a version cannot be called by its plain name
   */
  static function(processor: lambda.IFunction): JobProcessor {
    return new JobProcessor((site) => bindFunction(site, processor));
  }

  /**
   * A path of a service, called by POST with a signature that its app has to verify. The path needs no API key (`access.publicPaths`) and
   * a route of its own (`Route.longPolling` in `ingress`), as jobs are slow by design: its deadline is what an attempt has.
   * @param path the path, such as /internal/jobs/reports
   * @param service the service; a platform's own where none is given
   */
  static http(path: string, service?: ApiService): JobProcessor {
    return new JobProcessor((site) => bindPath(site, path, service));
  }

  private constructor(
    /** @internal */
    readonly _bind: (site: JobProcessorSite) => BoundProcessor,
  ) {}
}

function bindFunction({ path, kind, role, attemptSeconds }: JobProcessorSite, processor: lambda.IFunction): BoundProcessor {
  if ('lambda' in processor) {
    throw new Error(
      `${path}: processors.${kind} must be a function itself, got ${processor.node.path}, an alias or a version; hand its function over`,
    );
  }
  const seconds = processor instanceof lambda.Function ? processor.timeout?.toSeconds() : undefined;
  if (seconds !== undefined && !Token.isUnresolved(seconds) && seconds > attemptSeconds) {
    throw new Error(
      `${path}: processors.${kind} must end within attemptTimeout (${attemptSeconds} seconds), got a timeout of ${seconds}; raise attemptTimeout or lower it`,
    );
  }
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [processor.functionArn] }));
  return { configuration: { type: 'function', functionName: processor.functionName }, isInside: false };
}

function bindPath({ path, kind, service: beside }: JobProcessorSite, target: string, given?: ApiService): BoundProcessor {
  const service = given ?? beside;
  if (!service) {
    throw new Error(
      `${path}: processors.${kind} must name the service of ${target}, got none; pass it as the second argument of JobProcessor.http()`,
    );
  }
  const { url, isInside } = service._jobEndpoint(`${path}: processors.${kind}`, target);
  return { configuration: { type: 'http', url }, isInside };
}
