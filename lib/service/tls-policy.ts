import { SslPolicy } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * The oldest TLS version a client may speak, always with post-quantum key agreement on offer.
 *
 * @example
 * import { TlsPolicy } from 'plinth';
 *
 * const tls = TlsPolicy.TLS_1_3;
 */
export class TlsPolicy {
  /** TLS 1.2 or 1.3 with forward secrecy (REC-8.1). */
  static readonly TLS_1_2 = new TlsPolicy(SslPolicy.TLS13_12_RES_PQ);

  /** TLS 1.3 alone. */
  static readonly TLS_1_3 = new TlsPolicy(SslPolicy.TLS13_13_PQ);

  /** The load balancer's name of the policy. */
  readonly sslPolicy: SslPolicy;

  private constructor(sslPolicy: SslPolicy) {
    this.sslPolicy = sslPolicy;
  }
}
