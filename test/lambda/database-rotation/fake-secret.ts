import { EventEmitter, once } from 'node:events';
import type { SecretVersions } from '../../../lambda/database-rotation/rotate';

interface Version {
  readonly stages: Set<string>;
  value?: string;
}

/** A secret in memory that keeps the rules of Secrets Manager. */
export class FakeSecret implements SecretVersions {
  private readonly versions = new Map<string, Version>();
  private readonly changes = new EventEmitter();

  constructor(value: object) {
    this.versions.set('first', { stages: new Set(['AWSCURRENT']), value: JSON.stringify(value) });
    this.changes.setMaxListeners(0);
  }

  /** What RotateSecret does before it calls the function. */
  begin(token: string): void {
    for (const { stages } of this.versions.values()) stages.delete('AWSPENDING');
    this.versions.set(token, { stages: new Set(['AWSPENDING']) });
  }

  /** The parsed value of a stage. */
  valueOf(stage: string): Record<string, string> {
    const value = this.at(stage)?.[1].value;
    if (!value) throw new Error(`a version of ${stage} must have a value, got none`);
    return JSON.parse(value) as Record<string, string>;
  }

  /** Resolves when another version is promoted. */
  async changed(): Promise<void> {
    await once(this.changes, 'promoted');
  }

  async list(): Promise<Map<string, string[]>> {
    return new Map([...this.versions].map(([id, { stages }]) => [id, [...stages]]));
  }

  async read(_secretId: string, { stage, token }: { stage: string; token?: string }): Promise<string | undefined> {
    const [id, version] = this.at(stage) ?? [];
    return token === undefined || id === token ? version?.value : undefined;
  }

  async writePending(_secretId: string, token: string, value: string): Promise<void> {
    const version = this.versions.get(token);
    if (!version) throw new Error(`${token} must have begun`);
    version.value ??= value;
  }

  async promote(_secretId: string, { from, to }: { from: string; to: string }): Promise<void> {
    const [old, next] = [this.versions.get(from), this.versions.get(to)];
    if (!next || !old?.stages.delete('AWSCURRENT')) throw new Error('AWSCURRENT is not on the version to remove it from');
    for (const { stages } of this.versions.values()) stages.delete('AWSPREVIOUS');
    old.stages.add('AWSPREVIOUS');
    next.stages.add('AWSCURRENT');
    this.changes.emit('promoted');
  }

  private at(stage: string): [string, Version] | undefined {
    return [...this.versions].find(([, { stages }]) => stages.has(stage));
  }
}
