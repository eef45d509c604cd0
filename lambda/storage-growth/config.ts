import type { Disks } from './grow';

/** Reads DATABASE_INSTANCES (names, the source first, with commas between) and STORAGE_LIMIT_GIB; every fault is named at once. */
export function disksOf(environment: NodeJS.ProcessEnv): Disks {
  const { DATABASE_INSTANCES = '', STORAGE_LIMIT_GIB = '' } = environment;
  const identifiers = DATABASE_INSTANCES.split(',').filter((name) => name !== '');
  const limitGib = Number(STORAGE_LIMIT_GIB);
  const faults = [
    ...(identifiers.length > 0 ? [] : ['DATABASE_INSTANCES must be names of instances with commas between, got nothing']),
    ...(Number.isInteger(limitGib) && limitGib > 0
      ? []
      : [`STORAGE_LIMIT_GIB must be a number of GiB, got ${STORAGE_LIMIT_GIB || 'nothing'}`]),
  ];
  if (faults.length > 0) throw new Error(faults.join('; '));
  return { identifiers, limitGib };
}
