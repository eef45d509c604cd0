import { evaluate } from './conditions';
import { call, isCall, joined } from './functions';
import { isResolved, Joined, Reference, Unresolved } from './resolved';
import { isObject, resourcesOf, type StackTemplate, type TemplateResource } from './template';

/**
 * The one reader of references: follows Ref, GetAtt, Sub, Join, Select, Split, FindInMap, If, ImportValue and GetStackOutput through
 * every stack it was given, to literals and references to resources. It never throws: cycles and unknown functions are `Unresolved`.
 */
export class Resolver {
  private readonly stacks: ReadonlyMap<string, StackTemplate>;
  private readonly visiting = new Set<string>();

  /**
   * @param supplied what is known of something deployed, such as the address of a database; nothing where it is not. A pseudo parameter
   * that the assembly does not tell is asked for as a reference by its own name.
   */
  constructor(
    stacks: readonly StackTemplate[],
    private readonly supplied: (reference: Reference) => unknown = () => undefined,
  ) {
    this.stacks = new Map(stacks.map((stack) => [stack.id, stack]));
  }

  /** The value as far as the templates say it. */
  resolve(stackId: string, value: unknown): unknown {
    const stack = this.stacks.get(stackId);
    return stack ? this.within(stack, value) : value;
  }

  /** The resource that a value names, if it names exactly one. */
  resource(value: unknown): TemplateResource | undefined {
    if (!(value instanceof Reference)) return undefined;
    return resourcesOf(this.stacks.get(value.stack)?.template ?? {}).find(([logicalId]) => logicalId === value.logicalId)?.[1];
  }

  /** Whether a stack makes the resource: false only when its condition is known to be false. */
  exists(stackId: string, { Condition }: TemplateResource): boolean {
    const stack = this.stacks.get(stackId);
    return !stack || Condition === undefined || this.condition(stack, Condition) !== false;
  }

