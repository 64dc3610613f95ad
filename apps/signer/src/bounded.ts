/** Runs all, at most `limit` at a time and in the order of the inputs: no batch, however large, fills a pool's queue. */
export async function runBounded<Input, Output>(
  inputs: readonly Input[],
  limit: number,
  run: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs = new Array<Output>(inputs.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < inputs.length; i = next++) outputs[i] = await run(inputs[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(limit, inputs.length) }, lane));
  return outputs;
}
