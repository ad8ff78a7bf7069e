import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, left } from 'fp-ts/lib/Either.js';
import { anonymous } from '../../src/domain/account/caller.ts';
import { type Refusal, refusal } from '../../src/domain/refusal.ts';
import type { Api } from '../../src/ports/api.ts';
import type { Remotes } from '../../src/ports/remotes.ts';

/** Instances that reach each other without sockets. A link may be cut and healed; what an instance says may be changed on its way. */
export type FakeNetwork = {
  readonly join: (place: string, api: () => Api) => void;
  /** The way out of the instance at `place`. */
  readonly from: (place: string) => Remotes;
  readonly cut: (place: string) => void;
  readonly heal: (place: string) => void;
  /** Somebody sits between, and changes answers to a command. */
  readonly forge: (command: string, change: (answer: unknown) => unknown) => void;
};

export const fakeNetwork = (): FakeNetwork => {
  const instances = new Map<string, () => Api>();
  const down = new Set<string>();
  const forgeries = new Map<string, (answer: unknown) => unknown>();

  const call = async (
    from: string,
    url: string,
    command: string,
    given: Readonly<Record<string, string>>,
  ): Promise<Either<Refusal, unknown>> => {
    const to = new URL(url).host;
    const api = instances.get(to);
    if (api === undefined || down.has(to) || down.has(from)) return away(url, 'there is no way');
    const answer = await api().run(command, given, anonymous);
    if (isLeft(answer)) return away(url, `it answers ${answer.left[0]?.rule}`);
    const { json } = answer.right;
    return { ...answer, right: (forgeries.get(command) ?? ((said) => said))(JSON.parse(JSON.stringify(json))) };
  };

  return {
    join: (place, api) => instances.set(place, api),
    from: (place) => ({
      ask: (url, command) => call(place, url, command, {}),
      introduce: (url, given) => call(place, url, 'introduce', given),
    }),
    cut: (place) => down.add(place),
    heal: (place) => down.delete(place),
    forge: (command, change) => forgeries.set(command, change),
  };
};

const away = (url: string, fact: string): Either<Refusal, never> =>
  left(
    refusal('unreachable-remote', `${url}: ${fact}`, 'see that the other instance runs and can be reached from here'),
  );
