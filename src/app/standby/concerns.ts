import { lackingInWords } from './progress.ts';
import type { Standing } from './seat.ts';

type Noted = { readonly severity: 'critical' | 'warning'; readonly fact: string; readonly remedy: string };

/** Why nothing is taken at present, for who uploads; `undefined` when it is. */
export const doorWithout = ({ need, node }: Standing): string | undefined =>
  need === 'required' && node === undefined
    ? 'an upload is safe only on two machines, and the standby is not there: upload again later'
    : undefined;

/** What somebody should see to. */
export const standbyConcerns = ({ need, node, missing, copying, failed }: Standing): readonly Noted[] => {
  if (node === undefined) return [need === 'required' ? refusing : alone];
  return [
    ...(failed === undefined ? [] : [untaken(failed)]),
    ...(missing === 0 ? [] : [behind(node, lackingInWords({ missing, copying }))]),
  ];
};

const remedy = 'see whether it runs, and reaches the archive and the log; its journal says more';

const refusing: Noted = {
  severity: 'critical',
  fact: 'the standby is not there: no uploads are taken, and results of builds wait',
  remedy: `${remedy}; to do without it: MINI_BUILDD_STANDBY=preferred`,
};

const alone: Noted = {
  severity: 'warning',
  fact: 'the standby is not there: what comes now lies on one disk only, and nobody can take over',
  remedy,
};

const behind = (node: string, lacking: string): Noted => ({
  severity: 'warning',
  fact: `the standby ${node} lacks ${lacking}: it cannot take over before it has them`,
  remedy: 'it catches up by itself',
});

const untaken = (fact: string): Noted => ({
  severity: 'warning',
  fact: `the standby could not take what it was to copy: ${fact}`,
  remedy: 'see to its disk; it is tried again by itself',
});
