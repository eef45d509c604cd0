import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });

/** The attributes that are there. */
export function present(attributes: Record<string, AttributeValue | undefined>): Item {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined));
}

/** The attribute of a value that may be absent. */
export const optional = <T>(value: T | undefined, write: (from: T) => AttributeValue): AttributeValue | undefined =>
  value === undefined ? undefined : write(value);

/** A shard that is always the same for a text. */
export const shardOf = (name: string, shards: number): number => createHash('sha256').update(name).digest().readUInt32BE() % shards;

/** All shards, from 0. */
export const shardsFrom0 = (count: number): number[] => Array.from({ length: count }, (_, shard) => shard);
