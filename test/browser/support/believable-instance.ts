import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Limits } from '../../../src/adapters/http/limits.ts';
import { incomingDoor } from '../../../src/adapters/incoming/incoming-door.ts';
import { usualIncomingLimits } from '../../../src/adapters/incoming/limits.ts';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { addAccount } from '../../../src/app/accounts/add-account.ts';
import { accountReader } from '../../../src/app/tell.ts';
import type { Role } from '../../../src/domain/account/privilege.ts';
import type { BuildId } from '../../../src/domain/ids.ts';
import type { BuildOrder } from '../../../src/ports/builder.ts';
import type { IncomingDoor } from '../../../src/ports/incoming.ts';
import type { Mailer } from '../../../src/ports/mailer.ts';
import { servedPages } from '../../../src/served-pages.ts';
import { serve } from '../../adapters/http/served.ts';
import { oscarsKey } from '../../support/account-examples.ts';
import { because, passwordOf, personOf } from '../../support/accounts-at-work.ts';
import { asks } from '../../support/asks.ts';
import type { Behaviour } from '../../support/fake-builder.ts';
import { publicKey } from '../../support/fake-keyring.ts';
import { ernie, version } from '../../support/fixed-examples.ts';
import { boot, type Daemon, type Machine, machine } from '../../support/in-memory-daemon.ts';
import { type SourceUploadTraits, sourceUpload } from '../../support/source-upload.ts';
import { believableConfiguration } from './believable-configuration.ts';
import { logOfFailure, logOfSuccess, logSoFar } from './believable-logs.ts';

const hour = 3_600_000;
const day = 24 * hour;
const room = 3;
/** Builds under way are to be in their 61st minute, however many seconds passed before they began and until somebody looks. */
const anHourAgo = hour + 30_000;

/** Who has an account; `maintainer` is a user whose key may upload to `acme`. */
export const people = { user: 'oscar', maintainer: 'grover', manager: 'stan', administrator: 'adam' } as const;
export type Person = keyof typeof people;

const roles: Readonly<Record<Person, Role>> = {
  user: 'user',
  maintainer: 'user',
  manager: 'staff',
  administrator: 'admin',
};

/**
 * Three weeks in the life of two repositories, which end now: packages that were built, migrated, failed and rejected, and an
 * afternoon with builds under way. Behind a real web server with all its pages, over a daemon in memory.
 */
export const believableInstance = async (
  test: Pick<TestContext, 'after'>,
  limits: Partial<Limits> = {},
  mailer?: Mailer,
) => {
  const plain = await machine(test, believableConfiguration, Date.now() - 21 * day);
  const on: Machine = { ...plain, mailer: { ...plain.mailer, ...mailer } };
  behaveWell(on);
  let daemon = await boot(on, undefined, room);
  await rolesGiven(on, daemon);
  for (const [index, chapter] of [...story, afternoon].entries()) {
    // While it is down days pass at once: awake, it would look at its clock four times a minute.
    await daemon.kill();
    on.clock.advance(index < story.length ? 2 * day : Date.now() - on.clock.now() - anHourAgo);
    daemon = await boot(on, undefined, room);
    await chapter(daemon, on);
  }
  on.clock.advance(Math.max(0, Date.now() - on.clock.now()));
  await daemon.rests();
  const log = openMemoryLog(on.store, on.clock.now);
  const { url, routes, changes$ } = await serve(test, {
    ...servedPages(daemon.engine, log, {
      confinement: { network: true, processes: true, bounds: true },
      place: { builder: ernie, room, tags: [] },
      clock: on.clock,
    }),
    log,
    files: on.files,
    incoming: await doorTo(daemon, on),
    liveLog: on.builder.liveLog,
    limits,
  });
  test.after(daemon.kill);
  return {
    url,
    routes,
    on,
    daemon,
    changes$,
    buildOf: (source: string, architecture = 'amd64') => buildOf(daemon, source, architecture),
  };
};

export type BelievableInstance = Awaited<ReturnType<typeof believableInstance>>;

/** Where a browser uploads: on disk, as behind FTP. */
const doorTo = ({ engine }: Daemon, { scratch }: Machine): Promise<IncomingDoor> => {
  const note = (): void => undefined;
  return incomingDoor({
    folder: join(scratch, 'door'),
    limits: usualIncomingLimits,
    receive: engine.reception.receive,
    log: { info: note, error: note },
  });
};

const buildOf = ({ world }: Daemon, source: string, architecture: string): BuildId => {
  const known = [...world.builds.open.values(), ...world.builds.ended];
  const found = known.find(({ requested }) => requested.source === source && requested.architecture === architecture);
  assert.ok(found !== undefined, `no build of ${source} on ${architecture} is remembered`);
  return found.id;
};

const behaveWell = ({ builder, checker }: Machine): void => {
  const behaviour = ({ source, version: text, architecture }: BuildOrder): Behaviour => {
    if (source === 'rocket' && text.startsWith('2.')) return 'fails';
    if (source === 'magnet') return { waitsFor: ['libanvil-dev (>= 4)'] };
    if (source === 'birdseed' || (source === 'tunnel' && architecture === 'amd64')) return 'hangs';
    return 'succeeds';
  };
  builder.behave(behaviour);
  builder.writes((order) => {
    const how = behaviour(order);
    return how === 'fails' ? logOfFailure(order) : how === 'succeeds' ? logOfSuccess(order) : logSoFar(order);
  });
  builder.makes('acme-tools', ['acme-tools', 'libacme1', 'libacme-dev']);
  checker.behave(({ tool, source, version: text }) => {
    if (tool === 'piuparts') return [];
    if (source === 'acme-tools')
      return [
        { severity: 'warning', tag: 'no-manual-page', about: 'acme-tools usr/bin/acme' },
        text.startsWith('0.4')
          ? { severity: 'warning', tag: 'old-fsf-address', about: 'libacme1 usr/share/doc/libacme1/copyright' }
          : { severity: 'warning', tag: 'spelling-error-in-binary', about: 'libacme1 <b>teh</b> \u202ethe' },
      ];
    return source === 'giant' ? [{ severity: 'error', tag: 'no-copyright-file', about: 'giant' }] : [];
  });
};

