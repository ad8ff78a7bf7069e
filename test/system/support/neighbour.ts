import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Instance, type LoggedEvent, startInstance, type Whereabouts } from './instance.ts';
import type { Host } from './network.ts';
import { eventually } from './programs.ts';

type Said = LoggedEvent['body'];

/** Who did not answer for a while is asked again after five minutes at the latest. Seconds. */
const longest = 330;

/** An instance among others, on a host of its own, and its administrator. */
export type Neighbour<At extends Whereabouts = Host> = {
  readonly instance: Instance;
  readonly host: At;
  /** What others know it by, and where they are told that it is. */
  readonly place: string;
  readonly url: string;
  readonly fingerprint: () => Promise<string>;
  /** A command of its administrator, which has to succeed. */
  readonly does: (command: string, given: object) => Promise<void>;
  /** The same, whatever is answered. */
  readonly tries: (command: string, given: object) => Promise<{ readonly status: number; readonly body: unknown }>;
  /** Events of a type, as its administrator reads them; others are not shown remotes. */
  readonly events: (type: string) => Promise<readonly Said[]>;
  /** A page below `/mini_buildd/`, as its administrator sees it. */
  readonly page: (path: string) => Promise<string>;
  /** Waits until its log holds such an event. */
  readonly says: (type: string, asked?: (event: Said) => boolean) => Promise<Said>;
};

/** What an instance declares of itself, as far as tests change it. */
export type Declaration = {
  repositories: Record<string, object>;
  distributions: Record<string, { checks?: object; extras: object[]; architectures: DeclaredArchitecture[] }>;
  chroots: Record<string, object>;
};

type DeclaredArchitecture = {
  readonly architecture: string;
  readonly optional: boolean;
  readonly buildsArchAll: boolean;
};

/** Starts the instance `id` on `host`, after `change` was made to what `setup` declares of it. */
export const startNeighbour = async <At extends Whereabouts>(
  id: string,
  host: At,
  env: Readonly<Record<string, string>>,
  change: (declared: Declaration) => void,
): Promise<Neighbour<At>> => {
  let authorization = '';
  const instance = await startInstance(env, ['setup', '--id', id], host, async ({ folder, verb }) => {
    const { out } = await verb(['user', 'add', 'adam', '--role', 'admin']);
    authorization = `Basic ${Buffer.from(`adam:${out.trim().split(' ').at(-1)}`).toString('base64')}`;
    const declared = parse((await verb(['export'])).out);
    change(declared);
    const file = join(folder, 'declared.yaml');
    await writeFile(file, stringify(declared, { aliasDuplicateObjects: false }));
    const applied = await verb(['apply', '--force', file]);
    if (applied.code !== 0) throw new Error(`apply: ${applied.err}`);
  });
  const tries: Neighbour['tries'] = async (command, given) => {
    const answer = await fetch(`http://${instance.http}/mini_buildd/api/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ ...given, confirm: command }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const events: Neighbour['events'] = async (type) => {
    const url = `http://${instance.http}/mini_buildd/events?limit=1000&after=&type=${type}`;
    const answer = await fetch(url, { headers: { authorization } });
    return ((await answer.json()) as { events: readonly LoggedEvent[] }).events.map(({ body }) => body);
  };
  return {
    instance,
    host,
    place: host.url?.replace(/^https:\/\//, '') ?? instance.http,
    url: host.url ?? instance.http,
    tries,
    fingerprint: async () => (await instance.json<{ fingerprint: string }>('getkey')).fingerprint,
    does: async (command, given) => {
      const { status, body } = await tries(command, given);
      if (status !== 200) throw new Error(`${command} answers ${status}: ${JSON.stringify(body)}`);
    },
    events,
    page: async (path) =>
      (await fetch(`http://${instance.http}/mini_buildd/${path}`, { headers: { authorization } })).text(),
    says: (type, asked = () => true) =>
      eventually(`${id} to say ${type}`, longest, async () => (await events(type)).find(asked)),
  };
};

/** Their administrators compare the keys, and each lets the other in. */
export const introduce = async (one: Neighbour, other: Neighbour): Promise<void> => {
  await one.does('remote', { action: 'add', instance: other.url, fingerprint: await other.fingerprint() });
  const { fingerprint } = await other.says('RemoteIntroduced', ({ remote }) => remote === one.place);
  assert.equal(fingerprint, await one.fingerprint());
  await other.does('remote', { action: 'add', instance: one.url, fingerprint });
  await other.does('remote', { action: 'activate', instance: one.place });
  await one.does('remote', { action: 'activate', instance: other.place });
};

/** Waits until a remote says that it takes our builds. */
export const isReadyFor = (one: Neighbour, other: Neighbour) =>
  eventually(`${other.place} to build for ${one.place}`, longest, async () => {
    const { statement } = await other.instance.json<{ statement: string }>('peerstatus');
    const trusts = /^Trusts:\n((?: .*\n)*)/m.exec(statement)?.[1] ?? '';
    const chroots = (await one.events('RemoteFound')).filter(({ remote }) => remote === other.place);
    return trusts.includes(await one.fingerprint()) && (chroots.at(-1)?.chroots as [])?.length > 0 ? true : undefined;
  });
