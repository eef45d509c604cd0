import { currentVersion, standingOf } from '../../../lambda/database-rotation/version-standing';

const versions = new Map([
  ['old', ['AWSPREVIOUS']],
  ['now', ['AWSCURRENT']],
  ['next', ['AWSPENDING']],
  ['gone', []],
]);

test('a pending version is to be rotated to', () => {
  expect(standingOf(versions, 'next')).toBe('pending');
});

test.each([[['AWSCURRENT']], [['AWSCURRENT', 'AWSPENDING']], [['AWSPENDING', 'AWSCURRENT']]])(
  'a version that is %s is rotated to already',
  (stages) => {
    expect(standingOf(new Map([['one', stages]]), 'one')).toBe('current');
  },
);

test.each([
  ['old', 'version old must be AWSPENDING, got AWSPREVIOUS; start a new rotation'],
  ['gone', 'version gone must be AWSPENDING, got no stage; start a new rotation'],
  ['unknown', 'version unknown must be one of the secret, got none of that id; start a new rotation'],
])('refuses the version %s', (version, message) => {
  expect(() => standingOf(versions, version)).toThrow(message);
});

test('finds the current version', () => {
  expect(currentVersion(versions)).toBe('now');
});

test('refuses a secret without a current version', () => {
  expect(() => currentVersion(new Map([['next', ['AWSPENDING']]]))).toThrow('one version of the secret must be AWSCURRENT, got none');
});
