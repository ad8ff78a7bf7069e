import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { BuilderTag, type RemoteConfigured } from '../../domain/configuration/events.ts';
import { Fingerprint, RepositoryId } from '../../domain/debian/names.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { RemoteActivated } from '../../domain/remote/events.ts';
import { Address, placeOf } from '../../domain/remote/introduction.ts';
import { isSame } from '../../domain/same.ts';
import type { Answer } from '../../ports/api.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { Remotes } from '../../ports/remotes.ts';
import type { Voice } from '../../ports/tell.ts';
import type { Wake } from '../../ports/waker.ts';
import { addedRemotes, introductions, type RemoteStory } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { endingOfRemote } from '../endings/ending-of-remote.ts';
import { fileToBe } from '../file-to-be.ts';
import { checkRemote, keysOfRemote } from '../remotes/ask-remote.ts';
import { action, limitedTo } from './account-arguments.ts';
import { orNothing } from './arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Deed, type Planned, saying } from './deed.ts';

type Parts = {
  readonly world: World;
  readonly remotes: Remotes;
  readonly wake: Wake | undefined;
  readonly keys: KeyReader;
  readonly files: FileStore;
};

/** `remote`: other instances, known by their address and the key that people compared; builds are exchanged with those that are active. */
export const remote = (parts: Parts, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'remote',
    summary: 'Lists, adds, removes, checks, activates and deactivates other instances, with which builds are exchanged',
    arguments: {
      action: action(
        ['list', 'add', 'remove', 'check', 'activate', 'deactivate', 'wake'],
        'What to do (check: does it answer, run, and show its key? remove: also who only asks to be known; wake: run the command of this host that wakes it)',
      ),
      instance: {
        codec: orNothing(Address),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'Where it is: HOST:PORT; check and list without it look at all',
      },
      fingerprint: {
        codec: orNothing(Fingerprint),
        positional: false,
        short: undefined,
        fallback: '',
        summary: 'With add: of its key, as its administrator tells it',
        with: ['add'],
      },
      repository: {
        ...limitedTo(RepositoryId, 'With activate: give it only builds of these repositories of ours (a,b)'),
        short: 'R',
        with: ['activate'],
      },
      tags: {
        ...limitedTo(BuilderTag, 'With activate: what it is good for (a,b), as repositories of ours ask for builders'),
        with: ['activate'],
      },
    },
    privilege: 'admin',
    present: ({ action: what, instance }) => {
      const known = Address.is(instance) ? parts.world.remotes.get(placeOf(instance).remote) : undefined;
      return what === 'activate' && known?.active === true
        ? { repository: known.repositories.join(','), tags: known.tags.join(',') }
        : {};
    },
    plan: async ({ action: what, instance, fingerprint, repository, tags }) => {
      const { remotes } = parts.world;
      if (what === 'list') return right(list(remotes, instance && placeOf(instance).remote));
      if (what === 'check' && instance === undefined) {
        return right(
          await check(
            addedRemotes(remotes).map(({ configured }) => configured),
            parts,
          ),
        );
      }
      if (instance === undefined)
        return left(refusal('bad-argument', '"instance" is missing', 'say where it is: HOST:PORT'));
      const place = placeOf(instance);
      if (what === 'add') return add(place, fingerprint, parts);
      const known = remotes.get(place.remote);
      if (known === undefined || (known.configured === undefined && what !== 'remove')) {
        return left(
          refusal('unknown-remote', `there is no remote ${place.remote}`, `add it: remote add ${place.remote}`),
        );
      }
      return deedWith(what, known, { repositories: repository ?? [], tags: tags ?? [] }, parts);
    },
  });

const deedWith = async (
  what: 'check' | 'remove' | 'activate' | 'deactivate' | 'wake',
  known: RemoteStory,
  terms: Terms,
  parts: Parts,
): Promise<Either<Refusal, Deed | Answer>> => {
  switch (what) {
    case 'check':
      return right(await check(known.configured === undefined ? [] : [known.configured], parts));
    case 'remove':
      return right(remove(known, parts));
    case 'activate':
      return right(activate(known, terms));
    case 'deactivate':
      return right(deactivate(known, parts));
    case 'wake':
      return waking(known, parts.wake);
  }
};

const add = async (
  { remote: id, url }: ReturnType<typeof placeOf>,
  fingerprint: Fingerprint | undefined,
  { remotes, keys, files, world }: Parts,
): Promise<Planned> => {
  const key = await keysOfRemote(url, remotes, keys);
  if (isLeft(key)) return key;
  const [newest] = key.right;
  const shown = newest.fingerprint;
  if (fingerprint !== shown) {
    const came = world.remotes.get(id)?.introduced?.fingerprint;
    const said = came === undefined ? '' : `; it asked to be known here with ${came === shown ? 'the same' : came}`;
    const fact = `${id} shows the key ${shown}${fingerprint === undefined ? '' : `, not ${fingerprint}`}${said}`;
    const remedy = `compare it with what its administrator tells you; if it is the same: remote add ${id} --fingerprint ${shown}`;
    return left(refusal('compare-key', fact, remedy));
  }
  const { file, keep } = fileToBe(`${shown}.asc`, newest.armored);
  const event: RemoteConfigured = { type: 'RemoteConfigured', remote: id, url, fingerprint: shown, key: file };
  const line = { remote: id, url, fingerprint: shown };
  const present = world.remotes.get(id)?.configured;
  const before = present && present.fingerprint !== shown ? `, instead of the key ${present.fingerprint}` : '';
  const words = (verb: string) => ({
    json: { remotes: [line] },
    plain: `${verb}${id} ${url} ${shown}${before}\n`,
  });
  return right<never, Deed>({
    was: termsOf(world.remotes.get(id)),
    says: [{ command: 'Configure', event }],
    would: () => words('would be added: '),
    perform: async (say) => {
      await keep(files);
      const said = await say();
      return isLeft(said) ? said : right(words(''));
    },
  });
};

