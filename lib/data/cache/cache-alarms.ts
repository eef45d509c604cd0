import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from '../../governance/exceptions';
import type { IValkeyStore } from './valkey-store';

/**
 * What an alarm on a store watches for.
 *
 * @example
 * import { CacheAlarms, type CacheAlarmProps, LimiterStore, Network } from 'plinth';
 *
 * const props: CacheAlarmProps = { threshold: 70 };
 * CacheAlarms.of(new LimiterStore(stack, 'Limits', { vpc: new Network(stack, 'Network').vpc })).addMemory(props);
 */
export interface CacheAlarmProps {
  /**
   * The highest value that is still well.
   * @default - 80 percent of memory, 1,000 evictions a minute, 80 percent of the engine's CPU
   */
  readonly threshold?: number;

  /**
   * What an alarm does when it goes off.
   * @default - nothing: it is shown in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

interface Watch {
  readonly id: string;
  readonly metricName: string;
  readonly statistic: string;
  readonly threshold: number;
  readonly minutes: number;
  readonly says: string;
  readonly runbook: string;
}

const MEMORY: Watch = {
  id: 'Memory',
  metricName: 'DatabaseMemoryUsagePercentage',
  statistic: cloudwatch.Stats.MAXIMUM,
  threshold: 80,
  minutes: 5,
  says: 'is running out of memory',
  runbook: 'cache-memory',
};

const EVICTIONS: Watch = {
  id: 'Evictions',
  metricName: 'Evictions',
  statistic: cloudwatch.Stats.SUM,
  threshold: 1000,
  minutes: 15,
  says: 'evicts what is still wanted',
  runbook: 'cache-evictions',
};

const ENGINE_CPU: Watch = {
  id: 'EngineCpu',
  metricName: 'EngineCPUUtilization',
  statistic: cloudwatch.Stats.AVERAGE,
  threshold: 80,
  minutes: 5,
  says: 'is short of CPU',
  runbook: 'cache-engine-cpu',
};

/**
 * Alarms of a store, one for each shard over all of its nodes, as any of them may become the primary.
 *
 * @example
 * import { CacheAlarms, Network, ResultCache } from 'plinth';
 *
 * const alarms = CacheAlarms.of(new ResultCache(stack, 'Results', { vpc: new Network(stack, 'Network').vpc }));
 * alarms.addEvictions();
 * alarms.addEngineCpu();
 */
export class CacheAlarms {
  /**
   * The alarms of one store.
   * @param store the store to watch
   */
  static of(store: IValkeyStore): CacheAlarms {
    return new CacheAlarms(store);
  }

  private constructor(private readonly store: IValkeyStore) {}

  /**
   * Memory of the data, over 80 percent for 5 minutes: a store that evicts nothing refuses writes at 100.
   * @param props threshold and actions
   */
  addMemory(props: CacheAlarmProps = {}): cloudwatch.Alarm[] {
    return this.add(MEMORY, props);
  }

  /**
   * Keys that made room for others, over 1,000 a minute for 15 minutes: the cache is too small for what is asked of it.
   * @param props threshold and actions
   */
  addEvictions(props: CacheAlarmProps = {}): cloudwatch.Alarm[] {
    if (this.store.maxmemoryPolicy === 'noeviction') {
      throw new Error(`${this.store.node.path}: addEvictions must be for a store that evicts, got noeviction; watch it by addMemory`);
    }
    return this.add(EVICTIONS, props);
  }

  /**
   * The engine's one thread, over 80 percent for 5 minutes: every command waits.
   * @param props threshold and actions
   */
  addEngineCpu(props: CacheAlarmProps = {}): cloudwatch.Alarm[] {
    return this.add(ENGINE_CPU, props);
  }

  private add(watch: Watch, props: CacheAlarmProps): cloudwatch.Alarm[] {
    const scope = new Construct(this.store, watch.id);
    if (!props.actions?.length) acknowledge(scope, 'alarm-without-action');
    return Array.from({ length: this.store.shards }, (_, index) => {
      const alarm = new cloudwatch.Alarm(scope, `Shard${index + 1}`, {
        alarmDescription: `Store ${this.store.node.path} ${watch.says}; runbook docs/runbooks/${watch.runbook}.md`,
        metric: this.worstNode(watch, index + 1),
        threshold: props.threshold ?? watch.threshold,
        evaluationPeriods: watch.minutes,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(...(props.actions ?? []));
      return alarm;
    });
  }

  private worstNode({ metricName, statistic }: Watch, shard: number): cloudwatch.IMetric {
    const period = Duration.minutes(1);
    const nodes = Array.from({ length: this.store.replicas + 1 }, (_, index): [string, cloudwatch.Metric] => [
      `node${index + 1}`,
      new cloudwatch.Metric({
        namespace: 'AWS/ElastiCache',
        metricName,
        dimensionsMap: { CacheClusterId: this.nodeName(shard, index + 1), CacheNodeId: '0001' },
        statistic,
        period,
      }),
    ]);
    return new cloudwatch.MathExpression({
      expression: `MAX([${nodes.map(([id]) => id).join(', ')}])`,
      label: metricName,
      usingMetrics: Object.fromEntries(nodes),
      period,
    });
  }

  /** ElastiCache names the nodes of a shard after it, and the nodes of a store without cluster mode after the store. */
  private nodeName(shard: number, node: number): string {
    const digits = (value: number, length: number) => String(value).padStart(length, '0');
    const shardPart = this.store.clusterMode ? `-${digits(shard, 4)}` : '';
    return `${this.store.replicationGroup.ref}${shardPart}-${digits(node, 3)}`;
  }
}
