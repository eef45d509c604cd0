export { assetOf, readAssembly, tagOf } from './cloud-assembly';
export { isResolved, Joined, Reference, referencesIn, shown, Unresolved } from './resolved';
export { Resolver } from './resolver';
export {
  type AssemblyStage,
  type CloudFormationTemplate,
  isObject,
  resourcesOf,
  type StackTemplate,
  type TemplateResource,
} from './template';
