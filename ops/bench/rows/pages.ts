import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openEmbeddedLog } from '../../../src/adapters/embedded-log/embedded-log.ts';
import { readerOf } from '../../../src/adapters/http/reader.ts';
import { comparisonPage } from '../../../src/adapters/http/views/comparison-page.ts';
import { distributionPage } from '../../../src/adapters/http/views/distribution-page.ts';
import { eventPage } from '../../../src/adapters/http/views/event-page.ts';
import { historyPage } from '../../../src/adapters/http/views/history-page.ts';
import { packagePage } from '../../../src/adapters/http/views/package-page.ts';
import { repositoryPage } from '../../../src/adapters/http/views/repository-page.ts';
import { statisticsPage } from '../../../src/adapters/http/views/statistics-page.ts';
import { uploadPage } from '../../../src/adapters/http/views/upload-page.ts';
import { anonymous } from '../../../src/domain/account/caller.ts';
import type { DistributionName } from '../../../src/domain/debian/distribution.ts';
import type { SourceName } from '../../../src/domain/debian/names.ts';
import { UploadId } from '../../../src/domain/ids.ts';
import { engine } from '../../../src/engine.ts';
import { servedPages } from '../../../src/served-pages.ts';
import { acme, unstable } from '../../../test/support/fixed-examples.ts';
import { lightParts } from '../light-parts.ts';
import { longLog } from '../long-log.ts';
import { atMost, type Row, shown } from '../row.ts';
import { median, ninetyNinth, timed } from '../turns.ts';

const size = { events: 100_000, sources: 10_000 };
const rounds = 200;
const testing = 'trixie-acme-testing' as DistributionName;
const instance = { name: 'acme', version: '0', fingerprint: undefined, origin: 'http://127.0.0.1' };

/** Pages as they are sent, from what is known to their last byte of markup. */
export const pages: Row = {
  name: 'pages',
  about: 'pages of packages, distributions, history and statistics, 100,000 events, 10,000 packages',
  prepare: (bench) => longLog(bench, size),
  run: async (bench) => {
    const { home, events } = await longLog(bench, size);
    const log = await openEmbeddedLog(join(home, 'log'));
    bench.atEnd(log.close);
    const parts = lightParts(home, log);
    const served = servedPages(await engine(parts), log, parts);
    const asked = askedOf(served, log);
    const times = new Map(Object.keys(asked).map((name) => [name, [] as number[]]));
    const most = new Map<string, number>();
    for (let n = 0; n < rounds && (n === 0 || Date.now() < bench.until()); n += 1) {
      for (const [name, taken] of times) {
        let text = '';
        taken.push(
          await timed(async () => {
            text = (await asked[name]?.(n)) ?? '';
          }),
        );
        if (text === '') throw new Error(`there was no page: ${name}`);
        most.set(name, Math.max(most.get(name) ?? 0, Buffer.byteLength(text)));
      }
    }
    return [...times].map(([name, taken]) => ({
      what: `${name}, ${shown(events)} events`,
      ours: `median of ${taken.length} ${shown(median(taken))} ms, at most ${shown((most.get(name) ?? 0) / 1000)} kB`,
      peer: 'p99',
      ...atMost(10, ninetyNinth(taken), 'ms'),
    }));
  },
};

type Served = ReturnType<typeof servedPages>;

const list = { name: '', sort: 'name', page: 1, from: '127.0.0.1' } as const;

/** With what each page is asked the `n`-th time. */
const askedOf = (
  served: Served,
  log: Awaited<ReturnType<typeof openEmbeddedLog>>,
): Readonly<Record<string, (n: number) => Promise<string | undefined>>> => ({
  repository: async (n) => {
    const model = served.repository.repository({ ...list, repository: acme, codename: undefined, page: n });
    return model && repositoryPage(instance, model);
  },
  distribution: async (n) => {
    const asked = { ...list, page: n, repository: acme, distribution: unstable, at: undefined };
    const model = await served.repository.distribution(asked);
    return model === undefined || isLeft(model) ? undefined : distributionPage(instance, model.right);
  },
  'two suites': async (n) => {
    const [one, other] = [unstable, testing].map((distribution) => ({ distribution, at: undefined })) as [never, never];
    const asked = { repository: acme, one, other, kind: undefined, page: n + 1, from: '127.0.0.1' };
    const model = await served.repository.comparison(asked);
    return model === undefined || isLeft(model) ? undefined : comparisonPage(instance, model.right);
  },
  package: async (n) => {
    const source = `package-${(n * 7919) % size.sources}` as SourceName;
    const model = await served.packages.page({ source, before: undefined, caller: anonymous });
    return (
      model && packagePage(instance, model, readerOf(served.api, { caller: anonymous, session: undefined }), Date.now())
    );
  },
  history: async () => {
    const model = await served.history.page({}, anonymous);
    return isLeft(model) ? undefined : historyPage(instance, {}, model.right);
  },
  event: async (n) => {
    const source = `package-${(n * 7919) % size.sources}`;
    const [last] = await log.query({ package: source, limit: 1 });
    const model = last && (await served.history.event({ id: last.id, chain: last.correlation, caller: anonymous }));
    return model && eventPage(instance, model);
  },
  upload: async (n) => {
    const source = `package-${(n * 7919) % size.sources}`;
    const found = await log.query({ package: source, limit: 20 });
    const upload = found.find(({ stream }) => stream.startsWith('upload-'))?.stream.slice('upload-'.length);
    const model = UploadId.is(upload) ? await served.upload(upload, anonymous) : undefined;
    return model && uploadPage(instance, model);
  },
  statistics: async () => statisticsPage(instance, served.statistics('months', Date.now())),
});
