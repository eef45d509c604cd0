const IMF_FIXDATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The wait that a Retry-After header asks for, in whole seconds or as a date; undefined where it says nothing that counts. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const given = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1_000;
  if (!IMF_FIXDATE.test(given)) return undefined;
  const at = Date.parse(given);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
