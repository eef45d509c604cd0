export type Tls = 'verify-full' | 'disable';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Without TLS a password would cross a network. */
export function checkTls(tls: Tls, host: string): void {
  if (tls === 'disable' && !LOOPBACK.includes(host)) {
    throw new Error(
      `DATABASE_TLS must be verify-full for a host that is not ${LOOPBACK.join(', ')}, got disable for ${host}; leave it out`,
    );
  }
}