const remove = (known: RemoteStory, { world }: Parts): Deed => {
  const { remote: id, configured } = known;
  return saying(
    termsOf(known),
    [
      configured === undefined
        ? { command: 'DismissIntroduction', remote: id }
        : { command: 'Configure', event: { type: 'RemoteRemoved', remote: id } },
    ],
    (_, isDone) => ({
      json: { removed: id },
      plain: `${id} ${isDone ? 'is' : 'would be'} removed\n`,
      ends: isDone ? undefined : endingOfRemote('remove', known, world),
    }),
  );
};

/** What builds an active remote gets of us. */
type Terms = Pick<RemoteActivated, 'repositories' | 'tags'>;

const activate = (known: RemoteStory, terms: Terms): Deed => {
  const { remote: id } = known;
  const before =
    known.active && !isSame({ ...terms }, { repositories: known.repositories, tags: known.tags })
      ? `; before, ${servedBy(known)}`
      : '';
  return saying(
    termsOf(known),
    [
      {
        command: 'ActivateRemote',
        activated: { type: 'RemoteActivated', remote: id, ...terms },
      },
    ],
    (_, isDone) => ({
      json: { activated: id },
      plain: `${id} ${isDone ? 'is' : 'would be'} active: what it signs counts, and ${servedBy(terms)}${before}\n`,
    }),
  );
};

const servedBy = ({ repositories, tags }: Terms): string =>
  `it builds for ${repositories.length === 0 ? 'every repository' : repositories.join(', ')}${tags.length === 0 ? '' : `; ${tags.join(', ')}`}`;

/** What administrators here said of it. */
const termsOf = (known: RemoteStory | undefined): unknown =>
  known && [known.configured, known.introduced?.fingerprint, known.active, known.repositories, known.tags];

const waking = ({ remote: id, active, woken: last }: RemoteStory, wake: Wake | undefined): Either<Refusal, Deed> => {
  if (wake === undefined)
    return left(
      refusal('no-wake-command', 'this host has no command that wakes others', 'set MINI_BUILDD_WAKE to a program'),
    );
  if (!active) return left(refusal('not-active', `${id} is not active here`, `activate it: remote activate ${id}`));
  const woken = { type: 'RemoteWoken', remote: id, because: 'an administrator said so' } as const;
  const before = last === undefined ? '' : `; the last time was ${last.at}`;
  const words = (verb: string) => ({ json: { woken: id }, plain: `${id} ${verb} woken${before}\n` });
  return right({
    was: last?.at,
    says: [{ command: 'WakeRemote', woken }],
    would: () => words('would be'),
    perform: async (say, begin) => {
      begin();
      const done = await wake(id);
      if (isLeft(done)) return done;
      const said = await say();
      return isLeft(said) ? said : right(words('is being'));
    },
  });
};

const deactivate = (known: RemoteStory, { world }: Parts): Deed => {
  const { remote: id } = known;
  return saying(
    termsOf(known),
    [
      {
        command: 'DeactivateRemote',
        deactivated: { type: 'RemoteDeactivated', remote: id, reason: 'an administrator said so' },
      },
    ],
    (_, isDone) => ({
      json: { deactivated: id },
      plain: `${id} ${isDone ? 'is' : 'would be'} active no more: nothing it signs counts\n`,
      ends: isDone ? undefined : endingOfRemote('deactivate', known, world),
    }),
  );
};

/** Who asks to be known comes last, with the key to compare. */
const list = (known: World['remotes'], only: string | undefined) => {
  const meant = addedRemotes(known).filter(({ remote: id }) => only === undefined || id === only);
  const rows = meant.map(({ remote: id, configured, active, state, lost, repositories, tags }) => ({
    remote: id,
    url: configured.url,
    fingerprint: configured.fingerprint,
    active,
    repositories,
    tags,
    state,
    because: lost ?? null,
  }));
  const waiting = introductions(known).flatMap(({ remote: id, introduced }) =>
    introduced === undefined ? [] : [{ remote: id, url: introduced.url, fingerprint: introduced.fingerprint }],
  );
  return {
    json: { remotes: rows, waiting },
    plain: [
      ...rows.map(
        ({ remote: id, url, fingerprint, active, tags, state, because }) =>
          `${id} ${url} ${fingerprint} ${active ? 'active' : 'not active'}${tags.length === 0 ? '' : ` (${tags.join(', ')})`}, ${state}${because === null ? '' : `: ${because.fact}`}\n`,
      ),
      ...waiting.map(({ remote: id, url, fingerprint }) => `${id} ${url} ${fingerprint} asks to be known\n`),
    ].join(''),
  };
};

const check = async (known: readonly RemoteConfigured[], { remotes, keys }: Parts): Promise<Answer> => {
  const checks = await Promise.all(known.map((each) => checkRemote(each, remotes, keys)));
  return {
    json: { remotes: checks },
    plain: checks
      .map(
        ({ remote: id, state, because }) =>
          `${id}: ${state}${because === null ? '' : `: ${because.fact} (${because.remedy})`}\n`,
      )
      .join(''),
  };
};
