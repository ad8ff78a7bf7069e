import * as t from 'io-ts';
import type { Upstream } from './apt-proxy.ts';
import { ask, type RootHelper } from './root-helper.ts';

const Proxies = t.strict({
  proxy: t.strict({ http: t.union([t.string, t.null]), https: t.union([t.string, t.null]) }),
});

/** How the host's own apt goes out. Asked anew for each session: administrators change it under way. */
export const hostProxies = async (helper: RootHelper): Promise<Upstream> => {
  const { proxy } = await ask(helper, { verb: 'host-proxies' }, Proxies);
  return { http: usable(proxy.http), https: usable(proxy.https) };
};

/** apt also takes `DIRECT` and `false`, which are no address. */
const usable = (proxy: string | null): string | undefined =>
  proxy !== null && URL.canParse(proxy) && new URL(proxy).protocol === 'http:' ? proxy : undefined;
