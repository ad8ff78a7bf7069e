import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { text } from '../../domain/codec.ts';
import type { RemoteConfigured, RemoteId } from '../../domain/configuration/events.ts';
import { Fingerprint } from '../../domain/debian/names.ts';
import { refusal } from '../../domain/refusal.ts';
import type { Answer } from '../../ports/api.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { KeyReader } from '../../ports/keyring.ts';
import type { Remotes } from '../../ports/remotes.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
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

const Endpoint = text(
  'Endpoint',
  /^(?:https?:\/\/)?[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?(?::\d{1,5})?\/?$/,
  'HOST:PORT, or an address such as https://buildd.example.org',
);

/** `remote`: other instances, known by their address and the key that people compared. Builds are not exchanged with them. */
export const remote = (parts: Parts, voice: Voice): Command =>
  changingCommand(voice, {
    name: 'remote',
    summary:
      'Lists, adds, removes and checks other instances: their address, and the key that they were known by when added',
    arguments: {
      action: action(['list', 'add', 'remove', 'check'], 'What to do (check: does it answer, run, and show its key?)'),
      instance: {
        codec: orNothing(Endpoint),
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
    },
    privilege: 'admin',
    plan: async ({ action: what, instance, fingerprint }) => {
      if (what === 'list') return right(list([...parts.world.configuration.remotes.values()]));
      if (what === 'check' && instance === undefined)
        return right(await check([...parts.world.configuration.remotes.values()], parts));
      if (instance === undefined)
        return left(refusal('bad-argument', '"instance" is missing', 'say where it is: HOST:PORT'));
      const place = placeOf(instance);
      if (what === 'add') return add(place, fingerprint, parts);
      const known = parts.world.configuration.remotes.get(place.remote);
      if (known === undefined) {
        return left(
          refusal('unknown-remote', `there is no remote ${place.remote}`, `add it: remote add ${place.remote}`),
        );
      }
      return what === 'check' ? right(await check([known], parts)) : right(remove(known));
    },
  });

/** One remote under one name, however its address was written; 8066 is where instances listen. */
const placeOf = (instance: string): { readonly remote: RemoteId; readonly url: string } => {
  const { protocol, hostname, port } = new URL(instance.includes('://') ? instance : `http://${instance}`);
  const usual = instance.includes('://') ? (protocol === 'https:' ? '443' : '80') : '8066';
  // A port that is the scheme's own is left out by URL: what was written decides.
  const written = /:(\d+)\/?$/.exec(instance)?.[1];
  const host = `${hostname}:${written ?? (port === '' ? usual : port)}`;
  return { remote: host as RemoteId, url: `${protocol}//${host}/` };
};

const add = async (
  { remote: id, url }: ReturnType<typeof placeOf>,
  fingerprint: Fingerprint | undefined,
  { remotes, keys, files }: Parts,
): Promise<Planned> => {
  const key = await keysOfRemote(url, remotes, keys);
  if (isLeft(key)) return key;
  const [newest] = key.right;
  const shown = newest.fingerprint;
  if (fingerprint !== shown) {
    const fact = `${id} shows the key ${shown}${fingerprint === undefined ? '' : `, not ${fingerprint}`}`;
    const remedy = `compare it with what its administrator tells you; if it is the same: remote add ${id} --fingerprint ${shown}`;
    return left(refusal('compare-key', fact, remedy));
  }
  const { file, keep } = fileToBe(`${shown}.asc`, newest.armored);
  const event: RemoteConfigured = { type: 'RemoteConfigured', remote: id, url, fingerprint: shown, key: file };
  return right<never, Deed>({
    says: [{ command: 'Configure', event }],
    would: () => ({ ...list([event]), plain: `would be added: ${list([event]).plain}` }),
    perform: async (say) => {
      await keep(files);
      const said = await say();
      return isLeft(said) ? said : right(list([event]));
    },
  });
};

const remove = ({ remote: id }: RemoteConfigured): Deed =>
  saying([{ command: 'Configure', event: { type: 'RemoteRemoved', remote: id } }], (_, isDone) => ({
    json: { removed: id },
    plain: `${id} ${isDone ? 'is' : 'would be'} removed\n`,
  }));

const list = (known: readonly RemoteConfigured[]) => ({
  json: { remotes: known.map(({ remote: id, url, fingerprint }) => ({ remote: id, url, fingerprint })) },
  plain: known.map(({ remote: id, url, fingerprint }) => `${id} ${url} ${fingerprint}\n`).join(''),
});

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
