/** A CloudFormation template as it stands in a cloud assembly. */
export interface CloudFormationTemplate {
  readonly Resources?: { readonly [logicalId: string]: TemplateResource };
  readonly Parameters?: { readonly [name: string]: { readonly Type?: string; readonly Default?: unknown } };
  readonly Outputs?: { readonly [name: string]: { readonly Value?: unknown; readonly Export?: { readonly Name?: unknown } } };
  readonly Conditions?: { readonly [name: string]: unknown };
  readonly Mappings?: { readonly [map: string]: { readonly [key: string]: { readonly [key: string]: unknown } } };
}

/** One resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: unknown };
  readonly Metadata?: { readonly [name: string]: unknown };
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** One stack: its template and where it goes. */
export interface StackTemplate {
  /** Unique in the assembly; the id of the artifact, or `<parent>/<logical id>` of a nested stack. */
  readonly id: string;
  /** The name that CloudFormation knows it by. */
  readonly stackName: string;
  /** Absent when the stack can go to any account. */
  readonly account?: string;
  /** Absent when the stack can go to any region. */
  readonly region?: string;
  /** Where the template was read from. */
  readonly file: string;
  readonly template: CloudFormationTemplate;
  /** Where the files and folders of its assembly's assets are, by their hash. */
  readonly assets?: ReadonlyMap<string, string>;
  /** Of a nested stack: the resource that makes it. */
  readonly parent?: { readonly stack: string; readonly logicalId: string };
}

/** The stacks that make up one deployment target. */
export interface AssemblyStage {
  /** Unique in the assembly: the `environment` tag of its resources, else the name of its assembly. */
  readonly name: string;
  /** What its resources are tagged as, such as dev, staging or production. */
  readonly environment?: string;
  readonly stacks: readonly StackTemplate[];
}

/** A JSON object, as opposed to a list or a literal. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The resources of a template that are resources: foreign templates may hold anything. */
export function resourcesOf(template: CloudFormationTemplate): readonly (readonly [string, TemplateResource])[] {
  return Object.entries(isObject(template.Resources) ? template.Resources : {}).filter(
    (entry): entry is [string, TemplateResource] => isObject(entry[1]) && typeof entry[1].Type === 'string',
  );
}
