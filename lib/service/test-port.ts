/**
 * The port of the listener that the deployment's test traffic uses.
 * @internal
 */
export const TEST_PORT = 8444;
