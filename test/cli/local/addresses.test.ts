import { addressesOf, localized } from '../../../cli/src/local/model/addresses';
import { balancerOf } from '../../../cli/src/local/model/balancers';
import { DeployedValues } from '../../../cli/src/local/model/deployed-values';
import { stageModel } from './support';

const alias = (Name: string, balancer: string) => ({
  Type: 'AWS::Route53::RecordSet',
  Properties: { Name, AliasTarget: { DNSName: { 'Fn::Join': ['', ['dualstack.', { 'Fn::GetAtt': [balancer, 'DNSName'] }]] } } },
});

test('the names of a load balancer, its own and those of its records, are the address that is listened on here', () => {
  const model = stageModel({
    Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
    Other: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' },
    Listener: { Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { Port: 443, LoadBalancerArn: { Ref: 'Balancer' } } },
    Record: alias('api.example.com.', 'Balancer'),
    Elsewhere: alias('other.example.com.', 'Other'),
  });
  const values = new DeployedValues(model);

  const addresses = addressesOf(model, balancerOf(model), 'http://127.0.0.1:8080', values);

  expect([...addresses]).toEqual([
    ['https://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://api.example.com', 'http://127.0.0.1:8080'],
  ]);
  expect(values.resolve('App', { 'Fn::GetAtt': ['Balancer', 'DNSName'] }).value).toBe('127.0.0.1:8080');
});

test('a key that is named has a name, and is not told as absent: data keys are made under any', () => {
  const model = stageModel({ Key: { Type: 'AWS::KMS::Key' }, Other: { Type: 'AWS::KMS::Key' } });

  const { value, madeUp } = new DeployedValues(model).resolve('App', { 'Fn::GetAtt': ['Key', 'Arn'] });

  expect(value).toMatch(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/dev-app-key$/);
  expect(madeUp).toEqual([]);
  expect(model.absences()).toEqual([{ type: 'AWS::KMS::Key', count: 1 }]);
});

const balancer = { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' };
const listener = (...Certificates: object[]) => ({
  Type: 'AWS::ElasticLoadBalancingV2::Listener',
  Properties: { Port: 443, LoadBalancerArn: { Ref: 'Balancer' }, Certificates },
});
const worker = (...urls: string[]) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Environment: { Variables: { JOB_KINDS: JSON.stringify(urls.map((url) => ({ name: 'a', processor: { type: 'http', url } }))) } },
  },
});

function namesOf(resources: object): string[] {
  const model = stageModel({ Balancer: balancer, ...resources });
  return [...addressesOf(model, balancerOf(model), 'http://127.0.0.1:8080', new DeployedValues(model)).keys()].slice(1);
}

test('the names of the certificates of a listener are this address too, whoever keeps their records', () => {
  const certificate = { Type: 'AWS::CertificateManager::Certificate' };

  expect(
    namesOf({
      Listener: listener({ CertificateArn: { Ref: 'Own' } }, { CertificateArn: 'arn:aws:acm:eu-west-1:1:certificate/1' }),
      Added: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerCertificate',
        Properties: { ListenerArn: { Ref: 'Listener' }, Certificates: [{ CertificateArn: { Ref: 'Second' } }] },
      },
      Own: { ...certificate, Properties: { DomainName: 'api.example.com', SubjectAlternativeNames: ['*.example.com', 'v2.example.com'] } },
      Second: { ...certificate, Properties: { DomainName: 'api.example.org' } },
      Other: { ...certificate, Properties: { DomainName: 'other.example.com' } },
    }),
  ).toEqual(['https://api.example.com', 'https://v2.example.com', 'https://api.example.org']);
});

test("the name that a worker calls its app by is this address where the certificate's name is not in the template", () => {
  expect(
    namesOf({
      Listener: listener({ CertificateArn: 'arn:aws:acm:eu-west-1:1:certificate/1' }),
      Worker: worker('https://api.example.com/internal/jobs', 'https://other.example.com/jobs', 'http://plain.example.com/', 'none'),
      Elsewhere: alias('other.example.com.', 'Elsewhere'),
      Broken: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { JOB_KINDS: 'none' } } } },
    }),
  ).toEqual(['https://api.example.com']);
});

test.each([
  ['https://api.example.com', 'http://127.0.0.1:8080'],
  ['{"url":"https://api.example.com:443/internal/jobs?a=1"}', '{"url":"http://127.0.0.1:8080/internal/jobs?a=1"}'],
  ['https://api.example.com.au/, https://apixexample.com/', 'https://api.example.com.au/, https://apixexample.com/'],
  ['https://api.example.com:8443/', 'https://api.example.com:8443/'],
])('%s becomes %s', (given, localText) => {
  expect(localized(given, new Map([['https://api.example.com', 'http://127.0.0.1:8080']]))).toBe(localText);
});
