import type { Timers } from './task-protection';

const ANSWER_WITHIN_MS = 5_000;

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{
  readonly ok: boolean;
  readonly status: number;
}>;

/** The task-protection endpoint of the ECS agent: what keeps scale-in and deployments from stopping this task. */
export class EcsAgent {
  constructor(
    private readonly agentUri: string,
    private readonly fetch: Fetch,
    private readonly timers: Timers,
  ) {}

  async protect(expiresInMinutes: number): Promise<void> {
    await this.put({ ProtectionEnabled: true, ExpiresInMinutes: expiresInMinutes });
  }

  async release(): Promise<void> {
    await this.put({ ProtectionEnabled: false });
  }

  private async put(state: { ProtectionEnabled: boolean; ExpiresInMinutes?: number }): Promise<void> {
    const abort = new AbortController();
    const cancel = this.timers.after(ANSWER_WITHIN_MS, () => abort.abort(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)));
    try {
      const answer = await this.fetch(`${this.agentUri}/task-protection/v1/state`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(state),
        signal: abort.signal,
      });
      if (!answer.ok) throw new Error(`the agent answered ${answer.status}`);
    } finally {
      cancel();
    }
  }
}
