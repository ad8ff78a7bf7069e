import { attempt, run } from './programs.ts';

/** A network on this machine alone, with a namespace for each host on it. */
export type Network = {
  /** Where its hosts reach this machine. */
  readonly gateway: string;
  /** One more host on it. */
  readonly host: () => Promise<Host>;
  readonly remove: () => Promise<void>;
};

export type Host = {
  readonly address: string;
  /** What a program is started by to be there. */
  readonly enter: readonly string[];
  /** Takes its cable out, and puts it in again. */
  readonly cut: () => Promise<void>;
  readonly heal: () => Promise<void>;
};

/** Needs root. Hosts reach each other and this machine by a bridge, and nothing else. */
export const network = async (): Promise<Network> => {
  const id = String(process.pid % 100_000);
  const bridge = `mbb${id}`;
  const prefix = `10.213.${process.pid % 250}`;
  const hosts: string[] = [];
  const ip = (...args: string[]) => run('ip', args);
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('address', 'add', `${prefix}.1/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  return {
    gateway: `${prefix}.1`,
    host: async () => {
      const number = hosts.length + 2;
      const name = `mbn${id}x${number}`;
      const [outside, inside] = [`mbo${id}x${number}`, `mbi${id}x${number}`];
      hosts.push(name);
      await ip('netns', 'add', name);
      await ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name);
      await ip('link', 'set', outside, 'master', bridge, 'up');
      const address = `${prefix}.${number}`;
      await ip('-netns', name, 'address', 'add', `${address}/24`, 'dev', inside);
      await ip('-netns', name, 'link', 'set', inside, 'up');
      await ip('-netns', name, 'link', 'set', 'lo', 'up');
      return {
        address,
        enter: ['nsenter', `--net=/run/netns/${name}`],
        cut: async () => void (await ip('link', 'set', outside, 'down')),
        heal: async () => void (await ip('link', 'set', outside, 'up')),
      };
    },
    remove: async () => {
      for (const name of hosts) await attempt('ip', ['netns', 'del', name]);
      await attempt('ip', ['link', 'del', bridge]);
    },
  };
};
