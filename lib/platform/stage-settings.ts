import type { App, Environment } from 'aws-cdk-lib';
import { Domain } from '../service/domain';

/** The context key that the stages stand under. */
const CONTEXT_KEY = 'plinth:stages';

/**
 * Where one stage is deployed, as read from the context of an app (`cdk.json`).
 *
 * Each stage has `account` (12 digits), `region`, and `domain`, which is either `hostedZoneId` with `name` or `certificateArn`.
 *
 * @example
 * import { App } from 'aws-cdk-lib';
 * import { StageSettings } from 'plinth';
 *
 * const app = new App({ context: { 'plinth:stages': { dev: { account: '111111111111', region: 'eu-west-1' } } } });
 * const stages = StageSettings.fromContext(app);
 */
export class StageSettings {
  /** Every stage of the context, in its order; anything malformed is an error that names all faults. */
  static fromContext(app: App): StageSettings[] {
    const stages: unknown = app.node.tryGetContext(CONTEXT_KEY);
    if (!isRecord(stages) || Object.keys(stages).length === 0) {
      throw new Error(`${CONTEXT_KEY} must be an object of stages, got ${JSON.stringify(stages)}; add one to the context in cdk.json`);
    }
    return Object.entries(stages).map(([stage, settings]) => new StageSettings(stage, settings));
  }

  /** The stage's name: dev, staging or production. */
  readonly stage: string;

  /** Account and region. */
  readonly env: Environment;

  /**
   * The name that clients call.
   * @default - none
   */
  readonly domain?: Domain;

  private constructor(stage: string, settings: unknown) {
    const path = `${CONTEXT_KEY}.${stage}`;
    const fault = (prop: string, allowed: string, given: unknown, change: string) =>
      new Error(`${path}: ${prop} must be ${allowed}, got ${JSON.stringify(given)}; ${change} in cdk.json`);
    if (!['dev', 'staging', 'production'].includes(stage)) {
      throw new Error(`${CONTEXT_KEY}: stage must be dev, staging or production, got ${stage}; rename it in cdk.json`);
    }
    if (!isRecord(settings)) throw fault('settings', 'an object', settings, 'give account, region and domain');
    const { account, region, domain, ...others } = settings;
    if (Object.keys(others).length > 0) throw fault('settings', 'account, region and domain', Object.keys(others), 'remove the rest');
    if (typeof account !== 'string' || !/^\d{12}$/.test(account)) throw fault('account', '12 digits as a string', account, 'correct it');
    if (typeof region !== 'string' || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
      throw fault('region', 'a region such as eu-west-1', region, 'correct it');
    this.stage = stage;
    this.env = { account, region };
    this.domain = readDomain(domain, (given, change) => fault('domain', 'hostedZoneId with name, or certificateArn', given, change));
  }
}

function readDomain(domain: unknown, fault: (given: unknown, change: string) => Error): Domain | undefined {
  if (domain === undefined) return undefined;
  if (!isRecord(domain)) throw fault(domain, 'write an object');
  const { hostedZoneId, name, certificateArn, ...others } = domain;
  if (Object.keys(others).length > 0) throw fault(Object.keys(others), 'remove what it does not take');
  const zone = hostedZoneId !== undefined || name !== undefined;
  if (zone && certificateArn !== undefined) throw fault(Object.keys(domain), 'keep one of the two forms');
  if (typeof certificateArn === 'string') return Domain.certificate(certificateArn);
  if (typeof hostedZoneId === 'string' && typeof name === 'string') return Domain.inZone(hostedZoneId, name);
  throw fault(domain, 'complete one of the two forms');
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
