import type { Decider } from '../decider.ts';
import type { Refusal } from '../refusal.ts';
import { type ArrivalCommand, addArchitecture, install, release, reserve } from './arrivals.ts';
import { type InstallBinNmu, installBinNmu } from './binnmus.ts';
import type { PackageEvent } from './events.ts';
import { type ImportPackage, importPackage } from './imported.ts';
import { type LossCommand, letGo, removeFiles } from './losses.ts';
import { evolvePackage, noPackage, type Package } from './package-state.ts';
import { claim, releasePackage, type StepCommand, settle, takeStep } from './steps.ts';

export type PackageCommand = ArrivalCommand | InstallBinNmu | StepCommand | LossCommand | ImportPackage;

/** All codenames and suites of one source in one repository: versions on their way, then life after installing. */
export const packageDecider: Decider<Package, PackageCommand, PackageEvent, Refusal> = {
  initial: noPackage,
  evolve: evolvePackage,
  decide: (command, state) => {
    switch (command.command) {
      case 'ReserveVersion':
        return reserve(command, state);
      case 'ReleaseVersion':
        return release(command, state);
      case 'InstallPackage':
        return install(command, state);
      case 'AddArchitecture':
        return addArchitecture(command, state);
      case 'InstallBinNmu':
        return installBinNmu(command, state);
      case 'TakeStep':
        return takeStep(command, state);
      case 'ClaimPackage':
        return claim(command, state);
      case 'SettlePackage':
        return settle(command, state);
      case 'ReleasePackage':
        return releasePackage(command, state);
      case 'LetGoFiles':
        return letGo(command, state);
      case 'RemoveFiles':
        return removeFiles(command, state);
      case 'ImportPackage':
        return importPackage(command, state);
    }
  },
};
