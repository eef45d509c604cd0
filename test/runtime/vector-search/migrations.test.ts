import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vectorAnalytics, vectorTable } from 'plinth-runtime/vector-search';

const FOLDER = join(__dirname, '../../../examples/recommendation-api/migrations');

describe('migrations of the example', () => {
  it.each([
    ['0001-categories.expand.sql', vectorTable('categories')],
    ['0002-analytics.expand.sql', vectorAnalytics('categories')],
  ])('%s holds the statements that the library gives', (file, statements) => {
    expect(readFileSync(join(FOLDER, file), 'utf8')).toBe(statements.map((statement) => `${statement};\n`).join('\n'));
  });
});
