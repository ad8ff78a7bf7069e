/** Something that is not as it was written. */
export type Finding = {
  readonly about: 'log' | 'seal' | 'file' | 'pool' | 'published';
  /** Which event, seal, file or path. */
  readonly where: string;
  readonly fact: string;
};
