import { describe, it } from 'node:test';
import type { SourceId } from '../../../src/domain/configuration/events.ts';
import type {
  PortEvent,
  PortFailed,
  PortMigrated,
  PortOvertaken,
  PortUploaded,
} from '../../../src/domain/port/events.ts';
import { type PortCommand, type PortRefusal, portDecider } from '../../../src/domain/port/port.ts';
import { distribution, helloPort, stored, uploadId, version } from '../../support/fixed-examples.ts';
import { givenFor } from '../../support/given.ts';

const given = givenFor(portDecider);

const requested = helloPort();
const migrating = helloPort({ migrates: true });
const { port } = requested;
const uploaded: PortUploaded = { type: 'PortUploaded', port, upload: uploadId(2) };
const migrated: PortMigrated = { type: 'PortMigrated', port, to: [distribution('trixie-acme-testing')] };
const failed: PortFailed = { type: 'PortFailed', port, rule: 'unreachable', fact: 'no answer', remedy: 'try later' };

const request: PortCommand = { command: 'RequestPort', requested };
const overtaken: PortOvertaken = {
  type: 'PortOvertaken',
  port,
  source: requested.source,
  to: requested.to,
  ported: requested.version,
  version: version('2.11-1'),
  archive: 'debian-sid' as SourceId,
  url: 'http://deb.debian.example.org/debian/pool/main/h/hello/hello_2.11-1.dsc',
  sha256: stored('hello_2.11-1.dsc').sha256,
  next: port,
};
const again: PortOvertaken = { ...overtaken, version: version('2.12-1') };

const report = (event: PortUploaded | PortMigrated | PortFailed | PortOvertaken): PortCommand => ({
  command: 'ReportPort',
  event,
});

type Row = readonly [string, readonly PortEvent[], PortCommand, readonly PortEvent[] | PortRefusal];

const rows: readonly Row[] = [
  ['is requested', [], request, [requested]],
  ['is not uploaded unasked', [], report(uploaded), 'unknown-port'],
  ['fails on record also when it could not even be requested', [], report(failed), [failed]],
  ['is requested once', [requested], request, []],
  ['is uploaded', [requested], report(uploaded), [uploaded]],
  ['fails', [requested], report(failed), [failed]],
  ['does not migrate before it is uploaded', [migrating], report(migrated), 'unknown-port'],
  ['is uploaded once', [requested, uploaded], report(uploaded), []],
  ['does not fail once it is uploaded', [requested, uploaded], report(failed), 'already-ended'],
  ['does not migrate unless it was asked to', [requested, uploaded], report(migrated), []],
  ['is not requested again', [requested, uploaded], request, []],
  ['migrates after its upload', [migrating, uploaded], report(migrated), [migrated]],
  ['fails when it cannot migrate', [migrating, uploaded], report(failed), [failed]],
  ['migrates once', [migrating, uploaded, migrated], report(migrated), []],
  ['stays failed', [requested, failed], report(uploaded), 'already-ended'],
  ['stays failed when it was to migrate', [migrating, uploaded, failed], report(migrated), 'already-ended'],
  ['fails once', [requested, failed], report(failed), []],
  ['is overtaken once it is uploaded', [requested, uploaded], report(overtaken), [overtaken]],
  ['is not overtaken before', [requested], report(overtaken), 'unknown-port'],
  ['is overtaken by a version once', [requested, uploaded, overtaken], report(overtaken), []],
  ['is overtaken by each', [requested, uploaded, overtaken], report(again), [again]],
  ['goes on as it would have when it is overtaken', [migrating, uploaded, overtaken], report(migrated), [migrated]],
  ['is not requested again after it failed', [failed], request, []],
];

describe('Port', () => {
  for (const [sentence, history, command, expected] of rows) {
    it(sentence, () => {
      const decision = given(...history).when(command);
      if (typeof expected === 'string') decision.thenRefused(expected);
      else decision.thenSaid(...expected);
    });
  }
});
