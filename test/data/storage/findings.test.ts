import { App, Stack } from 'aws-cdk-lib';
import { ALL_FLAGS, NO_FLAGS } from '../../support/feature-flags';
import { findingsOf } from '../../support/findings';
import { DataProtection } from '../../../lib/data/data-protection';
import { ContentBucket } from '../../../lib/data/storage';

const SUBJECTS: { readonly [name: string]: (stack: Stack) => void } = {
  'a kept bucket': (stack) => {
    new ContentBucket(stack, 'Documents');
  },
  'a disposable bucket': (stack) => {
    new ContentBucket(stack, 'Documents', { protection: DataProtection.disposable() });
  },
};

describe.each(Object.entries(SUBJECTS))('%s', (_, make) => {
  describe.each([
    ['no feature flag', NO_FLAGS],
    ['every feature flag', ALL_FLAGS],
  ])('with %s', (_flags, context) => {
    const app = new App({ context });
    make(new Stack(app, 'Stack'));
    const { open, acknowledged } = findingsOf(app);

    test('has no finding', () => {
      expect(open).toEqual([]);
    });

    test('accepts findings by the table of families alone', () => {
      expect(acknowledged.filter(({ family }) => family === undefined)).toEqual([]);
    });
  });
});
