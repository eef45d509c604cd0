import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Migration, readMigrations } from './migrations/migration';

/**
 * The migrations of a database: SQL files named `NNNN-name.kind.sql`, run in their order, each once.
 *
 * - `expand` adds; a statement that could break the app that still runs, such as DROP COLUMN, is an error.
 * - `contract` takes away what its first line names, `-- contracts: 0003`, in a later deployment than the one that brought 0003.
 * - `long` is like `expand` and may take hours: a task runs it after the deployment.
 *
 * @example
 * import { Migrations } from 'plinth';
 *
 * const migrations = Migrations.fromFolder('examples/migrations');
 */
export class Migrations {
  /**
   * Those of a folder, checked: names, SQL that is not closed, what an expanding file must not hold, and which file contracts which.
   * @param directory the folder; relative to the folder that the app is synthesized in
   */
  static fromFolder(directory: string): Migrations {
    if (!existsSync(directory)) {
      throw new Error(`Migrations: directory must exist, got ${directory}; make it or name another`);
    }
    try {
      return new Migrations(resolve(directory), readMigrations(directory));
    } catch (error) {
      throw new Error(
        `Migrations: ${directory} must hold migrations that can be run, got faults; correct them\n${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * @param _directory where they are
   * @param _files what they are
   */
  private constructor(
    /** @internal */
    readonly _directory: string,
    /** @internal */
    readonly _files: readonly Migration[],
  ) {}

  /**
   * What a diff shows of them.
   * @internal
   */
  _properties(): { readonly [name: string]: string }[] {
    return this._files.map(({ version, name, kind, checksum }) => ({ version, name, kind, checksum }));
  }
}
