import type { DesktopKeyring } from '../../src/cli/tool/desktop-keyring.ts';

/** The keyring of somebody's desktop, for as long as the test runs. */
export const memoryDesktopKeyring = (
  secrets: Readonly<Record<string, string>> = {},
): DesktopKeyring & { readonly kept: ReadonlyMap<string, string> } => {
  const kept = new Map(Object.entries(secrets));
  return {
    kept,
    lookup: async (name) => kept.get(name),
    store: async (name, secret) => {
      kept.set(name, secret);
      return true;
    },
    clear: async (name) => {
      kept.delete(name);
    },
  };
};
