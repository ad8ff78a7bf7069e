import { fakeInstallability } from '../support/fake-installability.ts';
import { installabilityContract } from './installability.ts';

installabilityContract('installability by names', (debianHas) =>
  fakeInstallability(
    new Map([['debian-trixie', [...debianHas.matchAll(/^Package: (.*)$/gm)].map(([, name]) => `${name}`)]]),
  ),
);
