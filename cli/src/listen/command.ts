import { type Command, Misuse } from '../command';
import { WebhookApi } from './api';
import { type Arrival, Receiver } from './receiver';

const DEFAULT_API = 'http://127.0.0.1:8080';
const DEFAULT_KEY = 'local';
const HIGHEST_PORT = 65_535;

/** Registers a receiver on this machine with a local run and tells what arrives. */
export const listen: Command = {
  name: 'listen',
  summary: 'Receives webhooks of a local run on this machine, verifies each and tells of it; registers itself, and is gone when it ends.',
  positionals: [],
  flags: {
    api: { value: 'URL', description: `the API that is to send; ${DEFAULT_API} by default` },
    key: { value: 'KEY', description: `an API key with the scope webhooks; ${DEFAULT_KEY} by default` },
    events: { value: 'TYPES', description: 'types of events with commas between, such as job.*; all by default' },
    port: { value: 'N', description: 'the port to receive on; a free one by default' },
  },
  async run({ values, switches }, { out, interrupted = () => () => {} }) {
    const json = switches.has('json');
    const apiUrl = urlOf(values.get('api') ?? DEFAULT_API);
    const port = portOf(values.get('port') ?? '0');
    const events = (values.get('events') ?? '*').split(',');
    const receiver = new Receiver((arrival) => out(json ? JSON.stringify({ event: 'webhook', ...arrival }) : lineOf(arrival)));
    let unsubscribe = () => {};
    const stopped = new Promise<void>((stop) => {
      unsubscribe = interrupted(() => stop());
    });
    const api = new WebhookApi(apiUrl, values.get('key') ?? DEFAULT_KEY);
    try {
      await receiver.start(port);
      const { id, secret } = await api.register(receiver.url, events);
      receiver.trust(secret);
      out(
        json
          ? JSON.stringify({ event: 'listening', id, url: receiver.url, events })
          : `listening: ${receiver.url} for ${events.join(', ')} as ${id}`,
      );
      await stopped;
      await api.remove(id);
      return 0;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      out(json ? JSON.stringify({ event: 'failed', reason }) : `failed: ${reason}`);
      return 1;
    } finally {
      unsubscribe();
      await receiver.stop();
    }
  },
};

const lineOf = ({ id, verdict, body }: Arrival) => `${verdict}: ${id} ${plain(body)}`;

/** One line, which moves no cursor: any page in a browser on this machine can post to it. */
const plain = (text: string) => text.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

function urlOf(given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw new Misuse(`plinth listen: --api must be a URL with http or https, got ${given}; name the API, such as ${DEFAULT_API}`);
}

function portOf(given: string): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port <= HIGHEST_PORT) return port;
  throw new Misuse(`plinth listen: --port must be a whole number from 0 to ${HIGHEST_PORT}, got ${given}; leave it out for a free one`);
}
