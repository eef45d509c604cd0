/** Reads settings from an environment and collects every fault, so that all of them are named at once. An empty value is none. */
export class SettingsReader {
  readonly faults: string[] = [];

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  text(name: string): string | undefined {
    return this.environment[name] || undefined;
  }

  choice<T extends string>(name: string, allowed: readonly [T, ...T[]]): T | undefined {
    const given = this.text(name);
    if (given === undefined || (allowed as readonly string[]).includes(given)) return given as T | undefined;
    this.faults.push(`${name} must be ${allowed.join(' or ')}, got ${given}; leave it out for ${allowed[0]}`);
    return undefined;
  }

  whole(name: string, least: number, most: number, otherwise: number): number {
    const given = this.text(name);
    if (given === undefined) return otherwise;
    if (/^\d{1,15}$/.test(given) && Number(given) >= least && Number(given) <= most) return Number(given);
    this.faults.push(`${name} must be a whole number between ${least} and ${most}, got ${given}; leave it out for ${otherwise}`);
    return otherwise;
  }
}
