import type { Demand } from './demand';
import { AST } from './demands/ast';
import { CTX } from './demands/ctx';
import { DOC } from './demands/doc';
import { REC } from './demands/rec';
import { VEC } from './demands/vec';

/** Every demand of the checklist, in its order. */
export const DEMANDS: readonly Demand[] = [REC, CTX, VEC, AST, DOC].flatMap((lines) =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [id, kind, ...ask] = line.split(' ');
      return { id, kind, ask: ask.join(' ') };
    }),
);
