/** Whether two values, as JSON has them, say the same; the order of fields says nothing. */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (!isStructure(one) || !isStructure(other)) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
};

const isStructure = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
