import type { Template } from 'aws-cdk-lib/assertions';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: { readonly [name: string]: unknown };
}

/** The resources of a template in the order that CloudFormation knows: it deletes what depends on something before that. */
export class DeletionOrder {
  private readonly resources: { readonly [id: string]: Resource };

  constructor(template: Template) {
    this.resources = template.toJSON().Resources;
  }

  /** The ids of a type, or of those that match. */
  idsOf(type: string, id = /./): string[] {
    return Object.keys(this.resources).filter((one) => this.resources[one].Type === type && id.test(one));
  }

  /** The only one. */
  idOf(type: string, id = /./): string {
    const ids = this.idsOf(type, id);
    if (ids.length !== 1) throw new Error(`there must be one ${type} ${id}, found ${ids.join(', ') || 'none'}`);
    return ids[0];
  }

  /** Everything that is deleted later than this: what it depends on, directly or not. */
  after(id: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const visit = (one: string) => {
      for (const next of this.directly(one)) {
        if (seen.has(next)) continue;
        seen.add(next);
        visit(next);
      }
    };
    visit(id);
    return seen;
  }

  private directly(id: string): string[] {
    const { DependsOn = [], Properties } = this.resources[id];
    const named = [...JSON.stringify(Properties ?? {}).matchAll(/"(?:Ref":"|Fn::GetAtt":\[")(\w+)"/g)].map(([, name]) => name);
    return [...[DependsOn].flat(), ...named].filter((name) => name in this.resources);
  }
}
