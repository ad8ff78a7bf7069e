/** The instance as every page names it. Asked anew for every page: keys and addresses change while it runs. */
export type Instance = {
  readonly name: string;
  /** Of the daemon. */
  readonly version: string;
  /** Of the archive key; `undefined` before there is one. */
  readonly fingerprint: string | undefined;
  /** `http://buildd.example.org:8066`, without a slash at its end. */
  readonly origin: string;
  /** Where people may sign on besides; `undefined` where they log in by password alone. */
  readonly signOn?: string | undefined;
  /** Who reads the page; `undefined` where that is not known. */
  readonly greeting?: Greeting | undefined;
};

/** Who logged in, or where a stranger goes on who does. */
export type Greeting = { readonly login: string } | { readonly next: string | undefined };

/** What stands behind every page: of what may change, what is so when it is asked for. */
export const instanceFrom = ({
  instanceName,
  version,
  identity,
  greeting = () => undefined,
  signOn,
}: {
  readonly instanceName: () => string;
  readonly version: string;
  readonly identity: () => Pick<Instance, 'fingerprint' | 'origin'>;
  readonly greeting?: () => Greeting | undefined;
  readonly signOn?: { readonly name: string } | undefined;
}): Instance => ({
  get name() {
    return instanceName();
  },
  version,
  signOn: signOn?.name,
  get fingerprint() {
    return identity().fingerprint;
  },
  get origin() {
    return identity().origin;
  },
  get greeting() {
    return greeting();
  },
});
