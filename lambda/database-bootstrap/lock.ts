import type { Clock, Session } from './session';

/** Of this program: anybody else's advisory locks have other numbers. */
export const LOCK = 7_355_609;

const POLL_MS = 1_000;

/**
 * Does the work while no other run does any. Who waits asks again and again: a session that waits inside the server holds a snapshot,
 * for which an index that is built concurrently by the holder would wait in turn.
 */
export async function exclusively<T>(
  session: Session,
  { clock, deadline }: { readonly clock: Clock; readonly deadline: number },
  work: () => Promise<T>,
): Promise<T> {
  while (!(await taken(session))) {
    if (clock.now() + POLL_MS >= deadline) {
      throw new Error(`no other run may be at work, got ${await holder(session)}; deploy again when it has finished`);
    }
    await clock.sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    // A lost session has given it back.
    await session.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
  }
}

async function taken(session: Session): Promise<boolean> {
  const [{ locked }] = await session.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
  return locked;
}

async function holder(session: Session): Promise<string> {
  const [found] = await session.query<{ name: string; since: Date }>(
    `SELECT application_name AS name, backend_start AS since FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = $1`,
    [LOCK],
  );
  return found ? `${found.name} since ${found.since?.toISOString()}` : 'one that has just finished';
}
