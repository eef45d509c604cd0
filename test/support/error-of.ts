/** What some work fails with; for work that is still to be let fail. */
export function errorOf<E extends Error = Error>(work: Promise<unknown>): Promise<E> {
  return work.then(
    () => {
      throw new Error('the work must fail, got a result');
    },
    (error: unknown) => error as E,
  );
}
