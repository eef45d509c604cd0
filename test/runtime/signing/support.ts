import { ManualClock } from '../../support/manual-clock';
import {
  generateKeyPair,
  privateKeyOf,
  secretBytes,
  type SigningKey,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from 'plinth-runtime/signing';

/** The vector of the specification's libraries. */
export const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: Buffer.from('{"test": 2432232314}') },
  v1: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  /** The first implementation of v1a signs the same message with this pair. */
  privateKey: 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==',
  publicKey: 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=',
  v1a: 'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
};

export const NOW = VECTOR.message.timestamp;

/** A clock at some seconds since the epoch. */
export const clockAt = (seconds: number) => new ManualClock({ now: seconds * 1000 });

export const v1 = (secret: string): SigningKey => ({ version: 'v1', kid: 'a', secret: secretBytes(secret) });
export const v1a = (privateKey: string): SigningKey => ({ version: 'v1a', kid: 'b', privateKey: privateKeyOf(privateKey) });

export const pair = generateKeyPair();

/** A verifier of the vector's keys at the vector's time. */
export const verifier = (options: Partial<WebhookVerifierOptions> = {}) =>
  new WebhookVerifier({ secrets: [VECTOR.secret], clock: clockAt(NOW), ...options });
