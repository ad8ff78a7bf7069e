import type { Story } from '../support/story.ts';
import { ownAccountStory, passwordStory, registrationStory, resetStory } from './accounts.ts';
import { administrationStory, objectStories } from './administration.ts';
import { artifactStory, buildsStory, failedBuildStory, machinesStory } from './builds.ts';
import { commandStory, referenceStory } from './commands.ts';
import { auditStory, historyStory, sealsStory, thenStory } from './history.ts';
import { homeStory } from './home.ts';
import { packageStory, versionStory } from './packages.ts';
import { peopleStories } from './people.ts';
import { manualStory, statisticsStory, styleStory } from './reading.ts';
import { distributionStory, repositoriesStory, repositoryStory, suitesStory } from './repositories.ts';
import { rejectedStory, uploadStory, uploadsStory } from './uploads.ts';

/** What there is to do on the pages. One page's stories are in a file; a page that none comes by fails the last test of an administrator. */
export const stories: readonly Story[] = [
  homeStory,
  packageStory,
  versionStory,
  failedBuildStory,
  buildsStory,
  artifactStory,
  machinesStory,
  repositoriesStory,
  repositoryStory,
  distributionStory,
  suitesStory,
  historyStory,
  thenStory,
  auditStory,
  sealsStory,
  uploadStory,
  uploadsStory,
  rejectedStory,
  commandStory,
  referenceStory,
  manualStory,
  statisticsStory,
  styleStory,
  administrationStory,
  ...objectStories,
  ...peopleStories,
  ownAccountStory,
  passwordStory,
  registrationStory,
  resetStory,
];
