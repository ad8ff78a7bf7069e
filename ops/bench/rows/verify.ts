import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Verification, verifyLog } from '../../../src/cli/verify-log.ts';
import { type SealedHome, sealedHome } from '../../../test/support/sealed-home.ts';
import { atMost, type Bench, type Row, shown } from '../row.ts';
import { median } from '../turns.ts';

const uploads = 60;
const bytesOfEach = 4_000_000;
const rounds = 5;

let made: Promise<SealedHome> | undefined;

const sampleFor = (bench: Bench): Promise<SealedHome> => {
  made ??= sealedHome(uploads, bytesOfEach).then((sample) => {
    bench.atEnd(sample.remove);
    return sample;
  });
  return made;
};

/**
 * How long it takes to verify an instance, beside hashing the same bytes and nothing else, by the quickest of the tools that are on every machine, on
 * one core: coreutils' sha256sum takes three times as long. Both find them in memory.
 */
export const verify: Row = {
  name: 'verify',
  about: 'log verify over openssl dgst -sha256 of the same bytes',
  seconds: 90,
  prepare: sampleFor,
  run: async (bench) => {
    const sample = await sampleFor(bench);
    const [ours, peers]: [number[], number[]] = [[], []];
    let found = await verification(sample);
    for (let n = 0; n < rounds && Date.now() < bench.until(); n += 1) {
      peers.push(await timed(async () => hashAll(sample)));
      ours.push(
        await timed(async () => {
          found = await verification(sample);
        }),
      );
    }
    if (found.findings.length > 0) throw new Error(`something is wrong: ${JSON.stringify(found.findings[0])}`);
    return [
      {
        what: `${found.files.toLocaleString('en')} files, ${Math.round(found.bytes / 1e6)} MB, ${found.events.toLocaleString('en')} events`,
        ours: `${shown(median(ours))} ms`,
        peer: `openssl dgst ${shown(median(peers))} ms`,
        ...atMost(1.5, median(ours) / median(peers)),
      },
    ];
  },
};

const verification = async ({ settings }: SealedHome): Promise<Verification> => {
  let said = '';
  await verifyLog(settings, { json: true }, (text) => {
    said += text;
  });
  return JSON.parse(said) as Verification;
};

const hashAll = ({ home }: SealedHome): void => {
  const folders = ['log', 'files'].map((name) => join(home, name));
  execFileSync('sh', ['-c', 'find "$@" -type f -print0 | xargs -0 openssl dgst -sha256 > /dev/null', 'sh', ...folders]);
};

const timed = async (work: () => Promise<void>): Promise<number> => {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
};
