import { readFile } from 'node:fs/promises';
import type { FileName, StoredFile } from '../../domain/debian/names.ts';
import { withoutEpoch } from '../../domain/debian/version.ts';
import type { SessionId } from '../../domain/ids.ts';
import type { Checker, CheckOrder, CheckReport } from '../../ports/checker.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { SessionOrder, SessionResult, Sessions } from '../../ports/sessions.ts';
import { autopkgtestReport } from './autopkgtest-report.ts';
import { lintianReport } from './lintian-report.ts';
import { piupartsReport } from './piuparts-report.ts';

/** Checks by the procedures of their names (`ops/sessions`), in sessions of the chroots that hold the tools. */
export const sessionChecker = (sessions: Sessions, files: FileStore): Checker => ({
  check: async (order, cancel) => {
    const result = await sessions.run(sessionOrder(order), cancel);
    return reportOf(order, result, files);
  },
});

/** Far more than any tool writes of any package. */
const outputBytes = 32 * 2 ** 20;

const sessionOrder = (order: CheckOrder): SessionOrder => {
  const { check, attempt, tool, codename, architecture, aptSources, aptPreferences, aptHosts } = order;
  const packages = order.binaries.filter(({ name }) => name.endsWith('.deb')).map(({ name }) => name);
  return {
    session: check as string as SessionId,
    attempt,
    procedure: tool,
    codename,
    architecture,
    files: filesFor(order),
    texts: [
      text('options', lines(order.options)),
      ...(tool === 'piuparts' ? [text('packages', lines(packages)), text('codename', codename)] : []),
    ],
    aptSources,
    aptPreferences,
    aptCertificates: order.aptCertificates ?? '',
    aptHosts,
    timeoutSeconds: order.timeoutSeconds,
    silenceSeconds: order.silenceSeconds,
    outputBytes,
    logName: `${stem(order)}.log.gz` as FileName,
  };
};

const text = (name: string, content: string) => ({ name: name as FileName, text: content });

const lines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join('');

const stem = ({ source, version, architecture, tool }: CheckOrder): string =>
  `${source}_${withoutEpoch(version)}_${architecture}.${tool}`;

/** The source is looked at with the packages of one architecture; its tests need it in any case. */
const filesFor = ({ tool, sources, withSource, records, binaries, siblings }: CheckOrder): readonly StoredFile[] => {
  switch (tool) {
    case 'lintian':
      return [...(withSource ? sources : []), ...records, ...binaries];
    case 'piuparts':
      return [...binaries, ...siblings];
    case 'autopkgtest':
      return [...sources, ...binaries, ...siblings];
  }
};

const reportOf = async (order: CheckOrder, result: SessionResult, files: FileStore): Promise<CheckReport> => {
  const { log } = result;
  if (result.outcome === 'ended' && (result.stage === 'timeout' || result.stage === 'silence')) {
    const findings = [{ severity: 'error', tag: `ended-by-${result.stage}`, about: '', times: 1 }] as const;
    return { outcome: 'checked', toolVersion: '', findings, report: null, log };
  }
  if (result.outcome !== 'done') throw new Error(`${order.tool} ended: ${result.fact}`);
  const file = (name: string) => result.files.find((each) => each.name === name);
  const read = (name: string) => contentOf(file(name), name, files);
  const named = (name: string, suffix: string): StoredFile | null => {
    const found = file(name);
    return found === undefined ? null : { ...found, name: `${stem(order)}.${suffix}` as FileName };
  };
  const toolVersion = file('version') === undefined ? '' : (await read('version')).trim().slice(0, 100);
  switch (order.tool) {
    case 'lintian': {
      const { version, findings } = lintianReport(await read('lintian.json'));
      return { outcome: 'checked', toolVersion: version, findings, report: named('lintian.json', 'json'), log };
    }
    case 'piuparts': {
      const findings = piupartsReport(await read('piuparts.log'));
      return { outcome: 'checked', toolVersion, findings, report: named('piuparts.log', 'txt'), log };
    }
    case 'autopkgtest': {
      const summary = file('summary') === undefined ? '' : await read('summary');
      const findings = autopkgtestReport(Number(await read('status')), summary);
      if (findings === 'no tests') return { outcome: 'skipped', because: 'the source package has no tests', log };
      return { outcome: 'checked', toolVersion, findings, report: named('summary', 'txt'), log };
    }
  }
};

const contentOf = async (file: StoredFile | undefined, name: string, files: FileStore): Promise<string> => {
  if (file === undefined) throw new Error(`the session left no ${name}`);
  return readFile(await files.path(file.sha256), 'utf8');
};
