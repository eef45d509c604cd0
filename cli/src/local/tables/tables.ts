import { isKeyTable } from '../../keys/key-table';
import type { Tell } from '../events';
import type { DeployedValues } from '../model/deployed-values';
import type { StageModel, StageResource } from '../model/stage-model';
import type { Run } from '../process/run';
import { DynamoTables } from './dynamo-tables';
import { seedKey } from './local-key';
import { tableInput } from './table-input';

export interface TableSources {
  readonly model: StageModel;
  readonly run: Run;
  readonly values: DeployedValues;
  readonly tell: Tell;
}

export interface StartedTables {
  /** What processes find the tables with. */
  readonly environment: { readonly [name: string]: string };
  /** A key that opens every route, where the stage asks for keys. */
  readonly key?: string;
}

const TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/** Makes the tables of a stage in an emulation of DynamoDB; they go with the run. */
export async function startTables({ model, run, values, tell }: TableSources): Promise<StartedTables> {
  const tables = TYPES.flatMap((type) => model.ofType(type));
  if (tables.length === 0) return { environment: {} };
  const dynamo = await DynamoTables.start();
  run.onStop(() => dynamo.stop());
  let key: string | undefined;
  for (const table of tables) {
    const name = nameOf(table);
    await dynamo.create(tableInput(name, table));
    if (isKeyTable(table.template)) key = await seedKey(dynamo.client, name);
    values.set(table, 'Ref', name);
    model.standFor(table);
    tell({ event: 'runs', name: 'table', what: `dynalite, for ${table.id}; it goes with the run` });
  }
  return { environment: { AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint }, key };
}

/** 3 to 255 letters, digits, hyphens, dots and underscores. */
const nameOf = ({ stack, id }: StageResource): string => `${stack.stackName}-${id}`.replaceAll(/[^\w.-]/g, '-').slice(0, 255);
