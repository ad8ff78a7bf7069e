import type { AskedCheck } from '../../domain/buildrequest/travelling-checks.ts';
import type { CheckTool } from '../../domain/check/findings.ts';
import { checkId } from '../../domain/ids.ts';
import type { BuildOrder, BuildResult } from '../../ports/builder.ts';
import type { Checker, CheckReport } from '../../ports/checker.ts';
import { templateFor } from '../../projections/templates.ts';
import type { World } from '../../projections/world.ts';

/** What a tool said here of what was built for another instance. */
export type GuestCheck = { readonly tool: CheckTool; readonly report: CheckReport };

/**
 * Makes the checks that a buildrequest asks for, one after the other. What cannot be made here, for want of a chroot or of a session, is left to who
 * asked. Rejects when it is ended.
 */
export const guestChecks = async (
  order: BuildOrder & { readonly checks: readonly AskedCheck[] },
  built: Extract<BuildResult, { readonly outcome: 'succeeded' }>,
  end: AbortSignal,
  { world, guestChecker }: { readonly world: World; readonly guestChecker: Checker },
): Promise<readonly GuestCheck[]> => {
  const made: GuestCheck[] = [];
  for (const { tool, options } of order.checks) {
    if (templateFor(world.checkTemplates, order).prepared === undefined) break;
    const { attempt, source, version, codename, architecture, sources, archAll } = order;
    const { aptSources, aptPreferences, aptCertificates = '', aptHosts, timeoutSeconds, silenceSeconds } = order;
    const wanted = {
      ...{ check: checkId(order.build, tool), attempt, tool, options, source, version, codename, architecture },
      ...{ sources, withSource: archAll, records: built.records, binaries: built.binaries.map(({ file }) => file) },
      ...{ siblings: [], aptSources, aptPreferences, aptCertificates, aptHosts, timeoutSeconds, silenceSeconds },
    };
    try {
      made.push({ tool, report: await guestChecker.check(wanted, end) });
    } catch (error) {
      if (end.aborted) throw error;
    }
  }
  return made;
};
