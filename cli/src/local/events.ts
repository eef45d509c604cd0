import type { Absence } from './model/stage-model';

/** One thing that runs, and what it stands for. */
export interface Running {
  readonly name: string;
  readonly what: string;
}

/** What the local run tells while it goes on. */
export type LocalEvent =
  | { readonly event: 'synthesized'; readonly example: string; readonly assembly: string; readonly tookMs: number }
  | { readonly event: 'stage'; readonly stage: string }
  | ({ readonly event: 'runs' } & Running)
  | { readonly event: 'absent'; readonly absences: readonly Absence[] }
  | { readonly event: 'note'; readonly note: string }
  | { readonly event: 'log'; readonly container: string; readonly line: string }
  | { readonly event: 'ready'; readonly url: string; readonly ask: readonly string[]; readonly key?: string; readonly startedInMs: number }
  | { readonly event: 'failed'; readonly reason: string };

export type Tell = (event: LocalEvent) => void;

/** An event as lines for a reader. */
export function linesOf(event: LocalEvent): string[] {
  if (event.event === 'synthesized') return [`synth: ${event.example}, ${(event.tookMs / 1_000).toFixed(1)} s`];
  if (event.event === 'stage') return [`stage ${event.stage}, one task of each service`];
  if (event.event === 'runs') return [`  ${event.name.padEnd(NAME_WIDTH)} ${event.what}`];
  if (event.event === 'absent') return absent(event.absences);
  if (event.event === 'note') return [`note: ${event.note}`];
  if (event.event === 'log') return [`${event.container.padEnd(NAME_WIDTH)} | ${event.line}`];
  if (event.event === 'ready') {
    const key = event.key === undefined ? '' : ` -H 'x-api-key: ${event.key}'`;
    return [`ready: ${event.url}`, ...event.ask.map((path) => `  curl -s ${event.url}${path}${key}`)];
  }
  return [`failed: ${event.reason}`];
}

const NAME_WIDTH = 9;

function absent(absences: readonly Absence[]): string[] {
  const width = Math.max(...absences.map(({ type }) => type.length));
  return ['nothing local stands for', ...absences.map(({ type, count }) => `  ${type.padEnd(width)} ${count}`)];
}
