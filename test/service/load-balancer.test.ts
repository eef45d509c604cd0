import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ApiService, Deployment, Domain, Ingress, Route, ServiceImage, TlsPolicy } from 'plinth';
import { apiService, apiTemplate, propertiesOf } from '../support/service';

const attribute = (Key: string, Value: unknown) => Match.arrayWith([{ Key, Value }]);
const template = apiTemplate();
const internal = apiTemplate({ domain: undefined });

test('REC-4.1 terminates TLS on 443', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS', Certificates: Match.anyValue() });
});

test('REC-4.2 probes GET /api/health/ready every 30 seconds, 5 seconds long, healthy after 2 and unhealthy after 3', () => {
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    HealthCheckPath: '/api/health/ready',
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 5,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
  });
});

test('REC-4.3 keeps a client to a task on request, by cookie', () => {
  const sticky = apiTemplate({ loadBalancer: { stickiness: Duration.hours(1) }, deployment: Deployment.rolling() });

  sticky.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetGroupAttributes: attribute('stickiness.lb_cookie.duration_seconds', '3600'),
  });
});

test('REC-4.3 enables the stickiness of the rule with that of its groups, as the load balancer demands', () => {
  const sticky = apiTemplate({ loadBalancer: { stickiness: Duration.hours(1) }, deployment: Deployment.rolling() });

  sticky.allResourcesProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Actions: [
      Match.objectLike({ ForwardConfig: Match.objectLike({ TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 3600 } }) }),
    ],
  });
});

test.each([Deployment.canary(), Deployment.linear()])('REC-4.3 refuses stickiness where traffic moves between groups %#', (deployment) => {
  expect(() => apiService({ loadBalancer: { stickiness: Duration.hours(1) }, deployment })).toThrow(
    `Api/Api: loadBalancer.stickiness must go with Deployment.rolling(), got ${deployment.strategy}; roll, or keep sessions in a store`,
  );
});

test('REC-4.3 is not sticky otherwise', () => {
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetGroupAttributes: attribute('stickiness.enabled', 'false'),
  });
});

test('REC-4.4 balances across zones', () => {
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetGroupAttributes: attribute('load_balancing.cross_zone.enabled', 'true'),
  });
});

test('REC-4.5 drains for 45 seconds', () => {
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    TargetGroupAttributes: attribute('deregistration_delay.timeout_seconds', '45'),
  });
});

/** An API beside another service, whose targets are in none of this stack's hands. */
function withOtherService() {
  const { stack, api } = apiService();
  const other = {
    targetGroup: elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Other', {
      targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/other/0123456789abcdef',
    }),
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'OtherGroup', 'sg-0123456789'),
    port: 9000,
  };
  return { stack, api, other };
}

test('REC-4.6 lets the load balancer out to the other service, whose own group it leaves alone', () => {
  const { stack, api, other } = withOtherService();

  api.loadBalancer.addRoute('Admin', { ...other, priority: 10, paths: ['/admin/*'] });

  const withRoute = Template.fromStack(stack);
  withRoute.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('LoadBalancerSecurityGroup'), 'GroupId'] },
    DestinationSecurityGroupId: 'sg-0123456789',
    FromPort: 9000,
    ToPort: 9000,
  });
});

