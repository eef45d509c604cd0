import { billOf, costOf, gapsOf, resource, type Resources } from './builder';

const task = (more: { readonly [name: string]: unknown } = {}) =>
  resource('AWS::ECS::TaskDefinition', { Cpu: '1024', Memory: '2048', RuntimePlatform: { CpuArchitecture: 'ARM64' }, ...more });

const service = (more: { readonly [name: string]: unknown } = {}, definition = task()): Resources => ({
  Task: definition,
  Service: resource('AWS::ECS::Service', { TaskDefinition: { Ref: 'Task' }, LaunchType: 'FARGATE', DesiredCount: 2, ...more }),
});

const quiet = { metricsPerService: 0, addedTaskHours: 10, spotShareOfPrice: 0.3 };

const scaled = {
  Target: resource('AWS::ApplicationAutoScaling::ScalableTarget', {
    MinCapacity: 3,
    MaxCapacity: 20,
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: { 'Fn::Join': ['', ['service/cluster/', { 'Fn::GetAtt': ['Service', 'Name'] }]] },
  }),
};

test('prices two ARM tasks by vCPU and GB', () => {
  expect(billOf('Service', service(), quiet)).toEqual([
    '2 ARM tasks x 730 h x 1 vCPU x 0.03238 = 47.2748',
    '2 ARM tasks x 730 h x 2 GB x 0.00356 = 10.3952',
  ]);
});

test('prices x86 tasks where the task definition names no architecture', () => {
  const bill = billOf('Service', service({ DesiredCount: 1 }, task({ RuntimePlatform: undefined, Cpu: '.5 vCPU', Memory: '1 GB' })), quiet);

  expect(bill).toEqual(['1 x86 task x 730 h x 0.5 vCPU x 0.04048 = 14.7752', '1 x86 task x 730 h x 1 GB x 0.004445 = 3.2449']);
});

test('takes the scaling minimum for the number of tasks and adds hours over it', () => {
  expect(billOf('Service', { ...service(), ...scaled }, quiet)).toEqual([
    '3 ARM tasks x 730 h x 1 vCPU x 0.03238 = 70.9122',
    '3 ARM tasks x 730 h x 2 GB x 0.00356 = 15.5928',
    '10 added hours of an ARM task x 1 vCPU x 0.03238 = 0.3238',
    '10 added hours of an ARM task x 2 GB x 0.00356 = 0.0712',
  ]);
});

test('shares tasks by base and weight of the capacity provider strategy', () => {
  const strategy = [
    { CapacityProvider: 'FARGATE', Base: 1, Weight: 1 },
    { CapacityProvider: 'FARGATE_SPOT', Weight: 3 },
  ];
  const bill = billOf('Service', service({ LaunchType: undefined, DesiredCount: 5, CapacityProviderStrategy: strategy }), quiet);

  expect(bill.map((line) => line.split(' x ')[0])).toEqual(['2 ARM tasks', '2 ARM tasks', '3 ARM Spot tasks', '3 ARM Spot tasks']);
});

test("takes the cluster's strategy where the service names nothing", () => {
  const resources = {
    ...service({ LaunchType: undefined, Cluster: { Ref: 'Cluster' } }),
    Cluster: resource('AWS::ECS::Cluster'),
    Association: resource('AWS::ECS::ClusterCapacityProviderAssociations', {
      Cluster: { Ref: 'Cluster' },
      DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
    }),
  };

  expect(billOf('Service', resources, quiet)[0]).toBe('2 ARM Spot tasks x 730 h x 1 vCPU x 0.3 of the price x 0.03238 = 14.1824');
});

test('prices disk over 20 GB and public addresses', () => {
  const network = { AwsvpcConfiguration: { AssignPublicIp: 'ENABLED' } };
  const bill = billOf('Service', service({ NetworkConfiguration: network }, task({ EphemeralStorage: { SizeInGiB: 30 } })), quiet);

  expect(bill.slice(2)).toEqual([
    '2 ARM tasks x 730 h x 10 GB of disk x 0.000111 = 1.6206',
    '2 public IPv4 addresses x 730 h x 0.005 = 7.3',
  ]);
});

test('prices the metrics that a service emits', () => {
  expect(billOf('Service', service(), { metricsPerService: 9 }).at(-1)).toBe('9 metrics of its own x 0.3 = 2.7');
});

test.each([
  ['tasks on EC2 with ARM64 are paid by what runs them', service({ LaunchType: undefined })],
  [
    'the price of WINDOWS_SERVER_2022_CORE tasks is not in the table',
    service({}, task({ RuntimePlatform: { OperatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } })),
  ],
  ['the size of its tasks is not in the templates', service({}, task({ Cpu: { Ref: 'CpuParameter' } }))],
  ['its task definition is not in the templates', service({ TaskDefinition: 'elsewhere:1' })],
])('says that %s', (reason, resources) => {
  expect(gapsOf(resources)).toEqual([reason]);
});

test('prices standard Container Insights by cluster, service and task family', () => {
  const cluster = resource('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }] });

  expect(billOf('Cluster', { ...service({ Cluster: { Ref: 'Cluster' } }), Cluster: cluster })).toEqual([
    '25 metrics of Container Insights x 0.3 = 7.5',
  ]);
});

test('prices no Container Insights where it is off', () => {
  const cluster = resource('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'disabled' }] });

  expect(costOf({ Cluster: cluster }).lines).toEqual([]);
});

test('says that enhanced Container Insights has no price', () => {
  const cluster = resource('AWS::ECS::Cluster', { ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }] });

  expect(gapsOf({ Cluster: cluster })).toEqual(['Container Insights "enhanced" is paid by tasks and containers as they come and go']);
});

test('prices the images in a repository', () => {
  expect(billOf('Images', { Images: resource('AWS::ECR::Repository') }, { imageGb: 5 })).toEqual(['5 GB of images x 0.1 = 0.5']);
});
