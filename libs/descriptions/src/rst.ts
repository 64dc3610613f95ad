import { RstToHtmlCompiler } from 'rst-compiler';

/**
 * reStructuredText as HTML that is still to be sanitised; null when the compiler gives up. It gives up more often than
 * docutils (on directives that it does not know, on some links), and it neither reads files nor fetches anything.
 */
export function compileRst(text: string): string | null {
  const quiet = { disableWarnings: true, disableErrors: true };
  try {
    return new RstToHtmlCompiler().compile(text.replaceAll('\t', '        '), quiet, quiet).body;
  } catch {
    return null;
  }
}