test('REC-4.6 routes other paths and hosts to other services, before the catch-all', () => {
  const { stack, api, other } = withOtherService();

  api.loadBalancer.addRoute('Admin', { ...other, priority: 10, paths: ['/admin/*'], hosts: ['admin.example.com'] });

  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
    Priority: 10,
    Conditions: [
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/admin/*'] } },
      { Field: 'host-header', HostHeaderConfig: { Values: ['admin.example.com'] } },
    ],
  });
});

test.each([0, 50_000, 1.5])('REC-4.6 refuses priority %s', (priority) => {
  const { api, other } = withOtherService();

  expect(() => api.loadBalancer.addRoute('Admin', { ...other, priority, paths: ['/admin/*'] })).toThrow(
    `Api/Api/LoadBalancer: priority must be a whole number from 1 to 49999, got ${priority}; choose a free one below the catch-all`,
  );
});

test('REC-4.6 refuses a route that takes everything', () => {
  const { api, other } = withOtherService();

  expect(() => api.loadBalancer.addRoute('Admin', { ...other, priority: 10 })).toThrow(
    "Api/Api/LoadBalancer: paths or hosts must name what Admin takes, got neither; add one, as everything else is the API's",
  );
});

test('REC-4.7 closes a silent connection after 60 seconds', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: attribute('idle_timeout.timeout_seconds', '60'),
  });
});

test('REC-4.8 waits 120 seconds where a route polls', () => {
  const polling = apiTemplate({ ingress: Ingress.gateway({ routes: [Route.longPolling('/api/chat/*')] }) });

  polling.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: attribute('idle_timeout.timeout_seconds', '120'),
  });
});

test('REC-6.3 lets the internet in on 443, and on 80 for the redirect', () => {
  const group = propertiesOf(template, 'AWS::EC2::SecurityGroup', ({ GroupDescription }) => GroupDescription === 'Load balancer');

  expect((group.SecurityGroupIngress as { FromPort: number; CidrIp: string }[]).map(({ FromPort, CidrIp }) => [FromPort, CidrIp])).toEqual([
    [443, '0.0.0.0/0'],
    [80, '0.0.0.0/0'],
  ]);
});

test('REC-6.3 closes port 80 on request', () => {
  const closed = apiTemplate({ loadBalancer: { redirectHttp: false } });

  expect(
    Object.values(closed.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => Properties.Port),
  ).not.toContain(80);
});

test('REC-6.4 lets only the load balancer reach the tasks', () => {
  const tasks = Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Tasks' } }))[0];
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).filter(
    ({ Properties }) => JSON.stringify(Properties.GroupId) === JSON.stringify({ 'Fn::GetAtt': [tasks, 'GroupId'] }),
  );

  expect(rules.map(({ Properties }) => [Properties.FromPort, Properties.ToPort, JSON.stringify(Properties.SourceSecurityGroupId)])).toEqual(
    [[8443, 8443, expect.stringContaining('LoadBalancer')]],
  );
  expect(
    propertiesOf(template, 'AWS::EC2::SecurityGroup', ({ GroupDescription }) => GroupDescription === 'Tasks').SecurityGroupIngress,
  ).toBeUndefined();
});

test('REC-8.1 speaks TLS 1.2 or later with post-quantum key agreement', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  });
});

test('REC-8.1 speaks TLS 1.3 alone by one prop', () => {
  apiTemplate({ loadBalancer: { tls: TlsPolicy.TLS_1_3 } }).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  });
});

test('REC-8.1 encrypts to the task', () => {
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
    Protocol: 'HTTPS',
    HealthCheckProtocol: 'HTTPS',
  });
});

test('REC-8.1 has the certificate validated by DNS, which renews it', () => {
  template.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: 'api.example.com',
    ValidationMethod: 'DNS',
    DomainValidationOptions: [{ DomainName: 'api.example.com', HostedZoneId: 'Z0123456789ABCDEFGHIJ' }],
  });
});

test('REC-8.2 answers with HSTS for a year', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    ListenerAttributes: attribute('routing.http.response.strict_transport_security.header_value', 'max-age=31536000; includeSubDomains'),
  });
});

test('REC-8.4 redirects HTTP to HTTPS for good', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 80,
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
  });
});

test('points the name at the load balancer', () => {
  template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'api.example.com.', Type: 'A', HostedZoneId: 'Z0123456789ABCDEFGHIJ' });
});

test('uses a certificate that it is handed, and leaves the name alone', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-1111-2222-333344445555';
  const handed = apiTemplate({ domain: Domain.certificate(certificateArn) });

  handed.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Certificates: [{ CertificateArn: certificateArn }] });
  handed.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test.each([
  [() => Domain.inZone('example.com', 'api.example.com'), 'Domain: hostedZoneId must be a Route 53 hosted zone id, got example.com'],
  [() => Domain.inZone('Z0123', 'https://api.example.com'), 'Domain: name must be a full domain name, got https://api.example.com'],
  [() => Domain.certificate('api.example.com'), 'Domain: certificateArn must be the ARN of an ACM certificate, got api.example.com'],
])('refuses a malformed domain %#', (make, message) => {
  expect(make).toThrow(`${message}; correct it or use the other form of Domain`);
});

test('without a domain it is internal and speaks HTTP inside the VPC only', () => {
  internal.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
  internal.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
  const group = propertiesOf(internal, 'AWS::EC2::SecurityGroup', ({ GroupDescription }) => GroupDescription === 'Load balancer');
  expect(JSON.stringify(group.SecurityGroupIngress)).not.toContain('0.0.0.0/0');
});

test('refuses malformed requests and header names, and to be deleted', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([
      { Key: 'deletion_protection.enabled', Value: 'true' },
      { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' },
      { Key: 'routing.http.desync_mitigation_mode', Value: 'strictest' },
    ]),
  });
});

test.each(['access_logs', 'connection_logs'])('writes %s to the bucket of its own, under SSE-S3', (log) => {
  const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));

  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([
      { Key: `${log}.s3.enabled`, Value: 'true' },
      { Key: `${log}.s3.bucket`, Value: { Ref: bucket } },
      { Key: `${log}.s3.prefix`, Value: log.replace('_', '-') },
    ]),
  });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
  });
});

test('lets only the log delivery write, for load balancers of this account, under its two prefixes', () => {
  const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
  const statements = (propertiesOf(template, 'AWS::S3::BucketPolicy').PolicyDocument as { Statement: { Effect: string }[] }).Statement;
  const prefix = (name: string) => ({
    'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket, 'Arn'] }, `/${name}/AWSLogs/`, { Ref: 'AWS::AccountId' }, '/*']],
  });

  expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
    {
      Effect: 'Allow',
      Action: 's3:PutObject',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Resource: [prefix('access-logs'), prefix('connection-logs')],
      Condition: {
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, ':elasticloadbalancing:*:', { Ref: 'AWS::AccountId' }, ':loadbalancer/app/*'],
            ],
          },
        },
      },
    },
  ]);
});

test('what no rule takes is not found', () => {
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
    Port: 443,
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: Match.objectLike({ StatusCode: '404' }) }],
  });
});

test('adds nothing to a security group it was handed from another stack', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const vpc = new ec2.Vpc(data, 'Vpc', { maxAzs: 2 });
  const clients = new ec2.SecurityGroup(data, 'Clients', { vpc, allowAllOutbound: false });
  const stack = new Stack(app, 'Service');

  new ApiService(stack, 'Api', { vpc, image: ServiceImage.fromRegistry('x'), container: { securityGroups: [clients] } });

  const service = Template.fromStack(stack);
  const { SecurityGroups: worn } = (
    propertiesOf(service, 'AWS::ECS::Service').NetworkConfiguration as { AwsvpcConfiguration: { SecurityGroups: unknown[] } }
  ).AwsvpcConfiguration;
  expect(worn).toHaveLength(2);
  for (const type of ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress']) {
    for (const { Properties } of Object.values(service.findResources(type))) expect(Properties.GroupId).not.toEqual(worn[1]);
    Template.fromStack(data).resourceCountIs(type, 0);
  }
});
