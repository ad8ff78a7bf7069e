import { section } from './manual.ts';

/** Where the manual tells more of a command: chapter and heading, as an address below the manual has them. */
const chapters: Readonly<Record<string, string>> = {
  status: 'recovery#what-the-home-page-says-of-the-engine',
  repositories: 'administration#repositories',
  distributions: 'uploading#the-distribution-and-the-version',
  compare: 'packages#from-suite-to-suite',
  statistics: 'packages#builds',
  repository: 'using#searching',
  packages: 'using#searching',
  search: 'using#searching',
  show: 'using#searching',
  list: 'using#searching',
  uploads: 'uploading#what-becomes-of-it',
  builds: 'packages#builds',
  machines: 'packages#builds',
  why: 'uploading#what-becomes-of-it',
  log: 'packages#builds',
  progress: 'api#for-programs',
  retry: 'packages#builds',
  cancel: 'packages#builds',
  priority: 'packages#builds',
  plan: 'packages#from-suite-to-suite',
  migrate: 'packages#from-suite-to-suite',
  remove: 'packages#away-and-back',
  restore: 'packages#away-and-back',
  port: 'packages#to-other-releases',
  portext: 'packages#to-other-releases',
  portupdates: 'packages#to-other-releases',
  binnmu: 'packages#built-again',
  getsourceslist: 'using#sources',
  getkey: 'using#the-key',
  getdputconf: 'uploading#once-a-key-and-the-address',
  whoami: 'administration#accounts',
  token: 'administration#accounts',
  subscription: 'uploading#being-told',
  setuserkey: 'uploading#once-a-key-and-the-address',
  event: 'administration#the-past-and-what-is-kept-of-it',
  declared: 'administration#configuration',
  undeclare: 'administration#configuration',
  history: 'administration#the-past-and-what-is-kept-of-it',
  snapshot: 'packages#keeping-the-past',
  retention: 'administration#the-past-and-what-is-kept-of-it',
  withdraw: 'administration#the-past-and-what-is-kept-of-it',
  apply: 'administration#configuration',
  export: 'administration#configuration',
  autosetup: 'administration#presets',
  sources: 'administration#sources',
  source: 'administration#sources',
  removerepository: 'administration#repositories',
  archivekey: 'administration#a-new-archive-key',
  keyringpackages: 'administration#ports-and-packages-of-our-own',
  testpackages: 'administration#ports-and-packages-of-our-own',
  chroot: 'administration#builds',
  user: 'administration#accounts',
  uploader: 'packages#who-may-upload',
  printuploaders: 'packages#who-may-upload',
  builders: 'administration#remotes',
  node: 'many-machines#builder-nodes',
  remote: 'administration#remotes',
  peerstatus: 'administration#remotes',
  introduce: 'administration#remotes',
  webhook: 'administration#webhooks',
  notifications: 'administration#mail',
  start: 'administration#what-runs',
  stop: 'administration#what-runs',
  logcat: 'recovery#when-something-is-wrong',
};

/** Where the manual tells more of a place of administration. */
const ofPlaces: Readonly<Record<string, string>> = {
  '': 'administration#what-runs',
  'instance/instance': 'administration#configuration',
  instance: 'administration#configuration',
  sources: 'administration#sources',
  layouts: 'administration#repositories',
  distributions: 'administration#builds',
  repositories: 'administration#repositories',
  retention: 'administration#the-past-and-what-is-kept-of-it',
  chroots: 'administration#builds',
  builders: 'administration#remotes',
  accounts: 'administration#accounts',
  uploaders: 'administration#uploaders',
  notifications: 'administration#mail',
  configuration: 'administration#configuration',
  welcome: 'administration#the-first-hour-in-a-browser',
};

type Chapter = { readonly url: string; readonly heading: string };

/** What the manual says of a command, if it says more than the command itself. */
export const chapterOf = (command: string): Chapter | undefined => at(chapters, command);

export const chapterOfPlace = (place: string): Chapter | undefined => at(ofPlaces, place);

const at = (known: Readonly<Record<string, string>>, name: string): Chapter | undefined => {
  const place = Object.hasOwn(known, name) ? known[name] : undefined;
  const [file = '', anchor = ''] = place?.split('#') ?? [];
  return place === undefined ? undefined : section(file, anchor);
};
