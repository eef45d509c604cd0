/** Connections that pools leave to the administrator, migrations, monitoring and RDS itself. */
const RESERVED = 30;
const MOST = 50;
const LEAST = 10;

/**
 * The connections that the pool of one task may hold, so that all tasks of an old and a new version together stay within what the
 * database takes.
 *
 * @param maxConnections the connections that the database takes
 * @param maxTasks the most tasks of the service
 * @internal
 */
export function poolSize(maxConnections: number, maxTasks: number): number {
  const size = Math.min(MOST, Math.floor((maxConnections - RESERVED) / (2 * maxTasks)));
  if (size >= LEAST) return size;
  throw new Error(
    `poolSize: maxTasks must be at most ${Math.floor((maxConnections - RESERVED) / (2 * LEAST))} for ${maxConnections} connections, ` +
      `got ${maxTasks}, which leaves ${Math.max(0, size)} connections a task of ${LEAST}; ` +
      'raise maxConnections, lower maxTasks, or put RDS Proxy between',
  );
}
