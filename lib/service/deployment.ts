import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/**
 * How a deployment that shifts traffic is watched.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { Deployment, type ShiftOptions } from 'plinth';
 *
 * const watched: ShiftOptions = { bakeTime: Duration.minutes(15) };
 * const deployment = Deployment.linear(watched);
 */
export interface ShiftOptions {
  /**
   * The alarms that roll a deployment back; at least one, as nothing else would.
   * @default - the service's own three: 5xx over 5 % of the answers of old or new tasks, p95 over 1 s, unhealthy tasks
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * How long the old tasks stay after all traffic has moved, 0 to 1440 minutes.
   * @default 3 minutes
   */
  readonly bakeTime?: Duration;
}

/**
 * How a canary shifts traffic.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { type CanaryOptions, Deployment } from 'plinth';
 *
 * const careful: CanaryOptions = { percent: 1, canaryTime: Duration.minutes(30) };
 * const deployment = Deployment.canary(careful);
 */
export interface CanaryOptions extends ShiftOptions {
  /**
   * The share of requests the new tasks get first, 0.1 to 99 percent.
   * @default 5
   */
  readonly percent?: number;

  /**
   * How long they keep that share, 1 to 1440 minutes.
   * @default 3 minutes
   */
  readonly canaryTime?: Duration;
}

/**
 * How a linear deployment shifts traffic.
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import { Deployment, type LinearOptions } from 'plinth';
 *
 * const steps: LinearOptions = { stepPercent: 25, stepTime: Duration.minutes(10) };
 * const deployment = Deployment.linear(steps);
 */
export interface LinearOptions extends ShiftOptions {
  /**
   * The share of requests that moves a step, 3 to 100 percent.
   * @default 10
   */
  readonly stepPercent?: number;

  /**
   * How long each step lasts, 1 to 1440 minutes.
   * @default 3 minutes
   */
  readonly stepTime?: Duration;
}

/**
 * How new tasks take over from old ones. The target groups and the listener's rule are the same for all of them, so that changing
 * the strategy replaces nothing.
 *
 * @example
 * import { Deployment } from 'plinth';
 *
 * const deployment = Deployment.canary({ percent: 10 });
 */
export class Deployment {
  /**
   * Task by task, never under the full number, with ECS's deployment circuit breaker rolling back.
   * Alarms of the service roll back as well.
   */
  static rolling(): Deployment {
    return new Deployment('ROLLING', {}, 0, Duration.minutes(0));
  }

  /** A small share of requests first, then all; alarms and 50 test requests before it roll back. */
  static canary(options: CanaryOptions = {}): Deployment {
    return new Deployment('CANARY', options, options.percent ?? 5, options.canaryTime ?? Duration.minutes(3));
  }

  /** An equal share of requests at a time; alarms and 50 test requests before it roll back. */
  static linear(options: LinearOptions = {}): Deployment {
    return new Deployment('LINEAR', options, options.stepPercent ?? 10, options.stepTime ?? Duration.minutes(3));
  }

  /** ECS's name of the strategy: ROLLING, CANARY or LINEAR. */
  readonly strategy: string;

  /**
   * The caller's alarms.
   * @default - the service's own three
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /** How long the old tasks stay. */
  readonly bakeTime: Duration;

  /** The share of requests that moves at first or at a step. */
  readonly percent: number;

  /** How long the share stays. */
  readonly stepTime: Duration;

  private constructor(strategy: string, options: ShiftOptions, percent: number, stepTime: Duration) {
    this.strategy = strategy;
    this.alarms = options.alarms;
    this.bakeTime = options.bakeTime ?? Duration.minutes(3);
    this.percent = percent;
    this.stepTime = stepTime;
    if (this.shiftsTraffic) this.check();
  }

  /** Whether old and new tasks serve side by side, on two target groups. */
  get shiftsTraffic(): boolean {
    return this.strategy !== 'ROLLING';
  }

  private check(): void {
    const name = `Deployment.${this.strategy.toLowerCase()}`;
    const [from, to] = this.strategy === 'CANARY' ? [0.1, 99] : [3, 100];
    if (this.percent < from || this.percent > to) {
      throw new Error(`${name}: percent must be from ${from} to ${to}, got ${this.percent}; choose a share of requests`);
    }
    if (this.alarms?.length === 0) {
      throw new Error(
        `${name}: alarms must be at least one alarm, got none; leave it out for the service's own three, as only an alarm rolls a shift back`,
      );
    }
    for (const [prop, minutes, least] of [
      ['bakeTime', this.bakeTime.toMinutes({ integral: false }), 0],
      ['stepTime', this.stepTime.toMinutes({ integral: false }), 1],
    ] as const) {
      if (!Number.isInteger(minutes) || minutes < least || minutes > 1440) {
        throw new Error(`${name}: ${prop} must be whole minutes from ${least} to 1440, got ${minutes}; choose whole minutes`);
      }
    }
  }
}
