// Quantities of Kubernetes ('100m', '1.5Gi', '2e3') as exact numbers of millionths of a millionth.

const shape = /^([+-]?)(\d{1,18})?(?:\.(\d{0,12}))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;
const decimals: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaries = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const scaleDigits = 12;

/** null: not a quantity. */
export function parseQuantity(text: string): bigint | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  if (whole === '' && fraction === '') return null;
  const digits = BigInt(whole + fraction);
  const ten =
    scaleDigits - fraction.length + (exponent === undefined ? (decimals[suffix] ?? 0) : Number(exponent));
  const scaled = ten >= 0 ? digits * 10n ** BigInt(ten) : digits / 10n ** BigInt(-ten);
  const binary = binaries.indexOf(suffix) + 1;
  const value = scaled * 1024n ** BigInt(binary);
  return sign === '-' ? -value : value;
}

export function compareQuantities(a: string, b: string): -1 | 0 | 1 {
  const [x, y] = [parseQuantity(a) ?? 0n, parseQuantity(b) ?? 0n];
  return x < y ? -1 : x > y ? 1 : 0;
}
