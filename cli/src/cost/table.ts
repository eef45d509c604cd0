import type { Band } from './budget';
import type { CostLine, Unpriced } from './estimate';
import type { StageReport } from './report';
import { type Sums, UNTAGGED } from './sums';
import { USAGE } from './usage';

const WIDTH = 100;
const NAME = 34;
const USD = 10;

/** The bill of a stage as lines of at most 100 columns. */
export function tableOf(report: StageReport, detailed: boolean): string[] {
  const { stage, monthlyUsd, band, withinBand } = report;
  const verdict = band ? `, budget ${range(band)}: ${withinBand ? within(monthlyUsd, band) : 'OVER'}` : ', no budget';
  return [
    `${stage}: ${usd(monthlyUsd)} USD a month${verdict}`,
    ...components(report),
    ...sums('by service', report.services),
    ...sums('by tier', report.tiers),
    ...Object.entries(report.tags)
      .filter(([, values]) => Object.keys(values).some((value) => value !== UNTAGGED))
      .flatMap(([key, values]) => sums(`by tag ${key}`, values)),
    ...(detailed ? report.lines.flatMap(line) : []),
    ...unpriced(report.unpriced),
    ...notes(report),
    '',
  ].map((text) => (text.length > WIDTH ? `${text.slice(0, WIDTH - 3)}...` : text));
}

function within(monthlyUsd: number, [low]: Band): string {
  return monthlyUsd < low ? 'under' : 'within';
}

function components({ components: all, monthlyUsd, withoutLeftOut }: StageReport): string[] {
  return [
    row('by component', 'USD', all.some(({ band }) => band) ? 'expected' : ''),
    ...all.map(({ component, usd: amount, band }) => row(component, usd(amount), band ? `${range(band)}${beside(amount, band)}` : '')),
    row('without what the list leaves out', usd(withoutLeftOut.usd), ''),
    row('with it', usd(monthlyUsd), ''),
  ];
}

function beside(amount: number, [low, high]: Band): string {
  if (amount > high) return `, ${usd(amount - high)} over`;
  return amount < low ? `, ${usd(low - amount)} under` : '';
}

function sums(title: string, values: Sums): string[] {
  return [row(title, 'USD', ''), ...Object.entries(values).map(([name, amount]) => row(name, usd(amount), ''))];
}

/** On two lines where one is too short. */
function line({ resource, basis, usd: amount, unverified }: CostLine): string[] {
  const why = `${basis}${unverified ? ' *' : ''}`;
  const whole = row(tail(resource, NAME), usd(amount), why);
  return whole.length <= WIDTH ? [whole] : [row(tail(resource, NAME), usd(amount), ''), `      ${why}`];
}

function unpriced(all: readonly Unpriced[]): string[] {
  if (all.length === 0) return ['  every resource has a price or is free'];
  const kinds = [...new Set(all.map(({ type, reason }) => `${type}: ${reason}`))];
  return [
    `  NOT in the sum (${all.length}):`,
    ...kinds.map((kind) => `    ${all.filter(({ type, reason }) => `${type}: ${reason}` === kind).length} x ${kind}`),
  ];
}

function notes({ lines, otherRegions, profile, usage }: StageReport): string[] {
  const memory = lines.filter(({ unverified }) => unverified);
  const changed = Object.entries(usage).filter(([name, amount]) => USAGE[profile][name as keyof typeof usage] !== amount);
  return [
    `  used like ${profile}: ${usage.requestsPerDay} requests a day${changed.length > 0 ? '' : ', all else as documented'}`,
    ...changed.map(([name, amount]) => `    ${name}: ${amount}`),
    ...(memory.length > 0
      ? [`  * ${usd(memory.reduce((sum, one) => sum + one.usd, 0))} USD of it rest on prices that were not verified`]
      : []),
    ...(otherRegions.length > 0 ? [`  prices are those of us-east-1, but the stage goes to ${otherRegions.join(', ')}`] : []),
  ];
}

function row(name: string, amount: string, rest: string): string {
  return `  ${name.padEnd(NAME)}${amount.padStart(USD)}  ${rest}`.trimEnd();
}

function tail(text: string, width: number): string {
  return text.length > width - 1 ? `...${text.slice(text.length - width + 4)}` : text;
}

function range([low, high]: Band): string {
  return `${low} to ${high}`;
}

function usd(amount: number): string {
  return amount.toFixed(2);
}
