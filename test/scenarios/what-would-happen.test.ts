import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openMemoryLog } from '../../src/adapters/memory-log/memory-log.ts';
import { kinds } from '../../src/domain/configuration/declaration/kinds.ts';
import { eventCodecs } from '../../src/domain/event.ts';
import { servedPages } from '../../src/served-pages.ts';
import { serve } from '../adapters/http/served.ts';
import { passwordOf } from '../support/accounts-at-work.ts';
import { browserOf, typedOn } from '../support/administrator-in-browser.ts';
import { type Asked, atWork, meantBy, type State, story } from '../support/every-command.ts';
import { ernie } from '../support/fixed-examples.ts';
import { plainBrowser } from '../support/plain-browser.ts';

/** Last words of events that put an end to something, and of all the others: an event of a new word has to be sorted in. */
const ends =
  words(`Abandoned Cancelled Deactivated Disabled Dismissed Dropped Erased Go Released Removed Renewed Retired Revoked
  Scheduled Stopped Withdrawn`);
const others =
  words(`Announced Accepted Activated Added Adopted Aged Approved Assigned Back Built Changed Checked Claimed Completed Configured
  Declined Delayed Dispatched Enabled Failed Filled Found Freed Generated Imported Installed Interrupted Introduced Issued Kept Lost Made Migrated Named
  Outdated Overtaken Passed Planned Prepared Prioritised Published Received Refused Registered Rejected Relocated Requested Reserved Restored Resumed
  Retried Sealed Set Sent Skipped Started Submitted Succeeded Taken Uploaded Waited Woken`);
/** An end that is called off is none. */
const beginsAgain = 'ArchiveKeyRetirementCancelled';

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

const lastWord = (type: string): string => /[A-Z][a-z]+$/.exec(type)?.[0] ?? type;

const isEnd = (type: string): boolean => type !== beginsAgain && ends.has(lastWord(type));

/** adam in a browser. */
const inBrowser = async (test: TestContext, { daemon, on }: State) => {
  const confinement = { network: true, processes: true, bounds: true } as const;
  const log = openMemoryLog(on.store, on.clock.now);
  const place = { builder: ernie, room: 4, tags: [] };
  const { url } = await serve(test, servedPages(daemon.engine, log, { confinement, place, clock: on.clock }));
  const browser = plainBrowser(url);
  const given = { login: 'adam', password: passwordOf('adam') };
  await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', given);
  const plan = async (line: Asked) => {
    const at = `/mini_buildd/commands/${line[0]}`;
    const planned = await browser.send(await browser.open(at), at, meantBy(line, { daemon, on } as State));
    return { page: planned.page, status: planned.status, perform: () => browser.send(planned, at) };
  };
  return { ...browser, plan };
};

describe('What would happen', () => {
  it('is asked about every event that puts an end to something', () => {
    for (const type of Object.keys(eventCodecs))
      assert.ok(ends.has(lastWord(type)) !== others.has(lastWord(type)), `does ${type} put an end to something?`);
  });

  it('is told before every deed that puts an end to something: what goes, what depends on it, what stays', async (test) => {
    const state = await atWork(test);
    const { plan } = await inBrowser(test, state);
    const told = new Set<string>();
    for (const line of story) {
      const [command, , becomes] = line;
      const given = meantBy(line, state);
      const what = `${command} ${JSON.stringify(given)}`;
      if (becomes !== 'done') {
        await state.daemon.engine.api.run(command, given, state.adam);
        continue;
      }
      // A plan is stale when what it is about goes on meanwhile.
      await state.daemon.rests();
      const planned = await plan([command, given, becomes]);
      assert.equal(planned.status, 200, what);
      const before = state.on.store.events.length;
      const done = await planned.perform();
      assert.equal(done.status, 200, `${what}: ${done.page}`);
      const said = state.on.store.events
        .slice(before)
        .filter(({ actor }) => actor.name === state.adam.actor.name)
        .map(({ body }) => (body as { readonly type: string }).type);
      if (!said.some(isEnd) && !planned.page.includes('What goes')) continue;
      assert.match(planned.page, /<h3>What goes<\/h3><ul><li>/, what);
      assert.match(planned.page, /<h3>What depends on it<\/h3>(?:<ul><li>|<p class="quiet">Nothing\.)/, what);
      assert.match(planned.page, /<h3>What stays<\/h3><ul><li>/, what);
      assert.doesNotMatch(planned.page, /undefined/, what);
      told.add(command);
    }
    assert.ok(told.size >= 13, `only ${[...told].join(', ')}`);
  });

  it('is told before any object of the configuration is removed, whatever kind it is of', async (test) => {
    const { see, daemon } = await browserOf(test);
    for (const { section, all } of kinds)
      for (const name of all(daemon.world.configuration).keys()) {
        const { page, status } = await see(`/${section}/${encodeURIComponent(name)}/remove`);
        assert.equal(status, 200, `${section} ${name}`);
        assert.match(page, /<h3>What goes<\/h3><ul><li>/, `${section} ${name}`);
        assert.match(page, /<h3>What depends on it<\/h3>(?:<ul|<p class="quiet">Nothing)/, `${section} ${name}`);
        assert.match(page, /<h3>What stays<\/h3><ul><li>/, `${section} ${name}`);
      }
  });

  it('is told when a document leaves out what is there', async (test) => {
    const { see, send } = await browserOf(test);
    const typed = typedOn((await see('/configuration')).page);
    const text = (typed.text?.[0] ?? '').replace(/^chroots:\n(?: .*\n)*/m, '');
    const { page } = await send('/configuration', { ...typed, text: [text], _step: ['show'] });
    assert.match(page, /<h3>What goes<\/h3><ul><li>The chroot trixie-amd64: its template is taken from the disk/);
    assert.match(page, /<h3>What stays<\/h3><ul><li>/);
  });
});
