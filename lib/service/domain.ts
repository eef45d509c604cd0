import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The name that clients call, and the certificate for it.
 *
 * @example
 * import { Domain } from 'plinth';
 *
 * const domain = Domain.inZone('Z0123456789ABCDEFGHIJ', 'api.example.com');
 */
export class Domain {
  /**
   * A name in a Route 53 zone of this account: the certificate is requested, validated by DNS and renewed by itself, and the name
   * points at the load balancer. The zone must be delegated already: validation waits for ever in one that is not.
   * @param hostedZoneId the zone's id, such as Z0123456789ABCDEFGHIJ
   * @param name the full name, such as api.example.com; 1 to 253 characters
   */
  static inZone(hostedZoneId: string, name: string): Domain {
    check('hostedZoneId', 'a Route 53 hosted zone id', /^Z[A-Z0-9]{1,31}$/, hostedZoneId);
    check('name', 'a full domain name', /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, name);
    return new Domain(hostedZoneId, name);
  }

  /**
   * An ACM certificate that you keep, of this account and region; pointing the name at the load balancer is yours as well.
   * @param certificateArn the certificate's ARN
   */
  static certificate(certificateArn: string): Domain {
    check('certificateArn', 'the ARN of an ACM certificate', /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/, certificateArn);
    return new Domain(undefined, undefined, certificateArn);
  }

  /**
   * The name that clients call.
   * @default - unknown: the certificate is the caller's
   */
  readonly name?: string;

  private constructor(
    private readonly hostedZoneId?: string,
    name?: string,
    private readonly certificateArn?: string,
  ) {
    this.name = name;
  }

  /** @internal */
  _certificate(scope: Construct): acm.ICertificate {
    if (this.certificateArn !== undefined) return acm.Certificate.fromCertificateArn(scope, 'Certificate', this.certificateArn);
    return new acm.Certificate(scope, 'Certificate', {
      domainName: this.name!,
      validation: acm.CertificateValidation.fromDns(this.zone(scope)),
    });
  }

  /** @internal */
  _pointAt(scope: Construct, loadBalancer: elbv2.IApplicationLoadBalancer): void {
    if (this.hostedZoneId === undefined) return;
    new route53.ARecord(scope, 'Alias', {
      zone: this.zone(scope),
      recordName: this.name,
      target: route53.RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer)),
    });
  }

  private zone(scope: Construct): route53.IHostedZone {
    const existing = scope.node.tryFindChild('Zone') as route53.IHostedZone | undefined;
    return (
      existing ?? route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: this.hostedZoneId!, zoneName: this.name! })
    );
  }
}

function check(prop: string, allowed: string, pattern: RegExp, value: string): void {
  if (!Token.isUnresolved(value) && !pattern.test(value)) {
    throw new Error(`Domain: ${prop} must be ${allowed}, got ${value}; correct it or use the other form of Domain`);
  }
}
