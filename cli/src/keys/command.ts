import {
  ApiKeyError,
  type ApiKeyStore,
  type ApiKeySummary,
  type IssuedKey,
  issueKey,
  type IssueOptions,
  type RandomBytes,
  revokeKey,
  rotateKey,
} from 'plinth-runtime/access';
import { assemblyAt } from '../assembly';
import { type Arguments, type Command, type CommandContext, type ExitCode, Misuse } from '../command';
import { type Cloud, refuseWrongAccount, SnapshotFault, WrongAccount } from '../snapshot/take';
import { keyTableOf, type KeyTable } from './key-table';
import { actionOf, newKeyOf, overlapOf, required } from './wishes';

export interface Dependencies {
  /** The account, in the region of the stage. */
  readonly cloud: (region: string) => Promise<Pick<Cloud, 'caller' | 'physicalId'>>;
  readonly store: (region: string, tableName: string) => Promise<ApiKeyStore>;
  readonly now: () => number;
  readonly randomBytes?: RandomBytes;
}

const PAGE = 100;

/** Makes, rotates, ends and lists the API keys of a stage. */
export function keysCommand(dependencies: Dependencies): Command {
  return {
    name: 'keys',
    summary: 'The API keys of a stage: create, rotate KEY_ID, revoke KEY_ID, list. A key is printed once, when it is made.',
    positionals: ['ACTION', 'KEY_ID'],
    flags: {
      stage: { value: 'NAME', description: 'the stage, such as production' },
      assembly: { value: 'DIR', description: 'what `cdk synth` wrote; cdk.out by default' },
      tenant: { value: 'TENANT', description: 'whose key it is (create), whose keys are listed (list)' },
      scopes: { value: 'A,B', description: 'api, jobs, webhooks, read, admin, on-behalf-of; api by default' },
      tier: { value: 'TIER', description: 'free, starter, pro, business or enterprise; free by default' },
      'expires-days': { value: 'DAYS', description: '1 to 3650; no end by default' },
      'overlap-hours': { value: 'HOURS', description: 'how long the rotated key is still good, 0 to 720; 24 by default' },
    },
    async run(args, context) {
      const { action, keyId } = actionOf(args);
      const table = keyTableOf(assemblyAt(args.values.get('assembly'), context), required(args, 'stage'));
      const wish = { create: () => newKeyOf(args, dependencies.now()), list: () => required(args, 'tenant') };
      // Everything that was given is looked at before the account is.
      if (action === 'create') wish.create();
      if (action === 'list') wish.list();
      const overlap = overlapOf(args);
      return reported(args, context, async () => {
        const options = { store: await storeOf(table, context, dependencies), clock: { now: dependencies.now }, ...random(dependencies) };
        if (action === 'create') return told(await issueKey(wish.create(), options));
        if (action === 'rotate') return told(await rotateKey(keyId, overlap, options));
        if (action === 'list') return listed(await allOf(wish.list(), options.store), dependencies.now());
        return revoked(keyId, options);
      });
    },
  };
}

interface Report {
  readonly lines: readonly string[];
  readonly json: object;
}

async function reported(args: Arguments, { out }: CommandContext, work: () => Promise<Report>): Promise<ExitCode> {
  const json = args.switches.has('json');
  try {
    const report = await work();
    if (json) out(JSON.stringify(report.json, undefined, 2));
    else for (const line of report.lines) out(line);
    return 0;
  } catch (error) {
    if (error instanceof WrongAccount || (error instanceof ApiKeyError && error.code === 'invalid')) {
      throw new Misuse(`plinth keys: ${error.message}`);
    }
    const message = refusalOf(error);
    if (message === undefined) throw error;
    out(json ? JSON.stringify({ error: message }, undefined, 2) : `plinth keys: ${message}`);
    return 1;
  }
}

/** Why it could not be done, where that is told: what AWS answered carries its metadata. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof SnapshotFault || error instanceof ApiKeyError) return error.message;
  return error instanceof Error && '$metadata' in error ? `the table must answer, got ${error.name}: ${error.message}` : undefined;
}

async function storeOf(table: KeyTable, { environment }: CommandContext, { cloud, store }: Dependencies): Promise<ApiKeyStore> {
  const region = table.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (!region) throw new Misuse(`plinth keys: AWS_REGION must be set, as ${table.stage} is not synthesized for a region, got nothing`);
  const account = await cloud(region);
  refuseWrongAccount(table, await account.caller());
  return store(region, await account.physicalId(table.stackName, table.logicalId));
}

const random = ({ randomBytes }: Dependencies) => (randomBytes === undefined ? {} : { randomBytes });

function told({ key, summary }: IssuedKey): Report {
  const { previousUntil } = summary;
  const overlap = previousUntil === undefined ? [] : [`the key before is good until ${time(previousUntil)}`];
  const json = { key, ...viewOf(summary) };
  return { lines: [key, ...facts(summary), ...overlap, 'It is not shown again.'], json };
}

async function revoked(keyId: string, options: IssueOptions): Promise<Report> {
  await revokeKey(keyId, options);
  return { lines: [`${keyId}: revoked; it opens nothing after 60 seconds`], json: { key_id: keyId, revoked: true } };
}

async function allOf(tenantId: string, store: ApiKeyStore): Promise<ApiKeySummary[]> {
  const keys: ApiKeySummary[] = [];
  for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const page = await store.list({ tenantId, limit: PAGE, after });
    keys.push(...page.keys);
    after = page.next;
  }
  return keys;
}

function listed(keys: readonly ApiKeySummary[], now: number): Report {
  const lines = keys.map((key) => [key.keyId, stateOf(key, now).padEnd(8), key.tier.padEnd(10), key.scopes.join(',')].join('  '));
  return {
    lines: lines.length === 0 ? ['no keys'] : lines,
    json: { keys: keys.map((key) => ({ ...viewOf(key), state: stateOf(key, now) })) },
  };
}

function stateOf({ revokedAt, expiresAt = Infinity }: ApiKeySummary, now: number): string {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt <= now ? 'expired' : 'good';
}

const time = (ms: number) => new Date(ms).toISOString();
const optionalTime = (ms: number | undefined) => (ms === undefined ? undefined : time(ms));

const facts = ({ keyId, tenantId, scopes, tier, expiresAt }: ApiKeySummary): string[] => [
  `id ${keyId}, tenant ${tenantId}, tier ${tier}, scopes ${scopes.join(',')}${expiresAt === undefined ? '' : `, until ${time(expiresAt)}`}`,
];

const viewOf = ({ keyId, tenantId, scopes, tier, createdAt, expiresAt, rotatedAt, previousUntil, revokedAt }: ApiKeySummary) => ({
  key_id: keyId,
  tenant: tenantId,
  scopes,
  tier,
  created_at: time(createdAt),
  expires_at: optionalTime(expiresAt),
  rotated_at: optionalTime(rotatedAt),
  previous_until: optionalTime(previousUntil),
  revoked_at: optionalTime(revokedAt),
});