const rolesGiven = async (on: Machine, daemon: Daemon): Promise<void> => {
  const read = accountReader(openMemoryLog(on.store, on.clock.now));
  for (const [person, login] of Object.entries(people)) {
    const added = await addAccount(
      personOf(login, roles[person as Person]),
      on.people,
      read,
      daemon.engine.tell,
      because,
    );
    assert.ok(!isLeft(added));
  }
};

const uploaded = async (daemon: Daemon, traits: SourceUploadTraits): Promise<void> => {
  await daemon.uploads(sourceUpload(traits));
  await daemon.rests();
};

/** Uploads, and waits until apt sees it or it came to nothing. */
const delivered = async (daemon: Daemon, traits: SourceUploadTraits): Promise<void> => {
  await uploaded(daemon, traits);
  assert.ok(await daemon.until(({ uploads }) => uploads.open.size === 0));
};

const says = async (daemon: Daemon, command: string, given: Readonly<Record<string, string>>): Promise<void> => {
  const answer = await asks(daemon, command, given);
  assert.equal(answer.refused, undefined, answer.facts?.join('; '));
  await daemon.rests();
};

const of = (
  source: string,
  text: string,
  codename: string,
  codeversion: string,
  repository = 'acme',
  suite = 'unstable',
) => ({
  source,
  version: version(`${text}~${repository}${codeversion}+1`),
  distribution: `${codename}-${repository}-${suite}`,
});
const trixie = (source: string, text: string) => of(source, text, 'trixie', '13');
const bookworm = (source: string, text: string) => of(source, text, 'bookworm', '12');
const sid = (source: string, text: string) => of(source, text, 'sid', '~SID', 'lab');

/** What happened, two days apart from each other. */
const story: readonly ((daemon: Daemon, on: Machine) => Promise<void>)[] = [
  async (daemon) => {
    await delivered(daemon, trixie('hello', '2.10-1'));
    await delivered(daemon, bookworm('hello', '2.10-1'));
    await delivered(daemon, sid('dynamite', '1.0-1'));
  },
  async (daemon) => {
    await delivered(daemon, trixie('hello', '2.10-2'));
    await delivered(daemon, trixie('acme-tools', '0.4-1'));
    await says(daemon, 'migrate', { package: 'hello', distribution: 'trixie-acme-unstable' });
  },
  async (daemon) => {
    await delivered(daemon, trixie('hello', '2.10-3'));
    await delivered(daemon, trixie('rocket', '1.9-1'));
    await says(daemon, 'migrate', { package: 'hello', distribution: 'trixie-acme-testing' });
    await says(daemon, 'migrate', { package: 'hello,acme-tools', distribution: 'trixie-acme-unstable' });
  },
  async (daemon) => {
    await delivered(daemon, trixie('hello', '2.12-1'));
    await delivered(daemon, bookworm('acme-tools', '0.4-1'));
    await delivered(daemon, sid('dynamite', '1.1-1'));
    await says(daemon, 'remove', { package: 'hello', distribution: 'bookworm-acme-unstable' });
    await says(daemon, 'restore', { package: 'hello', distribution: 'bookworm-acme-unstable-rollback0' });
  },
  async (daemon) => {
    await delivered(daemon, trixie('acme-tools', '0.5-1'));
    await delivered(daemon, trixie('giant', '3-1'));
    await delivered(daemon, sid('umbrella', '0.1-1'));
    const key = publicKey(oscarsKey);
    const grover = await daemon.engine.access.byPassword(people.maintainer, passwordOf(people.maintainer), '192.0.2.1');
    assert.ok(!isLeft(grover));
    const handedIn = await daemon.engine.api.run('setuserkey', { key }, grover.right);
    assert.ok(!isLeft(handedIn), JSON.stringify(handedIn));
    await says(daemon, 'uploader', {
      action: 'approve',
      login: people.maintainer,
      fingerprint: oscarsKey,
      repository: 'acme',
    });
  },
];

/** What is under way right now: an architecture built and one that builds, more than there is room for, and what strangers sent. */
const afternoon = async (daemon: Daemon, { clock }: Machine): Promise<void> => {
  await uploaded(daemon, { ...trixie('hello', '2.12-2'), signedBy: oscarsKey });
  assert.ok(await daemon.until(({ uploads }) => uploads.open.size === 0));
  await delivered(daemon, trixie('rocket', '2.0-1'));
  await delivered(daemon, { source: 'coyote', distribution: 'unstable"><script>alert(1)</script>\u202e' });
  await delivered(daemon, { ...trixie('coyote', '1.0-1'), signedBy: null });
  await uploaded(daemon, trixie('magnet', '1.0-1'));
  await uploaded(daemon, trixie('tunnel', '0.9-1'));
  await uploaded(daemon, trixie('birdseed', '5.0-1'));
  clock.advance(600_000);
  await uploaded(daemon, bookworm('birdseed', '5.0-1'));
  await uploaded(daemon, sid('birdseed', '5.0-1'));
};
