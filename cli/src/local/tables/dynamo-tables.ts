import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** An emulation of DynamoDB in this process, on loopback. Its indexes are never behind, and nothing is deleted by its time to live. */
export class DynamoTables {
  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
    readonly client: DynamoDBClient,
  ) {}

  static async start(): Promise<DynamoTables> {
    // It has no types of its own, and is a package beside the program: it is found when it is needed.
    const dynalite = require('dynalite') as (options: { readonly createTableMs: number }) => Server;
    const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // Loaded here: every other command starts in half the time without it.
    const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new DynamoTables(server, endpoint, new DynamoDBClient({ region: 'us-east-1', endpoint, credentials }));
  }

  async create(table: CreateTableCommandInput): Promise<void> {
    const { CreateTableCommand } = await import('@aws-sdk/client-dynamodb');
    await this.client.send(new CreateTableCommand(table));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
