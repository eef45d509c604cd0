import { LocalFailure } from '../failure';
import type { DeployedValues } from '../model/deployed-values';
import { fieldsOf, listOf, type StageResource, textOf } from '../model/stage-model';
import { call, CallRefused } from './call';
import { physicalName } from './physical-name';

type Emulator = Parameters<typeof call>[0];
type Fields = ReturnType<typeof fieldsOf>;

export const TABLE_TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

const LONGEST_NAME = 255;

/** A table that runs here, and what is worth telling of it. */
export interface LocalTable {
  readonly name: string;
  readonly what: string;
}

/** Makes a table with its keys and indexes; one that a run before kept must have the same. */
export async function createTable(resource: StageResource, emulator: Emulator, values: DeployedValues): Promise<LocalTable> {
  const { properties } = resource;
  const TableName = textOf(properties.TableName) ?? physicalName(resource, LONGEST_NAME);
  const definition = {
    TableName,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode: 'PAY_PER_REQUEST',
    ...indexes('GlobalSecondaryIndexes', properties),
    ...indexes('LocalSecondaryIndexes', properties),
  };
  try {
    await call(emulator, 'DynamoDB_20120810.CreateTable', definition);
  } catch (error) {
    if (!(error instanceof CallRefused) || error.type !== 'ResourceInUseException') throw error;
    await checkKept(definition, emulator);
  }
  values.set(resource, 'Ref', TableName);
  values.set(resource, 'Arn', `arn:aws:dynamodb:${emulator.region}:000000000000:table/${TableName}`);
  const names = [...listOf(properties.GlobalSecondaryIndexes), ...listOf(properties.LocalSecondaryIndexes)];
  const told = names.map(({ IndexName }) => textOf(IndexName)).join(', ');
  const ttl = textOf(fieldsOf(properties.TimeToLiveSpecification).AttributeName);
  const what = `${TableName}${told && `, indexes ${told}`}${ttl === undefined ? '' : `; no item expires by its ${ttl}`}`;
  return { name: TableName, what };
}

/** Indexes as far as a request of CreateTable has them. */
function indexes(kind: string, properties: Fields): object {
  const listed = listOf(properties[kind]).map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));
  return listed.length === 0 ? {} : { [kind]: listed };
}

async function checkKept(definition: Fields, emulator: Emulator): Promise<void> {
  const { TableName } = definition;
  const { Table } = await call<{ Table: Fields }>(emulator, 'DynamoDB_20120810.DescribeTable', { TableName });
  const [wanted, kept] = [keysOf(definition), keysOf(Table)];
  if (wanted === kept) return;
  throw new LocalFailure(
    `table ${String(TableName)}: keys and indexes must be those of the table in --data (${kept}), got ${wanted}; give another folder`,
  );
}

function keysOf(table: Fields): string {
  const keys = (schema: unknown) =>
    listOf(schema)
      .map(({ AttributeName, KeyType }) => `${textOf(KeyType)} ${textOf(AttributeName)}`)
      .toSorted()
      .join(' ');
  const all = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((kind) => listOf(table[kind]));
  const named = all.map(({ IndexName, KeySchema }) => `${textOf(IndexName)}: ${keys(KeySchema)}`).toSorted();
  return [keys(table.KeySchema), ...named].join(', ');
}
