import { addAdministrator, administrators, everybodys, examplesOf, oneEvent, size, tokenFor } from '../asked-pages.ts';
import { firstByte } from '../first-byte.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Bench, type Figure, type Row, shown } from '../row.ts';
import { serving } from '../serving.ts';
import { median, ninetyNinth } from '../turns.ts';

const rounds = 30;

/**
 * The main pages from `serve` when something has just changed: before each look a package leaves the distribution that holds most. Apt is to
 * see that each time, which this instance tries and cannot, for it has no files: so all of it is looked at again and again.
 */
export const changed: Row = {
  name: 'changed',
  about: `first byte of the main pages right after a change and after a start, ${shown(size.events)} events, ${shown(size.sources)} source packages (BENCH_SIZE=full: a million, 100,000)`,
  seconds: 420,
  prepare: (bench) => longLog(bench, size),
  run: async (bench) => {
    const { home, events } = await longLog(bench, size);
    const password = 'bench bench bench';
    // The row of pages may have been there before.
    await addAdministrator(home, password).catch(() => undefined);
    const daemon = await serving(bench, home);
    bench.say('serving');
    try {
      return await measure(bench, daemon.url, await tokenFor(daemon.url, password), events);
    } finally {
      await daemon.stop();
    }
  },
};

/** Milliseconds: of the very first look, and by turns with nothing and with something new. */
type Looks = { readonly first: number; readonly rest: number[]; readonly after: number[] };

const measure = async (bench: Bench, url: string, token: string, events: number): Promise<readonly Figure[]> => {
  const headers = { Authorization: `Bearer ${token}` };
  const asked = {
    ...everybodys(examplesOf(events, size.sources)),
    ...administrators,
    'form of uploads': () => '/upload',
    event: await oneEvent(url),
  };
  const look = async (address: string): Promise<number> =>
    (await firstByte(`${url}/mini_buildd${address}`, headers)).milliseconds;
  const looks = new Map<string, Looks>();
  for (const [name, address] of Object.entries(asked))
    looks.set(name, { first: await look(address(0)), rest: [], after: [] });
  let gone = 0;
  for (let n = 1; n <= rounds && (n < 2 || Date.now() < bench.until()); n += 1) {
    for (const [name, { rest, after }] of looks) {
      const address = asked[name as keyof typeof asked](n);
      rest.push(await look(address));
      await takeAway(url, headers, `package-${gone}`);
      gone += 1;
      after.push(await look(address));
    }
    bench.say(`${n} of ${rounds}`);
  }
  const each = [...looks].map(([name, { rest, after }]) => ({
    what: `${name}, right after a change`,
    ours: `median of ${after.length} ${shown(median(after))} ms`,
    peer: `at rest ${shown(median(rest))} ms, p99 ${shown(ninetyNinth(rest))} ms; p99`,
    ...atMost(100, ninetyNinth(after), 'ms'),
  }));
  const [slowest, { first }] = [...looks].reduce((one, other) => (other[1].first > one[1].first ? other : one));
  return [
    ...each,
    {
      what: 'the very first look after a start',
      ours: `${slowest}, the slowest`,
      peer: 'absolute',
      ...atMost(100, first, 'ms'),
    },
  ];
};

const takeAway = async (url: string, headers: Readonly<Record<string, string>>, name: string): Promise<void> => {
  const answer = await fetch(`${url}/mini_buildd/api/remove?output=json`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ package: name, distribution: 'trixie-acme-unstable', confirm: 'remove' }),
  });
  if (!answer.ok) throw new Error(`${name} stays: ${await answer.text()}`);
  await answer.arrayBuffer();
};
