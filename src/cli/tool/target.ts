import { readFile } from 'node:fs/promises';
import { ConnectionFault } from './instance.ts';

/** Whom to talk to. `address` is `HOST:PORT`, as a URL takes it; `protocol` is there when it was written with it. */
export type Target = {
  readonly user: string | undefined;
  readonly protocol: 'http' | 'https' | undefined;
  readonly address: string;
};

/**
 * `[USER@]HOST[:PORT]`, or with a scheme before the host; a dput target's name stands for the host it names. Where no port is said, it
 * is the scheme's own, or else 8066.
 */
export const targetOf = async (written: string, dputConfigurations: readonly string[]): Promise<Target> => {
  const [, user, host = written] = /^([^:/]+)@(.*)$/.exec(written) ?? [];
  const hosts = await dputHosts(dputConfigurations);
  return { user, ...place(hosts.get(host) ?? hosts.get(`mini-buildd-${host}`) ?? host) };
};

const place = (written: string): Pick<Target, 'protocol' | 'address'> => {
  const [, scheme, host = written] = /^(https?):\/\/(.*?)\/?$/.exec(written) ?? [];
  if (scheme === undefined) return { protocol: undefined, address: address(host, 8066) };
  const protocol = scheme === 'https' ? 'https' : 'http';
  return { protocol, address: address(host, protocol === 'https' ? 443 : 80) };
};

/** What only the parser of URLs would read otherwise (paths, credentials, spaces) is no host. */
const address = (host: string, usualPort: number): string => {
  const ipv6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host) ? `[${host}]` : host;
  const [, name, port] = /^(\[[0-9a-f:.%]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(ipv6) ?? [];
  if (name === undefined || Number(port ?? usualPort) > 65_535) {
    throw new ConnectionFault(`E: "${host}" is no host: write [USER@]HOST[:PORT], for example buildd.example.org:8066`);
  }
  return `${name}:${port ?? usualPort}`;
};

/** A target of dput that leads to an instance. */
export type DputTarget = { readonly name: string; readonly host: string; readonly users: readonly string[] };

/** Sections of dput's configuration that name an instance's host; the later ones win. A file that is not there says nothing. */
export const dputTargets = async (files: readonly string[]): Promise<readonly DputTarget[]> => {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const found = texts
    .flatMap((text) => sectionsIn(text).flatMap(targetIn))
    .map((target) => [target.name, target] as const);
  return [...new Map(found).values()];
};

const dputHosts = async (files: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await dputTargets(files)).map(({ name, host }) => [name, host]));

type Section = { readonly name: string; readonly lines: string[] };

const sectionsIn = (configuration: string): readonly Section[] => {
  const sections: Section[] = [];
  for (const line of configuration.split('\n')) {
    const name = /^\[([^\]]+)\]\s*$/.exec(line)?.[1];
    if (name !== undefined) sections.push({ name, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
};

const targetIn = ({ name, lines }: Section): readonly DputTarget[] => {
  const said = (key: string): string | undefined =>
    lines
      .map((line) => new RegExp(`^${key}\\s*[=:]\\s*(.*?)\\s*$`).exec(line)?.[1])
      .findLast((value) => value !== undefined);
  const host = said('x_mini_buildd_host');
  if (host === undefined || host === '') return [];
  return [{ name, host, users: (said('x_mini_buildd_users') ?? '').split(/[\s,]+/).filter((user) => user !== '') }];
};
