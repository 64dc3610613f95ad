import type { PartResult } from './run.ts';

/** A sentence or two of what held in a part. */
export function describePart(result: PartResult): readonly string[] {
  const { part, signers, seconds, spent, uploads, interrupted, publications, timestamps, looks, rounds } =
    result;
  return [
    `${part}: ${signers} signer(s), ${seconds} s`,
    ...whatWasDone(result),
    `  ${uploads} uploads accepted and verifiable, ${interrupted} requests sent again, none lost, none twice`,
    `  ${publications} publications closed; ${timestamps} timestamps seen served in ${looks} looks, none went back`,
    `  python-tuf: ${Object.entries(rounds)
      .map(([name, count]) => `${count} rounds ${name}`)
      .join(', ')}, 0 errors`,
    `  control: ${result.control.length} faults shown, all noticed`,
    `  seconds spent: ${counts(spent)}`,
  ];
}

function counts(of: Readonly<Record<string, number>>): string {
  return Object.entries(of)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/** The last line of a run that held. */
export function summaryLine(results: readonly PartResult[], about: { seed: number; store: string }): string {
  const sum = (of: (result: PartResult) => number): number =>
    results.reduce((all, each) => all + of(each), 0);
  const rounds = sum((result) => Object.values(result.rounds).reduce((all, each) => all + each, 0));
  return [
    `held: store ${about.store}, seed ${about.seed}`,
    `${sum(({ points }) => points?.reached.length ?? 0)} kills at named points`,
    `${sum(({ stopPoints }) => stopPoints?.reached.length ?? 0)} stops at named points`,
    `${sum(({ random }) => random?.kills ?? 0)} random kills`,
    `${sum(({ stops }) => stops?.stops ?? 0)} random stops`,
    `${sum(({ uploads }) => uploads)} uploads`,
    `${sum(({ publications }) => publications)} publications`,
    `${rounds} rounds of python-tuf`,
    '0 errors',
  ].join(', ');
}

function whatWasDone({ points, stopPoints, random, stops }: PartResult): string[] {
  const lines: string[] = [];
  if (points !== undefined) lines.push(`  ${points.reached.length} kills, each at its named point`);
  if (stopPoints !== undefined) {
    lines.push(`  ${stopPoints.reached.length} writers stopped, each at its named point, all ended with 3`);
  }
  if (random !== undefined) {
    const { kills, bursts, victims, duringPublication, duringUpload, duringRecovery } = random;
    const whom = Object.entries(victims)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, count]) => `${count} ${name}`);
    lines.push(`  ${kills} kills in ${bursts} bursts: ${whom.join(', ')}`);
    lines.push(
      `  ${duringPublication} during a publication, ${duringUpload} during an upload, ` +
        `${duringRecovery} before all was back`,
    );
  }
  if (stops !== undefined) {
    const { killed, drained } = stops;
    lines.push(
      `  ${stops.stops} stops, ${stops.replaced} of them replaced; ${stops.gaveUp} of those ended with 3`,
    );
    lines.push(
      `  hand-over after a kill: ${killed.count}, median ${killed.medianMs} ms, most ${killed.mostMs} ms`,
    );
    lines.push(
      `  hand-over after a drain: ${drained.count}, median ${drained.medianMs} ms, most ${drained.mostMs} ms`,
    );
  }
  return lines;
}
