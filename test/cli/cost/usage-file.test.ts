import { USAGE } from '../../../cli/src/cost/usage';
import { assumptionsOf } from '../../../cli/src/cost/usage-file';
import { stageOf } from './builder';

const assumed = (stage: string, given?: unknown) => assumptionsOf([stageOf({}, stage)], given)[0];

test.each([
  ['dev', 'dev', [100, 200]],
  ['staging', 'staging', undefined],
  ['production', 'production', [400, 800]],
  ['prod', 'production', [400, 800]],
  ['high-traffic', 'highTraffic', [800, 1500]],
])('a stage called %s is used like %s and may cost %j', (stage, profile, band) => {
  expect(assumed(stage)).toEqual({ profile, band, usage: USAGE[profile as keyof typeof USAGE] });
});

test('a stage of any other name is used like production and has no budget', () => {
  expect(assumed('canary')).toEqual({ profile: 'production', band: undefined, usage: USAGE.production });
});

test('takes the environment of a stage before its name', () => {
  expect(assumptionsOf([{ ...stageOf({}, 'app'), environment: 'dev' }])[0].profile).toBe('dev');
});

test('stages take between 10,000 and 50,000 requests a day, high traffic ten times that', () => {
  expect(Object.values(USAGE).map(({ requestsPerDay }) => requestsPerDay)).toEqual([10_000, 10_000, 50_000, 500_000]);
});

test('a usage file changes what it names', () => {
  expect(assumed('production', { production: { requestsPerDay: 1 } }).usage).toEqual({ ...USAGE.production, requestsPerDay: 1 });
});

test('a usage file gives a stage another profile with its budget', () => {
  expect(assumed('production', { production: { profile: 'highTraffic' } })).toEqual({
    profile: 'highTraffic',
    band: [800, 1500],
    usage: USAGE.highTraffic,
  });
});

test('a usage file gives a stage a budget', () => {
  expect(assumed('canary', { canary: { band: [10, 20] } }).band).toEqual([10, 20]);
});

test.each([
  ['usage must be an object of stages, got []; write { "<stage>": { ... } }', []],
  ['usage must be of the stages dev, got "prod"; rename or remove it', { prod: {} }],
  ['dev must be an object of assumptions, got 3; write { "requestsPerDay": 20000 } or the like', { dev: 3 }],
  ['dev.requestsPerDay must be a number of at least 0, got -1; correct it', { dev: { requestsPerDay: -1 } }],
  ['dev.requestsPerDay must be a number of at least 0, got "many"; correct it', { dev: { requestsPerDay: 'many' } }],
  ['dev.profile must be one of dev, staging, production, highTraffic, got "huge"; correct it', { dev: { profile: 'huge' } }],
  ['dev.band must be two rising amounts, such as [400, 800], got [2,1]; correct it', { dev: { band: [2, 1] } }],
])('refuses: %s', (message, given) => {
  expect(() => assumed('dev', given)).toThrow(new Error(message));
});

test('names every fault at once', () => {
  expect(() => assumed('dev', { dev: { natGb: -1, band: 5 } })).toThrow(
    new Error(
      'dev.natGb must be a number of at least 0, got -1; correct it\n' +
        'dev.band must be two rising amounts, such as [400, 800], got 5; correct it',
    ),
  );
});

test('names what may be assumed where a name is wrong', () => {
  expect(() => assumed('dev', { dev: { toString: 1 } })).toThrow(
    /^dev\.toString must be profile, band or one of requestsPerDay, .*, got "toString"; rename or remove it$/,
  );
});
