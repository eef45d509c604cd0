import { LocalEmbedder } from 'plinth-runtime/provider';
import { Deadline } from 'plinth-runtime/resilience';
import fc from 'fast-check';
import { ManualClock } from '../../support/manual-clock';
import ranking from './fixtures/ranking.json';

const local = new LocalEmbedder();
const options = { deadline: Deadline.after(1_000, new ManualClock()) };
const vectorOf = async (text: string) => (await local.embed([text], options)).embeddings[0];
const cosine = (one: readonly number[], other: readonly number[]) => one.reduce((sum, value, index) => sum + value * other[index], 0);

describe('LocalEmbedder', () => {
  it('gives 1,536 dimensions of length 1, for nothing', async () => {
    const { embeddings, cost } = await local.embed(['solar power'], options);
    expect([local.dimensions, local.model, embeddings[0].length, cost]).toEqual([1_536, 'local-hashing-1-1536', 1_536, 0]);
    expect(Math.hypot(...embeddings[0])).toBeCloseTo(1, 6);
  });

  it('gives the same vector for the same text, in every version of the model', async () => {
    const vector = await vectorOf('Solar power');
    const set = vector.flatMap((value, index) => (Math.abs(value) > 0.3 ? [[index, Number(value.toFixed(4))]] : []));
    expect(set).toEqual([
      [1144, 0.3257],
      [1518, -0.3257],
    ]);
  });

  it.each([
    ['case', 'Solar Power', 'solar power'],
    ['punctuation', 'solar, power!', 'solar power'],
    ['spaces', '  solar\n power ', 'solar power'],
    ['forms of Unicode', 'cafe\u0301', 'caf\u00e9'],
    ['widths', '\uff33olar', 'solar'],
  ])('takes no notice of %s', async (_name, one, other) => {
    expect(await vectorOf(one)).toEqual(await vectorOf(other));
  });

  it('puts texts with shared words and spellings closer than others', async () => {
    const [query, near, spelled, far] = await Promise.all(
      ['solar panels on the roof', 'roof with solar panels', 'solarpanel', 'a recipe for dinner'].map(vectorOf),
    );
    expect(cosine(query, near)).toBeGreaterThan(0.6);
    expect(cosine(query, spelled)).toBeGreaterThan(0.2);
    expect(Math.abs(cosine(query, far))).toBeLessThan(0.1);
  });

  it('has a direction for every text', () => {
    return fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const vector = await vectorOf(text);
        expect(vector.every(Number.isFinite)).toBe(true);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('ranks the right one of 20 categories first for 27 of 30 queries, which share a word with it', async () => {
    const names = Object.keys(ranking.categories);
    const { embeddings: categories } = await local.embed(Object.values(ranking.categories), options);
    const { embeddings: queries } = await local.embed(
      ranking.pairs.map(([query]) => query),
      options,
    );
    const places = queries.map((query, index) => {
      const scores = categories.map((category) => cosine(query, category));
      const right = scores[names.indexOf(ranking.pairs[index][1])];
      return scores.filter((score) => score > right).length;
    });
    const missed = ranking.pairs.flatMap(([query], index) => (places[index] > 0 ? [query] : []));
    // The three that share no word with their category.
    expect(missed).toEqual(['The rising ocean threatens islands', 'My kitten will not eat', 'Symphony orchestra tickets']);
  });
});
