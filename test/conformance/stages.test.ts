import { Ingress } from 'plinth';
import { readAssembly } from '../../lib/assembly';
import { REQUIREMENTS } from '../../lib/conformance/requirements';
import { platformAssembly } from '../support/stages';
import { demandsThatAre, domain, findingOf, platform } from './support';

const stages = readAssembly(platformAssembly());
const [dev, staging, production] = ['dev', 'staging', 'production'].map((name) => stages.find((stage) => stage.name === name)!);

/** It asks for the keys and takes the jobs. */
const withoutGateway = { ingress: Ingress.direct(), access: undefined, jobs: undefined };

test.each(REQUIREMENTS.map(({ demand }) => demand))('%s is met in production', (demand) => {
  expect(findingOf(demand, production)).toMatchObject({ status: 'met' });
});

test('every demand is met in staging', () => {
  expect(demandsThatAre('met', staging)).toEqual(REQUIREMENTS.map(({ demand }) => demand));
});

test('dev leaves no demand unmet', () => {
  expect(demandsThatAre('unmet', dev)).toEqual([]);
});

test('dev with a domain is relaxed in what costs twice', () => {
  expect(demandsThatAre('relaxed', dev).toSorted()).toEqual(['REC-2.6', 'REC-3.2', 'REC-3.3', 'REC-6.2']);
});

test('dev without a domain is relaxed in what needs one, too', () => {
  const relaxed = demandsThatAre('relaxed', platform({ stage: 'dev' }));

  expect(relaxed.toSorted()).toEqual([
    'REC-13.2',
    'REC-2.6',
    'REC-3.2',
    'REC-3.3',
    'REC-4.1',
    'REC-6.2',
    'REC-6.3',
    'REC-8.1',
    'REC-8.2',
    'REC-8.4',
  ]);
});

test('dev without a domain leaves no demand unmet', () => {
  expect(demandsThatAre('unmet', platform({ stage: 'dev' }))).toEqual([]);
});

test('dev says why it is relaxed', () => {
  expect(findingOf('REC-6.2', dev).reason).toBe('dev has one NAT gateway for both zones');
});

test('a stage without the gateway leaves unmet what the gateway did', () => {
  const direct = platform({ stage: 'production', domain, ...withoutGateway });

  expect(demandsThatAre('unmet', direct).toSorted()).toEqual([
    'CTX-4.4',
    'REC-1.11',
    'REC-1.4',
    'REC-13.2',
    'REC-4.8',
    'REC-5.3',
    'REC-8.1',
  ]);
});

test('dev without a domain and without the gateway is not relaxed in the way to its tasks', () => {
  expect(findingOf('REC-8.1', platform({ stage: 'dev', ...withoutGateway }))).toMatchObject({
    status: 'unmet',
    reason: 'a target group: Protocol must be HTTPS, got HTTP',
  });
});

test('a stage without long-polling routes is idle for a minute', () => {
  expect(findingOf('REC-4.7', platform({ stage: 'dev', ingress: Ingress.gateway(), jobs: undefined })).evidence[0]?.value).toBe('60');
});

test('no demand has two lists of checks', () => {
  const ids = REQUIREMENTS.map(({ demand }) => demand);

  expect(ids).toEqual([...new Set(ids)]);
});
