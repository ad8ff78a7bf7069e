/** What the preparations that are under way have printed so far. Nobody who looks makes one wait; a new life begins with none. */
export type Preparations = {
  readonly begin: (name: string) => void;
  readonly print: (name: string, line: string) => void;
  readonly end: (name: string) => void;
  /** The lines of one that is under way; `undefined` when it is not. */
  readonly lines: (name: string) => readonly string[] | undefined;
};

/** What stands after the name of a chroot whose template for checks is meant. */
export const forTheChecks = ' with the tools of checks';

/** Far more than one prints. */
const mostLines = 20_000;

export const preparations = (): Preparations => {
  const underWay = new Map<string, string[]>();
  return {
    begin: (name) => {
      underWay.set(name, []);
    },
    print: (name, line) => {
      const lines = underWay.get(name);
      if (lines === undefined || lines.length >= mostLines) return;
      lines.push(line);
    },
    end: (name) => {
      underWay.delete(name);
    },
    lines: (name) => underWay.get(name),
  };
};
