import { X509Certificate } from 'node:crypto';
import { makeCertificate } from '../../gateway/certificate';
import { Rig, tlsTo } from './support';

describe('the certificate of a task', () => {
  it('holds a P-256 key', async () => {
    const { cert } = await makeCertificate();
    expect(new X509Certificate(cert).publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  });

  it('is another one for every task', async () => {
    const [first, second] = await Promise.all([makeCertificate(), makeCertificate()]);
    expect(new X509Certificate(first.cert).fingerprint256).not.toBe(new X509Certificate(second.cert).fingerprint256);
  });

  it('is valid for ten years', async () => {
    const { cert } = await makeCertificate(new Date('2026-01-01T00:00:00Z'));
    expect(new X509Certificate(cert).validTo).toBe('Jan  1 00:00:00 2036 GMT');
  });

  it.each([
    ['TLSv1.3', 'TLSv1.3'],
    ['TLSv1.2', 'TLSv1.2'],
  ] as const)('serves %s', async (version, expected) => {
    const rig = await Rig.start(() => {});
    const socket = tlsTo(rig.port, { minVersion: version, maxVersion: version });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const protocol = socket.getProtocol();
    socket.destroy();
    await rig.close();
    expect(protocol).toBe(expected);
  });

  it('does not serve TLS 1.1', async () => {
    const rig = await Rig.start(() => {});
    // The lowest security level, so that it is the server that refuses and not this client.
    const socket = tlsTo(rig.port, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    await rig.close();
    expect(error.message).toMatch(/protocol version/);
  });
});
