import { shardsFrom0, text } from '../dynamo/items';
import { queryAlive } from '../dynamo/query-alive';
import type { TableClient } from '../dynamo/table-client';
import type { Delivery } from './delivery';
import { readHistory } from './dynamo-history';
import { DELIVERIES, deliveryIdOf, endpointShard, ENDPOINT_SHARDS } from './dynamo-items';
import { DynamoRows } from './dynamo-rows';
import { MESSAGE_INDEX, PARKED_INDEX } from './dynamo-table';
import type { DeliveryPage, DeliveryQuery, WebhookStore } from './webhook-store';

/** Deliveries: the indexes say which there are, and each is read as last written. */
export class DynamoDeliveries extends DynamoRows<Delivery, string> implements WebhookStoreDeliveries {
  constructor(table: TableClient, now: () => number) {
    super(table, now, DELIVERIES);
  }

  async list(query: DeliveryQuery): Promise<DeliveryPage> {
    const { items, next } = await readHistory(this.table, query, this.now());
    const deliveries = await this.readAll(items.map(deliveryIdOf));
    return { deliveries: deliveries.filter(({ state }) => query.state === undefined || state === query.state), next };
  }

  async parked(endpointId: string, limit: number): Promise<readonly string[]> {
    const shards = await Promise.all(
      shardsFrom0(ENDPOINT_SHARDS).map((shard) => this.parkedOfShard(endpointShard(endpointId, shard), limit)),
    );
    const found = shards.flat().toSorted((one, other) => (one.at < other.at ? -1 : 1));
    return found.slice(0, limit).map(({ id }) => id);
  }

  async ofMessage(messageId: string): Promise<readonly Delivery[]> {
    const items = await this.table.queryAll({
      IndexName: MESSAGE_INDEX,
      KeyConditionExpression: 'message_id = :message',
      ExpressionAttributeValues: { ':message': text(messageId) },
    });
    return this.readAll(items.map(deliveryIdOf));
  }

  private async parkedOfShard(shard: string, limit: number): Promise<{ readonly id: string; readonly at: string }[]> {
    const query = {
      IndexName: PARKED_INDEX,
      KeyConditionExpression: 'parked_endpoint = :shard',
      ExpressionAttributeValues: { ':shard': text(shard) },
    };
    const items = await queryAlive(this.table, query, limit, this.now());
    return items.map((item) => ({ id: deliveryIdOf(item), at: item.parked_at?.S ?? '' }));
  }

  private async readAll(ids: readonly string[]): Promise<Delivery[]> {
    const found = await Promise.all(ids.map((id) => this.read(id)));
    return found.filter((delivery) => delivery !== undefined);
  }
}

type WebhookStoreDeliveries = WebhookStore['deliveries'];
