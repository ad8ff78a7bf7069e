import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { RemoteConfigured } from '../../domain/configuration/events.ts';
import { Fingerprint, RepositoryId } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import { Address, placeOf } from '../../domain/remote/introduction.ts';
import type { Answer } from '../../ports/api.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { Remotes } from '../../ports/remotes.ts';
import type { Voice } from '../../ports/tell.ts';
import { addedRemotes, introductions, type RemoteStory } from '../../projections/remotes.ts';
import type { World } from '../../projections/world.ts';
import { endingOfRemote } from '../endings/ending-of-remote.ts';
import { fileToBe } from '../file-to-be.ts';
import { checkRemote, keysOfRemote } from '../remotes/ask-remote.ts';
import { action } from './account-arguments.ts';
import { orNothing } from './arguments.ts';
import type { Command } from './command.ts';
import { changingCommand, type Deed, type Planned, saying } from './deed.ts';

type Parts = {
  readonly world: World;
  readonly remotes: Remotes;
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
        ['list', 'add', 'remove', 'check', 'activate', 'deactivate'],
        'What to do (check: does it answer, run, and show its key? remove: also who only asks to be known)',
      ),
      instance: {
        codec: orNothing(Address),
        positional: true,
        short: undefined,
        fallback: '',
        summary: 'Where it is: HOST:PORT; check without it looks at all',
      },
      fingerprint: {
        codec: orNothing(Fingerprint),
        positional: false,
        short: undefined,
        fallback: '',
        summary: 'With add: of its key, as its administrator tells it',
      },
      repository: {
        codec: orNothing(RepositoryId),
        positional: false,
        short: 'R',
        fallback: '',
        summary: 'With activate: give it only builds of this repository of ours',
      },
    },
    privilege: 'admin',
    plan: async ({ action: what, instance, fingerprint, repository }) => {
      const { remotes } = parts.world;
      if (what === 'list') return right(list(remotes));
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
      return right(await deedWith(what, known, repository, parts));
    },
  });

const deedWith = async (
  what: 'check' | 'remove' | 'activate' | 'deactivate',
  known: RemoteStory,
  repository: RepositoryId | undefined,
  parts: Parts,
): Promise<Deed | Answer> => {
  switch (what) {
    case 'check':
      return check(known.configured === undefined ? [] : [known.configured], parts);
    case 'remove':
      return remove(known, parts);
    case 'activate':
      return activate(known, repository);
    case 'deactivate':
      return deactivate(known, parts);
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
  const words = (verb: string) => ({
    json: { remotes: [line] },
    plain: `${verb}${id} ${url} ${shown}\n`,
  });
  return right<never, Deed>({
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

const activate = ({ remote: id }: RemoteStory, repository: RepositoryId | undefined): Deed =>
  saying(
    [
      {
        command: 'ActivateRemote',
        activated: { type: 'RemoteActivated', remote: id, repositories: repository === undefined ? [] : [repository] },
      },
    ],
    (_, isDone) => ({
      json: { activated: id },
      plain: `${id} ${isDone ? 'is' : 'would be'} active: what it signs counts, and it builds for ${repository ?? 'every repository'}\n`,
    }),
  );

const deactivate = (known: RemoteStory, { world }: Parts): Deed => {
  const { remote: id } = known;
  return saying(
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
const list = (known: World['remotes']) => {
  const rows = addedRemotes(known).map(({ remote: id, configured, active, state, lost }) => ({
    remote: id,
    url: configured.url,
    fingerprint: configured.fingerprint,
    active,
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
        ({ remote: id, url, fingerprint, active, state, because }) =>
          `${id} ${url} ${fingerprint} ${active ? 'active' : 'not active'}, ${state}${because === null ? '' : `: ${because.fact}`}\n`,
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
