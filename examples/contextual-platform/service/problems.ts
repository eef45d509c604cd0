import type { Problem } from 'plinth-runtime';

export const TENANT_MISSING: Problem = { code: 'tenant-missing', status: 401, title: 'The request belongs to nobody' };

export const TOO_MANY_QUEUED: Problem = { code: 'too-many-queued', status: 429, title: 'Too many of your jobs are queued' };

export const QUEUE_FULL: Problem = { code: 'queue-full', status: 503, title: 'The queue of jobs is full; send the request again' };
