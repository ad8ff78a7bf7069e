import type { LogSealed } from '../../domain/seal/events.ts';
import { isSealOverdue } from '../../projections/seals.ts';
import type { World } from '../../projections/world.ts';
import type { SealChecks } from '../seals/seal-checks.ts';

/** What a list says of one seal. */
export const sealLine = ({ seal, sealedAt, first, last, upTo, sha256, previous, signedBy }: LogSealed) => ({
  ...{ seal, sealedAt, first, last, upTo, sha256, previous, signedBy },
});

/** How far the log is sealed, and whether that is as it should be. */
export const sealingOf = (world: World, found: SealChecks['found'], now: () => number) => () => {
  const { last } = world.seals;
  const check = found();
  return {
    last: last && sealLine(last.sealed),
    isChecked: last !== undefined && check?.seal === last.sealed.seal,
    doubt: check?.doubt === undefined ? undefined : { seal: check.seal, because: check.doubt },
    isOverdue: isSealOverdue(world, now()),
  };
};

export type Sealing = ReturnType<typeof sealingOf>;

/** What somebody should look at. */
export const sealAttention = ({
  doubt,
  isOverdue,
}: ReturnType<Sealing>): readonly { readonly fact: string; readonly remedy: string }[] => [
  ...(doubt === undefined
    ? []
    : [
        {
          fact: `seal ${doubt.seal} of the log does not hold: ${doubt.because}`,
          remedy: 'run mini-buildd log verify on the host: it names what is wrong',
        },
      ]),
  ...(isOverdue
    ? [{ fact: 'the log grew, and was not sealed for hours', remedy: 'logcat says what failed: look for seal-log' }]
    : []),
];

/** The same in numbers. `now` in milliseconds since 1970. */
export const sealLevels = ({ last, doubt, isOverdue }: ReturnType<Sealing>, now: number) => ({
  sealAge: last && Math.max(0, (now - Date.parse(last.sealedAt)) / 1000),
  isSealAmiss: isOverdue || doubt !== undefined,
});
