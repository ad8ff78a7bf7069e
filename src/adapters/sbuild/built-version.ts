import { binNmuVersion } from '../../domain/binnmu/binnmu-version.ts';
import type { Version } from '../../domain/debian/names.ts';
import type { BuildOrder } from '../../ports/builder.ts';

/** The version that the `.changes` and the log of a build have, and its packages unless they have one of their own. */
export const builtVersion = ({ version, binNmu }: Pick<BuildOrder, 'version' | 'binNmu'>): Version =>
  binNmu === undefined ? version : binNmuVersion(version, binNmu.number);
