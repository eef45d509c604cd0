import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Network, type NetworkProps } from 'plinth';

/** A network in a stack of its own. */
export function network(props?: NetworkProps, stackProps?: StackProps) {
  const stack = new Stack(new App(), 'Stack', stackProps);
  return { stack, network: new Network(stack, 'Network', props) };
}

export function networkTemplate(props?: NetworkProps, stackProps?: StackProps): Template {
  return Template.fromStack(network(props, stackProps).stack);
}
