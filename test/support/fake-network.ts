import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { anonymous } from '../../src/domain/account/caller.ts';
import type { FileName } from '../../src/domain/debian/names.ts';
import { type Refusal, refusal } from '../../src/domain/refusal.ts';
import type { Api } from '../../src/ports/api.ts';
import type { Builder } from '../../src/ports/builder.ts';
import type { Remotes } from '../../src/ports/remotes.ts';
import type { UploadFile } from './source-upload.ts';

export type NetworkMember = {
  readonly api: () => Api;
  /** Whether its incoming took a file. */
  readonly receives: (file: UploadFile, session: string) => Promise<boolean>;
  readonly liveLog: Builder['liveLog'];
};

/** Instances that reach each other without sockets. A link may be cut and healed; what an instance says may be changed on its way. */
export type FakeNetwork = {
  /** `receives` is its incoming, one port above its web. */
  readonly join: (place: string, member: NetworkMember) => void;
  /** The way out of the instance at `place`. */
  readonly from: (place: string) => Remotes;
  readonly cut: (place: string) => void;
  readonly heal: (place: string) => void;
  /** It is reached, and its answers do not come until it is healed. */
  readonly mute: (place: string) => void;
  /** Somebody sits between, and changes answers to a command. */
  /** Files that do not arrive. */
  readonly lose: (which: (name: string) => boolean) => void;
  readonly forge: (command: string, change: (answer: unknown) => unknown) => void;
};

export const fakeNetwork = (): FakeNetwork => {
  const instances = new Map<string, NetworkMember>();
  const down = new Set<string>();
  const muted = new Map<string, PromiseWithResolvers<void>>();
  const forgeries = new Map<string, (answer: unknown) => unknown>();
  let isLost: (name: string) => boolean = () => false;
  /** What goes on between two of them ends when one is cut off. */
  const lines = new Map<readonly string[], AbortController>();
  const brokenBetween = (...ends: readonly string[]): AbortSignal => {
    const broken = new AbortController();
    lines.set(ends, broken);
    return broken.signal;
  };

  const call = async (
    from: string,
    url: string,
    command: string,
    given: Readonly<Record<string, string>>,
  ): Promise<Either<Refusal, unknown>> => {
    const to = new URL(url).host;
    const member = instances.get(to);
    if (member === undefined || down.has(to) || down.has(from)) return away(url, 'there is no way');
    await muted.get(to)?.promise;
    const answer = await member.api().run(command, given, anonymous);
    if (isLeft(answer)) return away(url, `it answers ${answer.left[0]?.rule}`);
    const { json } = answer.right;
    return { ...answer, right: (forgeries.get(command) ?? ((said) => said))(JSON.parse(JSON.stringify(json))) };
  };

  return {
    join: (place, member) => instances.set(place, member),
    from: (place) => ({
      ask: (url, command) => call(place, url, command, {}),
      introduce: (url, given) => call(place, url, 'introduce', given),
      deliver: async (incoming, files) => {
        const to = incoming.replace(/:8067$/, ':8066');
        const member = instances.get(to);
        for (const { name, path } of files) {
          if (member === undefined || down.has(to) || down.has(place))
            return undeliverable(incoming, 'there is no way');
          const bytes = await readFile(path, 'utf8');
          if (isLost(name)) return undeliverable(incoming, 'the connection broke');
          if (!(await member.receives({ name: name as FileName, bytes }, `${place} ${files.at(-1)?.path}`)))
            return undeliverable(incoming, 'it was not taken');
        }
        return right(undefined);
      },
      followLog: async (url, build, end) => {
        const to = new URL(url).host;
        const log = down.has(to) || down.has(place) ? undefined : instances.get(to)?.liveLog(build);
        if (log === undefined) return away(url, 'it answers 404');
        return right(log.follow().pipe(new PassThrough({ signal: AbortSignal.any([end, brokenBetween(place, to)]) })));
      },
    }),
    cut: (place) => {
      down.add(place);
      for (const [line, broken] of lines) if (line.includes(place)) broken.abort();
    },
    heal: (place) => {
      down.delete(place);
      muted.get(place)?.resolve();
      muted.delete(place);
      for (const line of lines.keys()) if (line.includes(place)) lines.delete(line);
    },
    mute: (place) => muted.set(place, Promise.withResolvers()),
    forge: (command, change) => forgeries.set(command, change),
    lose: (which) => {
      isLost = which;
    },
  };
};

const undeliverable = (incoming: string, fact: string): Either<Refusal, never> =>
  left(refusal('undeliverable', `ftp://${incoming}: ${fact}`, 'see that the other instance runs'));

const away = (url: string, fact: string): Either<Refusal, never> =>
  left(
    refusal('unreachable-remote', `${url}: ${fact}`, 'see that the other instance runs and can be reached from here'),
  );
