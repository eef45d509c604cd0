import { alive, ifRevision, unlessAlive } from '../dynamo/conditions';
import type { TableClient } from '../dynamo/table-client';
import type { RowKind } from './dynamo-items';
import type { Rows } from './webhook-store';

/** Rows of a kind in the table: each write is one row's, on a condition. */
export class DynamoRows<Row extends { readonly revision: string }, Key> implements Rows<Row, Key> {
  constructor(
    protected readonly table: TableClient,
    protected readonly now: () => number,
    protected readonly kind: RowKind<Row, Key>,
  ) {}

  create(row: Row): Promise<boolean> {
    return this.table.put(this.kind.itemOf(row, this.now()), unlessAlive(this.now()));
  }

  async read(key: Key): Promise<Row | undefined> {
    const item = alive(await this.table.get(this.kind.keyOf(key)), this.now());
    return item && this.kind.rowOf(item);
  }

  replace(row: Row, revision: string): Promise<boolean> {
    return this.table.put(this.kind.itemOf(row, this.now()), ifRevision(revision));
  }
}
