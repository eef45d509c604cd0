import { type Fetch, TaskProtection, type Timers } from 'plinth-runtime';

class ManualTimers implements Timers {
  readonly pending: { milliseconds: number; action: () => void }[] = [];

  after(milliseconds: number, action: () => void): () => void {
    const timer = { milliseconds, action };
    this.pending.push(timer);
    return () => {
      const at = this.pending.indexOf(timer);
      if (at !== -1) this.pending.splice(at, 1);
    };
  }

  fire(): void {
    this.pending.shift()?.action();
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const ON = { ProtectionEnabled: true, ExpiresInMinutes: 20 };
const OFF = { ProtectionEnabled: false };

describe('task protection', () => {
  let timers: ManualTimers;
  let sent: unknown[];
  let urls: string[];
  let errors: string[];
  let status: number;

  beforeEach(() => {
    timers = new ManualTimers();
    sent = [];
    urls = [];
    errors = [];
    status = 200;
  });

  const fetch: Fetch = (url, init) => {
    urls.push(`${init.method} ${url}`);
    sent.push(JSON.parse(init.body));
    return Promise.resolve({ ok: status < 300, status });
  };
  const protection = (change: Partial<ConstructorParameters<typeof TaskProtection>[0]> = {}) =>
    new TaskProtection({
      agentUri: 'http://agent',
      logger: { debug: () => undefined, info: () => {}, warn: () => {}, error: (message) => errors.push(message) },
      fetch,
      timers,
      ...change,
    });
  /** Work that ends when it is told to. */
  function work() {
    let finish: () => void = () => {};
    const done = new Promise<void>((resolve) => (finish = resolve));
    return { run: () => done, finish };
  }

  it('is asked of the agent of the task', async () => {
    await protection().run(async () => {});
    expect(urls[0]).toBe('PUT http://agent/task-protection/v1/state');
  });

  it('stands before the work begins', async () => {
    const before = await protection().run(() => Promise.resolve([...sent]));
    expect(before).toEqual([ON]);
  });

  it('is taken once for overlapping work and released after the last', async () => {
    const subject = protection();
    const [first, second] = [work(), work()];
    const all = [subject.run(first.run), subject.run(second.run)];
    await settle();
    first.finish();
    await all[0];
    await settle();
    const whileOneRuns = [...sent];
    second.finish();
    await all[1];
    await settle();
    expect([whileOneRuns, sent]).toEqual([[ON], [ON, OFF]]);
  });

  it('is taken again for work after a pause', async () => {
    const subject = protection();
    await subject.run(async () => {});
    await subject.run(async () => {});
    await settle();
    expect(sent).toEqual([ON, OFF, ON, OFF]);
  });

  it('is renewed at half of its time while work goes on', async () => {
    const job = work();
    const running = protection().run(job.run);
    await settle();
    const due = timers.pending[0].milliseconds;
    timers.fire();
    await settle();
    job.finish();
    await running;
    await settle();
    expect([due, sent]).toEqual([600_000, [ON, ON, OFF]]);
  });

  it('leaves no timer behind', async () => {
    await protection().run(async () => {});
    await settle();
    expect(timers.pending).toEqual([]);
  });

  it('passes on what the work returns', async () => {
    expect(await protection().run(() => Promise.resolve(7))).toBe(7);
  });

  it('passes on what the work throws, and releases', async () => {
    await expect(protection().run(() => Promise.reject(new Error('work failed')))).rejects.toThrow('work failed');
    await settle();
    expect(sent).toEqual([ON, OFF]);
  });

  it('lets the work go on when the agent fails, and says so once', async () => {
    status = 500;
    const subject = protection();
    const results = [await subject.run(() => Promise.resolve(1)), await subject.run(() => Promise.resolve(2))];
    await settle();
    expect([results, errors]).toEqual([[1, 2], ['task protection failed; the work goes on unprotected']]);
  });

  it('tries a failed protection again after a tenth of its time', async () => {
    status = 500;
    const job = work();
    const running = protection().run(job.run);
    await settle();
    const due = timers.pending.map(({ milliseconds }) => milliseconds);
    job.finish();
    await running;
    expect(due).toEqual([120_000]);
  });

  it('gives up on an agent that does not answer', async () => {
    const silent: Fetch = (_url, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const running = protection({ fetch: silent }).run(() => Promise.resolve('done'));
    await settle();
    timers.fire();
    expect(await running).toBe('done');
  });

  it('does nothing without an agent', async () => {
    await protection({ agentUri: undefined }).run(async () => {});
    expect(sent).toEqual([]);
  });

  it.each([0, 2881, 1.5])('refuses %d minutes', (expiresInMinutes) => {
    expect(() => protection({ expiresInMinutes })).toThrow(
      `TaskProtection: expiresInMinutes must be a whole number between 1 and 2880, got ${expiresInMinutes}; the agent takes no other`,
    );
  });
});
