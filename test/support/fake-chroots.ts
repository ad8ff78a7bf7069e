import type { Architecture } from '../../src/domain/debian/names.ts';
import type { ChrootResult, Chroots } from '../../src/ports/builder.ts';

export type FakeChroots = Chroots & {
  /** Each preparation begun, by `CODENAME-ARCHITECTURE`. */
  readonly prepared: readonly string[];
  /** What the last one was to have in it. */
  readonly included: () => readonly string[];
  /** Each removal, likewise. */
  readonly removed: readonly string[];
  /** What comes of a preparation from now on; `undefined` for one that never ends. */
  readonly behave: (how: (architecture: Architecture) => ChrootResult | undefined) => void;
  /** What the last preparation that began prints further. */
  readonly prints: (line: string) => void;
};

/** Templates that take no time and no room. */
export const fakeChroots = (): FakeChroots => {
  const prepared: string[] = [];
  const removed: string[] = [];
  let included: readonly string[] = [];
  let print = (_line: string): void => undefined;
  let how: (architecture: Architecture) => ChrootResult | undefined = () => ({
    outcome: 'prepared',
    generation: String(prepared.length),
    seconds: 31.4,
  });
  return {
    prepared,
    removed,
    included: () => included,
    behave: (wanted) => {
      how = wanted;
    },
    prints: (line) => print(line),
    prepare: async ({ codename, architecture, include }, _base, _extras, progress) => {
      included = include;
      prepared.push(`${codename}-${architecture}`);
      print = progress;
      progress('I: running debootstrap');
      return how(architecture) ?? new Promise<ChrootResult>(() => {});
    },
    isReady: async () => true,
    remove: async (codename, architecture) => {
      removed.push(`${codename}-${architecture}`);
    },
    sweep: async () => [],
    confinement: async () => ({ network: true, processes: true, bounds: true }),
  };
};
