// x
export async function benchExchange(_args: readonly string[]): Promise<number> {
  return 0;
}
