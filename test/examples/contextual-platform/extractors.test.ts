import { KeywordExtractor } from '../../../examples/contextual-platform/service/extractors/keywords';
import { ExtractorRegistry, localExtractors } from '../../../examples/contextual-platform/service/extractors/registry';
import { TaxonomyExtractorV20, TaxonomyExtractorV21 } from '../../../examples/contextual-platform/service/extractors/taxonomy';

const topLabel = async (extractor: TaxonomyExtractorV20 | TaxonomyExtractorV21, text: string) =>
  (await extractor.extract({ text })).taxonomies?.[0]?.label;

test.each([
  ['Technology', 'The new chip runs the algorithm on a smartphone, without the cloud, as developers of the app hoped.'],
  ['Health', 'Doctors of the clinic saw fewer symptoms in patients after the vaccine.'],
  ['Food', 'Slice the vegetables, melt the cheese, and serve the dish with bread from the kitchen.'],
  ['Finance', 'The bank raised the interest on its loans; bond investors and the stock market took note.'],
  ['Travel', 'Flights to the island were full, and every hotel on the beach was booked by tourists.'],
])('CTX-1.4 both versions of taxonomy find %s', async (label, text) => {
  expect([await topLabel(new TaxonomyExtractorV20(), text), await topLabel(new TaxonomyExtractorV21(), text)]).toEqual([label, label]);
});

test('taxonomy v2.1 reads the title and the path of the URL too', async () => {
  const payload = { text: 'What happened yesterday.', title: 'Championship', url: 'https://example.com/sports/tennis-season' };

  expect(await new TaxonomyExtractorV20().extract(payload)).toEqual({ taxonomies: [] });
  expect(await new TaxonomyExtractorV21().extract(payload)).toEqual({ taxonomies: [{ label: 'Sports', score: 1 }] });
});

test('scores of labels are shares of the hits, the highest first', async () => {
  const { taxonomies } = await new TaxonomyExtractorV21().extract({ text: 'software, software, software and a football' });

  expect(taxonomies).toEqual([
    { label: 'Technology', score: 0.75 },
    { label: 'Sports', score: 0.25 },
  ]);
});

test('keywords are the words used most, without those that tell nothing', async () => {
  const { keywords } = await new KeywordExtractor().extract({
    text: 'The harbour and the ships. The harbour is the oldest.',
    title: 'Ships',
  });

  expect(keywords).toEqual([
    { keyword: 'ships', score: 1 },
    { keyword: 'harbour', score: 0.5 },
    { keyword: 'oldest', score: 0.25 },
  ]);
});

test.each(['!!!', '12 34', '\u{1F600}', 'the and of'])('a text without telling words, %s, has no keywords', async (text) => {
  expect(await new KeywordExtractor().extract({ text })).toEqual({ keywords: [] });
});

test('a version is registered once', () => {
  expect(() => new ExtractorRegistry([new KeywordExtractor(), new KeywordExtractor()])).toThrow(
    'ExtractorRegistry: keywords v1.0 must be registered once, got it twice; give a version',
  );
  expect([localExtractors().ids, localExtractors().versions('taxonomy'), localExtractors().versions('none')]).toEqual([
    ['keywords', 'taxonomy'],
    ['v2.0', 'v2.1'],
    [],
  ]);
});
