import { isRealKey, PRICES, providerConfig, ProviderConfigError } from 'plinth-runtime/provider';

const PLACEHOLDER = 'aB3'.repeat(21) + 'x';
const KEY = 'sk-proj-abc';

describe('the configuration of the provider', () => {
  it('REC-14.1 is 10,000 requests a minute, 30 s a request and 3 retries by default', () => {
    const { provider, openai, fallback, warning } = providerConfig({ OPENAI_API_KEY: KEY });
    expect([provider, fallback, warning, openai]).toEqual([
      'openai',
      'none',
      undefined,
      {
        url: 'https://api.openai.com/v1',
        key: KEY,
        embedding: { model: 'text-embedding-3-small', dimensions: 1_536, sendsDimensions: true, price: PRICES['text-embedding-3-small'] },
        chat: undefined,
        timeoutMs: 30_000,
        maxResponseBytes: 16_777_216,
        batch: { maxInputs: 128, maxBytes: 300_000 },
        limits: { requestsPerMinute: 10_000, concurrency: 64, queue: 256, retries: 3, halfOpenAfterMs: 60_000 },
      },
    ]);
  });

  it.each<[string, NodeJS.ProcessEnv, string, string | undefined]>([
    ['no key', {}, 'local', 'no key of the provider is set, so local embeddings are used; put the key into its secret'],
    [
      'a placeholder',
      { OPENAI_API_KEY: PLACEHOLDER },
      'local',
      'no key of the provider is set, so local embeddings are used; put the key into its secret',
    ],
    ['a choice', { PROVIDER: 'local', OPENAI_API_KEY: KEY }, 'local', undefined],
    [
      'openai with a placeholder',
      { PROVIDER: 'openai', OPENAI_API_KEY: PLACEHOLDER },
      'openai',
      'the key of the provider is a placeholder; put the key into its secret',
    ],
  ])('boots with %s', (_name, environment, provider, warning) => {
    const config = providerConfig(environment);
    expect([config.provider, config.warning]).toEqual([provider, warning]);
  });

  it.each([
    [PLACEHOLDER, false],
    ['', false],
    [undefined, false],
    [KEY, true],
    ['a'.repeat(63), true],
  ])('tells %s from a placeholder: %s', (key, real) => {
    expect(isRealKey(key)).toBe(real);
  });

  it('takes the price of a model that it does not know', () => {
    const environment = { OPENAI_API_KEY: KEY, PROVIDER_EMBEDDING_MODEL: 'bge-m3', PROVIDER_EMBEDDING_PRICE: '0.0125' };
    expect(providerConfig(environment).openai?.embedding).toEqual({
      model: 'bge-m3',
      dimensions: 1_536,
      sendsDimensions: false,
      price: { input: 1_250_000, output: undefined },
    });
  });

  it('takes two prices for a chat', () => {
    const environment = { OPENAI_API_KEY: KEY, PROVIDER_CHAT_MODEL: 'other', PROVIDER_CHAT_PRICE: '1.1,4.4' };
    expect(providerConfig(environment).openai?.chat).toEqual({
      model: 'other',
      price: { input: 110_000_000, output: 440_000_000 },
      halfOpenAfterMs: 30_000,
    });
  });

  it.each(['http://127.0.0.1:8080/v1/', 'http://localhost:1/v1', 'https://provider.example.com/v1'])('takes the address %s', (url) => {
    expect(providerConfig({ OPENAI_API_KEY: KEY, PROVIDER_URL: url }).openai?.url).toBe(url.replace(/\/$/, ''));
  });

  it('names every fault at once, and no secret', () => {
    const environment = {
      PROVIDER: 'openai',
      OPENAI_API_KEY: KEY,
      PROVIDER_URL: 'https://user:pass@example.com/',
      PROVIDER_EMBEDDING_MODEL: 'constructor',
      PROVIDER_CHAT_MODEL: 'gpt-4.1',
      PROVIDER_CHAT_PRICE: 'cheap',
      PROVIDER_FALLBACK: 'mock',
      PROVIDER_TIMEOUT_MS: '0',
      PROVIDER_RETRIES: '4',
    };
    expect(() => providerConfig(environment)).toThrow(
      new ProviderConfigError([
        'PROVIDER_FALLBACK must be none or local, got mock; leave it out for none',
        'PROVIDER_URL must be an https address without user or query (http on loopback only), got another; change it',
        'PROVIDER_EMBEDDING_PRICE must be USD for a million tokens such as 0.02 or 0.4,1.6 for input and output, got nothing, and the price of constructor is not known; set it',
        'PROVIDER_CHAT_PRICE must be USD for a million tokens such as 0.02 or 0.4,1.6 for input and output, got cheap; set it',
        'PROVIDER_TIMEOUT_MS must be a whole number between 1 and 600000, got 0; leave it out for 30000',
        'PROVIDER_RETRIES must be a whole number between 0 and 3, got 4; leave it out for 3',
      ]),
    );
  });

  it('does not look at what a local provider does not need', () => {
    expect(providerConfig({ PROVIDER: 'local', PROVIDER_URL: 'nonsense' }).openai).toBeUndefined();
  });
});
