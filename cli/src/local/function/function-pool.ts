import type { FunctionProcess, Outcome } from './function-process';

/** The processes of one function: kept warm, an event each at a time, started when all others are busy. */
export class FunctionPool {
  private readonly processes = new Set<FunctionProcess>();
  private readonly idle: FunctionProcess[] = [];
  private readonly waiting: (() => void)[] = [];
  private free: number;

  /** @param limit how many run at most; further events wait */
  constructor(
    private readonly start: () => FunctionProcess,
    readonly limit: number,
  ) {
    this.free = limit;
  }

  async invoke(event: unknown): Promise<Outcome> {
    await this.acquire();
    const process = this.idle.pop() ?? this.startOne();
    try {
      return await process.invoke(event);
    } finally {
      if (process.isGone) this.processes.delete(process);
      else this.idle.push(process);
      this.release();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes].map((process) => process.stop()));
  }

  private startOne(): FunctionProcess {
    const process = this.start();
    this.processes.add(process);
    return process;
  }

  private async acquire(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((lend) => {
      this.waiting.push(lend);
    });
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
