import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AttributeValue, CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';

// It has no types of its own.
const dynalite = require('dynalite') as (options: { readonly createTableMs: number }) => Server;

export interface RecordedCommand {
  readonly name: string;
  readonly input: {
    readonly Item?: Record<string, AttributeValue>;
    readonly UpdateExpression?: string;
    readonly ConditionExpression?: string;
    readonly ConsistentRead?: boolean;
  };
}

/**
 * An emulation of DynamoDB in this process, on the loopback address. It has conditions, indexes and queries; it has no transactions, deletes
 * nothing by its time to live and tells no item with a failed condition. Its indexes are never behind.
 */
export class Dynalite {
  /** What clients sent, in order. */
  readonly commands: RecordedCommand[] = [];
  private readonly clients: DynamoDBClient[] = [];

  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  static async start(): Promise<Dynalite> {
    const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Dynalite(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  client(): DynamoDBClient {
    const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
    const client = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: this.endpoint,
      credentials,
      requestHandler: { httpAgent: { maxSockets: 256 } },
    });
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          this.commands.push({ name: commandName ?? '', input: args.input as RecordedCommand['input'] });
          return next(args);
        },
      { step: 'initialize' },
    );
    this.clients.push(client);
    return client;
  }

  async createTable(table: CreateTableCommandInput): Promise<void> {
    await this.client().send(new CreateTableCommand(table));
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
