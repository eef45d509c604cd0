import { cpus, totalmem } from 'node:os';

/** What a figure was measured on. */
export const machine = { cpus: cpus().length, model: cpus()[0].model, memoryGib: Math.round(totalmem() / 2 ** 30), node: process.version };

export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
