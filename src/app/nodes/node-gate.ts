import { createHash, timingSafeEqual } from 'node:crypto';
import { NodeName } from '../../domain/node/events.ts';
import type { RollCall } from '../../ports/roll-call.ts';
import type { World } from '../../projections/world.ts';

/** What nodes show themselves to. */
export type NodeGate = {
  /** Which node shows this secret; `undefined` for anybody else, and for one that was removed. */
  readonly admits: (name: string, secret: string) => NodeName | undefined;
  /** Whether this one may copy everything, keys and people included. */
  readonly isStandby: (node: NodeName) => boolean;
  /** Hears that the process that holds `token` lives; `waitsFor` is why it can record nothing, when it cannot. */
  readonly hear: (node: NodeName, token: number, waitsFor?: string) => void;
};

export const nodeGate = (world: World, roll: RollCall, now: () => number): NodeGate => ({
  admits: (name, secret) => {
    if (!NodeName.is(name)) return undefined;
    const key = world.nodes.get(name)?.key;
    return key !== undefined && timingSafeEqual(Buffer.from(key, 'hex'), sha256(secret)) ? name : undefined;
  },
  isStandby: (node) => world.nodes.get(node)?.isStandby === true,
  hear: (node, token, waitsFor) =>
    waitsFor === undefined ? roll.answered(node, token, now()) : roll.held(node, token, shown(waitsFor)),
});

/** In one line, and no more than a line. */
const shown = (reason: string): string => reason.replace(/\p{Cc}/gu, ' ').slice(0, 300);

/** The secret is 256 random bits: nothing slower is needed to keep it from being guessed. */
const sha256 = (secret: string): Buffer => createHash('sha256').update(secret).digest();
