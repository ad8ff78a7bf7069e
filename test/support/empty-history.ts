/** The page of a history on which nothing is, but for what proves it. */
export const emptyHistory = {
  happenings: [],
  next: undefined,
  asItWas: undefined,
  distributions: [],
  formerDistributions: [],
  logins: [],
  asOf: undefined,
};
