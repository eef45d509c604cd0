export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Writes one JSON line an event. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly write: (line: string) => void;
  readonly now?: () => number;
}

/** A logger of JSON lines: time, level, service, message, then the fields. */
export function createLogger({ service, write, now = Date.now }: LoggerOptions): Logger {
  const line = (level: string) => (message: string, fields?: LogFields) =>
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, type: 'event', service, message, ...fields })}\n`);
  return { info: line('INFO'), warn: line('WARN'), error: line('ERROR') };
}
