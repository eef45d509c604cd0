import { isObject, Reference } from '../../../../lib/assembly';
import type { BalancerModel } from './balancers';
import type { DeployedValues } from './deployed-values';
import { fieldsOf, listOf, type StageModel, type StageResource, textOf } from './stage-model';

/** The origins by which a template reaches its load balancer, and where that is here. */
export type Addresses = ReadonlyMap<string, string>;

/**
 * The names of the load balancer: its own, those of records that point to it, those of the certificates of its listener, and those that
 * a worker calls its jobs' app by, unless a record says that they are somebody else's.
 */
export function addressesOf(model: StageModel, { resource, listener }: BalancerModel, url: string, values: DeployedValues): Addresses {
  const { host } = new URL(url);
  values.set(resource, 'DNSName', host);
  const records = model.ofType('AWS::Route53::RecordSet').flatMap((record) => {
    const name = textOf(record.properties.Name)?.replace(/\.$/, '');
    const target = fieldsOf(record.template.Properties?.AliasTarget).DNSName;
    return name === undefined ? [] : [{ name, isOurs: model.namedIn(record.stack.id, target).includes(resource) }];
  });
  const elsewhere = records.filter(({ isOurs }) => !isOurs).map(({ name }) => name);
  const assumed = [...certifiedNames(model, listener), ...calledHosts(model, values)].filter((name) => !elsewhere.includes(name));
  const names = [...records.filter(({ isOurs }) => isOurs).map(({ name }) => name), ...assumed];
  return new Map([host, ...names].map((name) => [`https://${name}`, url]));
}

/** A text with the addresses of a template replaced by those of this machine. */
export function localized(text: string, addresses: Addresses): string {
  return [...addresses].reduce((done, [from, to]) => {
    const origin = from.replaceAll('.', '\\.');
    return done.replace(new RegExp(`${origin}(?::443)?(?![\\w.:-])`, 'g'), to);
  }, text);
}

/** Names of certificates that the template makes for the listener; one with a star names nothing. */
function certifiedNames(model: StageModel, { properties, reference }: StageResource): string[] {
  const more = model
    .ofType('AWS::ElasticLoadBalancingV2::ListenerCertificate')
    .filter(({ properties: { ListenerArn } }) => ListenerArn instanceof Reference && reference.sameResource(ListenerArn));
  const certificates = [properties, ...more.map((one) => one.properties)].flatMap(({ Certificates }) => listOf(Certificates));
  return certificates.flatMap(({ CertificateArn }) => {
    const { DomainName, SubjectAlternativeNames = [] } = model.named(CertificateArn)?.properties ?? {};
    const names = [DomainName, ...(Array.isArray(SubjectAlternativeNames) ? SubjectAlternativeNames : [])];
    return names.flatMap((name) => textOf(name) ?? []).filter((name) => !name.includes('*'));
  });
}

/** Hosts of the processors over HTTP in `JOB_KINDS`: a worker calls an app of its own stage, with that stage's key. */
function calledHosts(model: StageModel, values: DeployedValues): string[] {
  return model.ofType('AWS::Lambda::Function').flatMap(({ stack, template }) => {
    const { JOB_KINDS } = fieldsOf(fieldsOf(template.Properties?.Environment).Variables);
    const kinds = JOB_KINDS === undefined ? undefined : textOf(values.resolve(stack.id, JOB_KINDS).value);
    return listed(kinds).flatMap(({ processor }) => {
      const given = textOf(fieldsOf(processor).url) ?? '';
      const called = URL.canParse(given) ? new URL(given) : undefined;
      return called?.protocol === 'https:' ? [called.hostname] : [];
    });
  });
}

function listed(kinds: string | undefined): { readonly [name: string]: unknown }[] {
  try {
    const parsed: unknown = JSON.parse(kinds ?? '[]');
    return Array.isArray(parsed) ? parsed.filter(isObject) : [];
  } catch {
    return [];
  }
}
