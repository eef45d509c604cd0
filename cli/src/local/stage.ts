import { type AssemblyStage } from '../../../lib/assembly';
import { Misuse } from '../command';

/** The stage that is meant: the one that was named, else dev, else the only one. */
export function stageOf(stages: readonly AssemblyStage[], given: string | undefined): AssemblyStage {
  const wanted = given ?? (stages.length === 1 ? stages[0].name : 'dev');
  const found = stages.find(({ name }) => name === wanted) ?? stages.find(({ environment }) => environment === wanted);
  if (found) return found;
  const names = stages.map(({ name }) => name).join(', ');
  throw new Misuse(`plinth local: --stage must be one of ${names || 'none'}, got ${wanted}; name one of them`);
}
