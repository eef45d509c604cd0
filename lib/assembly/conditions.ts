import { isObject } from './template';

/** How an expression's operands are read. */
export interface ConditionReader {
  value(expression: unknown): unknown;
  condition(name: string): boolean | undefined;
}

/** The truth of a condition, or undefined where it depends on what only CloudFormation knows. */
export function evaluate(expression: unknown, reader: ConditionReader): boolean | undefined {
  if (!isObject(expression)) return undefined;
  const [[name, argument]] = Object.entries(expression).concat([['', undefined]]);
  const operands: readonly unknown[] = Array.isArray(argument) ? argument : [];
  const truths = () => operands.map((operand) => evaluate(operand, reader));
  if (name === 'Condition') return typeof argument === 'string' ? reader.condition(argument) : undefined;
  if (name === 'Fn::Equals') return equal(reader.value(operands[0]), reader.value(operands[1]));
  if (name === 'Fn::Not') return negated(truths()[0]);
  if (name === 'Fn::And') return truths().includes(false) ? false : truths().includes(undefined) ? undefined : true;
  if (name === 'Fn::Or') return truths().includes(true) ? true : truths().includes(undefined) ? undefined : false;
  return undefined;
}

function equal(a: unknown, b: unknown): boolean | undefined {
  return isText(a) && isText(b) ? String(a) === String(b) : undefined;
}

function isText(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function negated(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}
