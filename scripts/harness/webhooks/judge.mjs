/** Holds what the rows say beside what the receiver got. `expected`: { deliveryId, key } of each delivery; `rows`: as they stand, by id. */
export function judge({ expected, rows, receiver, kills }) {
  const sum = { lost: 0, stuck: 0, succeeded: 0, otherwise: 0, attempts: 0, unknownAttempts: 0, attemptsWithoutAnEnd: 0 };
  const duplicates = { posts: receiver.posts, duplicatePosts: 0, beyondInterruptedAttempts: 0, underAnotherId: 0 };
  const extra = new Map();
  for (const { deliveryId, messageId, key } of expected) {
    const row = rows.get(deliveryId);
    const { posts = 0, ids = new Set() } = receiver.got.get(key) ?? {};
    if (!row || posts === 0) sum.lost += 1;
    if (!row) continue;
    if (row.state === 'succeeded') sum.succeeded += 1;
    else if (row.finishedAt === undefined) sum.stuck += 1;
    else sum.otherwise += 1;
    const unknown = row.attempts.filter(({ outcome }) => outcome === 'unknown').length;
    sum.attempts += row.attempts.length;
    sum.unknownAttempts += unknown;
    if (row.finishedAt !== undefined) sum.attemptsWithoutAnEnd += row.attempts.filter(({ outcome }) => outcome === 'sending').length;
    const twice = Math.max(0, posts - 1);
    duplicates.duplicatePosts += twice;
    duplicates.beyondInterruptedAttempts += Math.max(0, twice - unknown);
    duplicates.underAnotherId += [...ids].filter((id) => id !== messageId).length;
    extra.set(deliveryId, twice);
  }
  return { ...sum, ...duplicates, ...ofKills(kills, rows, extra) };
}

/** What each kill broke off, and how many of these arrived a second time. An attempt was broken off by the first kill of whoever held it. */
function ofKills(kills, rows, extra) {
  const perKill = kills.map(() => ({ interrupted: 0, duplicates: 0 }));
  for (const [id, twice] of extra) {
    let left = twice;
    for (const { outcome, startedAt, endedAt } of rows.get(id).attempts) {
      if (outcome !== 'unknown') continue;
      const by = kills.findIndex(({ at, held }) => at >= startedAt && at < endedAt && held.includes(id));
      if (by < 0) continue;
      perKill[by].interrupted += 1;
      perKill[by].duplicates += left > 0 ? 1 : 0;
      left -= 1;
    }
  }
  const duplicates = perKill.map((kill) => kill.duplicates);
  const sorted = duplicates.toSorted((one, other) => one - other);
  return {
    interruptedByKills: perKill.reduce((all, { interrupted }) => all + interrupted, 0),
    duplicatesByKills: duplicates.reduce((all, one) => all + one, 0),
    duplicatesPerKill: duplicates.join(' '),
    duplicatesOfAKillMedian: sorted[Math.floor(sorted.length / 2)] ?? 0,
    duplicatesOfAKillMost: sorted.at(-1) ?? 0,
  };
}
