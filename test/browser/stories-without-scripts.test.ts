import { walkedBy } from './support/walked-by.ts';

for (const who of [undefined, 'maintainer', 'manager', 'administrator'] as const) walkedBy({ who, scripts: false });
