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

/** `x_mini_buildd_host` of each section of dput's configuration. A file that is not there says nothing. */
const dputHosts = async (files: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return new Map(texts.flatMap(hostsIn));
};

const hostsIn = (configuration: string): readonly (readonly [string, string])[] => {
  let section = '';
  return configuration.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
    section = /^\[([^\]]+)\]\s*$/.exec(line)?.[1] ?? section;
    const host = /^x_mini_buildd_host\s*[=:]\s*(\S+)\s*$/.exec(line)?.[1];
    return host === undefined ? [] : [[section, host]];
  });
};
