import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationValidatePlugin, type CloudFormationValidatePluginProps, type ValidationRuleSource } from 'aws-cdk-lib';
import { builtAsset } from '../governance/assets';

/**
 * Rules for what synthesizes and passes every rule pack, and then fails or hurts when it is deployed.
 *
 * They run in CDK's own validation of templates, and fail the synthesis of an app whose context sets
 * `@aws-cdk/core:validateAgainstDefaultRules`; without that flag they warn. A finding is accepted by
 * `Validations.of(construct).acknowledge({ id: 'CloudFormation-Validate::plinth-elastic-ips', reason })`.
 *
 * @example
 * import { App, Validations } from 'aws-cdk-lib';
 * import { DeployRules } from 'plinth';
 *
 * Validations.of(new App()).addPlugins(DeployRules.plugin());
 */
export class DeployRules {
  /**
   * CDK's validation with these rules besides. An app takes one such plugin, so rules of your own go in here.
   *
   * @param props - further rules
   */
  static plugin(props: CloudFormationValidatePluginProps = {}): CloudFormationValidatePlugin {
    return new CloudFormationValidatePlugin({ ...props, regoRules: [...DeployRules.sources(), ...(props.regoRules ?? [])] });
  }

  /** The rules alone, for a plugin that is made elsewhere. */
  static sources(): ValidationRuleSource[] {
    const folder = builtAsset('lib/conformance/deploy-rules');
    return readdirSync(folder)
      .toSorted()
      .map((file) => ({ name: `deploy-rules/${file}`, content: readFileSync(join(folder, file), 'utf8') }));
  }

  private constructor() {}
}
