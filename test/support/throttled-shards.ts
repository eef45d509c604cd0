import { type DynamoDBClient, ProvisionedThroughputExceededException, type QueryCommandInput } from '@aws-sdk/client-dynamodb';

type Client = Pick<DynamoDBClient, 'send'>;

/** A client whose queries of some shards of the index `due` are refused as too many, as long as they are in the set. */
export function throttledShards(client: Client, shards: ReadonlySet<string>): Client {
  const send = (command: { readonly input: Partial<QueryCommandInput> }) => {
    const { IndexName, ExpressionAttributeValues: values } = command.input;
    const shard = values?.[':shard']?.S ?? '';
    if (IndexName !== 'due' || !shards.has(shard)) return client.send(command as Parameters<Client['send']>[0]);
    return Promise.reject(new ProvisionedThroughputExceededException({ message: `too much of ${shard}`, $metadata: {} }));
  };
  return { send } as Client;
}
