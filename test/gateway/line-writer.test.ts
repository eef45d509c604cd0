import { LineWriter, type Sink } from '../../gateway/line-writer';

/** A sink that keeps what it takes and answers when it is told to. */
class ManualSink {
  text = '';
  private done: (() => void)[] = [];
  readonly sink: Sink;

  constructor(private readonly most = Number.POSITIVE_INFINITY) {
    this.sink = (bytes, done) => {
      const written = Math.min(bytes.length, this.most);
      this.text += bytes.toString('utf8', 0, written);
      this.done.push(() => done(null, written));
    };
  }

  async answer(): Promise<void> {
    this.done.shift()?.();
    await jest.advanceTimersByTimeAsync(1_000);
  }
}

describe('the log writer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gathers lines into one write', async () => {
    const writes: string[] = [];
    const writer = new LineWriter((bytes, done) => (writes.push(bytes.toString()), done(null, bytes.length)));
    writer.write('a\n');
    writer.write('b\n');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(writes).toEqual(['a\nb\n']);
  });

  it('keeps the order over slow writes', async () => {
    const manual = new ManualSink();
    const writer = new LineWriter(manual.sink);
    writer.write('a\n');
    await jest.advanceTimersByTimeAsync(1_000);
    writer.write('b\n');
    writer.write('é\n');
    await manual.answer();
    expect(manual.text).toBe('a\nb\né\n');
  });

  it('writes the rest of a partial write', async () => {
    const manual = new ManualSink(3);
    const writer = new LineWriter(manual.sink);
    writer.write('abcdef\n');
    await jest.advanceTimersByTimeAsync(1_000);
    await manual.answer();
    await manual.answer();
    expect(manual.text).toBe('abcdef\n');
  });

  it('tries again when the pipe is full', async () => {
    let tries = 0;
    const writer = new LineWriter((bytes, done) => {
      tries += 1;
      if (tries === 1) done(Object.assign(new Error('full'), { code: 'EAGAIN' }), 0);
      else done(null, bytes.length);
    });
    writer.write('a\n');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(tries).toBe(2);
  });

  it('drops and counts lines when the reader is more than 4 MB behind', async () => {
    const manual = new ManualSink();
    const writer = new LineWriter(manual.sink);
    const line = `${'x'.repeat(999)}\n`;
    for (let at = 0; at < 6_000; at += 1) writer.write(line);
    expect(writer.dropped).toBeGreaterThan(500);
  });

  it('tells how many lines were dropped once the reader is back', async () => {
    const told: number[] = [];
    const manual = new ManualSink();
    const writer = new LineWriter(manual.sink, (lines) => told.push(lines));
    const line = `${'x'.repeat(999)}\n`;
    for (let at = 0; at < 6_000; at += 1) writer.write(line);
    await jest.advanceTimersByTimeAsync(1_000);
    await manual.answer();
    expect(told).toEqual([writer.dropped]);
  });

  it('flushes everything that was written', async () => {
    const manual = new ManualSink();
    const writer = new LineWriter(manual.sink);
    writer.write('last words\n');
    const flushed = writer.flush();
    await jest.advanceTimersByTimeAsync(1_000);
    await manual.answer();
    await flushed;
    expect(manual.text).toBe('last words\n');
  });
});
