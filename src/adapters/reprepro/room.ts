/** A buffer that is used again and again, for as many bytes as are asked for: what it held before is lost. */
export const room = () => {
  let all = Buffer.alloc(0);
  return (length: number): Buffer => {
    if (length > all.length) all = Buffer.allocUnsafeSlow(Math.ceil(length * 1.25));
    return all.subarray(0, length);
  };
};
