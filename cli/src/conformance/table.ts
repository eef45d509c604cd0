import type { DemandReport } from '../../../lib/conformance/demand';

const WIDTH = 100;
const STATUSES = ['met', 'relaxed', 'unmet', 'planned', 'not-applicable'];

/** The report as lines of at most 100 columns: a row a demand that is built, why each unmet one is, and the sums. */
export function tableOf(demands: readonly DemandReport[]): string[] {
  const stages = [...new Set(demands.flatMap((demand) => Object.keys(demand.stages)))];
  const built = demands.filter(({ status }) => status !== 'planned');
  const rows = built.map((demand) => [demand.id, ...stages.map((stage) => cell(demand, stage)), demand.status]);
  const head = ['demand', ...stages, 'in all'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)) + 2);
  const line = (cells: readonly string[], last: string) =>
    cut(cells.map((text, column) => text.padEnd(widths[column])).join('') + last, WIDTH);
  return [
    line(head, 'asks for').trimEnd(),
    ...built.map((demand, index) => line(rows[index], demand.ask)),
    '',
    ...built.flatMap(notes),
    ...planned(demands),
    ...sums(demands),
  ];
}

function cell(demand: DemandReport, stage: string): string {
  const status = demand.stages[stage]?.status ?? '';
  return status === 'not-applicable' ? '-' : status;
}

/** Why a demand is not met, or what was judged where nobody asked for what it gives on request, wrapped. */
function notes({ id, status, stages, reason }: DemandReport): string[] {
  if (status === 'met') {
    const notices = new Set(Object.values(stages).flatMap((finding) => finding.reason ?? []));
    return [...notices].flatMap((text) => wrapped(`${id} met: ${text}`));
  }
  if (status !== 'unmet' && status !== 'relaxed') return [];
  const found = Object.entries(stages)
    .filter((entry) => entry[1].reason !== undefined)
    .map(([stage, finding]) => `${id} ${finding.status} in ${stage}: ${finding.reason}`);
  return [...found, ...(reason === undefined ? [] : [`${id} unmet: ${reason}`])].flatMap((text) => wrapped(text));
}

function planned(demands: readonly DemandReport[]): string[] {
  const ids = demands.filter(({ status }) => status === 'planned').map(({ id }) => id);
  return ids.length > 0 ? [...wrapped(`planned: ${ids.join(' ')}`), ''] : [];
}

function sums(demands: readonly DemandReport[]): string[] {
  const counts = STATUSES.map((status) => [status, demands.filter((demand) => demand.status === status).length] as const);
  const text = counts.filter(([, count]) => count > 0).map(([status, count]) => `${count} ${status}`);
  return [`${demands.length} demands: ${text.join(', ')}`];
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines.map((line) => cut(line, WIDTH));
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 3)}...` : text;
}
