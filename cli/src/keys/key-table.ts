import { type AssemblyStage, isObject, resourcesOf, type TemplateResource } from '../../../lib/assembly';
import { stageNamed } from '../assembly';
import { Misuse } from '../command';

/** The table of a stage's API keys, as its template knows it. */
export interface KeyTable {
  readonly stage: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly account?: string;
  readonly region?: string;
}

const TABLES = new Set(['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table']);

/** Finds the only table of API keys of a stage. */
export function keyTableOf(stages: readonly AssemblyStage[], wanted: string): KeyTable {
  const stage = stageNamed(stages, wanted, 'keys');
  const tables = stage.stacks.flatMap(({ stackName, account, region, template }) =>
    resourcesOf(template)
      .filter(([, resource]) => isKeyTable(resource))
      .map(([logicalId]): KeyTable => ({ stage: stage.name, stackName, logicalId, account, region })),
  );
  if (tables.length === 1) return tables[0];
  const found = tables.length === 0 ? 'none' : tables.map(({ logicalId }) => logicalId).join(', ');
  throw new Misuse(`plinth keys: ${stage.name} must have one table of API keys, found ${found}; give the platform \`access\``);
}

/** By its form: nothing else is found by `key_id` and listed by tenant. */
export function isKeyTable({ Type, Properties = {} }: TemplateResource): boolean {
  if (!TABLES.has(Type)) return false;
  const keys = Array.isArray(Properties.KeySchema) ? (Properties.KeySchema as readonly unknown[]) : [];
  const indexes = Array.isArray(Properties.GlobalSecondaryIndexes) ? (Properties.GlobalSecondaryIndexes as readonly unknown[]) : [];
  const isById = keys.length === 1 && isObject(keys[0]) && keys[0].AttributeName === 'key_id';
  return isById && indexes.some((index) => isObject(index) && index.IndexName === 'by-tenant');
}
