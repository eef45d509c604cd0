/** A user of the cache, as the template has it. */
export interface RedisLogin {
  readonly name: string;
  /** What it may do, in the words of the engine. */
  readonly access: string;
  readonly passwords: readonly string[];
}

/** The configuration of a server on loopback that keeps nothing and lets in who the template lets in; with no user, anybody. */
export function redisConfig(port: number, logins: readonly RedisLogin[]): string {
  const users = logins.map(
    ({ name, access, passwords }) => `user ${name} ${access} ${passwords.map((one) => quoted(`>${one}`)).join(' ')}`,
  );
  return [`port ${port}`, 'bind 127.0.0.1', 'save ""', 'appendonly no', ...users, ''].join('\n');
}

function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}
