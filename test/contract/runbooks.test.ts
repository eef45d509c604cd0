import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stageTemplates } from '../support/stages';

const root = join(__dirname, '..', '..');
const alarms = Object.entries(stageTemplates()).flatMap(([stack, template]) =>
  Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => ({
    name: `${stack} ${id}`,
    description: String(Properties.AlarmDescription),
    actions: JSON.stringify(Properties.AlarmActions ?? []),
  })),
);

/** Scaling alarms call nobody. */
const watched = alarms.filter(({ actions }) => !actions.includes('Scaling'));

test('there are alarms to speak of', () => {
  expect(watched.length).toBeGreaterThan(30);
});

test.each(watched)('$name has a runbook', ({ description }) => {
  const [, runbook] = /; runbook (docs\/runbooks\/[\w-]+\.md)$/.exec(description) ?? [];

  expect(runbook).toBeDefined();
  expect(existsSync(join(root, runbook))).toBe(true);
  expect(readFileSync(join(root, runbook), 'utf8').length).toBeGreaterThan(300);
});

test('the database of production is watched for its CPU credits, as its class bursts', () => {
  expect(watched.filter(({ name }) => name.startsWith('production/Data')).map(({ description }) => description)).toContainEqual(
    expect.stringContaining('database-cpu-credits.md'),
  );
});
