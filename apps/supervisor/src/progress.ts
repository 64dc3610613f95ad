/** Draws a bar on a terminal; elsewhere prints a line at the start and at the end. */
export function progressBar(
  label: string,
  stream: NodeJS.WriteStream,
): (done: number, total: number) => void {
  const width = 32;
  let last = -1;
  return (done, total) => {
    const percent = Math.floor((done / total) * 100);
    if (percent === last) return;
    last = percent;
    if (stream.isTTY) {
      const filled = Math.floor((percent / 100) * width);
      stream.write(`\r  ${label} [${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${done}/${total}`);
      if (done === total) stream.write('\n');
    } else if (percent === 0 || done === total) {
      stream.write(`  ${label} ${done}/${total}\n`);
    }
  };
}