  private within(stack: StackTemplate, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.within(stack, one)).filter((one) => one !== undefined);
    if (!isObject(value) || isResolved(value)) return value;
    if (!isCall(value)) {
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, one]) => [key, this.within(stack, one)] as const)
          .filter(([, one]) => one !== undefined),
      );
    }
    const [[name, argument]] = Object.entries(value);
    if (name === 'Ref') return this.ref(stack, argument);
    if (name === 'Fn::GetAtt') return this.attribute(stack, argument);
    if (name === 'Fn::Sub') return this.substituted(stack, argument);
    if (name === 'Fn::If') return this.chosen(stack, argument);
    if (name === 'Fn::ImportValue') return this.imported(stack, argument);
    if (name === 'Fn::GetStackOutput') return this.output(stack, argument);
    const resolved = this.within(stack, argument);
    return call(name, resolved, stack);
  }

  private ref(stack: StackTemplate, name: unknown): unknown {
    if (typeof name !== 'string') return new Unresolved('Ref');
    if (name.startsWith('AWS::')) return this.pseudo(stack, name);
    if (stack.template.Resources?.[name]) return this.known(new Reference(stack.id, name, 'Ref'));
    const parameter = stack.template.Parameters?.[name];
    const given = this.givenByParent(stack, name);
    if (given !== undefined) return given;
    return parameter?.Default === undefined || parameter.Type?.startsWith('AWS::SSM') ? new Unresolved(name) : parameter.Default;
  }

  private givenByParent({ id, parent }: StackTemplate, name: string): unknown {
    const owner = parent && this.stacks.get(parent.stack);
    const parameters = parent && owner?.template.Resources?.[parent.logicalId]?.Properties?.Parameters;
    if (!owner || !isObject(parameters) || !(name in parameters)) return undefined;
    return this.once(`${id}?${name}`, () => this.within(owner, parameters[name]));
  }

  private attribute(stack: StackTemplate, argument: unknown): unknown {
    const [logicalId, ...rest] = typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : [];
    if (typeof logicalId !== 'string' || rest.some((part) => typeof part !== 'string')) return new Unresolved('Fn::GetAtt');
    const attribute = rest.join('.');
    const nested = this.stacks.get(`${stack.id}/${logicalId}`);
    if (nested && attribute.startsWith('Outputs.')) return this.outputOf(nested, attribute.slice('Outputs.'.length));
    return this.known(new Reference(stack.id, logicalId, attribute));
  }

  private known(reference: Reference): unknown {
    return this.supplied(reference) ?? reference;
  }

  private pseudo(stack: StackTemplate, name: string): unknown {
    if (name === 'AWS::NoValue') return undefined;
    return pseudo(stack, name) ?? this.supplied(new Reference(stack.id, name, 'Ref')) ?? new Unresolved(name);
  }

  private substituted(stack: StackTemplate, argument: unknown): unknown {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (typeof text !== 'string') return new Unresolved('Fn::Sub');
    const parts = text.split(/(\$\{[^}]*\})/).map((part): unknown => {
      const name = /^\$\{([^!].*)\}$/.exec(part)?.[1]?.trim();
      if (name === undefined) return part.replace(/^\$\{!/, '${');
      if (isObject(variables) && name in variables) return this.within(stack, variables[name]);
      return name.includes('.') ? this.attribute(stack, name) : this.ref(stack, name);
    });
    return joined('', parts);
  }

  private chosen(stack: StackTemplate, argument: unknown): unknown {
    if (!Array.isArray(argument)) return new Unresolved('Fn::If');
    const [condition, yes, no]: unknown[] = argument;
    const truth = typeof condition === 'string' ? this.condition(stack, condition) : undefined;
    if (truth === undefined) return new Unresolved('Fn::If', [this.within(stack, yes), this.within(stack, no)]);
    return this.within(stack, truth ? yes : no);
  }

  private condition(stack: StackTemplate, name: string): boolean | undefined {
    const expression = stack.template.Conditions?.[name];
    const truth = this.once(`${stack.id}#${name}`, () =>
      evaluate(expression, {
        value: (one) => this.within(stack, one),
        condition: (other) => this.condition(stack, other),
      }),
    );
    return typeof truth === 'boolean' ? truth : undefined;
  }

  private imported(stack: StackTemplate, argument: unknown): unknown {
    const name = this.within(stack, argument);
    for (const producer of this.stacks.values()) {
      if (producer.account !== stack.account || producer.region !== stack.region) continue;
      for (const [output, { Export }] of Object.entries(producer.template.Outputs ?? {})) {
        if (Export !== undefined && same(this.within(producer, Export.Name), name)) return this.outputOf(producer, output);
      }
    }
    return new Unresolved('Fn::ImportValue', [name]);
  }

  private output(stack: StackTemplate, argument: unknown): unknown {
    const wanted = this.within(stack, argument);
    if (!isObject(wanted)) return new Unresolved('Fn::GetStackOutput');
    const region = wanted.Region ?? stack.region;
    const producer = [...this.stacks.values()].find((one) => one.stackName === wanted.StackName && one.region === region);
    if (!producer || typeof wanted.OutputName !== 'string') return new Unresolved('Fn::GetStackOutput', [wanted]);
    return this.outputOf(producer, wanted.OutputName);
  }

  private outputOf(producer: StackTemplate, name: string): unknown {
    const output = producer.template.Outputs?.[name];
    if (!output) return new Unresolved(`${producer.id}.${name}`);
    return this.once(`${producer.id}!${name}`, () => this.within(producer, output.Value));
  }

  /** What leads back to itself is unresolved. */
  private once(key: string, resolve: () => unknown): unknown {
    if (this.visiting.has(key)) return new Unresolved(`cycle at ${key}`);
    this.visiting.add(key);
    try {
      return resolve();
    } finally {
      this.visiting.delete(key);
    }
  }
}

function pseudo({ account, region, stackName }: StackTemplate, name: string): string | undefined {
  const known: { readonly [name: string]: string | undefined } = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::StackName': stackName,
    'AWS::Partition': region && (region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'),
    'AWS::URLSuffix': region && (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'),
  };
  return known[name];
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Joined || b instanceof Joined) return JSON.stringify(a) === JSON.stringify(b);
  return a === b;
}
