import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { type Dsc, parseDsc } from '../../domain/debian/dsc.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { Signature } from '../../domain/upload/events.ts';
import type { FileStore } from '../../ports/file-store.ts';
import type { Verdict } from '../../ports/keyring.ts';
import type { SourceFetcher } from '../../ports/source-fetcher.ts';
import { type FileToBe, fileToBe } from '../file-to-be.ts';
import { planForeignPort } from '../porting/plan-port.ts';
import { flag } from './arguments.ts';
import { type Command, command } from './command.ts';
import type { PortCommandParts } from './port.ts';
import { address, distributionList, portOptions } from './port-arguments.ts';
import { requestAll, wishFor } from './request-ports.ts';

export type PortextParts = PortCommandParts & {
  readonly files: FileStore;
  readonly fetcher: SourceFetcher;
  readonly verify: (file: Uint8Array) => Promise<Verdict>;
};

/** `portext`: a source package from elsewhere. */
export const portext = (parts: PortextParts): Command =>
  command({
    name: 'portext',
    summary:
      'Ports a source package from elsewhere: from a public address, or where the instance is configured to fetch from',
    arguments: {
      dsc: address('URL of its .dsc, or a path on the host'),
      distributions: distributionList('Distributions to port it to, with commas between them'),
      options: portOptions,
      'dry-run': flag('Only shows what would be', 'n'),
    },
    privilege: 'staff',
    changes: true,
    needsEngine: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const wish = wishFor(given.options, parts.now());
      if (isLeft(wish)) return wish;
      const found = await fetchDsc(given.dsc, parts);
      if (isLeft(found)) return found;
      const { toBe, dsc, signature } = found.right;
      const origin = { kind: 'external', url: given.dsc, signature } as const;
      const plan = planForeignPort(parts.world, { origin, dsc, file: toBe.file }, given.distributions, wish.right);
      if (isLeft(plan)) return plan;
      if (!given['dry-run']) await toBe.keep(parts.files);
      return requestAll(plan.right, given, actor, parts);
    },
  });

const fetchDsc = async (
  from: string,
  { world, fetcher, verify }: PortextParts,
): Promise<Either<Refusal, { readonly toBe: FileToBe; readonly dsc: Dsc; readonly signature: Signature }>> => {
  const allowed = world.configuration.instance?.portextFrom ?? [];
  const found = await fetcher.dsc({ address: from, allowed }).catch((error: unknown) => left(unreachable(from, error)));
  if (isLeft(found)) return found;
  const { name, bytes } = found.right;
  const { signedText, signature } = await verify(bytes);
  if (signedText === undefined) return left(unreadable(signature));
  const dsc = parseDsc(signedText);
  return isLeft(dsc) ? dsc : right({ toBe: fileToBe(name, bytes), dsc: dsc.right, signature });
};

const unreachable = (from: string, error: unknown): Refusal =>
  refusal('unreachable', `${from}: ${reasonOf(error)}`.slice(0, 500), 'try again later, or another mirror');

const unreadable = (signature: Signature): Refusal =>
  signature.status === 'good'
    ? refusal('bad-signature', 'the .dsc has no signed text', 'try another mirror')
    : signature.because;
