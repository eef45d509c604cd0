export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Quietest first: a logger of a level writes what stands before it, and itself. */
export const LOG_LEVELS = ['ERROR', 'WARN', 'INFO', 'DEBUG'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one JSON line an event. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly write: (line: string) => void;
  /**
   * What is written, and what is more pressing.
   * @default 'INFO'
   */
  readonly level?: LogLevel;
  readonly now?: () => number;
}

/** A logger of JSON lines: time, level, service, message, then the fields. */
export function createLogger({ service, write, level: most = 'INFO', now = Date.now }: LoggerOptions): Logger {
  const line = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(most)) return () => undefined;
    return (message: string, fields?: LogFields) =>
      write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, type: 'event', service, message, ...fields })}\n`);
  };
  return { debug: line('DEBUG'), info: line('INFO'), warn: line('WARN'), error: line('ERROR') };
}

/** The level LOG_LEVEL names, INFO where it names none. */
export function logLevel({ LOG_LEVEL = '' }: NodeJS.ProcessEnv): LogLevel {
  const level = LOG_LEVELS.find((known) => known === (LOG_LEVEL || 'INFO').toUpperCase());
  if (level === undefined) throw new Error(`LOG_LEVEL: must be ${LOG_LEVELS.join(', ')}, got ${LOG_LEVEL}; set one of them, or none`);
  return level;
}
