import { renderDescription } from '@rind/descriptions';
import type { RenderedDescription } from '@rind/descriptions';
import { workerTasks } from '@rind/worker-pool';

export interface DescriptionText {
  readonly text: string;
  /** As the form has it; null for the default. */
  readonly contentType: string | null;
}

/** The worker's functions by name. */
export interface DescriptionTasks {
  readonly render: { readonly input: DescriptionText; readonly output: RenderedDescription };
  /** Answers, and does nothing else. */
  readonly wake: { readonly input: null; readonly output: null };
}

const tasks: ReturnType<typeof workerTasks<DescriptionTasks>> = workerTasks<DescriptionTasks>({
  render: ({ text, contentType }) => renderDescription(text, contentType),
  wake: () => null,
});

export default tasks;
