import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';

/** How well a password stands against guessing. */
export interface PasswordStrength {
  /** 0: among the first thousand guesses; 1: a million; 2: 10^8; 3: 10^10; 4: more. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** What makes it weak and what would help, in words; empty for strong ones. */
  readonly advice: readonly string[];
}

/** Below this a password is refused, as on PyPI. */
export const leastScore = 2;
/** Guessing takes longer with every character; so does looking at them. */
const lookedAt = 64;

let estimator: ZxcvbnFactory | undefined;

/** An estimate by zxcvbn (USENIX Security 2016). @param names of the account: what a guesser tries first */
export function strengthOf(password: string, names: readonly string[]): PasswordStrength {
  // Its word lists take some megabytes: read when the first password is looked at.
  estimator ??= new ZxcvbnFactory({
    translations,
    graphs: adjacencyGraphs,
    dictionary: { ...common, ...english },
    maxLength: lookedAt,
  });
  const parts = names.flatMap((name) => [name, ...name.split(/[@._-]+/)]).filter((part) => part.length > 2);
  const { score, feedback } = estimator.check(password.slice(0, lookedAt), parts);
  const advice = [feedback.warning, ...feedback.suggestions].filter(
    (text) => typeof text === 'string' && text !== '',
  );
  return { score, advice: advice as string[] };
}
