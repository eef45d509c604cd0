import type { Job } from './job';
import type { JobKind } from './job-kinds';

/** Whoever is told how jobs ended. */
export interface JobEnds {
  /** Of a job that is final. It may be told again: what is made of it must have an id that follows from the job's. A failure is made good by the sweeper. */
  tell(job: Job, kind: JobKind): Promise<void>;
}
