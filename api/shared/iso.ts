/** A time of the API: ISO 8601, in UTC. */
export const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
