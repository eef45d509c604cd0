import { generate } from 'selfsigned';

/** A TLS key pair, in PEM; the key never leaves memory. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

// The load balancer checks neither name nor dates; ten years outlive any task.
const VALID_YEARS = 10;

/** Makes a certificate for this process: EC P-256, self-signed. */
export async function makeCertificate(now = new Date()): Promise<Certificate> {
  const notAfterDate = new Date(now);
  notAfterDate.setFullYear(now.getFullYear() + VALID_YEARS);
  const pems = await generate([{ name: 'commonName', value: 'plinth-gateway' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: now,
    notAfterDate,
  });
  return { key: pems.private, cert: pems.cert };
}
