import assert from 'node:assert/strict';
import { isLeft } from 'fp-ts/lib/Either.js';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import type { DistributionName } from '../../src/domain/debian/distribution.ts';
import type { SourceName, Version } from '../../src/domain/debian/names.ts';
import { packageStream } from '../../src/domain/stream.ts';
import { subjectOf } from '../../src/domain/subject.ts';
import { acme, amd64, eventId, helloInstalled, helloReserved, main, stored, uploadId } from './fixed-examples.ts';
import type { Machine } from './in-memory-daemon.ts';

let count = 0;

/** What a daemon that is not running now has installed there before. */
export const installedBefore = async (
  on: Machine,
  source: SourceName,
  version: Version,
  distribution: DistributionName,
  binaries: readonly string[] = [source],
): Promise<void> => {
  const log = openMemoryLog(on.store, on.clock.now);
  const stream = packageStream(acme, source);
  const history = await log.readStream(stream);
  const [upload, about] = [uploadId(count++), { source, distribution }];
  const events = [
    { ...helloReserved(upload, version), ...about, sources: [] },
    helloInstalled(upload, version, {
      ...about,
      dsc: stored(`${source}_${version}.dsc`),
      sources: [],
      binaries: binaries.map((name) => ({
        package: name,
        version,
        architecture: amd64,
        component: main,
        file: stored(`${name}_${version}_amd64.deb`),
      })),
    }),
  ];
  const appended = await log.append(
    stream,
    history.at(-1)?.revision ?? 'none',
    events.map((body) => ({
      id: eventId(900_000 + on.store.events.length + events.indexOf(body)),
      body,
      actor: { kind: 'duty', name: 'install-packages' },
      causedBy: undefined,
      correlation: upload,
      subject: subjectOf(body),
    })),
  );
  assert.ok(!isLeft(appended));
  await log.close();
};
