import { generateKeyPair, WebhookVerifier } from 'plinth-runtime/signing';
import { answer, SECRETS, sealedKey, world } from './world';

describe('failure mode 15: keys that change', () => {
  const headersOf = (got: { headers: object }) => got.headers as Record<string, string>;

  test('between attempts: the next is signed with both, then with the new one', async () => {
    const { ready, edit, work, runOn, receiver, clock, publish } = world();
    receiver.receive = (_request, nth) => answer(nth === 1 ? 500 : 200);
    await ready();
    await work();
    const old = { ...sealedKey('acme', 'whe_1', SECRETS[0]), notAfter: clock.now() + 3_600_000 };
    await edit({ keys: [sealedKey('acme', 'whe_1', SECRETS[1]), old] });
    await runOn();
    await clock.advance(3_600_000);
    await publish();
    await runOn();

    expect(receiver.got.map((got) => headersOf(got)['webhook-signature'].split(' ').length)).toEqual([1, 2, 1]);
    for (const secret of SECRETS.slice(0, 2)) {
      const verifier = new WebhookVerifier({ secrets: [secret], clock: { now: () => receiver.got[1].at } });
      await expect(verifier.verify(headersOf(receiver.got[1]), receiver.got[1].body)).resolves.toBeDefined();
    }
    const last = new WebhookVerifier({ secrets: [SECRETS[0]], clock: { now: () => receiver.got[2].at } });
    await expect(last.verify(headersOf(receiver.got[2]), receiver.got[2].body)).rejects.toMatchObject({ code: 'no-match' });
  });

  test('from v1 to v1a between attempts: who knows either verifies, and who knows the old alone no more when it has ended', async () => {
    const { ready, edit, work, runOn, receiver, clock, publish } = world();
    const { privateKey, publicKey } = generateKeyPair();
    receiver.receive = (_request, nth) => answer(nth === 1 ? 500 : 200);
    await ready();
    await work();
    const old = { ...sealedKey('acme', 'whe_1', SECRETS[0]), notAfter: clock.now() + 3_600_000 };
    await edit({ keys: [{ ...sealedKey('acme', 'whe_1', privateKey, 'k2'), version: 'v1a', publicKey }, old] });
    await runOn();
    await clock.advance(3_600_000);
    await publish();
    await runOn();

    const verified = async (nth: number, known: { secrets?: string[]; publicKeys?: string[] }) => {
      const verifier = new WebhookVerifier({ ...known, clock: { now: () => receiver.got[nth].at } });
      return verifier.verify(headersOf(receiver.got[nth]), receiver.got[nth].body).then(
        ({ version }) => version,
        ({ code }: { code: string }) => code,
      );
    };
    const of = [{ secrets: [SECRETS[0]] }, { publicKeys: [publicKey] }];
    const seen = [0, 1, 2].map((nth) => Promise.all(of.map((known) => verified(nth, known))));
    expect(await Promise.all(seen)).toEqual([
      ['v1', 'no-match'],
      ['v1', 'v1a'],
      ['no-match', 'v1a'],
    ]);
  });

  test('that end while a delivery is parked are not signed with; without any it waits and is never sent unsigned', async () => {
    const { ready, work, pass, edit, receiver, clock, deliveries, webhooks } = world();
    await ready({ keys: [{ ...sealedKey('acme', 'whe_1', SECRETS[0]), notAfter: clock.now() }] });
    await work();
    await pass(3);
    expect(receiver.got).toHaveLength(0);
    expect((await deliveries())[0]).toMatchObject({ attempt: 0 });
    await edit({ keys: [sealedKey('acme', 'whe_1', SECRETS[1])] });
    await webhooks.wake('acme', 'whe_1');
    await pass(2);
    expect((await deliveries())[0].state).toBe('succeeded');
  });

  test('CTX-10.3 the v1 signatures stand in the header of its choice too', async () => {
    const { ready, work, receiver } = world();
    await ready({ signatureHeader: 'X-Mixpeek-Signature' });
    await work();
    const headers = headersOf(receiver.got[0]);
    expect(headers['X-Mixpeek-Signature']).toMatch(/^v1,/);
    expect(headers['X-Mixpeek-Signature']).toBe(headers['webhook-signature']);
  });
});
