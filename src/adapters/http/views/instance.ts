/** The instance as every page names it. Asked anew for every page: keys and addresses change while it runs. */
export type Instance = {
  readonly name: string;
  /** Of the daemon. */
  readonly version: string;
  /** Of the archive key; `undefined` before there is one. */
  readonly fingerprint: string | undefined;
  /** `http://buildd.example.org:8066`, without a slash at its end. */
  readonly origin: string;
};

/** What stands behind every page: of what may change, what is so when it is asked for. */
export const instanceFrom = ({
  instanceName,
  version,
  identity,
}: {
  readonly instanceName: () => string;
  readonly version: string;
  readonly identity: () => Pick<Instance, 'fingerprint' | 'origin'>;
}): Instance => ({
  get name() {
    return instanceName();
  },
  version,
  get fingerprint() {
    return identity().fingerprint;
  },
  get origin() {
    return identity().origin;
  },
});
