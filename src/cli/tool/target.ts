import { readFile } from 'node:fs/promises';
import { ConnectionFault } from './instance.ts';

/** Whom to talk to. `address` is `HOST:PORT`, as a URL takes it. */
export type Target = { readonly user: string | undefined; readonly address: string };

/** `[USER@]HOST[:PORT]`; a dput target's name stands for the host it names. The port is 8066 where none is said. */
export const targetOf = async (written: string, dputConfigurations: readonly string[]): Promise<Target> => {
  const at = written.lastIndexOf('@');
  const user = at > 0 ? written.slice(0, at) : undefined;
  const host = written.slice(at + 1);
  const hosts = await dputHosts(dputConfigurations);
  return { user, address: address(hosts.get(host) ?? hosts.get(`mini-buildd-${host}`) ?? host) };
};

/** What only the parser of URLs would read otherwise (paths, credentials, spaces) is no host. */
const address = (host: string): string => {
  const ipv6 = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host) ? `[${host}]` : host;
  const [, name, port] = /^(\[[0-9a-f:.%]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(ipv6) ?? [];
  if (name === undefined || Number(port ?? 8066) > 65_535) {
    throw new ConnectionFault(`E: "${host}" is no host: write [USER@]HOST[:PORT], for example buildd.example.org:8066`);
  }
  return `${name}:${port ?? 8066}`;
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
