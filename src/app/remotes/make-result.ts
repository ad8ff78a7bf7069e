import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { signersOf } from '../../domain/archive-key/archive-keys.ts';
import type { BuildresultMade } from '../../domain/buildrequest/events.ts';
import { resultName } from '../../domain/buildrequest/request-file.ts';
import { tooMuchForResult } from '../../domain/buildrequest/result-bounds.ts';
import { type Ending, logName, sbuildWords, writeResult } from '../../domain/buildrequest/result-file.ts';
import {
  checksName,
  type TravellingCheck,
  writeTravellingChecks,
} from '../../domain/buildrequest/travelling-checks.ts';
import type { FileName, StoredFile } from '../../domain/debian/names.ts';
import { sentence } from '../../domain/refusal.ts';
import type { BuildOrder, BuildResult } from '../../ports/builder.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Keyring } from '../../ports/keyring.ts';
import type { Tars } from '../../ports/tar.ts';
import type { World } from '../../projections/world.ts';
import { enclosed } from './enclosed.ts';
import type { GuestCheck } from './guest-checks.ts';

type Parts = {
  readonly world: World;
  readonly exchange: FileStore;
  readonly tars: Tars;
  readonly keyring: Pick<Keyring, 'clearsign'>;
};

/** What became of a buildrequest: how it ended, and the files that are left of it. */
export type Ended = {
  readonly ending: Ending;
  readonly log: StoredFile | null;
  readonly products: readonly StoredFile[];
  readonly times: BuildResult['times'];
};

export const endedAs = (result: BuildResult): Ended => {
  const { log, times } = result;
  switch (result.outcome) {
    case 'succeeded': {
      const products = [...result.binaries.map(({ file }) => file), ...result.records];
      return { ending: { outcome: 'succeeded' }, log, products, times };
    }
    case 'skipped':
      return { ending: { outcome: 'skipped' }, log, products: [], times };
    case 'dep-wait':
      return { ending: { outcome: 'dep-wait', missing: result.missing, fact: result.fact }, log, products: [], times };
    case 'failed': {
      const { class: kind, stage, fact } = result;
      return { ending: { outcome: 'failed', class: kind, stage, fact }, log, products: [], times };
    }
  }
};

type Checked = Ended & { readonly checks: readonly GuestCheck[] };

/** The signed buildresult of a buildrequest, and its files in the exchange. */
export const makeResult = async (
  { request, attempt }: Pick<BuildresultMade, 'request' | 'attempt'>,
  order: Pick<BuildOrder, 'source' | 'version' | 'architecture' | 'distribution'>,
  ended: Checked,
  parts: Parts,
): Promise<BuildresultMade> => {
  const { world, exchange, keyring, tars } = parts;
  const { ending, log, products, times, checks } = bounded(ended);
  const files = [await plainLog(order, ending, log, exchange)];
  if (ending.outcome === 'succeeded') {
    const packed = [...products, ...checks.flatMap(({ report }) => filesOf(report))];
    const members = packed.map(async ({ name, sha256 }) => ({ name, path: await exchange.path(sha256) }));
    const said = checks.length === 0 ? [] : [{ name: checksName, text: writeTravellingChecks(checks.map(travelling)) }];
    const tar = tars.pack([...(await Promise.all(members)), ...said]);
    files.push(await exchange.put(`${resultName(order)}.tar` as FileName, tar));
  }
  const listed = await Promise.all(files.map((file) => enclosed(file, exchange)));
  const result = { ...order, request, ending, times };
  const signed = await keyring.clearsign(
    writeResult(result, listed, lintianIn(checks)),
    signersOf(world.configuration),
  );
  const changes = await exchange.put(resultName(order), Readable.from([signed]));
  const { status } = sbuildWords(ending);
  return { type: 'BuildresultMade', request, attempt, status, changes, files };
};

/**
 * With as much as a result holds. Who asked would refuse more, and could only ask again: so it has failed, and says why. What checks left is no reason for that:
 * without them they are made where the repository is.
 */
const bounded = (ended: Checked): Checked => {
  const { ending, products, checks } = ended;
  if (ending.outcome !== 'succeeded') return ended;
  const tooMuch = tooMuchForResult(products);
  if (tooMuch !== undefined) {
    const failed = { outcome: 'failed', class: 'products', stage: 'products', fact: sentence(tooMuch) } as const;
    return { ...ended, ending: failed, products: [], checks: [] };
  }
  const reports = checks.flatMap(({ report }) => filesOf(report));
  const said = { size: Buffer.byteLength(writeTravellingChecks(checks.map(travelling))) };
  return tooMuchForResult([...products, ...reports, said]) === undefined ? ended : { ...ended, checks: [] };
};

/** In the word of the original, where only errors counted; what counts here is decided by who asked. */
const lintianIn = (checks: readonly GuestCheck[]): 'pass' | 'fail' | undefined => {
  const report = checks.find(({ tool }) => tool === 'lintian')?.report;
  if (report?.outcome !== 'checked') return undefined;
  return report.findings.some(({ severity }) => severity === 'error') ? 'fail' : 'pass';
};

const filesOf = (report: GuestCheck['report']): readonly StoredFile[] =>
  'report' in report && report.report !== null ? [report.log, report.report] : [report.log];

const travelling = ({ tool, report }: GuestCheck): TravellingCheck =>
  report.outcome === 'skipped'
    ? { ...report, tool, log: report.log.name }
    : { ...report, tool, log: report.log.name, report: report.report?.name ?? null };

/** Logs are kept compressed, and travel as they are. */
const plainLog = async (
  order: Parameters<typeof logName>[0],
  ending: Ending,
  log: StoredFile | null,
  exchange: FileStore,
): Promise<StoredFile> => {
  if (log === null) {
    const said = `Status: ${sbuildWords(ending).status}\nCode: ${sbuildWords(ending).code}\n${'fact' in ending ? `${ending.fact}\n` : ''}`;
    return exchange.put(logName(order), Readable.from([said]));
  }
  const compressed = createReadStream(await exchange.path(log.sha256));
  if (!log.name.endsWith('.gz')) return exchange.put(logName(order), compressed);
  const plain = createGunzip();
  compressed.on('error', (error) => plain.destroy(error));
  return exchange.put(logName(order), compressed.pipe(plain));
};
