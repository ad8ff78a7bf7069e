import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import { keyringPackage } from '../../src/domain/configuration/apt-sources.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import { owedKeyrings } from '../../src/projections/keyrings-owed.ts';
import { foldWorld, newWorld } from '../../src/projections/world.ts';
import {
  archiveFingerprint,
  configured,
  helloInstalled,
  helloPort,
  now,
  recorded,
  unstable,
  uploadId,
  version,
} from '../support/fixed-examples.ts';

const day = 86_400_000;
const year = 365 * day;
const young = '1'.repeat(40) as Fingerprint;

describe('A keyring package whose build failed', () => {
  /** It was to carry a new key, and failed by a clock that was so much ahead. */
  const failed = (ahead: number) => {
    const world = newWorld();
    let n = 0;
    const happens = (...events: readonly DaemonEvent[]): void => {
      for (const event of events) foldWorld(world, { ...recorded(event, ++n), recordedAt: instant(now + ahead) });
    };
    happens(...configured);
    const source = keyringPackage(world.configuration);
    const port = (upload: number, as: string, keys: readonly Fingerprint[]) =>
      helloPort({
        ...{ source, to: unstable, version: version(as), as: version(as), upload: uploadId(upload) },
        port: `${uploadId(upload)}-${unstable}` as never,
        origin: { kind: 'keyring', keys },
      });
    happens(port(1, '1', [archiveFingerprint]), helloInstalled(uploadId(1), version('1'), { source }));
    happens({ type: 'ArchiveKeyGenerated', fingerprint: young, publicKey: 'key' });
    const again = port(2, '2', [archiveFingerprint, young]);
    happens(again);
    assert.deepEqual(owedKeyrings(world, now + ahead), [], 'it is under way');
    happens({ type: 'PortFailed', port: again.port, rule: 'r', fact: 'it failed', remedy: 'r' });
    return (at: number) => owedKeyrings(world, now + at).map(({ deed }) => deed);
  };

  it('is built again a day later', () => {
    assert.deepEqual([0, day - 1, day].map(failed(0)), [[], [], ['build']]);
  });

  it('is built again a day after the clock was put right that was a year ahead', () => {
    assert.deepEqual([year, 0, day - 1, day].map(failed(year)), [[], [], [], ['build']]);
    assert.deepEqual([0, day - 1, day].map(failed(year)), [[], [], ['build']], 'also in a life that did not see that');
  });
});
