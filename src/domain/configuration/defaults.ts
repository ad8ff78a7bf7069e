import type {
  DistributionConfigured,
  InstanceConfigured,
  PackageCheck,
  RepositoryConfigured,
  SourceConfigured,
  SuiteChecks,
} from './events.ts';

/** What holds where nobody said otherwise: in new objects, in declarations that leave it out, in events of before it was there. */
export const instanceDefaults: Pick<
  InstanceConfigured,
  'email' | 'allowEmailsTo' | 'notify' | 'registration' | 'portextFrom'
> = {
  email: null,
  // Matches nothing: addresses that strangers wrote into uploads get no mail until somebody wants that.
  allowEmailsTo: '(?!)',
  notify: [],
  registration: 'closed',
  portextFrom: [],
};

export const sourceDefaults: Pick<SourceConfigured, 'pin' | 'checkValidUntil' | 'removeFromComponents' | 'checkHours'> =
  {
    pin: {},
    checkValidUntil: true,
    removeFromComponents: '',
    checkHours: 6,
  };

const notChecked: PackageCheck = { mode: 'disabled', options: [] };

export const distributionDefaults: Pick<DistributionConfigured, 'build' | 'checks' | 'chrootDays'> = {
  build: {
    resolver: 'apt',
    internalAptPriority: 1,
    debBuildOptions: [],
    debBuildProfiles: [],
    setupScript: '',
    parallel: null,
  },
  checks: { lintian: notChecked, piuparts: notChecked, autopkgtest: notChecked },
  chrootDays: 7,
};

export const noSuiteChecks: SuiteChecks = { lintian: null, piuparts: null, autopkgtest: null };

export const repositoryDefaults: Pick<
  RepositoryConfigured,
  'notify' | 'notifyChangedBy' | 'notifyMaintainer' | 'installability' | 'builders' | 'externalHomeUrl' | 'portUpdates'
> = {
  notify: [],
  notifyChangedBy: false,
  notifyMaintainer: false,
  installability: 'off',
  builders: [],
  externalHomeUrl: null,
  portUpdates: 'offer',
};
