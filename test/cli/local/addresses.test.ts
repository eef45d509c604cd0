import { addressesOf } from '../../../cli/src/local/model/addresses';
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
