import { createHash } from 'node:crypto';
import { type Reference, Resolver } from '../../../../lib/assembly';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../secrets/secret-store';
import { keyOf, type StageModel, type StageResource, textOf } from './stage-model';

/** Types whose `Ref` is an ARN. */
const NAMED_BY_ARN = /^AWS::(?:SNS::Topic|ElasticLoadBalancingV2::\w+|StepFunctions::StateMachine|CertificateManager::Certificate)$/;

/** Where nobody listens: a message is refused at once, and leaves this machine in no case. */
const NO_QUEUE = 'http://127.0.0.1:9';

/**
 * What a deployment would know of the stage: addresses and ARNs of what runs here, and made-up names for everything else, so that a
 * process starts with a value of the right form. Every made-up one is told.
 */
export class DeployedValues {
  private readonly known = new Map<string, string>();
  private readonly resolver: Resolver;
  private madeUp: StageResource[] = [];

  constructor(private readonly model: StageModel) {
    this.resolver = new Resolver(model.stage.stacks, (reference) => this.supplied(reference));
  }

  /** What an attribute of a resource is here, such as the address of a database. */
  set(resource: StageResource, attribute: string, value: string): void {
    this.known.set(`${keyOf(resource.reference)}.${attribute}`, value);
  }

  /** A value of a stack's template, and the resources whose made-up names are in it. */
  resolve(stack: string, value: unknown): { readonly value: unknown; readonly madeUp: readonly StageResource[] } {
    this.madeUp = [];
    return { value: this.resolver.resolve(stack, value), madeUp: this.madeUp };
  }

  private supplied(reference: Reference): unknown {
    const known = this.known.get(`${keyOf(reference)}.${reference.attribute}`);
    if (known !== undefined) return known;
    const stack = this.model.stage.stacks.find(({ id }) => id === reference.stack);
    const [account, region] = [stack?.account ?? DEFAULT_ACCOUNT, stack?.region ?? DEFAULT_REGION];
    if (reference.logicalId.startsWith('AWS::')) return pseudo(reference.logicalId, account, region, stack?.stackName ?? reference.stack);
    const resource = this.model.named(reference);
    if (!resource) return undefined;
    // Any name will do for a key: data keys are made and opened under whichever is named.
    if (resource.type === 'AWS::KMS::Key') this.model.standFor(resource);
    else this.madeUp.push(resource);
    const name = nameOf(resource);
    if (resource.type === 'AWS::SQS::Queue' && reference.attribute === 'Ref') return `${NO_QUEUE}/${account}/${name}`;
    const isArn = reference.attribute.endsWith('Arn') || (reference.attribute === 'Ref' && NAMED_BY_ARN.test(resource.type));
    const path = resource.type === 'AWS::KMS::Key' ? `key/${name}` : name;
    return isArn ? `arn:aws:${serviceOf(resource)}:${region}:${account}:${path}` : name;
  }
}

function pseudo(name: string, account: string, region: string, stackName: string): string | undefined {
  const [a, b, c, d, e] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(createHash('sha256').update(stackName).digest('hex'))?.slice(1) ?? [];
  const values: { readonly [name: string]: string } = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${[a, b, c, d, e].join('-')}`,
  };
  return values[name];
}

function serviceOf({ type }: StageResource): string {
  return type.split('::')[1]?.toLowerCase() ?? 'custom';
}

/** The name that the template gives a resource, else one made of its place. */
function nameOf({ stack, id, type, properties }: StageResource): string {
  const noun = type.split('::')[2] ?? '';
  const given = textOf(properties[`${noun}Name`]) ?? textOf(properties.Name);
  return given ?? `${stack.stackName}-${id}`.toLowerCase();
}
