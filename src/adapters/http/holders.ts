/** Who holds how many of something that there is a bound of, by address. */
export type Holders = {
  /** One more for it; `false` when it holds, or all hold, enough. */
  readonly take: (address: string) => boolean;
  readonly giveBack: (address: string) => void;
  /** By all. */
  readonly held: () => number;
};

/** `speaksForMany`: of such an address the bound of each says nothing. */
export const holders = (
  { all, each }: { readonly all: number; readonly each: number },
  speaksForMany: (address: string) => boolean,
): Holders => {
  const held = new Map<string, number>();
  let taken = 0;
  return {
    take: (address) => {
      const own = held.get(address) ?? 0;
      if (taken >= all || (own >= each && !speaksForMany(address))) return false;
      taken += 1;
      held.set(address, own + 1);
      return true;
    },
    giveBack: (address) => {
      taken -= 1;
      const left = (held.get(address) ?? 1) - 1;
      if (left === 0) held.delete(address);
      else held.set(address, left);
    },
    held: () => taken,
  };
};

/** This very machine: a proxy in front of us brings everybody by such an address, and bounds them itself. */
export const isOwnMachine = (address: string): boolean => /^(?:(?:::ffff:)?127\.|::1$)/.test(address);
