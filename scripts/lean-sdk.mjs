/**
 * Leaves out what the AWS SDK loads and a function of Lambda never uses, 160 KB of each bundle: every source of credentials but the environment,
 * where Lambda puts them, and streams of events, unless a client asks for them. Where one is used after all, it says so.
 */
const CREDENTIALS = /@aws-sdk[\\/]credential-provider-node[\\/].*[\\/]defaultProvider\.js$/;
const EVENT_STREAMS = /^@smithy\/core\/event-streams$/;

const fromEnvironment = `
import { fromEnv } from '@aws-sdk/credential-provider-env';
export const defaultProvider = (init) => fromEnv(init);
export const credentialsWillNeedRefresh = () => false;
export const credentialsTreatedAsExpired = () => false;
`;
const noStreams = `
export class EventStreamSerde {
  constructor() {
    throw new Error('event streams are left out of this bundle');
  }
}
`;

export const leanSdk = {
  name: 'lean-sdk',
  setup(build) {
    build.onLoad({ filter: CREDENTIALS }, ({ path }) => {
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
      return { contents: fromEnvironment, resolveDir: folder };
    });
    // Clients that have them import them; all others would load them for an operation that they do not have.
    build.onResolve({ filter: EVENT_STREAMS }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: 'event-streams', namespace: 'lean-sdk' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'lean-sdk' }, () => ({ contents: noStreams }));
  },
};
