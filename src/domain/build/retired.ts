import * as t from 'io-ts';
import { type Retired, retire } from '../retired.ts';
import { BuildAdopted, BuildDepWaited, BuildFailed, BuildSucceeded, type BuildTimes } from './events.ts';

/** When only sbuild's summary was read, and nobody looked when a stage began. */
const SummaryTimes = t.strict({ install: t.number, build: t.number, total: t.number });

const ofStages = <Old extends { readonly times: t.TypeOf<typeof SummaryTimes> }>(
  old: Old,
): Old & { readonly times: BuildTimes } => ({ ...old, times: { ...old.times, stages: [] } });

const SucceededInSum = t.strict({ ...BuildSucceeded.type.props, times: SummaryTimes });
const FailedInSum = t.strict({ ...BuildFailed.type.props, times: SummaryTimes });
const DepWaitedInSum = t.strict({ ...BuildDepWaited.type.props, times: SummaryTimes });
const AdoptedInSum = t.strict({ ...BuildAdopted.type.props, times: SummaryTimes });

export const retiredBuilds: readonly Retired[] = [
  retire<t.TypeOf<typeof SucceededInSum>, BuildSucceeded>('BuildSucceeded', SucceededInSum, ofStages),
  retire<t.TypeOf<typeof FailedInSum>, BuildFailed>('BuildFailed', FailedInSum, ofStages),
  retire<t.TypeOf<typeof DepWaitedInSum>, BuildDepWaited>('BuildDepWaited', DepWaitedInSum, ofStages),
  retire<t.TypeOf<typeof AdoptedInSum>, BuildAdopted>('BuildAdopted', AdoptedInSum, ofStages),
];
