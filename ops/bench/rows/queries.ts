import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import type { Caller } from '../../../src/domain/account/caller.ts';
import { engine } from '../../../src/engine.ts';
import type { Api } from '../../../src/ports/api.ts';
import { unstable } from '../../../test/support/fixed-examples.ts';
import { lightParts } from '../light-parts.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Row, shown } from '../row.ts';
import { median, ninetyNinth, timed } from '../turns.ts';

const size = { events: 100_000, sources: 10_000 };
const rounds = 500;

/** With what each command is asked the `n`-th time. Few names match a pattern, so `list` looks at all there are. */
const asked: Readonly<Record<string, (n: number) => Readonly<Record<string, string>>>> = {
  show: (n) => ({ package: packageOf(n) }),
  list: (n) => ({ pattern: `${packageOf(n)}*` }),
  status: () => ({}),
  history: (n) => [{}, { package: packageOf(n) }, { distribution: unstable }, { type: 'BuildSucceeded' }][n % 4] ?? {},
};

/** What people and scripts ask all the time, of a real log and everything that was folded from it. */
export const queries: Row = {
  name: 'queries',
  about: 'show, list, status and history through the command table, 100,000 events, 10,000 packages',
  prepare: (bench) => longLog(bench, size),
  run: async (bench) => {
    const { home, events } = await longLog(bench, size);
    const log = await openEmbeddedLog(join(home, 'log'));
    bench.atEnd(log.close);
    const { api } = await engine(lightParts(home, log));
    const times = new Map(Object.keys(asked).map((name) => [name, [] as number[]]));
    for (let n = 0; n < rounds && (n === 0 || Date.now() < bench.until()); n += 1) {
      for (const [name, taken] of times) taken.push(await timed(() => answered(api, name, asked[name]?.(n) ?? {})));
    }
    return [...times].map(([name, taken]) => ({
      what: `${name}, ${shown(events)} events`,
      ours: `median of ${taken.length} ${shown(median(taken))} ms`,
      peer: 'p99',
      ...atMost(10, ninetyNinth(taken), 'ms'),
    }));
  },
};

/** Here and there among all. */
const packageOf = (n: number): string => `package-${(n * 7919) % size.sources}`;

/** An account that may do nothing but ask; others' persons are taken out of what it is told. */
const someone: Caller = { actor: { kind: 'account', name: 'someone' }, privilege: 'login', shown: 'token' };

const answered = async (api: Api, name: string, given: Readonly<Record<string, string>>): Promise<void> => {
  const answer = await api.run(name, given, someone);
  if (isLeft(answer)) throw new Error(`${name}: ${answer.left.map(({ fact }) => fact).join('; ')}`);
  if (Array.isArray(answer.right.json) && answer.right.json.length === 0) throw new Error(`${name} found nothing`);
};
