import { isObject } from '../../../../lib/assembly';
import { fieldsOf, listOf, type StageModel, type StageResource, textOf } from '../model/stage-model';

/** What something local answers, and what every function is allowed for its own log, network, trace and keys. */
const LOCAL_ACTIONS = [
  /^(?:dynamodb|sqs|s3|logs|xray):/,
  /^secretsmanager:(?:GetSecretValue|DescribeSecret)$/,
  /^lambda:Invoke(?:Function|Async)?$/,
  /^rds-db:connect$/,
  /^kms:(?:Decrypt|Encrypt|DescribeKey|GenerateDataKey\w*\*?|ReEncrypt\w*\*?)$/,
  /^ec2:(?:\w*NetworkInterfaces?\w*|DescribeSubnets|(?:Una|A)ssignPrivateIpAddresses|GetSecurityGroupsForVpc)$/,
];
const LOCAL_TYPES =
  /^AWS::(?:SQS::Queue|DynamoDB::(?:Global)?Table|S3::Bucket|Lambda::Function|KMS::Key|SecretsManager::\w+|RDS::DBInstance|ElastiCache::ReplicationGroup)$/;
/** Policies of AWS that give a function its log, network and trace. */
const BASIC_POLICY = /service-role\/AWSLambda(?:Basic|VPCAccess)ExecutionRole|AWSXRayDaemonWriteAccess/;

/** What a function needs that nothing local stands for: actions that its role is allowed, and resources that its environment names. */
export function needsElsewhere(model: StageModel, called: StageResource): string[] {
  const role = model.named(called.properties.Role);
  const actions = role ? actionsOf(model, role) : [];
  const { Variables } = fieldsOf(called.template.Properties?.Environment);
  const named = model.namedIn(called.stack.id, Variables ?? {}).map(({ type }) => type);
  const elsewhere = [
    ...actions.filter((action) => !LOCAL_ACTIONS.some((local) => local.test(action))),
    ...named.filter((type) => !LOCAL_TYPES.test(type)),
  ];
  return [...new Set(elsewhere)].toSorted();
}

function actionsOf(model: StageModel, role: StageResource): string[] {
  const isOf = ({ properties: { Roles } }: StageResource) => Array.isArray(Roles) && Roles.some((one) => model.named(one) === role);
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => model.ofType(type)).filter(isOf);
  const managed = Array.isArray(role.properties.ManagedPolicyArns) ? role.properties.ManagedPolicyArns : [];
  const listed = managed.flatMap((arn) => model.named(arn) ?? []);
  const documents = [
    ...listOf(role.properties.Policies).map(({ PolicyDocument }) => PolicyDocument),
    ...[...attached, ...listed].map(({ properties }) => properties.PolicyDocument),
  ];
  const unknown = managed.filter((arn) => !model.named(arn)).map((arn) => managedName(arn));
  return [...documents.flatMap(allowedIn), ...unknown.filter((name) => !BASIC_POLICY.test(name))];
}

function managedName(arn: unknown): string {
  return (
    textOf(arn) ?? (isObject(arn) && Array.isArray(arn.parts) ? arn.parts.filter((part) => typeof part === 'string').join('') : 'a policy')
  );
}

function allowedIn(document: unknown): string[] {
  const { Statement } = fieldsOf(document);
  const statements = Array.isArray(Statement) ? listOf(Statement) : [fieldsOf(Statement)];
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) =>
      Action === undefined ? ['everything but some actions'] : Array.isArray(Action) ? Action.map(String) : [textOf(Action) ?? 'an action'],
    );
}
