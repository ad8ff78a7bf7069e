import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instant } from '../../src/domain/codec.ts';
import { because } from '../support/accounts-at-work.ts';
import { sha256 } from '../support/fixed-examples.ts';
import { boot, eventsOf, machine } from '../support/in-memory-daemon.ts';
import { sourceUpload } from '../support/source-upload.ts';

const hour = 3_600_000;

describe('An instance that goes on from a backup', () => {
  for (const ahead of [-1, 5]) {
    const when =
      ahead < 0 ? 'later than what apt has seen' : 'not earlier than what apt has seen, whatever the clock says';
    it(`publishes everything anew, ${when}`, async (test) => {
      const on = await machine(test);
      const daemon = await boot(on);
      await daemon.uploads(sourceUpload());
      await daemon.until(({ uploads }) => uploads.ended[0]?.status === 'published');
      await daemon.rests();
      const before = eventsOf(on, 'RepositoryPublished').length;
      const [taken, seen] = [instant(on.clock.now() - 2 * hour), instant(on.clock.now() + ahead * hour)];
      await daemon.engine.tell(
        {
          command: 'Report',
          event: {
            type: 'InstanceRestored',
            taken,
            events: 100,
            chain: sha256('the chain'),
            seen: [{ distribution: 'trixie-acme-unstable', date: seen }],
          },
        },
        because,
      );
      await daemon.until(({ publications }) =>
        [...publications.values()].every(({ failure }) => failure === undefined),
      );
      await daemon.rests();
      const published = eventsOf(on, 'RepositoryPublished');
      assert.equal(published.length, before + 1);
      const date = published.at(-1)?.date ?? '';
      if (ahead < 0) assert.ok(date > seen && date <= instant(on.clock.now()));
      else assert.equal(date, seen);
    });
  }
});
